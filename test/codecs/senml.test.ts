import { describe, expect, it } from "vitest";
import { createSenml } from "../../server/codecs/senml.ts";
import { fuzz, hear } from "../support/codec.ts";

const NOW = Date.parse("2026-07-01T14:00:00+08:00");
const heard = (pack: unknown, topic = "senml/room/301") => hear(createSenml(), topic, pack, { now: NOW });
/** What was said, and what was refused. */
const say = (pack: unknown, topic?: string) => heard(pack, topic)?.filter((h) => h.kind !== "described") ?? null;
/** DEVICES §7, to the letter. */
const PACK =
  '[{"bn":"urn:dev:mac:0024befffe804ff1/","bt":1.763845e9,"bu":"W","n":"power","v":61.2},{"n":"energy","u":"kWh","s":1.2345e5},{"n":"temp","u":"Cel","v":23.1,"t":-5},{"n":"window","vb":true},{"n":"mode","vs":"cool"}]';

describe("SenML", () => {
  it("reads a pack with base name, time and unit, each record at its own time", () => {
    const at = 1.763845e12;
    expect(say(PACK)).toEqual([
      { kind: "said", address: "urn:dev:mac:0024befffe804ff1", said: { ts: at, values: { power: 61.2, energy: 123_450, window: true, mode: "cool" } } },
      { kind: "said", address: "urn:dev:mac:0024befffe804ff1", said: { ts: at - 5000, values: { temperature: 23.1 } } },
    ]);
  });

  it.each([
    ["absent: now, without a clock of its own", [{ n: "power", v: 1 }], null],
    ["0: the same", [{ n: "power", v: 1, t: 0 }], null],
    ["negative: so long ago", [{ n: "power", v: 1, t: -90 }], NOW - 90_000],
    ["below 2^28: from now on", [{ bt: 100, n: "power", v: 1, t: 20 }], NOW + 120_000],
    ["2^28 and above: since 1970", [{ n: "power", v: 1, t: 2 ** 28 }], 2 ** 28 * 1000],
  ])("a time that is %s", (_, pack, ts) => {
    expect(say(pack)).toEqual([{ kind: "said", address: "room/301", said: { ts, values: { power: 1 } } }]);
  });

  it.each([
    [{ n: "temp", u: "Cel", v: 20 }, { temperature: 20 }],
    [{ n: "energy", u: "J", v: 7.2e6 }, { energy: 2 }],
    [{ n: "volume", u: "l", v: 1234 }, { volume: 1.234 }],
    [{ n: "humidity", u: "%RH", v: 41 }, { humidity: 41 }],
    [{ n: "flow", u: "l/s", v: 0.5 }, { flow: 30 }],
    [{ n: "power", u: "kW", v: 1.5 }, { power: 1500 }],
    // A unit that is none of the point's: kept under its own name, never as power.
    [{ n: "Power", u: "lx", v: 3 }, { Power: 3 }],
    [
      { n: "power", u: "W", v: 10, s: 99 },
      { power: 10, "power.sum": 99 },
    ],
    [
      { n: "flow", u: "m3", v: 1, s: 99 },
      { flow: 1, volume: 99 },
    ],
  ])("%j is %j", (record, values) => {
    expect(say([record])).toMatchObject([{ said: { values } }]);
  });

  it("tells of its device, with the units of what the office has no word for", () => {
    const [described] = heard([
      { n: "co2", u: "ppm", v: 612 },
      { n: "temp", u: "Cel", v: 20 },
    ])!.filter((h) => h.kind === "described");
    expect(described?.description.points.map((p) => [p.name, p.unit])).toEqual([
      ["co2", "ppm"],
      ["temperature", "°C"],
    ]);
  });

  it("adds base value and base sum", () => {
    expect(
      say([
        { bv: 20, bs: 1000, bn: "x:" },
        { n: "temp", u: "Cel", v: 3 },
        { n: "energy", u: "kWh", s: 5 },
      ]),
    ).toEqual([{ kind: "said", address: "x", said: { ts: null, values: { temperature: 23, energy: 1005 } } }]);
  });

  it.each([
    ["no JSON", "{", "malformed", "Not JSON"],
    ["no array", { n: "power", v: 1 }, "malformed", "array of records"],
    ["too many records", Array.from({ length: 1001 }, () => ({ n: "a", v: 1 })), "too-many-values", "1001"],
    ["too large", `[${" ".repeat(70_000)}]`, "oversized", "65536"],
  ])("says what is wrong: %s", (_, pack, fate, detail) => {
    expect(say(pack)).toMatchObject([{ kind: "rejected", fate, detail: expect.stringContaining(detail) as string }]);
  });

  it("keeps out a record that it does not understand, and takes the others", () => {
    expect(say([{ n: "power", v: 1, unknown_: 2 }, { n: "power", v: 2 }, 7, { v: 3 }, { n: "a", vd: "aGk" }, { n: "b", bver: 11, v: 1 }])).toMatchObject([
      { kind: "rejected", detail: expect.stringContaining("unknown_") as string },
      { kind: "rejected", detail: expect.stringContaining("Record 2") as string },
      { kind: "rejected", detail: expect.stringContaining("no name") as string },
      { kind: "rejected", detail: expect.stringContaining("vd") as string },
      { kind: "rejected", detail: expect.stringContaining("version 11") as string },
      { kind: "said", said: { values: { power: 2 } } },
    ]);
  });

  it("leaves other trees to others, and takes no commands", () => {
    expect(hear(createSenml(), "other/x", "[]")).toBeNull();
    expect(hear(createSenml(["channels/7/messages"]), "channels/7/messages/room/301", [{ n: "power", v: 1 }])).toMatchObject([{}, { address: "room/301" }]);
    expect(createSenml().encode({ address: "x", kind: null, value: () => undefined }, { on: false }, "c", 0)).toMatchObject({ kind: "cannot" });
  });

  it("throws at nothing", () => {
    fuzz(
      () => createSenml(),
      [
        ["senml/room/301", PACK],
        ["senml/x", [{ bt: -10, n: "power", v: 1 }]],
      ],
    );
  });
});
