/**
 * Roll-ups in the DuckDB file. A pass folds the windows that are over into `five`, and what is over of those into `hours` and `days`, in
 * one transaction with the mark that says how far it came; what is younger is folded from raw readings when it is asked for. A late
 * reading makes its window dirty: it is folded anew, and the point's next ones until a state at an end is what it was.
 */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { DOUBLE, VARCHAR } from "@duckdb/node-api";
import type { Millis } from "../core/reading.ts";
import type { PointState } from "../core/rollup.ts";
import { FIVE_MINUTES, oddOf, startPoint, stateOf, windowEnd, windowOf } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";
import type { DirtyWindow } from "./dirty.ts";
import { createDirty } from "./dirty.ts";
import type { ExchangeEvent } from "./fold.ts";
import { createLatch } from "./latch.ts";
import { foldRaw } from "./raw.ts";
import { daysQuery, hoursQuery, statesQuery } from "./rolled-queries.ts";
import type { FiveRow } from "./write-rolled.ts";
import { append, times, writeFive } from "./write-rolled.ts";

const HOUR = 3_600_000;
/** So long after its end a window is waited for, so that the usual delays of gateways repair nothing. */
const GRACE_MS = 30_000;
/** Raw readings and time that one slice of a pass may hold. */
const SLICE_ROWS = 400_000;
const SLICE_MS = 7 * 24 * HOUR;
/** At the start states are looked for in so long first. */
const RECENT_MS = 2 * 24 * HOUR;
/** Points that are sorted at a time. */
const CHUNK_ROWS = 500_000;

/** What was rolled up of a point last. */
interface Newest {
  readonly start: Millis;
  readonly last: number;
  readonly at: Millis;
  readonly odd: string | null;
}

/** How far each step is rolled up: windows that begin before it are. */
export interface Until {
  readonly five: Millis;
  readonly hour: Millis;
  readonly day: Millis;
}

export interface Roller {
  /** Hears of a reading that was committed. */
  committed(at: Millis, point: number, batch: number): void;
  /** Hears of an exchange that was committed. */
  exchanged(point: number, at: Millis, final: number, initial: number, batch: number): void;
  /** Rolls up what is over; resolves when all that was over when it was called is. */
  pass(): Promise<void>;
  readonly until: Until;
  /** Whether windows are over that are not rolled up. */
  readonly due: boolean;
  /** Lets the pass under way end, and begins no other. */
  close(): Promise<void>;
  /** Copies of what the fold of younger readings begins with. */
  states(points: readonly number[]): PointState[];
  exchangesOf(point: number): readonly ExchangeEvent[];
  /** Raw readings before this are gone: nothing of them can be folded anew. */
  readonly rawFrom: Millis;
}

export interface RollerParts {
  readonly zone: Zone;
  readonly nameOf: (point: number) => string;
  /** How many points are stored. */
  readonly points: number;
  /** The number of the last commit. */
  readonly lastBatch: () => number;
  /** Called after each pass that rolled something up, with the time up to which all is rolled up; answers before when raw readings are gone. */
  readonly afterPass: (connection: DuckDBConnection, rolledUntil: Millis) => Promise<Millis>;
}

/** Reads what the file knows, and makes dirty what was committed and not rolled up. */
export async function openRoller(instance: DuckDBInstance, { zone, nameOf, points, lastBatch, afterPass }: RollerParts): Promise<Roller> {
  const own = await instance.connect();
  const dirty = createDirty();
  const latch = createLatch();
  const newest = new Map<number, Newest>();
  const exchanges = new Map<number, ExchangeEvent[]>();
  const marks = new Map((await rowsOf(own, "SELECT name, value FROM marks")).map(([name, value]) => [String(name), Number(value)]));
  let until: Until = {
    five: marks.get("five") ?? Number.NEGATIVE_INFINITY,
    hour: marks.get("hour") ?? Number.NEGATIVE_INFINITY,
    day: marks.get("day") ?? Number.NEGATIVE_INFINITY,
  };
  let rawFrom = marks.get("raw-from") ?? Number.NEGATIVE_INFINITY;
  let closed = false;
  let seen = Number((await rowsOf(own, "SELECT max(observed)::DOUBLE FROM readings"))[0]?.[0] ?? Number.NEGATIVE_INFINITY);

  for (const [point, at, final, initial] of await rowsOf(own, "SELECT point, moment, final, initial FROM exchanges ORDER BY moment")) {
    keepExchange(Number(point), { kind: "exchange", at: Number(at), final: Number(final), initial: Number(initial) });
  }
  // Most points were heard lately; of the others alone all that was ever rolled up is looked through.
  const recent = `five.start >= ${finite(until.five - RECENT_MS)}`;
  await readStates(recent);
  const silent = Array.from({ length: points }, (_, point) => point).filter((point) => !newest.has(point));
  if (silent.length > 0) await readStates(`five.point IN (${silent.join(",")})`);
  const rolled = marks.get("rolled") ?? -1;
  for (const [point, at, batch] of await rowsOf(own, `SELECT point, moment, batch FROM exchanges WHERE batch > ${rolled}`))
    dirty.mark(Number(at), Number(point), Number(batch));
  const waiting = `SELECT observed // ${FIVE_MINUTES} * ${FIVE_MINUTES}::DOUBLE, count(*)::DOUBLE, min(batch)::DOUBLE FROM readings WHERE batch > $rolled GROUP BY 1`;
  const stream = await own.run(waiting, { rolled }, { rolled: DOUBLE });
  for (const [start, rows, batch] of await stream.getRows()) dirty.mark(Number(start), null, Number(batch), Number(rows));

  async function readStates(where: string): Promise<void> {
    for (const [point, start, last, at, odd] of await rowsOf(own, statesQuery(`five WHERE ${where}`, ""))) {
      newest.set(Number(point), { start: Number(start), last: Number(last), at: Number(at), odd: odd === null ? null : String(odd) });
    }
  }

  function keepExchange(point: number, event: ExchangeEvent): void {
    const list = exchanges.get(point) ?? [];
    exchanges.set(point, list);
    list.push(event);
    list.sort((a, b) => a.at - b.at);
  }

  function stateFrom(point: number, known: Newest | undefined): PointState {
    return known === undefined ? startPoint(nameOf(point)) : stateOf(nameOf(point), known.last, known.at, known.odd);
  }

  const over = () => Math.floor((seen - GRACE_MS) / FIVE_MINUTES) * FIVE_MINUTES;

  async function pass(): Promise<void> {
    if (closed || !dirty.hasBefore(Math.max(over(), until.five))) return;
    const next = Math.max(over(), until.five);
    const batch = lastBatch();
    const taken = dirty.takeBefore(next);
    try {
      await work(taken, next, batch);
    } catch (error) {
      dirty.putBack(taken);
      throw error;
    }
    rawFrom = Math.max(rawFrom, await afterPass(own, until.five));
  }

  /** Folds the windows, in slices; a slice is committed by itself as long as nothing stands that is younger than it. */
  async function work(taken: readonly DirtyWindow[], next: Millis, batch: number): Promise<void> {
    const queue = taken.filter((w) => w.start + FIVE_MINUTES > rawFrom);
    const lateHours = new Map<Millis, Set<number>>();
    const fresh = new Map<number, Newest>();
    await own.run("BEGIN");
    try {
      while (queue.length > 0) {
        const slice: DirtyWindow[] = [];
        let rows = 0;
        do {
          const window = queue.shift()!;
          slice.push(window);
          rows += window.rows;
        } while (queue.length > 0 && rows + queue[0]!.rows <= SLICE_ROWS && queue[0]!.start < slice[0]!.start + SLICE_MS);
        const again = await foldSlice(slice, fresh, lateHours);
        for (const window of again) {
          const at = queue.findIndex((w) => w.start >= window.start);
          const there = at >= 0 && queue[at]!.start === window.start ? queue[at]! : null;
          if (there === null) queue.splice(at < 0 ? queue.length : at, 0, window);
          else if (there.points !== null) for (const p of window.points ?? []) there.points.add(p);
        }
      }
      const reached = await rollHoursAndDays(next, lateHours);
      await mark(own, "five", next);
      await mark(own, "hour", reached.hour);
      await mark(own, "day", reached.day);
      const open = dirty.firstBatch;
      await mark(own, "rolled", open === null ? batch : Math.min(open - 1, batch));
      await own.run("COMMIT");
      for (const [point, known] of fresh) newest.set(point, known);
      until = { five: next, ...reached };
    } catch (error) {
      await own.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Folds one slice anew, from each point's first dirty window to the slice's end. Answers the windows that have to follow. */
  async function foldSlice(slice: readonly DirtyWindow[], fresh: Map<number, Newest>, lateHours: Map<Millis, Set<number>>): Promise<DirtyWindow[]> {
    const end = slice.at(-1)!.start + FIVE_MINUTES;
    const first = new Map<number, Millis>();
    for (const window of slice) {
      for (const point of window.points ?? (await pointsIn(own, window.start))) if (!first.has(point)) first.set(point, window.start);
    }
    const known = (point: number) => fresh.get(point) ?? newest.get(point);
    const late = [...first].filter(([point, start]) => (known(point)?.start ?? Number.NEGATIVE_INFINITY) >= start);
    const before = new Map<number, Newest>();
    const was = new Map<number, Newest>();
    if (late.length > 0) {
      await own.run("CREATE OR REPLACE TEMP TABLE late (point INTEGER, start BIGINT)");
      await append(own, "late", [Int32Array.from(late, ([p]) => p), times(late.map(([, s]) => s))]);
      for (const [rows, into] of [
        [await rowsOf(own, statesQuery("late l JOIN five ON five.point = l.point AND five.start < l.start", "l.point")), before],
        [await rowsOf(own, statesQuery(`late l JOIN five ON five.point = l.point AND five.start >= l.start AND five.start < ${end}`, "l.point")), was],
      ] as const) {
        for (const [point, start, last, at, odd] of rows)
          into.set(Number(point), { start: Number(start), last: Number(last), at: Number(at), odd: odd === null ? null : String(odd) });
      }
      const gone = await rowsOf(
        own,
        `SELECT five.point, five.start, carried_from FROM late l JOIN five ON five.point = l.point AND five.start >= l.start AND five.start < ${end}`,
      );
      for (const [point, start, from] of gone) markHours(lateHours, Number(point), Number(from), Number(start));
      await own.run(`DELETE FROM five USING late l WHERE five.point = l.point AND five.start >= l.start AND five.start < ${end}`);
      await own.run(`DELETE FROM oddities USING late l WHERE oddities.point = l.point AND oddities.start >= l.start AND oddities.start < ${end}`);
    }
    const isLate = new Set(late.map(([point]) => point));
    const ends = new Map<number, Newest>();
    const total = slice.reduce((n, w) => n + w.rows, 0);
    const chunks = Math.max(1, Math.ceil(total / CHUNK_ROWS));
    for (let chunk = 0; chunk < chunks; chunk++) {
      const points = [...first.keys()].filter((p) => p % chunks === chunk);
      const rows: FiveRow[] = [];
      await foldRaw(
        own,
        { from: slice[0]!.start, to: end, points, part: chunks === 1 ? null : { chunks, chunk } },
        {
          nameOf,
          stateOf: (point) => stateFrom(point, isLate.has(point) ? before.get(point) : known(point)),
          exchangesOf: (point) => (exchanges.get(point) ?? []).filter((e) => e.at < end),
          from: (point) => first.get(point) ?? Number.POSITIVE_INFINITY,
          each: (point, five, state) => {
            const row = { point, five, at: state.at, odd: oddOf(state, five.last) };
            rows.push(row);
            ends.set(point, { start: five.start, last: five.last, at: row.at, odd: row.odd });
            markHours(lateHours, point, five.carriedFrom, five.start);
          },
        },
      );
      await writeFive(own, rows);
    }
    const again = new Map<Millis, DirtyWindow>();
    for (const [point, state] of ends) {
      const last = known(point);
      if (last === undefined || last.start < end) fresh.set(point, state);
    }
    const changed = late.filter(
      ([point]) => (known(point)?.start ?? 0) >= end && !same(ends.get(point) ?? before.get(point), was.get(point) ?? before.get(point)),
    );
    if (changed.length > 0) {
      const list = changed.map(([p]) => p).join(",");
      for (const [point, start] of await rowsOf(own, `SELECT point, min(start) FROM five WHERE start >= ${end} AND point IN (${list}) GROUP BY point`)) {
        const window = again.get(Number(start)) ?? { start: Number(start), points: new Set<number>(), firstBatch: 0, rows: 0 };
        again.set(window.start, window);
        window.points?.add(Number(point));
      }
    }
    return [...again.values()].sort((a, b) => a.start - b.start);
  }

  /** Hours that were rolled up already and changed again. */
  function markHours(late: Map<Millis, Set<number>>, point: number, from: Millis, start: Millis): void {
    for (let hour = windowOf("hour", zone, Math.min(from, start)); hour <= start && hour < until.hour; hour += HOUR) {
      const points = late.get(hour) ?? new Set<number>();
      late.set(hour, points);
      points.add(point);
    }
  }

  async function rollHoursAndDays(next: Millis, lateHours: ReadonlyMap<Millis, ReadonlySet<number>>): Promise<{ readonly hour: Millis; readonly day: Millis }> {
    const hour = windowOf("hour", zone, next);
    const day = windowOf("day", zone, hour);
    if (lateHours.size > 0) {
      const points: number[] = [];
      const hours: number[] = [];
      for (const [start, of] of lateHours) {
        for (const point of of) {
          points.push(point);
          hours.push(start);
        }
      }
      await own.run("CREATE OR REPLACE TEMP TABLE again (point INTEGER, start BIGINT)");
      await append(own, "again", [Int32Array.from(points), times(hours)]);
      await own.run("DELETE FROM hours USING again a WHERE hours.point = a.point AND hours.start = a.start");
      const least = Math.min(...lateHours.keys());
      const most = Math.max(...lateHours.keys()) + HOUR;
      await own.run(
        `INSERT INTO hours ${hoursQuery(zone, least, most, "WHERE EXISTS (SELECT 1 FROM again a WHERE a.point = pieces.point AND a.start = pieces.h)")}`,
      );
      const days = new Map<Millis, Set<number>>();
      for (const [start, of] of lateHours) {
        const d = windowOf("day", zone, start);
        if (d >= until.day) continue;
        const known = days.get(d) ?? new Set();
        days.set(d, known);
        for (const p of of) known.add(p);
      }
      for (const [start, of] of days) {
        const list = [...of].join(",");
        await own.run(`DELETE FROM days WHERE start = ${start} AND point IN (${list})`);
        await own.run(`INSERT INTO days ${daysQuery(start, windowEnd("day", zone, start), `AND point IN (${list})`)}`);
      }
    }
    if (hour > until.hour) {
      const oldest = Number((await rowsOf(own, `SELECT min(carried_from) FROM five WHERE start >= ${finite(until.hour)}`))[0]?.[0] ?? hour);
      const from = Math.max(finite(until.hour), windowOf("hour", zone, oldest));
      for (let at = from; at < hour; at = Math.min(hour, at + 24 * HOUR))
        await own.run(`INSERT INTO hours ${hoursQuery(zone, at, Math.min(hour, at + 24 * HOUR), "")}`);
    }
    if (day > until.day) {
      const oldest = Number((await rowsOf(own, `SELECT min(start) FROM hours WHERE start >= ${finite(until.day)}`))[0]?.[0] ?? day);
      for (let at = windowOf("day", zone, Math.max(finite(until.day), oldest)); at < day; at = windowEnd("day", zone, at))
        await own.run(`INSERT INTO days ${daysQuery(at, windowEnd("day", zone, at), "")}`);
    }
    return { hour: Math.max(hour, until.hour), day: Math.max(day, until.day) };
  }

  return {
    committed(at, point, batch) {
      if (at > seen) seen = at;
      dirty.mark(at, point, batch);
    },
    exchanged(point, at, final, initial, batch) {
      keepExchange(point, { kind: "exchange", at, final, initial });
      dirty.mark(at, point, batch);
    },
    pass: () => latch.run(pass),
    get due() {
      return over() > until.five && dirty.hasBefore(over());
    },
    async close() {
      closed = true;
      await latch.run(async () => undefined).catch(() => undefined);
      own.closeSync();
    },
    get until() {
      return until;
    },
    states: (points) => points.map((p) => stateFrom(p, newest.get(p))),
    exchangesOf: (point) => exchanges.get(point) ?? [],
    get rawFrom() {
      return rawFrom;
    },
  };
}

function finite(at: Millis): number {
  return Number.isFinite(at) ? at : -8.64e15;
}

function same(a: Newest | undefined, b: Newest | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Object.is(a.last, b.last) && a.at === b.at && a.odd === b.odd;
}

async function pointsIn(connection: DuckDBConnection, start: Millis): Promise<number[]> {
  const rows = await rowsOf(connection, `SELECT DISTINCT point FROM readings WHERE observed >= ${start} AND observed < ${start + FIVE_MINUTES}`);
  return rows.map(([point]) => Number(point));
}

export async function mark(connection: DuckDBConnection, name: string, value: number): Promise<void> {
  if (!Number.isFinite(value)) return;
  await connection.run("DELETE FROM marks WHERE name = $name", { name });
  await connection.run("INSERT INTO marks VALUES ($name, $value)", { name, value }, { name: VARCHAR, value: DOUBLE });
}

async function rowsOf(connection: DuckDBConnection, sql: string) {
  return (await connection.run(sql)).getRows();
}
