/** Sparkplug B: the decoded session of DEVICES §6, encoded by another implementation (sparkplug-payload), and by hand where that one cannot. */
import { get } from "sparkplug-payload";
import { describe, expect, it } from "vitest";
import type { Heard } from "../../server/codecs/codec.ts";
import { createSparkplug } from "../../server/codecs/sparkplug/sparkplug.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const theirs = get("spBv1.0")!;
type Payload = Parameters<typeof theirs.encodePayload>[0];
const bytes = (payload: unknown) => theirs.encodePayload(payload as Payload);
const T = 1_795_385_562_230;

const NBIRTH = {
  timestamp: T,
  metrics: [
    { name: "Node Control/Rebirth", type: "Boolean", value: false },
    { name: "bdSeq", type: "UInt64", value: 0 },
  ],
  seq: 0,
};
const DBIRTH = {
  timestamp: T,
  metrics: [
    { name: "power", alias: 1, type: "Float", value: 61.5, timestamp: T },
    { name: "energy", alias: 2, type: "Double", value: 123.456 },
    { name: "setpoint", alias: 3, type: "Float", value: 24 },
    { name: "on", alias: 4, type: "Boolean", value: true },
    { name: "Room/Temperature", alias: 5, type: "Float", value: 78.8, properties: { engUnit: { type: "String", value: "°F" } } },
    { name: "offset", alias: 6, type: "Int16", value: -5, properties: { engUnit: { type: "String", value: "Pa" } } },
  ],
  seq: 1,
};
const ddata = (seq: number, metrics: unknown[] = [{ alias: 1, type: "Float", value: 60.20000076293945, timestamp: T + 1000 }]) => ({
  timestamp: T + 1000,
  metrics,
  seq,
});
const topic = (kind: string, device = "/ac-301") => `spBv1.0/Office/${kind}/gw-3f${kind.startsWith("D") ? device : ""}`;

/** A codec to which the session was played up to the births. */
function born() {
  const codec = createSparkplug();
  const births = [...hear(codec, topic("NBIRTH"), bytes(NBIRTH))!, ...hear(codec, topic("DBIRTH"), bytes(DBIRTH))!];
  return {
    codec,
    births,
    data: (payload: unknown, kind = "DDATA", now?: number) => hear(codec, topic(kind), bytes(payload), now === undefined ? {} : { now })!,
  };
}
const rebirths = (heard: readonly Heard[]) =>
  heard.filter((h) => h.kind === "reply").map((h) => [h.message.topic, theirs.decodePayload(h.message.payload as Uint8Array)] as const);
/** No sample times: those without their own have the message's. */
const values = (heard: readonly Heard[]) => Object.assign({}, ...heard.flatMap((h) => (h.kind === "said" ? [h.said.values] : []))) as object;

describe("Sparkplug B", () => {
  it("a birth describes a device, its values in the office's words and units", () => {
    const { births } = born();
    expect(births.find((h) => h.kind === "described")).toMatchObject({ description: { address: "Office/gw-3f/ac-301", name: "ac-301", kind: "ac" } });
    const described = births.flatMap((h) => (h.kind === "described" ? [h.description] : []));
    expect(described).toHaveLength(1);
    expect(described[0]!.points.find((p) => p.name === "offset")?.unit).toBe("Pa");
    expect(values(births)).toEqual({ power: 61.5, energy: 123.456, setpoint: 24, on: true, temperature: 26, offset: -5 });
    expect(births).toContainEqual({ kind: "availability", address: "Office/gw-3f/ac-301", online: true });
  });

  it("data has only the alias; a float is what was written", () => {
    expect(lastSaid(born().data(ddata(2)))).toEqual({ ts: T + 1000, values: { power: 60.2 } });
  });

  it("a gap asks for a birth, once a minute, and believes no alias until it came", () => {
    const { codec, data } = born();
    const now = T;
    const gap = data(ddata(3), "DDATA", now);
    expect(rebirths(gap)).toMatchObject([["spBv1.0/Office/NCMD/gw-3f", { metrics: [{ name: "Node Control/Rebirth", type: "Boolean", value: true }] }]]);
    expect(values(gap)).toEqual({});
    expect(rebirths(data(ddata(4), "DDATA", now + 59_000))).toEqual([]);
    expect(rebirths(data(ddata(5), "DDATA", now + 61_000))).toHaveLength(1);
    // A metric that has its name is believed.
    expect(values(data(ddata(6, [{ name: "power", type: "Float", value: 7 }])))).toEqual({ power: 7 });
    hear(codec, topic("NBIRTH"), bytes(NBIRTH));
    hear(codec, topic("DBIRTH"), bytes(DBIRTH));
    expect(values(data(ddata(2)))).toEqual({ power: 60.2 });
  });

  it("a device or an alias that no birth told of asks for one, also without a gap", () => {
    const { codec, data } = born();
    expect(rebirths(hear(codec, topic("DDATA", "/lost"), bytes(ddata(2)))!)).toHaveLength(1);
    const again = data(ddata(3, [{ alias: 99, type: "Float", value: 1 }]), "DDATA", T + 1e9);
    expect(rebirths(again)).toHaveLength(1);
    expect(values(again)).toEqual({});
  });

  it("says what it does not read: data sets, templates, numbers that are too large", () => {
    const dataSet = { numOfColumns: 1, types: ["Int8"], columns: ["a"], rows: [[1]] };
    const metrics = [
      { name: "power", alias: 1, type: "Float", value: 61.5 },
      { name: "table", type: "DataSet", value: dataSet },
      { name: "udt", type: "Template", value: { templateRef: "x", isDefinition: false, metrics: [], parameters: [] } },
      { name: "blob", type: "Bytes", value: new Uint8Array([1, 2]) },
    ];
    const codec = createSparkplug();
    hear(codec, topic("NBIRTH"), bytes(NBIRTH));
    const heard = hear(codec, topic("DBIRTH"), bytes({ timestamp: T, metrics, seq: 1 }))!;
    expect(values(heard)).toEqual({ power: 61.5 });
    expect(heard.at(-1)).toMatchObject({ kind: "rejected", fate: "wrong-type", detail: expect.stringContaining("table, udt, blob") as string });
    const data = hear(codec, topic("DDATA"), bytes(ddata(2, [{ name: "table", type: "DataSet", value: dataSet }])))!;
    expect(data).toMatchObject([{ kind: "rejected", fate: "wrong-type" }]);
  });

  it("data before any birth asks for one and is not guessed at", () => {
    const heard = hear(createSparkplug(), topic("DDATA"), bytes(ddata(9)))!;
    expect(rebirths(heard)).toHaveLength(1);
    expect(heard.filter((h) => h.kind !== "reply")).toEqual([]);
  });

  it("the sequence wraps at 255, and a message that comes twice is taken once", () => {
    const { data } = born();
    for (let seq = 2; seq <= 255; seq++) expect(rebirths(data(ddata(seq)))).toEqual([]);
    expect(values(data(ddata(0)))).toEqual({ power: 60.2 });
    expect(data(ddata(0))).toEqual([]);
    expect(rebirths(data(ddata(1)))).toEqual([]);
  });

  it("an alias holds until the next birth, where it may mean another metric", () => {
    const { codec, data } = born();
    hear(codec, topic("NBIRTH"), bytes(NBIRTH));
    hear(codec, topic("DBIRTH"), bytes({ ...DBIRTH, metrics: [{ name: "energy", alias: 1, type: "Double", value: 5 }] }));
    expect(values(data(ddata(2, [{ alias: 1, type: "Double", value: 6 }])))).toEqual({ energy: 6 });
  });

  it("history is told apart from the present", () => {
    const heard = born().data(
      ddata(2, [
        { alias: 2, type: "Double", value: 100, timestamp: T - 3_600_000, isHistorical: true },
        { alias: 2, type: "Double", value: 130, timestamp: T },
      ]),
    );
    expect(heard).toMatchObject([{ said: { ts: T - 3_600_000, values: { energy: 100 }, historical: true } }, { said: { ts: T, values: { energy: 130 } } }]);
    expect((heard[1] as Extract<Heard, { kind: "said" }>).said.historical).toBeUndefined();
  });

  it("no value is bad quality, not a missing one", () => {
    const heard = born().data(ddata(2, [{ alias: 1, type: "Float", value: null, timestamp: T }]));
    expect(heard).toMatchObject([{ said: { values: {}, bad: { power: "no value (is_null)" } } }]);
  });

  it("whole numbers keep their sign and 64 bits; what is beyond 2^53 is no number", () => {
    const { data } = born();
    const said = data(
      ddata(2, [
        { name: "a", type: "Int8", value: -1 },
        { name: "b", type: "Int32", value: -70_000 },
        { name: "c", type: "Int64", value: -5_000_000_000 },
        { name: "d", type: "UInt64", value: 5_000_000_000 },
        { name: "e", type: "UInt32", value: 4_294_967_295 },
      ]),
    );
    expect(values(said)).toEqual({ a: -1, b: -70_000, c: -5_000_000_000, d: 5_000_000_000, e: 4_294_967_295 });
  });

  it("a death takes its devices away, unless it is an old connection's", () => {
    const { codec, data } = born();
    const death = (bdSeq: number) => hear(codec, topic("NDEATH"), bytes({ timestamp: T, metrics: [{ name: "bdSeq", type: "UInt64", value: bdSeq }] }))!;
    expect(death(7)).toEqual([]);
    expect(values(data(ddata(2)))).toEqual({ power: 60.2 });
    expect(death(0)).toContainEqual({ kind: "availability", address: "Office/gw-3f/ac-301", online: false });
    expect(data({ timestamp: T, metrics: [], seq: 3 }, "DDEATH")).toContainEqual({ kind: "availability", address: "Office/gw-3f/ac-301", online: false });
  });

  it("is commanded by metrics of the types of its birth", () => {
    const { codec } = born();
    const ac = addressed("Office/gw-3f/ac-301", "ac");
    const asked = codec.encode(ac, { on: false, setpoint: 26 }, "c", T);
    if (asked.kind !== "messages") throw new Error(asked.why);
    expect(asked.messages[0]!.topic).toBe("spBv1.0/Office/DCMD/gw-3f/ac-301");
    expect(theirs.decodePayload(asked.messages[0]!.payload as Uint8Array).metrics).toMatchObject([
      { name: "on", alias: { low: 4 }, type: "Boolean", value: false },
      { name: "setpoint", alias: { low: 3 }, type: "Float", value: 26 },
    ]);
    expect(codec.encode(ac, { mode: "cool" }, "c", T)).toMatchObject({ kind: "cannot" });
    expect(codec.encode(addressed("Office/gw-3f/never", "ac"), { on: false }, "c", T)).toMatchObject({ kind: "cannot" });
  });

  it("says what is wrong, and leaves hosts and commands alone", () => {
    expect(hear(createSparkplug(), topic("DDATA"), Buffer.from([255, 255]))).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
    for (const wrong of ["spBv1.0/Office/DDATA/gw", "spBv1.0/Office/NDATA/gw/x", "spBv1.0/Office/XDATA/gw", "spBv1.0/Office/DDATA/gw/a/b"])
      expect(hear(createSparkplug(), wrong, bytes(ddata(1)))).toMatchObject([{ kind: "rejected", fate: "bad-topic" }]);
    expect(hear(createSparkplug(), "spBv1.0/STATE/host", '{"online":true}')).toEqual([]);
    expect(hear(createSparkplug(), "STATE/host", "ONLINE")).toEqual([]);
    expect(hear(createSparkplug(), "STATE/host", "something else")).toBeNull();
    expect(hear(createSparkplug(), topic("NCMD"), bytes(NBIRTH))).toEqual([]);
    expect(hear(createSparkplug(), "other/Office/DDATA/gw/x", "")).toBeNull();
  });

  it("throws at nothing", () =>
    fuzz(createSparkplug, [
      [topic("NBIRTH"), bytes(NBIRTH)],
      [topic("DBIRTH"), bytes(DBIRTH)],
      [topic("DDATA"), bytes(ddata(2))],
      [topic("NDEATH"), bytes({ timestamp: T, metrics: [{ name: "bdSeq", type: "UInt64", value: 0 }] })],
    ]));
});
