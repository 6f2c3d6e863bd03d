import { afterEach, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulators/connect.ts";
import { startSimulation } from "../../simulators/connect.ts";
import { createFleet, fleetDevices } from "../../simulators/fleet.ts";
import { summerDay } from "../../simulators/stories/summer-day.ts";
import type { TestBroker } from "./broker.ts";
import { startBroker } from "./broker.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

let broker: TestBroker | null = null;
let simulation: Simulation | null = null;
afterEach(async () => {
  await simulation?.close();
  await broker?.close();
  simulation = null;
  broker = null;
});

const options = { site: smallSite(), story: summerDay, seed: 1, start: SUMMER_MORNING, speed: 60, faults: 0 };

describe("a simulation at a broker", () => {
  it("tells the clock first, answers commands, comes back after a cut, and takes its leave", async () => {
    broker = await startBroker();
    const here = broker;
    const log: string[] = [];
    simulation = await startSimulation({ ...options, url: here.url, log: (line) => log.push(line) });
    await here.until((m) => m.topic === "jieyue/hall/outdoor-1/state");
    expect(here.heard[0]).toMatchObject({ topic: "jieyue/clock", retain: true });
    const first = JSON.parse(here.heard[0]?.payload ?? "") as { now: number; speed: number };
    expect(first.speed).toBe(60);
    expect(first.now - SUMMER_MORNING).toBeLessThan(60_000);

    await here.say("jieyue/hall/light-302/set", '{"on":true,"id":"c1"}');
    const ack = await here.until((m) => m.topic === "jieyue/hall/light-302/ack");
    expect(JSON.parse(ack.payload)).toEqual({ id: "c1", accepted: true });
    await here.until((m) => m.topic === "jieyue/hall/light-302/state" && m.payload.includes('"on":true'));

    const before = here.heard.length;
    here.cut();
    await here.until((m) => here.heard.indexOf(m) >= before && m.topic === "jieyue/hall/meter-main/state");
    const back = here.heard.slice(before);
    expect(back.some((m) => m.topic === "jieyue/hall/ac-301/availability" && m.payload === "online")).toBe(true);
    expect(log.join()).toMatch(/lost.*again/);

    await simulation.close();
    simulation = null;
    const last = new Map(here.heard.filter((m) => m.retain).map((m) => [m.topic, m.payload]));
    for (const device of options.site.devices) expect(last.get(`jieyue/${device.id}/availability`)).toBe("offline");
    expect(JSON.parse(last.get("jieyue/clock") ?? "{}")).toMatchObject({ speed: 0 });
  });

  it("keeps the wall's time at speed 1 and says nothing of a clock", async () => {
    broker = await startBroker();
    const begun = Date.now();
    simulation = await startSimulation({ ...options, url: broker.url, start: null, speed: 1 });
    const state = await broker.until((m) => m.topic === "jieyue/hall/meter-main/state");
    const ts = Date.parse((JSON.parse(state.payload) as { ts: string }).ts);
    expect(ts).toBeGreaterThanOrEqual(begun - 1000);
    expect(ts).toBeLessThanOrEqual(Date.now() + 1000);
    await simulation.close();
    simulation = null;
    expect(broker.heard.some((m) => m.topic === "jieyue/clock")).toBe(false);
  });

  it("gives every device its own line and will when asked to", async () => {
    broker = await startBroker();
    const here = broker;
    simulation = await startSimulation({ ...options, url: here.url, lines: true });
    await here.until((m) => m.topic === "jieyue/hall/meter-main/state");
    expect(here.lines()).toBe(options.site.devices.length + 1);
    const before = here.heard.length;
    here.cut();
    const bye = await here.until((m) => here.heard.indexOf(m) >= before && m.topic === "jieyue/hall/ac-301/availability" && m.payload === "offline");
    expect(bye.retain).toBe(true);
    await here.until((m) => here.heard.indexOf(m) > here.heard.indexOf(bye) && m.topic === "jieyue/hall/ac-301/availability" && m.payload === "online");
  });

  it("is turned away with the reason when the password is wrong", async () => {
    broker = await startBroker("secret");
    await expect(startSimulation({ ...options, url: broker.url, username: "sim", password: "guess" })).rejects.toThrow(/refuses.*[Nn]ot authorized/);
    simulation = await startSimulation({ ...options, url: broker.url, username: "sim", password: "secret" });
    await broker.until((m) => m.topic.endsWith("/state"));
  });

  it("runs plain devices alone, all of them in turn, and they answer too", async () => {
    broker = await startBroker();
    simulation = await startSimulation({ url: broker.url, site: null, seed: 1, start: null, speed: 1, fleet: { count: 40, rate: 2000 } });
    await broker.until((m) => m.topic === "jieyue/fleet/presence-x0010/state");
    const topics = new Set(broker.heard.map((m) => m.topic));
    for (const device of fleetDevices({ building: "fleet", count: 40 })) expect(topics).toContain(`jieyue/${device.id}/state`);
    await broker.say("jieyue/fleet/ac-x0001/set", '{"on":false,"id":"f"}');
    await broker.until((m) => m.topic === "jieyue/fleet/ac-x0001/ack" && m.payload === '{"id":"f","accepted":true}');
    await broker.until((m) => m.topic === "jieyue/fleet/ac-x0001/state" && m.payload.startsWith('{"on":false'));
  });
});

describe("the fleet", () => {
  it("makes valid messages of four points (two for presence) that differ from turn to turn", () => {
    const fleet = createFleet({ building: "b", count: 8, seed: 9 });
    for (const [n, device] of fleet.devices.entries()) {
      const messages = [1000.7, 2000, 3000].map((now) => JSON.parse(fleet.message(n, now)) as Record<string, unknown>);
      expect(Object.keys(messages[0] ?? {})).toHaveLength(device.kind === "presence" ? 3 : 5);
      expect(messages[0]?.["ts"]).toBe(1000);
      expect(new Set(messages.map((message) => JSON.stringify({ ...message, ts: 0 }))).size).toBeGreaterThan(1);
    }
    expect(createFleet({ building: "b", count: 8, seed: 9 }).message(3, 5)).toBe(createFleet({ building: "b", count: 8, seed: 9 }).message(3, 5));
  });

  it("ignores what is not for it", () => {
    const fleet = createFleet({ building: "b", count: 4, seed: 1 });
    for (const payload of ["", "{", "null", "3"]) expect(fleet.command("jieyue/b/ac-x0001/set", payload, 0)).toEqual([]);
    expect(fleet.command("jieyue/b/ac-x0002/set", '{"on":false}', 0)).toEqual([]);
  });
});
