/** Declarative mappings: devices that no codec knows, from the plain to CET's oddities (DEVICES §11, §12), and raw registers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMappingCodec, tryMapping } from "../../server/codecs/mapping.ts";
import { mappingSchema } from "../../server/contract/mapping.ts";
import { follow, matchTopic, numberAt, readPath, readTopic } from "../../server/core/mapping.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const plain = {
  id: "usr-meter",
  topic: "usr/{site}/{device}/up",
  kind: "meter",
  time: { path: "$.t", as: "s" },
  points: [
    { point: "power", path: "$.data.p", unit: "kW", scale: 0.1 },
    { point: "energy", path: "$.data.e" },
    { point: "on", path: "$.data.sw", values: { close: true, open: false } },
  ],
  availability: { topic: "usr/{site}/{device}/lwt", online: "1", offline: "0" },
  commands: [
    {
      points: ["on"],
      topic: "usr/{site}/{device}/down",
      payload: '{"cmd":"{on}","seq":"{id}","at":{now},"to":"{device}"}',
      values: { on: { true: "close", false: "open" } },
    },
  ],
  ack: { topic: "usr/+/{device}/ack", id: "$.seq", accepted: { path: "$.ok", is: "true" } },
};
const mapping = (of: unknown) => mappingSchema.parse(of);
const problems = (change: object) => {
  const parsed = mappingSchema.safeParse({ ...plain, ...change });
  return parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
};

describe("a declarative mapping", () => {
  it("reads named levels, paths, units, factors, words and a time", () => {
    const codec = createMappingCodec([mapping(plain)]);
    expect(codec.filters).toEqual(["usr/+/+/up", "usr/+/+/lwt", "usr/+/+/ack"]);
    expect(hear(codec, "usr/hall/m7/up", { t: 1_782_885_600, data: { p: 12, e: "345.6", sw: "open" } })).toMatchObject([
      { kind: "described", description: { address: "usr-meter/m7", name: "m7", kind: "meter" } },
      { kind: "said", address: "usr-meter/m7", said: { ts: 1_782_885_600_000, values: { power: 1200, energy: 345.6, on: false } } },
    ]);
    expect(hear(codec, "usr/hall/m7/lwt", "0")).toEqual([{ kind: "availability", address: "usr-meter/m7", online: false }]);
    expect(hear(codec, "usr/hall/m7/other", "0")).toBeNull();
  });

  it("says the unit of a point that the office has no word for", () => {
    const codec = createMappingCodec([mapping({ ...plain, time: null, points: [{ point: "pressure", path: "$.p", unit: "kPa" }] })]);
    expect(hear(codec, "usr/hall/m7/up", { p: 101 })).toMatchObject([{ description: { points: [{ name: "pressure", unit: "kPa" }] } }, {}]);
  });

  it("commands in the device's own words and hears its answer", () => {
    const codec = createMappingCodec([mapping(plain)]);
    const meter = addressed("usr-meter/m7", "meter");
    expect(codec.encode(meter, { on: false }, "c1", 5)).toMatchObject({ kind: "cannot" });
    hear(codec, "usr/hall/m7/up", { t: 1, data: { p: 1 } });
    expect(codec.encode(meter, { on: false }, "c1", 5)).toEqual({
      kind: "messages",
      messages: [{ topic: "usr/hall/m7/down", payload: '{"cmd":"open","seq":"c1","at":5,"to":"m7"}' }],
    });
    expect(hear(codec, "usr/hall/m7/ack", { seq: "c1", ok: true })).toEqual([
      { kind: "ack", address: "usr-meter/m7", command: "c1", accepted: true, error: null },
    ]);
    expect(hear(codec, "usr/hall/m7/ack", { seq: "c1", ok: "busy" })).toMatchObject([{ accepted: false, error: "the device answers busy" }]);
    expect(codec.encode(meter, { setpoint: 26 }, "c2", 5)).toMatchObject({ kind: "cannot", why: expect.stringContaining("setpoint") as string });
  });

  it("a name that somebody put into a topic stays text in a payload", () => {
    const codec = createMappingCodec([mapping(plain)]);
    hear(codec, 'usr/hall/x","cmd":"close/up', { data: { p: 1 } });
    const asked = codec.encode(addressed('usr-meter/x","cmd":"close', "meter"), { on: false }, "c", 5);
    expect(asked.kind === "messages" && JSON.parse(String(asked.messages[0]!.payload))).toMatchObject({ cmd: "open", to: 'x","cmd":"close' });
  });

  it("sends a whole state as one message where a command has several points (infrared)", () => {
    const ir = mapping({
      id: "ir",
      topic: "ir/{device}/state",
      openLoop: true,
      points: [{ point: "setpoint", path: "$.t" }],
      commands: [
        { points: ["on"], topic: "ir/{device}/set", payload: "{on}" },
        { points: ["on", "setpoint"], topic: "ir/{device}/set", payload: '{"p":{on},"t":{setpoint}}' },
      ],
    });
    const codec = createMappingCodec([ir]);
    hear(codec, "ir/ac/state", { t: 24 });
    const sent = (set: Record<string, number | boolean>) => {
      const asked = codec.encode(addressed("ir/ac", "ac"), set, "c", 0);
      return asked.kind === "messages" ? asked.messages.map((m) => m.payload) : asked.why;
    };
    expect(sent({ on: true, setpoint: 26 })).toEqual(['{"p":true,"t":26}']);
    expect(sent({ on: false })).toEqual(["false"]);
    expect(sent({ setpoint: 26 })).toContain("no command for setpoint");
  });

  it("reads CET's list of Chinese keys with the unit beside the value, and a key with a blank", () => {
    const cet = mapping({
      id: "cet",
      topic: "CET/NX/upload",
      device: "{$.location_code}",
      time: { path: "$['ts ']", as: "s" },
      points: [{ point: "current", path: "$.properties[key=A相电流].value", unit: "A" }],
    });
    const payload =
      '{"version":"1.0","location_code":"B1","ts ":1688606685,"properties":[{"type":"AI","key":"A相电流","value":0.25,"unit":"A","timestamp":1688354258}]}';
    expect(hear(createMappingCodec([cet]), "CET/NX/upload", payload)?.at(-1)).toEqual({
      kind: "said",
      address: "cet/B1",
      said: { ts: 1_688_606_685_000, values: { current: 0.25 } },
    });
  });

  it("reads raw registers in every order, with sentinels left out", () => {
    const raw = mapping({
      id: "dtu",
      topic: "dtu/{device}",
      points: [
        { point: "voltage", bytes: { at: 0, type: "f32" } },
        { point: "current", bytes: { at: 4, type: "u16" }, scale: 0.01, none: [65_535] },
        { point: "temperature", bytes: { at: 6, type: "i16" }, scale: 0.1, none: [-32_768] },
      ],
    });
    const say = (hex: string) => hear(createMappingCodec([raw]), "dtu/7", Buffer.from(hex, "hex"));
    // 17254, 0 as two registers are 230.0 V (DEVICES §11).
    expect(lastSaid(say("436600000064ff9c")).values).toEqual({ voltage: 230, current: 1, temperature: -10 });
    expect(lastSaid(say("43660000ffff8000")).values).toEqual({ voltage: 230 });
    expect(say("43")).toMatchObject([{ kind: "described" }, { kind: "rejected", fate: "empty-value", detail: expect.stringContaining("voltage") as string }]);
  });

  it("reads a plain text with its unit, and turns it into the office's", () => {
    const text = mapping({ id: "t", topic: "meters/{device}/total", points: [{ point: "volume" }] });
    const say = (payload: string) => hear(createMappingCodec([text]), "meters/w1/total", payload);
    expect(lastSaid(say("123.529 m3")).values).toEqual({ volume: 123.529 });
    expect(lastSaid(say(" 1200 L ")).values).toEqual({ volume: 1.2 });
    expect(lastSaid(say("7")).values).toEqual({ volume: 7 });
    for (const wrong of ["many", "", "7 kWh", "nan"]) expect(say(wrong)?.at(-1)).toMatchObject({ kind: "rejected" });
  });

  it("tells whoever writes it what each point found, and what it did not", () => {
    expect(tryMapping(mapping(plain), "usr/hall/m7/up", Buffer.from('{"t":5,"data":{"p":"x","sw":"half"}}'))).toMatchObject({
      kind: "read",
      device: "m7",
      ts: 5000,
      points: [
        { point: "power", raw: "x", wrong: "'x' is no number" },
        { point: "energy", raw: "", wrong: "there is nothing at this path" },
        { point: "on", raw: "half", wrong: "'half' stands in no table of its values" },
      ],
    });
    expect(tryMapping(mapping(plain), "elsewhere", Buffer.from("{}"))).toEqual({ kind: "not-its-topic" });
    expect(tryMapping(mapping(plain), "usr/hall/m7/up", Buffer.from("{"))).toMatchObject({
      kind: "unreadable",
      wrong: expect.stringContaining("Not JSON") as string,
    });
  });

  it.each([
    [{ topic: "jieyue/{device}/up" }, "topic: jieyue/… is not for mappings"],
    [{ topic: "{a}/{b}" }, "topic: needs at least one level"],
    [{ topic: "usr/{device}/{device}" }, "topic: names the level {device} twice"],
    [{ topic: "usr/x{device}" }, "topic: 'x{device}' is neither"],
    [{ topic: "usr/{device...}/up" }, "can only be the last level"],
    [{ device: "{serial}" }, "device: {serial} is neither a level of the topic"],
    [{ device: "{$.a[}" }, "device: {$.a[} is neither"],
    [{ points: [{ point: "power", path: "$..x" }] }, "points.0.path: cannot be read"],
    [{ points: [{ point: "power", path: "$.x", unit: "m³" }] }, 'points.0.unit: "m³" cannot be turned into W'],
    [{ points: [{ point: "a b", path: "$.x" }] }, "points.0.point: must be"],
    [{ points: [{ point: "power", scale: 0 }] }, "points.0.scale: must not be 0"],
    [{ commands: [{ points: ["on"], topic: "jieyue/hall/ac/set", payload: "x" }] }, "commands.0.topic: must be a topic to publish on"],
    [{ commands: [{ points: ["on"], topic: "usr/{where}/x", payload: "x" }] }, "commands.0.topic: {where} is no level"],
    [{ commands: [{ points: ["on"], topic: "usr/x", payload: "{off}" }] }, "commands.0.payload: {off} is neither"],
    [{ availability: { topic: "usr/lwt" } }, "availability.topic: must name the level {device}"],
  ])("says what is wrong with %j", (change, problem) => {
    expect(problems(change).join("\n")).toContain(problem);
  });

  it("is put in place of another, and gone when it is taken away", () => {
    const codec = createMappingCodec([]);
    expect(hear(codec, "usr/hall/m7/up", "{}")).toBeNull();
    expect(codec.put(mapping(plain))).toContain("usr/+/+/up");
    expect(hear(codec, "usr/hall/m7/up", { data: { p: 1 } })).toHaveLength(2);
    codec.remove("usr-meter");
    expect(hear(codec, "usr/hall/m7/up", { data: { p: 1 } })).toBeNull();
    expect(codec.encode(addressed("usr-meter/m7", null), { on: true }, "c", 0)).toMatchObject({ kind: "cannot" });
  });

  it("throws at nothing", () =>
    fuzz(
      () =>
        createMappingCodec([
          mapping(plain),
          mapping({ id: "dtu", topic: "dtu/{rest...}", device: "{rest}", points: [{ point: "voltage", bytes: { at: 2, type: "bcd32", order: "CDAB" } }] }),
        ]),
      [
        ["usr/hall/m7/up", { t: 1_782_885_600, data: { p: 12, e: "345.6", sw: "open" } }],
        ["usr/hall/m7/ack", { seq: "c1", ok: true }],
        ["dtu/a/b", "436600000064ff9c"],
      ],
    ));
});

describe("its parts", () => {
  it("a topic fits its pattern, and gives its levels", () => {
    const levels = (pattern: string) => readTopic(pattern) as Exclude<ReturnType<typeof readTopic>, { wrong: string }>;
    expect([...matchTopic(levels("a/{x}/+/{y...}"), "a/1/2/3/4")!]).toEqual([
      ["x", "1"],
      ["y", "3/4"],
    ]);
    for (const topic of ["a/1/2", "b/1/2/3", "a//2/3"]) expect(matchTopic(levels("a/{x}/+/{y...}"), topic)).toBeNull();
  });

  it("a path finds what an object has itself, and nothing of its prototype", () => {
    const find = (path: string, value: unknown) => follow(value, readPath(path) as Exclude<ReturnType<typeof readPath>, { wrong: string }>);
    expect(find("$.a[1]['b c']", { a: [0, { "b c": 7 }] })).toBe(7);
    expect(find("a.b", { a: { b: 1 } })).toBe(1);
    for (const path of ["$.constructor.name", "$.__proto__", "$.length", "$.a.b.c"]) expect(find(path, { a: "text" })).toBeUndefined();
    fc.assert(fc.property(fc.string(), fc.json(), (path, json) => void (!("wrong" in readPath(path)) && find(path, JSON.parse(json)))));
  });

  it.each([
    ["u32", "ABCD", "00010002", 65_538],
    ["u32", "CDAB", "00020001", 65_538],
    ["u32", "DCBA", "02000100", 65_538],
    ["u32", "BADC", "01000200", 65_538],
    ["i32", "ABCD", "fffffffe", -2],
    ["u16", "DCBA", "0100", 1],
    ["i8", "ABCD", "ff", -1],
    ["bcd32", "DCBA", "44552233", 33_225_544],
    ["bcd32", "ABCD", "0000000f", undefined],
  ] as const)("%s in order %s: %s is %s", (type, order, hex, value) => {
    expect(numberAt(Buffer.from(hex, "hex"), { at: 0, type, order })).toBe(value);
  });
});
