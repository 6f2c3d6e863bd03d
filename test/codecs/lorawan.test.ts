/** ChirpStack and The Things Stack (DEVICES §8), with the payloads of their documentation and of the codec repository. */
import { describe, expect, it } from "vitest";
import { createChirpstack } from "../../server/codecs/lorawan/chirpstack.ts";
import { createTheThingsStack } from "../../server/codecs/lorawan/the-things-stack.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const EUI = "0101010101010101";
const APP = "17c82e96";
const UP = `application/${APP}/device/${EUI}/event/up`;
const up = (object: unknown, more: Record<string, unknown> = {}) => ({
  deduplicationId: "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
  time: "2022-07-18T09:34:15.775023242+00:00",
  deviceInfo: {
    tenantId: "52f14cd4",
    tenantName: "ChirpStack",
    applicationId: APP,
    applicationName: "Test application",
    deviceProfileId: "14855bf7",
    deviceProfileName: "Test device-profile",
    deviceName: "Test device",
    devEui: EUI,
    tags: { key: "value", room: "301" },
  },
  devAddr: "00189440",
  dr: 1,
  fPort: 85,
  data: "qg==",
  object,
  ...more,
});
const WT101 = { battery: 97, target_temperature: 30, temperature: 26.6, valve_opening: 100, motor_stroke: 0, motor_position: 0 };
const VICKI = {
  reason: 1,
  targetTemperature: 29,
  sensorTemperature: 18.01,
  relativeHumidity: 46.88,
  motorRange: 300,
  batteryVoltage: 3.5,
  openWindow: false,
  valveOpenness: 17,
  targetTemperatureFloat: 29,
};
const AXIOMA = {
  timestamp_unix: 1_788_390_574,
  timestamp_utc: "2026-09-02T23:09:34.000Z",
  status: 0,
  leakage: false,
  log_volume_m3: 5.938,
  ...Object.fromEntries(Array.from({ length: 23 }, (_, i) => [`delta_${i + 1}_m3`, i === 20 ? 0.116 : 0])),
  history_total_m3: 0.116,
  current_volume_m3: 6.054,
};

describe("ChirpStack", () => {
  it("reads what the profile's codec decoded; tags say where it is", () => {
    expect(hear(createChirpstack(), UP, up(WT101))).toMatchObject([
      {
        kind: "described",
        description: { address: EUI, name: "Test device", model: "Test device-profile", area: "301", hardware: [`eui:${EUI}`], kind: "ac", wakes: 3600 },
      },
      {
        kind: "said",
        address: EUI,
        said: {
          ts: Date.parse("2022-07-18T09:34:15.775Z"),
          values: { battery: 97, setpoint: 30, temperature: 26.6, valve_opening: 100, motor_stroke: 0, motor_position: 0 },
        },
      },
    ]);
  });

  it.each([
    ["MClimate Vicki", VICKI, { setpoint: 29, temperature: 18.01, humidity: 46.88, open: false, targetTemperatureFloat: 29, valveOpenness: 17 }],
    ["a people counter", { line_1: { total_in: 72, total_out: 200 } }, { "line_1.total_in": 72, "line_1.total_out": 200 }],
    ["a pulse counter, whose pulses are no litres", { battery: 92, pulse: 256 }, { battery: 92, pulse: 256 }],
  ])("reads %s", (_, object, values) => {
    expect(lastSaid(hear(createChirpstack(), UP, up(object))).values).toMatchObject(values);
  });

  it.each([
    [
      { m3_per_pulse: "0.01", m3_offset: "123.4" },
      { pulse: 256, volume: 125.96 },
    ],
    [{ kwh_per_pulse: "0.001" }, { pulse: 256, energy: 0.256 }],
    [{ m3_per_pulse: "ten litres" }, { battery: 92, pulse: 256 }],
  ])("a pulse is what its tags %o say", (tags, values) => {
    const message = up({ battery: 92, pulse: 256 });
    const told = hear(createChirpstack(), UP, { ...message, deviceInfo: { ...message.deviceInfo, tags } });
    expect(lastSaid(told).values).toMatchObject(values);
    expect("volume" in lastSaid(told).values).toBe("volume" in values);
  });

  it("a port of 0 is left out of the message, as every zero is", () => {
    const codec = createChirpstack();
    const { fPort, ...without } = up(WT101);
    expect(fPort).toBe(85);
    hear(codec, UP, without);
    const asked = codec.encode(addressed(EUI, "ac"), { setpoint: 22 }, "c", 0);
    expect(asked.kind === "messages" && JSON.parse(String(asked.messages[0]!.payload))).toMatchObject({ fPort: 0 });
  });

  it("23 hours that a water meter tells at once are history; the present is its own clock's", () => {
    const heard = hear(createChirpstack(), UP, up(AXIOMA))!.filter((h) => h.kind === "said");
    expect(heard).toHaveLength(25);
    expect(heard[0]).toMatchObject({ said: { ts: Date.parse("2026-09-02T00:00:00Z"), values: { volume: 5.938 }, historical: true } });
    expect(heard[20]).toMatchObject({ said: { values: { volume: 5.938 } } });
    expect(heard[23]).toMatchObject({ said: { ts: Date.parse("2026-09-02T23:00:00Z"), values: { volume: 6.054 }, historical: true } });
    expect(heard[24]).toMatchObject({ said: { ts: Date.parse("2026-09-02T23:09:34Z"), values: { volume: 6.054, leakage: false } } });
    expect(heard[24]!.said.historical).toBeUndefined();
  });

  it("an hour that used nothing may be missing in its log", () => {
    const { delta_1_m3, delta_2_m3, delta_23_m3, ...sparse } = AXIOMA as typeof AXIOMA & Record<`delta_${number}_m3`, number>;
    expect([delta_1_m3, delta_2_m3, delta_23_m3]).toEqual([0, 0, 0]);
    const told = (object: object) => hear(createChirpstack(), UP, up(object))!.filter((h) => h.kind === "said");
    expect(told(sparse)).toEqual(told(AXIOMA));
  });

  it("takes an uplink once, however often it is delivered", () => {
    const codec = createChirpstack();
    expect(hear(codec, UP, up(WT101))).toHaveLength(2);
    expect(hear(codec, UP, up(WT101))).toEqual([]);
    expect(hear(codec, UP, up(WT101, { deduplicationId: "another" }))).toHaveLength(1);
  });

  it.each([
    ["Milesight's", WT101, true],
    ["Milesight's that is shut", { ...WT101, valve_opening: 0 }, false],
    ["MClimate's", VICKI, true],
  ])("a radiator's valve heats while it is open: %s", (_, object, on) => {
    expect(lastSaid(hear(createChirpstack(), UP, up(object))).values).toMatchObject({ mode: "heat", on });
  });

  it("an error in its log refuses a downlink only where it is about downlinks", () => {
    const codec = createChirpstack();
    hear(codec, UP, up(WT101));
    codec.encode(addressed(EUI, "ac"), { setpoint: 22 }, "c1", 0);
    const log = (code: string) => hear(codec, `application/${APP}/device/${EUI}/event/log`, { level: "ERROR", code, description: "it failed" });
    for (const code of ["UPLINK_CODEC", "UPLINK_MIC", "OTAA", "UPLINK_F_CNT_RESET"]) expect(log(code)).toEqual([]);
    expect(log("DOWNLINK_CODEC")).toEqual([{ kind: "ack", address: EUI, command: "c1", accepted: false, error: "it failed" }]);
  });

  it("commands by the codec's object, on the port that it spoke on; a gateway's receipt is acceptance", () => {
    const codec = createChirpstack();
    expect(codec.encode(addressed(EUI, "ac"), { setpoint: 22 }, "c1", 0)).toMatchObject({ kind: "cannot" });
    hear(codec, UP, up(WT101));
    expect(codec.encode(addressed(EUI, "ac"), { setpoint: 22 }, "c1", 0)).toEqual({
      kind: "messages",
      messages: [
        {
          topic: `application/${APP}/device/${EUI}/command/down`,
          payload: `{"devEui":"${EUI}","confirmed":true,"fPort":85,"object":{"target_temperature":22,"temperature_tolerance":0.1}}`,
        },
      ],
    });
    const event = (what: string, body: object) => hear(codec, `application/${APP}/device/${EUI}/event/${what}`, body);
    expect(event("txack", { queueItemId: "42cb6459", fCntDown: 2, gatewayId: "g" })).toEqual([
      { kind: "ack", address: EUI, command: "c1", accepted: true, error: null },
    ]);
    expect(event("ack", { queueItemId: "1bbcab1d", acknowledged: true, fCntDown: 3 })).toMatchObject([{ accepted: true }]);
    // `acknowledged` is left out where it is false.
    expect(event("ack", { queueItemId: "1bbcab1d", fCntDown: 3 })).toMatchObject([{ accepted: false }]);
    expect(event("join", {})).toEqual([]);
  });

  it("shuts a valve that has no switch, and says what it cannot ask", () => {
    const codec = createChirpstack();
    hear(codec, UP, up(WT101));
    const off = codec.encode(addressed(EUI, "ac"), { on: false }, "c", 0);
    expect(off.kind === "messages" && JSON.parse(String(off.messages[0]!.payload))).toMatchObject({ object: { valve_opening: 0 } });
    expect(codec.encode(addressed(EUI, "ac"), { mode: "cool" }, "c", 0)).toMatchObject({ kind: "cannot", why: expect.stringContaining("mode") as string });
  });

  it("says how to mend an uplink that nobody decoded", () => {
    expect(hear(createChirpstack(), UP, up(undefined))?.at(-1)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("payload codec") as string });
    expect(hear(createChirpstack(), "application/x/other", "{}")).toMatchObject([{ kind: "rejected", fate: "bad-topic" }]);
    expect(hear(createChirpstack(), UP, "x")).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
  });

  it("throws at nothing", () =>
    fuzz(createChirpstack, [
      [UP, up(WT101)],
      [UP, up(AXIOMA)],
      [UP, up({ line_1: { total_in: 72 } })],
      [`application/${APP}/device/${EUI}/event/ack`, '{"acknowledged":true}'],
    ]));
});

const TTS = "v3/app1@ttn/devices/dev1/up";
const UPLINK =
  '{"end_device_ids":{"device_id":"dev1","application_ids":{"application_id":"app1"},"dev_eui":"0004A30B001C0530","join_eui":"800000000000000C","dev_addr":"00BCB929"},"correlation_ids":["as:up:01"],"received_at":"2020-02-12T15:15:45.787Z","uplink_message":{"f_port":85,"f_cnt":12,"frm_payload":"AXVhBGcsAQNnCgEFkmQ=","decoded_payload":{"battery":97,"target_temperature":30,"temperature":26.6,"valve_opening":100},"rx_metadata":[],"settings":{},"received_at":"2020-02-12T15:15:45.700Z","consumed_airtime":"0.056s"}}';

describe("The Things Stack", () => {
  it("reads what the formatter decoded, at the network server's time", () => {
    expect(hear(createTheThingsStack(), TTS, UPLINK)).toMatchObject([
      { kind: "described", description: { address: "app1@ttn/dev1", name: "dev1", hardware: ["eui:0004a30b001c0530"], wakes: 3600 } },
      { kind: "said", said: { ts: Date.parse("2020-02-12T15:15:45.700Z"), values: { battery: 97, setpoint: 30, temperature: 26.6, valve_opening: 100 } } },
    ]);
  });

  it("a frame counter of 0 is left out; a counter that began anew is no repetition", () => {
    const codec = createTheThingsStack();
    const first = UPLINK.replace('"f_cnt":12,', "");
    expect(hear(codec, TTS, UPLINK)).toHaveLength(2);
    expect(hear(codec, TTS, UPLINK)).toEqual([]);
    expect(hear(codec, TTS, first)).toHaveLength(1);
    expect(hear(codec, TTS, first)).toEqual([]);
    expect(hear(codec, TTS, first.replaceAll("15:15:45", "16:15:45"))).toHaveLength(1);
  });

  it("commands in place of what still waits, and hears what became of it", () => {
    const codec = createTheThingsStack();
    hear(codec, TTS, UPLINK);
    const asked = codec.encode(addressed("app1@ttn/dev1", "ac"), { setpoint: 22 }, "17", 0);
    expect(asked.kind === "messages" && asked.messages.map((m) => [m.topic, JSON.parse(String(m.payload))])).toEqual([
      [
        "v3/app1@ttn/devices/dev1/down/replace",
        {
          downlinks: [
            {
              f_port: 85,
              decoded_payload: { target_temperature: 22, temperature_tolerance: 0.1 },
              confirmed: true,
              priority: "NORMAL",
              correlation_ids: ["jieyue:17"],
            },
          ],
        },
      ],
    ]);
    const down = (what: string) => hear(codec, `v3/app1@ttn/devices/dev1/down/${what}`, "{}");
    expect(down("queued")).toEqual([]);
    expect(down("sent")).toMatchObject([{ kind: "ack", command: "17", accepted: true }]);
    expect(down("nack")).toMatchObject([{ accepted: false, error: "the device did not acknowledge the downlink" }]);
    expect(down("push")).toEqual([]);
  });

  it("hears nothing of itself in what became of another's downlink", () => {
    const codec = createTheThingsStack();
    hear(codec, TTS, UPLINK);
    codec.encode(addressed("app1@ttn/dev1", "ac"), { setpoint: 22 }, "17", 0);
    const down = (what: string, ids: readonly string[]) =>
      hear(codec, `v3/app1@ttn/devices/dev1/down/${what}`, { correlation_ids: ["as:up:01"], [`downlink_${what}`]: { f_port: 85, correlation_ids: ids } });
    expect(down("ack", ["energy:cmd-17"])).toEqual([]);
    expect(down("nack", ["energy:cmd-17"])).toEqual([]);
    expect(down("sent", ["jieyue:17"])).toMatchObject([{ kind: "ack", command: "17", accepted: true }]);
  });

  it("throws at nothing", () =>
    fuzz(createTheThingsStack, [
      [TTS, UPLINK],
      ["v3/app1@ttn/devices/dev1/down/failed", "{}"],
    ]));
});
