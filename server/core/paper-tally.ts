/** What a copier's life counter says against what its jobs explain: by the day and by the month. */
import type { PrintJob } from "./policy.ts";
import type { Millis } from "./reading.ts";

export interface PaperSpan {
  /** Local date `2026-07-01`, or month `2026-07`. */
  key: string;
  /** Sides that the counter rose by, that jobs explain, and sheets of those jobs. */
  counted: number;
  explained: number;
  sheets: number;
}

export interface PaperTally {
  /** The counter's newest good value; null before the first. */
  counter: number | null;
  readonly day: PaperSpan;
  readonly month: PaperSpan;
  /** When the counter or a job last moved. */
  at: Millis;
}

export function startPaper(): PaperTally {
  const empty = (): PaperSpan => ({ key: "", counted: 0, explained: 0, sheets: 0 });
  return { counter: null, day: empty(), month: empty(), at: 0 };
}

/** The spans that a local date falls into, begun anew where it is the first of its day or month; what comes late for a past one is left out. */
function spansAt(tally: PaperTally, date: string): PaperSpan[] {
  const keys = [date, date.slice(0, 7)];
  return [tally.day, tally.month].filter((span, i) => {
    const key = keys[i]!;
    if (key > span.key) {
      span.key = key;
      span.counted = span.explained = span.sheets = 0;
    }
    return key === span.key;
  });
}

/** Takes the counter (sides) in; a fall is a new counter and counts nothing. `date` is the local date of `at`. */
export function takeCounter(tally: PaperTally, at: Millis, value: number, date: string): void {
  const spans = spansAt(tally, date);
  const rise = tally.counter === null ? 0 : value - tally.counter;
  tally.counter = value;
  if (rise <= 0) return;
  for (const span of spans) span.counted += rise;
  tally.at = at;
}

/** Takes a completed job in. */
export function takePrinted(tally: PaperTally, job: PrintJob, date: string): void {
  for (const span of spansAt(tally, date)) {
    span.explained += job.pages * job.copies;
    span.sheets += job.sheets;
  }
  tally.at = Math.max(tally.at, job.at);
}

/** Sides that no job explains. */
export function unattributed(span: PaperSpan): number {
  return Math.max(0, span.counted - span.explained);
}

/** Sheets of a span: those of the jobs, and a sheet for every side that nobody explains. */
export function sheetsOf(span: PaperSpan): number {
  return span.sheets + unattributed(span);
}
