import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseSite } from "../../server/contract/parse-site.ts";
import { POINTS } from "../../server/core/device.ts";
import type { Mapping } from "../../simulators/replay/mapping.ts";
import { parseMapping } from "../../simulators/replay/mapping.ts";
import { clockTicks, createRows, parseStamp, ReplayError, splitLine } from "../../simulators/replay/rows.ts";
import { runReplay } from "../../simulators/replay/run.ts";
import type { TestBroker } from "./broker.ts";
import { startBroker } from "./broker.ts";

const read = async (name: string): Promise<unknown> => parse(await readFile(new URL(`../../simulators/replay/${name}`, import.meta.url), "utf8"));

async function robod(): Promise<Mapping> {
  const parsed = parseMapping(await read("robod-room1.yaml"));
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return parsed.mapping;
}

/** Rows in the form of ROBOD's table (the header is its own; the numbers are invented). */
const HEADER =
  "timestamp,voc [ppb],air_temperature [Celsius],illuminance [lux],ceiling_fan_energy [kWh],lighting_energy [kWh],plug_load_energy [kWh],chilled_water_energy [kWh],fcu_fan_energy [kWh],temp_setpoint [Celsius],dry_bulb_temp [Celsius],global_horizontal_solar_radiation [W/m2],outdoor_relative_humidity [%],occupant_presence [binary],occupant_count [number]";
const ROWS = [
  "2021-09-07 09:00 +08:00,20,26.67,0,0.005,0.01,0.03,0,0,25,26.1,0,97.7,0,0",
  "2021-09-07 09:05 +08:00,20,26.45,400,0.018,0.2,0.06,1,0.021,25,26.2,500,97.4,1,4",
  "2021-09-07 09:10 +08:00,20,26.40,,0.018,0.2,0.06,,,25,26.2,500,97.4,0,0",
  "2021-09-07 09:15 +08:00,20,26.30,410,0.018,0.1,0.06,2,0.021,25,26.2,500,97.4,0,0",
];

describe("the mapping of ROBOD", () => {
  it("names only points that its kinds of devices have, and every device of its site file", async () => {
    const mapping = await robod();
    const site = parseSite(await read("robod-room1-site.yaml"));
    if (!site.ok) throw new Error(JSON.stringify(site.problems));
    expect(Object.keys(mapping.devices).sort()).toEqual(site.site.devices.map((d) => d.id.replace("sde4/", "")).sort());
    for (const device of site.site.devices) {
      const points = Object.keys(mapping.devices[device.id.slice(5)] ?? {});
      const known = POINTS[device.kind ?? "ac"].map((p) => p.name);
      expect(known).toEqual(expect.arrayContaining(points));
      expect(device.interval).toBe(mapping.interval);
    }
    expect(Object.values(site.site.policies).every((p) => p.mode === "observe")).toBe(true);
  });

  it("makes of rows what the devices would have said", async () => {
    const rows = createRows(await robod(), HEADER);
    const said = ROWS.map(
      (line, i) => new Map(rows(line, i + 2).messages.map((m) => [m.topic.split("/")[2] ?? "", JSON.parse(m.payload) as Record<string, unknown>])),
    );
    expect(said[0]?.get("light-room1")).toEqual({ on: false, power: 120, energy: 0.01, ts: "2021-09-07T09:00:00+08:00" });
    expect(said[1]?.get("light-room1")).toEqual({ on: true, power: 2400, energy: 0.21, ts: "2021-09-07T09:05:00+08:00" });
    // 0.021 kWh of the fan and a fifth of 1 kWh of cold, in five minutes.
    expect(said[1]?.get("ac-room1")).toEqual({
      on: true,
      mode: "cool",
      setpoint: 25,
      temperature: 26.45,
      power: 2652,
      energy: 0.221,
      ts: "2021-09-07T09:05:00+08:00",
    });
    expect(said[1]?.get("presence-room1")).toMatchObject({ occupied: true, count: 4 });
    expect(said[1]?.get("outdoor-1")).toMatchObject({ temperature: 26.2, humidity: 97.4, illuminance: 55_000 });
    // Missing cells leave their values out; a device without any is not heard.
    expect(said[2]?.get("ac-room1")).toEqual({ mode: "cool", setpoint: 25, temperature: 26.4, ts: "2021-09-07T09:10:00+08:00" });
    expect(said[2]?.has("lux-room1")).toBe(false);
    // Exactly at the threshold is not above it; counters go on over gaps.
    expect(said[3]?.get("light-room1")).toMatchObject({ on: false, energy: 0.51 });
    expect(said[3]?.get("ac-room1")).toMatchObject({ energy: 0.642 });
  });
});

describe("reading a table", () => {
  it("understands stamps with a zone and no others", () => {
    expect(parseStamp("2021-09-07 00:05 +08:00")).toBe(Date.parse("2021-09-06T16:05:00Z"));
    expect(parseStamp("2021-09-06T16:05:00Z")).toBe(Date.parse("2021-09-06T16:05:00Z"));
    for (const text of ["2021-09-07 00:05", "", "yesterday", "2021-13-45 00:05 +08:00", "1631000000"]) expect(parseStamp(text)).toBeNull();
  });

  it("splits cells, quoted ones too", () => {
    expect(splitLine('a,"b,c",,"say ""hi"""')).toEqual(["a", "b,c", "", 'say "hi"']);
  });

  it("says what is wrong and where", async () => {
    const mapping = await robod();
    expect(() => createRows(mapping, "timestamp,voc [ppb]")).toThrow(/no column .*"lighting_energy \[kWh\]"/);
    const bad = (line: string): (() => unknown) => {
      const rows = createRows(mapping, HEADER);
      return () => rows(line, 17);
    };
    expect(bad("2021-09-07 09:00,1")).toThrow(/line 17: "2021-09-07 09:00" is no time with a zone/);
    expect(bad((ROWS[0] ?? "").replace("0.01,", "oops,"))).toThrow(/line 17, column "lighting_energy \[kWh\]": "oops" is no number/);
    const rows = createRows(mapping, HEADER);
    rows(ROWS[1] ?? "", 2);
    expect(() => rows(ROWS[0] ?? "", 3)).toThrow(ReplayError);
  });

  it("refuses a mapping with all its mistakes", () => {
    const parsed = parseMapping({
      source: { title: "t", licence: "l" },
      building: "b",
      time: { column: "t" },
      interval: 300,
      devices: { d: { on: { column: "x", as: "above" }, power: { as: "value" } } },
    });
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      expect.stringContaining("devices.d.on: threshold"),
      expect.stringContaining("devices.d.power: needs either"),
    ]);
    const wrong = parseMapping({ building: "a b", devices: { d: { on: { as: "magic" } } } });
    expect(wrong.ok ? 0 : wrong.problems.length).toBeGreaterThan(3);
  });

  it("winds the clock each minute and just before the next row, and coarsely over long gaps", () => {
    const minutes = (ticks: number[]): number[] => ticks.map((t) => t / 60_000);
    expect(minutes(clockTicks(0, 300_000))).toEqual([1, 2, 3, 4, 299 / 60]);
    const day = clockTicks(0, 86_400_000);
    expect(day.length).toBeLessThan(100);
    expect(day.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, i) => (i + 1) * 60_000));
    expect(day.every((t, i) => i === 0 || t > (day[i - 1] ?? 0))).toBe(true);
    expect(day.at(-1)).toBe(86_399_000);
  });
});

describe("playing a table to a broker", () => {
  let broker: TestBroker;
  let folder: string;
  beforeAll(async () => {
    broker = await startBroker();
    folder = await mkdtemp(join(tmpdir(), "jieyue-replay-"));
  });
  afterAll(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  it("winds the clock to each row before its states, and ticks in between", async () => {
    const file = join(folder, "table.csv");
    await writeFile(file, [HEADER, ...ROWS, ""].join("\n"));
    const log: string[] = [];
    const result = await runReplay(
      { url: broker.url, file, mapping: await robod(), speed: null, rate: 10_000, log: (line) => log.push(line) },
      new AbortController().signal,
    );
    expect(result).toMatchObject({ rows: 4, finished: true, from: parseStamp("2021-09-07 09:00 +08:00"), until: parseStamp("2021-09-07 09:15 +08:00") });
    expect(log.at(-1)).toMatch(/4 rows, \d+ messages, 100 %/);
    let clock = -Infinity;
    let ticks = 0;
    for (const { topic, payload, qos } of broker.heard) {
      expect(qos).toBe(1);
      if (topic === "jieyue/clock") {
        const now = (JSON.parse(payload) as { now: number; speed: number }).now;
        expect(now).toBeGreaterThan(clock);
        clock = now;
        ticks += 1;
      } else if (topic.endsWith("/state")) {
        const ts = Date.parse((JSON.parse(payload) as { ts: string }).ts);
        expect(ts).toBe(clock);
      }
    }
    expect(ticks).toBe(4 + 4 * 5);
    expect(broker.heard.filter((m) => m.topic.endsWith("/availability") && m.retain)).toHaveLength(7);
  });

  it("stops at the line that it cannot read, and says which", async () => {
    const file = join(folder, "bad.csv");
    await writeFile(file, [HEADER, ROWS[0], "rubbish"].join("\n"));
    await expect(
      runReplay({ url: broker.url, file, mapping: await robod(), speed: null, rate: 10_000, log: () => {} }, new AbortController().signal),
    ).rejects.toThrow(/line 3: "rubbish"/);
  });
});
