/** A point's history, raw or in windows; long answers go on by time. */
import { pointDefinition } from "../../core/device.ts";
import type { House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import { problem } from "../../errors.ts";
import { readingsOf, windowsOf } from "../older.ts";
import type { Handlers } from "../route.ts";
import { deviceOf } from "./house.ts";

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS };
/** Most windows of one question, over all its pages. */
const MOST_WINDOWS = 100_000;

function checkPoint(house: House, point: string): void {
  const cut = point.lastIndexOf("/");
  const name = point.slice(cut + 1);
  const state = deviceOf(house, point.slice(0, Math.max(cut, 0)));
  if (!state.points.has(name) && pointDefinition(state.device.kind, name) === undefined) {
    throw problem("not-found", `${state.device.id} has no point '${name}'; it has ${[...state.points.keys()].join(", ") || "none yet"}.`);
  }
}

function startOf(cursor: string | undefined, from: Millis, to: Millis): Millis {
  if (cursor === undefined) return from;
  const at = /^\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(at >= from && at < to))
    throw problem("invalid-parameter", "cursor: not one of this question; take it from `next` of the page before and keep from and to as they were.");
  return at;
}

export const readingHandlers: Handlers<"readings"> = {
  readings: {
    async run({ office, eyes, query }) {
      const { house } = office;
      checkPoint(house, query.point);
      const to = query.to ?? eyes.now;
      const asked = query.from ?? to - DAY_MS;
      if (asked >= to) throw problem("invalid-parameter", "from: must be before to.");
      if (query.every === undefined) {
        if (query.fn !== undefined) throw problem("invalid-parameter", "fn: needs every, such as every=5m.");
        const from = startOf(query.cursor, asked, to);
        // One more than asked tells whether there is more. Readings of one instant stay on one page.
        const found = await readingsOf(office, query.point, from, to, query.limit + 1);
        const more = found.length > query.limit ? found[query.limit]! : null;
        const whole = more === null ? found : found.slice(0, query.limit).filter((r) => r.at < more.at);
        const page = whole.length > 0 ? whole : found.slice(0, query.limit);
        return {
          items: page.map((r) => ({ at: eyes.iso(r.at), value: r.value, quality: r.quality })),
          next: more === null ? null : String(Math.max(more.at, page.at(-1)!.at + 1)),
        };
      }
      const every = Number(query.every.slice(0, -1)) * UNITS[query.every.slice(-1)]!;
      const origin = house.calendar.midnight(asked);
      const first = origin + Math.floor((asked - origin) / every) * every;
      if ((to - first) / every > MOST_WINDOWS) {
        throw problem(
          "range-too-wide",
          `This range holds ${Math.ceil((to - first) / every)} windows of ${query.every}; at most ${MOST_WINDOWS}. Ask for a shorter range or a wider window.`,
        );
      }
      const from = startOf(query.cursor, first, to);
      const end = Math.min(to, from + query.limit * every);
      const windows = await windowsOf(office, query.point, from, end, every, query.fn ?? "mean", origin);
      return { items: windows.map((w) => ({ at: eyes.iso(w.at), value: w.value, count: w.count })), next: end < to ? String(end) : null };
    },
  },
};
