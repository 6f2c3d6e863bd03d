import { describe, expect, it } from "vitest";
import { createMetrics } from "../../server/api/metrics.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import type { ForwardStatus } from "../../server/ports/forward.ts";
import type { History, RollupQuery } from "../../server/ports/history.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { FakeOffice, shanghai } from "../support/office.ts";

const T0 = 1_782_864_000_000;
const POINT = "hall/ac-301/power";

async function memory(...at: readonly number[]): Promise<History> {
  const history = createMemoryHistory();
  for (const t of at)
    history.append({ device: "hall/ac-301", at: t, received: t, late: false, readings: [{ name: "power", value: t - T0, quality: "good" }] }, undefined);
  return history;
}

/** An office that holds readings from `here` on, beside a store that has them all. */
async function office(here: readonly number[], all: readonly number[]) {
  const api = await startApi();
  const held = await memory(...here);
  Object.assign(api.office.history, { readings: held.readings, windows: held.windows, oldest: held.oldest });
  api.office.older = await memory(...all);
  api.office.say("ac-301", { power: 1 });
  return api;
}
const minutes = (...n: readonly number[]) => n.map((m) => T0 + m * 60_000);
const range = (from: number, to: number) => `point=${POINT}&from=${T0 + from * 60_000}&to=${T0 + to * 60_000}`;

describe("readings that the history holds no longer", () => {
  const all = minutes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  it("come from where they were forwarded to, the others from the history, each once and in order", async () => {
    const { get } = await office(minutes(4, 5, 6, 7, 8, 9), all);
    const { body } = await get(`/readings?${range(0, 10)}`);
    expect(body.items.map((i: { at: string }) => i.at)).toEqual(all.map(shanghai));
    const paged = [];
    for (let next: string | null = ""; next !== null;) {
      const page: { items: { at: string }[]; next: string | null } = (await get(`/readings?${range(0, 10)}&limit=3${next === "" ? "" : `&cursor=${next}`}`))
        .body;
      paged.push(...page.items.map((i) => i.at));
      next = page.next;
    }
    expect(paged).toEqual(all.map(shanghai));
  });

  it("stand in windows that are asked for in one place each", async () => {
    const { get } = await office(minutes(4, 5, 6, 7, 8, 9), all);
    const { body } = await get(`/readings?${range(0, 10)}&every=3m&fn=max`);
    expect(body.items.map((i: { value: number; count: number }) => [i.value / 60_000, i.count])).toEqual([
      [2, 3],
      [5, 3],
      [8, 3],
      [9, 1],
    ]);
  });

  it("are not asked for elsewhere where the history has roll-ups of them", async () => {
    const { get, office: fake } = await office(minutes(8, 9), all);
    const asked: number[][] = [];
    const { older } = fake;
    fake.older = { ...older!, windows: (...question) => (asked.push([question[1], question[2]]), older!.windows(...question)) };
    const raw = fake.history.windows;
    const rolledFrom = (minute: number) => {
      const rolled = [3, 4, 5, 6, 7, 8, 9].filter((m) => m >= minute).map((m) => ({ at: T0 + m * 60_000, value: m * 60_000, count: 7 }));
      Object.assign(fake.history, { windows: async (...question: Parameters<typeof raw>) => rolled.filter((w) => w.at >= question[1] && w.at < question[2]) });
    };
    rolledFrom(3);
    expect((await get(`/readings?${range(3, 10)}&every=1m`)).body.items.map((i: { count: number }) => i.count)).toEqual([7, 7, 7, 7, 7, 7, 7]);
    expect(asked).toEqual([]);
    rolledFrom(5);
    // Its first one may have lost its beginning, so that one is theirs, too.
    expect((await get(`/readings?${range(3, 10)}&every=1m`)).body.items.map((i: { count: number }) => i.count)).toEqual([1, 1, 1, 7, 7, 7, 7]);
    expect(asked).toEqual([minutes(3, 6)]);
  });

  it("are all there is where the history is empty", async () => {
    const { get } = await office([], all);
    expect((await get(`/readings?${range(0, 10)}`)).body.items).toHaveLength(10);
  });

  it("are a problem that says what is missing while the other store does not answer, and nobody else's problem", async () => {
    const { get, office: fake } = await office(minutes(4, 5), all);
    const silent = () => Promise.reject(new Error("no answer within 15 s"));
    fake.older = { readings: silent, windows: silent, rollups: silent };
    expectProblem(
      await get(`/readings?${range(0, 10)}`),
      503,
      "older-unreachable",
      /before 2026-07-01T00:04:00.000Z are in InfluxDB only, which gives none: no answer within 15 s/,
    );
    expectProblem(await get(`/readings?${range(0, 10)}&every=1m`), 503, "older-unreachable");
    expect((await get(`/readings?${range(4, 10)}`)).body.items).toHaveLength(2);
  });

  it("are asked for nowhere where nothing is set up", async () => {
    const { get, office: fake } = await office(minutes(4, 5), all);
    fake.older = null;
    expect((await get(`/readings?${range(0, 10)}`)).body.items).toHaveLength(2);
  });
});

describe("hours of charts that the history holds no longer", () => {
  const HOUR = 3_600_000;
  const hours = (...n: readonly number[]) => n.flatMap((h) => [T0 + h * HOUR, T0 + h * HOUR + 60_000]);
  const all = hours(0, 1, 2, 3, 4, 5);

  /** An office whose history begins later than another store's, and what that one is asked for. */
  async function charted(here: readonly number[]) {
    const api = await office(here, all);
    const held = await memory(...here);
    api.office.rolled = held.rollups;
    const asked: RollupQuery[] = [];
    const { older } = api.office;
    api.office.older = { ...older!, rollups: (query) => (asked.push(query), older!.rollups(query)) };
    const counts = async (from: number, to: number, more = "") => {
      const reply = await api.get(`/series?points=${POINT}&from=${T0 + from * HOUR}&to=${T0 + to * HOUR}&step=hour${more}`);
      expect(reply.status).toBe(200);
      return reply.body.series[0].counts as number[];
    };
    return { ...api, counts, asked };
  }

  it("come from where they were forwarded to, the others from the history, each once", async () => {
    const { counts, asked } = await charted(hours(3, 4, 5));
    expect(await counts(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(asked).toEqual([{ points: [POINT], from: T0, to: T0 + 3 * HOUR, step: "hour" }]);
    asked.length = 0;
    expect(await counts(3, 5)).toEqual([2, 2]);
    expect(asked).toEqual([]);
  });

  it("are all there is where the history has none, and are not asked for where it has roll-ups of what it holds no readings of", async () => {
    const empty = await charted([]);
    expect(await empty.counts(0, 5)).toEqual([2, 2, 2, 2, 2]);
    const rolled = await charted(hours(4, 5));
    rolled.office.rolled = (await memory(...all)).rollups;
    expect(await rolled.counts(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(rolled.asked).toEqual([]);
  });

  it("of five minutes there are none elsewhere; without another store, or while it is silent, that is said as of readings", async () => {
    const api = await charted(hours(3, 4, 5));
    expect((await api.get(`/series?points=${POINT}&from=${T0}&to=${T0 + HOUR}&step=5m`)).status).toBe(200);
    expect(api.asked).toEqual([]);
    api.office.older = { ...api.office.older!, rollups: () => Promise.reject(new Error("no answer within 15 s")) };
    expectProblem(await api.get(`/series?points=${POINT}&from=${T0}&to=${T0 + 5 * HOUR}&step=hour`), 503, "older-unreachable", /no answer within 15 s/);
    api.office.older = null;
    expect(await api.counts(0, 5)).toEqual([0, 0, 0, 2, 2]);
  });
});

describe("how the forward does", () => {
  const status: ForwardStatus = {
    behind: 12,
    behindSeconds: 3.5,
    sent: 400,
    rejected: 2,
    lastSuccess: T0,
    failingSince: T0 + 1,
    error: "connect ECONNREFUSED 10.0.0.7:8086",
  };

  it("is told to Prometheus where there is one", async () => {
    const fake = new FakeOffice();
    fake.forwarding = status;
    const metrics = createMetrics(fake, () => ({ clients: 0, closedSlow: 0, snapshots: 0, changes: 0 }));
    const text = await metrics.registry.metrics();
    metrics.close();
    expect(text.split("\n").filter((l) => l.startsWith("jieyue_influx"))).toEqual([
      "jieyue_influx_behind_readings 12",
      "jieyue_influx_behind_seconds 3.5",
      "jieyue_influx_sent_total 400",
      "jieyue_influx_rejected_total 2",
      "jieyue_influx_failing 1",
      `jieyue_influx_last_success_timestamp_seconds ${T0 / 1000}`,
    ]);
  });

  it("does not make a server that takes in and commands unready, and tells no address to whoever asks", async () => {
    const { call, office: fake } = await startApi();
    fake.forwarding = status;
    const { status: code, text, body } = await call("GET", "/readyz");
    expect([code, body]).toEqual([200, { ready: true, missing: [], influx: { failing: true, behind: 12, rejected: 2 } }]);
    expect(text).not.toContain("10.0.0.7");
    fake.forwarding = null;
    expect((await call("GET", "/readyz")).body).toEqual({ ready: true, missing: [] });
  });
});
