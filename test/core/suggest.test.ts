/** What a discovered device probably is and where: by words that people give devices, and never a guess between two that fit equally. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Description } from "../../server/core/description.ts";
import type { DeviceKind } from "../../server/core/device.ts";
import type { Space } from "../../server/core/space.ts";
import { suggest } from "../../server/core/suggest.ts";
import { suggestSpace } from "../../server/core/suggest-space.ts";
import { PlayedHouse, rule } from "../support/played-house.ts";
import { device, space } from "../support/small-site.ts";

const SPACES: readonly Space[] = [
  space("301", "office", { name: { "zh-CN": "301 综合科", en: "Room 301" } }),
  space("302", "meeting", { name: { "zh-CN": "第一会议室", "zh-TW": "第一會議室", en: "Meeting room 1" } }),
  space("512", "meeting", { floor: "5", name: { "zh-CN": "第二会议室", "zh-TW": "第二會議室", en: "Meeting room 2" } }),
  space("lobby", "lobby", { floor: "1", name: { "zh-CN": "一楼大厅", en: "Entrance lobby" } }),
  space("garage", "garage", { floor: "B1", name: "地下车库" }),
  space("s1", "office", { floor: "4", name: "401 财务科" }),
];
const place = (text: string, by: "name" | "area" | "id" = "name", spaces = SPACES) => suggestSpace([{ by, text }], spaces);

describe("a space", () => {
  it.each([
    ["ac-301", "hall/301"],
    ["AC301", "hall/301"],
    ["Room 301 window", "hall/301"],
    ["3F 会议室", "hall/302"],
    ["三楼会议室空调", "hall/302"],
    ["5楼 会议室", "hall/512"],
    ["5th floor conference", "hall/512"],
    ["第二會議室 燈", "hall/512"],
    ["Meeting room 1", "hall/302"],
    ["entrance LOBBY lamp", "hall/lobby"],
    ["大厅射灯", "hall/lobby"],
    ["B1 车库照明", "hall/garage"],
    ["401 插座", "hall/s1"],
    ["hall_302_presence", "hall/302"],
  ])("of %j is %s", (text, id) => {
    const found = place(text);
    expect(found.space?.value).toBe(id);
    expect(found.space?.why.length).toBeGreaterThan(0);
    expect(found.between).toEqual([]);
  });

  it.each(["会议室", "office", "3F", "ac-12", "0x00158d0001301", "Meeting room 17"])("of %j is not guessed", (text) => expect(place(text).space).toBeNull());

  it("between two that fit equally is left to people, who are shown both", () => {
    expect(place("会议室")).toEqual({ space: null, between: ["hall/302", "hall/512"] });
  });

  it("by where its source says that it is comes before what it is called", () => {
    const found = suggestSpace(
      [
        { by: "area", text: "第二会议室" },
        { by: "name", text: "ac-301" },
      ],
      SPACES,
    );
    expect(found.space).toMatchObject({ value: "hall/512", why: [{ by: "area", what: "name", match: "第二会议室" }] });
  });

  const words = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom("301", "会议室", "3F", "room", "lobby", "五楼", "ac-", " ", "_"));
  const texts = fc.array(words, { maxLength: 8 }).map((parts) => parts.join(""));

  it("does not depend on the order in which spaces are listed, whatever the text", () => {
    fc.assert(
      fc.property(texts, fc.shuffledSubarray([...SPACES], { minLength: SPACES.length }), (text, shuffled) => {
        expect(suggestSpace([{ by: "name", text }], shuffled)).toEqual(place(text));
      }),
    );
  });

  it("with a twin that is called the same is never guessed", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const twins = SPACES.flatMap((s) => [s, s]).map((s, i) => ({ ...s, id: `hall/room${i}q` }));
        expect(suggestSpace([{ by: "name", text }], twins).space).toBeNull();
      }),
    );
  });

  it("that is suggested is one that there is, and its reasons stand in the text", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const found = place(text).space;
        if (found === null) return;
        expect(SPACES.map((s) => s.id)).toContain(found.value);
        for (const w of found.why.filter((r) => r.what !== "floor")) expect(text.normalize("NFKC").toLowerCase()).toContain(w.match);
      }),
    );
  });
});

const described = (more: Partial<Description> = {}): Description => ({
  address: "a",
  aliases: [],
  name: "thing",
  hardware: [],
  maker: null,
  model: null,
  area: null,
  kind: null,
  points: [],
  topic: "t",
  interval: null,
  openLoop: false,
  unread: [],
  ...more,
});
const { house } = new PlayedHouse([rule({ id: "cooling", kinds: ["ac"] }), rule({ id: "lamps", kinds: ["light"] }), rule({ id: "off", kinds: ["ac"] })]);
house.policies.get("off")!.settings = { ...house.policies.get("off")!.settings, enabled: false };

function suggested(name: string, heard: readonly string[], description: Description | null = null, gaps: readonly number[] = []) {
  const stranger = { ...device("x", "ac", null, { name, adopted: false, codec: "tasmota" }), kind: null as DeviceKind | null };
  return suggest({ device: stranger, description, heard, gaps, spaces: SPACES, policies: house.policies.values() });
}

describe("a kind", () => {
  it.each([
    ["插座 3", ["on"], "plug", "name"],
    ["relay", ["on"], "light", "points"],
    ["desk lamp", ["on", "power", "energy"], "light", "name"],
    ["ac-301", ["on", "power"], "plug", "points"],
    ["relay", ["setpoint", "temperature"], "ac", "points"],
    ["会议室空调", [], "ac", "name"],
    ["desk lamp meter", [], null, null],
    ["照明", ["volume", "flow"], "water", "points"],
  ] as const)("of %j that says %j is %s by its %s", (name, heard, kind, by) => {
    const { kind: found } = suggested(name, heard);
    expect([found?.value ?? null, found?.why.by ?? null]).toEqual([kind, by]);
  });

  it("is its source's own word where it gives one", () => {
    expect(suggested("thing", ["temperature"], described({ kind: "outdoor" })).kind).toEqual({ value: "outdoor", why: { by: "source" } });
  });

  it("decides which policies would judge it, and which of its points the office has words for", () => {
    const found = suggested("ac-301", ["setpoint", "lux", "odd_word"], described({ points: [{ name: "on", key: "st", unit: null, writable: true }] }));
    expect(found.policies).toEqual(["cooling"]);
    expect(found.space?.value).toBe("hall/301");
    expect(found.points).toEqual([
      { name: "setpoint", is: "kind" },
      { name: "lux", is: "own" },
      { name: "odd_word", is: "own" },
      { name: "on", is: "kind" },
    ]);
  });
});

describe("an interval", () => {
  it("is its source's word, else the longest gap that was heard, rounded to what people set; three gaps at least", () => {
    expect(suggested("x", [], described({ interval: 90 }), [1, 2, 3]).interval).toEqual({ value: 90, by: "source" });
    expect(suggested("x", [], null, [60_000, 61_000, 59_500]).interval).toEqual({ value: 60, by: "heard" });
    expect(suggested("x", [], null, [60_000, 240_000, 59_500]).interval).toEqual({ value: 300, by: "heard" });
    expect(suggested("x", [], null, [60_000, 61_000]).interval).toBeNull();
    expect(suggested("x", [], null, [60_000, 61_000, 10 * 86_400_000]).interval).toBeNull();
  });
});
