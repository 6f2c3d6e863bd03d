/** What a link in a message shows and takes: one alert, for one person, without signing in. */
import { z } from "zod";
import { alertDto } from "./alerts.ts";
import { LANGS } from "./words/languages.ts";

const text = z.union([z.string(), z.record(z.string(), z.string())]);

export const actDto = z.object({
  alert: alertDto.pick({
    kind: true,
    severity: true,
    state: true,
    title: true,
    evidence: true,
    assignee: true,
    raisedAt: true,
    acknowledgedAt: true,
    acknowledgedBy: true,
    clearedAt: true,
    shelvedUntil: true,
    told: true,
    log: true,
  }),
  where: z.object({ space: text.nullable(), device: text.nullable(), department: text.nullable() }),
  /** Names of the people and devices that the alert mentions, by id. */
  names: z.record(z.string(), text),
  /** What gives the evidence its units; null where no policy is behind it. */
  policy: z.object({ id: z.string(), kinds: z.array(z.string()), params: z.array(z.object({ name: z.string(), unit: z.string() })) }).nullable(),
  site: z.object({ name: text, timezone: z.string() }),
  /** Whose link it is. */
  person: z.string(),
  language: z.enum(LANGS),
  /** The house's time. */
  now: z.string(),
  /** Whether this person may acknowledge it here and now. */
  open: z.boolean(),
  used: z.boolean(),
});
export type ActDto = z.infer<typeof actDto>;

export const actRequest = z.strictObject({ note: z.string().trim().max(500).optional() });
