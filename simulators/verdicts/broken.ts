/** Rules that were broken for a while: by what was told, held against what was so. */
import type { Device } from "../../server/core/device.ts";
import type { Truth } from "../record.ts";
import type { Hearing } from "./hearing.ts";
import type { Verdict } from "./verdict.ts";

interface Rule {
  /** s that the rule lets pass, and s for which it may wait on top, seeing that somebody is just leaving. */
  readonly hold: number;
  readonly leaving?: number;
  /** s between two looks at what moves without being watched; 0 where every word is looked at. */
  readonly looks: number;
}

const RULES: Readonly<Record<string, Rule>> = {
  "cooling-floor": { hold: 60, looks: 0 },
  "heating-ceiling": { hold: 60, looks: 0 },
  "window-open-no-ac": { hold: 180, looks: 0 },
  "vacant-lights-off": { hold: 600, looks: 0 },
  "vacant-ac-off": { hold: 1200, looks: 0 },
  "vacant-water-off": { hold: 300, looks: 0 },
  "daylight-lights-off": { hold: 600, looks: 0 },
  "natural-air-first": { hold: 900, looks: 0 },
  "after-hours-shutoff": { hold: 0, leaving: 10, looks: 0 },
  "decorative-lights-off": { hold: 0, looks: 0 },
  "standby-cut": { hold: 1800, looks: 60 },
  "off-but-draws": { hold: 300, looks: 60 },
};
/** A message is judged when the second that it came in is over. */
const SECOND = 1000;
/** What truly lasted for so much longer than its hold was told by somebody, whatever a rounding or a report's turn may hide (ms). */
const BEYOND_DOUBT = 150_000;
/** A command is done, and its effect told, within so much (ms). */
const DONE = 1000;

/** A load that was just left falls with its next reports. */
function ruleFor(policy: string, device: Device): Rule | null {
  if (device.tags.includes("always-on") && policy !== "cooling-floor") return null;
  if (policy === "after-hours-shutoff" && (device.kind === "plug" || device.kind === "copier")) return { hold: 2 * device.interval, looks: 60 };
  return RULES[policy] ?? null;
}

export function brokenRules(record: readonly Truth[], devices: ReadonlyMap<string, Device>, hearing: Hearing, from: number, end: number): Verdict[] {
  const key = (policy: string, t: Truth): string => `${policy} ${t.device ?? ""}`;
  const truths = new Map<string, Truth[]>();
  const told = new Map<string, Verdict[]>();
  /** When each device did what it was told. */
  const obeyed = Map.groupBy(
    record.filter((t) => t.kind === "command:done"),
    (t) => t.device,
  );
  const corrected = (device: string, at: number): boolean => obeyed.get(device)?.some((t) => Math.abs(t.at - at) < DONE) === true;
  const span = (t: Truth) => ({ at: Math.max(t.at, from), until: Math.min(t.until ?? end, end) });
  for (const t of record) {
    if (RULES[t.kind] === undefined || (t.until ?? end) < from) continue;
    const known = truths.get(key(t.kind, t));
    if (known === undefined) truths.set(key(t.kind, t), [t]);
    else known.push(t);
  }

  function judge(policy: string, t: Truth, device: Device): Verdict | null {
    const rule = ruleFor(policy, device);
    if (rule === null) return null;
    const { at, until } = span(t);
    const lasted = until - at - rule.hold * 1000;
    if (lasted < -SECOND) return null;
    const lag = hearing.lag(policy, device);
    const so = truths.get(key(policy, t))?.some((one) => one.at - lag < until && (one.until ?? end) + lag > at) === true;
    const lie = so ? null : hearing.lied(policy, device, at, until);
    // What was told, was not so and is explained by nothing must not be found.
    if (!so && lie === null) return null;
    const doubt = SECOND + 1000 * Math.max(rule.leaving ?? 0, rule.looks);
    const sure = lasted >= doubt || (lasted >= 0 && corrected(device.id, until));
    return { policy, device: device.id, job: null, at, until, sure, unknowable: hearing.deaf(policy, device, at, until), lie };
  }

  const verdicts: Verdict[] = [];
  for (const t of record) {
    const device = devices.get(t.device ?? "");
    if (device === undefined || !t.kind.startsWith("told:") || (t.until ?? end) < from) continue;
    const policy = t.kind.slice(5);
    const verdict = judge(policy, t, device);
    if (verdict === null) continue;
    verdicts.push(verdict);
    told.set(key(policy, t), [...(told.get(key(policy, t)) ?? []), verdict]);
  }
  // What lasted beyond doubt and was told by nobody is owed all the same.
  for (const t of [...truths.values()].flat()) {
    const device = devices.get(t.device ?? "");
    const rule = device === undefined ? null : ruleFor(t.kind, device);
    if (device === undefined || rule === null || !hearing.sensed(t.kind, device)) continue;
    const { at, until } = span(t);
    if (until - at < (rule.hold + rule.looks) * 1000 + BEYOND_DOUBT) continue;
    if (told.get(key(t.kind, t))?.some((v) => v.at < until && v.until > at) === true) continue;
    const policy = t.kind;
    const unknowable = hearing.deaf(policy, device, at, until) ?? hearing.lied(policy, device, at, until);
    verdicts.push({ policy, device: device.id, job: null, at, until, sure: true, unknowable, lie: null });
  }
  return verdicts;
}
