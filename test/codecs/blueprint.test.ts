/** To copy with the codec: its bytes written out, never made by its own encoder. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBlueprint, encodeBlueprint } from "../../server/codecs/blueprint.ts";

const say = (key: string, text: string) => decodeBlueprint(`blueprint/hall/ac-301/${key}`, new TextEncoder().encode(text));
const values = (key: string, text: string) => {
  const decoded = say(key, text);
  return decoded.kind === "observations" ? decoded.observations[0]!.values : decoded;
};

describe("the blueprint of a codec", () => {
  it.each([
    ["power", "ON", { on: true }],
    ["power", "off\n", { on: false }],
    ["mode", "COOLING", { mode: "cool" }],
    ["target", "245", { setpoint: 24.5 }],
    ["room", "-5", { temperature: -0.5 }],
    ["watt", "812", { power: 812 }],
    ["firmware", "1.2.3", { firmware: "1.2.3" }],
  ])("puts %s %s into the office's words", (key, text, wanted) => {
    expect(values(key, text)).toEqual(wanted);
  });

  it.each([
    ["power", "MAYBE", "malformed"],
    ["target", "24.5 °C", "malformed"],
    ["target", "9".repeat(300), "oversized"],
    ["a/b", "ON", "bad-topic"],
    ["", "ON", "bad-topic"],
    ["x".repeat(65), "ON", "bad-topic"],
    ["__proto__", "ON", "bad-topic"],
  ])("says what is wrong with %s %s", (key, text, fate) => {
    expect(say(key, text)).toMatchObject({ kind: "rejected", fate });
  });

  it("ignores other trees and its own commands", () => {
    expect(decodeBlueprint("jieyue/hall/ac-301/state", new Uint8Array())).toEqual({ kind: "ignored" });
    expect(say("target/set", "260")).toEqual({ kind: "ignored" });
  });

  it("writes a command in the device's words, and none that it cannot take", () => {
    expect(encodeBlueprint("hall", "ac-301", { setpoint: 26, on: false })).toEqual([
      { topic: "blueprint/hall/ac-301/target/set", payload: "260" },
      { topic: "blueprint/hall/ac-301/power/set", payload: "OFF" },
    ]);
    expect(encodeBlueprint("hall", "ac-301", { valve: "closed" })).toBeNull();
    expect(encodeBlueprint("hall", "ac-301", { mode: "off" })).toBeNull();
    expect(encodeBlueprint("hall", "ac-301", { setpoint: Number.NaN })).toBeNull();
  });

  it("throws at nothing and pollutes nothing", () => {
    const topic = fc.oneof(
      fc.string(),
      fc.constantFrom("power", "mode", "target", "__proto__", "constructor").map((key) => `blueprint/hall/ac-301/${key}`),
      fc.string().map((rest) => `blueprint/${rest}`),
    );
    fc.assert(
      fc.property(topic, fc.uint8Array({ maxLength: 300 }), (name, payload) => {
        const decoded = decodeBlueprint(name, payload);
        if (decoded.kind === "rejected") expect(decoded.detail.length).toBeGreaterThan(10);
      }),
      { numRuns: 2000 },
    );
    expect(({} as Record<string, unknown>)["on"]).toBeUndefined();
  });
});
