/**
 * Our own bad rules: which policies raise alarms that nobody can use, and which change of a parameter would have spared how many of them. Every
 * figure is counted from the period's alarms; nothing is guessed. Pure.
 */
import type { ParamDefinition, PolicyDefinition, PolicySettings } from "../policy.ts";
import { paramsOf } from "../policy.ts";
import type { DeviceId, Millis } from "../reading.ts";
import type { AlarmRecord } from "./alarm-record.ts";
import { policyOf } from "./alarm-record.ts";
import { BAD_RULE } from "./benchmarks.ts";
import { byAlarm, chatters, isFleeting, isStale, percentile } from "./health.ts";
import type { Fault } from "./bad-rule.ts";

export interface ParamChange {
  readonly param: string;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** How many of the period's alarms would not have been raised with it. */
  readonly spared: number;
}

export interface Proposal {
  readonly policy: string;
  /** Where almost all of its alarms are one device's. */
  readonly device: DeviceId | null;
  readonly faults: readonly [Fault, ...Fault[]];
  /** Its alarms in the period, and what share (%) of all that is. */
  readonly count: number;
  readonly share: number;
  readonly fleeting: number;
  readonly stale: number;
  /** Alarms at one device that chattered. */
  readonly chattering: number;
  /** Seconds that they stood, in the middle. */
  readonly median: number | null;
  /** The best first; none where no parameter would have helped. */
  readonly changes: readonly ParamChange[];
}

export interface Rule {
  readonly definition: Pick<PolicyDefinition, "id" | "params" | "legal" | "swing">;
  readonly settings: Pick<PolicySettings, "params">;
  /** When it was last changed: what was before tells nothing of how it is now. */
  readonly since: Millis;
}

export interface ProposalQuestion {
  readonly from: Millis;
  readonly to: Millis;
  readonly records: readonly AlarmRecord[];
  readonly rules: readonly Rule[];
  /** How far back beyond the limit a value came before an alarm was raised again, in the limit's unit, by the alarm's id. */
  readonly back: ReadonlyMap<string, number>;
}

/** Values that people would set. */
const SECONDS = [30, 60, 120, 180, 300, 600, 900, 1800, 2700, 3600, 7200];
const AMOUNTS = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 150, 200, 300, 500, 1000];
const ONE_DEVICE = 0.8;
const DAY = 86_400_000;

/** Reasons whose hold is another parameter than `hold`. */
const OTHER_HOLD: Readonly<Record<string, string>> = { "policy.natural-air-first.fan-alone": "fan-hold" };

/** The least of some values that comes near to the most that any of them spares; null where that is too little. */
function leastOf(values: readonly number[], sparedBy: (value: number) => number, alarms: number): { readonly value: number; readonly spared: number } | null {
  const tried = values.map((value) => ({ value, spared: sparedBy(value) }));
  const most = Math.max(0, ...tried.map((t) => t.spared));
  const { share, least, near } = BAD_RULE.spares;
  if (most < Math.max(least, share * alarms)) return null;
  return tried.find((t) => t.spared >= near * most) ?? null;
}

interface Trial {
  readonly rule: Rule;
  readonly alarms: readonly AlarmRecord[];
  readonly back: ReadonlyMap<string, number>;
}

function paramOf(rule: Rule, name: string): { readonly definition: ParamDefinition; readonly value: number } | null {
  const definition = paramsOf(rule.definition).find((p) => p.name === name);
  const value = rule.settings.params[name];
  return definition === undefined || value === undefined ? null : { definition, value };
}

function change({ rule, alarms }: Trial, name: string, values: readonly number[], sparedBy: (value: number, now: number) => number): ParamChange | null {
  const param = paramOf(rule, name);
  if (param === null) return null;
  const { definition, value: from } = param;
  const possible = values.filter((v) => v !== from && v >= definition.min && v <= definition.max);
  const best = leastOf(possible, (v) => sparedBy(v, from), alarms.length);
  return best === null ? null : { param: name, unit: definition.unit, from, to: best.value, spared: best.spared };
}

/** A longer wait: what was over before it ran out would not have been told. */
function delay(trial: Trial): ParamChange | null {
  const holds = (r: AlarmRecord) => OTHER_HOLD[r.title] ?? "hold";
  // What the house mended would only have been mended later, had it waited longer; telling of it later spares it.
  const mended = trial.alarms.filter((r) => r.ended === "house").length * 2 > trial.alarms.length;
  const hold = holds(trial.alarms[0]!);
  const param = mended || paramOf(trial.rule, hold) === null ? "alertAfter" : hold;
  const counted = param === "alertAfter" ? trial.alarms : trial.alarms.filter((r) => r.ended !== "house" && holds(r) === param);
  const now = paramOf(trial.rule, param)?.value ?? 0;
  const longer = SECONDS.filter((s) => s > now);
  return change(trial, param, longer, (to, from) => counted.filter((r) => r.overAt !== null && r.overAt - r.raisedAt < (to - from) * 1000).length);
}

/** A longer off-delay: what came again before it ran out would have been the same alarm. */
function offDelay(trial: Trial): ParamChange | null {
  const gaps = [...byAlarm(trial.alarms).values()].flatMap((records) => {
    const ordered = records.toSorted((a, b) => a.raisedAt - b.raisedAt);
    return ordered.slice(1).flatMap((r, i) => {
      const over = ordered[i]!.overAt;
      return over === null ? [] : [r.raisedAt - over];
    });
  });
  const now = paramOf(trial.rule, "clearAfter")?.value ?? 0;
  return change(
    trial,
    "clearAfter",
    SECONDS.filter((s) => s > now),
    (to) => gaps.filter((gap) => gap < to * 1000).length,
  );
}

/** A wider deadband: what had not come back so far would have gone on standing. */
function widerDeadband(trial: Trial): ParamChange | null {
  const back = trial.alarms.flatMap((r) => trial.back.get(r.id) ?? []);
  const now = paramOf(trial.rule, "deadband")?.value ?? 0;
  return change(
    trial,
    "deadband",
    AMOUNTS.filter((a) => a > now),
    (to) => back.filter((b) => b < to).length,
  );
}

/** A more lenient limit: what was no further past it when it was raised, and ended within minutes by itself, would not have been found. A legal limit stays. */
function lenientLimit(trial: Trial): ParamChange | null {
  const { definition, settings } = trial.rule;
  const limit = settings.params["limit"];
  if (definition.legal === true || definition.swing === undefined || limit === undefined) return null;
  const swings = trial.alarms.filter(isFleeting).flatMap((r) => definition.swing!(settings.params, r.evidence) ?? []);
  const side = swings[0]?.breach === "below" ? -1 : 1;
  const tidy = (value: number) => Math.round(value * 1000) / 1000;
  return change(
    trial,
    "limit",
    AMOUNTS.map((a) => tidy(limit + side * a)),
    (to) => swings.filter((s) => (s.value - to) * side < 0).length,
  );
}

/** What helps against what, the truest cure first. */
const CURES: Readonly<Record<Fault, readonly ((trial: Trial) => ParamChange | null)[]>> = {
  chattering: [widerDeadband, offDelay, delay],
  fleeting: [delay, widerDeadband, offDelay, lenientLimit],
  flooding: [delay, offDelay, widerDeadband, lenientLimit],
  stale: [],
};
/** A cure that spares so large a part is taken before one that spares more and is less to the point. */
const ENOUGH = 0.5;

/** The rules that need care, those whose change spares most first. */
export function proposals({ from, to, records, rules, back }: ProposalQuestion): Proposal[] {
  const raised = records.filter((r) => !r.quiet && r.raisedAt >= from && r.raisedAt < to);
  const byPolicy = new Map<string, AlarmRecord[]>(rules.map((r) => [r.definition.id, []]));
  for (const r of records) if (!r.quiet) byPolicy.get(policyOf(r.title) ?? "")?.push(r);
  const found: Proposal[] = [];
  for (const rule of rules) {
    const { id } = rule.definition;
    const standing = byPolicy.get(id)!.filter((r) => r.raisedAt >= rule.since);
    const alarms = standing.filter((r) => r.raisedAt >= from && r.raisedAt < to);
    const fleeting = alarms.filter(isFleeting).length;
    const stale = standing.filter((r) => isStale(r, to)).length;
    const groups = [...byAlarm(alarms).values()];
    const chattering = groups.filter(chatters).length;
    const share = raised.length === 0 ? 0 : alarms.length / raised.length;
    const perDay = (alarms.length * DAY) / Math.max(1, to - Math.max(from, rule.since));
    const { flooding } = BAD_RULE;
    const faults: Fault[] = [];
    if (chattering > 0) faults.push("chattering");
    if (alarms.length >= BAD_RULE.least && fleeting >= BAD_RULE.share * alarms.length) faults.push("fleeting");
    if (alarms.length >= flooding.least && share >= flooding.share && perDay > flooding.perDay) faults.push("flooding");
    if (standing.length >= BAD_RULE.least && stale >= BAD_RULE.share * standing.length) faults.push("stale");
    const [first, ...others] = faults;
    if (first === undefined) continue;
    const largest = groups.reduce<readonly AlarmRecord[]>((most, g) => (g.length > most.length ? g : most), []);
    const seconds = alarms.flatMap((r) => (r.overAt === null ? [] : [(r.overAt - r.raisedAt) / 1000])).sort((a, b) => a - b);
    found.push({
      policy: id,
      device: largest.length > 0 && largest.length >= ONE_DEVICE * alarms.length ? largest[0]!.device : null,
      faults: [first, ...others],
      count: first === "stale" ? stale : alarms.length,
      share: share * 100,
      fleeting,
      stale,
      chattering,
      median: percentile(seconds, 0.5),
      changes: alarms.length === 0 ? [] : changesFor(first, { rule, alarms, back }),
    });
  }
  const spared = (p: Proposal) => p.changes[0]?.spared ?? 0;
  return found.sort((a, b) => spared(b) - spared(a) || b.count - a.count || a.policy.localeCompare(b.policy));
}

function changesFor(fault: Fault, trial: Trial): ParamChange[] {
  const possible = CURES[fault].flatMap((cure) => cure(trial) ?? []);
  const first = possible.find((c) => c.spared >= ENOUGH * trial.alarms.length) ?? possible.toSorted((a, b) => b.spared - a.spared)[0];
  return first === undefined ? [] : [first, ...possible.filter((c) => c !== first)];
}
