/**
 * A policy written as data: what it judges, when it is broken, what is done. No code is evaluated; the engine of the built-in policies runs it.
 * The form is checked by the schema in `contract/custom-policy.ts`, the sense by `checkCustom` beside this file.
 */
import type { DeviceKind, Text } from "../device.ts";
import type { Mode, Scope, Severity } from "../policy.ts";
import type { PointValue } from "../reading.ts";

/** Words of the office's calendar. `after-hours`: outside working hours (the noon break of a working day counts as working hours). */
export const CALENDAR_WORDS = [
  "working-hours",
  "after-hours",
  "working-day",
  "day-off",
  "holiday",
  "make-up-day",
  "weekend",
  "major-event",
  "summer",
  "winter",
  "heating-season",
  "booked",
] as const;
export type CalendarWord = (typeof CALENDAR_WORDS)[number];

/** A number, or the name of a parameter of the policy behind a `$`. */
export type Amount = number | string;

/** Whose point: the subject's own, one of a neighbour in the same space (any of the kind), or the building's outdoor station. */
export interface PointRef {
  readonly point: string;
  /** Kind of the neighbour; absent: the subject itself. */
  readonly of?: DeviceKind | undefined;
}

/** Exactly one operator. `for` is in seconds: so long it must have held without a break. */
export interface PointCondition extends PointRef {
  readonly above?: Amount | undefined;
  readonly below?: Amount | undefined;
  /** Both ends belong to it. */
  readonly between?: readonly [Amount, Amount] | undefined;
  readonly is?: PointValue | undefined;
  readonly isNot?: PointValue | undefined;
  /** Not heard for so many seconds, or never heard or not believed since we look, for as long. */
  readonly absent?: Amount | undefined;
  readonly for?: Amount | undefined;
  /** With above and below: what held goes on holding until the value is so far back beyond the limit. */
  readonly deadband?: Amount | undefined;
}

export type Condition =
  | PointCondition
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly calendar: CalendarWord }
  /** By the local clock, minutes after midnight; over midnight where `until` is not after `from`. */
  | { readonly clock: { readonly from: number; readonly until: number } }
  | { readonly room: "empty" | "occupied"; readonly for?: Amount | undefined };

export interface CustomParam {
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface CustomPolicy {
  readonly id: string;
  readonly name: Text;
  /** The office's rule in its own words. */
  readonly rule: Text;
  readonly severity: Severity;
  readonly mode: Mode;
  /** 1–69: the built-in shut-off after hours stays above. */
  readonly priority: number;
  readonly kinds: readonly DeviceKind[];
  readonly scope: Scope;
  readonly params: Readonly<Record<string, CustomParam>>;
  readonly when: Condition;
  /** Seconds that the condition must last before it is a finding. */
  readonly hold: Amount;
  /** Seconds between the finding and the command. */
  readonly warn: Amount;
  /** What is commanded; absent: people are only told. */
  readonly set?: Readonly<Record<string, PointValue>> | undefined;
  /** Share of the subject's power that is wasted while it lasts, 0–1. */
  readonly waste: number;
}

export function isPointCondition(c: Condition): c is PointCondition {
  return "point" in c;
}

/** Every leaf of a condition with its path, depth first. */
export function* leavesOf(c: Condition, path = "when"): Generator<{ readonly leaf: Condition; readonly path: string }> {
  if ("and" in c) for (const [i, part] of c.and.entries()) yield* leavesOf(part, `${path}.and[${i}]`);
  else if ("or" in c) for (const [i, part] of c.or.entries()) yield* leavesOf(part, `${path}.or[${i}]`);
  else if ("not" in c) yield* leavesOf(c.not, `${path}.not`);
  else yield { leaf: c, path };
}
