/** Devices as they are bought, from their own first words to a proven command; nothing of ours on the wire but what they themselves understand. */
import { afterEach, expect, it } from "vitest";
import { createCodecs } from "../../server/codecs/all.ts";
import { sourcesSchema } from "../../server/contract/sources.ts";
import type { Device } from "../../server/core/device.ts";
import { alwaysWorking, rule } from "../support/played-house.ts";
import type { PlayedOffice } from "../support/played-office.ts";
import { playOffice } from "../support/played-office.ts";
import { device, smallSite } from "../support/small-site.ts";

/** As recorded. */
const HOME_ASSISTANT =
  '{"availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"},{"topic":"zigbee2mqtt/office-3f/plug-printer/availability","value_template":"{{ value_json.state }}"}],"availability_mode":"all","device":{"identifiers":["zigbee2mqtt_0x0015bc002f000001"],"manufacturer":"Develco","model":"Power plug","model_id":"SPLZB-131","name":"office-3f/plug-printer","via_device":"zigbee2mqtt_bridge_0x00124b00120144ae"},"device_class":"energy","enabled_by_default":true,"object_id":"office-3f/plug-printer_energy","origin":{"name":"Zigbee2MQTT","sw":"2.2.1","url":"https://www.zigbee2mqtt.io"},"state_class":"total_increasing","state_topic":"zigbee2mqtt/office-3f/plug-printer","unique_id":"0x0015bc002f000001_energy_zigbee2mqtt","unit_of_measurement":"kWh","value_template":"{{ value_json.energy }}"}';
const START = Date.parse("2026-07-01T09:00:00+08:00");

let office: PlayedOffice;
afterEach(() => office?.close());

/** A house whose one rule wants nothing on for more than a minute. */
async function open(devices: readonly Device[] = []): Promise<void> {
  const off = rule({ kinds: ["plug", "ac"] });
  office = await playOffice(smallSite({ devices: [...smallSite().devices, ...devices] }), alwaysWorking, START, {
    policies: [off],
    codecs: createCodecs(sourcesSchema.parse(undefined)),
  });
  await office.flow.start();
}
const state = (id: string) => office.flow.house.devices.get(id)!;
const adopt = (id: string) =>
  office.flow.request("boss", { kind: "adopt", device: id, as: { kind: "plug", space: "hall/301", name: "Printer", interval: null, standby: null } });
const command = async () => (await office.flow.records.commands({}, { limit: 1 })).items[0]!;
const walked = async () => (await command()).steps.map((s) => s.state);
/** What went out since, apart from questions. */
const told = () => office.wire.filter((m) => !m.topic.endsWith("/get") && !m.topic.endsWith("/STATUS")).map((m) => `${m.topic} ${m.text}`);

it("a plug behind Zigbee2MQTT: described, adopted, switched off in its bridge's words, accepted by the echo, reported by itself, proven by its power", async () => {
  await open();
  const base = "zigbee2mqtt";
  const plug = `${base}/office-3f/plug-printer`;
  const say = (on: string, power: number, seen = office.now()) =>
    office.publish(plug, { energy: 123.46, last_seen: new Date(seen).toISOString(), linkquality: 120, power, state: on, voltage: 229.81 });
  await office.publish(`${base}/bridge/state`, { state: "online" }, { retained: true });
  await office.publish(
    `${base}/bridge/devices`,
    [
      {
        friendly_name: "office-3f/plug-printer",
        ieee_address: "0x0015bc002f000001",
        type: "Router",
        power_source: "Mains (single phase)",
        disabled: false,
        definition: {
          model: "SPLZB-131",
          vendor: "Develco",
          description: "Power plug",
          exposes: [
            { type: "switch", features: [{ type: "binary", name: "state", property: "state", access: 7, value_on: "ON", value_off: "OFF" }] },
            { type: "numeric", name: "power", property: "power", access: 5, unit: "W" },
            { type: "numeric", name: "energy", property: "energy", access: 5, unit: "kWh" },
          ],
        },
      },
    ],
    { retained: true },
  );
  expect(office.wire.map((m) => `${m.topic} ${m.text}`)).toEqual([`${plug}/get {"state":"","power":"","energy":""}`]);
  // The same bridge tells Home Assistant of it too: it stays one device, the one that tells more.
  await office.publish("homeassistant/sensor/0x0015bc002f000001/energy/config", HOME_ASSISTANT, { retained: true });
  expect([...office.flow.house.devices.values()].filter((d) => !d.device.adopted).map((d) => d.device.codec)).toEqual(["zigbee2mqtt"]);
  await say("ON", 61);
  await office.wait(120, 30);
  expect(told()).toEqual([]);
  expect(state("hall/office-3f-plug-printer").device).toMatchObject({ adopted: false, kind: "plug", address: "0x0015bc002f000001" });

  await adopt("hall/office-3f-plug-printer");
  await say("ON", 61);
  await office.wait(61);
  expect(told()).toEqual([`${plug}/set {"state":"OFF"}`]);
  const heard = office.now() - 61_000;
  await say("OFF", 61, heard);
  expect(await walked()).toEqual(["planned", "sent", "accepted"]);
  expect(state("hall/office-3f-plug-printer").points.get("on")?.value).toBe(true);
  await office.wait(1);
  await say("OFF", 61);
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported"]);
  await office.wait(2);
  await say("OFF", 0);
  expect((await command()).proof).toMatchObject({ point: "power", value: 0 });
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported", "proven"]);
  await office.publish(`${base}/bridge/state`, { state: "offline" });
  expect(state("hall/office-3f-plug-printer").available).toBe(false);
});

it("a plug behind Zigbee2MQTT that cannot be reached: refused in the bridge's own sentence", async () => {
  await open([device("plug-9", "plug", "301", { codec: "zigbee2mqtt", address: "plug" })]);
  const state_ = { type: "binary", name: "state", property: "state", access: 7, value_on: "ON", value_off: "OFF" };
  await office.publish("zigbee2mqtt/bridge/devices", [
    { friendly_name: "plug", ieee_address: "0x1", type: "Router", definition: { exposes: [{ type: "switch", features: [state_] }] } },
  ]);
  await office.publish("zigbee2mqtt/plug", { state: "ON" });
  await office.wait(61);
  expect(told()).toEqual(['zigbee2mqtt/plug/set {"state":"OFF"}']);
  await office.publish("zigbee2mqtt/bridge/logging", {
    level: "error",
    message: "z2m: Publish 'set' 'state' to 'plug' failed: 'Error: ZCL command 0x1/1 genOnOff.off({}, {\"timeout\":10000}) failed (Delivery failed)'",
  });
  expect(await command()).toMatchObject({ state: "refused", error: expect.stringContaining("(Delivery failed)") as string });
});

const CONFIG = {
  dn: "Printer",
  fn: ["Printer", null],
  hn: "tasmota_49A3BC-0956",
  mac: "00000049A3BC",
  md: "Sonoff S31",
  ofln: "Offline",
  onln: "Online",
  state: ["OFF", "ON", "TOGGLE", "HOLD"],
  t: "tasmota_49A3BC",
  ft: "%prefix%/%topic%/",
  tp: ["cmnd", "stat", "tele"],
  rl: [1, 0, 0, 0, 0, 0, 0, 0],
  lt_st: 0,
  ver: 1,
};

it("a Tasmota plug: described, adopted, switched off in its words, its answer accepts and reports, proven by its power", async () => {
  await open();
  const sensor = (power: number) => ({ Time: "2026-07-01T09:00:00", ENERGY: { Total: 6.294, Today: 0.954, Power: power, Voltage: 227, Current: 0.27 } });
  await office.publish("tasmota/discovery/00000049A3BC/config", CONFIG, { retained: true });
  await office.publish("tasmota/discovery/00000049A3BC/sensors", { sn: sensor(0), ver: 1 }, { retained: true });
  expect(office.listened).toContain("tele/tasmota_49A3BC/+");
  expect(office.wire.map((m) => `${m.topic} ${m.text}`)).toEqual(["cmnd/tasmota_49A3BC/STATUS 11", "cmnd/tasmota_49A3BC/STATUS 10"]);
  await office.publish("stat/tasmota_49A3BC/STATUS11", { StatusSTS: { Time: "2026-07-01T09:00:00", POWER: "ON" } });
  await office.publish("stat/tasmota_49A3BC/STATUS10", { StatusSNS: sensor(61) });
  expect(state("hall/printer").device).toMatchObject({ adopted: false, kind: "plug", address: "00000049a3bc", interval: 300 });

  await adopt("hall/printer");
  await office.publish("tele/tasmota_49A3BC/STATE", { Time: "2026-07-01T09:00:00", POWER: "ON" });
  await office.wait(61);
  expect(told()).toEqual(["cmnd/tasmota_49A3BC/POWER OFF"]);
  await office.publish("stat/tasmota_49A3BC/RESULT", { POWER: "OFF" });
  await office.publish("stat/tasmota_49A3BC/POWER", "OFF");
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported"]);
  await office.wait(10);
  await office.publish("tele/tasmota_49A3BC/SENSOR", sensor(0));
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported", "proven"]);
});

it("an air conditioner by infrared: what it is told is accepted and said, and only the socket that feeds it proves that it stopped", async () => {
  const fed = device("ac-9", "ac", "301", { codec: "tasmota", address: "00000049a3bc/ir/MIDEA", openLoop: true, meter: "hall/meter-9" });
  await open([fed, device("meter-9", "meter", "301")]);
  await office.publish("tasmota/discovery/00000049A3BC/config", { ...CONFIG, rl: [0, 0, 0, 0, 0, 0, 0, 0] });
  const told_ = { Vendor: "MIDEA", Model: -1, Power: "on", Mode: "cool", Celsius: "on", Temp: 24, FanSpeed: "medium" };
  await office.publish("tele/tasmota_49A3BC/RESULT", { IrReceived: { Protocol: "MIDEA", Bits: 48, IRHVAC: told_ } });
  await office.publish("jieyue/hall/meter-9/state", { power: 900 });
  expect(state("hall/ac-9").points.get("setpoint")?.value).toBe(24);
  await office.wait(61);
  expect(told()).toEqual(['cmnd/tasmota_49A3BC/IRHVAC {"Vendor":"MIDEA","Power":"Off","Mode":"Off","Celsius":"On","Temp":24,"Model":-1,"FanSpeed":"medium"}']);
  await office.publish("stat/tasmota_49A3BC/RESULT", { IRHVAC: { ...told_, Power: "off", Mode: "off" } });
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported"]);
  await office.wait(30);
  await office.publish("jieyue/hall/meter-9/state", { power: 1 });
  expect((await command()).proof).toMatchObject({ device: "hall/meter-9", value: 1 });
  expect(await walked()).toEqual(["planned", "sent", "accepted", "reported", "proven"]);
});
