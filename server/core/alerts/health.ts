/** How healthy the office's alarms are: what the records tell of a period, beside the figures of ISA-18.2 and EEMUA 191 and our own goal. Pure. */
import type { Severity } from "../policy.ts";
import type { DeviceId, Millis } from "../reading.ts";
import type { AlarmRecord } from "./alarm-record.ts";
import type { FigureKey, Verdict } from "./benchmarks.ts";
import { BENCHMARKS, CHATTER, FLEETING_MS, FLOOD, IN_TIME, STALE_MS, verdictOf, verdictOfMix } from "./benchmarks.ts";
import type { Flood } from "./floods.ts";
import { floodsOf, mostWithin } from "./floods.ts";
import { alarmKey, alarmOf } from "./group.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOP = 10;

export interface HealthQuestion {
  /** The period [from, to), ms. */
  readonly from: Millis;
  readonly to: Millis;
  /** Alarms that were raised before `to` and had not been over for longer than since `from`. */
  readonly records: readonly AlarmRecord[];
  /** The local days that the period touches, each with its midnights. */
  readonly days: readonly { readonly date: string; readonly from: Millis; readonly until: Millis }[];
  /** Only what this person heard; null: everybody. */
  readonly person: string | null;
}

export interface Figure {
  readonly key: FigureKey;
  readonly value: number;
  readonly verdict: Verdict | null;
}

/** Mean over the period, and the worst stretch of that length. */
export interface Rate {
  readonly mean: number;
  readonly worst: number;
}

export interface PersonHealth {
  readonly person: string;
  readonly alarms: number;
  readonly tenMinutes: Rate;
  readonly hour: Rate;
  readonly day: Rate;
  /** A day: what neither the house mended nor another alarm explained. */
  readonly needHuman: Rate;
  readonly floods: readonly Flood[];
  /** %. */
  readonly floodShare: number;
  readonly byDay: readonly { readonly date: string; readonly alarms: number; readonly needHuman: number }[];
}

/** Seconds: nearest-rank percentiles of those that came to it; null where none did. */
export interface Spread {
  readonly count: number;
  readonly median: number | null;
  readonly p90: number | null;
}

export interface TopAlarm {
  readonly alarm: string;
  readonly device: DeviceId | null;
  readonly severity: Severity;
  readonly count: number;
  readonly occurrences: number;
  /** % of all. */
  readonly share: number;
  readonly fleeting: number;
  readonly chattering: boolean;
}

export interface AlarmHealth {
  readonly from: Millis;
  readonly to: Millis;
  /** Raised in the period and told to somebody. */
  readonly alarms: number;
  /** Raised in the period while they stood behind another one or were out of service. */
  readonly quiet: number;
  readonly figures: readonly Figure[];
  /** The busiest first. */
  readonly people: readonly PersonHealth[];
  /** The hours in which alarms came: how many, and the most that one person had within ten minutes. */
  readonly byHour: readonly { readonly at: Millis; readonly alarms: number; readonly worst: number }[];
  readonly top: readonly TopAlarm[];
  readonly mix: { readonly percent: Readonly<Record<Severity, number>>; readonly count: Readonly<Record<Severity, number>>; readonly verdict: Verdict | null };
  readonly acknowledge: Readonly<Record<Severity | "all", Spread>>;
  readonly clear: Readonly<Record<Severity | "all", Spread>>;
}

/** Nearest-rank percentile (NIST/SEMATECH e-Handbook §2.6.2) of ascending values. */
export function percentile(ascending: readonly number[], share: number): number | null {
  return ascending.length === 0 ? null : ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]!;
}

/** Whether a person had to do something about it. */
export function neededHuman({ ended, kind }: AlarmRecord): boolean {
  return ended !== "house" && kind !== "approval";
}

/** Over within minutes, and nobody did anything. */
export function isFleeting({ ended, overAt, raisedAt }: AlarmRecord): boolean {
  return ended === "itself" && overAt !== null && overAt - raisedAt <= FLEETING_MS;
}

/** Stood for longer than a day, up to an instant. */
export function isStale({ clearedAt, raisedAt }: AlarmRecord, at: Millis): boolean {
  return Math.min(clearedAt ?? at, at) - raisedAt > STALE_MS;
}

/** Whether alarms of one kind at one device came so thick that they chatter. */
export function chatters(records: readonly AlarmRecord[]): boolean {
  const times = records.map((r) => r.raisedAt).sort((a, b) => a - b);
  return records.some((r) => r.chattering) || mostWithin(times, CHATTER.ms) >= CHATTER.count;
}

/** Records by alarm and device, in the order of the first of each. */
export function byAlarm(records: readonly AlarmRecord[]): Map<string, AlarmRecord[]> {
  const found = new Map<string, AlarmRecord[]>();
  for (const r of records) {
    // Faults of the system have one title and are told apart by what they are about.
    const about = r.kind === "system" ? `\n${String(r.evidence["policy"] ?? r.evidence["channel"] ?? "")}` : "";
    const key = alarmKey(r.title, r.device) + about;
    const list = found.get(key);
    if (list === undefined) found.set(key, [r]);
    else list.push(r);
  }
  return found;
}

function spreadOf(seconds: readonly number[]): Spread {
  const ascending = [...seconds].sort((a, b) => a - b);
  return { count: ascending.length, median: percentile(ascending, 0.5), p90: percentile(ascending, 0.9) };
}

function spreads(raised: readonly AlarmRecord[], end: (r: AlarmRecord) => Millis | null): Record<Severity | "all", Spread> {
  const of = (severity: Severity | null) =>
    spreadOf(
      raised.flatMap((r) => {
        const at = end(r);
        return at === null || (severity !== null && r.severity !== severity) ? [] : [(at - r.raisedAt) / 1000];
      }),
    );
  return { all: of(null), low: of("low"), medium: of("medium"), high: of("high") };
}

function personHealth(
  { from, to, days }: HealthQuestion,
  person: string,
  heard: readonly { readonly at: Millis; readonly record: AlarmRecord }[],
): PersonHealth {
  const ordered = heard.toSorted((a, b) => a.at - b.at);
  const times = ordered.map((h) => h.at);
  const byDay = days.map(({ date, from: begin, until }) => {
    const those = ordered.filter((h) => h.at >= begin && h.at < until);
    return { date, alarms: those.length, needHuman: those.filter((h) => neededHuman(h.record)).length };
  });
  const span = to - from;
  const needed = ordered.filter((h) => neededHuman(h.record)).length;
  const floods = floodsOf(times, to);
  const per = (n: number, ms: number) => (n * ms) / span;
  return {
    person,
    alarms: times.length,
    tenMinutes: { mean: per(times.length, FLOOD.ms), worst: mostWithin(times, FLOOD.ms) },
    hour: { mean: per(times.length, HOUR), worst: mostWithin(times, HOUR) },
    day: { mean: per(times.length, DAY), worst: Math.max(0, ...byDay.map((d) => d.alarms)) },
    needHuman: { mean: per(needed, DAY), worst: Math.max(0, ...byDay.map((d) => d.needHuman)) },
    floods,
    floodShare: (floods.reduce((sum, f) => sum + f.until - f.from, 0) / span) * 100,
    byDay,
  };
}

function hoursOf(raised: readonly AlarmRecord[], times: ReadonlyMap<string, readonly Millis[]>): AlarmHealth["byHour"] {
  const hourOf = (at: Millis) => Math.floor(at / HOUR) * HOUR;
  const hours = new Map<Millis, { alarms: number; worst: number }>();
  const hour = (at: Millis) => {
    const known = hours.get(hourOf(at)) ?? { alarms: 0, worst: 0 };
    hours.set(hourOf(at), known);
    return known;
  };
  for (const r of raised) hour(r.raisedAt).alarms++;
  for (const list of times.values()) {
    for (let first = 0, last = 0; last < list.length; last++) {
      while (list[last]! - list[first]! >= FLOOD.ms) first++;
      const its = hour(list[last]!);
      its.worst = Math.max(its.worst, last - first + 1);
    }
  }
  return [...hours].sort(([a], [b]) => a - b).map(([at, counts]) => ({ at, ...counts }));
}

function topOf(raised: readonly AlarmRecord[]): TopAlarm[] {
  const all = [...byAlarm(raised).values()].map((records): TopAlarm => {
    const { title, device, severity } = records[0]!;
    return {
      alarm: alarmOf(title),
      device,
      severity,
      count: records.length,
      occurrences: records.reduce((n, r) => n + r.occurrences, 0),
      share: (records.length / raised.length) * 100,
      fleeting: records.filter(isFleeting).length,
      chattering: chatters(records),
    };
  });
  return all.sort((a, b) => b.count - a.count || b.occurrences - a.occurrences || `${a.alarm}${a.device}`.localeCompare(`${b.alarm}${b.device}`)).slice(0, TOP);
}

function mixOf(raised: readonly AlarmRecord[]): AlarmHealth["mix"] {
  const count = { low: 0, medium: 0, high: 0 };
  for (const r of raised) count[r.severity]++;
  const share = (n: number) => (raised.length === 0 ? 0 : (n / raised.length) * 100);
  const percent = { low: share(count.low), medium: share(count.medium), high: share(count.high) };
  return { percent, count, verdict: verdictOfMix(percent, raised.length) };
}

/** Of those that could climb, the share (%) that was answered or over before the next one above was to answer; null where none could. */
function inTime(raised: readonly AlarmRecord[], to: Millis): number | null {
  const due = raised.filter((r) => r.climbsAt !== null && (r.climbsAt <= to || r.acknowledgedAt !== null || r.clearedAt !== null));
  if (due.length === 0) return null;
  return (due.filter((r) => Math.min(r.acknowledgedAt ?? Infinity, r.clearedAt ?? Infinity) <= r.climbsAt!).length / due.length) * 100;
}

/** The figures of a period. */
export function alarmHealth(question: HealthQuestion): AlarmHealth {
  const { from, to, person } = question;
  const mine = person === null ? question.records : question.records.filter((r) => r.heard.some((h) => h.person === person));
  const within = mine.filter((r) => r.raisedAt >= from && r.raisedAt < to);
  const raised = within.filter((r) => !r.quiet);
  const heard = new Map<string, { at: Millis; record: AlarmRecord }[]>();
  for (const record of mine) {
    for (const { person: who, at } of record.heard) {
      if (at < from || at >= to || (person !== null && who !== person)) continue;
      const list = heard.get(who);
      if (list === undefined) heard.set(who, [{ at, record }]);
      else list.push({ at, record });
    }
  }
  const people = [...heard].map(([who, list]) => personHealth(question, who, list)).sort((a, b) => b.alarms - a.alarms || a.person.localeCompare(b.person));
  const times = new Map([...heard].map(([who, list]) => [who, list.map((h) => h.at).sort((a, b) => a - b)]));
  const top = topOf(raised);
  const chattering = [...byAlarm(raised).values()].filter(chatters).length;
  const answered = inTime(raised, to);
  const most = (of: (p: PersonHealth) => number) => Math.max(0, ...people.map(of));
  const values: Readonly<Record<Exclude<FigureKey, "in-time">, number>> = {
    "ten-minutes": most((p) => p.tenMinutes.mean),
    "ten-minutes-worst": most((p) => p.tenMinutes.worst),
    hour: most((p) => p.hour.mean),
    day: most((p) => p.day.mean),
    "need-human": most((p) => p.needHuman.mean),
    floods: people.reduce((n, p) => n + p.floods.length, 0),
    "flood-share": most((p) => p.floodShare),
    stale: mine.filter((r) => !r.quiet && (r.clearedAt === null || r.clearedAt >= to) && isStale(r, to)).length,
    "stale-period": mine.filter((r) => !r.quiet && isStale(r, to)).length,
    chattering,
    fleeting: raised.filter(isFleeting).length,
    "top-ten": top.reduce((sum, t) => sum + t.share, 0),
  };
  const figures = Object.entries(values).map(([key, value]): Figure => {
    const benchmark = BENCHMARKS[key as FigureKey];
    return { key: key as FigureKey, value, verdict: verdictOf(benchmark, value, raised.length) };
  });
  if (answered !== null)
    figures.push({ key: "in-time", value: answered, verdict: answered >= IN_TIME.good ? "good" : answered >= IN_TIME.manageable ? "manageable" : "bad" });
  return {
    from,
    to,
    alarms: raised.length,
    quiet: within.length - raised.length,
    figures,
    people,
    byHour: hoursOf(raised, times),
    top,
    mix: mixOf(raised),
    acknowledge: spreads(raised, (r) => r.acknowledgedAt),
    clear: spreads(raised, (r) => r.clearedAt),
  };
}
