/** Gateways and clouds in the office's own language: Neuron, Alink, Acrel, ThingsBoard (DEVICES §11, §12), their payloads to the letter. */
import { describe, expect, it } from "vitest";
import { acrelTime, createAcrel } from "../../server/codecs/acrel.ts";
import { createAlink } from "../../server/codecs/alink.ts";
import { createNeuron } from "../../server/codecs/neuron.ts";
import { createThingsboard } from "../../server/codecs/thingsboard.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const BY_TAG = '{"timestamp":1650006388943,"node":"modbus","group":"grp","values":{"tag0":123},"errors":{"tag1":2014},"metas":{}}';
const AS_LIST = '{"timestamp":1647497389075,"node":"modbus","group":"grp","tags":[{"name":"tag0","value":123},{"name":"tag1","error":2014}]}';

describe("EMQX Neuron", () => {
  const TOPIC = "/neuron/mqtt/modbus/grp";

  it.each([
    [BY_TAG, 1_650_006_388_943],
    [AS_LIST, 1_647_497_389_075],
  ])("reads both forms; an error code is bad quality, not a missing value: %s", (payload, ts) => {
    expect(hear(createNeuron(), TOPIC, payload)).toMatchObject([
      { kind: "described", description: { address: "modbus/grp", name: "modbus grp" } },
      { kind: "said", address: "modbus/grp", said: { ts, values: { tag0: 123 }, bad: { tag1: "error 2014" } } },
    ]);
  });

  it("knows the office's words, also when they fail", () => {
    expect(hear(createNeuron(), TOPIC, { timestamp: 1, values: { active_power: 61, 温度: 23 }, errors: { Energy: 3002 } })).toMatchObject([
      {},
      { said: { values: { power: 61, temperature: 23 }, bad: { energy: "error 3002" } } },
    ]);
  });

  it("writes by tag, and is answered by its uuid", () => {
    const codec = createNeuron();
    const ac = addressed("modbus/grp", "ac");
    expect(codec.encode(ac, { setpoint: 26 }, "c1", 0)).toMatchObject({ kind: "cannot" });
    hear(codec, TOPIC, { timestamp: 1, values: { SetPoint: 24, switch: 1 }, errors: {} });
    const asked = codec.encode(ac, { setpoint: 26, on: false }, "c1", 0);
    expect(asked.kind === "messages" && asked.messages.map((m) => [m.topic, JSON.parse(String(m.payload))])).toEqual([
      ["/neuron/mqtt/write/req", { uuid: "c1-0", node: "modbus", group: "grp", tag: "SetPoint", value: 26 }],
      ["/neuron/mqtt/write/req", { uuid: "c1-1", node: "modbus", group: "grp", tag: "switch", value: 0 }],
    ]);
    expect(hear(codec, "/neuron/mqtt/write/resp", { uuid: "c1-0", error: 0 })).toEqual([
      { kind: "ack", address: "modbus/grp", command: "c1", accepted: true, error: null },
    ]);
    expect(hear(codec, "/neuron/mqtt/write/resp", { uuid: "c1-1", error: 2014 })).toMatchObject([
      { accepted: false, error: expect.stringContaining("2014") as string },
    ]);
    expect(hear(codec, "/neuron/mqtt/write/resp", { uuid: "another's", error: 0 })).toEqual([]);
    expect(codec.encode(ac, { mode: "cool" }, "c2", 0)).toMatchObject({ kind: "cannot", why: expect.stringContaining("mode") as string });
    expect(hear(codec, "/neuron/mqtt/write/req", "{}")).toEqual([]);
  });

  it("says what is wrong", () => {
    for (const [topic, payload] of [
      [TOPIC, "{"],
      [TOPIC, "[]"],
      [TOPIC, "{}"],
      ["/neuron/mqtt/modbus", BY_TAG],
    ] as const)
      expect(hear(createNeuron(), topic, payload)).toMatchObject([{ kind: "rejected" }]);
  });

  it("throws at nothing", () =>
    fuzz(createNeuron, [
      [TOPIC, BY_TAG],
      [TOPIC, AS_LIST],
      ["/neuron/mqtt/write/resp", '{"uuid":"cd32be1b","error":0}'],
    ]));
});

const POST =
  '{"id":"123","version":"1.0","sys":{"ack":0},"params":{"Power":{"value":"on","time":1524448722000},"WF":{"value":23.6,"time":1524448722000}},"method":"thing.event.property.post"}';

describe("Alibaba Alink", () => {
  const UP = "/sys/a1pk/ac301/thing/event/property/post";

  it("reads properties with a time of their own, and answers unless it need not", () => {
    expect(hear(createAlink(), UP, POST)).toMatchObject([
      { kind: "described", description: { address: "a1pk/ac301", name: "ac301", model: "a1pk" } },
      { kind: "said", said: { ts: 1_524_448_722_000, values: { on: true, WF: 23.6 } } },
    ]);
    expect(hear(createAlink(), UP, POST.replace('"sys":{"ack":0},', ""))?.[0]).toEqual({
      kind: "reply",
      message: { topic: `${UP}_reply`, payload: '{"id":"123","code":200,"data":{}}' },
    });
  });

  it("reads the short form, and properties of two times apart", () => {
    expect(lastSaid(hear(createAlink(), UP, { id: "1", params: { PowerSwitch: 1, CurrentTemperature: 26.5 } }))).toEqual({
      ts: null,
      values: { on: true, temperature: 26.5 },
    });
    const heard = hear(createAlink(), UP, { id: "1", params: { PowerSwitch: { value: 1, time: 1e12 }, CurrentTemperature: { value: 26, time: 1e12 + 1 } } });
    expect(heard?.filter((h) => h.kind === "said").map((h) => h.said.ts)).toEqual([1e12, 1e12 + 1]);
  });

  it("sets a property in the device's own key and number; the reply is acceptance", () => {
    const codec = createAlink();
    hear(codec, UP, { id: "1", params: { PowerSwitch: 1, TargetTemperature: 24 } });
    const asked = codec.encode(addressed("a1pk/ac301", "ac"), { on: false, setpoint: 26 }, "cmd", 0);
    expect(asked).toEqual({
      kind: "messages",
      messages: [
        {
          topic: "/sys/a1pk/ac301/thing/service/property/set",
          payload: '{"id":"1","version":"1.0","params":{"PowerSwitch":0,"TargetTemperature":26},"method":"thing.service.property.set"}',
        },
      ],
    });
    expect(hear(codec, "/sys/a1pk/ac301/thing/service/property/set_reply", '{"id":"1","code":200,"data":{}}')).toEqual([
      { kind: "ack", address: "a1pk/ac301", command: "cmd", accepted: true, error: null },
    ]);
    expect(hear(codec, "/sys/a1pk/ac301/thing/service/property/set_reply", '{"id":1,"code":460,"message":"request parameter error"}')).toMatchObject([
      { accepted: false, error: "The device answers with code 460: request parameter error" },
    ]);
    expect(codec.encode(addressed("a1pk/other", "ac"), { on: false }, "c", 0)).toMatchObject({ kind: "cannot" });
  });

  it("reads a gateway's pack: itself, the devices behind it, each value at its time, and answers it", () => {
    const pack = {
      id: "123",
      version: "1.0",
      params: {
        properties: {
          Power: [
            { value: "on", time: 1_524_448_722_001 },
            { value: "off", time: 1_524_448_722_000 },
          ],
        },
        events: {},
        subDevices: [
          { identity: { productKey: "a1sub", deviceName: "meter1" }, properties: { ActivePower: [{ value: 61, time: 1_524_448_722_000 }] }, events: {} },
          { identity: {}, properties: { ActivePower: 1 } },
        ],
      },
      method: "thing.event.property.pack.post",
    };
    const heard = hear(createAlink(), "/sys/a1gw/gw1/thing/event/property/pack/post", pack)!;
    expect(heard[0]).toEqual({
      kind: "reply",
      message: { topic: "/sys/a1gw/gw1/thing/event/property/pack/post_reply", payload: '{"id":"123","code":200,"data":{}}' },
    });
    expect(heard.filter((h) => h.kind === "said" || h.kind === "rejected")).toMatchObject([
      { address: "a1gw/gw1", said: { ts: 1_524_448_722_000, values: { on: false } } },
      { address: "a1gw/gw1", said: { ts: 1_524_448_722_001, values: { on: true } } },
      { address: "a1sub/meter1", said: { ts: 1_524_448_722_000, values: { power: 61 } } },
      { kind: "rejected", fate: "malformed" },
    ]);
  });

  it("answers events, ignores its own voice, says what is wrong", () => {
    expect(hear(createAlink(), "/sys/a1pk/x/thing/event/Error/post", '{"id":"9","params":{"value":{}}}')).toEqual([
      { kind: "reply", message: { topic: "/sys/a1pk/x/thing/event/Error/post_reply", payload: '{"id":"9","code":200,"data":{}}' } },
    ]);
    expect(hear(createAlink(), `${UP}_reply`, "{}")).toEqual([]);
    expect(hear(createAlink(), "/sys/a1pk/x/thing/event/property/pack/post", "{}")).toMatchObject([{ kind: "reply" }, { kind: "rejected" }]);
    expect(hear(createAlink(), "/sys/a1pk/x/thing/topo/get", "{}")).toMatchObject([{ kind: "rejected", fate: "bad-topic" }]);
    expect(hear(createAlink(), UP, '{"id":"1","params":[]}')).toMatchObject([{ kind: "reply" }, { kind: "rejected" }]);
  });

  it("throws at nothing", () =>
    fuzz(createAlink, [
      [UP, POST],
      [UP, '{"id":"1","params":{"PowerSwitch":1,"CurrentTemperature":26.5}}'],
      [
        "/sys/a1gw/gw1/thing/event/property/pack/post",
        '{"id":"1","params":{"properties":{"P":[{"value":1,"time":1}]},"subDevices":[{"identity":{"productKey":"a","deviceName":"b"},"properties":{"P":1}}]}}',
      ],
      ["/sys/a1pk/ac301/thing/service/property/set_reply", '{"id":"1","code":200,"data":{}}'],
    ]));
});

describe("Acrel", () => {
  const LOGIN = '{"type":"login","gwSN":"01234567890123","time":"20200709130030","ver":"1000","ccid":"00112233445566778899"}';
  const TIME = '{"country":"China","utc":"8","time":"20221008105600","gwSN":"12209263660002","type":"time"}';
  const PARA = '{"type":"para","gwSN":"S1","meterSN":"M1","meterName":"arcm300","time":"20200709130030","upInterval":"5"}';

  it("answers a login, and nothing else", () => {
    expect(hear(createAcrel(), "/gw/acrelHW/null/login/01234567890123", LOGIN)).toEqual([
      { kind: "reply", message: { topic: "/server/acrelHW/null/login/01234567890123", payload: '{"type":"login","res":1}' } },
    ]);
    expect(hear(createAcrel(), "/gw/acrelHW/adw300/heart/1", "{}")).toEqual([]);
  });

  it("reads numbers that are texts, at a local time once the gateway said in which zone", () => {
    const codec = createAcrel();
    const data = { type: "data", gwSN: "S1", meterSN: "M1", time: "20221008105600", data: { Ua: "230.1", EPI: "123.45", X1: "7" } };
    expect(lastSaid(hear(codec, "/gw/acrelHW/adw300/data/S1", data))).toEqual({ ts: null, values: { voltage: 230.1, energy: 123.45, X1: 7 } });
    hear(codec, "/gw/acrelHW/adw300/time/S1", TIME);
    expect(lastSaid(hear(codec, "/gw/acrelHW/adw300/data/S1", data)).ts).toBe(Date.parse("2022-10-08T10:56:00+08:00"));
    expect(hear(codec, "/gw/acrelHW/adw300/para/S1", PARA)).toMatchObject([
      { description: { address: "S1/M1", name: "arcm300", maker: "Acrel", interval: 300 } },
    ]);
  });

  it("stored readings are history, and without a zone they have no place in it", () => {
    const codec = createAcrel();
    const stored = { type: "hstdata", meterSN: "M1", time: "20221008105600", EPI: "120" };
    expect(hear(codec, "/gw/acrelHW/adw300/hstdata/S1", stored)).toMatchObject([{ kind: "rejected", fate: "clock-absurd" }]);
    hear(codec, "/gw/acrelHW/adw300/time/S1", TIME);
    expect(lastSaid(hear(codec, "/gw/acrelHW/adw300/hstdata/S1", stored))).toMatchObject({ historical: true, values: { energy: 120 } });
  });

  it("a time is its fourteen digits, and nothing else", () => {
    expect(acrelTime("20200709130030", 0)).toBe(Date.parse("2020-07-09T13:00:30Z"));
    for (const text of ["2020070913003", "2020-07-09", 20_200_709_130_030, null]) expect(acrelTime(text, 8)).toBeNull();
  });

  it("throws at nothing", () =>
    fuzz(createAcrel, [
      ["/gw/acrelHW/null/login/1", LOGIN],
      ["/gw/acrelHW/adw300/time/1", TIME],
      ["/gw/acrelHW/adw300/para/1", PARA],
      ["/gw/acrelHW/adw300/hstdata/1", '{"type":"hstdata","time":"20221008105600","EPI":"120"}'],
    ]));
});

describe("ThingsBoard telemetry", () => {
  const GATEWAY = '{"Meter A":[{"ts":1451649600512,"values":{"power":61}}]}';

  it("reads a gateway's devices by their names", () => {
    expect(hear(createThingsboard(), "v1/gateway/telemetry", GATEWAY)).toMatchObject([
      { kind: "described", description: { address: "Meter A" } },
      { kind: "said", address: "Meter A", said: { ts: 1_451_649_600_512, values: { power: 61 } } },
    ]);
  });

  it.each([
    ['{"ts":1451649600512,"values":{"power":61}}', [{ ts: 1_451_649_600_512, values: { power: 61 } }]],
    ['{"power":61}', [{ ts: null, values: { power: 61 } }]],
    ['{"values":{"power":61}}', [{ ts: null, values: { power: 61 } }]],
    [
      '[{"ts":1451649600512,"values":{"power":61}},{"power":62}]',
      [
        { ts: 1_451_649_600_512, values: { power: 61 } },
        { ts: null, values: { power: 62 } },
      ],
    ],
  ])("a device of its own is who connected: %s", (payload, said) => {
    const heard = createThingsboard().decode({ topic: "v1/devices/me/telemetry", payload: Buffer.from(payload), now: 0, retained: false, from: "dtu-7" });
    expect(heard?.filter((h) => h.kind === "said")).toEqual(said.map((s) => ({ kind: "said", address: "dtu-7", said: s })));
  });

  it("is not known by name at another broker, and says so", () => {
    expect(hear(createThingsboard(), "v1/devices/me/telemetry", '{"power":61}')).toMatchObject([{ kind: "rejected", fate: "bad-topic" }]);
    expect(hear(createThingsboard(), "v1/gateway/telemetry", "[]")).toMatchObject([{ kind: "rejected" }]);
    expect(hear(createThingsboard(), "v1/gateway/telemetry", '{"":[]}')).toMatchObject([{ kind: "rejected" }]);
    expect(hear(createThingsboard(), "v1/devices/me/attributes", "{}")).toEqual([]);
  });

  it("throws at nothing", () =>
    fuzz(createThingsboard, [
      ["v1/gateway/telemetry", GATEWAY],
      ["v1/devices/me/telemetry", '{"ts":1451649600512,"values":{"power":61}}'],
    ]));
});
