/** wmbusmeters and rtl_433: what they published (DEVICES §9), to the letter. */
import { describe, expect, it } from "vitest";
import { createRtl433 } from "../../server/codecs/rtl433.ts";
import { createWmbusmeters } from "../../server/codecs/wmbusmeters.ts";
import { fuzz, hear, lastSaid } from "../support/codec.ts";

const WATER =
  '{"_":"telegram","media":"water","meter":"iperl","name":"MyTapWater","id":"33225544","total_m3":123.529,"max_flow_m3h":0,"timestamp":"2024-03-03T18:37:00Z"}';
const COLD =
  '{"_":"telegram","media":"cold water","meter":"kamwater","name":"MyTapWater","id":"76348799","flow_temperature_c":127,"target_m3":6.408,"total_m3":6.408,"current_status":"DRY","status":"DRY","time_bursting":"","time_dry":"22-31 days","time_leaking":"","time_reversed":"","timestamp":"2024-03-03T18:37:00Z"}';
const POWER =
  '{"_":"telegram","media":"electricity","meter":"amiplus","name":"MyElectricity1","id":"10101010","total_energy_consumption_kwh":15694.05,"current_power_consumption_kw":0.33,"total_energy_production_kwh":7.48,"current_power_production_kw":0,"voltage_at_phase_1_v":236,"device_datetime":"2019-03-20 12:57","timestamp":"2024-03-03T18:37:00Z"}';
const HEAT =
  '{"media":"heat","meter":"kamheat","id":"55775511","status":"OK","total_energy_consumption_kwh":3781,"total_volume_m3":344.27,"volume_flow_m3h":1.005,"t1_temperature_c":59.53,"t2_temperature_c":52.74}';
const TELEGRAM =
  '{"time":"2026-11-22T22:06:48Z","model":"Wireless-MBus","mode":"C","M":"SEN","id":33225544,"version":104,"type":7,"type_string":"Water","C":68,"data_length":25,"data":"1644ae4c","mic":"CRC","CI":122,"AC":85,"ST":0,"CW":0,"inst_volume_0":"123.529 m3","inst_volume_flow_h_0":"0.000 m3/h","mod":"ASK","freq":0.000,"rssi":0.000,"snr":0.000,"noise":0.000}';

describe("wmbusmeters", () => {
  const say = (payload: unknown, topic = "wmbusmeters/33225544") => hear(createWmbusmeters(), topic, payload);

  const OWN_UNIT = expect.arrayContaining([expect.objectContaining({ name: "max_flow_m3h", unit: "m³/h" })]) as unknown;

  it("reads a water meter by its id with leading digits, at its gateway's time", () => {
    expect(say(WATER)).toMatchObject([
      {
        kind: "described",
        description: { address: "33225544", name: "MyTapWater", model: "iperl", kind: "water", hardware: ["wmbus:33225544"], points: OWN_UNIT },
      },
      { kind: "said", address: "33225544", said: { ts: Date.parse("2024-03-03T18:37:00Z"), values: { volume: 123.529, max_flow_m3h: 0 } } },
    ]);
  });

  it("is heard where its shell line publishes", () => {
    const codec = createWmbusmeters(["meters/by radio", "/utility"]);
    expect(codec).toMatchObject({ filters: ["meters/by radio/#", "/utility/#"], heads: ["meters", "/utility"] });
    expect(lastSaid(hear(codec, "meters/by radio/MyTapWater", WATER)).values).toMatchObject({ volume: 123.529 });
    expect(lastSaid(hear(codec, "/utility/33225544", WATER)).values).toMatchObject({ volume: 123.529 });
    expect(hear(codec, "wmbusmeters/33225544", WATER)).toBeNull();
    expect(hear(codec, "meters/by radio/", WATER)).toBeNull();
  });

  it("leaves out a sensor that is not there (127 °C) and what was true on a billing day", () => {
    const { values } = lastSaid(say(COLD));
    expect(values).toEqual({ volume: 6.408, status: "DRY" });
  });

  it("turns kW into W and keeps what was fed back apart; the meter's own clock has no zone and is no reading", () => {
    expect(lastSaid(say(POWER)).values).toEqual({
      energy: 15694.05,
      power: 330,
      total_energy_production_kwh: 7.48,
      current_power_production_kw: 0,
      voltage: 236,
    });
  });

  it("reads an old driver's telegram without `_`; heat is no electricity", () => {
    const { values, ts } = lastSaid(say(HEAT));
    expect(values).toEqual({ heat: 13.6116, volume: 344.27, flow: 16.75, supply: 59.53, return: 52.74, status: "OK" });
    expect(ts).toBeNull();
  });

  it("gas is gas, and heat is in GJ", () => {
    expect(lastSaid(say({ media: "gas", id: "1", total_m3: 12 })).values).toEqual({ gas: 12 });
    expect(lastSaid(say({ media: "heat", id: "1", total_energy_consumption_gj: 3.6 })).values).toEqual({ heat: 3.6 });
  });

  it("tells of a meter once, and again when it says something new", () => {
    const codec = createWmbusmeters();
    expect(hear(codec, "wmbusmeters/x", WATER)).toHaveLength(2);
    expect(hear(codec, "wmbusmeters/x", WATER)).toHaveLength(1);
    expect(hear(codec, "wmbusmeters/x", WATER.replace("MyTapWater", "Kitchen"))).toHaveLength(2);
  });

  it.each([["[]"], ['{"media":"water"}'], ['{"_":"status","id":"1"}'], ["no json"]])("says what is wrong with %s", (payload) => {
    expect(say(payload)).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
  });

  it("throws at nothing", () =>
    fuzz(
      () => createWmbusmeters(),
      [
        ["wmbusmeters/1", WATER],
        ["wmbusmeters/2", COLD],
        ["wmbusmeters/3", POWER],
        ["wmbusmeters/4", HEAT],
      ],
    ));
});

describe("rtl_433", () => {
  const say = (payload: unknown) => hear(createRtl433(), "rtl_433/pi/events", payload);

  it("reads a number with its unit in a text, and gives a wM-Bus id its eight digits", () => {
    expect(say(TELEGRAM)).toMatchObject([
      { kind: "described", description: { address: "Wireless-MBus/33225544", kind: "water", hardware: ["wmbus:33225544"] } },
      { kind: "said", address: "Wireless-MBus/33225544", said: { ts: Date.parse("2026-11-22T22:06:48Z"), values: { volume: 123.529, flow: 0 } } },
    ]);
    expect(say(TELEGRAM.replace("33225544", "225544"))).toMatchObject([{ description: { address: "Wireless-MBus/00225544" } }, {}]);
  });

  it("takes a packet that was decoded six times within a second once, and the same words later again", () => {
    const codec = createRtl433();
    const at = (ms: number) => hear(codec, "rtl_433/pi/events", TELEGRAM, { now: 1e12 + ms });
    expect(at(0)).toHaveLength(2);
    expect([at(200), at(400), at(900)]).toEqual([[], [], []]);
    expect(at(60_000)).toHaveLength(1);
    const louder = TELEGRAM.replace('"rssi":0.000', '"rssi":-3.1').replace('"snr":0.000', '"snr":18.2');
    expect(hear(codec, "rtl_433/pi/events", louder, { now: 1e12 + 60_500 })).toEqual([]);
  });

  it("a time without a zone is no time of ours; °F is °C", () => {
    const said = lastSaid(say({ time: "2026-11-22 22:06:48", model: "Acurite-Tower", id: 7, channel: "A", temperature_F: 68, humidity: 40, battery_ok: 1 }));
    expect(said).toEqual({ ts: null, values: { temperature: 20, humidity: 40, battery_ok: 1 } });
  });

  it("says the units of what the office has no word for, by their keys or in their text", () => {
    const heard = say({ model: "Bresser", id: 7, pressure_hPa: 1013, wind_avg_km_h: 4, battery_ok: 1, inst_odd_0: "12 bar" });
    expect(heard).toMatchObject([{ description: { points: [{ unit: "hPa" }, { unit: "km/h" }, { unit: null }, { unit: "bar" }] } }, {}]);
  });

  it("the same values one by one are left alone, and other trees are others'", () => {
    expect(hear(createRtl433(), "rtl_433/pi/devices/Acurite-Tower/7/humidity", "40")).toEqual([]);
    expect(hear(createRtl433(), "other/pi/events", "{}")).toBeNull();
    expect(say("{}")).toMatchObject([{ kind: "rejected" }]);
  });

  it("throws at nothing", () => fuzz(createRtl433, [["rtl_433/pi/events", TELEGRAM]]));
});
