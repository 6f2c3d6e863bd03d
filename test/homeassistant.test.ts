/** Devices that describe themselves by Home Assistant discovery, in the whole server: found, adopted, governed; and no device twice. */
import { afterEach, describe, expect, it } from "vitest";
import { alwaysWorking } from "./support/played-house.ts";
import type { PlayedOffice } from "./support/played-office.ts";
import { playOffice } from "./support/played-office.ts";
import { smallSite } from "./support/small-site.ts";

const START = Date.parse("2026-07-01T14:00:00+08:00");

let office: PlayedOffice;
afterEach(() => office?.close());

async function open(): Promise<void> {
  office = await playOffice(smallSite({ devices: [] }), alwaysWorking, START);
  await office.flow.start();
}
const config = (topic: string, payload: unknown) => office.publish(`homeassistant/${topic}/config`, payload, { retained: true });
const found = (id: string) => office.flow.house.devices.get(id);
const adopt = (device: string, kind: "ac" | "plug") =>
  office.flow.request("staff", { kind: "adopt", device, as: { kind, space: "hall/301", name: null, interval: null, standby: null } });
const commands = async () => (await office.flow.records.commands({}, { limit: 10 })).items;

// As ESPHome writes it (composed from its source), with a meter beside the air conditioner.
const AC = {
  curr_temp_t: "ac-301/climate/ac/current_temperature/state",
  mode_cmd_t: "ac-301/climate/ac/mode/command",
  mode_stat_t: "ac-301/climate/ac/mode/state",
  modes: ["auto", "off", "cool", "heat", "fan_only", "dry"],
  temp_cmd_t: "ac-301/climate/ac/target_temperature/command",
  temp_stat_t: "ac-301/climate/ac/target_temperature/state",
  min_temp: 16,
  max_temp: 30,
  temp_step: 0.5,
  act_t: "ac-301/climate/ac/action/state",
  name: "AC",
  avty_t: "ac-301/status",
  uniq_id: "ESPclimateac",
  dev: { ids: "a1b2c3d4e5f6", name: "ac-301", mdl: "esp32dev", mf: "Espressif", sa: "Room 301", cns: [["mac", "a1b2c3d4e5f6"]] },
};
const POWER = {
  dev_cla: "power",
  unit_of_meas: "W",
  stat_cla: "measurement",
  name: "Power",
  stat_t: "ac-301/sensor/power/state",
  avty_t: "ac-301/status",
  uniq_id: "ESPsensorpower",
  dev: { ids: "a1b2c3d4e5f6", name: "ac-301" },
};

describe("an air conditioner behind ESPHome", () => {
  it("is met, adopted, found too cold, set to 26 °C in its own words and proven", async () => {
    await open();
    await config("climate/ac-301/ac", AC);
    await config("sensor/ac-301/power", POWER);
    expect(office.listened).toEqual(expect.arrayContaining([AC.mode_stat_t, AC.temp_stat_t, POWER.stat_t, "ac-301/status"]));
    expect(found("hall/ac-301")?.device).toMatchObject({ kind: "ac", adopted: false, codec: "homeassistant", address: "a1b2c3d4e5f6", name: "ac-301" });
    expect(office.flow.source("hall/ac-301")?.description).toMatchObject({ area: "Room 301", maker: "Espressif", unread: [] });

    await office.publish("ac-301/status", "online", { retained: true });
    await adopt("hall/ac-301", "ac");
    const says = async (topic: string, text: string) => office.publish(topic, text);
    const state = async (setpoint: string) => {
      await says(AC.mode_stat_t, "cool");
      await says(AC.temp_stat_t, setpoint);
      await says(AC.curr_temp_t, "25.4");
      await says(POWER.stat_t, "812.0");
    };
    await state("22.0");
    for (let minute = 0; minute < 12 && office.wire.length === 0; minute++) {
      await office.wait(60);
      await state("22.0");
    }
    expect(office.wire.map((m) => [m.topic, m.text, m.retained])).toEqual([[AC.temp_cmd_t, "26", false]]);
    await state("26.0");
    expect((await commands()).map((c) => [c.set, c.state])).toEqual([[{ setpoint: 26 }, "proven"]]);

    await office.publish("ac-301/status", "offline");
    expect(found("hall/ac-301")?.available).toBe(false);
    await config("climate/ac-301/ac", "");
    await config("sensor/ac-301/power", "");
    expect(found("hall/ac-301")?.device.adopted).toBe(true);
  });

  it("whose states lay on the broker when we came is governed, though it says nothing but its room's warmth; one that is away is not", async () => {
    await open();
    const kept = async (topic: string, text: string) => office.publish(topic, text, { retained: true });
    await config("climate/ac-301/ac", AC);
    for (const status of ["offline", "online"]) {
      await kept("ac-301/status", status);
      await kept(AC.mode_stat_t, "cool");
      await kept(AC.temp_stat_t, "22.0");
      await kept(AC.curr_temp_t, "25.4");
      expect(["on", "setpoint", "temperature"].map((p) => found("hall/ac-301")?.points.get(p)?.quality)).toEqual(
        Array.from({ length: 3 }, () => (status === "online" ? "good" : "suspect")),
      );
    }
    await adopt("hall/ac-301", "ac");
    for (let minute = 0; minute < 12 && office.wire.length === 0; minute++) {
      await office.wait(60);
      await office.publish(AC.curr_temp_t, "25.4");
    }
    expect(office.wire.map((m) => [m.topic, m.text])).toEqual([[AC.temp_cmd_t, "26"]]);
  });

  it("that only tells back what it was told, as an infrared sender does, proves nothing by that once somebody says so", async () => {
    await open();
    await config("climate/ac-301/ac", AC);
    await office.flow.request("staff", {
      kind: "adopt",
      device: "hall/ac-301",
      as: { kind: "ac", space: "hall/301", name: null, interval: null, standby: null, openLoop: true },
    });
    await office.publish(AC.mode_stat_t, "cool");
    await office.publish(AC.temp_stat_t, "24.0");
    await office.flow.request("staff", { kind: "command", device: "hall/ac-301", set: { setpoint: 26 }, reason: "try" });
    await office.flow.settled();
    await office.wait(1);
    await office.publish(AC.temp_stat_t, "26.0");
    expect((await commands())[0]?.steps.map((s) => s.state)).toEqual(["planned", "sent", "reported"]);
    // It describes itself anew at every birth, and stays what somebody said of it.
    await config("climate/ac-301/ac", AC);
    expect(found("hall/ac-301")?.device.openLoop).toBe(true);
  });

  it("that is asked for what it cannot do refuses with the reason", async () => {
    await open();
    await config("climate/ac-301/ac", AC);
    await adopt("hall/ac-301", "ac");
    await office.publish(AC.mode_stat_t, "cool");
    await office.flow.request("staff", { kind: "command", device: "hall/ac-301", set: { setpoint: 31 }, reason: "try" });
    await office.flow.settled();
    expect(await commands()).toMatchObject([{ state: "refused", error: "Its setpoint goes from 16 to 30 °C." }]);
    expect(office.wire).toEqual([]);
  });
});

const IEEE = "0x0015bc002f000001";
const ENERGY = {
  device: { identifiers: [`zigbee2mqtt_${IEEE}`], manufacturer: "Develco", model: "Power plug", name: "office-3f/plug-printer" },
  device_class: "energy",
  object_id: "office-3f/plug-printer_energy",
  origin: { name: "Zigbee2MQTT", sw: "2.2.1", url: "https://www.zigbee2mqtt.io" },
  state_class: "total_increasing",
  state_topic: "zigbee2mqtt/office-3f/plug-printer",
  unique_id: `${IEEE}_energy_zigbee2mqtt`,
  unit_of_measurement: "kWh",
  value_template: "{{ value_json.energy }}",
};
const BRIDGE = [
  {
    friendly_name: "office-3f/plug-printer",
    ieee_address: IEEE,
    type: "Router",
    supported: true,
    disabled: false,
    interview_completed: true,
    definition: {
      model: "SPLZB-131",
      vendor: "Develco",
      description: "Power plug",
      exposes: [
        { type: "switch", features: [{ type: "binary", name: "state", property: "state", access: 7, value_on: "ON", value_off: "OFF" }] },
        { type: "numeric", name: "energy", property: "energy", access: 5, unit: "kWh" },
      ],
    },
  },
];
const discover = () => config(`sensor/${IEEE}/energy`, ENERGY);
const bridge = () => office.publish("zigbee2mqtt/bridge/devices", BRIDGE, { retained: true });

describe("a plug that Zigbee2MQTT tells of in both ways", () => {
  it.each([
    ["discovery first", [discover, bridge, discover]],
    ["the bridge first", [bridge, discover, discover]],
  ])("is one device, of the bridge that tells more: %s", async (_, steps) => {
    await open();
    for (const step of steps) await step();
    await office.publish("zigbee2mqtt/office-3f/plug-printer", { energy: 123.46, state: "ON" });
    const devices = [...office.flow.house.devices.values()];
    expect(devices.map((d) => [d.device.codec, d.device.name, d.device.kind])).toEqual([["zigbee2mqtt", "office-3f/plug-printer", "plug"]]);
    expect(devices[0]?.points.get("energy")?.value).toBe(123.46);
    expect(office.flow.source(devices[0]!.device.id)?.also).toEqual(["homeassistant"]);
    expect(office.flow.rejections()).toEqual([]);
    // Its topics are heard by the bridge's own filter.
    expect(office.listened.filter((f) => f === ENERGY.state_topic)).toEqual([]);
  });
});

// As Tasmota 9 wrote it, and what it says since it was brought up to date; the first lies on the broker still.
const OF_OLD = {
  name: "Tasmota",
  stat_t: "stat/tasmota_49A3BC/RESULT",
  avty_t: "tele/tasmota_49A3BC/LWT",
  pl_avail: "Online",
  pl_not_avail: "Offline",
  cmd_t: "cmnd/tasmota_49A3BC/POWER",
  val_tpl: "{{value_json.POWER}}",
  pl_off: "OFF",
  pl_on: "ON",
  uniq_id: "49A3BC_RL_1",
  dev: { ids: ["49A3BC"], name: "Tasmota", mdl: "Sonoff Basic", sw: "9.5.0(tasmota)", mf: "Tasmota" },
};
const NATIVE = {
  dn: "Tasmota",
  fn: ["Tasmota"],
  mac: "00000049A3BC",
  md: "Sonoff Basic",
  ofln: "Offline",
  onln: "Online",
  state: ["OFF", "ON", "TOGGLE", "HOLD"],
  t: "tasmota_49A3BC",
  ft: "%prefix%/%topic%/",
  tp: ["cmnd", "stat", "tele"],
  rl: [1],
};
const ofOld = () => config("switch/49A3BC_RL_1", OF_OLD);
const native = () => office.publish("tasmota/discovery/00000049A3BC/config", NATIVE, { retained: true });

describe("a Tasmota that tells of itself in both ways", () => {
  it.each([
    ["as it did of old first", [ofOld, native]],
    ["as it does first", [native, ofOld]],
  ])("is one device, of its own discovery: %s", async (_, steps) => {
    await open();
    for (const step of steps) await step();
    await office.publish("tele/tasmota_49A3BC/LWT", "Online", { retained: true });
    await office.publish("stat/tasmota_49A3BC/RESULT", { POWER: "ON" });
    const devices = [...office.flow.house.devices.values()];
    expect(devices.map((d) => [d.device.codec, d.device.address, d.points.get("on")?.value, d.available])).toEqual([["tasmota", "00000049a3bc", true, true]]);
    expect(office.flow.source(devices[0]!.device.id)?.also).toEqual(["homeassistant"]);
    expect(office.flow.rejections()).toEqual([]);
  });
});

describe("a plug that was adopted by its discovery", () => {
  it("goes on to speak by it, also when its bridge describes it later", async () => {
    await open();
    await discover();
    const [id] = office.flow.house.devices.keys();
    await adopt(id!, "plug");
    await bridge();
    await office.publish(ENERGY.state_topic, { energy: 123.46, state: "ON" });
    expect([...office.flow.house.devices.values()].map((d) => [d.device.codec, d.points.get("energy")?.value])).toEqual([["homeassistant", 123.46]]);
    expect(office.flow.rejections()).toEqual([]);
  });
});

describe("a word that ends by itself", () => {
  const MOTION = { dev_cla: "motion", stat_t: "pir/state", off_dly: 30, name: "PIR", dev: { ids: "pir-1", name: "pir-301" } };
  const POWER_METER = { ...POWER, exp_aft: 120, frc_upd: true };
  const point = (id: string, name: string) => found(id)?.points.get(name);

  it("a motion is over after its off_delay, each one moving the end; it counts for who looks for people, and in the history", async () => {
    await open();
    await config("binary_sensor/pir-1/motion", MOTION);
    await office.publish("pir/state", "ON");
    await office.wait(20);
    await office.publish("pir/state", "ON");
    await config("binary_sensor/pir-1/motion", MOTION);
    await office.wait(20);
    expect(point("hall/pir-301", "occupied")).toMatchObject({ value: true });
    await office.wait(20);
    expect(point("hall/pir-301", "occupied")).toMatchObject({ value: false, quality: "good", changed: START + 50_000 });
    expect((await office.flow.history.readings("hall/pir-301/occupied", START, START + 61_000, 10)).map((r) => r.value)).toEqual([true, true, false]);
    // Nobody spoke: that it lives is known from its last word alone.
    expect(found("hall/pir-301")?.seenAt).toBe(START + 20_000);
  });

  it("a measurement counts until its expire_after and again with the next, the same or not", async () => {
    await open();
    await config("sensor/ac-301/power", POWER_METER);
    await office.publish(POWER.stat_t, "812.0");
    await office.wait(60);
    await office.publish(POWER.stat_t, "812.0");
    await office.wait(119);
    expect(point("hall/ac-301", "power")).toMatchObject({ value: 812, quality: "good" });
    await office.wait(2);
    expect(point("hall/ac-301", "power")).toMatchObject({ value: 812, quality: "bad" });
    await office.publish(POWER.stat_t, "812.0");
    expect(point("hall/ac-301", "power")).toMatchObject({ value: 812, quality: "good" });
  });
});

// As the script of many a house describes it.
const SHELLY = {
  name: "Relay 0",
  stat_t: "shellies/shellyplug-s-C18B12/relay/0",
  cmd_t: "shellies/shellyplug-s-C18B12/relay/0/command",
  pl_on: "on",
  pl_off: "off",
  avty_t: "shellies/shellyplug-s-C18B12/online",
  pl_avail: "true",
  pl_not_avail: "false",
  uniq_id: "shellyplug-s-C18B12-relay-0",
  dev: { ids: ["bcddc2c18b12"], cns: [["mac", "bcddc2c18b12"]], name: "Shelly Plug S", mf: "Allterco Robotics", mdl: "Shelly Plug S" },
};

describe("a Shelly that a script describes too", () => {
  it("is one device, whichever of its words comes first", async () => {
    await open();
    await config("switch/shellyplug-s-C18B12-relay-0", SHELLY);
    await office.publish("shellies/shellyplug-s-C18B12/relay/0", "on", { retained: true });
    await office.publish("shellies/announce", { id: "shellyplug-s-C18B12", model: "SHPLG-S", mac: "BCDDC2C18B12" });
    await office.publish("shellies/shellyplug-s-C18B12/relay/0/power", "61.20");
    await config("switch/shellyplug-s-C18B12-relay-0", SHELLY);
    expect([...office.flow.house.devices.values()].map((d) => [d.device.codec, d.points.get("power")?.value])).toEqual([["shelly-gen1", 61.2]]);
  });
});

describe("whoever may publish a config", () => {
  it("makes the house neither hear nor say anything of its own", async () => {
    await open();
    await config("switch/x/s", { state_topic: "jieyue/hall/ac-301/state", command_topic: "jieyue/hall/ac-301/set", device: { ids: ["x"], name: "x" } });
    await config("switch/y/s", {
      state_topic: "y",
      command_topic: "y/set",
      device: { identifiers: ["y"], name: "y" },
      value_template: '{{ range.constructor("return process.version")() }}',
    });
    await office.flow.request("staff", { kind: "adopt", device: "hall/y", as: { kind: "plug", space: "hall/301", name: null, interval: null, standby: null } });
    await office.publish("y", "ON");
    await office.publish("jieyue/hall/ac-301/state", { power: 5 });
    expect(office.listened.some((f) => f.startsWith("jieyue/hall"))).toBe(false);
    expect(found("hall/ac-301")?.device.codec).toBe("native");
    expect(found("hall/y")?.points.size).toBe(0);
    expect(office.flow.source("hall/y")?.description?.unread[0]).toContain('"constructor" cannot be called here');
    expect(office.flow.source("hall/x")?.description?.unread).toHaveLength(2);
  });
});
