import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SeriesDto, SeriesItem } from "../../server/contract/series.ts";
import { csvText } from "../../server/api/csv-text.ts";
import type { PointValue, Report } from "../../server/core/reading.ts";
import type { Space } from "../../server/core/space.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import type { History } from "../../server/ports/history.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { T0 } from "../support/played-house.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-07-01T00:00+08:00 */
const MIDNIGHT = T0 - 8 * HOUR;

function report(device: string, at: number, values: Readonly<Record<string, PointValue>>): Report {
  return {
    device: `hall/${device}`,
    at,
    received: at,
    late: false,
    readings: Object.entries(values).map(([name, value]) => ({ name, value, quality: "good" })),
  };
}

/** Every ten minutes of two days until T0 and a little after: a load, a counter, the weather, a water meter, a copier. */
function readings(): Report[] {
  const told: Report[] = [];
  for (let at = MIDNIGHT - DAY; at <= T0 + HOUR; at += 10 * MINUTE) {
    const hours = (at - MIDNIGHT) / HOUR;
    told.push(
      report("ac-301", at, { power: at < MIDNIGHT ? 600 : 1200, energy: 100 + 0.6 * (hours + 24) + Math.max(0, hours) * 0.6, on: at >= MIDNIGHT }),
      report("ac-303", at, { energy: 50 + (hours + 24) * 2 }),
      report("light-301", at, { power: 100 }),
      report("outdoor-1", at, { temperature: 20 + hours / 10 }),
      report("water-102", at, { flow: hours >= 2 && hours < 3 ? 1.5 : 2 }),
      report("copier-301", at, { pages: 1000 + Math.floor((hours + 24) * 6) }),
    );
  }
  return told;
}

async function keep(history: History): Promise<void> {
  await Promise.all(readings().map((r) => new Promise<void>((resolve) => history.append(r, resolve))));
}

async function started(history: History = createMemoryHistory()) {
  const api = await startApi();
  await history.open();
  await keep(history);
  api.office.rolled = (query) => history.rollups(query);
  for (const { device, at, received, readings: all } of readings())
    for (const { name, value, quality } of all) {
      const id = `${device}/${name}`;
      api.office.stored.set(id, [...(api.office.stored.get(id) ?? []), { at, received, value, quality }]);
    }
  const series = async (query: string): Promise<SeriesDto> => (await api.get(`/series?${query}`)).body as SeriesDto;
  return { ...api, series };
}

const span = (from: number, to: number) => `from=${from}&to=${to}`;
const one = (answer: SeriesDto): SeriesItem => answer.series[0]!;

describe("series of points", () => {
  it("are columns that say their unit, their function, how fine they are and why, and what they are made of", async () => {
    const { series } = await started();
    const answer = await series(`points=hall/ac-301/power,hall/ac-301/energy&${span(MIDNIGHT - DAY, T0)}`);
    expect(answer).toMatchObject({
      step: "5m",
      why: "fits",
      from: "2026-06-30T00:00:00.000+08:00",
      end: "2026-07-01T08:00:00.000+08:00",
      compare: null,
      weather: null,
    });
    expect(answer.at).toHaveLength(32 * 12);
    expect(answer.series.map((s) => [s.id, s.unit, s.fn, s.source.kind, s.source.step])).toEqual([
      ["hall/ac-301/power", "W", "mean", "roll-up", "5m"],
      ["hall/ac-301/energy", "kWh", "total", "roll-up", "5m"],
    ]);
    // Where no reading came there is a gap in what is measured, none in what is counted.
    const [power, energy] = answer.series;
    expect(power!.values.slice(0, 4)).toEqual([600, null, 600, null]);
    expect(power!.counts!.slice(0, 4)).toEqual([1, 0, 1, 0]);
    expect(power!.source.readings).toBe(32 * 6);
    expect(energy!.values.reduce((sum: number, v) => sum + (v ?? 0), 0)).toBeCloseTo(24 * 0.6 + 8 * 1.2, 3);
  });

  it("are sums of amounts by hours, coarser than what is measured", async () => {
    const { series } = await started();
    const answer = await series(`points=hall/ac-301/energy&${span(MIDNIGHT, T0)}&step=hour`);
    expect(one(answer).values.map((v) => Number(v!.toFixed(6)))).toEqual(Array.from({ length: 8 }, () => 1.2));
    expect(await series(`points=hall/ac-301/power&fn=total&${span(MIDNIGHT, T0)}&step=hour`)).toMatchObject({ series: [{ unit: "kWh" }] });
    expect((await series(`points=hall/ac-301/energy&${span(MIDNIGHT - 30 * DAY, T0)}`)).step).toBe("day");
    expect((await series(`points=hall/ac-301/power&${span(MIDNIGHT - 30 * DAY, T0)}`)).step).toBe("hour");
  });

  it("are raw for a short while, with their own times, or when asked for", async () => {
    const { series } = await started();
    const short = await series(`points=hall/ac-301/power&points=hall/ac-301/on&${span(T0 - HOUR, T0)}`);
    expect(short).toMatchObject({ step: "raw", why: "short", at: null, end: null });
    expect(short.series.map((s) => [s.fn, s.values])).toEqual([
      ["raw", Array(6).fill(1200)],
      ["raw", Array(6).fill(1)],
    ]);
    expect(one(short).at).toEqual(Array.from({ length: 6 }, (_, i) => T0 - HOUR + i * 10 * MINUTE));
    expect(await series(`points=hall/ac-301/energy&${span(T0 - HOUR, T0)}`)).toMatchObject({ step: "5m" });
    expect(await series(`points=hall/ac-301/energy&step=raw&${span(T0 - HOUR, T0)}`)).toMatchObject({ step: "raw", why: "asked" });
  });

  it("that are too many raw readings are told in windows", async () => {
    const { series, office, get } = await started();
    const many = Array.from({ length: 5001 }, (_, i) => ({ at: T0 - HOUR + i * 700, received: T0, value: i, quality: "good" as const }));
    office.stored.set("hall/ac-301/power", many);
    expect(await series(`points=hall/ac-301/power&${span(T0 - HOUR, T0)}`)).toMatchObject({ step: "5m", why: "many" });
    expectProblem(await get(`/series?points=hall/ac-301/power&step=raw&${span(T0 - HOUR, T0)}`), 400, "range-too-wide", /5000/);
  });

  it("stand beside the same time of another day, in raw and in windows", async () => {
    const { series } = await started();
    const answer = await series(`points=hall/ac-301/power&compare=day&step=hour&${span(MIDNIGHT, T0)}`);
    expect(answer.compare).toMatchObject({ with: "day", from: "2026-06-30T00:00:00.000+08:00", to: "2026-06-30T08:00:00.000+08:00" });
    expect(answer.compare!.at![0]).toBe(MIDNIGHT - DAY);
    expect(one(answer)).toMatchObject({ values: Array(8).fill(1200), compared: { at: null, values: Array(8).fill(600) } });
    const raw = await series(`points=hall/ac-301/power&compare=day&${span(T0 - HOUR, T0)}`);
    expect(one(raw).compared).toEqual({ at: one(raw).at, values: Array(6).fill(600) });
    expect(one(await series(`points=hall/ac-301/power&compare=year&step=hour&${span(MIDNIGHT, T0)}`)).compared!.values).toEqual(Array(8).fill(null));
  });

  it("have the weather beside them when it is asked for", async () => {
    const { series } = await started();
    const answer = await series(`points=hall/ac-301/power&weather=1&step=hour&${span(MIDNIGHT, MIDNIGHT + 2 * HOUR)}`);
    expect(answer.weather).toMatchObject({ point: "hall/outdoor-1/temperature", unit: "°C", at: null });
    expect(answer.weather!.values.map((v) => v!.toFixed(3))).toEqual(["20.042", "20.142"]);
    const raw = await series(`points=hall/ac-301/power&weather=1&${span(MIDNIGHT, MIDNIGHT + 20 * MINUTE)}`);
    expect(raw.weather).toMatchObject({ at: [MIDNIGHT, MIDNIGHT + 10 * MINUTE] });
  });

  it("of nights are the least hour between two and five", async () => {
    const { series } = await started();
    const answer = await series(`points=hall/water-102/flow&fn=night&${span(MIDNIGHT - DAY, T0)}`);
    expect(answer).toMatchObject({ step: "day", why: "night" });
    expect(one(answer)).toMatchObject({ unit: "L/min", fn: "night", values: [2, 1.5], source: { step: "hour" } });
  });

  it("name what happened to their devices meanwhile", async () => {
    const { series, office } = await started();
    office.breach();
    office.ask("admin", { kind: "override", device: "hall/ac-301", space: null, policy: null, set: null, reason: "painters", until: office.now + HOUR });
    office.ask("admin", { kind: "override", device: "hall/ac-302", space: null, policy: null, set: null, reason: "elsewhere", until: office.now + HOUR });
    office.now = T0 + 10 * MINUTE;
    const { marks, marksLeft } = await series(`points=hall/ac-301/power&${span(T0 - HOUR, office.now)}`);
    expect(marksLeft).toBe(0);
    expect(marks.map((m) => [m.kind, m.device, m.policy, m.reason])).toEqual([
      ["finding", "hall/ac-301", "cooling-floor", "is-on"],
      ["command", "hall/ac-301", "cooling-floor", expect.any(String)],
      ["override", "hall/ac-301", null, "painters"],
    ]);
    expect(marks[0]).toMatchObject({ from: "2026-07-01T08:00:00.000+08:00" });
    expect(marks[1]).toMatchObject({ set: { on: false } });
    expect((await series(`points=hall/ac-301/power&${span(MIDNIGHT, MIDNIGHT + HOUR)}`)).marks).toEqual([]);
  });

  it("of sums name violations and overrides of all devices that tell the quantity, also those that began before and still last", async () => {
    const { series, office } = await started();
    office.breach();
    const override = (device: string, reason: string) =>
      office.ask("admin", { kind: "override", device, space: null, policy: null, set: null, reason, until: office.now + HOUR });
    override("hall/ac-302", "painters");
    override("hall/water-102", "pipes");
    office.now = T0 + 10 * MINUTE;
    const told = async (query: string) => (await series(query)).marks.map((m) => [m.kind, m.device, m.policy, m.reason]);
    const sum = "by=department&quantity=energy";
    const both = [
      ["finding", "hall/ac-301", "cooling-floor", "is-on"],
      ["override", "hall/ac-302", null, "painters"],
    ];
    expect(await told(`${sum}&${span(T0 - HOUR, office.now)}`)).toEqual(both);
    expect(await told(`by=floor&quantity=volume&${span(T0 - HOUR, office.now)}`)).toEqual([["override", "hall/water-102", null, "pipes"]]);
    expect(await told(`${sum}&${span(MIDNIGHT, MIDNIGHT + HOUR)}`)).toEqual([]);
    // The violation lasts; the override does not. Of a year nothing is told: a stripe would be nothing.
    office.now = T0 + 20 * DAY;
    expect(await told(`${sum}&${span(T0 + 19 * DAY, office.now)}`)).toEqual([both[0]]);
    expect(await told(`${sum}&${span(T0 - 100 * DAY, office.now)}`)).toEqual([]);
  });

  it("of a time whose finer roll-ups are gone are told coarser, and say so", async () => {
    const { series, office } = await started();
    const asked: string[] = [];
    office.rolled = async (query) => {
      asked.push(query.step);
      const rows = query.step === "day" ? 1 : 0;
      const numbers = (v: number) => new Float64Array(rows).fill(v);
      const column = { mean: numbers(5), min: numbers(5), max: numbers(5), last: numbers(5), total: numbers(5) };
      return { point: new Int32Array(rows), start: numbers(MIDNIGHT - 2000 * DAY), count: new Int32Array(rows).fill(9), ...column };
    };
    const answer = await series(`points=hall/ac-301/power&${span(MIDNIGHT - 2000 * DAY, MIDNIGHT - 2000 * DAY + 6 * HOUR)}`);
    expect(answer).toMatchObject({ step: "day", why: "gone" });
    expect(asked).toEqual(["5m", "hour", "day"]);
    expect(one(answer).values).toEqual([5]);
  });
});

describe("sums over devices", () => {
  it("are of departments, the most first, with the points that they are made of", async () => {
    const { series } = await started();
    const answer = await series(`by=department&quantity=energy&step=hour&${span(MIDNIGHT, T0)}`);
    expect(answer.series.map((s) => [s.id, s.name, s.unit, s.group?.key, s.source.kind])).toEqual([
      ["department:finance", "财务科", "kWh", "finance", "account"],
      ["department:general", "综合科", "kWh", "general", "account"],
    ]);
    // The lamp has no counter: its power tells, and the air conditioner's counter stands before its power.
    const general = answer.series[1]!;
    expect(general.source.points.map((p) => p.point).sort()).toEqual(["hall/ac-301/energy", "hall/light-301/power"]);
    expect(general.values.map((v) => v!.toFixed(3)).slice(0, 7)).toEqual(Array(7).fill("1.300"));
    expect(one(answer).values.map((v) => v!.toFixed(3))).toEqual(Array(8).fill("2.000"));
  });

  it("count nothing twice: a meter tells what those behind it did not", async () => {
    const { series, office } = await started();
    const site = office.house.site as { account: typeof office.house.site.account };
    const meter = { ...office.house.devices.get("hall/light-301")!.device, id: "hall/meter-main", kind: "meter" as const, space: null, department: null };
    office.enter({ kind: "report", topic: "t", codec: "native", report: report("meter-main", T0, { energy: 1 }) });
    office.house.devices.get("hall/meter-main")!.device = meter;
    site.account = { ...site.account, mains: [{ meter: "hall/meter-main", building: "hall", floor: null, space: null }] };
    const history = createMemoryHistory();
    await history.open();
    await keep(history);
    const main = readings()
      .filter((r) => r.device === "hall/ac-301")
      .map((r) => report("meter-main", r.at, { energy: 1000 + ((r.at - MIDNIGHT + DAY) / HOUR) * 5 }));
    await Promise.all(main.map((r) => new Promise<void>((resolve) => history.append(r, resolve))));
    office.rolled = (query) => history.rollups(query);
    const answer = await series(`by=department&quantity=energy&step=hour&${span(MIDNIGHT, T0)}`);
    const all = answer.series.map((s) => s.values[2]!).reduce((a, b) => a + b, 0);
    expect(all).toBeCloseTo(5, 3);
    const rest = answer.series.find((s) => s.group!.key === null)!;
    expect(rest.source.points).toEqual([{ point: "hall/meter-main/energy", part: "rest" }]);
    expect(rest.values[2]).toBeCloseTo(5 - 2 - 1.3, 3);
  });

  it("are also by floor, kind and space, of water and paper, and stand beside another day", async () => {
    const { series } = await started();
    const range = `step=day&${span(MIDNIGHT - DAY, T0)}`;
    expect((await series(`by=floor&quantity=energy&${range}`)).series.map((s) => s.id)).toEqual(["floor:hall/3"]);
    expect((await series(`by=kind&quantity=energy&${range}`)).series.map((s) => s.id)).toEqual(["kind:ac", "kind:light"]);
    expect((await series(`by=space&quantity=volume&${range}`)).series.map((s) => [s.id, s.unit, s.values[0]!.toFixed(2)])).toEqual([
      ["space:hall/102", "m³", "2.88"],
    ]);
    expect((await series(`by=building&quantity=pages&${range}`)).series.map((s) => [s.id, s.unit, s.values[0]])).toEqual([["building:hall", "sheets", 144]]);
    const compared = await series(`by=department&quantity=energy&compare=day&step=hour&${span(MIDNIGHT, MIDNIGHT + HOUR)}`);
    expect(compared.series.map((s) => [s.group!.key, s.compared!.values[0]!.toFixed(2)])).toEqual([
      ["finance", "2.00"],
      ["general", "0.70"],
    ]);
  });

  it("are divided by the heads that the account knows of", async () => {
    const { series, office } = await started();
    const site = office.house.site as { account: typeof office.house.site.account };
    site.account = {
      ...site.account,
      headcounts: [
        { department: "general", from: "2026-01-01", people: 12, source: "list" },
        { department: "general", from: "2026-07-01", people: 6, source: "list" },
      ],
    };
    const answer = await series(`by=department&quantity=pages&per=head&step=day&${span(MIDNIGHT - DAY, MIDNIGHT + HOUR)}`);
    expect(one(answer)).toMatchObject({ id: "department:general", unit: "sheets/person" });
    expect(one(answer).values[0]).toBe(12);
    expect(one(answer).values[1]).toBeGreaterThan(8);
  });

  it("that are many are told by the largest, and the rest together", async () => {
    const { series, office } = await started();
    office.rolled = async ({ points }) => {
      const numbers = (of: (i: number) => number) => Float64Array.from(points, (_, i) => of(i));
      const column = { mean: numbers(() => 1), min: numbers(() => 1), max: numbers(() => 1), last: numbers(() => 1), total: numbers((i) => i + 1) };
      return { point: Int32Array.from(points, (_, i) => i), start: numbers(() => MIDNIGHT), count: Int32Array.from(points, () => 3), ...column };
    };
    const spaces = office.house.spaces as Map<string, Space>;
    const model = office.house.devices.get("hall/ac-301")!;
    for (let i = 0; i < 40; i++) {
      const space = `hall/r${i}`;
      spaces.set(space, { ...office.house.spaces.get("hall/301")!, id: space });
      office.house.devices.set(`hall/x-${i}`, { ...model, device: { ...model.device, id: `hall/x-${i}`, space } });
    }
    const answer = await series(`by=space&quantity=energy&step=hour&compare=day&${span(MIDNIGHT, MIDNIGHT + HOUR)}`);
    expect(answer.series).toHaveLength(30);
    expect(answer.series.at(-1)).toMatchObject({ id: "space:*", group: { rest: true } });
    expect(answer.series.at(-1)!.compared!.values).toHaveLength(1);
  });
});

describe("a question that makes no sense, or is too much", () => {
  it("is refused with what is wrong and how to mend it", async () => {
    const { get } = await startApi();
    const refused = async (query: string, code: string, detail: RegExp, status = 400) => expectProblem(await get(`/series?${query}`), status, code, detail);
    await refused("", "invalid-parameter", /points: name at least one/);
    await refused("points=hall/ac-301/power&by=kind&quantity=energy", "invalid-parameter", /not both/);
    await refused("by=kind", "invalid-parameter", /quantity/);
    await refused("by=soul&quantity=energy", "invalid-parameter", /by/);
    await refused("quantity=energy&points=hall/ac-301/power", "invalid-parameter", /needs by/);
    await refused("by=kind&quantity=pages&per=head", "invalid-parameter", /by=department/);
    await refused("by=kind&quantity=energy&fn=mean", "invalid-parameter", /totals/);
    await refused("by=kind&quantity=energy&step=raw", "invalid-parameter", /windows/);
    await refused("points=hall/nobody/power", "unknown-device", /hall\/nobody/, 404);
    await refused("points=hall/ac-301/charm", "not-found", /charm/, 404);
    await refused("points=hall/ac-301/mode", "invalid-parameter", /words/);
    await refused("points=/", "unknown-device", /<building>\/<device>\/<point>/, 404);
    await refused(`points=${Array.from({ length: 51 }, (_, i) => `hall/d${i}/power`).join(",")}`, "invalid-parameter", /at most 50/);
    await refused(Array.from({ length: 300 }, (_, i) => `points=hall/d${i}/power`).join("&"), "invalid-parameter", /at most 50; these are 300/);
    await refused("points=hall/ac-301/power&from=NaN", "invalid-parameter", /ISO 8601/);
    await refused("points=hall/ac-301/power&from=2026-07-01", "invalid-parameter", /offset/);
    await refused("points=hall/ac-301/power&to=8640000000000000", "invalid-parameter", /400 days/);
    await refused("points=hall/ac-301/power&from=0001-01-01T00:00:00Z", "invalid-parameter", /1970/);
    await refused(`points=hall/ac-301/power&${span(T0, T0)}`, "invalid-parameter", /before to/);
    await refused(`points=hall/ac-301/power&step=5m&${span(MIDNIGHT - 30 * DAY, MIDNIGHT)}`, "range-too-wide", /1000 windows of step=5m/);
    await refused(`points=hall/ac-301/power&step=raw&${span(MIDNIGHT - 2 * DAY, MIDNIGHT)}`, "range-too-wide", /Raw/);
    await refused(`points=hall/water-102/flow&fn=night&step=hour`, "invalid-parameter", /one a day/);
    await refused(`points=hall/ac-301/power&step=raw&fn=mean&${span(T0 - HOUR, T0)}`, "invalid-parameter", /leave it out/);
    await refused(`points=hall/ac-301/power&step=month&compare=week&${span(MIDNIGHT - 90 * DAY, MIDNIGHT)}`, "invalid-parameter", /compare=year/);
    await refused("points=hall/ac-301/power&everything=1", "unknown-parameter", /everything/);
  });

  it("is not answered to nobody", async () => {
    const { get } = await startApi({ mode: "password" });
    expectProblem(await get("/series?points=hall/ac-301/power"), 401, "not-signed-in");
    expectProblem(await get("/series.csv?points=hall/ac-301/power"), 401, "not-signed-in");
  });
});

describe("series as CSV", () => {
  it("name units and times with offset, and have gaps empty", async () => {
    const { get } = await started();
    const { text, headers } = await get(`/series.csv?points=hall/ac-301/power&compare=day&weather=1&step=5m&lang=en&${span(MIDNIGHT, MIDNIGHT + 15 * MINUTE)}`);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(text.split("\r\n")).toEqual([
      // Reading a text takes its byte order mark away.
      'time,ac-301 hall/ac-301/power [W] mean,"ac-301 hall/ac-301/power [W] mean, day before",hall/outdoor-1/temperature [°C]',
      "2026-07-01T00:00:00.000+08:00,1200,600,20",
      "2026-07-01T00:05:00.000+08:00,,,",
      "2026-07-01T00:10:00.000+08:00,1200,600,20.016667",
      "",
    ]);
  });

  it("put raw readings of several points in the order of their times", async () => {
    const { get, office } = await started();
    office.stored.set("hall/light-301/power", [{ at: T0 - 5 * MINUTE, received: T0, value: 40, quality: "good" }]);
    const { text } = await get(`/series.csv?points=hall/ac-301/power,hall/light-301/power&${span(T0 - 15 * MINUTE, T0)}`);
    expect(text.split("\r\n").slice(1)).toEqual(["2026-07-01T07:50:00.000+08:00,1200,", "2026-07-01T07:55:00.000+08:00,,40", ""]);
  });

  it("are no formulas, whatever a device is called", async () => {
    const { get, office } = await started();
    const state = office.house.devices.get("hall/ac-301")!;
    state.device = { ...state.device, name: '=HYPERLINK("http://evil","x"),1' };
    const [header] = (await get(`/series.csv?points=hall/ac-301/power&step=hour&${span(MIDNIGHT, MIDNIGHT + HOUR)}`)).text.split("\r\n");
    expect(header).toBe('time,"\'=HYPERLINK(""http://evil"",""x""),1 hall/ac-301/power [W] mean"');
    expect(["+1", "-1", "@x", "\tx", "=1"].map(csvText)).toEqual(["'+1", "'-1", "'@x", "'\tx", "'=1"]);
  });
});

/** Roll-ups on the disk are kept to seven decimals, so sums of many differ a little from those in memory. */
function coarse(answer: SeriesDto): unknown {
  return JSON.parse(JSON.stringify(answer, (_key, value: unknown) => (typeof value === "number" ? Math.round(value * 1000) / 1000 : value)));
}

it("a real history answers the same as the one in memory", async () => {
  const folder = await mkdtemp(join(tmpdir(), "jieyue-series-"));
  const real = createDuckDbHistory({ file: join(folder, "history.duckdb"), log: pino({ level: "silent" }), threads: 1 });
  onTestFinished(async () => {
    await real.close();
    await rm(folder, { recursive: true });
  });
  const [memory, duck] = [await started(), await started(real)];
  for (const query of [
    `points=hall/ac-301/power,hall/ac-301/energy,hall/ac-301/on&compare=day&weather=1&${span(MIDNIGHT, T0)}`,
    `points=hall/water-102/flow&fn=night&${span(MIDNIGHT - DAY, T0)}`,
    `by=department&quantity=energy&step=hour&compare=day&${span(MIDNIGHT, T0)}`,
    `by=kind&quantity=energy&step=month&${span(MIDNIGHT - DAY, T0)}`,
  ]) {
    const answer = await duck.series(query);
    expect(
      answer.series.some((s) => s.values.some((v) => v !== null && v > 0)),
      query,
    ).toBe(true);
    expect(coarse(answer)).toEqual(coarse(await memory.series(query)));
  }
});
