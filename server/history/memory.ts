/** The same history in memory, for tests and stories with a hand-wound clock: durable at once, gone at the end. */
import type { Millis, PointId, PointValue, Quality, Report } from "../core/reading.ts";
import { WINDOW_FUNCTIONS } from "../ports.ts";
import type { History, StoredReading, WindowedReading, WindowFunction } from "../ports.ts";
import { bound, createRegrouper, whole, windowStart } from "./rows.ts";

interface Row {
  readonly report: Report;
  readonly name: string;
  readonly value: PointValue;
  readonly quality: Quality;
}

/** An empty history; `durable` callbacks run in a microtask. */
export function createMemoryHistory(): History {
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
