import { describe, expect, it } from "vitest";
import { fill } from "../../../server/contract/words/template.ts";

describe("a sentence with gaps", () => {
  it("is filled", () => {
    expect(fill("设定 {setpoint}，低于 {limit}", { setpoint: "22 °C", limit: "26 °C" })).toBe("设定 22 °C，低于 26 °C");
  });

  it("drops a bracketed part whose gap has nothing, and keeps one that has", () => {
    const template = "无人[，用电 {power}][，至 {until}]";
    expect(fill(template, { power: "905 W", until: null })).toBe("无人，用电 905 W");
    expect(fill(template, {})).toBe("无人");
  });

  it("shows a dash where something must stand and is not known", () => {
    expect(fill("设定 {setpoint}", {})).toBe("设定 —");
  });

  it("chooses by number, and writes numbers as told", () => {
    const template = "{n} {n?thing needs:things need} you";
    expect(fill(template, { n: 1 })).toBe("1 thing needs you");
    expect(fill(template, { n: 1200 }, (n) => n.toLocaleString("en"))).toBe("1,200 things need you");
  });

  it("keeps a value as it is, even if it looks like a gap or a bracket", () => {
    expect(fill("《{document}》", { document: "[{n}] $&" })).toBe("《[{n}] $&》");
  });
});
