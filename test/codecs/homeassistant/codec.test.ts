/** Home Assistant discovery: configs and messages of real devices, as they were recorded. */
import { describe, expect, it } from "vitest";
import type { Codec, Heard } from "../../../server/codecs/codec.ts";
import { createHomeAssistant } from "../../../server/codecs/homeassistant/codec.ts";
import type { Description } from "../../../server/core/description.ts";
import type { PointValue } from "../../../server/core/reading.ts";
import { addressed, fuzz, hear } from "../../support/codec.ts";

type Json = Readonly<Record<string, unknown>>;
const create = () => createHomeAssistant("homeassistant");

/** A codec to which devices have described themselves. */
function told(...configs: readonly (readonly [topic: string, config: unknown])[]) {
  const codec = create();
  const heard = configs.flatMap(([topic, config]) => hear(codec, `homeassistant/${topic}/config`, config, { retained: true })!);
  return { codec, heard, ...asking(codec) };
}

function asking(codec: Codec) {
  const descriptions = (heard: readonly Heard[]): readonly Description[] => heard.flatMap((h) => (h.kind === "described" ? [h.description] : []));
  return {
    said: (topic: string, payload: unknown): Json =>
      Object.assign({}, ...(hear(codec, topic, payload) ?? []).flatMap((h) => (h.kind === "said" ? [h.said.values] : []))) as Json,
    sent(address: string, set: Readonly<Record<string, PointValue>>, values: Readonly<Record<string, PointValue>> = {}) {
      const encoded = codec.encode(addressed(address, null, values), set, "c1", 0);
      return encoded.kind === "cannot" ? encoded.why : encoded.messages.map((m) => `${m.topic} ${String(m.payload)}`);
    },
    /** The last description of a device. */
    about: (topic: string, config: unknown): Description => descriptions(hear(codec, `homeassistant/${topic}/config`, config)!).at(-1)!,
  };
}
const lastOf = (heard: readonly Heard[]): Description => heard.flatMap((h) => (h.kind === "described" ? [h.description] : [])).at(-1)!;
const point = (description: Description, name: string) => description.points.find((p) => p.name === name);

// Zigbee2MQTT 2.2.1, as captured.
const PLUG_DEVICE = {
  identifiers: ["zigbee2mqtt_0x0015bc002f000001"],
  manufacturer: "Develco",
  model: "Power plug",
  model_id: "SPLZB-131",
  name: "office-3f/plug-printer",
  via_device: "zigbee2mqtt_bridge_0x00124b00120144ae",
};
const PLUG_AVAILABILITY = {
  availability: [
    { topic: "zigbee2mqtt/bridge/state", value_template: "{{ value_json.state }}" },
    { topic: "zigbee2mqtt/office-3f/plug-printer/availability", value_template: "{{ value_json.state }}" },
  ],
  availability_mode: "all",
};
const ENERGY = `{"availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"},{"topic":"zigbee2mqtt/office-3f/plug-printer/availability","value_template":"{{ value_json.state }}"}],"availability_mode":"all","device":{"identifiers":["zigbee2mqtt_0x0015bc002f000001"],"manufacturer":"Develco","model":"Power plug","model_id":"SPLZB-131","name":"office-3f/plug-printer","via_device":"zigbee2mqtt_bridge_0x00124b00120144ae"},"device_class":"energy","enabled_by_default":true,"object_id":"office-3f/plug-printer_energy","origin":{"name":"Zigbee2MQTT","sw":"2.2.1","url":"https://www.zigbee2mqtt.io"},"state_class":"total_increasing","state_topic":"zigbee2mqtt/office-3f/plug-printer","unique_id":"0x0015bc002f000001_energy_zigbee2mqtt","unit_of_measurement":"kWh","value_template":"{{ value_json.energy }}"}`;
const SWITCH = {
  ...PLUG_AVAILABILITY,
  device: PLUG_DEVICE,
  command_topic: "zigbee2mqtt/office-3f/plug-printer/set",
  payload_off: "OFF",
  payload_on: "ON",
  state_topic: "zigbee2mqtt/office-3f/plug-printer",
  value_template: "{{ value_json.state }}",
};
const POWER = {
  ...PLUG_AVAILABILITY,
  device: PLUG_DEVICE,
  device_class: "power",
  state_class: "measurement",
  state_topic: "zigbee2mqtt/office-3f/plug-printer",
  unit_of_measurement: "W",
  value_template: "{{ value_json.power }}",
};
const PLUG_STATE = `{"ac_frequency":null,"current":0.27,"device_temperature":null,"energy":123.46,"last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"power":61,"power_on_behavior":null,"state":"ON","update":{"installed_version":-1,"latest_version":-1,"state":null},"voltage":229.81}`;
const plug = () =>
  told(
    ["sensor/0x0015bc002f000001/energy", ENERGY],
    ["switch/0x0015bc002f000001/switch", SWITCH],
    ["sensor/0x0015bc002f000001/power", POWER],
    ["update/0x0015bc002f000001/update", { device: PLUG_DEVICE, state_topic: "zigbee2mqtt/office-3f/plug-printer" }],
  );
const CONTACT = {
  device: { identifiers: ["zigbee2mqtt_0x00158d0000000003"], name: "window-301" },
  device_class: "door",
  payload_off: true,
  payload_on: false,
  state_topic: "zigbee2mqtt/window-301",
  value_template: "{{ value_json.contact }}",
};
const OWON = {
  device: { identifiers: ["zigbee2mqtt_0x3c6a2cfffe000005"], name: "ac-301" },
  name: null,
  min_temp: "8",
  max_temp: "30",
  temp_step: 1,
  modes: ["off", "heat", "cool", "auto", "dry", "fan_only"],
  mode_command_topic: "zigbee2mqtt/ac-301/set/system_mode",
  mode_state_topic: "zigbee2mqtt/ac-301",
  mode_state_template: "{{ value_json.system_mode }}",
  temperature_high_command_topic: "zigbee2mqtt/ac-301/set/occupied_cooling_setpoint",
  temperature_high_state_topic: "zigbee2mqtt/ac-301",
  temperature_high_state_template: "{{ value_json.occupied_cooling_setpoint }}",
  temperature_low_command_topic: "zigbee2mqtt/ac-301/set/occupied_heating_setpoint",
  temperature_low_state_topic: "zigbee2mqtt/ac-301",
  temperature_low_state_template: "{{ value_json.occupied_heating_setpoint }}",
  current_temperature_topic: "zigbee2mqtt/ac-301",
  current_temperature_template: "{{ value_json.local_temperature }}",
  temperature_unit: "C",
};
const AC_STATE = `{"fan_mode":"auto","fan_state":"ON","last_seen":"2026-11-22T22:03:21.138Z","linkquality":120,"local_temperature":26.8,"occupied_cooling_setpoint":24,"system_mode":"cool"}`;
const LAMP = {
  device: { identifiers: ["zigbee2mqtt_0x000b57fffe000004"], name: "lamp-301" },
  schema: "json",
  brightness: true,
  brightness_scale: 254,
  supported_color_modes: ["color_temp"],
  command_topic: "zigbee2mqtt/lamp-301/set",
  state_topic: "zigbee2mqtt/lamp-301",
};
// ESPHome, composed from its source (the evidence says so).
const ESPHOME = `{"curr_temp_t":"ac-301/climate/ac/current_temperature/state","mode_cmd_t":"ac-301/climate/ac/mode/command","mode_stat_t":"ac-301/climate/ac/mode/state","modes":["auto","off","cool","heat","fan_only","dry"],"temp_cmd_t":"ac-301/climate/ac/target_temperature/command","temp_stat_t":"ac-301/climate/ac/target_temperature/state","min_temp":16,"max_temp":30,"temp_step":0.5,"act_t":"ac-301/climate/ac/action/state","name":"AC","avty_t":"ac-301/status","uniq_id":"ESPclimateac","dev":{"ids":"a1b2c3d4e5f6","name":"ac-301","sw":"2025.x (config hash 0x…)","mdl":"esp32dev","mf":"Espressif","sa":"Room 301","cns":[["mac","a1b2c3d4e5f6"]]}}`;
const ESP_SENSOR = {
  dev_cla: "power",
  unit_of_meas: "W",
  stat_cla: "measurement",
  name: "Power",
  stat_t: "~/sensor/power/state",
  "~": "ac-301",
  avty_t: "~/status",
  uniq_id: "ESPsensorpower",
  dev: { ids: "a1b2c3d4e5f6", name: "ac-301" },
};

describe("a plug as Zigbee2MQTT offers it", () => {
  it("is one device of all its configs, known by its hardware", () => {
    const description = lastOf(plug().heard);
    expect(description).toMatchObject({
      address: "zigbee2mqtt_0x0015bc002f000001",
      name: "office-3f/plug-printer",
      hardware: ["ieee:0x0015bc002f000001"],
      maker: "Develco",
      model: "Power plug",
      kind: "plug",
      topic: "zigbee2mqtt/office-3f/plug-printer",
      openLoop: false,
      unread: [],
    });
    expect(description.points.map((p) => [p.name, p.unit, p.writable])).toEqual([
      ["energy", "kWh", false],
      ["power", "W", false],
      ["on", null, true],
    ]);
    expect(plug().heard.findLast((h) => h.kind === "listen")).toEqual({
      kind: "listen",
      filters: ["zigbee2mqtt/bridge/state", "zigbee2mqtt/office-3f/plug-printer/availability", "zigbee2mqtt/office-3f/plug-printer"],
    });
  });

  it("says its values in one word for all its entities", () => {
    const { codec } = plug();
    expect(hear(codec, "zigbee2mqtt/office-3f/plug-printer", PLUG_STATE)).toEqual([
      { kind: "said", address: "zigbee2mqtt_0x0015bc002f000001", said: { ts: null, values: { energy: 123.46, on: true, power: 61 } } },
    ]);
    expect(hear(codec, "zigbee2mqtt/another", PLUG_STATE)).toBeNull();
  });

  it("has null for what was never measured, and nothing for what is not in a message", () => {
    const { said } = plug();
    expect(said("zigbee2mqtt/office-3f/plug-printer", { energy: null, state: "OFF" })).toEqual({ energy: null, on: false });
  });

  it("is there only while its bridge and it are", () => {
    const { codec } = plug();
    const availability = (topic: string, state: string) => hear(codec, topic, { state });
    expect(availability("zigbee2mqtt/bridge/state", "online")).toEqual([]);
    expect(availability("zigbee2mqtt/office-3f/plug-printer/availability", "online")).toMatchObject([{ kind: "availability", online: true }]);
    expect(availability("zigbee2mqtt/bridge/state", "offline")).toMatchObject([{ kind: "availability", online: false }]);
    expect(availability("zigbee2mqtt/bridge/state", "offline")).toEqual([]);
  });

  it("is switched in its own words", () => {
    expect(plug().sent("zigbee2mqtt_0x0015bc002f000001", { on: false })).toEqual(["zigbee2mqtt/office-3f/plug-printer/set OFF"]);
    expect(plug().sent("zigbee2mqtt_0x0015bc002f000001", { power: 5 })).toContain("offers nothing by which power could be set");
    expect(plug().sent("nobody", { on: false })).toContain("has not described itself");
  });

  it("is gone when its configs are taken away, one by one", () => {
    const { codec } = plug();
    const empty = (topic: string) => hear(codec, `homeassistant/${topic}/config`, "");
    expect(empty("switch/0x0015bc002f000001/switch")).toMatchObject([{ kind: "described" }]);
    expect(asking(codec).said("zigbee2mqtt/office-3f/plug-printer", PLUG_STATE)).toEqual({ energy: 123.46, power: 61 });
    empty("sensor/0x0015bc002f000001/power");
    expect(empty("sensor/0x0015bc002f000001/energy")).toEqual([{ kind: "gone", address: "zigbee2mqtt_0x0015bc002f000001" }]);
    expect(hear(codec, "zigbee2mqtt/office-3f/plug-printer", PLUG_STATE)).toBeNull();
    expect(empty("sensor/0x0015bc002f000001/energy")).toEqual([]);
  });

  it("describes itself anew at every birth, and each time alike", () => {
    const { codec, heard } = plug();
    const again = hear(codec, "homeassistant/sensor/0x0015bc002f000001/energy/config", ENERGY)!;
    expect(lastOf(again)).toEqual(lastOf(heard));
    expect(again.map((h) => h.kind)).toEqual(["described", "listen"]);
    expect(codec.greet!()).toEqual([{ topic: "homeassistant/status", payload: "online" }]);
  });
});

describe("other devices of Zigbee2MQTT", () => {
  it("a window whose JSON false is the rendered False", () => {
    const { said, heard } = told(["binary_sensor/0x00158d0000000003/contact", CONTACT]);
    // It speaks when it changes; whoever has a sensor speaks by itself.
    expect(lastOf(heard)).toMatchObject({ kind: "contact", interval: 30_000 });
    expect(lastOf(plug().heard).interval).toBeNull();
    expect(said("zigbee2mqtt/window-301", `{"battery":null,"contact":false,"device_temperature":null,"linkquality":120}`)).toEqual({ open: true });
    expect(said("zigbee2mqtt/window-301", { contact: true })).toEqual({ open: false });
    expect(said("zigbee2mqtt/window-301", { contact: null })).toEqual({ open: null });
    expect(said("zigbee2mqtt/window-301", { battery: 3 })).toEqual({});
    // The same in words.
    const words = told(["binary_sensor/0x00158d0000000003/contact", { ...CONTACT, payload_off: "true", payload_on: "false" }]);
    expect([words.said("zigbee2mqtt/window-301", { contact: false }), words.said("zigbee2mqtt/window-301", { contact: true })]).toEqual([
      { open: true },
      { open: false },
    ]);
  });

  it("an air conditioner with texts for numbers and two setpoints, of which its mode says the one", () => {
    const { said, sent, heard } = told(["climate/0x3c6a2cfffe000005/climate", OWON]);
    expect(lastOf(heard)).toMatchObject({ kind: "ac", unread: [], hardware: ["ieee:0x3c6a2cfffe000005"] });
    expect(point(lastOf(heard), "setpoint")).toMatchObject({ min: 8, max: 30, unit: "°C", writable: true });
    expect(point(lastOf(heard), "mode")?.values).toEqual(["off", "heat", "cool", "auto", "dry", "fan"]);
    expect(said("zigbee2mqtt/ac-301", AC_STATE)).toEqual({ on: true, mode: "cool", setpoint: 24, temperature: 26.8 });
    const ac = (set: Readonly<Record<string, PointValue>>) => sent("zigbee2mqtt_0x3c6a2cfffe000005", set);
    expect(ac({ setpoint: 26 })).toEqual(["zigbee2mqtt/ac-301/set/occupied_cooling_setpoint 26"]);
    expect(ac({ mode: "heat", setpoint: 20 })).toEqual(["zigbee2mqtt/ac-301/set/system_mode heat", "zigbee2mqtt/ac-301/set/occupied_heating_setpoint 20"]);
    expect(ac({ on: false })).toEqual(["zigbee2mqtt/ac-301/set/system_mode off"]);
    expect(ac({ mode: "fan" })).toEqual(["zigbee2mqtt/ac-301/set/system_mode fan_only"]);
    expect(ac({ setpoint: 31 })).toBe("Its setpoint goes from 8 to 30 °C.");
    expect(ac({ setpoint: 25.5 })).toBe("Its setpoint goes in steps of 1 °C.");
    expect(ac({ mode: "turbo" })).toBe("Its modes are off, heat, cool, auto, dry, fan_only.");
    expect(said("zigbee2mqtt/ac-301", { system_mode: "off" })).toMatchObject({ on: false, mode: "off" });
    expect(ac({ on: true })).toEqual(["zigbee2mqtt/ac-301/set/system_mode cool"]);
  });

  it("that ran in no mode since the start is not switched on by guess", () => {
    const { sent } = told(["climate/0x3c6a2cfffe000005/climate", OWON]);
    expect(sent("zigbee2mqtt_0x3c6a2cfffe000005", { on: true })).toContain("ask for a mode");
    expect(sent("zigbee2mqtt_0x3c6a2cfffe000005", { on: true }, { mode: "heat" })).toEqual(["zigbee2mqtt/ac-301/set/system_mode heat"]);
  });

  it("a lamp in the json schema, by its own scale", () => {
    const { said, sent, heard } = told(["light/0x000b57fffe000004/light", LAMP]);
    expect(lastOf(heard).kind).toBe("light");
    expect(said("zigbee2mqtt/lamp-301", `{"brightness":80,"color_options":null,"effect":null,"linkquality":120,"state":"ON"}`)).toEqual({
      on: true,
      brightness: 31,
    });
    const lamp = (set: Readonly<Record<string, PointValue>>) => sent("zigbee2mqtt_0x000b57fffe000004", set);
    expect(lamp({ on: false })).toEqual(['zigbee2mqtt/lamp-301/set {"state":"OFF"}']);
    expect(lamp({ on: true, brightness: 50 })).toEqual(['zigbee2mqtt/lamp-301/set {"state":"ON","brightness":127}']);
    expect(lamp({ brightness: 0 })).toEqual(['zigbee2mqtt/lamp-301/set {"state":"OFF"}']);
    expect(lamp({ brightness: 101 })).toBe("Its brightness goes from 0 to 100 %.");
  });
});

describe("ESPHome", () => {
  const esp = () => told(["climate/ac-301/ac", ESPHOME], ["sensor/ac-301/power", ESP_SENSOR]);

  it("describes itself in short words, with its identifier as a text", () => {
    const description = lastOf(esp().heard);
    expect(description).toMatchObject({
      address: "a1b2c3d4e5f6",
      name: "ac-301",
      area: "Room 301",
      kind: "ac",
      hardware: ["mac:a1b2c3d4e5f6"],
      maker: "Espressif",
      model: "esp32dev",
    });
    expect(description.points.map((p) => p.name).sort()).toEqual(["ac_action", "mode", "on", "power", "setpoint", "temperature"]);
  });

  it("says one value per topic, in plain text", () => {
    const { said } = esp();
    expect(said("ac-301/sensor/power/state", "61.2")).toEqual({ power: 61.2 });
    expect(said("ac-301/climate/ac/mode/state", "cool")).toEqual({ on: true, mode: "cool" });
    expect(said("ac-301/climate/ac/target_temperature/state", "24.0")).toEqual({ on: true, mode: "cool", setpoint: 24 });
    expect(said("ac-301/climate/ac/current_temperature/state", "26.8")).toEqual({ temperature: 26.8 });
    expect(said("ac-301/climate/ac/action/state", "cooling")).toEqual({ ac_action: "cooling" });
    expect(said("ac-301/sensor/power/state", "nan")).toEqual({ power: "nan" });
    expect(said("ac-301/climate/ac/mode/state", "off")).toMatchObject({ on: false, mode: "off" });
  });

  it("that is there stands as the broker kept it, but for what it measures; whoever is away or says nothing of it does not", () => {
    const { codec } = esp();
    const kept = (topic: string, text: string) =>
      hear(codec, topic, text, { retained: true })!.map((h) => h.kind === "said" && [h.said.values, h.said.stands ?? false]);
    expect(kept("ac-301/climate/ac/mode/state", "cool")).toEqual([[{ on: true, mode: "cool" }, false]]);
    hear(codec, "ac-301/status", "online", { retained: true });
    expect(kept("ac-301/climate/ac/mode/state", "cool")).toEqual([[{ on: true, mode: "cool" }, true]]);
    expect(kept("ac-301/sensor/power/state", "61.2")).toEqual([[{ power: 61.2 }, false]]);
    hear(codec, "ac-301/status", "offline");
    expect(kept("ac-301/climate/ac/mode/state", "cool")).toEqual([[{ on: true, mode: "cool" }, false]]);
  });

  it("is away with its will, and commanded on its command topics", () => {
    const { codec, sent } = esp();
    expect(hear(codec, "ac-301/status", "offline")).toEqual([{ kind: "availability", address: "a1b2c3d4e5f6", online: false }]);
    expect(hear(codec, "ac-301/status", "online")).toEqual([{ kind: "availability", address: "a1b2c3d4e5f6", online: true }]);
    expect(sent("a1b2c3d4e5f6", { mode: "off" })).toEqual(["ac-301/climate/ac/mode/command off"]);
    expect(sent("a1b2c3d4e5f6", { setpoint: 26 })).toEqual(["ac-301/climate/ac/target_temperature/command 26"]);
  });

  it("two nodes whose unique ids are the same are two devices", () => {
    const other = ESPHOME.replaceAll("ac-301", "ac-302").replaceAll("a1b2c3d4e5f6", "a1b2c3d4e5f7");
    const { said, codec } = told(["climate/ac-301/ac", ESPHOME], ["climate/ac-302/ac", other]);
    said("ac-301/climate/ac/mode/state", "cool");
    expect(hear(codec, "ac-302/climate/ac/mode/state", "heat")).toMatchObject([{ address: "a1b2c3d4e5f7", said: { values: { mode: "heat" } } }]);
  });

  it("a binary sensor of a window", () => {
    const { said } = told([
      "binary_sensor/ac-301/window",
      { stat_t: "ac-301/binary_sensor/window/state", dev_cla: "window", name: "Window", dev: { ids: "a1b2c3d4e5f6", name: "ac-301" } },
    ]);
    expect(said("ac-301/binary_sensor/window/state", "OFF")).toEqual({ open: false });
    expect(said("ac-301/binary_sensor/window/state", "ON")).toEqual({ open: true });
  });
});

describe("a device in one config", () => {
  const DEVICE = {
    dev: { ids: ["meter-1"], name: "Meter" },
    o: { name: "some" },
    "~": "m/1",
    avty_t: "~/lwt",
    cmps: {
      w: { p: "sensor", dev_cla: "power", unit_of_meas: "kW", stat_t: "~/w", uniq_id: "w" },
      e: { p: "sensor", dev_cla: "energy", unit_of_meas: "Wh", stat_cla: "total_increasing", stat_t: "~/e", uniq_id: "e", exp_aft: 600 },
      ev: { p: "event", stat_t: "~/ev" },
    },
  };

  it("is what its components are, in the office's units", () => {
    const { said, heard } = told(["device/meter", DEVICE]);
    expect(lastOf(heard)).toMatchObject({ address: "meter-1", kind: "meter", interval: 200 });
    expect(said("m/1/w", "0.0612")).toEqual({ power: 61.2 });
    expect(said("m/1/e", "123456")).toEqual({ energy: 123.456 });
    expect(said("m/1/ev", "x")).toEqual({});
  });

  it("loses a component of which only the platform is left, and all with an empty payload", () => {
    const { codec, about } = told(["device/meter", DEVICE]);
    expect(about("device/meter", { ...DEVICE, cmps: { ...DEVICE.cmps, e: { p: "sensor" } } }).points.map((p) => p.name)).toEqual(["power"]);
    expect(about("device/meter", { ...DEVICE, cmps: { e: DEVICE.cmps.e } }).points.map((p) => p.name)).toEqual(["energy"]);
    expect(hear(codec, "homeassistant/device/meter/config", "")).toEqual([{ kind: "gone", address: "meter-1" }]);
  });

  it("that moves to another device leaves the one that it was of", () => {
    const { codec } = told(["sensor/x/power", { ...ESP_SENSOR, dev: { ids: "old" } }]);
    const heard = hear(codec, "homeassistant/sensor/x/power/config", { ...ESP_SENSOR, dev: { ids: "new" } })!;
    expect(heard.map((h) => (h.kind === "described" ? h.description.address : h.kind === "gone" ? `${h.address} is gone` : h.kind))).toEqual([
      "old is gone",
      "new",
      "listen",
    ]);
  });
});

describe("who has the office's words", () => {
  const sensor = (topic: string, more: Json = {}): Json => ({
    device_class: "energy",
    unit_of_measurement: "kWh",
    state_class: "total_increasing",
    state_topic: topic,
    device: { ids: "d" },
    ...more,
  });

  it("the total, not today's; what only measures is no counter; diagnostics never", () => {
    const { said } = told(
      ["sensor/d/energy_today", sensor("t/today")],
      ["sensor/d/energy_total", sensor("t/total")],
      ["sensor/d/stored", sensor("t/stored", { state_class: "measurement" })],
      [
        "sensor/d/voltage",
        { device_class: "voltage", unit_of_measurement: "mV", entity_category: "diagnostic", state_topic: "t/battery", device: { ids: "d" } },
      ],
    );
    expect([said("t/today", "1"), said("t/total", "2"), said("t/stored", "3"), said("t/battery", "2900")]).toEqual([
      { energy_today: 1 },
      { energy: 2 },
      { stored: 3 },
      { sensor_voltage: 2.9 },
    ]);
  });

  it("none that begins anew by itself, which is said", () => {
    const { said, heard } = told(["sensor/d/energy", sensor("t/e", { state_class: "total", last_reset_value_template: "{{ value_json.since }}" })]);
    expect(said("t/e", "3.5")).toEqual({ sensor_energy: 3.5 });
    expect(lastOf(heard).unread[0]).toContain("last_reset");
  });

  it("none of several that are all the same, which is said", () => {
    const { said, heard } = told(
      ["sensor/d/power_1", sensor("t/1", { device_class: "power", unit_of_measurement: "W", state_class: "measurement" })],
      ["sensor/d/power_2", sensor("t/2", { device_class: "power", unit_of_measurement: "W", state_class: "measurement" })],
    );
    expect([said("t/1", "1"), said("t/2", "2")]).toEqual([{ power_1: 1 }, { power_2: 2 }]);
    expect(lastOf(heard).unread).toEqual(["power: power_1, power_2 all tell it, so none of them is taken for the device's"]);
  });

  it("several switches are one: on while any is, off when all are", () => {
    const gang = (side: string) => ({
      command_topic: `s/set/${side}`,
      state_topic: "s",
      value_template: `{{ value_json.state_${side} }}`,
      device: { ids: "d" },
    });
    const { said, sent, heard } = told(["switch/d/left", gang("left")], ["switch/d/right", gang("right")]);
    expect(said("s", { state_left: "ON", state_right: "OFF" })).toEqual({ left: true, right: false, on: true });
    expect(said("s", { state_left: "OFF" })).toEqual({ left: false, on: false });
    expect(sent("d", { on: false })).toEqual(["s/set/left OFF", "s/set/right OFF"]);
    expect(sent("d", { right: true })).toEqual(["s/set/right ON"]);
    expect(lastOf(heard).unread).toEqual([]);
  });

  it("a unit that is not known leaves the value as it is, and says so", () => {
    const { said, heard } = told([
      "sensor/d/illuminance",
      sensor("t/lux", { device_class: "illuminance", unit_of_measurement: "%", state_class: "measurement" }),
    ]);
    expect(said("t/lux", "44")).toEqual({ sensor_illuminance: 44 });
    expect(lastOf(heard).unread).toEqual(['illuminance: unit_of_measurement: "%" of illuminance is not known here, so its values stay as they are']);
  });

  it.each([
    ["gas", "m³", "12.5", { gas: 12.5 }],
    ["water", "L", "12500", { volume: 12.5 }],
    ["water", "gal", "100", { volume: 0.378541178 }],
    ["volume_flow_rate", "m³/h", "0.6", { flow: 10 }],
    ["temperature", "°F", "77", { temperature: 25 }],
    ["water", "m³", "123.529 m3", { volume: 123.529 }],
    ["energy", "kWh", "unavailable", { energy: null }],
    ["humidity", "%", "55", { humidity: 55 }],
    ["carbon_dioxide", "ppm", "612", { s: 612 }],
  ])("%s in %s", (device_class, unit_of_measurement, text, wanted) => {
    const values = told(["sensor/d/s", sensor("t", { device_class, unit_of_measurement })]).said("t", text);
    expect(Object.keys(values)).toEqual(Object.keys(wanted));
    for (const [name, value] of Object.entries(wanted)) {
      if (value === null) expect(values[name]).toBeNull();
      else expect(values[name]).toBeCloseTo(value, 8);
    }
  });

  it("motion is presence where nothing better tells it; what never says that it is over ends by its off_delay", () => {
    const binary = (device_class: string, topic: string, more = {}) => ({ device_class, state_topic: topic, device: { ids: "d" }, ...more });
    const { said } = told(["binary_sensor/d/motion", binary("motion", "t/m")], ["binary_sensor/d/radar", binary("presence", "t/r")]);
    expect([said("t/m", "ON"), said("t/r", "OFF")]).toEqual([{ motion: true }, { occupied: false }]);
    // As Tasmota's own discovery wrote it for a PIR (SwitchMode 13).
    const pulse = told(["binary_sensor/d/motion", binary("motion", "t/m", { off_dly: 1, frc_upd: true, exp_aft: 600 })]);
    expect(pulse.said("t/m", "ON")).toEqual({ occupied: true });
    expect(lastOf(pulse.heard)).toMatchObject({
      lapses: [
        { point: "occupied", seconds: 1, to: "false" },
        { point: "occupied", seconds: 600, to: "unknown" },
      ],
      unread: [],
    });
    expect(lastOf(told(["binary_sensor/d/motion", binary("motion", "t/m", { off_delay: "soon", expire_after: 0 })]).heard).lapses).toBeUndefined();
  });
});

describe("what commands", () => {
  const d = { device: { ids: "d" } };

  it("a valve by position, by words, and by JSON", () => {
    const position = told(["valve/d/valve", { ...d, reports_position: true, state_topic: "v", command_topic: "v/set" }]);
    expect(["0", "40", `{"position":0}`, `{"state":"opening","position":3}`, ""].map((p) => position.said("v", p)["valve"])).toEqual([
      "closed",
      "open",
      "closed",
      "open",
      undefined,
    ]);
    expect(position.sent("d", { valve: "closed" })).toEqual(["v/set 0"]);
    const words = told(["valve/d/valve", { ...d, stat_t: "v", cmd_t: "v/set", stat_open: "1", stat_clsd: "0", pl_cls: "SHUT" }]);
    expect(["1", "0", "2"].map((p) => words.said("v", p)["valve"])).toEqual(["open", "closed", undefined]);
    expect(words.sent("d", { valve: "closed" })).toEqual(["v/set SHUT"]);
    expect(words.sent("d", { valve: "half" })).toBe("A valve is open or closed.");
  });

  it("a lamp of the default schema: which of its two messages comes first", () => {
    const config = { ...d, cmd_t: "l/set", stat_t: "l", bri_cmd_t: "l/b/set", bri_stat_t: "l/b", bri_scl: 100 };
    const lamp = told(["light/d/light", config]);
    expect([lamp.said("l", "ON"), lamp.said("l/b", "40")]).toEqual([{ on: true }, { brightness: 40 }]);
    expect(lamp.sent("d", { brightness: 60 })).toEqual(["l/b/set 60", "l/set ON"]);
    expect(lamp.sent("d", { on: true })).toEqual(["l/set ON"]);
    expect(told(["light/d/light", { ...config, on_cmd_type: "first" }]).sent("d", { brightness: 60 })).toEqual(["l/set ON", "l/b/set 60"]);
    expect(told(["light/d/light", { ...config, on_cmd_type: "brightness" }]).sent("d", { on: true }, { brightness: 30 })).toEqual(["l/b/set 30"]);
    expect(told(["light/d/light", { ...d, cmd_t: "l/set" }]).sent("d", { brightness: 60 })).toContain("brightness");
  });

  it("a lamp of the template schema", () => {
    const lamp = told([
      "light/d/light",
      {
        ...d,
        schema: "template",
        cmd_t: "l/set",
        stat_t: "l",
        stat_tpl: "{{ value_json.s }}",
        bri_tpl: "{{ value_json.b }}",
        cmd_on_tpl: "on{% if brightness is defined %},{{ brightness }}{% endif %}",
        cmd_off_tpl: "off",
      },
    ]);
    expect(lamp.said("l", { s: "on", b: 255 })).toEqual({ on: true, brightness: 100 });
    expect([lamp.sent("d", { on: true }), lamp.sent("d", { brightness: 50 }), lamp.sent("d", { on: false })]).toEqual([
      ["l/set on"],
      ["l/set on,127"],
      ["l/set off"],
    ]);
  });

  it("a heater without off rests at its lowest setpoint, and is on above it", () => {
    const danfoss = { ...d, modes: ["heat"], min_temp: 5, max_temp: 35, mode_stat_t: "t/m", mode_cmd_t: "t/m/set", temp_stat_t: "t/s", temp_cmd_t: "t/s/set" };
    const { said, sent } = told(["climate/d/trv", danfoss]);
    expect(sent("d", { on: true })).toContain("ask for a setpoint");
    expect(said("t/s", "21")).toEqual({ on: true, setpoint: 21 });
    expect(sent("d", { on: false })).toEqual(["t/s/set 5"]);
    expect(said("t/s", "5")).toEqual({ on: false, setpoint: 5 });
    expect(sent("d", { on: true })).toEqual(["t/s/set 21"]);
    expect(sent("d", { mode: "off" })).toEqual(["t/s/set 5"]);
  });

  it("what has no off and nothing near it says so", () => {
    const { sent, heard } = told([
      "climate/d/c",
      { ...d, modes: ["heat", "cool"], mode_stat_t: "m", mode_cmd_t: "m/set", temp_cmd_t: "s/set", temp_stat_t: "s" },
    ]);
    expect(point(lastOf(heard), "on")).toBeUndefined();
    expect(sent("d", { mode: "off" })).toBe("It has no way to be off, and nothing that comes near: its modes are heat, cool.");
  });

  it("a climate with a power topic, in Fahrenheit, through a command template", () => {
    const { said, sent, heard } = told([
      "climate/d/c",
      {
        ...d,
        modes: ["cool", "fan_only"],
        temp_unit: "F",
        min_temp: 60,
        max_temp: 86,
        pow_cmd_t: "p/set",
        pl_off: "0",
        mode_stat_t: "m",
        mode_cmd_t: "m/set",
        temp_stat_t: "s",
        temp_cmd_t: "s/set",
        temp_cmd_tpl: `{"t":{{ value }}}`,
        curr_temp_t: "r",
      },
    ]);
    expect(point(lastOf(heard), "setpoint")).toMatchObject({ unit: "°F", min: 15.6, max: 30 });
    expect([said("m", "cool"), said("s", "77"), said("r", "80.6")]).toEqual([
      { on: true, mode: "cool" },
      { on: true, mode: "cool", setpoint: 25 },
      { temperature: 27 },
    ]);
    expect(sent("d", { on: false })).toEqual(["p/set 0"]);
    expect(sent("d", { setpoint: 26 })).toEqual(['s/set {"t":79}']);
  });

  it("a water heater is a boiler", () => {
    const { said, sent, heard } = told([
      "water_heater/d/w",
      {
        ...d,
        mode_stat_t: "m",
        mode_cmd_t: "m/set",
        modes: ["off", "eco"],
        temp_stat_t: "s",
        temp_cmd_t: "s/set",
        curr_temp_t: "r",
        min_temp: 30,
        max_temp: 70,
      },
    ]);
    expect(lastOf(heard).kind).toBe("boiler");
    expect([said("m", "eco"), said("s", "55"), said("r", "48.5")]).toEqual([
      { on: true, w_mode: "eco" },
      { on: true, w_mode: "eco", setpoint: 55 },
      { supply: 48.5 },
    ]);
    expect(sent("d", { on: false })).toEqual(["m/set off"]);
  });

  it("a fan and an outlet are no lamps; settings have their own names and bounds", () => {
    const { sent, heard } = told(
      ["fan/d/fan", { ...d, cmd_t: "f/set", stat_t: "f" }],
      ["number/d/delay", { ...d, cmd_t: "n/set", stat_t: "n", min: 0, max: 10, ent_cat: "config" }],
      ["select/d/program", { ...d, cmd_t: "o/set", stat_t: "o", ops: ["eco", "day"] }],
    );
    expect(lastOf(heard).kind).toBe("plug");
    expect(point(lastOf(heard), "delay")).toMatchObject({ writable: true, min: 0, max: 10 });
    expect([sent("d", { delay: 11 }), sent("d", { delay: 4 }), sent("d", { program: "x" }), sent("d", { program: "eco", on: true })]).toEqual([
      "It takes numbers from 0 to 10.",
      ["n/set 4"],
      'It knows eco, day; "x" is none of them.',
      ["o/set eco", "f/set ON"],
    ]);
  });

  it("what tells no state is open-loop", () => {
    const { heard, sent } = told(["switch/d/ir", { ...d, cmd_t: "ir/set", pl_off: "POWER_OFF", cmd_tpl: `{"send":{{ value | tojson }}}` }]);
    expect(lastOf(heard).openLoop).toBe(true);
    expect(sent("d", { on: false })).toEqual(['ir/set {"send":"POWER_OFF"}']);
  });
});

describe("what is not believed", () => {
  const d = { device: { ids: "d" } };

  it.each(["jieyue/hall/ac-301/set", "jieyue", "/jieyue/x", "$SYS/x", "a/+/b", "#", "", "x".repeat(500), 5])(
    "a topic such as %s is neither heard nor spoken on",
    (topic) => {
      const { heard, sent, codec } = told(["switch/d/s", { ...d, state_topic: topic, command_topic: topic, availability_topic: topic }]);
      expect(heard.filter((h) => h.kind === "listen")).toEqual([]);
      expect(sent("d", { on: true })).toContain("offers nothing");
      expect(hear(codec, String(topic), "ON")).toBeNull();
      if (topic !== "") expect(lastOf(heard).unread.length).toBe(3);
    },
  );

  it("not by ~ either", () => {
    expect(told(["switch/d/s", { ...d, "~": "jieyue/hall", cmd_t: "~/ac-301/set", stat_t: "x" }]).sent("d", { on: true })).toContain("offers nothing");
  });

  it("our own offers are nobody's device", () => {
    const ours = { state_topic: "x", origin: { name: "Jieyue" }, ...d };
    expect(told(["sensor/jieyue_hall/power", ours], ["device/jieyue", { o: { name: "Jieyue" }, cmps: { a: { p: "sensor", stat_t: "x" } } }]).heard).toEqual([]);
  });

  it("a template outside of what is read leaves the device visible, with why", () => {
    const { heard, said } = told([
      "sensor/d/power",
      { ...d, device_class: "power", unit_of_measurement: "W", state_topic: "p", value_template: "{{ states('sensor.x') }}" },
    ]);
    expect(lastOf(heard)).toMatchObject({
      address: "d",
      unread: [`power: value_template: the function "states" is not known here ({{ states('sensor.x') }})`],
    });
    expect(said("p", "5")).toEqual({});
    expect(lastOf(told(["cover/d/blind", { ...d, command_topic: "x" }]).heard).unread).toEqual([
      'blind: "cover" is a kind of entity that nothing is read of here',
    ]);
  });

  it.each([
    ["homeassistant/sensor/config", "bad-topic", "{}"],
    ["homeassistant/sensor/a/b/c/config", "bad-topic", "{}"],
    ["homeassistant/sensor/a b/config", "bad-topic", "{}"],
    ["homeassistant/sensor/a/config", "malformed", "{"],
    ["homeassistant/sensor/a/config", "malformed", "[]"],
    ["homeassistant/sensor/a/config", "oversized", " ".repeat(70_000)],
  ])("%s is %s", (topic, fate, payload) => expect(hear(create(), topic, payload)).toMatchObject([{ kind: "rejected", fate }]));

  it("a config that cannot be read leaves what was known", () => {
    const { codec, said } = told(["sensor/d/power", { ...ESP_SENSOR }]);
    hear(codec, "homeassistant/sensor/d/power/config", "{");
    expect(said("ac-301/sensor/power/state", "5")).toEqual({ power: 5 });
  });

  it("a payload in which its template finds nothing is counted where it is no JSON", () => {
    const { codec } = told(["sensor/d/power", { ...d, device_class: "power", state_topic: "p", value_template: "{{ value_json.power }}" }]);
    expect(hear(codec, "p", "overload")).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
    expect(hear(codec, "p", "{}")).toEqual([]);
  });

  it("more entities than one device can have are refused", () => {
    const heard = Array.from({ length: 301 }, (_, i) => [`sensor/d/s${i}`, { ...d, state_topic: `t/${i}` }] as const);
    expect(told(...heard).heard.at(-1)).toMatchObject({ kind: "rejected", fate: "too-many-devices" });
  });

  it("availability: any, latest", () => {
    const places = [{ t: "a", pl_avail: "yes", pl_not_avail: "no" }, { t: "b" }];
    const any = told(["sensor/d/s", { ...d, state_topic: "t", avty: places, avty_mode: "any" }]);
    const online = (codec: Codec, topic: string, payload: string) => hear(codec, topic, payload)!.map((h) => h.kind === "availability" && h.online);
    expect([online(any.codec, "a", "no"), online(any.codec, "b", "offline"), online(any.codec, "a", "yes"), online(any.codec, "a", "perhaps")]).toEqual([
      [],
      [false],
      [true],
      [],
    ]);
    const latest = told(["sensor/d/s", { ...d, state_topic: "t", avty: places }]);
    expect([online(latest.codec, "a", "yes"), online(latest.codec, "b", "offline"), online(latest.codec, "a", "yes")]).toEqual([[true], [false], [true]]);
  });
});

describe("mutated messages", () => {
  it("throw nothing, pollute nothing, and are answered with sentences", () => {
    fuzz(create, [
      ["homeassistant/sensor/0x0015bc002f000001/energy/config", ENERGY],
      ["homeassistant/switch/0x0015bc002f000001/switch/config", SWITCH],
      ["homeassistant/binary_sensor/0x00158d0000000003/contact/config", CONTACT],
      ["homeassistant/climate/0x3c6a2cfffe000005/climate/config", OWON],
      ["homeassistant/light/0x000b57fffe000004/light/config", LAMP],
      ["homeassistant/climate/ac-301/ac/config", ESPHOME],
      ["homeassistant/sensor/ac-301/power/config", ESP_SENSOR],
      ["homeassistant/sensor/ac-301/power/config", ""],
      [
        "homeassistant/device/meter/config",
        { dev: { ids: ["m"] }, o: { name: "x" }, cmps: { w: { p: "sensor", stat_t: "m/w", val_tpl: "{{ float(value) * 99 + 1 }}" } } },
      ],
      ["zigbee2mqtt/office-3f/plug-printer", PLUG_STATE],
      ["zigbee2mqtt/ac-301", AC_STATE],
      ["zigbee2mqtt/window-301", { contact: false }],
      ["zigbee2mqtt/bridge/state", { state: "online" }],
      ["ac-301/climate/ac/mode/state", "cool"],
      ["ac-301/sensor/power/state", "61.2"],
      ["m/w", "1"],
    ]);
  });
});
