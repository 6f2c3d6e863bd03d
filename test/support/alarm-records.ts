/** Alarms as the records give them, told in minutes after midnight of a Wednesday in Shanghai. */
import type { AlarmRecord } from "../../server/core/alerts/alarm-record.ts";
import type { HealthQuestion } from "../../server/core/alerts/health.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MIDNIGHT = Date.parse("2026-07-01T00:00:00+08:00");

let n = 0;

/** `at` and `for` in minutes; `for` null: it still stands. */
export function alarm(at: number, more: Partial<AlarmRecord> & { readonly for?: number | null; readonly who?: readonly string[] } = {}): AlarmRecord {
  const { for: lasts = 30, who = ["chief"], ...rest } = more;
  const raisedAt = MIDNIGHT + at * MINUTE;
  const clearedAt = lasts === null ? null : raisedAt + lasts * MINUTE;
  return {
    id: `alert-${n++}`,
    kind: "finding",
    title: "policy.rule.is-on",
    device: "hall/light-301",
    severity: "low",
    evidence: {},
    raisedAt,
    acknowledgedAt: null,
    clearedAt,
    overAt: clearedAt,
    ended: clearedAt === null ? null : "itself",
    occurrences: 1,
    chattering: false,
    quiet: false,
    heard: who.map((person) => ({ person, at: raisedAt })),
    climbsAt: null,
    ...rest,
  };
}

/** So many days from the midnight on. */
export function over(days: number, records: readonly AlarmRecord[], person: string | null = null): HealthQuestion {
  return {
    from: MIDNIGHT,
    to: MIDNIGHT + days * DAY,
    records,
    days: Array.from({ length: days }, (_, i) => ({ date: `2026-07-0${i + 1}`, from: MIDNIGHT + i * DAY, until: MIDNIGHT + (i + 1) * DAY })),
    person,
  };
}
