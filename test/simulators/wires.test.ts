/** The hall on other ecosystems' wires, heard by the codecs that know them: two who never read each other's code. */
import { describe, expect, it } from "vitest";
import type { Codec, Heard } from "../../server/codecs/codec.ts";
import { createShelly } from "../../server/codecs/shelly/shelly.ts";
import { createTasmota } from "../../server/codecs/tasmota/codec.ts";
import { createZigbee2mqtt } from "../../server/codecs/zigbee2mqtt/codec.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { createHall } from "../../simulators/office/hall.ts";
import type { Outgoing } from "../../simulators/office/speaker.ts";
import type { WireName } from "../../simulators/wires/all.ts";
import { createWire } from "../../simulators/wires/all.ts";
import { addressed, hear } from "../support/codec.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

const codecs: Readonly<Record<WireName, () => Codec>> = {
  zigbee2mqtt: () => createZigbee2mqtt(["zigbee2mqtt"]),
  tasmota: () => createTasmota(),
  shelly: () => createShelly(),
};

function play(name: WireName) {
  const site = smallSite();
  const hall = createHall({ site, seed: 1, start: SUMMER_MORNING, faults: 0 });
  const wire = createWire(name, site.devices);
  const codec = codecs[name]();
  const heard: Heard[] = [];
  const native: Outgoing[] = [];
  const take = (messages: readonly Outgoing[]): void => {
    for (const { topic, payload } of messages) {
      const found = hear(codec, topic, payload, { now: hall.now() });
      if (found === null) native.push({ topic, payload });
      heard.push(...(found ?? []));
    }
  };
  const ask = (topic: string, payload: string): void => {
    const { commands, answers } = wire.hear(topic, payload, hall.now());
    take(answers);
    for (const command of commands) hall.command(command.topic, command.payload, hall.now());
  };
  take(wire.introduce());
  const advance = (ms: number): void => {
    for (let left = ms; left > 0; left -= 500) take(hall.advance(500).flatMap((message) => wire.say(message, hall.now())));
  };
  advance(60_000);
  const descriptions = heard.flatMap((h) => (h.kind === "described" ? [h.description] : []));
  /** The codec's address of one of the hall's devices. */
  const address = (id: string) =>
    (descriptions.find((d) => d.openLoop && d.name.includes(` ${id} `)) ?? descriptions.find((d) => d.name === `hall/${id}` || d.name.endsWith(` ${id}`)))!
      .address;
  return {
    hall,
    codec,
    native,
    descriptions,
    address,
    heard: () => heard,
    advance,
    ask,
    sim: (id: string) => hall.devices.find((d) => d.device.id === `hall/${id}`)!,
    last(at: string): Readonly<Record<string, unknown>> {
      return Object.assign({}, ...heard.flatMap((h) => (h.kind === "said" && h.address === at ? [h.said.values] : []))) as Record<string, unknown>;
    },
    /** What came of a command. */
    command(at: string, set: Readonly<Record<string, PointValue>>, last: Readonly<Record<string, unknown>> = {}): readonly string[] {
      const from = heard.length;
      const encoded = codec.encode(addressed(at, null, last as Record<string, PointValue>), set, "c1", hall.now());
      if (encoded.kind === "cannot") return [encoded.why];
      for (const message of encoded.messages) ask(message.topic, String(message.payload));
      advance(3000);
      return heard
        .slice(from)
        .flatMap((h) =>
          h.kind === "ack" && h.address === at ? [h.accepted ? "accepted" : (h.error ?? "refused")] : h.kind === "said" && h.address === at ? ["said"] : [],
        );
    },
  };
}

describe.each(["zigbee2mqtt", "tasmota"] as const)("the hall by %s", (name) => {
  it("is understood whole: nothing is refused, every device has its kind, and says what it truly is", () => {
    const p = play(name);
    expect(p.heard().filter((h) => h.kind === "rejected")).toEqual([]);
    for (const kind of ["ac", "light", "plug", "presence", "contact", "lux"] as const) {
      const sims = p.hall.devices.filter((d) => d.device.kind === kind);
      expect(new Set(p.descriptions.filter((d) => d.kind === kind).map((d) => d.address)).size).toBeGreaterThanOrEqual(sims.length);
    }
    for (const sim of p.hall.devices) {
      const { kind, id } = sim.device;
      if (kind === null || !["light", "plug", "presence", "contact", "lux"].includes(kind)) continue;
      const said = p.last(p.address(id.slice("hall/".length)));
      for (const point of ["on", "occupied", "open"]) if (point in sim.values) expect([id, point, said[point]]).toEqual([id, point, sim.values[point]]);
      if ("energy" in sim.values) expect(said["energy"]).toBeCloseTo(Number(sim.values["energy"]), 1);
    }
  });

  it("obeys, with the levels that it has", () => {
    const p = play(name);
    for (const id of ["light-302", "plug-302"]) {
      const wish = p.sim(id).values["on"] !== true;
      const levels = p.command(p.address(id), { on: wish });
      expect(levels[0]).toBe("accepted");
      expect(levels).toContain("said");
      expect(p.sim(id).values["on"]).toBe(wish);
      expect(p.last(p.address(id))["on"]).toBe(wish);
    }
    expect(p.command(p.address("light-302"), { on: true, brightness: 40 })).toContain("accepted");
    expect(p.sim("light-302").values).toMatchObject({ on: true, brightness: 40 });
    expect(p.last(p.address("light-302"))["brightness"]).toBe(40);
    const last = p.last(p.address("ac-302"));
    expect(p.command(p.address("ac-302"), { on: true, mode: "cool", setpoint: 26 }, last)[0]).toBe("accepted");
    expect(p.sim("ac-302").values).toMatchObject({ on: true, mode: "cool", setpoint: 26 });
    expect(p.last(p.address("ac-302"))).toMatchObject({ on: true, mode: "cool", setpoint: 26 });
  });

  it("leaves what it has no device for in our own format", () => {
    const p = play(name);
    expect(new Set(p.native.map(({ topic }) => topic.split("/")[2]!.split("-")[0]))).toEqual(
      new Set(["copier", "meter", "boiler", "outdoor", ...(name === "tasmota" ? ["water"] : [])]),
    );
  });
});

it("Zigbee2MQTT's water is in cubic metres and litres a minute again, and its valve closes", () => {
  const p = play("zigbee2mqtt");
  const at = p.address("water-3f");
  expect(p.last(at)["volume"]).toBeCloseTo(Number(p.sim("water-3f").values["volume"]), 2);
  expect(p.command(at, { valve: "closed" })[0]).toBe("accepted");
  expect(p.sim("water-3f").values["valve"]).toBe("closed");
  p.codec.encode(addressed(at, "water"), { valve: "open" }, "c2", p.hall.now());
  p.ask("zigbee2mqtt/hall/water-3f/set", '{"nonsense":1}');
  expect(p.heard().at(-1)).toMatchObject({ kind: "ack", command: "c2", accepted: false, error: expect.stringContaining("nonsense") as string });
});

it("what a device says by itself keeps its gateway's own marks", () => {
  const { devices } = smallSite();
  const bridge = createWire("zigbee2mqtt", devices);
  const state = {
    topic: "jieyue/hall/plug-302/state",
    payload: '{"on":true,"power":61,"energy":1.5,"voltage":229.8,"current":0.27,"ts":"2026-07-01T08:00:00+08:00"}',
  };
  const now = Date.parse("2026-07-01T08:00:00+08:00");
  const parsed = (messages: readonly Outgoing[]) => messages.map((m) => [m.topic, JSON.parse(m.payload) as unknown]);
  expect(parsed(bridge.say(state, now))).toEqual([
    [
      "zigbee2mqtt/hall/plug-302",
      { current: 0.27, energy: 1.5, last_seen: "2026-07-01T00:00:00.000Z", linkquality: 120, power: 61, state: "ON", voltage: 229.8 },
    ],
  ]);
  const [command] = bridge.hear("zigbee2mqtt/hall/plug-302/set", '{"state":"OFF"}', now).commands;
  expect(command).toEqual({ topic: "jieyue/hall/plug-302/set", payload: '{"on":false,"id":"z1"}' });
  const echo = bridge.say({ topic: "jieyue/hall/plug-302/ack", payload: '{"id":"z1","accepted":true}' }, now + 200);
  expect(parsed(echo)[0]?.[1]).toMatchObject({ state: "OFF", power: 61, last_seen: "2026-07-01T00:00:00.000Z" });
  const refused = bridge.hear("zigbee2mqtt/hall/plug-302/set", '{"state":"OFF"}', now).commands[0]!;
  const { id } = JSON.parse(refused.payload) as { id: string };
  const [[topic, line] = []] = parsed(bridge.say({ topic: "jieyue/hall/plug-302/ack", payload: JSON.stringify({ id, accepted: false, error: "busy" }) }, now));
  expect([topic, line]).toEqual([
    "zigbee2mqtt/bridge/logging",
    expect.objectContaining({ level: "error", message: expect.stringContaining("to 'hall/plug-302' failed") as string }),
  ]);

  const boxes = createWire("tasmota", devices);
  expect(parsed(boxes.say(state, now))).toMatchObject([
    [expect.stringMatching(/^tele\/tasmota_[0-9A-F]{6}\/STATE$/), { Time: "2026-07-01T08:00:00", POWER: "ON" }],
    [expect.stringMatching(/SENSOR$/), { ENERGY: { Total: 1.5, Power: 61 } }],
  ]);
  expect(boxes.say({ topic: "jieyue/hall/plug-302/state", payload: '{"on":tru' }, now)).toEqual([]);
});

describe("the hall by Shelly", () => {
  /** As a server does: what is asked of a device is asked at once. */
  function playShelly() {
    const site = smallSite();
    const hall = createHall({ site, seed: 1, start: SUMMER_MORNING, faults: 0 });
    const wire = createWire("shelly", site.devices);
    const codec = createShelly();
    const heard: Heard[] = [];
    const take = (messages: readonly Outgoing[]): void => {
      for (const { topic, payload } of messages) {
        const found = hear(codec, topic, payload, { now: hall.now() }) ?? [];
        heard.push(...found);
        for (const h of found) if (h.kind === "reply") take(wire.hear(h.message.topic, String(h.message.payload), hall.now()).answers);
      }
    };
    const advance = (ms: number): void => {
      for (let left = ms; left > 0; left -= 500) take(hall.advance(500).flatMap((message) => wire.say(message, hall.now())));
    };
    take(wire.introduce());
    advance(60_000);
    return { hall, wire, codec, heard, take, advance };
  }

  it("is understood whole, and each device says what it truly is", () => {
    const { hall, heard } = playShelly();
    expect(heard.filter((h) => h.kind === "rejected")).toEqual([]);
    for (const { device, values } of hall.devices) {
      if (!["light", "plug", "presence", "lux"].includes(device.kind!)) continue;
      const described = heard.findLast((h) => h.kind === "described" && h.description.name === device.id);
      if (described?.kind !== "described") throw new Error(`${device.id} was not described`);
      expect(described.description.kind).toBe(device.kind);
      const { address } = described.description;
      const said = Object.assign({}, ...heard.flatMap((h) => (h.kind === "said" && h.address === address ? [h.said.values] : []))) as Record<string, unknown>;
      for (const point of ["on", "occupied", "brightness"])
        if (point in values) expect([device.id, point, said[point]]).toEqual([device.id, point, values[point]]);
      if ("energy" in values) expect(said["energy"]).toBeCloseTo(Number(values["energy"]), 1);
    }
  });

  it("obeys by RPC: accepted by its answer, reported by its status, and refuses what it has no handler for", () => {
    const { hall, wire, codec, heard, take, advance } = playShelly();
    const plug = hall.devices.find((d) => d.device.id === "hall/plug-302")!;
    const described = heard.findLast((h) => h.kind === "described" && h.description.name === "hall/plug-302");
    const address = described?.kind === "described" ? described.description.address : "";
    const wish = plug.values["on"] !== true;
    const asked = codec.encode(addressed(address, "plug"), { on: wish }, "c1", hall.now());
    if (asked.kind !== "messages") throw new Error(asked.why);
    const from = heard.length;
    for (const { topic, payload } of asked.messages)
      for (const command of wire.hear(topic, String(payload), hall.now()).commands) hall.command(command.topic, command.payload, hall.now());
    advance(3000);
    expect(heard.slice(from).filter((h) => h.kind === "ack")).toEqual([{ kind: "ack", address, command: "c1", accepted: true, error: null }]);
    expect(heard.slice(from)).toContainEqual(expect.objectContaining({ kind: "said", address }));
    expect(plug.values["on"]).toBe(wish);
    const refused = codec.encode(addressed(address, "plug"), { on: wish }, "c2", hall.now());
    const { topic, payload } = refused.kind === "messages" ? refused.messages[0]! : { topic: "", payload: "" };
    take(wire.hear(topic, String(payload).replace("Switch.Set", "Switch.Fly"), hall.now()).answers);
    expect(heard.at(-1)).toMatchObject({ kind: "ack", command: "c2", accepted: false, error: expect.stringContaining("No handler") as string });
  });
});
