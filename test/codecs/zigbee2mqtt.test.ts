/** Zigbee2MQTT 2.2.1: what it publishes, byte for byte where it was recorded; descriptions as `bridge/devices` writes them. */
import { describe, expect, it } from "vitest";
import type { Codec, Heard } from "../../server/codecs/codec.ts";
import { createZigbee2mqtt } from "../../server/codecs/zigbee2mqtt/codec.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { addressed, fuzz, hear } from "../support/codec.ts";

const numeric = (name: string, unit: string, more = {}) => ({ type: "numeric", name, property: name, access: 1, unit, ...more });
const state = (more = {}) => ({
  type: "binary",
  name: "state",
  property: "state",
  access: 7,
  value_on: "ON",
  value_off: "OFF",
  value_toggle: "TOGGLE",
  ...more,
});
const sw = (more = {}) => ({ type: "switch", features: [state(more)] });
const contact = { type: "binary", name: "contact", property: "contact", access: 1, value_on: false, value_off: true };

function entry(friendly_name: string, ieee_address: string, exposes: readonly unknown[], more: object = {}, definition: object = {}) {
  return {
    friendly_name,
    ieee_address,
    type: "Router",
    power_source: "Mains (single phase)",
    supported: true,
    disabled: false,
    interview_completed: true,
    definition: { model: "M1", vendor: "Maker", description: "Thing", exposes, options: [], ...definition },
    ...more,
  };
}

const COORDINATOR = { friendly_name: "Coordinator", ieee_address: "0x00124b00120144ae", type: "Coordinator", definition: null, supported: true };
// As recorded, but for its options.
const AC = JSON.parse(
  `{"friendly_name":"ac-301","ieee_address":"0x3c6a2cfffe000005","manufacturer":"OWON","model_id":"AC201","power_source":"Mains (single phase)","supported":true,"disabled":false,"interview_completed":true,"type":"Router","network_address":4101,
 "definition":{"model":"AC201","vendor":"OWON","description":"HVAC controller/IR blaster","supports_ota":false,"options":[],
 "exposes":[{"type":"climate","features":[
   {"type":"enum","name":"system_mode","property":"system_mode","access":7,"values":["off","heat","cool","auto","dry","fan_only"]},
   {"type":"numeric","name":"occupied_heating_setpoint","property":"occupied_heating_setpoint","access":7,"unit":"°C","value_min":8,"value_max":30,"value_step":1},
   {"type":"numeric","name":"occupied_cooling_setpoint","property":"occupied_cooling_setpoint","access":7,"unit":"°C","value_min":8,"value_max":30,"value_step":1},
   {"type":"numeric","name":"local_temperature","property":"local_temperature","access":5,"unit":"°C"}]},
  {"type":"fan","features":[{"type":"binary","name":"state","property":"fan_state","access":7,"value_on":"ON","value_off":"OFF"},
                            {"type":"enum","name":"mode","property":"fan_mode","access":7,"values":["low","medium","high","on","auto"]}]},
  {"type":"numeric","name":"linkquality","property":"linkquality","access":1,"unit":"lqi","category":"diagnostic","value_min":0,"value_max":255}]}}`,
) as object;
const PLUG = entry(
  "office-3f/plug-printer",
  "0x0015bc002f000001",
  [
    sw(),
    numeric("power", "W", { access: 5 }),
    numeric("current", "A", { access: 5 }),
    numeric("voltage", "V", { access: 5 }),
    numeric("energy", "kWh", { access: 5 }),
  ],
  {},
  { vendor: "Develco", model: "SPLZB-131", description: "Power plug" },
);
const MOTION = entry("motion-301", "0x00158d0000000002", [
  { type: "binary", name: "occupancy", property: "occupancy", access: 1, value_on: true, value_off: false },
  numeric("illuminance", "lx"),
  numeric("temperature", "°C"),
  numeric("battery", "%"),
]);
const WINDOW = entry("window-301", "0x00158d0000000003", [contact, numeric("voltage", "mV"), numeric("battery", "%")], {
  type: "EndDevice",
  power_source: "Battery",
});
const LAMP = entry("lamp-301", "0x000b57fffe000004", [
  { type: "light", features: [state(), { type: "numeric", name: "brightness", property: "brightness", access: 7, value_min: 0, value_max: 254 }] },
]);
const TRV = entry(
  "trv-301",
  "0x84fd27fffe000006",
  [
    {
      type: "climate",
      features: [
        {
          type: "numeric",
          name: "occupied_heating_setpoint",
          property: "occupied_heating_setpoint",
          access: 7,
          unit: "°C",
          value_min: 5,
          value_max: 35,
          value_step: 0.5,
        },
        { type: "numeric", name: "local_temperature", property: "local_temperature", access: 5, unit: "°C" },
        { type: "enum", name: "system_mode", property: "system_mode", access: 7, values: ["heat"] },
        { type: "enum", name: "running_state", property: "running_state", access: 5, values: ["idle", "heat"] },
      ],
    },
    numeric("pi_heating_demand", "%"),
  ],
  { power_source: "Battery", type: "EndDevice" },
  { vendor: "Danfoss", model: "014G2461" },
);
const ALL = [COORDINATOR, AC, PLUG, MOTION, WINDOW, LAMP, TRV];

// As recorded; what was cut short there is whole here.
const SAYS = {
  plug: '{"ac_frequency":null,"current":0.27,"device_temperature":null,"energy":123.46,"last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"power":61,"power_on_behavior":null,"state":"ON","update":{"installed_version":-1,"latest_version":-1,"state":null},"voltage":229.81}',
  motion:
    '{"battery":null,"illuminance":400,"last_seen":"2026-11-22T22:03:21.138Z","led_indication":null,"linkquality":120,"motion_sensitivity":null,"occupancy":true,"occupancy_timeout":null,"temperature":22.43,"update":{"installed_version":-1,"latest_version":-1,"state":null}}',
  window:
    '{"battery":null,"contact":false,"device_temperature":null,"last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"power_outage_count":null,"trigger_count":null,"voltage":null}',
  ac: '{"fan_mode":"auto","fan_state":"ON","last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"local_temperature":26.8,"occupied_cooling_setpoint":24,"system_mode":"cool"}',
  trv: '{"battery":null,"heat_required":null,"last_seen":"2026-11-22T22:03:21.138Z","local_temperature":20.12,"occupied_heating_setpoint":21,"pi_heating_demand":34,"running_state":null}',
  lamp: '{"brightness":80,"color_options":null,"effect":null,"identify":null,"last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"power_on_behavior":null,"state":"ON","update":{"installed_version":-1,"latest_version":-1,"state":null}}',
};
const SEEN = Date.parse("2026-11-22T22:03:21.138Z");
const ERROR = `{"level":"error","message":"z2m: Publish 'set' 'state' to 'office-3f/plug-printer' failed: 'Error: ZCL command 0x0015bc002f000001/2 genOnOff.off({}, {\\"timeout\\":10000}) failed (Delivery failed)'"}`;

function bridge(devices: readonly unknown[] = ALL, bases: readonly string[] = ["zigbee2mqtt"]): Codec {
  const codec = createZigbee2mqtt(bases);
  hear(codec, `${bases[0]!}/bridge/devices`, devices);
  return codec;
}
const said = (heard: readonly Heard[] | null) => (heard ?? []).flatMap((h) => (h.kind === "said" ? [h] : []));
const values = (codec: Codec, topic: string, payload: unknown) => Object.assign({}, ...said(hear(codec, topic, payload)).map((h) => h.said.values)) as object;
const described = (codec: Codec, devices: readonly unknown[]) =>
  (hear(codec, "zigbee2mqtt/bridge/devices", devices) ?? []).flatMap((h) => (h.kind === "described" ? [h.description] : []));
const set = (codec: Codec, address: string, wish: Readonly<Record<string, PointValue>>, now = SEEN) => codec.encode(addressed(address, null), wish, "c1", now);
const sent = (codec: Codec, address: string, wish: Readonly<Record<string, PointValue>>) => {
  const encoded = set(codec, address, wish);
  return encoded.kind === "cannot" ? encoded.why : encoded.messages.map((m) => `${m.topic} ${String(m.payload)}`);
};
const kinds = (heard: readonly Heard[] | null) => heard?.map((h) => h.kind);

describe("what a bridge describes", () => {
  it("is every device but the coordinator, with hardware, maker, model, place and kind", () => {
    const found = described(createZigbee2mqtt(["zigbee2mqtt"]), ALL);
    expect(found.map((d) => [d.name, d.kind, d.hardware[0], d.area])).toEqual([
      ["ac-301", "ac", "ieee:0x3c6a2cfffe000005", null],
      ["office-3f/plug-printer", "plug", "ieee:0x0015bc002f000001", "office-3f"],
      ["motion-301", "presence", "ieee:0x00158d0000000002", null],
      ["window-301", "contact", "ieee:0x00158d0000000003", null],
      ["lamp-301", "light", "ieee:0x000b57fffe000004", null],
      ["trv-301", "ac", "ieee:0x84fd27fffe000006", null],
    ]);
    expect(found[0]).toMatchObject({
      address: "0x3c6a2cfffe000005",
      aliases: ["ac-301", "zigbee2mqtt/ac-301"],
      maker: "OWON",
      model: "AC201",
      topic: "zigbee2mqtt/ac-301",
    });
    expect(found[0]!.points.slice(0, 4)).toEqual([
      { name: "on", key: "system_mode", unit: null, writable: true },
      { name: "mode", key: "system_mode", unit: null, writable: true, values: ["off", "heat", "cool", "auto", "dry", "fan"] },
      { name: "setpoint", key: "occupied_heating_setpoint", unit: "°C", writable: true, min: 8, max: 30 },
      { name: "temperature", key: "local_temperature", unit: "°C", writable: false },
    ]);
    // What measures is made to report within the hour; a lamp and a sleeper speak when they change.
    expect(found.map((d) => [d.interval, d.wakes])).toEqual([
      [1500, undefined],
      [1500, undefined],
      [1500, undefined],
      [30_000, undefined],
      [30_000, undefined],
      [30_000, 600],
    ]);
  });

  it("is asked for what it keeps to itself, sleepers never, and each device once", () => {
    const codec = createZigbee2mqtt(["zigbee2mqtt"]);
    const asked = (heard: readonly Heard[] | null) =>
      (heard ?? []).flatMap((h) => (h.kind === "reply" ? [`${h.message.topic} ${String(h.message.payload)}`] : []));
    expect(asked(hear(codec, "zigbee2mqtt/bridge/devices", ALL))).toEqual([
      'zigbee2mqtt/ac-301/get {"system_mode":"","occupied_heating_setpoint":"","occupied_cooling_setpoint":"","local_temperature":""}',
      'zigbee2mqtt/office-3f/plug-printer/get {"state":"","power":"","current":"","voltage":"","energy":""}',
      'zigbee2mqtt/lamp-301/get {"state":"","brightness":""}',
    ]);
    expect(hear(codec, "zigbee2mqtt/bridge/devices", ALL)).toEqual([]);
  });

  it("asks a large network in pieces, one with every word of it, and nobody who spoke", () => {
    const codec = createZigbee2mqtt(["zigbee2mqtt"]);
    const many = Array.from({ length: 30 }, (_, i) => entry(`plug-${i}`, `0x${(i + 1).toString(16)}`, [sw()]));
    expect(kinds(hear(codec, "zigbee2mqtt/bridge/devices", many))!.filter((k) => k === "reply")).toHaveLength(20);
    hear(codec, "zigbee2mqtt/plug-21", { state: "ON" });
    const next = hear(codec, "zigbee2mqtt/plug-0", { state: "ON" })!;
    expect(next[1]).toMatchObject({ kind: "reply", message: { topic: "zigbee2mqtt/plug-22/get" } });
  });

  it("loses who is removed, keeps who is renamed, and tells who was switched off there", () => {
    const codec = bridge();
    const renamed = { ...PLUG, friendly_name: "printer" };
    const heard = hear(codec, "zigbee2mqtt/bridge/devices", [COORDINATOR, AC, renamed, { ...LAMP, disabled: true }])!;
    expect(heard.filter((h) => h.kind === "gone").map((h) => h.address)).toEqual(["0x00158d0000000002", "0x00158d0000000003", "0x84fd27fffe000006"]);
    expect(heard).toContainEqual({ kind: "availability", address: "0x000b57fffe000004", online: false });
    expect(said(hear(codec, "zigbee2mqtt/printer", SAYS.plug))[0]?.address).toBe("0x0015bc002f000001");
    expect(hear(codec, "zigbee2mqtt/office-3f/plug-printer", SAYS.plug)).toMatchObject([{ kind: "rejected", fate: "bad-topic" }]);
    expect(sent(codec, "0x0015bc002f000001", { on: false })).toEqual(['zigbee2mqtt/printer/set {"state":"OFF"}']);
    expect(set(codec, "0x00158d0000000002", { on: false })).toMatchObject({ kind: "cannot" });
  });

  it("keeps a device that moves to another bridge, and finds each bridge's own names", () => {
    const codec = createZigbee2mqtt(["zigbee2mqtt", "zigbee2mqtt/annex"]);
    hear(codec, "zigbee2mqtt/bridge/devices", [PLUG]);
    hear(codec, "zigbee2mqtt/annex/bridge/devices", [PLUG, LAMP]);
    expect(hear(codec, "zigbee2mqtt/bridge/devices", [])).toEqual([]);
    expect(sent(codec, "0x0015bc002f000001", { on: true })).toEqual(['zigbee2mqtt/annex/office-3f/plug-printer/set {"state":"ON"}']);
    expect(codec.filters).toEqual(["zigbee2mqtt/annex/#", "zigbee2mqtt/#"]);
    expect(codec.heads).toEqual(["zigbee2mqtt"]);
  });

  it("says what of it could not be read", () => {
    const strange = entry("strange", "0x1", [numeric("illuminance", "%"), { ...numeric("power", "W"), access: "rw" }]);
    expect(described(createZigbee2mqtt(["zigbee2mqtt"]), [strange, { ...PLUG, definition: null }]).map((d) => d.unread)).toEqual([
      ["power: its access is no number, so it is only read.", "illuminance is told in %, which is no lx: it is passed on as it is."],
      ["Zigbee2MQTT does not know this model: what it says is passed on as it is."],
    ]);
  });
});

describe("what a device says", () => {
  it.each([
    ["office-3f/plug-printer", SAYS.plug, { current: 0.27, energy: 123.46, power: 61, on: true, voltage: 229.81, linkquality: 120 }],
    ["motion-301", SAYS.motion, { illuminance: 400, occupied: true, temperature: 22.43, linkquality: 120 }],
    ["window-301", SAYS.window, { open: true, linkquality: 120 }],
    [
      "ac-301",
      SAYS.ac,
      { on: true, mode: "cool", setpoint: 24, temperature: 26.8, occupied_cooling_setpoint: 24, fan_mode: "auto", fan_state: "ON", linkquality: 120 },
    ],
    ["trv-301", SAYS.trv, { on: true, setpoint: 21, temperature: 20.12, pi_heating_demand: 34 }],
    ["lamp-301", SAYS.lamp, { on: true, brightness: 31, linkquality: 120 }],
  ])("of %s is in the office's words, and null is nothing", (name, payload, wanted) => {
    const heard = said(hear(bridge(), `zigbee2mqtt/${name}`, payload));
    expect(heard).toHaveLength(1);
    expect(heard[0]!.said).toEqual({ ts: SEEN, values: wanted });
  });

  it("is dated by when it was last seen, in each form of that, and by nothing where there is none", () => {
    const ts = (last_seen: unknown) => said(hear(bridge(), "zigbee2mqtt/window-301", { contact: true, last_seen }))[0]?.said.ts;
    expect(ts("2026-11-22T22:03:21.138Z")).toBe(SEEN);
    expect(ts("2026-11-23T06:03:21+08:00")).toBe(SEEN - 138);
    expect(ts(SEEN)).toBe(SEEN);
    expect(ts(null)).toBeNull();
    expect(ts(undefined)).toBeNull();
    expect(ts("yesterday")).toBeNaN();
  });

  it.each([
    ["volume_1", "L", 12_500, { volume: 12.5 }],
    ["water_total", "gal", 1000, { volume: 3.785411784 }],
    ["water_consumed", "L", 40, { volume: 0.04 }],
    ["flow", "m³/h", 0.6, { flow: 10 }],
    ["energy", "Wh", 1500, { energy: 1.5 }],
    ["power", "kW", 1.2, { power: 1200 }],
    ["temperature", "°F", 68, { temperature: 20 }],
    ["voltage", "mV", 3000, { battery_voltage: 3 }],
    ["illuminance", "%", 40, { "raw.illuminance": 40 }],
    ["power_factor", "%", 97, { power_factor: 97 }],
    ["power", "W", "61 W", { power: "61 W" }],
  ])("%s in %s is told in the office's unit", (name, unit, value, wanted) => {
    expect(values(bridge([entry("m", "0x1", [numeric(name, unit)])]), "zigbee2mqtt/m", { [name]: value })).toEqual(wanted);
  });

  it("tells an open window by what its description calls on, whatever the words", () => {
    const words = bridge([entry("w", "0x1", [{ ...contact, value_on: "ON", value_off: "OFF" }])]);
    expect(values(words, "zigbee2mqtt/w", { contact: "ON" })).toEqual({ open: true });
    expect(values(bridge([entry("w", "0x1", [contact])]), "zigbee2mqtt/w", { contact: true })).toEqual({ open: false });
  });

  it("takes presence before motion, and lends the office's words to nothing that it does not know", () => {
    const flag = (name: string) => ({ type: "binary", name, property: name, access: 1, value_on: true, value_off: false });
    const codec = bridge([entry("p", "0x1", [flag("occupancy"), flag("presence")])]);
    expect(values(codec, "zigbee2mqtt/p", '{"presence":true,"occupancy":false,"mode":"fast","status":1,"nested":{"a":1},"__proto__":{"polluted":1}}')).toEqual({
      occupied: true,
      "raw.occupied": undefined,
      occupancy: false,
      "raw.mode": "fast",
      "raw.status": 1,
    });
  });

  it("each gang of a switch is a device of its own, and what is shared rides with the first or stands alone", () => {
    const gangs = (more: readonly unknown[]) =>
      entry("wall", "0x1", [{ ...sw({ property: "state_left" }), endpoint: "left" }, { ...sw({ property: "state_right" }), endpoint: "right" }, ...more]);
    const codec = createZigbee2mqtt(["zigbee2mqtt"]);
    expect(described(codec, [gangs([numeric("linkquality", "lqi")])]).map((d) => [d.address, d.name, d.hardware[0]])).toEqual([
      ["0x1/left", "wall left", "ieee:0x1"],
      ["0x1/right", "wall right", "ieee:0x1/right"],
    ]);
    expect(said(hear(codec, "zigbee2mqtt/wall", { state_left: "ON", state_right: "OFF", linkquality: 9 }))).toMatchObject([
      { address: "0x1/left", said: { values: { on: true, linkquality: 9 } } },
      { address: "0x1/right", said: { values: { on: false } } },
    ]);
    expect(sent(codec, "0x1/right", { on: true })).toEqual(['zigbee2mqtt/wall/set {"state_right":"ON"}']);
    expect(described(createZigbee2mqtt(["zigbee2mqtt"]), [gangs([numeric("power", "W")])]).map((d) => [d.address, d.hardware[0], d.kind])).toEqual([
      ["0x1", "ieee:0x1", "meter"],
      ["0x1/left", "ieee:0x1/left", "light"],
      ["0x1/right", "ieee:0x1/right", "light"],
    ]);
  });

  it("each zone of a floor heating is a device of its own", () => {
    const zone = (n: number) => ({
      type: "climate",
      endpoint: `l${n}`,
      features: [
        { ...numeric("occupied_heating_setpoint", "°C", { access: 7, value_min: 5, value_max: 35 }), property: `occupied_heating_setpoint_l${n}` },
        { ...numeric("local_temperature", "°C", { access: 5 }), property: `local_temperature_l${n}` },
      ],
    });
    const codec = bridge([entry("icon", "0x1", [zone(1), zone(2)])]);
    expect(
      said(hear(codec, "zigbee2mqtt/icon", { occupied_heating_setpoint_l1: 21, local_temperature_l1: 20.5, occupied_heating_setpoint_l2: 5 })),
    ).toMatchObject([
      { address: "0x1/l1", said: { values: { on: true, setpoint: 21, temperature: 20.5 } } },
      { address: "0x1/l2", said: { values: { on: false, setpoint: 5 } } },
    ]);
    expect(sent(codec, "0x1/l1", { on: false })).toEqual(['zigbee2mqtt/icon/set {"occupied_heating_setpoint_l1":5}']);
  });

  // As zigbee-herdsman-converters describes a Tuya radiator valve, a siren, a water heater and a meter.
  it.each([
    [
      "a window detector is no switch",
      [sw({ property: "window_detection" }), contact],
      "",
      { window_detection: "ON", contact: true },
      { open: false, window_detection: "ON" },
    ],
    ["loudness is no water", [numeric("volume", ""), numeric("battery", "%")], "Siren", { volume: 3 }, { "raw.volume": 3 }],
    ["a water heater is no valve", [sw(), numeric("power", "W")], "Smart water heater controller", { state: "ON", power: 9 }, { on: true, power: 9 }],
    ["a total goes before a part", [numeric("power", "W"), numeric("total_power", "W")], "", { power: 3, total_power: 9 }, { power: 9, "raw.power": 3 }],
    ["litres a minute", [numeric("water_current", "L/min")], "Sprinkler", { water_current: 4 }, { flow: 4 }],
  ])("%s", (_, exposes, description, message, wanted) => {
    expect(values(bridge([entry("x", "0x1", exposes, {}, { description })]), "zigbee2mqtt/x", message)).toEqual(wanted);
  });

  it("a water valve opens and closes", () => {
    const codec = bridge([entry("tap", "0x1", [sw(), numeric("flow", "m³/h")], {}, { description: "Smart water valve" })]);
    expect(values(codec, "zigbee2mqtt/tap", { state: "OFF", flow: 0 })).toEqual({ valve: "closed", flow: 0 });
    expect(sent(codec, "0x1", { valve: "open" })).toEqual(['zigbee2mqtt/tap/set {"state":"ON"}']);
    expect(sent(codec, "0x1", { valve: "half" })).toBe("It has no valve half.");
  });

  it("one attribute a topic says the same as the whole, and is left alone where the whole comes too", () => {
    const codec = bridge();
    const attribute = (key: string, text: string) => values(codec, `zigbee2mqtt/ac-301/${key}`, text);
    expect(attribute("system_mode", "cool")).toEqual({ on: true, mode: "cool" });
    expect(attribute("occupied_cooling_setpoint", "24")).toMatchObject({ setpoint: 24 });
    expect(attribute("local_temperature", "26.8")).toEqual({ temperature: 26.8 });
    expect(attribute("local_temperature", "")).toEqual({});
    expect(values(codec, "zigbee2mqtt/window-301/contact", "false")).toEqual({ open: true });
    expect(values(codec, "zigbee2mqtt/window-301/strange", "true")).toEqual({ strange: true });
    values(codec, "zigbee2mqtt/window-301", SAYS.window);
    expect(hear(codec, "zigbee2mqtt/window-301/contact", "false")).toEqual([]);
  });

  it("what a bridge tells again after its start is nothing new where it does not say when", () => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/window-301", { contact: true, linkquality: 9 });
    hear(codec, "zigbee2mqtt/bridge/state", '{"state":"offline"}');
    hear(codec, "zigbee2mqtt/bridge/state", '{"state":"online"}');
    expect(hear(codec, "zigbee2mqtt/window-301", { contact: true, linkquality: 9 })).toEqual([]);
    expect(values(codec, "zigbee2mqtt/window-301", { contact: true, linkquality: 9 })).toEqual({ open: false, linkquality: 9 });
  });

  it("what a broker kept of a sleeper is how it stands while its bridge is there, but for what it measures; who can be asked still is", () => {
    const codec = createZigbee2mqtt(["zigbee2mqtt"]);
    const many = Array.from({ length: 21 }, (_, i) => entry(`plug-${i}`, `0x${(i + 1).toString(16)}`, [sw()]));
    hear(codec, "zigbee2mqtt/bridge/devices", [...many, WINDOW]);
    const kept = (name: string, payload: object) => hear(codec, `zigbee2mqtt/${name}`, payload, { retained: true });
    const window = () => said(kept("window-301", { contact: false, voltage: 3000 })).map((h) => [h.said.values, h.said.stands ?? false]);
    expect(window()).toEqual([[{ open: true, battery_voltage: 3 }, false]]);
    hear(codec, "zigbee2mqtt/bridge/state", '{"state":"online"}');
    kept("window-301", { contact: true, voltage: 3000 });
    expect(window()).toEqual([
      [{ open: true }, true],
      [{ battery_voltage: 3 }, false],
    ]);
    expect(said(kept("plug-20", { state: "ON" }))).toMatchObject([{ said: { values: { on: true } } }]);
    expect(hear(codec, "zigbee2mqtt/plug-0", { state: "ON" })).toContainEqual({
      kind: "reply",
      message: { topic: "zigbee2mqtt/plug-20/get", payload: '{"state":""}' },
    });
  });

  it("groups, commands and what a bridge says of itself are nobody's values", () => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/bridge/groups", [{ id: 1, friendly_name: "lamps/all", members: [] }]);
    for (const topic of [
      "lamps/all",
      "lamps/all/availability",
      "ac-301/set",
      "ac-301/set/system_mode",
      "ac-301/get",
      "nobody/set",
      "bridge/info",
      "bridge/response/x",
    ])
      expect(hear(codec, `zigbee2mqtt/${topic}`, "{}")).toEqual([]);
    expect(hear(codec, "elsewhere/ac-301", "{}")).toBeNull();
    expect(hear(codec, "zigbee2mqtt", "{}")).toBeNull();
  });

  it.each([
    ["zigbee2mqtt/nobody", "{}", "bad-topic", "bridge/devices"],
    ["zigbee2mqtt/ac-301", "[1]", "malformed", "object"],
    ["zigbee2mqtt/ac-301", "{", "malformed", "JSON"],
    ["zigbee2mqtt/ac-301", `"${"x".repeat(70_000)}"`, "oversized", "70002"],
    ["zigbee2mqtt/bridge/devices", "{}", "malformed", "list"],
    ["zigbee2mqtt/bridge/state", "maybe", "malformed", "online"],
    ["zigbee2mqtt/ac-301/availability", "maybe", "malformed", "online"],
  ])("says what is wrong with %s %s", (topic, payload, fate, detail) => {
    expect(hear(bridge(), topic, payload)).toMatchObject([{ kind: "rejected", fate, detail: expect.stringContaining(detail) as string }]);
  });

  it("of a device before the list came waits for it, and says so", () => {
    expect(hear(createZigbee2mqtt(["zigbee2mqtt"]), "zigbee2mqtt/ac-301", SAYS.ac)).toMatchObject([
      { fate: "bad-topic", detail: expect.stringContaining("retained") as string },
    ]);
  });

  it("takes a list of a thousand devices, no more, and the list alone may be large", () => {
    const codec = createZigbee2mqtt(["zigbee2mqtt"]);
    const padded = { ...PLUG.definition, options: ["x".repeat(4000)] };
    const many = Array.from({ length: 1001 }, (_, i) => ({ ...PLUG, friendly_name: `p${i}`, ieee_address: `0x${(i + 1).toString(16)}`, definition: padded }));
    const heard = hear(codec, "zigbee2mqtt/bridge/devices", many)!;
    expect(heard.filter((h) => h.kind === "described")).toHaveLength(1000);
    expect(heard).toContainEqual({ kind: "rejected", fate: "too-many-devices", detail: expect.stringContaining("1 devices") as string });
    expect(codec.maxPayload).toBe(8 * 1024 * 1024);
  });
});

describe("who is there", () => {
  it.each(["offline", '{"state":"offline"}'])("a device that says %s is away, and a bridge that is away takes all with it", (word) => {
    const codec = bridge([PLUG, WINDOW]);
    const online = (topic: string, payload: string) =>
      (hear(codec, topic, payload) ?? []).map((h) => [(h as { address: string }).address, (h as { online: boolean }).online]);
    expect(online("zigbee2mqtt/office-3f/plug-printer/availability", word)).toEqual([["0x0015bc002f000001", false]]);
    expect(online("zigbee2mqtt/bridge/state", word)).toEqual([
      ["0x0015bc002f000001", false],
      ["0x00158d0000000003", false],
    ]);
    expect(online("zigbee2mqtt/window-301/availability", "online")).toEqual([["0x00158d0000000003", false]]);
    expect(online("zigbee2mqtt/bridge/state", word.replace("offline", "online"))).toEqual([
      ["0x0015bc002f000001", false],
      ["0x00158d0000000003", true],
    ]);
  });
});

describe("a command", () => {
  const PLUG_AT = "0x0015bc002f000001";
  const AC_AT = "0x3c6a2cfffe000005";
  const TRV_AT = "0x84fd27fffe000006";

  it("is in the device's words", () => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/ac-301", SAYS.ac);
    expect(sent(codec, PLUG_AT, { on: false })).toEqual(['zigbee2mqtt/office-3f/plug-printer/set {"state":"OFF"}']);
    expect(sent(codec, AC_AT, { on: false })).toEqual(['zigbee2mqtt/ac-301/set {"system_mode":"off"}']);
    expect(sent(codec, AC_AT, { mode: "off" })).toEqual(['zigbee2mqtt/ac-301/set {"system_mode":"off"}']);
    expect(sent(codec, AC_AT, { setpoint: 26 })).toEqual(['zigbee2mqtt/ac-301/set {"occupied_cooling_setpoint":26}']);
    expect(sent(codec, AC_AT, { mode: "heat", setpoint: 18 })).toEqual(['zigbee2mqtt/ac-301/set {"system_mode":"heat","occupied_heating_setpoint":18}']);
    expect(sent(codec, AC_AT, { mode: "fan" })).toEqual(['zigbee2mqtt/ac-301/set {"system_mode":"fan_only"}']);
    expect(sent(codec, "0x000b57fffe000004", { on: true, brightness: 40 })).toEqual(['zigbee2mqtt/lamp-301/set {"state":"ON","brightness":102}']);
    expect(values(bridge(), "zigbee2mqtt/lamp-301", { brightness: 102 })).toEqual({ brightness: 40 });
  });

  it.each([
    [AC_AT, { setpoint: 31 }, "8 to 30 °C, not 31"],
    [AC_AT, { setpoint: "warm" }, "takes a number"],
    [AC_AT, { brightness: 3 }, "no brightness"],
    [TRV_AT, { mode: "cool" }, "it has heat"],
    [PLUG_AT, { power: 3 }, "measured and cannot be set"],
    ["0x00158d0000000003", { open: false }, "cannot be set"],
    ["0xffff", { on: false }, "No bridge has told"],
  ])("of %s %o is refused by the device's own description", (address, wish, why) => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/ac-301", SAYS.ac);
    expect(sent(codec, address, wish as Record<string, PointValue>)).toContain(why);
  });

  it("goes on where it last ran, and asks for the mode where nobody knows", () => {
    const codec = bridge();
    expect(sent(codec, AC_AT, { setpoint: 26 })).toContain("name the mode too");
    hear(codec, "zigbee2mqtt/ac-301", SAYS.ac);
    hear(codec, "zigbee2mqtt/ac-301", SAYS.ac.replace('"cool"', '"off"'));
    expect(values(codec, "zigbee2mqtt/ac-301", SAYS.ac.replace('"cool"', '"off"'))).toMatchObject({ on: false, mode: "off", setpoint: 24 });
    expect(sent(codec, AC_AT, { on: true })).toEqual(['zigbee2mqtt/ac-301/set {"system_mode":"cool"}']);
    const two = entry("two", "0x2", [
      { type: "climate", features: [{ type: "enum", name: "system_mode", property: "system_mode", access: 7, values: ["off", "heat", "cool"] }] },
    ]);
    expect(sent(bridge([two]), "0x2", { on: true })).toContain("name one of off, heat, cool");
  });

  it("to switch off what has no off is its lowest set temperature, and so it is read", () => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/trv-301", SAYS.trv);
    expect(sent(codec, TRV_AT, { on: false })).toEqual(['zigbee2mqtt/trv-301/set {"occupied_heating_setpoint":5}']);
    expect(values(codec, "zigbee2mqtt/trv-301", { occupied_heating_setpoint: 5, last_seen: "2026-11-22T22:09:21.138Z" })).toMatchObject({
      on: false,
      setpoint: 5,
    });
    expect(sent(codec, TRV_AT, { on: true })).toEqual(['zigbee2mqtt/trv-301/set {"occupied_heating_setpoint":21}']);
    expect(sent(bridge(), TRV_AT, { on: true })).toContain("name the one that it is to have");
  });

  it.each([
    // The other two words for a set temperature; of one that cools, off is its highest.
    ["current_heating_setpoint", 5, 35, 21, 5],
    ["occupied_cooling_setpoint", 16, 30, 24, 30],
  ])("to a climate whose set temperature is %s goes by that", (name, min, max, now, rest) => {
    const feature = numeric(name, "°C", { access: 7, value_min: min, value_max: max, value_step: 0.5 });
    const codec = bridge([entry("c", "0x9", [{ type: "climate", features: [feature] }])]);
    expect(values(codec, "zigbee2mqtt/c", { [name]: now, last_seen: SEEN })).toEqual({ setpoint: now, on: true });
    expect(sent(codec, "0x9", { setpoint: 22.2 })).toEqual([`zigbee2mqtt/c/set {"${name}":22}`]);
    expect(sent(codec, "0x9", { on: false })).toEqual([`zigbee2mqtt/c/set {"${name}":${rest}}`]);
    expect(values(codec, "zigbee2mqtt/c", { [name]: rest, last_seen: SEEN + 1000 })).toEqual({ setpoint: rest, on: false });
  });

  it("to switch off what can pause is a pause; what has neither says so", () => {
    const climate = (features: readonly unknown[], more: readonly unknown[] = []) => bridge([entry("c", "0x9", [{ type: "climate", features }, ...more])]);
    const heat = { type: "enum", name: "system_mode", property: "system_mode", access: 7, values: ["heat"] };
    const bosch = () =>
      climate([heat], [{ type: "enum", name: "operating_mode", property: "operating_mode", access: 7, values: ["schedule", "manual", "pause"] }]);
    expect(sent(bosch(), "0x9", { on: false })).toEqual(['zigbee2mqtt/c/set {"operating_mode":"pause"}']);
    expect(values(bosch(), "zigbee2mqtt/c", { operating_mode: "pause", system_mode: "heat" })).toEqual({ mode: "heat", on: false });
    expect(sent(climate([heat]), "0x9", { on: false })).toContain("It cannot be switched off");
    expect(sent(climate([heat], [sw()]), "0x9", { on: false })).toEqual(['zigbee2mqtt/c/set {"state":"OFF"}']);
  });

  it("is accepted by the bridge's echo, which is no report; the device's own word is one", () => {
    const codec = bridge();
    const plug = "zigbee2mqtt/office-3f/plug-printer";
    hear(codec, plug, SAYS.plug);
    set(codec, PLUG_AT, { on: false });
    const off = SAYS.plug.replace('"ON"', '"OFF"');
    expect(hear(codec, plug, off, { now: SEEN })).toEqual([
      { kind: "ack", address: PLUG_AT, command: "c1", accepted: true, error: null },
      { kind: "reply", message: { topic: `${plug}/get`, payload: '{"state":""}' } },
    ]);
    expect(hear(codec, plug, off, { now: SEEN })).toEqual([]);
    const own = hear(codec, plug, off.replace("21.138", "22.001"), { now: SEEN });
    expect(own).toMatchObject([{ kind: "said", address: PLUG_AT, said: { ts: SEEN + 863, values: { on: false } } }]);
    // Nothing is under way any more: what comes now is the device's own.
    expect(kinds(hear(codec, plug, off.replace("21.138", "22.001"), { now: SEEN }))).toEqual(["said"]);
  });

  it("of a bridge that does not say when is accepted by the first such word and reported by the next, after each asking", () => {
    const codec = bridge();
    const lamp = (state: string) => kinds(hear(codec, "zigbee2mqtt/lamp-301", { state }, { now: SEEN }));
    lamp("ON");
    for (let n = 0; n < 2; n++) {
      set(codec, "0x000b57fffe000004", { on: false });
      expect(lamp("ON")).toEqual(["said"]);
      expect(lamp("OFF")).toEqual(["ack", "reply"]);
    }
    expect(lamp("OFF")).toEqual(["said"]);
    set(codec, "0x000b57fffe000004", { on: true, brightness: 100 });
    const attribute = (key: string, text: string) => kinds(hear(bridgeOfAttributes, `zigbee2mqtt/lamp-301/${key}`, text, { now: SEEN }));
    const bridgeOfAttributes = bridge();
    set(bridgeOfAttributes, "0x000b57fffe000004", { on: true, brightness: 100 });
    expect([attribute("brightness", "254"), attribute("state", "ON"), attribute("state", "ON")]).toEqual([[], ["ack", "reply"], ["said"]]);
  });

  it("that the bridge could not deliver is refused with its sentence, by the device's name alone", () => {
    const codec = bridge();
    hear(codec, "zigbee2mqtt/ac-301", SAYS.ac);
    set(codec, PLUG_AT, { on: false });
    set(codec, AC_AT, { on: false });
    expect(hear(codec, "zigbee2mqtt/bridge/logging", ERROR.replace("'set'", "'get'"), { now: SEEN })).toEqual([]);
    const refused = hear(codec, "zigbee2mqtt/bridge/logging", ERROR, { now: SEEN });
    expect(refused).toEqual([{ kind: "ack", address: PLUG_AT, command: "c1", accepted: false, error: expect.stringContaining("(Delivery failed)") as string }]);
    expect(hear(codec, "zigbee2mqtt/bridge/logging", ERROR, { now: SEEN })).toEqual([]);
    const nonsense = `{"level":"error","message":"z2m: No converter available for 'nonsense' on 'ac-301': (1)"}`;
    expect(hear(codec, "zigbee2mqtt/bridge/logging", nonsense, { now: SEEN })).toMatchObject([{ address: AC_AT, accepted: false }]);
    set(codec, AC_AT, { on: false });
    expect(hear(codec, "zigbee2mqtt/bridge/logging", `{"level":"error","message":"z2m: Entity 'ac-301' is unknown"}`, { now: SEEN })).toHaveLength(1);
    set(codec, AC_AT, { on: false });
    expect(hear(codec, "zigbee2mqtt/bridge/logging", `{"level":"error","message":"z2m: Entity 'ac-301' is unknown"}`, { now: SEEN + 100_000 })).toEqual([]);
  });
});

it("throws at nothing and pollutes nothing", () => {
  fuzz(
    () => bridge(),
    [
      ["zigbee2mqtt/bridge/devices", [AC, PLUG]],
      ["zigbee2mqtt/bridge/devices", [WINDOW, LAMP, TRV]],
      ["zigbee2mqtt/bridge/groups", [{ id: 1, friendly_name: "all", members: [] }]],
      ["zigbee2mqtt/bridge/state", '{"state":"online"}'],
      ["zigbee2mqtt/bridge/logging", ERROR],
      ["zigbee2mqtt/office-3f/plug-printer", SAYS.plug],
      ["zigbee2mqtt/office-3f/plug-printer/availability", '{"state":"online"}'],
      ["zigbee2mqtt/motion-301", SAYS.motion],
      ["zigbee2mqtt/window-301", SAYS.window],
      ["zigbee2mqtt/ac-301", SAYS.ac],
      ["zigbee2mqtt/trv-301", SAYS.trv],
      ["zigbee2mqtt/lamp-301", SAYS.lamp],
      ["zigbee2mqtt/lamp-301/state", "ON"],
    ],
  );
});
