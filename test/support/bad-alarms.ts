/** A week's alarms in the records of a server that has not started yet: one rule chatters, one is fleeting, one stands for days; and a flood. */
import { join } from "node:path";
import type { Alert } from "../../server/core/finding.ts";
import type { Severity } from "../../server/core/policy.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Told {
  readonly title: string;
  readonly device: string;
  readonly severity: Severity;
  readonly person: string;
  readonly at: number;
  /** ms; null: it still stands. */
  readonly lasts: number | null;
  /** ms until somebody acknowledged it; null: nobody did. */
  readonly acknowledged?: number | null;
}

function alert(id: string, { title, device, severity, person, at, lasts, acknowledged = null }: Told): Alert {
  const clearedAt = lasts === null ? null : at + lasts;
  const acknowledgedAt = acknowledged === null ? null : at + acknowledged;
  const who = acknowledgedAt === null ? null : person;
  return {
    id,
    kind: "finding",
    severity,
    state: clearedAt === null ? (who === null ? "unacknowledged" : "acknowledged") : "normal",
    title,
    evidence: {},
    device,
    space: null,
    department: null,
    finding: null,
    command: null,
    assignee: person,
    raisedAt: at,
    acknowledgedAt,
    acknowledgedBy: who,
    clearedAt,
    shelvedUntil: null,
    group: `${title}@${at}`,
    cause: null,
    chain: [
      { level: "chief", person, at },
      { level: "deputy", person: "deputy-1", at: at + 2 * HOUR },
    ],
    climbed: 0,
    climbsAt: null,
    clockFrom: at,
    clearsAt: null,
    occurrences: 1,
    chattering: false,
    told: [{ at, person, channel: "page", how: "raised", notice: `notice-${id}`, state: "sent", error: null }],
    log: [
      { at, by: null, what: "raised", note: null },
      ...(acknowledgedAt === null ? [] : [{ at: acknowledgedAt, by: person, what: "acknowledged", note: null }]),
      ...(clearedAt === null ? [] : [{ at: clearedAt, by: null, what: "returned", note: "fine" }]),
    ],
  };
}

/** The same week for every start: nothing in it is by chance. */
export function badWeek(now: number, people: readonly [string, string, string], devices: readonly string[]): Alert[] {
  const [first, second, third] = people;
  const device = (i: number) => devices[i % devices.length]!;
  const told: Told[] = [];
  for (let day = 0; day < 7; day++) {
    const morning = now - (day + 1) * DAY + 2 * HOUR;
    // Lamps near a window: seven times a day for a minute or two, and nobody does anything.
    for (let i = 0; i < 7; i++)
      told.push({
        title: "policy.daylight-lights-off.bright",
        device: device(i),
        severity: "low",
        person: first,
        at: morning + i * 47 * MINUTE,
        lasts: (60 + 15 * i) * 1000,
      });
    for (let i = 0; i < 2 + (day % 3); i++)
      told.push({
        title: "policy.vacant-ac-off.empty",
        device: device(i + 3),
        severity: "medium",
        person: second,
        at: morning + (3 * i + 1) * HOUR,
        lasts: (40 + 10 * i) * MINUTE,
        acknowledged: (3 + 4 * i + day) * MINUTE,
      });
    if (day % 2 === 0)
      told.push({
        title: "policy.night-flow.leaks",
        device: device(9),
        severity: "high",
        person: third,
        at: morning - HOUR,
        lasts: 5 * HOUR,
        acknowledged: (40 + 100 * day) * 1000,
      });
  }
  // One door's air conditioner, every twenty seconds for five minutes.
  for (let i = 0; i < 15; i++)
    told.push({
      title: "policy.window-open-no-ac.open",
      device: device(5),
      severity: "medium",
      person: second,
      at: now - 2 * DAY + i * 20_000,
      lasts: 10_000,
    });
  for (let i = 0; i < 6; i++)
    told.push({ title: "policy.off-but-draws.draws", device: device(i + 1), severity: "low", person: third, at: now - 4 * DAY + i * HOUR, lasts: null });
  return told.sort((a, b) => a.at - b.at).map((t, i) => alert(`week-${i}`, t));
}

export async function keepAlarms(folder: string, alerts: readonly Alert[]): Promise<void> {
  const records = createSqliteRecords({ file: join(folder, "records.sqlite") });
  await records.open();
  await records.commit(alerts.map((a) => ({ kind: "alert", alert: a, why: "raised" })));
  await records.close();
}
