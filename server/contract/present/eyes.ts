/** From the core's words to those of the border, purely: to whom something is shown, and what is personal blanked for who may not see it. */
import type { Evidence } from "../../core/policy.ts";
import type { Millis, PointValue } from "../../core/reading.ts";
import type { Actor } from "../../core/roles.ts";
import { may } from "../../core/roles.ts";

/** To whom, when and in which zone something is shown. `iso` writes ms as ISO 8601 with the site's offset. */
export interface Eyes {
  readonly actor: Actor;
  readonly now: Millis;
  readonly iso: (at: Millis) => string;
}

/** Evidence that tells who it was, or what was printed. */
const PERSONAL: ReadonlySet<string> = new Set(["user", "document", "requestedBy"]);

export const orNull = (eyes: Eyes, at: Millis | null): string | null => (at === null ? null : eyes.iso(at));

/** Beyond this no date has a year (ECMA-262 §21.4.1.1), in any zone. */
const LATEST = 8.64e15 - 86_400_000;

/** Times among the evidence (`…At`, ms) become ISO 8601; what is personal is blanked for those who may not see it there. */
export function evidenceDto(eyes: Eyes, evidence: Evidence, department: string | null): Record<string, PointValue | null> {
  const personal = may(eyes.actor, "view-personal", department);
  const shown: Record<string, PointValue | null> = {};
  for (const [key, value] of Object.entries(evidence)) {
    shown[key] = !personal && PERSONAL.has(key) ? null : typeof value === "number" && key.endsWith("At") && Math.abs(value) < LATEST ? eyes.iso(value) : value;
  }
  return shown;
}
