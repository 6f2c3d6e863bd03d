/** What this server says of itself at a broker, what it offers to others, and who may ask what of it there. */
import { connectAsync } from "mqtt";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createCitizen } from "../server/citizen.ts";
import { sourcesSchema } from "../server/contract/sources.ts";
import { createHouse } from "../server/core/house.ts";
import { spacePower } from "../server/core/space-power.ts";
import { createEmbeddedBroker } from "../server/mqtt/embedded.ts";
import { alwaysWorking } from "./support/played-house.ts";
import type { PlayedOffice } from "./support/played-office.ts";
import { playOffice } from "./support/played-office.ts";
import { device, smallSite } from "./support/small-site.ts";

const START = Date.parse("2026-07-01T09:00:00+08:00");
const log = pino({ level: "silent" });

let office: PlayedOffice | null = null;
afterEach(async () => {
  await office?.close();
  office = null;
});

const DEVICES = [
  device("ac-301", "ac", "301"),
  device("plug-301", "plug", "301"),
  device("lamp-301", "light", "301", { meter: "hall/plug-301" }),
  device("meter-301", "meter", "301"),
  device("meter-302", "meter", "302"),
  device("window-302", "contact", "302"),
];

async function open(offers: Readonly<Record<string, string>> = {}) {
  const site = smallSite({ devices: DEVICES });
  const played = await playOffice(site, alwaysWorking, START, { policies: [], offers: { offer: "switch", offerAs: "director", offerIn: "en", ...offers } });
  office = played;
  await played.flow.start();
  played.citizen!.born();
  return played;
}

/** A message as it reaches us while the server is told that it is connected. */
const said = (played: PlayedOffice, topic: string) => played.wire.findLast((m) => m.topic === topic);
const config = (played: PlayedOffice, entity: string) => said(played, `homeassistant/${entity}/config`)?.payload;
const SET = "jieyue/server/offer/hall/hands-off/set";

describe("what is offered", () => {
  it("a space's power, each measurement counted once; the meter that feeds it where nothing else measures", async () => {
    const played = await open();
    const power = (space: string) => spacePower(played.flow.house, space, played.now());
    expect(power("hall/301")).toBeUndefined();
    await played.publish("jieyue/hall/plug-301/state", { power: 61 });
    await played.publish("jieyue/hall/lamp-301/state", { on: true });
    await played.publish("jieyue/hall/ac-301/state", { power: 800.4 });
    await played.publish("jieyue/hall/meter-301/state", { power: 900 });
    await played.publish("jieyue/hall/meter-302/state", { power: 40 });
    expect([power("hall/301"), power("hall/302"), power("hall/101")]).toEqual([861.4, 40, undefined]);
    await played.wait(1000, 100);
    expect(power("hall/301")).toBeNull();
  });

  it("by Home Assistant's discovery, under our own origin and retained; and no more than changed", async () => {
    const played = await open();
    played.citizen!.look();
    expect(said(played, "jieyue/server/jieyue")).toMatchObject({ text: "online", retained: true });
    await played.publish("jieyue/hall/ac-301/state", { power: 800.4 });
    played.citizen!.look();
    expect(config(played, "sensor/jieyue_small_hall/301_power")).toEqual({
      name: "Power",
      unique_id: "jieyue_small_hall_301_power",
      object_id: "jieyue_small_hall_301_power",
      availability: [{ topic: "jieyue/server/jieyue" }, { topic: "jieyue/server/offer/by/jieyue/offers" }],
      availability_mode: "all",
      device: { identifiers: ["jieyue_small_hall_301"], name: "301", manufacturer: "Jieyue", suggested_area: "301", via_device: "jieyue_small_hall" },
      origin: { name: "Jieyue", sw: "1.0.0" },
      state_class: "measurement",
      state_topic: "jieyue/server/offer/hall/301/power",
      device_class: "power",
      unit_of_measurement: "W",
    });
    expect(config(played, "switch/jieyue_small_hall/hands_off")).toMatchObject({ name: "Hands off", command_topic: SET, state_topic: SET.slice(0, -4) });
    expect(said(played, "jieyue/server/offer/hall/301/power")).toMatchObject({ text: "800", retained: true });
    expect(said(played, "jieyue/server/offer/hall/findings")?.text).toBe("0");
    const before = played.wire.length;
    played.citizen!.look();
    expect(played.wire.length).toBe(before);
    await played.wait(1000, 100);
    played.citizen!.look();
    expect(said(played, "jieyue/server/offer/hall/301/power")?.text).toBe("None");
  });

  it("is not taken for somebody's devices when it comes back", async () => {
    const played = await open();
    played.citizen!.look();
    for (const { topic, text } of played.wire.filter((m) => m.topic.endsWith("/config"))) await played.publish(topic, text, { retained: true });
    expect(played.flow.house.devices.size).toBe(DEVICES.length);
    expect(played.listened.filter((f) => f.startsWith("jieyue/server/") && !f.endsWith("/set"))).toEqual([]);
  });

  it("is nothing but that we live, where the settings do not say so", async () => {
    const played = await open({ offer: "nothing" });
    played.citizen!.look();
    expect(played.wire.map((m) => m.topic)).toEqual(["jieyue/server/jieyue", "jieyue/server/offer/by/jieyue/offers"]);
    expect(played.wire.map((m) => m.text)).toEqual(["online", "offline"]);
    await played.publish(SET, "ON");
    expect(played.flow.house.handsOff.size).toBe(0);
    expect(played.flow.rejections()[0]).toMatchObject({ fate: "forbidden", detail: expect.stringContaining("sources.offer") as string });
  });

  it("is said by the server that leads the house alone", async () => {
    const played = await open();
    played.flow.house.pulse.leads = false;
    const before = played.wire.length;
    await played.publish("jieyue/hall/ac-301/state", { power: 800 });
    await played.publish(SET, "ON");
    played.citizen!.look();
    expect(played.wire.length).toBe(before);
    expect(played.flow.house.handsOff.size).toBe(0);
    played.flow.house.pulse.leads = true;
    played.citizen!.look();
    expect(config(played, "sensor/jieyue_small_hall/findings")).toBeDefined();
  });
});

describe("the switch that is offered", () => {
  const audited = async (played: PlayedOffice) =>
    (await played.flow.records.audit({ limit: 20 })).items.filter((e) => e.what.startsWith("hands-")).map((e) => [e.what, e.by]);

  it("takes the policies' hands off a building in the name of the person who answers for it, and puts them on again", async () => {
    const played = await open();
    played.citizen!.look();
    expect(said(played, SET.slice(0, -4))?.text).toBe("OFF");
    await played.publish(SET, "ON");
    await played.publish(SET, "ON");
    expect([...played.flow.house.handsOff.values()]).toMatchObject([{ building: "hall", floor: null, space: null, device: null, by: "director" }]);
    expect(said(played, SET.slice(0, -4))?.text).toBe("ON");
    expect(played.acknowledged()).toBe(true);
    await played.publish(SET, "off");
    expect(played.flow.house.handsOff.size).toBe(0);
    expect(said(played, SET.slice(0, -4))?.text).toBe("OFF");
    expect(await audited(played)).toEqual([
      ["hands-on", "director"],
      ["hands-off", "director"],
    ]);
  });

  it.each([
    [SET, "ON", true, "may be hours old"],
    [SET, "TOGGLE", false, "ON (no policy commands) or OFF"],
    ["jieyue/server/offer/nowhere/hands-off/set", "ON", false, "no building 'nowhere'"],
    ["jieyue/server/offer/hall/hands-off", "ON", false, "nobody else speaks"],
    ["jieyue/server/jieyue", "offline", false, "nobody else speaks"],
  ])("refuses %s %s (retained: %s), counts and acknowledges it", async (topic, payload, retained, why) => {
    const played = await open();
    await played.publish(topic, payload, { retained });
    expect(played.flow.house.handsOff.size).toBe(0);
    expect(played.flow.rejections()[0]).toMatchObject({ fate: "forbidden", topic, detail: expect.stringContaining(why) as string });
    expect(played.acknowledged()).toBe(true);
  });

  it("shows the whole site's switch and leaves it to people", async () => {
    const played = await open();
    await played.flow.request("director", { kind: "hands-off", building: null, floor: null, space: null, device: null, reason: "works", until: null });
    played.citizen!.look();
    expect(said(played, SET.slice(0, -4))?.text).toBe("ON");
    await played.publish(SET, "OFF");
    expect(played.flow.house.handsOff.size).toBe(1);
    expect(played.flow.rejections()[0]?.detail).toContain("whole site");
  });

  it.each([
    ["", 'no person ""'],
    ["nobody", 'no person "nobody"'],
    ["chief", "may not take the policies' hands off a whole building"],
  ])("cannot be offered in the name of '%s'", async (offerAs, why) => {
    const house = createHouse(smallSite(), alwaysWorking, []);
    const transport = { publish: () => Promise.resolve(), connected: () => true };
    const settings = sourcesSchema.parse({ offer: "switch", offerAs });
    expect(() => createCitizen({ house, transport, settings, clientId: "jieyue", version: "1", now: () => START, log })).toThrow(why);
  });
});

describe("at the embedded broker", () => {
  it("a client hears that the server lives, what it offers, and that it goes", async () => {
    const house = createHouse(smallSite({ devices: DEVICES }), alwaysWorking, []);
    const broker = createEmbeddedBroker({ host: "127.0.0.1", port: 0, users: [], verify: async () => false, log });
    const settings = sourcesSchema.parse({ offer: "figures", offerIn: "zh-CN" });
    const citizen = createCitizen({ house, transport: broker, settings, clientId: "jieyue", version: "1.0.0", now: () => START, log });
    broker.onConnected(() => citizen.born());
    await broker.open(({ settle }) => settle?.());
    try {
      const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 });
      const heard = new Map<string, string>();
      const waiting: (() => void)[] = [];
      client.on("message", (topic, payload) => {
        heard.set(topic, payload.toString());
        for (const look of waiting) look();
      });
      const hears = (topic: string, text: string) =>
        new Promise<void>((resolve) => {
          const look = () => heard.get(topic)?.includes(text) === true && resolve();
          waiting.push(look);
          look();
        });
      await client.subscribeAsync(["jieyue/server/#", "homeassistant/#"], { qos: 1 });
      await hears("jieyue/server/jieyue", "online");
      await hears("jieyue/server/offer/hall/findings", "0");
      await hears("homeassistant/sensor/jieyue_small_hall/findings/config", "name");
      expect(JSON.parse(heard.get("homeassistant/sensor/jieyue_small_hall/findings/config")!)).toMatchObject({
        name: "未结浪费",
        unique_id: "jieyue_small_hall_findings",
        origin: { name: "Jieyue" },
      });
      expect([...heard].filter(([topic, text]) => topic.includes("hands") && text !== "")).toEqual([]);
      await citizen.close();
      await hears("jieyue/server/jieyue", "offline");
      await client.endAsync(true);
    } finally {
      await broker.close();
    }
  });
});
