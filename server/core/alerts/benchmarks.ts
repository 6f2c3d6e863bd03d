/** What is said of good alarms, as data: each figure with its bounds and where they come from. */

/** The standard: ISA-18.2-2016 §16 (performance metrics), the same figures in EEMUA 191. own: this office's stricter goal. */
export type BenchmarkSource = "isa" | "own";
export type Verdict = "good" | "manageable" | "bad";

export interface Benchmark {
  readonly unit: string;
  /** Up to and including this it is good; null where the figure is only shown. */
  readonly good: number | null;
  /** Up to and including this it can be managed; more is bad. */
  readonly manageable: number | null;
  readonly source: BenchmarkSource;
  /** With fewer alarms than this in the period the figure says nothing. */
  readonly least?: number;
}

/** Loads are one person's: the busiest one's where nobody is named. */
export const BENCHMARKS = {
  "ten-minutes": { unit: "alarms", good: 1, manageable: 2, source: "isa" },
  "ten-minutes-worst": { unit: "alarms", good: 10, manageable: 10, source: "isa" },
  hour: { unit: "alarms", good: 6, manageable: 12, source: "isa" },
  day: { unit: "alarms", good: 144, manageable: 288, source: "isa" },
  "need-human": { unit: "alarms", good: 10, manageable: 20, source: "own" },
  floods: { unit: "floods", good: 0, manageable: 0, source: "isa" },
  "flood-share": { unit: "%", good: 1, manageable: 1, source: "isa" },
  // "Less than five."
  stale: { unit: "alarms", good: 4, manageable: 4, source: "isa" },
  "stale-period": { unit: "alarms", good: null, manageable: null, source: "isa" },
  chattering: { unit: "alarms", good: 0, manageable: 0, source: "isa" },
  fleeting: { unit: "alarms", good: 0, manageable: 0, source: "isa" },
  "top-ten": { unit: "%", good: 1, manageable: 5, source: "isa", least: 100 },
  "in-time": { unit: "%", good: null, manageable: null, source: "own" },
} as const satisfies Readonly<Record<string, Benchmark>>;
export type FigureKey = keyof typeof BENCHMARKS;

/** The mix of severities that people can rely on, in %, and how far more of the severe ones is still good, or can be managed. */
export const MIX = {
  ideal: { low: 80, medium: 15, high: 5 },
  good: { high: 5, mediumAndHigh: 20 },
  manageable: { high: 10, mediumAndHigh: 40 },
  source: "isa",
  least: 20,
} as const;

/** More than `count` alarms of one person within `ms` are a flood; it is over when fewer than `until` remain within them. */
export const FLOOD = { count: 10, ms: 600_000, until: 5 } as const;
/** An alarm raised so often within so long chatters. */
export const CHATTER = { count: 3, ms: 60_000 } as const;
/** An alarm that stood for longer is stale. */
export const STALE_MS = 24 * 3_600_000;
/** One that is over within this without anybody's doing is fleeting. */
export const FLEETING_MS = 5 * 60_000;
/** The share of alarms that were answered before the next one above was to answer for them, in %. */
export const IN_TIME = { good: 90, manageable: 70 } as const;

/** When a rule is bad: what it must have come to in the period. */
export const BAD_RULE = {
  /** So many alarms at least, but for those that chatter. */
  least: 5,
  /** So large a part of them fleeting, or stale. */
  share: 0.6,
  /** So large a part of all alarms, and so many a day: a fifth of the office's goal. */
  flooding: { share: 0.25, perDay: 2, least: 10 },
  /** A change must spare so large a part of its alarms, and so many; the least change that comes so near to the most that can be had is proposed. */
  spares: { share: 0.3, least: 2, near: 0.8 },
} as const;

/** Whether a figure is good by its benchmark; null where it has no bounds, or too little happened to say so. */
export function verdictOf({ good, manageable, least }: Benchmark, value: number, alarms: number): Verdict | null {
  if (good === null || manageable === null || alarms < (least ?? 0)) return null;
  return value <= good ? "good" : value <= manageable ? "manageable" : "bad";
}

export function verdictOfMix(percent: Readonly<Record<"low" | "medium" | "high", number>>, alarms: number): Verdict | null {
  if (alarms < MIX.least) return null;
  const within = (bounds: { readonly high: number; readonly mediumAndHigh: number }) =>
    percent.high <= bounds.high && percent.medium + percent.high <= bounds.mediumAndHigh;
  return within(MIX.good) ? "good" : within(MIX.manageable) ? "manageable" : "bad";
}
