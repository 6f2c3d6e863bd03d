/** Alarms' health as the page, the API and the day's look at our own rules ask for it: read from the records, reckoned in the core. */
import type { AlarmRecord } from "./core/alerts/alarm-record.ts";
import { policyOf } from "./core/alerts/alarm-record.ts";
import type { BadRule } from "./core/alerts/bad-rule.ts";
import { badRuleOf } from "./core/alerts/bad-rules.ts";
import type { AlarmHealth } from "./core/alerts/health.ts";
import { alarmHealth, byAlarm } from "./core/alerts/health.ts";
import type { Proposal, Rule } from "./core/alerts/proposals.ts";
import { proposals } from "./core/alerts/proposals.ts";
import type { Calendar } from "./core/calendar.ts";
import type { House, PolicyState } from "./core/house.ts";
import type { Swing } from "./core/policy.ts";
import type { Millis } from "./core/reading.ts";
import type { History } from "./ports/history.ts";
import type { Records } from "./ports/records.ts";

const DAY = 86_400_000;
/** The day's look goes so far back. */
const REVIEWED_DAYS = 7;
/** A value that came back for longer than this did not swing. */
const SWINGS_MS = 2 * 3_600_000;
/** Gaps that are looked up in the history for one answer, the newest. */
const MOST_GAPS = 300;

interface Parts {
  readonly house: House;
  readonly records: Pick<Records, "alarmRecords" | "audit">;
  readonly history: Pick<History, "windows">;
}

/** The local days that a period touches, cut to it. */
export function daysOf(calendar: Calendar, from: Millis, to: Millis): { readonly date: string; readonly from: Millis; readonly until: Millis }[] {
  const days = [];
  for (let at = from; at < to;) {
    // A local day may have 23 or 25 hours where clocks are changed; the next midnight is found from its noon.
    const next = calendar.midnight(calendar.midnight(at) + 1.5 * DAY);
    days.push({ date: calendar.day(at).date, from: at, until: Math.min(next, to) });
    at = next;
  }
  return days;
}

/** The figures of [from, to), and what is proposed for the rules behind them. */
export async function readHealth(
  parts: Parts,
  from: Millis,
  to: Millis,
  person: string | null,
): Promise<{ readonly health: AlarmHealth; readonly proposals: readonly Proposal[] }> {
  const { house } = parts;
  const records = await parts.records.alarmRecords(from, to);
  const health = alarmHealth({ from, to, records, days: daysOf(house.calendar, from, to), person });
  const rules = await rulesOf(parts, records);
  return { health, proposals: proposals({ from, to, records, rules, back: await backOf(parts, records, rules, from) }) };
}

/** The policies that raised any of these, each with when it was last changed. */
async function rulesOf({ house, records }: Parts, alarms: readonly AlarmRecord[]): Promise<Rule[]> {
  const ids = new Set(alarms.flatMap((r) => policyOf(r.title) ?? []));
  const states = [...ids].flatMap((id): PolicyState[] => (house.policies.has(id) ? [house.policies.get(id)!] : []));
  return Promise.all(
    states.map(async ({ definition, settings }) => {
      const changes = await records.audit({ limit: 1 }, { subject: definition.id });
      return { definition, settings, since: changes.items[0]?.at ?? 0 };
    }),
  );
}

/** The device whose point swings: the subject, the first of the kind beside it, or the building's station. */
function measuring(house: House, subject: string, of: Swing["of"]): string | null {
  if (of === "subject") return subject;
  const device = house.devices.get(subject)?.device;
  if (device === undefined) return null;
  const near = of === "outdoor" ? house.outdoorByBuilding.get(device.building) : device.space === null ? undefined : house.devicesBySpace.get(device.space);
  return near?.find((d) => d.kind === of)?.id ?? null;
}

/** How far back beyond its limit each value came before its alarm was raised again, as the history has it. */
async function backOf({ house, history }: Parts, alarms: readonly AlarmRecord[], rules: readonly Rule[], from: Millis): Promise<Map<string, number>> {
  const swinging = new Map(
    rules.flatMap((r) => (r.definition.swing !== undefined && r.settings.params["deadband"] !== undefined ? [[r.definition.id, r]] : [])),
  );
  const gaps = [...byAlarm(alarms).values()].flatMap((records) => {
    const rule = swinging.get(policyOf(records[0]!.title) ?? "");
    const { device } = records[0]!;
    if (rule === undefined || device === null) return [];
    return records.slice(1).flatMap((record, i) => {
      const over = records[i]!.overAt;
      const swing = rule.definition.swing!(rule.settings.params, record.evidence);
      if (over === null || swing === null || record.raisedAt < from || record.raisedAt <= over || record.raisedAt - over > SWINGS_MS) return [];
      const point = measuring(house, device, swing.of);
      return point === null ? [] : [{ id: record.id, from: over, to: record.raisedAt, point: `${point}/${swing.point}`, swing }];
    });
  });
  const back = new Map<string, number>();
  for (const gap of gaps.toSorted((a, b) => b.to - a.to).slice(0, MOST_GAPS)) {
    const above = gap.swing.breach === "above";
    const [window] = await history.windows(gap.point, gap.from, gap.to, gap.to - gap.from, above ? "min" : "max", gap.from);
    if (window?.value == null) continue;
    back.set(gap.id, Math.max(0, (above ? gap.swing.at - window.value : window.value - gap.swing.at) * gap.swing.scale));
  }
  return back;
}

/** Looks once at the start and once a local day at the rules of the last week. Ask it often; it knows when it is due. */
export function createReview(parts: Parts, now: () => Millis, found: (rules: readonly BadRule[]) => void): () => Promise<void> {
  let seen: string | null = null;
  return async () => {
    const at = now();
    const { date } = parts.house.calendar.day(at);
    if (date === seen || !parts.house.pulse.leads) return;
    const before = seen;
    seen = date;
    try {
      const { proposals: bad } = await readHealth(parts, at - REVIEWED_DAYS * DAY, at, null);
      found(bad.map(badRuleOf));
    } catch (error) {
      seen = before;
      throw error;
    }
  };
}
