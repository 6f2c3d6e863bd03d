/** A point's readings from the history and, for what it holds no longer, from where they were forwarded to. */
import type { Millis } from "../core/reading.ts";
import { problem } from "../errors.ts";
import type { History, RollupQuery, Rollups } from "../ports/history.ts";
import type { Office } from "../ports/office.ts";

type Store = Pick<Office, "history" | "older">;

/** Before this the history holds nothing, and another store may; null where there is no other. */
async function heldSince({ history, older }: Store): Promise<Millis | null> {
  return older === null ? null : ((await history.oldest()) ?? Number.POSITIVE_INFINITY);
}

async function asked<T>(question: Promise<T>, until: Millis): Promise<T> {
  return question.catch((error: unknown) => {
    const before = Number.isFinite(until) ? ` before ${new Date(until).toISOString()}` : "";
    throw problem(
      "older-unreachable",
      `The readings${before} are in InfluxDB only, which gives none: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
}

/** As `History.readings`. Throws `older-unreachable` where the other store is needed and does not answer. */
export async function readingsOf(store: Store, ...[point, from, to, limit]: Parameters<History["readings"]>): ReturnType<History["readings"]> {
  const since = await heldSince(store);
  if (since === null || since <= from) return store.history.readings(point, from, to, limit);
  const old = await asked(store.older!.readings(point, from, Math.min(since, to), limit), since);
  return since >= to || old.length >= limit ? old : [...old, ...(await store.history.readings(point, since, to, limit - old.length))];
}

/**
 * As `History.windows`; a window is asked for in one place. The history still has roll-ups of what it holds no readings of: then only what
 * lies before those, and their first window, which may have lost its beginning, is asked for elsewhere. Throws as `readingsOf` does.
 */
export async function windowsOf(store: Store, ...[point, from, to, every, fn, origin]: Parameters<History["windows"]>): ReturnType<History["windows"]> {
  const since = await heldSince(store);
  const here = await store.history.windows(point, from, to, every, fn, origin);
  if (since === null || since <= from) return here;
  const whole = origin + Math.ceil((since - origin) / every) * every;
  const first = here[0]?.at ?? Number.POSITIVE_INFINITY;
  const rolled = first < whole - every;
  if (rolled && first <= from) return here;
  const until = rolled ? first + every : whole;
  const old = await asked(store.older!.windows(point, from, Math.min(until, to), every, fn, origin), since);
  return [...old, ...here.filter((w) => w.at >= until)];
}

/**
 * As `History.rollups`. Days the history keeps for good and hours for long: only what begins before the first of those that it has is asked
 * for elsewhere, where of five minutes there is nothing. Throws as `readingsOf` does.
 */
export async function rollupsOf(store: Store, query: RollupQuery): Promise<Rollups> {
  const here = await store.history.rollups(query);
  if (query.step === "5m" || store.older === null) return here;
  const since = (await heldSince(store)) ?? query.from;
  const until = Math.min(here.start[0] ?? query.to, query.to);
  if (since <= query.from || until <= query.from) return here;
  return joined(await asked(store.older.rollups({ ...query, to: until }), since), here);
}

function joined(old: Rollups, here: Rollups): Rollups {
  if (old.start.length === 0) return here;
  const numbers = (a: Float64Array, b: Float64Array) => {
    const both = new Float64Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  const whole = (a: Int32Array, b: Int32Array) => Int32Array.from(numbers(Float64Array.from(a), Float64Array.from(b)));
  return {
    point: whole(old.point, here.point),
    start: numbers(old.start, here.start),
    count: whole(old.count, here.count),
    mean: numbers(old.mean, here.mean),
    min: numbers(old.min, here.min),
    max: numbers(old.max, here.max),
    last: numbers(old.last, here.last),
    total: numbers(old.total, here.total),
  };
}
