import { describe, expect, it } from "vitest";
import type { PointState } from "../../server/core/policy.ts";
import type { DeviceKind } from "../../server/core/device.ts";
import { isPointName, normalise } from "../../server/core/normalise.ts";

const NOW = 1_782_885_600_000;
const point = (value: PointState["value"], at = NOW - 60_000): PointState => ({ value, at, received: at, changed: at, quality: "good" });
const take = (
  values: Record<string, unknown>,
  more: { ts?: number | null; kind?: DeviceKind | null; known?: Record<string, PointState>; retained?: boolean; stands?: boolean } = {},
) =>
  normalise(
    { device: "hall/x", ts: more.ts ?? null, values, stands: more.stands },
    { kind: more.kind === undefined ? "ac" : more.kind, points: more.known === undefined ? null : new Map(Object.entries(more.known)) },
    NOW,
    more.retained ?? false,
  );

describe("normalise", () => {
  it("takes what fits, with the device's time where it has one", () => {
    expect(take({ on: true, setpoint: 24 }, { ts: NOW - 500 })).toEqual({
      report: {
        device: "hall/x",
        at: NOW - 500,
        received: NOW,
        late: false,
        readings: [
          { name: "on", value: true, quality: "good" },
          { name: "setpoint", value: 24, quality: "good" },
        ],
      },
      fates: ["taken"],
    });
    expect(take({ on: true }).report).toMatchObject({ at: NOW, received: NOW });
  });

  const table: [string, Parameters<typeof take>, readonly string[], object | null][] = [
    ["the same value at the same time is a duplicate", [{ on: true }, { ts: NOW - 60_000, known: { on: point(true) } }], ["duplicate"], null],
    ["another value at the same time is news", [{ on: false }, { ts: NOW - 60_000, known: { on: point(true) } }], ["taken"], { late: false }],
    ["the same value later is news", [{ on: true }, { ts: NOW - 59_999, known: { on: point(true) } }], ["taken"], { late: false }],
    ["the same value without a clock is news: the device lives", [{ on: true }, { known: { on: point(true) } }], ["taken"], { late: false }],
    [
      "what is older than what is known is late",
      [{ on: false }, { ts: NOW - 60_001, known: { on: point(true) } }],
      ["late", "taken"],
      { late: true, at: NOW - 60_001 },
    ],
    ["a clock five minutes ahead is believed up to now", [{ on: true }, { ts: NOW + 300_000 }], ["taken"], { at: NOW }],
    ["a clock further ahead is not believed", [{ on: true }, { ts: NOW + 300_001 }], ["clock-ahead", "taken"], { at: NOW }],
    ["a clock that was never set is not believed", [{ on: true }, { ts: 1000 }], ["clock-absurd", "taken"], { at: NOW }],
    ["a clock that is no number is not believed", [{ on: true }, { ts: Number.NaN }], ["clock-absurd", "taken"], { at: NOW }],
    ["null says nothing", [{ on: null, setpoint: 24 }], ["empty-value", "taken"], { readings: [{ name: "setpoint" }] }],
    ["an empty message says nothing", [{}], ["empty-value"], null],
    ["a number as text is read, and counted", [{ setpoint: "24.5" }], ["wrong-type", "taken"], { readings: [{ value: 24.5, quality: "good" }] }],
    ["a blank is no 0", [{ setpoint: "  ", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["a number in another base is no number", [{ setpoint: "0x1A", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["a text that only begins as a number is none", [{ setpoint: "24 C", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["a very long number is none", [{ setpoint: "1".repeat(60_000), on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["an infinite number is left out", [{ setpoint: Infinity, on: true }], ["implausible", "taken"], { readings: [{ name: "on" }] }],
    ["a text that is no number is left out", [{ setpoint: "warm", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["1 is true, and counted", [{ on: 1 }], ["wrong-type", "taken"], { readings: [{ value: true }] }],
    ["2 is no truth", [{ on: 2, setpoint: 24 }], ["wrong-type", "taken"], { readings: [{ name: "setpoint" }] }],
    ["an object is no value", [{ setpoint: { value: 24 }, on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["65,535 of a counter is a count", [{ energy: 65_535 }], ["taken"], { readings: [{ value: 65_535, quality: "good" }] }],
    ["not-a-number as a text is left out", [{ temperature: "nan", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["an empty text says nothing", [{ temperature: "", on: true }], ["empty-value", "taken"], { readings: [{ name: "on" }] }],
    [
      "a sensor that is not there (127 °C) is suspect",
      [{ temperature: 127 }],
      ["implausible", "taken"],
      { readings: [{ quality: "suspect", doubt: "bounds" }] },
    ],
    ["0x7FFF as hundredths of a degree is suspect", [{ temperature: 327.67 }], ["implausible", "taken"], { readings: [{ quality: "suspect" }] }],
    [
      "65535 as hundredths of a percent is suspect",
      [{ humidity: 655.35 }, { kind: "outdoor" }],
      ["implausible", "taken"],
      { readings: [{ quality: "suspect" }] },
    ],
    ["−3 for 'some' is suspect", [{ power: -3 }], ["implausible", "taken"], { readings: [{ quality: "suspect" }] }],
    ["'nan' is left out", [{ temperature: "nan", on: true }], ["wrong-type", "taken"], { readings: [{ name: "on" }] }],
    ["nothing between quotes is left out", [{ temperature: "", on: true }], ["empty-value", "taken"], { readings: [{ name: "on" }] }],
    ["a mode that no unit has is suspect", [{ mode: "turbo" }], ["implausible", "taken"], { readings: [{ value: "turbo", quality: "suspect" }] }],
    ["a counter that falls is suspect", [{ energy: 99 }, { known: { energy: point(100) } }], ["implausible", "taken"], { readings: [{ quality: "suspect" }] }],
    ["a counter that stands is good", [{ energy: 100 }, { known: { energy: point(100) } }], ["taken"], { readings: [{ quality: "good" }] }],
    ["a point that the kind does not have is kept", [{ co2: 700 }], ["taken"], { readings: [{ name: "co2", value: 700 }] }],
    ["a point of an unknown kind is kept", [{ whatever: "yes" }, { kind: null }], ["taken"], { readings: [{ value: "yes" }] }],
    ["a name that is none is left out", [{ "a b": 1, "": 2, on: true }], ["unknown-point", "unknown-point", "taken"], { readings: [{ name: "on" }] }],
    ["retained without a clock is suspect", [{ on: true }, { retained: true }], ["retained", "taken"], { readings: [{ quality: "suspect" }] }],
    [
      "retained without a clock is no news of a device that was heard",
      [{ on: true }, { retained: true, known: { on: point(false) } }],
      ["retained", "late", "taken"],
      { late: true },
    ],
    [
      "retained without a clock is news of a point that was not heard yet, and of no other",
      [
        { on: true, setpoint: 22 },
        { retained: true, known: { on: point(false) } },
      ],
      ["retained", "taken"],
      { late: false, readings: [{ name: "setpoint", value: 22, quality: "suspect", doubt: "retained" }] },
    ],
    [
      "retained, but told by who is there and tells only what changes, is how it stands",
      [{ on: true }, { retained: true, stands: true, known: { on: point(false) } }],
      ["retained", "taken"],
      { late: false, readings: [{ value: true, quality: "good" }] },
    ],
    [
      "retained with a clock is as good as its time",
      [{ on: true }, { retained: true, ts: NOW - 1000 }],
      ["retained", "taken"],
      { readings: [{ quality: "good" }] },
    ],
  ];
  it.each(table)("%s", (_what, args, fates, report) => {
    const result = take(...args);
    expect(result.fates).toEqual(fates);
    if (report === null) expect(result.report).toBeNull();
    else expect(result.report).toMatchObject(report);
  });

  // DEVICES §14: 127 °C, −32768, −3, 0x7FFF, 65535.
  it.each([
    ["ac", "temperature", 127],
    ["ac", "temperature", -32_768],
    ["ac", "temperature", 0x7fff],
    ["outdoor", "humidity", 65_535],
    ["lux", "illuminance", 65_535],
    ["meter", "power", 65_535],
    ["meter", "power", -3],
    ["meter", "voltage", 65_535],
    ["water", "flow", 65_535],
    ["water", "volume", -3],
    ["light", "brightness", 127],
  ] as const)("a sentinel is kept as suspect: %s %s %d", (kind, name, value) => {
    const { report, fates } = take({ [name]: value }, { kind });
    expect(fates).toEqual(["implausible", "taken"]);
    expect(report!.readings).toEqual([{ name, value, quality: "suspect", doubt: "bounds" }]);
  });

  it("takes at most 64 values of one message", () => {
    const { report, fates } = take(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`p${i}`, i])), { kind: null });
    expect(report!.readings).toHaveLength(64);
    expect(fates).toEqual(["too-many-values", "taken"]);
  });

  it("is not led astray by names of objects' own making", () => {
    const hostile = JSON.parse('{"__proto__":1,"constructor":5,"toString":6,"on":true}') as Record<string, unknown>;
    expect(take(hostile, { kind: null }).report!.readings.map((r) => r.name)).toEqual(["constructor", "toString", "on"]);
    expect(isPointName("__proto__")).toBe(false);
  });
});
