/** To copy with the codec: its bytes written out, never made by its own encoder. */
import { describe, expect, it } from "vitest";
import { createBlueprint } from "../../server/codecs/blueprint.ts";
import { addressed, fuzz, hear } from "../support/codec.ts";

const say = (key: string, text: string) => hear(createBlueprint(), `blueprint/hall/ac-301/${key}`, text);
const asked = (set: Readonly<Record<string, string | number | boolean>>) => createBlueprint().encode(addressed("hall/ac-301", "ac"), set, "c1", 0);

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
    expect(say(key, text)).toEqual([{ kind: "said", address: "hall/ac-301", said: { ts: null, values: wanted } }]);
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
    expect(say(key, text)).toMatchObject([{ kind: "rejected", fate }]);
  });

  it("leaves other trees to others, and its own commands alone", () => {
    expect(hear(createBlueprint(), "elsewhere/hall/ac-301/power", "ON")).toBeNull();
    expect(say("target/set", "260")).toEqual([]);
  });

  it("writes a command in the device's words, and none that it cannot take", () => {
    expect(asked({ setpoint: 26, on: false })).toEqual({
      kind: "messages",
      messages: [
        { topic: "blueprint/hall/ac-301/target/set", payload: "260" },
        { topic: "blueprint/hall/ac-301/power/set", payload: "OFF" },
      ],
    });
    expect(asked({ valve: "closed" })).toMatchObject({ kind: "cannot" });
    expect(asked({ mode: "off" })).toMatchObject({ kind: "cannot" });
    expect(asked({ setpoint: Number.NaN })).toMatchObject({ kind: "cannot" });
  });

  it("throws at nothing and pollutes nothing", () => {
    fuzz(createBlueprint, [
      ["blueprint/hall/ac-301/power", "ON"],
      ["blueprint/hall/ac-301/target", "245"],
      ["blueprint/hall/ac-301/mode", "COOLING"],
    ]);
  });
});
