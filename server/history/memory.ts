/** The same history in memory, for tests and stories with a hand-wound clock: durable at once, gone at the end. */
import type { Millis, PointId, PointValue, Quality, Report } from "../core/reading.ts";
import { WINDOW_FUNCTIONS } from "../ports/history.ts";
import type { Exchange, History, JournalReading, StoredReading, WindowedReading, WindowFunction } from "../ports/history.ts";
import { counterOf } from "../core/counter.ts";
import type { PointEvent } from "../core/rollup.ts";
import { counts, startPoint, startWindow, takeIntoWindow, windowOf } from "../core/rollup.ts";
import { createZone } from "../core/zone.ts";
import { QUALITIES, TYPE } from "./columns.ts";
import { createMerge } from "./merge.ts";
import { createThinner } from "./thin.ts";
import { bound, createRegrouper, whole, windowStart } from "./rows.ts";

/** A scan is told by such stretches of time. */
const SLICE_MS = 7_200_000;

interface Row {
  readonly report: Report;
  readonly name: string;
  readonly value: PointValue;
  readonly quality: Quality;
}

/** An empty history; `durable` callbacks run in a microtask. */
export function createMemoryHistory(timezone = "Asia/Shanghai"): History {
  const zone = createZone(timezone);
  const exchanges = new Map<string, Exchange>();
  const marks = new Map<string, number>();
  const rows: Row[] = [];
  const byPoint = new Map<PointId, Row[]>();
  let waiting = 0;
  let commits = 0;

  /** Each reading once, however often it was delivered; by time, then by arrival. */
  function once(point: PointId, from: Millis, to: Millis): StoredReading[] {
    const seen = new Map<string, StoredReading>();
    for (const { report, value, quality } of byPoint.get(point) ?? []) {
      const { at, received } = report;
      if (at < from || at >= to) continue;
      // Like the columns, this does not tell 0 from −0.
      const key = `${at} ${quality} ${typeof value} ${value === 0 ? 0 : value}`;
      const known = seen.get(key);
      if (known === undefined || received < known.received) seen.set(key, { at, received, value, quality });
    }
    return [...seen.values()].sort((a, b) => a.at - b.at || a.received - b.received);
  }

  function eventsOf(point: PointId, name: string): PointEvent[] {
    const counter = counterOf(name) !== undefined;
    // Of several readings of one instant the good one that arrived last counts: that is how readings are corrected.
    const rank = (row: Row) => QUALITIES.indexOf(row.quality);
    const counted = new Map<Millis, Row>();
    for (const row of byPoint.get(point) ?? []) {
      if (!counts(counter, typeof row.value === "string" ? TYPE.text : TYPE.number, rank(row), Number(row.value))) continue;
      const known = counted.get(row.report.at);
      if (known === undefined || rank(row) < rank(known) || (rank(row) === rank(known) && row.report.received >= known.report.received))
        counted.set(row.report.at, row);
    }
    const readings = [...counted].map(([at, { value }]): PointEvent => ({ kind: "reading", at, value: Number(value) }));
    const exchanged = [...exchanges.values()].filter((e) => e.point === point && counter);
    return [...readings, ...exchanged.map(({ at, final, initial }): PointEvent => ({ kind: "exchange", at, final, initial }))].sort((a, b) => a.at - b.at);
  }

  return {
    open: async () => undefined,
    append(report, durable) {
      for (const { name, value, quality } of report.readings) {
        const row = { report, name, value, quality };
        rows.push(row);
        const point = `${report.device}/${name}`;
        const known = byPoint.get(point);
        if (known === undefined) byPoint.set(point, [row]);
        else known.push(row);
      }
      waiting++;
      queueMicrotask(() => {
        waiting--;
        commits++;
        durable?.();
      });
    },
    onFailure: () => undefined,
    async readings(point, from, to, limit) {
      return once(point, bound("from", from), bound("to", to)).slice(0, whole("limit", limit, 0));
    },
    async windows(point, from, to, every, fn, origin) {
      if (!WINDOW_FUNCTIONS.includes(fn)) throw new RangeError(`fn must be one of ${WINDOW_FUNCTIONS.join(", ")}, not ${fn}`);
      whole("every", every, 1);
      bound("origin", origin);
      const windows = new Map<Millis, number[]>();
      for (const { at, value, quality } of once(point, bound("from", from), bound("to", to))) {
        if (quality === "bad" || typeof value === "string" || !Number.isFinite(Number(value))) continue;
        const start = windowStart(at, every, origin);
        const values = windows.get(start) ?? [];
        windows.set(start, values);
        values.push(Number(value));
      }
      return [...windows].map(([at, values]): WindowedReading => ({ at, value: aggregate(fn, values), count: values.length }));
    },
    async latest() {
      return [...byPoint].map(([point, stored]) => {
        const newest = stored.reduce((a, b) => (b.report.at > a.report.at || (b.report.at === a.report.at && b.report.received >= a.report.received) ? b : a));
        return { point, reading: { at: newest.report.at, received: newest.report.received, value: newest.value, quality: newest.quality } };
      });
    },
    async replay(from, each) {
      const since = bound("from", from);
      const regrouper = createRegrouper(each);
      const chosen = rows.filter((r) => r.report.received >= since).sort((a, b) => a.report.received - b.report.received);
      for (const { report, name, value, quality } of chosen) regrouper.row(report.device, report.at, report.received, { name, value, quality });
      regrouper.end();
    },
    async scan({ from, to, points, quietMs }, each) {
      const thinner = createThinner({
        takes: points.map((p) => p.take),
        deviceOf: Int32Array.from(points, (p) => p.device),
        quietMs: Float64Array.from(quietMs),
      });
      const asked = new Map(points.map((p, i) => [p.point, i]));
      const words = new Map<string, number>();
      const end = bound("to", to);
      const chosen = rows.filter((r) => r.report.received >= from && r.report.received < end).sort((a, b) => a.report.received - b.report.received);
      let next = 0;
      for (let begin = bound("from", from); begin < end; begin += SLICE_MS) {
        const until = Math.min(begin + SLICE_MS, end);
        const texts: [number, string][] = [];
        for (let row = chosen[next]; row !== undefined && row.report.received < until; row = chosen[++next]) {
          const point = asked.get(`${row.report.device}/${row.name}`);
          if (point === undefined) continue;
          const { value } = row;
          if (typeof value === "string" && !words.has(value)) {
            texts.push([words.size, value]);
            words.set(value, words.size);
          }
          const type = typeof value === "number" ? TYPE.number : typeof value === "boolean" ? TYPE.boolean : TYPE.text;
          thinner.take(
            point,
            row.report.at,
            row.report.received,
            type,
            typeof value === "string" ? words.get(value)! : Number(value),
            QUALITIES.indexOf(row.quality),
          );
        }
        await each(thinner.cut(until, texts));
      }
    },
    async oldest() {
      return rows.reduce<Millis | null>((first, r) => (first === null || r.report.received < first ? r.report.received : first), null);
    },
    async rollups({ points, from, to, step }) {
      const merge = createMerge(step, zone, bound("from", from), bound("to", to));
      points.forEach((point, i) => {
        const name = point.slice(point.lastIndexOf("/") + 1);
        const state = startPoint(name);
        let window = startWindow(Number.NEGATIVE_INFINITY);
        const close = () => void (Number.isFinite(window.start) && merge.takeFive(i, window, Number.NEGATIVE_INFINITY));
        for (const event of eventsOf(point, name)) {
          const start = windowOf("5m", zone, event.at);
          if (start !== window.start) {
            close();
            window = startWindow(start);
          }
          takeIntoWindow(window, counterOf(name), state, event);
        }
        close();
      });
      return merge.answer();
    },
    async exchange(told) {
      for (const exchange of told) exchanges.set(exchange.id, exchange);
    },
    async journal(after, limit) {
      // Every row is a commit of its own here.
      const readings = rows.slice(after, after + whole("limit", limit, 1)).map(({ report, name, value, quality }): JournalReading => ({
        point: `${report.device}/${name}`,
        at: report.at,
        received: report.received,
        value,
        quality,
      }));
      return { upTo: after + readings.length, readings };
    },
    mark: async (name) => marks.get(name) ?? null,
    async setMark(name, value) {
      marks.set(name, value);
    },
    exportTo: () => Promise.reject(new Error("a history in memory writes no files")),
    copyTo: () => Promise.reject(new Error("a history in memory has no file")),
    get backlog() {
      return waiting;
    },
    stats: () => ({ rows: rows.length, commits, lastCommitMs: 0 }),
    close: async () => undefined,
  };
}

function aggregate(fn: WindowFunction, values: readonly number[]): number {
  switch (fn) {
    case "mean":
      return values.reduce((a, b) => a + b, 0) / values.length;
    case "min":
      return values.reduce((a, b) => Math.min(a, b));
    case "max":
      return values.reduce((a, b) => Math.max(a, b));
    case "sum":
      return values.reduce((a, b) => a + b, 0);
    case "last":
      return values.at(-1) ?? 0;
  }
}
