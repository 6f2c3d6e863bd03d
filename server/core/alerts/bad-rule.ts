/** What is wrong with a rule of our own whose alarms nobody can use. */

/** Why a rule is bad: it chatters, most of its alarms end by themselves, they are too many of all, or they stand for days. */
export type Fault = "chattering" | "fleeting" | "flooding" | "stale";

/** What an alert says of a bad rule: which, why, how many alarms, and which change would help (none: null). */
export interface BadRule {
  readonly policy: string;
  readonly what: Fault;
  readonly count: number;
  readonly change: { readonly param: string; readonly from: number; readonly to: number } | null;
}
