import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeNative, encodeNative, parseTime } from "../../server/codecs/native.ts";
import { normalise } from "../../server/core/normalise.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const decode = (topic: string, payload: unknown) => decodeNative(topic, bytes(typeof payload === "string" ? payload : JSON.stringify(payload)));
const STATE = "jieyue/hall/ac-301/state";

describe("the native format", () => {
  it("reads a state with its clock, and several at once", () => {
    const state = { on: true, mode: "cool", setpoint: 24, temperature: 26.8, power: 812 };
    expect(decode(STATE, { ...state, ts: "2026-07-01T14:00:00+08:00" })).toEqual({
      kind: "observations",
      device: "hall/ac-301",
      observations: [{ device: "hall/ac-301", ts: Date.parse("2026-07-01T06:00:00Z"), values: state }],
    });
    expect(decode(STATE, [state, { on: false }])).toMatchObject({
      observations: [
        { ts: null, values: state },
        { ts: null, values: { on: false } },
      ],
    });
  });

  it("reads availability, acks, jobs and the clock", () => {
    expect(decode("jieyue/hall/ac-301/availability", "online")).toMatchObject({ kind: "availability", online: true });
    expect(decode("jieyue/hall/ac-301/availability", '"offline"')).toMatchObject({ kind: "availability", online: false });
    expect(decode("jieyue/hall/ac-301/availability", "")).toEqual({ kind: "ignored" });
    expect(decode("jieyue/hall/ac-301/ack", { id: "01J", accepted: false, error: "locked" })).toMatchObject({
      kind: "ack",
      id: "01J",
      accepted: false,
      error: "locked",
    });
    expect(decode("jieyue/hall/copier-1/job", { job: "u", user: "", pages: 12, copies: 2, duplex: true, state: "held" })).toMatchObject({
      kind: "job",
      job: { job: "u", user: null, sheets: 12, pages: 12, state: "held" },
    });
    expect(decode("jieyue/clock", { now: "2026-07-01T08:00:00+08:00", speed: 60 })).toEqual({ kind: "clock", now: 1_782_864_000_000, speed: 60 });
  });

  it.each([
    ["jieyue/hall/state", {}, "bad-topic"],
    ["jieyue/hall/ac-301/x/state", {}, "bad-topic"],
    ["jieyue/hall/ac-301/nonsense", {}, "bad-topic"],
    ["jieyue//ac-301/state", {}, "bad-topic"],
    ["jieyue/hall/__proto__/state", { on: true }, "bad-topic"],
    [`jieyue/hall/${"x".repeat(65)}/state`, {}, "bad-topic"],
    [STATE, "{not json", "malformed"],
    [STATE, "5", "malformed"],
    [STATE, [{ on: true }, 7], "malformed"],
    [STATE, [], "empty-value"],
    [STATE, Array.from({ length: 1001 }, () => ({ on: true })), "too-many-values"],
    ["jieyue/hall/ac-301/availability", "maybe", "malformed"],
    ["jieyue/hall/ac-301/ack", { id: 5 }, "malformed"],
    ["jieyue/hall/copier-1/job", { job: "u", state: "paused", sheets: 1 }, "malformed"],
    ["jieyue/hall/copier-1/job", { job: "u", state: "held" }, "malformed"],
    ["jieyue/clock", { now: "today" }, "malformed"],
  ])("says what is wrong with %s %j", (topic, payload, fate) => {
    const decoded = decode(topic, payload);
    expect(decoded).toMatchObject({ kind: "rejected", fate });
    expect((decoded as { detail: string }).detail.length).toBeGreaterThan(10);
  });

  it("refuses what is too large and what is no UTF-8", () => {
    expect(decodeNative(STATE, new Uint8Array(65_537))).toMatchObject({ kind: "rejected", fate: "oversized" });
    expect(decodeNative(STATE, new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject({ kind: "rejected", fate: "malformed" });
  });

  it("ignores other trees and our own commands", () => {
    expect(decode("zigbee2mqtt/x", {})).toEqual({ kind: "ignored" });
    expect(decode("jieyue/hall/ac-301/set", { on: false })).toEqual({ kind: "ignored" });
  });

  it("writes a command as the contract has it", () => {
    expect(encodeNative("hall", "ac-301", { setpoint: 26 }, "01J")).toEqual({ topic: "jieyue/hall/ac-301/set", payload: '{"setpoint":26,"id":"01J"}' });
  });

  it("reads back whatever numbers, booleans and texts are written as a state", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/).filter((n) => n !== "ts" && n !== "__proto__");
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.string({ maxLength: 50 })), { minKeys: 1 }),
        (values) => {
          const decoded = decode(STATE, values);
          expect(decoded).toMatchObject({ kind: "observations" });
          expect(decoded.kind === "observations" && decoded.observations[0]!.values).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  it.each<[unknown, number | null]>([
    [undefined, null],
    [null, null],
    ["2026-07-01T14:00:00Z", Date.parse("2026-07-01T14:00:00Z")],
    ["2026-07-01 14:00:00.5+0800", Date.parse("2026-07-01T06:00:00.500Z")],
    ["2026-07-01T14:00:00", null],
    [1_782_885_600_000, 1_782_885_600_000],
    [1_782_885_600, 1_782_885_600_000],
    ["yesterday", Number.NaN],
    [1e300, Number.NaN],
    [-1e300, Number.NaN],
    ["2026-13-45T25:61:00Z", Number.NaN],
    [{}, Number.NaN],
    ["9".repeat(50), Number.NaN],
  ])("reads the time %j as %j", (raw, ms) => {
    expect(parseTime(raw)).toEqual(ms);
  });
});

/** Small deterministic chance (mulberry32), so that a failing mutation can be played again. */
function chance(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("hostile messages", () => {
  it("100,000 mutated messages throw nothing and pollute nothing", () => {
    const random = chance(20_261_123);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
    const seeds = [
      '{"on":true,"mode":"cool","setpoint":24,"temperature":26.8,"power":812,"ts":"2026-07-01T14:00:00+08:00"}',
      '[{"occupied":true,"count":2},{"occupied":false}]',
      "online",
      '{"id":"01J","accepted":true}',
      '{"job":"a","user":"b","pages":12,"copies":1,"sheets":6,"duplex":true,"color":false,"state":"held"}',
      '{"now":1782864000000,"speed":60}',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      '{"a":{"b":{"c":[1,2,[3]]}}}',
      '{"setpoint":1e999,"power":"NaN","on":"ON","temperature":-32768}',
    ];
    const topics = [
      "jieyue/hall/ac-301/state",
      "jieyue/hall/ac-301/availability",
      "jieyue/hall/ac-301/ack",
      "jieyue/hall/copier-1/job",
      "jieyue/clock",
      "jieyue/hall/x/y/z",
      "jieyue///",
      "x",
    ];
    const kinds = ["ac", "light", "water", "copier", null] as const;
    const seen = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const payload = Buffer.from(pick(seeds));
      for (let m = Math.floor(random() * 6); m > 0; m--) {
        const at = Math.floor(random() * payload.length);
        payload[at] = random() < 0.5 ? Math.floor(random() * 256) : pick(seeds).charCodeAt(0);
      }
      const topic = random() < 0.1 ? pick(topics) + String.fromCharCode(Math.floor(random() * 300)) : pick(topics);
      const decoded = decodeNative(topic, random() < 0.1 ? payload.subarray(0, Math.floor(random() * payload.length)) : payload);
      seen.set(decoded.kind, (seen.get(decoded.kind) ?? 0) + 1);
      if (decoded.kind !== "observations") continue;
      for (const o of decoded.observations) {
        const { report } = normalise(o, { kind: pick(kinds), points: null }, 1_782_885_600_000, random() < 0.1);
        for (const r of report?.readings ?? []) if (typeof r.value === "number") expect(Number.isFinite(r.value)).toBe(true);
      }
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect([...seen.keys()].sort()).toEqual(["ack", "availability", "clock", "ignored", "job", "observations", "rejected"]);
  });
});
