/** Devices of other ecosystems in the whole server: named once, adopted, commanded in their own words. */
import { afterEach, describe, expect, it } from "vitest";
import type { Codec, Heard } from "../server/codecs/codec.ts";
import type { CodecId } from "../server/contract/sources.ts";
import { alwaysWorking } from "./support/played-house.ts";
import type { Description } from "../server/core/description.ts";
import { unitOfPoint } from "../server/core/description.ts";
import { createHouse, placeDevice } from "../server/core/house.ts";
import { createSources } from "../server/sources.ts";
import type { PlayedOffice } from "./support/played-office.ts";
import { playOffice } from "./support/played-office.ts";
import { device, smallSite } from "./support/small-site.ts";

const START = Date.parse("2026-07-01T09:00:00+08:00");

function description(address: string, more: Partial<Description> = {}): Description {
  return {
    address,
    aliases: [],
    name: address,
    hardware: [],
    maker: "Maker",
    model: "M1",
    area: null,
    kind: "ac",
    points: [{ name: "setpoint", key: "sp", unit: "°C", writable: true, min: 16, max: 30 }],
    topic: `${address}/state`,
    interval: null,
    openLoop: false,
    unread: [],
    ...more,
  };
}

/** A codec whose messages are what it is to have heard, as JSON; its commands say which device they are for. */
function scripted(id: CodecId, head: string, more: Partial<Codec> = {}): Codec {
  return {
    id,
    heads: [head],
    filters: [`${head}/#`],
    decode: ({ topic, payload }) => (topic.startsWith(`${head}/`) ? (JSON.parse(Buffer.from(payload).toString()) as Heard[]) : null),
    encode: ({ address }, set, command) =>
      "mode" in set
        ? { kind: "cannot", why: "It has no mode that can be set." }
        : { kind: "messages", messages: [{ topic: `${head}/${address}/do`, payload: JSON.stringify({ ...set, command }) }] },
    ...more,
  };
}

let office: PlayedOffice;
afterEach(() => office?.close());

async function open(codecs: readonly Codec[], devices = smallSite().devices): Promise<PlayedOffice> {
  const site = smallSite({ devices });
  office = await playOffice(site, alwaysWorking, START, { policies: [], codecs });
  await office.flow.start();
  return office;
}
const device_ = (id: string) => office.flow.house.devices.get(id)!;
const at = (id: string, point: string) => device_(id).points.get(point)?.value;
const said = (address: string, values: Record<string, unknown>, more = {}): Heard => ({ kind: "said", address, said: { ts: null, values, ...more } });

describe("a device of another ecosystem", () => {
  it("is discovered with what its source says of it, and its readings are kept before anybody adopts it", async () => {
    await open([scripted("tasmota", "tas")]);
    await office.publish("tas/x", [{ kind: "described", description: description("AC Büro 7", { interval: 60 }) }, said("AC Büro 7", { setpoint: 24 })]);
    const found = device_("hall/ac-bu-ro-7");
    expect(found.device).toMatchObject({ adopted: false, kind: "ac", codec: "tasmota", address: "AC Büro 7", name: "AC Büro 7", interval: 60 });
    expect(at("hall/ac-bu-ro-7", "setpoint")).toBe(24);
    expect(office.acknowledged()).toBe(true);
    expect(office.flow.source("hall/ac-bu-ro-7")?.description?.model).toBe("M1");
    expect(await office.flow.history.readings("hall/ac-bu-ro-7/setpoint", 0, START + 1, 10)).toHaveLength(1);
  });

  it("says the units of what the office has no word for, on the page and after a restart, whoever it belongs to", async () => {
    const points = [
      { name: "occupied_heating_setpoint", key: "h", unit: "°C", writable: false },
      { name: "constructor", key: "c", unit: null, writable: false },
      { name: "power", key: "p", unit: "kW", writable: false },
    ];
    const ours = device("ac-9", "ac", "301", { codec: "tasmota", address: "ours" });
    await open([scripted("tasmota", "tas")], [ours]);
    const unit = (id: string, point: string) => unitOfPoint(device_(id).device, point);
    for (const address of ["ours", "stranger"])
      await office.publish("tas/x", [{ kind: "described", description: description(address, { points }) }, said(address, { occupied_heating_setpoint: 21 })]);
    for (const id of ["hall/ac-9", "hall/stranger"])
      expect(["occupied_heating_setpoint", "constructor", "power", "setpoint"].map((p) => unit(id, p))).toEqual(["°C", "", "W", "°C"]);
    await office.flow.request("boss", { kind: "adopt", device: "hall/stranger", as: { kind: "ac", space: null, name: null, interval: null, standby: null } });
    await office.publish("tas/x", [
      { kind: "described", description: description("stranger", { points: [{ name: "co2", key: "c", unit: "ppm", writable: false }] }) },
    ]);
    expect(unit("hall/stranger", "co2")).toBe("ppm");
    // The site file's own device is not among what is remembered beside it.
    const { devices } = await office.flow.records.standing(office.now());
    expect(devices.map((d) => [d.id, d.units])).toEqual([["hall/stranger", { co2: "ppm" }]]);
  });

  it("that never describes itself is named by its address, its kind guessed by what it says", async () => {
    await open([scripted("tasmota", "tas")]);
    await office.publish("tas/x", [said("meter/7", { volume: 12.5, flow: 0 })]);
    expect(device_("hall/meter-7").device).toMatchObject({ kind: "water", adopted: false, address: "meter/7" });
  });

  it("has two names where two addresses come to the same letters, and the same ones again after a restart", async () => {
    await open([scripted("tasmota", "tas")]);
    await office.publish("tas/x", [said("a b", { on: true }), said("a-b", { on: false }), said("灯", { on: true }), said("窗", { open: true })]);
    const ids = [...office.flow.house.devices.values()].filter((d) => !d.device.adopted).map((d) => d.device);
    expect(new Set(ids.map((d) => d.id)).size).toBe(4);
    const again = createHouse(smallSite(), office.flow.house.calendar, []);
    const sources = createSources({ house: again, codecs: [scripted("tasmota", "tas")], building: "hall" });
    const names = ["a b", "a-b", "灯", "窗"].flatMap((address) =>
      sources.read({ topic: "tas/x", payload: Buffer.from(JSON.stringify([said(address, { on: true })])), retained: false }, START),
    );
    expect(names.filter((f) => f.kind === "described").map((f) => f.device)).toEqual(ids.map((d) => d.id));
  });

  it("that is heard by another way than messages is the same device, and nobody's where no file names it", () => {
    const house = createHouse(smallSite({ devices: [device("copier-1", "copier", "301", { codec: "printer", address: "copier-1" })] }), alwaysWorking, []);
    const sources = createSources({ house, codecs: [], building: "hall" });
    expect(sources.facts("printer", { kind: "availability", address: "copier-1", online: true })).toEqual([
      { kind: "availability", device: "hall/copier-1", online: true },
    ]);
    expect(sources.facts("printer", { kind: "said", address: "copier-1", said: { ts: null, values: { pages: 7 } } })).toMatchObject([
      { kind: "observation", codec: "printer", observation: { device: "hall/copier-1", values: { pages: 7 } } },
    ]);
    expect(sources.facts("printer", { kind: "availability", address: "copier-9", online: true })).toEqual([]);
    const twin = sources.facts("printer", { kind: "described", description: description("copier-1", { kind: "copier", hardware: ["serial:1"] }) });
    expect(twin).toMatchObject([{ kind: "described", device: "hall/copier-1", as: { codec: "printer" } }]);
  });

  it("that the site file names is that device, whether the file has its address or another word for it", async () => {
    await open([scripted("tasmota", "tas")], [device("ac-9", "ac", "301", { codec: "tasmota", address: "friendly" })]);
    await office.publish("tas/x", [said("friendly", { setpoint: 23 })]);
    await office.publish("tas/x", [{ kind: "described", description: description("0xabc", { aliases: ["friendly"] }) }, said("0xabc", { setpoint: 22 })]);
    expect([...office.flow.house.devices.keys()]).toEqual(["hall/ac-9"]);
    expect(at("hall/ac-9", "setpoint")).toBe(22);
    expect(device_("hall/ac-9").device).toMatchObject({ name: "ac-9", kind: "ac", adopted: true });
  });

  it("that the site file names by its label's capitals is that device, with the hardware that its address says", async () => {
    const tasmota = scripted("tasmota", "tas", { hardware: (address) => [`mac:${address.toLowerCase()}`] });
    await open([tasmota], [device("ac-9", "ac", "301", { codec: "tasmota", address: "AABB00000002" })]);
    const described = description("aabb00000002", { hardware: ["mac:aabb00000002"] });
    await office.publish("tas/x", [{ kind: "described", description: described }, said("aabb00000002", { setpoint: 22 })]);
    expect([...office.flow.house.devices.keys()]).toEqual(["hall/ac-9"]);
    expect(at("hall/ac-9", "setpoint")).toBe(22);
  });

  it("that takes another's old name is not that other one", async () => {
    await open([scripted("zigbee2mqtt", "z2m")]);
    await office.publish("z2m/x", [{ kind: "described", description: description("0x1", { name: "lamp", aliases: ["lamp"] }) }]);
    await office.publish("z2m/x", [{ kind: "described", description: description("0x1", { name: "old lamp", aliases: ["old lamp"] }) }]);
    await office.publish("z2m/x", [{ kind: "described", description: description("0x2", { name: "lamp", aliases: ["lamp"] }) }]);
    await office.publish("z2m/x", [said("0x1", { power: 1 }), said("0x2", { power: 2 })]);
    expect([at("hall/lamp", "power"), device_("hall/lamp").device.name]).toEqual([1, "old lamp"]);
    const other = [...office.flow.house.devices.values()].find((d) => d.device.address === "0x2")!;
    expect(other.points.get("power")?.value).toBe(2);
  });

  it("that two sources describe is one: the one that tells more, under the name that it has", async () => {
    await open([scripted("zigbee2mqtt", "z2m"), scripted("homeassistant", "ha")]);
    await office.publish("ha/x", [{ kind: "described", description: description("node", { hardware: ["mac:aa"] }) }, said("node", { setpoint: 20 })]);
    await office.publish("z2m/x", [
      { kind: "described", description: description("0x1", { name: "better", hardware: ["mac:aa"] }) },
      said("0x1", { setpoint: 25 }),
    ]);
    await office.publish("ha/x", [said("node", { setpoint: 20 })]);
    const strangers = [...office.flow.house.devices.values()].filter((d) => !d.device.adopted);
    expect(strangers.map((d) => [d.device.id, d.device.codec, d.device.name])).toEqual([["hall/node", "zigbee2mqtt", "better"]]);
    expect(at("hall/node", "setpoint")).toBe(25);
    expect(office.flow.counts().fates["second-source"]).toBe(1);
    expect(office.flow.source("hall/node")?.also).toEqual(["homeassistant"]);
  });

  it("that was adopted stays with its source, whatever else claims its hardware", async () => {
    await open([scripted("zigbee2mqtt", "z2m"), scripted("homeassistant", "ha")]);
    await office.publish("ha/x", [{ kind: "described", description: description("node", { hardware: ["mac:aa"] }) }]);
    await office.flow.request("boss", {
      kind: "adopt",
      device: "hall/node",
      as: { kind: "ac", space: "hall/301", name: "Mine", interval: null, standby: null },
    });
    await office.publish("z2m/x", [{ kind: "described", description: description("0x1", { hardware: ["mac:aa"] }) }, said("0x1", { setpoint: 16 })]);
    await office.publish("ha/x", [said("node", { setpoint: 26 })]);
    expect(at("hall/node", "setpoint")).toBe(26);
    expect(device_("hall/node").device).toMatchObject({ name: "Mine", codec: "homeassistant" });
    expect(office.flow.house.devices.has("hall/0x1")).toBe(false);
  });
});

describe("after a restart", () => {
  const named = (id: CodecId, head: string) => scripted(id, head, { hardware: (address) => [`mac:${address}`] });
  const both = () => [named("zigbee2mqtt", "z2m"), named("homeassistant", "ha")];

  it("an adopted device stays with its source though another one describes it first, and a stranger with the better one", async () => {
    for (const adopted of [true, false]) {
      const site = smallSite({ devices: [] });
      const house = createHouse(site, alwaysWorking, []);
      const remembered = device("plug", "plug", "301", { codec: adopted ? "homeassistant" : "zigbee2mqtt", address: "aa" });
      placeDevice(house, { ...remembered, adopted });
      const sources = createSources({ house, codecs: both(), building: "hall" });
      const heads = adopted ? ["z2m", "ha"] : ["ha", "z2m"];
      const facts = heads.flatMap((head) =>
        sources.read(
          {
            topic: `${head}/x`,
            payload: Buffer.from(JSON.stringify([{ kind: "described", description: description("aa", { hardware: ["mac:aa"] }) }])),
            retained: true,
          },
          START,
        ),
      );
      expect(facts.map((f) => f.kind === "described" && [f.device, f.as.codec])).toEqual([["hall/plug", adopted ? "homeassistant" : "zigbee2mqtt"]]);
    }
  });
});

describe("a command to a device of another ecosystem", () => {
  const one = [device("ac-9", "ac", "301", { codec: "tasmota", address: "t9" })];
  const ask = (set: Readonly<Record<string, string | number | boolean>>) =>
    office.flow.request("boss", { kind: "command", device: "hall/ac-9", set, reason: "try" });
  const command = async () => (await office.flow.records.commands({}, { limit: 1 })).items[0]!;

  it("goes out in its own words and walks its levels by its own answers", async () => {
    await open([scripted("tasmota", "tas")], one);
    await office.publish("tas/x", [said("t9", { setpoint: 23, temperature: 26 })]);
    await ask({ setpoint: 26 });
    await office.flow.settled();
    const { id } = await command();
    expect(office.wire.map((m) => [m.topic, m.payload])).toEqual([["tas/t9/do", { setpoint: 26, command: id }]]);
    await office.publish("tas/x", [{ kind: "ack", address: "t9", command: id, accepted: true, error: null }]);
    expect((await command()).state).toBe("accepted");
    await office.publish("tas/x", [said("t9", { setpoint: 26, temperature: 26 })]);
    expect((await command()).steps.map((s) => s.state)).toContain("reported");
  });

  it("that it cannot be asked is refused with the reason, and nothing goes out", async () => {
    await open([scripted("tasmota", "tas")], one);
    await office.publish("tas/x", [said("t9", { mode: "cool" })]);
    await ask({ mode: "heat" });
    await office.flow.settled();
    expect(await command()).toMatchObject({ state: "refused", error: "It has no mode that can be set." });
    expect(office.wire).toEqual([]);
  });

  it("is refused where its source is switched off", async () => {
    await open([], one);
    await office.publish("jieyue/hall/ac-9/state", { setpoint: 23 });
    await ask({ setpoint: 26 });
    await office.flow.settled();
    expect(await command()).toMatchObject({ state: "refused", error: expect.stringContaining("sources.off") as string });
  });
});

describe("what sources tell beside values", () => {
  it("bad values are bad readings with what was last believed, and act on nothing", async () => {
    await open([scripted("neuron", "n")]);
    await office.publish("n/x", [said("m1", { power: 61 })]);
    await office.publish("n/x", [said("m1", {}, { bad: { power: "error 2014", energy: "error 2014" } })]);
    expect(device_("hall/m1").points.get("power")).toMatchObject({ value: 61, quality: "bad" });
    expect(device_("hall/m1").points.get("energy")).toMatchObject({ value: "error 2014", quality: "bad" });
    expect(office.flow.counts().fates["bad-quality"]).toBe(2);
  });

  it("history that is told later never becomes the present", async () => {
    await open([scripted("sparkplug", "sp")]);
    await office.publish("sp/x", [said("m1", { volume: 6 })]);
    await office.wait(1);
    await office.publish("sp/x", [said("m1", { volume: 5 }, { ts: START - 3_600_000, historical: true })]);
    expect(at("hall/m1", "volume")).toBe(6);
    expect(await office.flow.history.readings("hall/m1/volume", START - 7_200_000, START, 10)).toMatchObject([{ value: 5 }]);
  });

  it("answers at once, listens to more, says who is away", async () => {
    await open([scripted("alink", "al")]);
    await office.publish("al/x", [
      { kind: "reply", message: { topic: "al/reply", payload: "{}" } },
      { kind: "listen", filters: ["some/topic"] },
      said("m1", { on: true }),
      { kind: "availability", address: "m1", online: false },
      { kind: "availability", address: "nobody", online: false },
    ]);
    expect(office.wire.map((m) => m.topic)).toEqual(["al/reply"]);
    expect(office.listened).toContain("some/topic");
    expect(device_("hall/m1").available).toBe(false);
  });

  it("a message that its codec stumbles over is counted and acknowledged, and the next one is taken", async () => {
    await open([scripted("alink", "al")]);
    await office.publish("al/x", "no json");
    expect(office.acknowledged()).toBe(true);
    expect(office.flow.rejections()[0]).toMatchObject({ fate: "malformed", topic: "al/x" });
    await office.publish("al/x", [said("m1", { on: true })]);
    expect(at("hall/m1", "on")).toBe(true);
  });

  it("a flood of strangers is bounded", async () => {
    await open([scripted("alink", "al")]);
    for (let n = 0; n < 11; n++)
      await office.publish(
        "al/x",
        Array.from({ length: 500 }, (_, i) => said(`m${n}-${i}`, { on: true })),
      );
    expect(office.flow.house.devices.size).toBe(smallSite().devices.length + 5_000);
    expect(office.flow.counts().fates["too-many-devices"]).toBe(500);
    expect(office.acknowledged()).toBe(true);
  });
});
