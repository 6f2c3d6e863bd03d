/** Tasmota: bytes from its documentation, issues and the integration tests of others, verbatim; what was cut short there is left out here. */
import { describe, expect, it } from "vitest";
import type { Codec, Heard } from "../../server/codecs/codec.ts";
import { createTasmota } from "../../server/codecs/tasmota/codec.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const MAC = "00000049a3bc";
const CONFIG =
  '{"ip":"192.168.15.10","dn":"Tasmota","fn":["Test","Beer","Milk","Four",null],"hn":"tasmota_49A3BC-0956","if":0,"lk":1,"mac":"00000049A3BC","md":"Sonoff Basic","ofln":"Offline","onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"8.4.0.2","swn":[null,null,null,null,null],"t":"tasmota_49A3BC","ft":"%topic%/%prefix%/","tp":["cmnd","stat","tele"],"rl":[0,0,0,0,0,0,0,0],"swc":[-1,-1,-1,-1,-1,-1,-1,-1],"btn":[0,0,0,0],"so":{"4":0,"11":0,"13":0,"17":1,"20":0,"30":0,"68":0,"73":0,"82":0,"114":0},"ty":0,"lt_st":0,"ver":1}';
const STATE =
  '{"Time":"2023-01-03T11:54:27","Uptime":"0T00:04:49","UptimeSec":289,"Heap":20,"SleepMode":"Dynamic","Sleep":50,"LoadAvg":19,"MqttCount":1,"POWER":"ON","Wifi":{"AP":1,"SSId":"X","RSSI":58,"Signal":-71}}';
const POW =
  '{"Time":"2018-02-15T17:37:10","ENERGY":{"TotalStartTime":"2018-11-14T18:39:40","Total":6.294,"Yesterday":5.340,"Today":0.954,"Period":217,"Power":2635,"ApparentPower":2650,"ReactivePower":282,"Factor":0.99,"Voltage":227,"Current":11.661}}';
const THREE =
  '{"Time":"2023-01-03T11:54:27","ENERGY":{"TotalStartTime":"2023-01-03T00:00:00","Total":436.786,"Yesterday":6.486,"Today":2.400,"TodaySumImport":0.000,"TodaySumExport":0.000,"ExportActive":[0.000,0.001,0.302],"Period":[1,0,0],"Power":[298,7,0],"ApparentPower":[332,9,8],"ReactivePower":[-144,-6,-6],"Factor":[0.90,0.77,0.61],"Frequency":50,"Voltage":[234,235,235],"Current":[1.415,0.039,0.035]}}';
const BOILER =
  '{"Time":"2020-05-12T12:35:16","ANALOG":{"A0":7},"OPENTHERM":{"conn":"BUSY","settings":3,"SLAVE":{"FAULT":0,"CH":0,"DHW":0,"FL":0,"COOL":0,"CH2":0,"DIAG":0,"RAW":3221225472},"BTMP":{"FAULT":0,"REQ":85.0,"ACT": 85.0},"HWTMP":{"REQ":37.0,"ACT": 37.0},"FLM":0.0,"TB":31.0}}';
const REMOTE =
  '{"IrReceived":{"Protocol":"COOLIX","Bits":24,"Data":"0xB25F78","DataLSB":"0x4DFA1E","Repeat":0,"IRHVAC":{"Vendor":"COOLIX","Model":-1,"Power":"on","Mode":"auto","Celsius":"on","Temp":22,"FanSpeed":"medium","SwingV":"off","SwingH":"off","Quiet":"off","Turbo":"off","Econo":"off","Light":"on","Filter":"off","Clean":"on","Beep":"off","Sleep":-1}}}';

/** The config with some of its parts changed. */
const config = (more: object = {}) => JSON.stringify({ ...(JSON.parse(CONFIG) as object), ...more });
const relays = (...kinds: readonly number[]) => [...kinds, 0, 0, 0, 0, 0, 0, 0, 0].slice(0, 8);
function box(more: object = {}, sensors?: object): Codec {
  const codec = createTasmota();
  if (sensors !== undefined) hear(codec, "tasmota/discovery/00000049A3BC/sensors", { sn: sensors, ver: 1 });
  hear(codec, "tasmota/discovery/00000049A3BC/config", config(more));
  return codec;
}
const tele = (codec: Codec, what: string, payload: unknown) => hear(codec, `tasmota_49A3BC/tele/${what}`, payload);
const stat = (codec: Codec, what: string, payload: unknown, now?: number) =>
  hear(codec, `tasmota_49A3BC/stat/${what}`, payload, now === undefined ? {} : { now });
const sensor = (payload: unknown, more: object = {}, sensors?: object) => lastSaid(tele(box(more, sensors), "SENSOR", payload));
const described = (heard: readonly Heard[] | null) => (heard ?? []).flatMap((h) => (h.kind === "described" ? [h.description] : []));
const kinds = (heard: readonly Heard[] | null) => heard?.map((h) => h.kind);
function sent(
  codec: Codec,
  address: string,
  wish: Readonly<Record<string, PointValue>>,
  values: Readonly<Record<string, PointValue>> = {},
  kind: "boiler" | null = null,
) {
  const encoded = codec.encode(addressed(address, kind, values), wish, "c1", 0);
  return encoded.kind === "cannot" ? encoded.why : encoded.messages.map((m) => `${m.topic} ${String(m.payload)}`);
}

describe("what a Tasmota describes", () => {
  it("is where it speaks: it is listened to there, described, and asked once what it says", () => {
    const codec = createTasmota();
    const heard = hear(codec, "tasmota/discovery/00000049A3BC/config", config({ rl: relays(1) }))!;
    expect(kinds(heard)).toEqual(["listen", "described", "reply", "reply"]);
    expect(heard[0]).toEqual({ kind: "listen", filters: ["tasmota_49A3BC/stat/+", "tasmota_49A3BC/tele/+"] });
    expect(described(heard)[0]).toMatchObject({
      address: MAC,
      aliases: ["tasmota_49A3BC"],
      name: "Tasmota",
      hardware: [`mac:${MAC}`, "tasmota:49a3bc"],
      model: "Sonoff Basic",
      kind: "light",
      interval: 300,
    });
    expect(heard.slice(2).map((h) => h.kind === "reply" && [h.message.topic, h.message.payload])).toEqual([
      ["tasmota_49A3BC/cmnd/STATUS", "11"],
      ["tasmota_49A3BC/cmnd/STATUS", "10"],
    ]);
    expect(kinds(hear(codec, "tasmota/discovery/00000049A3BC/config", config({ rl: relays(1) })))).toEqual(["listen", "described"]);
    expect(codec.filters).toEqual(["tasmota/discovery/#"]);
  });

  it("is asked again when the broker first lets it be heard, until it has spoken", () => {
    const codec = box({ rl: relays(1) });
    expect(kinds(tele(codec, "LWT", "Online"))).toEqual(["availability", "reply", "reply"]);
    tele(codec, "STATE", STATE);
    expect(kinds(tele(codec, "LWT", "Online"))).toEqual(["availability"]);
  });

  it("that sleeps deeply is not missed for an hour", () => {
    expect(described(hear(createTasmota(), "tasmota/discovery/00000049A3BC/config", config({ dslp: 1 })))[0]?.interval).toBe(3600);
  });

  it("with its sensors, whichever comes first", () => {
    const sensors = { Time: "2023-01-03T11:54:27", ENERGY: { Total: 1, Power: 0, Voltage: 230 }, TempUnit: "C" };
    const early = createTasmota();
    expect(hear(early, "tasmota/discovery/00000049A3BC/sensors", { sn: sensors, ver: 1 })).toEqual([]);
    const first = described(hear(early, "tasmota/discovery/00000049A3BC/config", config({ rl: relays(1) })));
    const late = described(hear(box({ rl: relays(1) }), "tasmota/discovery/00000049A3BC/sensors", { sn: sensors, ver: 1 }));
    expect(first).toEqual(late);
    expect(first[0]).toMatchObject({ kind: "plug", topic: "tasmota_49A3BC/tele/SENSOR" });
    expect(first[0]!.points.map((p) => [p.name, p.unit, p.writable])).toEqual([
      ["on", null, true],
      ["energy", "kWh", false],
      ["power", "W", false],
      ["voltage", "V", false],
    ]);
  });

  it("by the first that its sensors say, where it told nothing of them", () => {
    const codec = box({ rl: relays(1) });
    const heard = tele(codec, "SENSOR", POW);
    expect(described(heard)[0]).toMatchObject({ kind: "plug", topic: "tasmota_49A3BC/tele/SENSOR" });
    expect(described(heard)[0]!.points.find((p) => p.name === "ENERGY.ApparentPower")?.unit).toBe("VA");
    expect(described(tele(codec, "SENSOR", POW))).toEqual([]);
  });

  it("several relays are a device each, beside the box", () => {
    const found = described(hear(createTasmota(), "tasmota/discovery/00000049A3BC/config", config({ rl: relays(1, 1, 2), lt_st: 1 })));
    expect(found.map((d) => [d.address, d.name, d.hardware[0], d.aliases[0], d.points.map((p) => p.name)])).toEqual([
      [MAC, "Tasmota", `mac:${MAC}`, "tasmota_49A3BC", []],
      [`${MAC}/1`, "Test", `mac:${MAC}/1`, "tasmota_49A3BC/1", ["on"]],
      [`${MAC}/2`, "Beer", `mac:${MAC}/2`, "tasmota_49A3BC/2", ["on"]],
      [`${MAC}/3`, "Milk", `mac:${MAC}/3`, "tasmota_49A3BC/3", ["on", "brightness"]],
    ]);
  });

  it.each([
    [{ ft: "tasmota/%topic%/%prefix%/" }, "tasmota/tasmota_49A3BC/tele/LWT"],
    [{ ft: "%prefix%/%topic%" }, "tele/tasmota_49A3BC/LWT"],
    [{ ft: "a/b/%prefix%/%id%/%hostname%/", tp: ["c", "s", "t"] }, "a/b/t/49A3BC/tasmota_49A3BC-0956/LWT"],
  ])("speaks by any FullTopic: %o", (more, topic) => {
    const codec = box(more);
    expect(hear(codec, topic, "Offline")).toEqual([{ kind: "availability", address: MAC, online: false }]);
  });

  it.each([
    ["[]", "JSON object"],
    ["{", "Not JSON"],
    ['{"t":"x"}', "needs `t`"],
    [config({ ft: "%topic%/" }), "has no %prefix%"],
    [config({ ft: "#/%prefix%/" }), "cannot be listened to"],
    [config({ ft: "jieyue/%topic%/%prefix%/" }), "cannot be listened to"],
    [config({ ft: "$SYS/%prefix%/" }), "cannot be listened to"],
    [config({ tp: ["stat", "stat", "tele"] }), "must differ"],
  ])("that cannot be used is refused: %s", (payload, detail) => {
    expect(hear(createTasmota(), "tasmota/discovery/00000049A3BC/config", payload)).toMatchObject([
      { kind: "rejected", fate: "malformed", detail: expect.stringContaining(detail) as string },
    ]);
  });

  it("of a topic that another has is refused by name, until that one is deleted", () => {
    const codec = box();
    expect(hear(codec, "tasmota/discovery/AAAAAAAAAAAA/config", CONFIG)).toMatchObject([{ kind: "rejected", detail: expect.stringContaining(MAC) as string }]);
    expect(hear(codec, "tasmota/discovery/00000049A3BC/config", "")).toEqual([{ kind: "gone", address: MAC }]);
    expect(kinds(hear(codec, "tasmota/discovery/AAAAAAAAAAAA/config", CONFIG))).toContain("described");
  });

  it("moves with a new topic, and a relay that it lost is gone", () => {
    const codec = box({ rl: relays(1, 1) });
    const heard = hear(codec, "tasmota/discovery/00000049A3BC/config", config({ t: "desk", rl: relays(1) }))!;
    expect(heard.filter((h) => h.kind === "gone").map((h) => h.address)).toEqual([`${MAC}/1`, `${MAC}/2`]);
    expect(hear(codec, "tasmota_49A3BC/tele/LWT", "Online")).toBeNull();
    expect(sent(codec, MAC, { on: true })).toEqual(["desk/cmnd/POWER ON"]);
  });

  it("leaves other trees alone, and its own that it does not know", () => {
    expect(hear(box(), "tele/other/STATE", STATE)).toBeNull();
    expect(hear(createTasmota(), "tasmota/discovery/xyz/config", CONFIG)).toMatchObject([{ fate: "bad-topic" }]);
    expect(hear(createTasmota(), "tasmota/discovery/00000049A3BC/sensors", "[]")).toMatchObject([{ fate: "malformed" }]);
    expect(tele(box(), "SENSOR", "x".repeat(70_000))).toMatchObject([{ fate: "oversized" }]);
    expect(tele(box(), "SENSOR", "{")).toMatchObject([{ fate: "malformed" }]);
    expect(tele(box(), "LWT", "perhaps")).toMatchObject([{ fate: "malformed" }]);
    expect(tele(box(), "LWT", "")).toEqual([]);
  });
});

describe("what a Tasmota says", () => {
  it("is its relay and its signal, not its own running; a time without a zone is no time", () => {
    expect(lastSaid(tele(box({ rl: relays(1) }), "STATE", STATE))).toEqual({ ts: null, values: { on: true, "Wifi.Signal": -71 } });
  });

  it("is power, energy, volts and amperes; today's and yesterday's are no counters", () => {
    const { values } = sensor(POW, { rl: relays(1) });
    expect(values).toMatchObject({
      power: 2635,
      energy: 6.294,
      voltage: 227,
      current: 11.661,
      "ENERGY.Today": 0.954,
      "ENERGY.Yesterday": 5.34,
      "ENERGY.Factor": 0.99,
    });
    expect(lastSaid(stat(box(), "STATUS8", `{"StatusSNS":${POW}}`)).values).toMatchObject({ power: 2635 });
    expect(lastSaid(stat(box(), "STATUS10", `{"StatusSNS":${POW}}`)).values).toMatchObject({ power: 2635 });
    expect(lastSaid(stat(box({ rl: relays(1) }), "STATUS11", `{"StatusSTS":${STATE}}`)).values).toMatchObject({ on: true });
  });

  it("of three phases is their sum, one phase's volts, and what each of them tells", () => {
    const { values } = sensor(THREE);
    expect(values).toMatchObject({
      power: 305,
      "power.1": 298,
      "power.3": 0,
      energy: 436.786,
      voltage: 234,
      "voltage.3": 235,
      current: 1.489,
      "current.2": 0.039,
      "ENERGY.Factor.3": 0.61,
      "ENERGY.Frequency": 50,
    });
    expect(sensor({ ENERGY: { Total: { Phase1: 0.017, Phase2: 0.017 }, Power: [1, null, 2] } }).values).toEqual({
      energy: 0.034,
      "energy.1": 0.017,
      "energy.2": 0.017,
    });
    // Nothing but lists, and one of one.
    expect(sensor({ ENERGY: { Power: [61], Current: [0.27, 0.1] } }).values).toEqual({ power: 61, current: 0.37, "current.1": 0.27, "current.2": 0.1 });
  });

  it("of clamps at analogue inputs is their sum, and each one's own", () => {
    // As a user's device wrote it; a second clamp beside it.
    const one = '{"Time":"2024-11-24T22:07:28","ANALOG":{"CTEnergy1":{"Energy":62.962,"Power":2,"Voltage":220,"Current":0.010},"Range5":188}}';
    expect(sensor(one).values).toMatchObject({ energy: 62.962, power: 2, voltage: 220, current: 0.01, "ANALOG.CTEnergy1.Power": 2, "ANALOG.Range5": 188 });
    const two = '{"ANALOG":{"CTEnergy1":{"Energy":1,"Power":3,"Voltage":220},"CTEnergy2":{"Energy":2,"Power":4,"Voltage":220}}}';
    expect(sensor(two).values).toMatchObject({ energy: 3, power: 7, voltage: 220, "ANALOG.CTEnergy2.Energy": 2 });
  });

  it("has units, also where the office has no word for it", () => {
    const sensors = { ENERGY: { Today: 1, ApparentPower: [1, 2], Factor: 1, Voltage: [230, 231] }, BME280: { Pressure: 99, DewPoint: 50 } };
    const [told] = described(hear(box(), "tasmota/discovery/00000049A3BC/sensors", { sn: { ...sensors, PressureUnit: "kPa", TempUnit: "F" }, ver: 1 }));
    expect(Object.fromEntries(told!.points.map((p) => [p.name, p.unit]))).toEqual({
      voltage: "V",
      "ENERGY.Today": "kWh",
      "ENERGY.ApparentPower.1": "VA",
      "ENERGY.ApparentPower.2": "VA",
      "ENERGY.Factor": null,
      "voltage.1": "V",
      "voltage.2": "V",
      "BME280.Pressure": "kPa",
      "BME280.DewPoint": "°F",
    });
  });

  it("of as many circuits as relays belongs to each relay", () => {
    const heard = tele(box({ rl: relays(1, 1) }), "SENSOR", { ENERGY: { Total: 5, Power: [60, 7], Voltage: 230 } });
    expect(heard!.filter((h) => h.kind === "said")).toMatchObject([
      { address: MAC, said: { values: { energy: 5, voltage: 230 } } },
      { address: `${MAC}/1`, said: { values: { power: 60 } } },
      { address: `${MAC}/2`, said: { values: { power: 7 } } },
    ]);
  });

  it.each([
    ['{"Time":"2019-11-03T20:45:37","BH1750":{"Illuminance":79}}', { illuminance: 79 }],
    ['{"Time":"2019-10-31T18:55:09","ANALOG":{"Illuminance":8}}', { illuminance: 8 }],
    ['{"Time":"2020-01-01T00:00:00","MCP9808":{"Temperature":24.7},"TempUnit":"C"}', { temperature: 24.7 }],
    ['{"Time":"2020-01-01T00:00:00","MCP9808":{"Temperature":75.2},"TempUnit":"F"}', { temperature: 24 }],
    ['{"TX23":{"Speed":{"Act":"12.3"}}}', { "TX23.Speed.Act": 12.3 }],
    [
      '{"DS18B20":{"Id":"01191ED79190","Temperature":21.5},"AM2301":{"Temperature":"22.5","Humidity":40}}',
      { "DS18B20.Id": "01191ED79190", temperature: 21.5, "AM2301.Temperature": 22.5, humidity: 40 },
    ],
    ['{"ANALOG":{"Temperature1":19.5}}', { temperature: 19.5 }],
    ['{"ESP32":{"Temperature":51},"COUNTER":{"C1":17},"Temp":null,"Energy":7,"mode":3}', { "COUNTER.C1": 17, Energy: 7, "raw.mode": 3 }],
  ])("%s in the office's words", (payload, wanted) => {
    expect(sensor(payload).values).toEqual(wanted);
  });

  it("of several sensors is always the same one's, as it was described", () => {
    const sensors = { AM2301: { Temperature: 20 }, DS18B20: { Temperature: 21 } };
    expect(sensor({ DS18B20: { Temperature: 23 } }, {}, sensors).values).toEqual({ "DS18B20.Temperature": 23 });
  });

  it.each([
    ['{"Time":"2021-01-01T00:00:00","Switch1":"ON"}', { dn: "Window 301" }, { Switch1: true, open: true }],
    ['{"Time":"2021-06-27T15:03:44+02:00","Switch1":"OFF","Switch2":"ON"}', { dn: "PIR 门厅" }, { Switch1: false, Switch2: true, occupied: false }],
    ['{"Switch1":"OFF","Motion":"ON"}', { swn: ["Door", "Motion"] }, { Switch1: false, open: false, Motion: true, occupied: true }],
    ['{"Switch1":"AN"}', { dn: "窗 301", state: ["AUS", "AN", "TOGGLE", "HOLD"] }, { Switch1: true, open: true }],
    ['{"Switch1":"ON"}', {}, { Switch1: true }],
  ])("a switch input %s is what its name says", (payload, more, wanted) => {
    expect(sensor(payload, more).values).toEqual(wanted);
  });

  it("a switch input without a name that says what it is, says so", () => {
    const heard = hear(box(), "tasmota/discovery/00000049A3BC/sensors", { sn: { Switch1: "OFF" } });
    expect(described(heard)[0]!.unread).toEqual([expect.stringContaining("SwitchText") as string]);
  });

  it("a switch input tells at once what changed, and what is pushed but never let go is over a second later", () => {
    const door = { dn: "Window 301", swc: [1], so: { 114: 1 } };
    expect(lastSaid(stat(box(door), "RESULT", '{"Switch1":{"Action":"ON"}}')).values).toEqual({ Switch1: true, open: true });
    expect(stat(box(door), "RESULT", '{"Switch1":{"Action":"TOGGLE"},"Switch2":1,"Button1":{"Action":"ON"}}')).toEqual([]);
    const pir = { rl: relays(1), swn: [null, "Motion"], swc: [-1, 13] };
    expect(lastSaid(stat(box(pir), "SWITCH2", '{"Motion":{"Action":"ON"}}')).values).toEqual({ Motion: true, occupied: true });
    const heard = hear(createTasmota(), "tasmota/discovery/00000049A3BC/config", config(pir));
    expect(described(heard)[0]!.lapses).toEqual(["Motion", "occupied"].map((point) => ({ point, seconds: 1, to: "false" })));
  });

  it("is dated where its time has a zone, or by its Epoch; 1970 is for the house to refuse", () => {
    const ts = (payload: object) => sensor({ ...payload, ANALOG: { A0: 1 } }).ts;
    expect(ts({ Time: "2021-06-27T15:03:44+02:00" })).toBe(Date.parse("2021-06-27T13:03:44Z"));
    expect(ts({ Time: "2019-09-04T13:08:48", Epoch: 1_567_595_328 })).toBe(1_567_595_328_000);
    expect(ts({ Time: "1970-01-01T00:00:12" })).toBeNull();
    expect(ts({ Time: "1970-01-01T00:00:12", Epoch: 12 })).toBe(12_000);
    expect(ts({})).toBeNull();
  });

  it("of a boiler is what the boiler itself says", () => {
    const { values } = sensor(BOILER);
    expect(values).toMatchObject({ supply: 31, setpoint: 85, on: false, "OPENTHERM.FLM": 0, "OPENTHERM.HWTMP.ACT": 37, "ANALOG.A0": 7 });
    expect(sensor({ OPENTHERM: { TRET: 28.5 } }).values).toEqual({ return: 28.5 });
  });

  it("of relays is each relay's, in its own language, sole ones by either key", () => {
    const german = { rl: relays(1, 1), state: ["AUS", "AN", "UM", "HALT"], ofln: "Weg", onln: "Da" };
    const codec = box(german);
    expect(stat(codec, "RESULT", { POWER2: "AN" })).toEqual([{ kind: "said", address: `${MAC}/2`, said: { ts: null, values: { on: true } } }]);
    expect(stat(codec, "POWER1", "AUS")).toEqual([{ kind: "said", address: `${MAC}/1`, said: { ts: null, values: { on: false } } }]);
    expect(stat(codec, "POWER9", "AN")).toEqual([]);
    expect(stat(codec, "POWER1", "HALT")).toEqual([]);
    expect(tele(codec, "LWT", "Weg")).toHaveLength(3);
    expect(lastSaid(stat(box({ rl: relays(1) }), "RESULT", { POWER1: "ON" })).values).toEqual({ on: true });
    expect(lastSaid(stat(box({ rl: relays(2), lt_st: 1 }), "RESULT", { POWER: "ON", Dimmer: 40 })).values).toEqual({ on: true, brightness: 40 });
  });

  it("of others behind it, in registers and codes, is left to whoever has a mapping for them, and said so of the box", () => {
    const modbus = '{"ModbusReceived":{"DeviceAddress":1,"FunctionCode":3,"StartAddress":1,"Length":13,"Count":4,"Values":[65282,65028,65280,65024]}}';
    const codec = box({ rl: relays(1) });
    expect([stat(codec, "RESULT", modbus), tele(codec, "RESULT", modbus), tele(codec, "RESULT", '{"Time":"2026-01-01T00:00:00","RfReceived":{}}')]).toEqual([
      null,
      null,
      null,
    ]);
    const heard = tele(codec, "STATE", STATE);
    expect(described(heard)[0]!.unread).toEqual([
      "ModbusReceived: it does not say what that means; a mapping of tasmota_49A3BC/stat/RESULT can.",
      "RfReceived: it does not say what that means; a mapping of tasmota_49A3BC/tele/RESULT can.",
    ]);
    expect(lastSaid(heard).values).toMatchObject({ on: true });
    expect(described(tele(codec, "STATE", STATE))).toEqual([]);
    expect(tele(codec, "RESULT", '{"ZbState":{"Status":20}}')).toEqual([]);
  });
});

describe("a command to a Tasmota", () => {
  it("is in its words, by its number where there are several, and by what it is told", () => {
    expect(sent(box({ rl: relays(1) }), MAC, { on: false })).toEqual(["tasmota_49A3BC/cmnd/POWER OFF"]);
    expect(sent(box({ rl: relays(1, 1) }), `${MAC}/2`, { on: true })).toEqual(["tasmota_49A3BC/cmnd/POWER2 ON"]);
    expect(sent(box({ rl: relays(2), lt_st: 1 }), MAC, { on: true, brightness: 40 })).toEqual([
      "tasmota_49A3BC/cmnd/POWER ON",
      "tasmota_49A3BC/cmnd/Dimmer 40",
    ]);
    expect(sent(box(), MAC, { setpoint: 55, on: true }, {}, "boiler")).toEqual(["tasmota_49A3BC/cmnd/OT_TBOILER 55", "tasmota_49A3BC/cmnd/OT_CH 1"]);
  });

  it.each([
    [{ rl: relays(1) }, MAC, { brightness: 40 }, "no brightness"],
    [{ rl: relays(1, 1) }, MAC, { on: false }, "no on"],
    [{ rl: relays(1, 1) }, `${MAC}/3`, { on: false }, "has not told where"],
    [{ rl: relays(2), lt_st: 1 }, MAC, { brightness: 140 }, "0 to 100 %"],
    [{}, "aaaaaaaaaaaa", { on: false }, "has not told where"],
    [{}, "aaaaaaaaaaaa/ir/MIDEA", { on: false }, "has not told where"],
  ])("that it cannot take is refused: %o %s %o", (more, address, wish, why) => {
    expect(sent(box(more), address, wish as Record<string, PointValue>)).toContain(why);
    expect(sent(box(), MAC, { setpoint: 20 }, {}, "boiler")).toContain("40 to 85 °C");
  });

  it("is accepted by its answer, which is the relay's own word too", () => {
    const codec = box({ rl: relays(1) });
    sent(codec, MAC, { on: false });
    expect(stat(codec, "RESULT", '{"POWER":"ON"}', 0)).toMatchObject([{ kind: "said" }]);
    expect(stat(codec, "RESULT", '{"POWER":"OFF"}', 1000)).toEqual([
      { kind: "ack", address: MAC, command: "c1", accepted: true, error: null },
      { kind: "said", address: MAC, said: { ts: null, values: { on: false } } },
    ]);
    expect(kinds(stat(codec, "RESULT", '{"POWER":"OFF"}', 1000))).toEqual(["said"]);
    sent(codec, MAC, { on: true });
    expect(kinds(stat(codec, "POWER", '{"POWER":"ON"}', 1000))).toEqual(["ack", "said"]);
    sent(codec, MAC, { on: true });
    expect(kinds(stat(codec, "RESULT", '{"POWER":"ON"}', 100_000))).toEqual(["said"]);
  });

  it("of two parts is accepted when both are answered; one that it does not know is refused", () => {
    const codec = box({ rl: relays(2), lt_st: 1 });
    sent(codec, MAC, { on: true, brightness: 40 });
    expect(kinds(stat(codec, "RESULT", '{"POWER":"ON"}', 0))).toEqual(["said"]);
    expect(kinds(stat(codec, "RESULT", '{"POWER":"ON","Dimmer":40}', 0))).toEqual(["ack", "said"]);
    sent(codec, MAC, { on: true });
    expect(stat(codec, "RESULT", '{"Command":"Unknown","Input":"FOO"}', 0)).toEqual([]);
    expect(stat(codec, "RESULT", '{"Command":"Unknown"}', 0)).toMatchObject([
      { kind: "ack", accepted: false, error: expect.stringContaining("POWER") as string },
    ]);
  });

  it("to a boiler is accepted by the box, and the boiler is asked what it does", () => {
    const codec = box();
    sent(codec, MAC, { on: false }, {}, "boiler");
    expect(stat(codec, "RESULT", '{"ot_ch":0}', 0)).toMatchObject([
      { kind: "ack", accepted: true },
      { kind: "reply", message: { topic: "tasmota_49A3BC/cmnd/STATUS", payload: "10" } },
    ]);
  });
});

describe("an air conditioner behind an infrared sender", () => {
  const AT = `${MAC}/ir/COOLIX`;
  const values = (codec: Codec) => lastSaid(tele(codec, "RESULT", REMOTE)).values as Record<string, PointValue>;

  it("is met when a person's remote is used, and says so", () => {
    const codec = box();
    const heard = tele(codec, "RESULT", REMOTE)!;
    expect(described(heard)[0]).toMatchObject({ address: AT, kind: "ac", openLoop: true, maker: "COOLIX", name: "Tasmota COOLIX" });
    expect(lastSaid(heard)).toEqual({
      ts: null,
      values: { on: true, mode: "auto", lastMode: "auto", setpoint: 22, toldBy: "remote", receiver: true, ...rest },
    });
    expect(described(tele(codec, "RESULT", REMOTE))).toEqual([]);
    expect(tele(codec, "RESULT", '{"IrReceived":{"Protocol":"NEC","Bits":32,"Data":"0xFF"}}')).toEqual([]);
  });
  const rest = {
    Model: -1,
    FanSpeed: "medium",
    SwingV: "off",
    SwingH: "off",
    Quiet: "off",
    Turbo: "off",
    Econo: "off",
    Light: "on",
    Filter: "off",
    Clean: "on",
    Beep: "off",
    Sleep: -1,
  };

  it("is told its whole state, made of what was last told", () => {
    const codec = box();
    const last = values(codec);
    const told = (wish: Readonly<Record<string, PointValue>>, known = last) => {
      const [message] = sent(codec, AT, wish, known) as readonly string[];
      expect(message).toMatch(/^tasmota_49A3BC\/cmnd\/IRHVAC \{/);
      return JSON.parse(message!.slice(message!.indexOf("{"))) as object;
    };
    expect(told({ setpoint: 26 })).toEqual({ Vendor: "COOLIX", Power: "On", Mode: "Auto", Celsius: "On", Temp: 26, ...rest });
    expect(told({ on: false })).toEqual({ Vendor: "COOLIX", Power: "Off", Mode: "Off", Celsius: "On", Temp: 22, ...rest });
    expect(told({ mode: "heat", setpoint: 20 })).toMatchObject({ Power: "On", Mode: "Heat", Temp: 20 });
    // After it was told to stop, it goes on as it last ran.
    expect(told({ on: true }, { ...last, on: false, mode: "off" })).toMatchObject({ Power: "On", Mode: "Auto", Temp: 22 });
    // Where no receiver was ever heard of, the box keeps what it sent: makes that are told what changes need the state before.
    expect(told({ mode: "off" }, {})).toEqual({ Vendor: "COOLIX", Power: "Off", Mode: "Off", StateMode: "SendStore" });
    expect(told({ mode: "cool", setpoint: 25 }, {})).toMatchObject({ Mode: "Cool", Temp: 25, StateMode: "SendStore" });
  });

  it.each([
    [{ setpoint: 26 }, { on: false, mode: "off", setpoint: 24 }, "without switching it on"],
    [{ on: true }, {}, "never heard"],
    [{ setpoint: 31 }, { on: true, mode: "cool" }, "16 to 30 °C"],
    [{ brightness: 3 }, {}, "no brightness"],
  ])("refuses %o where it stands at %o", (wish, known, why) => {
    expect(sent(box(), AT, wish as Record<string, PointValue>, known as Record<string, PointValue>)).toContain(why);
  });

  it("answers for its sender: accepted, and what it was told is what it says; refused with the reason", () => {
    const codec = box();
    const last = values(codec);
    sent(codec, AT, { on: false }, last);
    const answer = '{"IRHVAC":{"Vendor":"COOLIX","Model":-1,"Power":"off","Mode":"off","Celsius":"on","Temp":22,"FanSpeed":"medium"}}';
    expect(stat(codec, "RESULT", answer, 0)).toMatchObject([
      { kind: "ack", address: AT, accepted: true },
      { kind: "said", address: AT, said: { values: { on: false, mode: "off", toldBy: "command" } } },
    ]);
    sent(codec, AT, { on: false }, last);
    expect(stat(codec, "RESULT", '{"IRHVAC":"Wrong Vendor or Protocol (COOLIX|…)"}', 0)).toMatchObject([
      { kind: "ack", accepted: false, error: expect.stringContaining("Wrong Vendor") as string },
    ]);
    sent(codec, AT, { on: false }, last);
    expect(kinds(stat(codec, "RESULT", answer.replaceAll('"off"', '"on"'), 0))).toEqual(["said"]);
  });

  it("of a remote that sends more than its state hears the state alone, by whichever name its protocol goes", () => {
    expect(tele(box(), "RESULT", REMOTE.replace('"Vendor":"COOLIX"', '"Vendor":"ARGO","Command":"Sensor Temp Report"'))).toEqual([]);
    const control = REMOTE.replace('"Vendor":"COOLIX"', '"Protocol":"ARGO","Command":"Control"').replace('"Mode":"auto"', '"Mode":"Cooling"');
    expect(tele(box(), "RESULT", control)).toMatchObject([{ kind: "described" }, { address: `${MAC}/ir/ARGO`, said: { values: { mode: "cool" } } }]);
  });

  it("in Fahrenheit is told in Celsius", () => {
    expect(lastSaid(tele(box(), "RESULT", REMOTE.replace('"Celsius":"on","Temp":22', '"Celsius":"off","Temp":77'))).values).toMatchObject({ setpoint: 25 });
    expect(tele(box(), "RESULT", REMOTE.replace('"Vendor":"COOLIX"', '"Vendor":"a/b"'))).toMatchObject([{ fate: "malformed" }]);
  });

  it("one sender is taken for eight makes and no more", () => {
    const codec = box();
    for (let n = 0; n < 8; n++) tele(codec, "RESULT", REMOTE.replace('"Vendor":"COOLIX"', `"Vendor":"MAKE${n}"`));
    expect(tele(codec, "RESULT", REMOTE)).toMatchObject([{ fate: "too-many-devices" }]);
  });
});

// From its documentation's Zigbee page, and a user's lists.
const INFO =
  '{"ZbInfo":{"0xECD0":{"Device":"0xECD0","Name":"IKEA_Bulb","IEEEAddr":"0x90FD9FFFFE03B051","ModelId":"TRADFRI bulb E27 WS opal 980lm","Manufacturer":"IKEA of Sweden","Endpoints":[1],"Config":["O01","L01.2"],"Power":1,"Dimmer":160,"X":30138,"Y":26909,"CT":350,"ColorMode":2,"RGB":"FFC773","RGBb":"A17E49","Reachable":true,"LastSeen":353,"LastSeenEpoch":1658349178,"LinkQuality":79}}}';
const PLUG_INFO =
  '{"ZbInfo":{"0xCD47":{"Device":"0xCD47","Name":"aquarium_light","IEEEAddr":"0xA4C1382214F48A12","Endpoints":[1],"Config":["P01","O01"],"RMSVoltage":226,"ActivePower":10,"Power":1,"Reachable":true,"LastSeen":6,"LastSeenEpoch":1741806192,"LinkQuality":185}}}';
const SNZB = '{"ZbReceived":{"0x2916":{"Device":"0x2916","Name":"SNZB-02","Temperature":26.27,"Endpoint":1,"LinkQuality":105}}}';

describe("a device behind a Tasmota that is a Zigbee bridge", () => {
  const BULB = "0x90fd9ffffe03b051";
  const PLUG = "0xa4c1382214f48a12";
  const BRIDGE = { md: "Sonoff ZbBridge", rl: relays() };
  const asks = (heard: readonly Heard[] | null) =>
    (heard ?? []).flatMap((h) => (h.kind === "reply" ? [`${h.message.topic} ${String(h.message.payload)}`] : []));
  const bridge = (...infos: readonly string[]) => {
    const codec = box(BRIDGE);
    for (const info of infos) tele(codec, "SENSOR", info);
    return codec;
  };
  const info = (short: string, more: object) => JSON.stringify({ ZbInfo: { [short]: { Device: short, IEEEAddr: "0x00158D00036B50AE", ...more } } });
  const received = (codec: Codec, body: object, short = "0x8F20") => tele(codec, "SENSOR", { ZbReceived: { [short]: body } });

  it("is asked for by the bridge's name, and one by one where it is new; until then nothing is taken of it, which is said", () => {
    expect(asks(hear(createTasmota(), "tasmota/discovery/00000049A3BC/config", config(BRIDGE)))).toContain("tasmota_49A3BC/cmnd/ZbInfo ");
    const codec = box({ rl: relays() });
    expect(asks(tele(codec, "SENSOR", SNZB))).toEqual(["tasmota_49A3BC/cmnd/ZbInfo "]);
    expect(asks(received(codec, { Temperature: 20 }, "0x0001"))).toEqual(["tasmota_49A3BC/cmnd/ZbInfo 0x0001"]);
    expect(tele(codec, "SENSOR", SNZB)).toEqual([]);
    const late = hear(codec, "tasmota_49A3BC/tele/SENSOR", SNZB, { now: Date.parse("2026-07-01T14:00:11+08:00") });
    expect(late).toMatchObject([{ kind: "rejected", detail: expect.stringContaining("ZbInfo 0x2916") as string }]);
  });

  it("is a device by its hardware, with what its bridge remembers of it at that time", () => {
    const heard = tele(bridge(), "SENSOR", INFO)!;
    expect(described(heard)[0]).toMatchObject({
      address: BULB,
      name: "IKEA_Bulb",
      hardware: [`ieee:${BULB}`],
      maker: "IKEA of Sweden",
      kind: "light",
      interval: 30_000,
    });
    expect(heard.slice(1)).toMatchObject([
      { kind: "availability", address: BULB, online: true },
      { kind: "said", said: { ts: 1_658_349_178_000, values: { on: true, brightness: 63, CT: 350 } } },
    ]);
    const plug = tele(bridge(), "SENSOR", PLUG_INFO);
    expect(described(plug)[0]).toMatchObject({ kind: "plug", name: "aquarium_light" });
    expect(lastSaid(plug).values).toEqual({ on: true, power: 10, voltage: 226 });
  });

  it.each([
    // By short address, by name (SetOption83), without the word (SetOption100), with the word as a topic (SetOption118), with a topic of its own (SetOption89).
    ["tele/SENSOR", '{"ZbReceived":{"0x8F20":{"Name":"Kitchen","Temperature":21.01,"Humidity":53.68,"Endpoint":1,"LinkQuality":88}}}'],
    ["tele/RESULT", '{"ZbReceived":{"Kitchen":{"Device":"0x8F20","Temperature":21.01,"Humidity":53.68,"Endpoint":1,"LinkQuality":88}}}'],
    ["tele/SENSOR", '{"0x8F20":{"Device":"0x8F20","Temperature":21.01,"Humidity":53.68,"LinkQuality":88}}'],
    ["tele/ZbReceived", '{"Kitchen":{"Device":"0x8F20","Temperature":21.01,"Humidity":53.68,"LinkQuality":88}}'],
    ["tele/8F20/SENSOR", '{"ZbReceived":{"Kitchen":{"Device":"0x8F20","Temperature":21.01,"Humidity":53.68,"LinkQuality":88}}}'],
  ])("is heard however its bridge writes: %s %s", (topic, payload) => {
    const heard = hear(bridge(info("0x8F20", { Name: "Kitchen" })), `tasmota_49A3BC/${topic}`, payload);
    expect(heard?.at(-1)).toEqual({ kind: "said", address: "0x00158d00036b50ae", said: { ts: null, values: { temperature: 21.01, humidity: 53.68 } } });
  });

  it.each([
    // A door as an alarm zone tells it.
    [
      { "0500<00": "010000010000", ZoneStatusChange: 1, ZoneStatusChangeZone: 1, Contact: 1, Endpoint: 1, LinkQuality: 144 },
      { open: true, ZoneStatusChange: 1, ZoneStatusChangeZone: 1 },
    ],
    [{ Occupancy: 0, Endpoint: 1, LinkQuality: 178 }, { occupied: false }],
    // A remote's button says nothing of itself.
    [{ "0006!01": "", Power: 1, Endpoint: 1, LinkQuality: 134 }, {}],
    [{ "0008!06": "002B0500", DimmerUp: true, Endpoint: 1 }, {}],
    [{ Power: 2 }, {}],
    [
      { LocalTemperature: 20.5, OccupiedHeatingSetpoint: 21, PIHeatingDemand: 34 },
      { temperature: 20.5, setpoint: 21, PIHeatingDemand: 34 },
    ],
    [
      { Voltage: 2.995, BatteryPercentage: 98, Pressure: 1004.04, PressureUnit: "hPa" },
      { battery_voltage: 2.995, battery: 98, Pressure: 1004.04 },
    ],
    // Lux of some, a logarithm of others.
    [{ Illuminance: 21_461 }, { Illuminance: 21_461 }],
    [{ "0402_0000": 2240, ArrowClick: 0, List: [1], Temperature: "warm", __proto__: 1 }, { ArrowClick: 0 }],
  ])("%j is %j", (body, values) => {
    const heard = received(bridge(info("0x8F20", {})), body);
    expect(heard!.flatMap((h) => (h.kind === "said" ? [h.said.values] : []))).toEqual(Object.keys(values).length === 0 ? [] : [values]);
  });

  it("that joined again under another address is the same, and of several switches the first is its own", () => {
    const codec = bridge(info("0x8F20", { Config: ["O01", "O02"], Power: 1 }), info("0x1111", { Config: ["O01", "O02"], Power: 1 }));
    expect(lastSaid(received(codec, { Power: 0, Endpoint: 1 }, "0x1111")).values).toEqual({ on: false });
    expect(lastSaid(received(codec, { Power: 1, Endpoint: 2 }, "0x1111")).values).toEqual({ "Power.2": true });
    expect(sent(codec, "0x00158d00036b50ae", { on: true })).toEqual(['tasmota_49A3BC/cmnd/ZbSend {"Device":"0x1111","Endpoint":1,"Send":{"Power":true}}']);
  });

  it("whose old address another has been given leaves it to that one", () => {
    const codec = bridge(info("0xCD47", { Name: "moved" }), PLUG_INFO, info("0x1111", { Name: "moved" }));
    expect(received(codec, { Power: 0 }, "0xCD47")).toMatchObject([{ kind: "said", address: PLUG, said: { values: { on: false } } }]);
  });

  it("is away with its bridge, and gone with it", () => {
    const codec = bridge(INFO);
    expect(tele(codec, "LWT", "Offline")).toContainEqual({ kind: "availability", address: BULB, online: false });
    expect(hear(codec, "tasmota/discovery/00000049A3BC/config", "")).toContainEqual({ kind: "gone", address: BULB });
    expect(sent(codec, BULB, { on: true })).toContain("No Tasmota bridge");
  });

  it("is told by ZbSend; the bridge's Done is an acceptance, then the device is read; its own refusal has its words", () => {
    const codec = bridge(INFO, PLUG_INFO);
    expect(sent(codec, PLUG, { on: false })).toEqual(['tasmota_49A3BC/cmnd/ZbSend {"Device":"0xCD47","Send":{"Power":false}}']);
    expect(stat(codec, "RESULT", '{"ZbSend":"Done"}', 0)).toEqual([
      { kind: "ack", address: PLUG, command: "c1", accepted: true, error: null },
      { kind: "reply", message: { topic: "tasmota_49A3BC/cmnd/ZbSend", payload: '{"Device":"0xCD47","Cluster":6,"Read":0}' } },
    ]);
    expect(stat(codec, "RESULT", '{"ZbSend":"Done"}', 0)).toEqual([]);
    const response = (status: number, message: string) => ({ ZbResponse: { Device: "0xCD47", Command: "0006!00", Status: status, StatusMessage: message } });
    expect(tele(codec, "SENSOR", response(0, "SUCCESS"))).toEqual([]);
    sent(codec, PLUG, { on: false });
    expect(hear(codec, "tasmota_49A3BC/tele/SENSOR", response(1, "FAILURE"), { now: 0 })).toEqual([
      { kind: "ack", address: PLUG, command: "c1", accepted: false, error: "Zigbee2Tasmota: FAILURE" },
    ]);
    sent(codec, PLUG, { on: false });
    expect(stat(codec, "RESULT", '{"ZbSend":"Unknown device"}', 0)).toMatchObject([{ accepted: false, error: "Zigbee2Tasmota: Unknown device" }]);
    sent(codec, PLUG, { on: false });
    expect(stat(codec, "RESULT", '{"ZbSend":"Done"}', 100_000)).toEqual([]);
    // Two parts, two answers.
    expect(sent(codec, BULB, { on: true, brightness: 50 })).toEqual([
      'tasmota_49A3BC/cmnd/ZbSend {"Device":"0xECD0","Send":{"Power":true}}',
      'tasmota_49A3BC/cmnd/ZbSend {"Device":"0xECD0","Send":{"Dimmer":127}}',
    ]);
    expect(stat(codec, "RESULT", '{"ZbSend":"Done"}', 0)).toEqual([]);
    expect(kinds(stat(codec, "RESULT", '{"ZbSend":"Done"}', 0))).toEqual(["ack", "reply", "reply"]);
  });

  it("takes a set temperature by the attribute that it tells it by, and nothing that it never told", () => {
    const codec = bridge(info("0x8F20", { BatteryPercentage: 80, TuyaTempTarget: 21, LocalTemperature: 20 }));
    expect(sent(codec, "0x00158d00036b50ae", { setpoint: 18 })).toEqual(['tasmota_49A3BC/cmnd/ZbSend {"Device":"0x8F20","Write":{"TuyaTempTarget":18}}']);
    expect(sent(codec, "0x00158d00036b50ae", { on: false })).toContain("has told no on");
    expect(sent(bridge(INFO), BULB, { brightness: 140 })).toContain("takes no brightness of 140");
  });
});

it("throws at nothing and pollutes nothing", () => {
  fuzz(
    () => box({ rl: relays(1, 2), lt_st: 1 }, { ENERGY: { Power: 1 }, AM2301: { Temperature: 20 } }),
    [
      ["tasmota/discovery/00000049A3BC/config", CONFIG],
      ["tasmota/discovery/00000049A3BC/sensors", { sn: JSON.parse(THREE) as object, ver: 1 }],
      ["tasmota_49A3BC/tele/STATE", STATE],
      ["tasmota_49A3BC/tele/SENSOR", POW],
      ["tasmota_49A3BC/tele/SENSOR", THREE],
      ["tasmota_49A3BC/tele/SENSOR", BOILER],
      ["tasmota_49A3BC/tele/RESULT", REMOTE],
      ["tasmota_49A3BC/tele/LWT", "Online"],
      ["tasmota_49A3BC/tele/SENSOR", INFO],
      ["tasmota_49A3BC/tele/SENSOR", PLUG_INFO],
      ["tasmota_49A3BC/tele/ECD0/SENSOR", '{"ZbReceived":{"0xECD0":{"Device":"0xECD0","Power":1,"Dimmer":160,"LinkQuality":79}}}'],
      ["tasmota_49A3BC/stat/RESULT", '{"ZbSend":"Done"}'],
      ["tasmota_49A3BC/stat/RESULT", '{"Switch1":{"Action":"ON"}}'],
      ["tasmota_49A3BC/stat/RESULT", '{"POWER1":"ON","Dimmer":40}'],
      ["tasmota_49A3BC/stat/STATUS10", `{"StatusSNS":${POW}}`],
    ],
  );
});
