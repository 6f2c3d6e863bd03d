/**
 * Sends closed hours and days on, in a measurement of their own, so that a dashboard on InfluxDB alone draws a year at once. A cursor
 * for each step says until when; what arrives late for a window that was sent is sent again, and overwrites it.
 */
import type { Millis, PointId } from "../core/reading.ts";
import type { RollupStep } from "../core/rollup.ts";
import { windowEnd, windowOf } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";
import type { History, JournalSlice, Rollups } from "../ports/history.ts";
import { seriesOf } from "./line.ts";

export interface RollupDeps {
  readonly history: Pick<History, "rollups" | "latest" | "oldest" | "journal" | "mark" | "setMark">;
  readonly zone: Zone;
  /** The house's time, ms. */
  readonly houseNow: () => Millis;
  /** Sends lines, and sets aside what is refused. */
  readonly send: (lines: readonly string[]) => Promise<void>;
}

export interface RollupForward {
  /** Knows again how far it came; `cursor` is how far raw readings were sent. */
  open(cursor: number): Promise<void>;
  /** Notes what a slice, which was sent after `before`, changes of windows that were sent; to be called before the cursor moves past it. */
  note(slice: JournalSlice, before: number): Promise<void>;
  /** Sends what is due, one piece of it; false when nothing is. */
  step(): Promise<boolean>;
}

/** The measurement of roll-ups. */
export const ROLLUP = "rollup";
const STEPS = ["hour", "day"] as const satisfies readonly RollupStep[];
type Step = (typeof STEPS)[number];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Readings may still arrive for a window that ended; most have by then. */
const GRACE_MS = 5 * 60_000;
/** Late readings are gathered for so long, house's time. */
const LATE_EVERY_MS = 10 * 60_000;
/** What a late reading, or one that is missing, may change after it. */
const REACH_MS = 2 * DAY;
/** Once a day as much is sent again: an exchanged meter is told days after it was exchanged. */
const AGAIN_MS = 8 * DAY;
const BEFORE_MS = 35 * DAY;
/** Windows asked for at once, about. */
const PIECE = 20_000;
const SLICE = 5_000;
/** In the place of a commit: nothing is late. */
const NONE = -1;
const LATE_MARK = "influx-late";
const markOf = (step: Step) => `influx-${step}`;

export function createRollupForward({ history, zone, houseNow, send }: RollupDeps): RollupForward {
  const reached = { hour: Number.NEGATIVE_INFINITY, day: Number.NEGATIVE_INFINITY };
  const late = new Map<PointId, { from: Millis; to: Millis }>();
  let lateAt: Millis | null = null;
  const again: { readonly step: Step; from: Millis; readonly until: Millis }[] = [];
  let known: { readonly until: Millis; readonly points: readonly PointId[] } = { until: Number.NaN, points: [] };
  let marked = false;

  function take({ readings }: JournalSlice): void {
    const sent = Math.max(reached.hour, reached.day);
    for (const { point, at } of readings) {
      if (at >= sent) continue;
      const known = late.get(point);
      if (known === undefined) late.set(point, { from: at, to: at });
      else {
        known.from = Math.min(known.from, at);
        known.to = Math.max(known.to, at);
      }
    }
    if (late.size > 0) lateAt ??= houseNow();
  }

  async function sendWindows(points: readonly PointId[], from: Millis, to: Millis, step: Step): Promise<void> {
    if (from < to) await send(linesOf(points, await history.rollups({ points, from, to, step }), step));
  }

  /** Windows of late points that had been sent already. */
  async function stepLate(): Promise<boolean> {
    const [point, { from, to }] = late.entries().next().value!;
    for (const step of STEPS) await sendWindows([point], windowOf(step, zone, from), Math.min(reached[step], to + REACH_MS), step);
    late.delete(point);
    if (late.size > 0) return true;
    lateAt = null;
    await history.setMark(LATE_MARK, NONE);
    marked = false;
    return true;
  }

  async function stepClosed(step: Step): Promise<boolean> {
    const until = windowOf(step, zone, houseNow() - GRACE_MS);
    if (until <= reached[step]) return false;
    let from = reached[step];
    if (from === Number.NEGATIVE_INFINITY) {
      const oldest = await history.oldest();
      if (oldest === null) return false;
      // What arrived first may be of days before.
      from = windowOf(step, zone, oldest - BEFORE_MS);
    } else if (step === "day") again.push(...STEPS.map((s) => ({ step: s, from: windowOf(s, zone, from - AGAIN_MS), until: from })));
    const points = await pointsAt(until);
    const to = Math.min(until, pieceEnd(step, from, points.length));
    await sendWindows(points, from, to, step);
    await history.setMark(markOf(step), to);
    reached[step] = to;
    return true;
  }

  /** The days and hours before, for what was corrected of them without a reading. */
  async function stepAgain(): Promise<void> {
    const piece = again[0]!;
    const points = await pointsAt(piece.until);
    const to = Math.min(piece.until, reached[piece.step], pieceEnd(piece.step, piece.from, points.length));
    await sendWindows(points, piece.from, to, piece.step);
    if (to >= Math.min(piece.until, reached[piece.step])) again.shift();
    else piece.from = to;
  }

  function pieceEnd(step: Step, from: Millis, points: number): Millis {
    const windows = Math.max(1, Math.floor(PIECE / Math.max(1, points)));
    return Math.max(windowOf(step, zone, from + windows * (step === "hour" ? HOUR : DAY)), windowEnd(step, zone, from));
  }

  async function pointsAt(until: Millis): Promise<readonly PointId[]> {
    if (known.until !== until) known = { until, points: (await history.latest()).map((l) => l.point) };
    return known.points;
  }

  return {
    async open(cursor) {
      for (const step of STEPS) reached[step] = (await history.mark(markOf(step))) ?? Number.NEGATIVE_INFINITY;
      let after = (await history.mark(LATE_MARK)) ?? NONE;
      marked = after !== NONE;
      while (after !== NONE && after < cursor) {
        const slice = await history.journal(after, SLICE);
        take(slice);
        if (slice.upTo === after) break;
        after = slice.upTo;
      }
    },
    async note(slice, before) {
      take(slice);
      if (late.size === 0 || marked) return;
      await history.setMark(LATE_MARK, before);
      marked = true;
    },
    async step() {
      if (lateAt !== null && houseNow() - lateAt >= LATE_EVERY_MS) return stepLate();
      for (const step of STEPS) if (await stepClosed(step)) return true;
      if (again.length === 0) return false;
      await stepAgain();
      return true;
    },
  };
}

function linesOf(points: readonly PointId[], rolled: Rollups, step: RollupStep): string[] {
  const series = points.map((point) => seriesOf(ROLLUP, point, [["step", step]]));
  const lines: string[] = [];
  for (let i = 0; i < rolled.start.length; i++) {
    const name = series[rolled.point[i]!];
    if (name == null) continue;
    const fields = [`count=${rolled.count[i]!}i`];
    for (const field of ["mean", "min", "max", "last", "total"] as const) {
      const value = rolled[field][i]!;
      if (Number.isFinite(value)) fields.push(`${field}=${value}`);
    }
    lines.push(`${name} ${fields.join(",")} ${rolled.start[i]!}`);
  }
  return lines;
}
