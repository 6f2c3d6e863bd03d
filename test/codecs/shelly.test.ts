/** Shelly of both generations (DEVICES §3), their payloads to the letter. */
import { describe, expect, it } from "vitest";
import { createShellyGen1 } from "../../server/codecs/shelly/gen1.ts";
import { createShelly } from "../../server/codecs/shelly/shelly.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const NOTIFY =
  '{"src":"shellypro4pm-f008d1d8b8b8","dst":"user_1","method":"NotifyStatus","params":{"ts":1631186545.04,"switch:0":{"id":0,"output":true,"source":"button"}}}';
const STATUS =
  '{"id":0, "source":"HTTP_in", "output":true, "apower":25.7, "voltage":239.7, "freq":50.2, "current":0.188, "aenergy":{"total":913.252,"by_minute":[404.631,404.631,404.631],"minute_ts":1782936360}, "ret_aenergy":{"total":0.000,"by_minute":[0.000,0.000,0.000],"minute_ts":1782936360},"temperature":{"tC":68.1, "tF":154.6}}';
const WHOLE = {
  ble: {},
  cloud: { connected: true },
  mqtt: { connected: true },
  "switch:0": {
    id: 0,
    source: "loopback",
    output: true,
    apower: 10.7,
    voltage: 120.7,
    current: 0.133,
    aenergy: { total: 46_791.262, by_minute: [73.921, 177.749, 177.749], minute_ts: 1_682_952_864 },
    temperature: { tC: 47.9, tF: 118.3 },
  },
  sys: { mac: "083AF2018C80", restart_required: false, time: "10:54", unixtime: 1_682_952_866, uptime: 347_388 },
};
const PLUG = "shellyplus1pm-a8032ab9c910";

describe("Shelly, second generation and later", () => {
  it("is asked what it is when it is first heard, and tells what changed at its own time", () => {
    const heard = hear(createShelly(), "shellypro4pm-f008d1d8b8b8/events/rpc", NOTIFY)!;
    const asked = heard.filter((h) => h.kind === "reply").map((h) => JSON.parse(String(h.message.payload)) as Record<string, unknown>);
    expect(asked).toMatchObject([
      { src: "jieyue-server", method: "Shelly.GetDeviceInfo" },
      { src: "jieyue-server", method: "Shelly.GetStatus" },
    ]);
    expect(heard.find((h) => h.kind === "described")).toMatchObject({
      description: { address: "shellypro4pm-f008d1d8b8b8/switch:0", kind: "plug", hardware: ["mac:f008d1d8b8b8"], maker: "Shelly" },
    });
    expect(lastSaid(heard)).toEqual({ ts: 1_631_186_545_040, values: { on: true } });
  });

  it("reads a whole component: Wh is kWh, and its own warmth is not the room's", () => {
    expect(lastSaid(hear(createShelly(), `${PLUG}/status/switch:0`, STATUS)).values).toEqual({
      on: true,
      power: 25.7,
      voltage: 239.7,
      current: 0.188,
      energy: 0.913252,
      device_temperature: 68.1,
    });
  });

  it("asks for the whole state, reads the answer by its id, and takes name and model from what it says of itself", () => {
    const codec = createShelly();
    const ids = hear(codec, `${PLUG}/online`, "true")!
      .filter((h) => h.kind === "reply")
      .map((h) => (JSON.parse(String(h.message.payload)) as { id: number }).id);
    hear(codec, "jieyue-server/rpc", {
      id: ids[0],
      src: PLUG,
      dst: "jieyue-server",
      result: { name: "Printer 3F", id: PLUG, mac: "A8032AB9C910", model: "SNSW-001P16EU", gen: 2 },
    });
    const heard = hear(codec, "jieyue-server/rpc", { id: ids[1], src: PLUG, dst: "jieyue-server", result: WHOLE })!;
    expect(heard[0]).toMatchObject({ description: { name: "Printer 3F", model: "SNSW-001P16EU", address: `${PLUG}/switch:0` } });
    expect(lastSaid(heard).values).toMatchObject({ on: true, power: 10.7, energy: 46.791262 });
    expect(hear(codec, "jieyue-server/rpc", { id: ids[1], result: WHOLE })).toEqual([]);
  });

  it("without a meter speaks when it changes, and is not missed for that", () => {
    const whole = (status: object) => {
      const codec = createShelly();
      const ask = hear(codec, `${PLUG}/online`, "true")!.filter((h) => h.kind === "reply")[1]!;
      const { id } = JSON.parse(String(ask.message.payload)) as { id: number };
      const heard = hear(codec, "jieyue-server/rpc", { id, src: PLUG, result: { "switch:0": status } })!;
      return heard.flatMap((h) => (h.kind === "described" ? [h.description.interval] : []));
    };
    expect([whole({ id: 0, output: true }), whole({ id: 0, output: true, apower: 0 })]).toEqual([[30_000], [null]]);
    expect(hear(createShellyGen1(), "shellies/shellydw2-1/sensor/state", "open")?.[0]).toMatchObject({ description: { interval: 30_000 } });
  });

  it("each channel is a device; sensors are the Shelly's own", () => {
    const four = NOTIFY.replace('"switch:0":{"id":0', '"switch:2":{"id":2').replace(
      '"source":"button"}',
      '"source":"button"},"temperature:100":{"id":100,"tC":23.5},"humidity:100":{"rh":41}',
    );
    const heard = hear(createShelly(), "shellypro4pm-f008d1d8b8b8/events/rpc", four)!;
    expect(heard.filter((h) => h.kind === "said").map((h) => [h.address, h.said.values])).toEqual([
      ["shellypro4pm-f008d1d8b8b8/switch:2", { on: true }],
      ["shellypro4pm-f008d1d8b8b8", { temperature: 23.5, humidity: 41 }],
    ]);
  });

  it.each([
    [
      "status/em:0",
      { id: 0, a_voltage: 230, a_current: 3.2, a_act_power: 690, b_act_power: 10, total_current: 3.2, total_act_power: 700 },
      { power: 700, voltage: 230, current: 3.2, "power.1": 690, "voltage.1": 230, "current.1": 3.2, "power.2": 10 },
    ],
    ["status/em1data:1", { id: 1, total_act_energy: 2500 }, { energy: 2.5 }],
    ["status/temperature:0", { id: 0, tC: 23.5, tF: 74.3 }, { temperature: 23.5 }],
    ["status/humidity:0", { id: 0, rh: 41 }, { humidity: 41 }],
    ["status/input:1", { id: 1, state: true }, { input1: true }],
    // Its relay rests while the room is warm enough; it is still on.
    ["status/thermostat:0", { id: 0, output: false, enable: true, target_C: 21 }, { on: true, output: false, setpoint: 21 }],
    ["status/emdata:0", { id: 0, total_act: 12_345.6 }, { energy: 12.3456 }],
    ["status/light:0", { id: 0, output: false, brightness: 40 }, { on: false, brightness: 40 }],
    ["status/illuminance:0", { lux: 120 }, { illuminance: 120 }],
    ["status/occupancy:0", { value: true }, { occupied: true }],
    ["status/blutrv:200", { target_C: 21, current_C: 19.5, pos: 30 }, { setpoint: 21, temperature: 19.5, valve_opening: 30 }],
    ["status/bthomesensor:200", { id: 200, value: 7 }, { bthomesensor200: 7 }],
    ["status/devicepower:0", { battery: { V: 3, percent: 87 } }, { battery: 87 }],
    // A key that disappears comes once with null.
    ["status/switch:0", { id: 0, apower: null, output: true }, { on: true }],
  ])("%s %j", (what, status, values) => {
    expect(lastSaid(hear(createShelly(), `${PLUG}/${what}`, status)).values).toEqual(values);
  });

  it("is commanded by an RPC whose answer names it; an error is a refusal with its words", () => {
    const codec = createShelly();
    const plug = addressed(`${PLUG}/switch:0`, "plug");
    const send = (id: string) => {
      const asked = codec.encode(plug, { on: false }, id, 1e12);
      if (asked.kind !== "messages") throw new Error(asked.why);
      return asked.messages.map((m) => [m.topic, JSON.parse(String(m.payload)) as { id: number; params: unknown; method: string }] as const)[0]!;
    };
    const [topic, body] = send("c1");
    expect([topic, body.method, body.params]).toEqual([`${PLUG}/rpc`, "Switch.Set", { id: 0, on: false }]);
    expect(hear(codec, "jieyue-server/rpc", { id: body.id, src: PLUG, dst: "jieyue-server", result: { was_on: true } })).toEqual([
      { kind: "ack", address: `${PLUG}/switch:0`, command: "c1", accepted: true, error: null },
    ]);
    const [, second] = send("c2");
    expect(second.id).not.toBe(body.id);
    expect(hear(codec, "jieyue-server/rpc", { id: second.id, src: PLUG, error: { code: -103, message: "Invalid argument" } })).toMatchObject([
      { command: "c2", accepted: false, error: "the Shelly answers: Invalid argument (-103)" },
    ]);
  });

  it.each([
    ["light:0", { on: true, brightness: 40 }, "Light.Set", { id: 0, on: true, brightness: 40 }],
    ["thermostat:0", { setpoint: 26 }, "Thermostat.SetConfig", { id: 0, config: { target_C: 26 } }],
    ["blutrv:200", { setpoint: 18 }, "BluTRV.Call", { id: 200, method: "TRV.SetTarget", params: { id: 0, target_C: 18 } }],
  ])("%s %j is %s", (part, set, method, params) => {
    const asked = createShelly().encode(addressed(`${PLUG}/${part}`, null), set, "c", 0);
    expect(asked.kind === "messages" && JSON.parse(String(asked.messages[0]!.payload))).toMatchObject({ method, params });
  });

  it("says what it cannot ask", () => {
    for (const [part, set] of [
      ["switch:0", { setpoint: 26 }],
      ["em:0", { on: false }],
      ["blutrv:200", { on: false }],
      ["", { on: false }],
    ] as const)
      expect(createShelly().encode(addressed(part === "" ? PLUG : `${PLUG}/${part}`, null), set, "c", 0)).toMatchObject({ kind: "cannot" });
  });

  it("knows each part that spoke, also one whose presence was told before, and offers of each what it can be told", () => {
    const codec = createShelly();
    hear(codec, `${PLUG}/online`, "true");
    const heard = hear(codec, `${PLUG}/status/blutrv:203`, { target_C: 21 })!;
    expect(heard.find((h) => h.kind === "availability")).toEqual({ kind: "availability", address: `${PLUG}/blutrv:203`, online: true });
    expect(heard.find((h) => h.kind === "described")).toMatchObject({ description: { points: [{ name: "setpoint", writable: true }] } });
    expect(hear(codec, `${PLUG}/online`, "false")).toContainEqual({ kind: "availability", address: `${PLUG}/blutrv:203`, online: false });
  });

  it("says who is away, and leaves others' topics to others", () => {
    expect(hear(createShelly(), `${PLUG}/online`, "false")).toContainEqual({ kind: "availability", address: `${PLUG}/switch:0`, online: false });
    expect(hear(createShelly(), `${PLUG}/online`, "perhaps")).toMatchObject([{ kind: "rejected" }]);
    expect(hear(createShelly(), "ac-301/status/switch:0", STATUS)).toBeNull();
    expect(hear(createShelly(), "whoever/online", "true")).toBeNull();
    expect(hear(createShelly(), "whoever/events/rpc", '{"a":1}')).toBeNull();
    // A prefix of several levels is known by its first word.
    expect(hear(createShelly(), "office/3f/plug/events/rpc", NOTIFY)?.length).toBeGreaterThan(3);
  });

  it("throws at nothing", () =>
    fuzz(createShelly, [
      ["shellypro4pm-f008d1d8b8b8/events/rpc", NOTIFY],
      [`${PLUG}/status/switch:0`, STATUS],
      [`${PLUG}/online`, "true"],
      ["jieyue-server/rpc", { id: 1_782_885_601, src: PLUG, result: WHOLE }],
    ]));
});

describe("Shelly, first generation", () => {
  const say = (topic: string, text: string, codec = createShellyGen1()) => hear(codec, `shellies/${topic}`, text);

  it.each([
    ["shellyplug-s-C18B12/relay/0", "on", { on: true, overpower: false }],
    ["shellyplug-s-C18B12/relay/0", "overpower", { on: false, overpower: true }],
    ["shellyplug-s-C18B12/relay/0/power", "61.20", { power: 61.2 }],
    // Watt-minutes.
    ["shellyplug-s-C18B12/relay/0/energy", "183204", { energy: 3.0534 }],
    ["shellyem3-1/emeter/2/total", "4500.5", { energy: 4.5005 }],
    ["shellyem3-1/emeter/2/power", "-3.1", { power: -3.1 }],
    ["shellyplug-s-C18B12/temperature", "34.5", { device_temperature: 34.5 }],
    ["shellydw2-1/sensor/state", "close", { open: false }],
    ["shellydw2-1/sensor/lux", "120", { illuminance: 120 }],
    ["shellydw2-1/sensor/battery", "87", { battery: 87 }],
    ["shellydw2-1/sensor/temperature", "21.5", { temperature: 21.5 }],
    ["shellymotionsensor-1/status", '{"motion":true,"timestamp":1,"lux":34,"bat":90}', { occupied: true, illuminance: 34, battery: 90 }],
  ])("%s %s", (topic, text, values) => {
    expect(lastSaid(say(topic, text)).values).toEqual(values);
  });

  it.each([
    ["shellyplug-s-C18B12/relay/0", "perhaps"],
    ["shellyplug-s-C18B12/relay/0/power", "nan"],
    ["shellydw2-1/sensor/state", "ajar"],
    ["shellydw2-1/sensor/lux", ""],
    ["announce", "{}"],
    ["shellyplug-s-C18B12/online", "1"],
  ])("refuses %s '%s' with its reason", (topic, text) => {
    expect(say(topic, text)).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
  });

  it("knows model and hardware by its announcement, and which of its channels are away", () => {
    const codec = createShellyGen1();
    say("announce", '{"id":"shellyplug-s-C18B12","model":"SHPLG-S","mac":"BCDDC2C18B12","ip":"192.168.1.2","new_fw":false,"fw_ver":"x"}', codec);
    expect(say("shellyplug-s-C18B12/relay/0", "on", codec)?.[0]).toMatchObject({
      description: { address: "shellyplug-s-C18B12/relay/0", kind: "plug", model: "SHPLG-S", hardware: ["mac:bcddc2c18b12"] },
    });
    expect(say("shellyplug-s-C18B12/online", "false", codec)).toContainEqual({
      kind: "availability",
      address: "shellyplug-s-C18B12/relay/0",
      online: false,
    });
    // Others' are told afresh, where a broker kept what may be old.
    expect(codec.greet?.()).toEqual([
      { topic: "shellies/command", payload: "announce" },
      { topic: "shellies/command", payload: "update" },
    ]);
  });

  it("says that it is away before it has said anything else since our start, and that it is there when it does", () => {
    const codec = createShellyGen1();
    expect(say("shellydw2-1/online", "false", codec)).toContainEqual({ kind: "availability", address: "shellydw2-1", online: false });
    say("shellydw2-1/online", "true", codec);
    expect(say("shellydw2-1/sensor/state", "open", codec)).toContainEqual({ kind: "availability", address: "shellydw2-1", online: true });
    expect(say("shellydw2-1/sensor/state", "close", codec)?.map((h) => h.kind)).toEqual(["said"]);
  });

  it("is commanded in plain text, and its own commands are not heard", () => {
    const codec = createShellyGen1();
    expect(codec.encode(addressed("shellyplug-s-C18B12/relay/0", "plug"), { on: false }, "c", 0)).toEqual({
      kind: "messages",
      messages: [{ topic: "shellies/shellyplug-s-C18B12/relay/0/command", payload: "off" }],
    });
    expect(codec.encode(addressed("b/light/0", "light"), { on: true, brightness: 30 }, "c", 0)).toEqual({
      kind: "messages",
      messages: [{ topic: "shellies/b/light/0/set", payload: '{"brightness":30,"turn":"on"}' }],
    });
    expect(codec.encode(addressed("b/relay/0", "plug"), { brightness: 30 }, "c", 0)).toMatchObject({ kind: "cannot" });
    expect(say("shellyplug-s-C18B12/relay/0/command", "off")).toEqual([]);
  });

  it("throws at nothing", () =>
    fuzz(createShellyGen1, [
      ["shellies/shellyplug-s-C18B12/relay/0", "on"],
      ["shellies/shellyplug-s-C18B12/relay/0/energy", "183204"],
      ["shellies/announce", '{"id":"shellyplug-s-C18B12","model":"SHPLG-S","mac":"BCDDC2C18B12"}'],
      ["shellies/shellymotionsensor-1/status", '{"motion":true,"lux":34}'],
    ]));
});
