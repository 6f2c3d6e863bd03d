/** What the page makes before it asks the server: drafts of adoptions, ranges of chosen ones, and the text that a mapping begins with. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chosenAfter, draftOf, requestOf } from "../../dashboard/src/adopting/draft.ts";
import { firstMapping } from "../../dashboard/src/adopting/first-mapping.ts";
import { draftOfMapping, levelAs, textOfDraft, withLevel, wrongAt } from "../../dashboard/src/adopting/mapping-draft.ts";
import { officeFirst } from "../../dashboard/src/names.ts";
import { tryMapping } from "../../server/codecs/mapping.ts";
import { mappingSchema } from "../../server/contract/mapping.ts";

const topic = (name: string, payload: string, binary = false) => ({
  topic: name,
  at: "2026-07-01T09:00:00+08:00",
  payload,
  binary,
  size: payload.length,
  cut: false,
});
const begun = (name: string, payload: string) => mappingSchema.parse(parse(firstMapping(topic(name, payload))));

describe("the mapping that a topic begins with", () => {
  it("has a level for the device, a point for every value, and the message's time", () => {
    const made = begun("ems/gw1/m7/up", '{"t":1782885600,"data":{"Power":1.5,"闸":"close"},"sn":"A7","list":[1,{"a b":2}]}');
    expect(made).toMatchObject({ id: "ems", topic: "ems/gw1/{device}/up", time: { path: "$.t", as: "s" } });
    expect(made.points.map((p) => [p.point, p.path])).toEqual([
      ["power", "$.data.Power"],
      ["value", "$.data.闸"],
      ["sn", "$.sn"],
      ["list0", "$.list[0]"],
      ["a_b", "$.list[1]['a b']"],
    ]);
  });

  it("is a mapping that reads what it was made of, whatever JSON that is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom("a/b1/c", "site/x", "one", "gw/3/meter/up", "Ω/µ/2"), (value, name) => {
        const text = JSON.stringify(value);
        const made = begun(name, text);
        const read = tryMapping(made, name, Buffer.from(text));
        expect(read.kind).not.toBe("not-its-topic");
      }),
    );
  });

  it("of a list whose items say what they are has their names and units, and not what only says so", () => {
    const made = begun("CET/NX/upload", '{"ts ":1688606685,"properties":[{"key":"P","value":0.25,"unit":"kW"},{"key":"Ia","value":2,"unit":"A"}]}');
    expect(made.time).toEqual({ path: "$['ts ']", as: "s" });
    expect(made.points.map((p) => [p.point, p.path, p.unit])).toEqual([
      ["P", "$.properties[key=P].value", "kW"],
      ["Ia", "$.properties[key=Ia].value", "A"],
    ]);
  });

  it("of raw bytes reads bytes, and of nothing is an example that counts", () => {
    expect(mappingSchema.parse(parse(firstMapping(topic("plc/3", "01 02", true)))).points[0]?.bytes).toMatchObject({ at: 0, type: "u16" });
    expect(mappingSchema.parse(parse(firstMapping(null))).id).toBe("my-meter");
  });
});

describe("a mapping in the form", () => {
  const whole = {
    id: "usr-meter",
    topic: "usr/{site}/{device}/up",
    kind: "meter",
    interval: 60,
    time: { path: "$.t", as: "s" },
    points: [
      { point: "power", path: "$.data.p", unit: "kW", scale: 0.1, offset: -2, none: [65_535, "--"] },
      { point: "on", path: "$.data.sw", values: { close: true, open: false } },
      { point: "level", path: "", values: { low: 1, high: 2.5 } },
      { point: "volume", bytes: { at: 4, type: "u32", order: "CDAB" } },
    ],
    availability: { topic: "usr/{site}/{device}/lwt", online: "1", offline: "0" },
    commands: [{ points: ["on"], topic: "usr/{site}/{device}/down", payload: '{"cmd":"{on}"}', values: { on: { true: "close", false: "open" } } }],
    ack: { topic: "usr/+/{device}/ack", id: "$.seq", accepted: { path: "$.ok", is: "true" } },
  };

  it.each([
    ["with everything", whole],
    ["with the least", { id: "a", topic: "a/{device}", points: [{ point: "power" }] }],
    ["with a name and no answer", { ...whole, device: "{site}-{device}", name: "{$.sn}", openLoop: true, ack: { ...whole.ack, accepted: null } }],
  ])("is the same after it was opened and written: %s", (_, mapping) => {
    const read = mappingSchema.parse(mapping);
    expect(mappingSchema.parse(JSON.parse(textOfDraft(draftOfMapping(read))))).toEqual(read);
  });

  it("says what was typed, also where it is wrong", () => {
    const draft = draftOfMapping(mappingSchema.parse(whole));
    const written = JSON.parse(textOfDraft({ ...draft, interval: "soon", points: [{ ...draft.points[0]!, scale: "0,5" }] }));
    expect([written.interval, written.points[0].scale]).toEqual(["soon", 0.5]);
    expect(wrongAt([{ path: "points.1.unit", message: "no" }], "points.1")).toBe("no");
    expect(wrongAt([{ path: "points.11.unit", message: "no" }], "points.1")).toBeNull();
  });

  it("has levels that are named, any, or as they are", () => {
    expect(withLevel("ems/gw1/m7/up", 2, { kind: "named", name: "device" })).toBe("ems/gw1/{device}/up");
    expect(withLevel("ems/{a}", 1, { kind: "any" })).toBe("ems/+");
    expect(["{a}", "+", "up"].map((p) => levelAs(p).kind)).toEqual(["named", "any", "word"]);
  });
});

describe("a draft of an adoption", () => {
  const found = {
    suggestion: {
      kind: { value: "ac", by: "source", match: "" },
      space: { value: "hall/301", why: [] },
      between: [],
      interval: { value: 60, by: "heard" },
      points: [],
      policies: [],
    },
  } as unknown as Parameters<typeof draftOf>[0];

  it("is its suggestion, under what somebody changed", () => {
    expect(requestOf("hall/x", draftOf(found))).toEqual({ id: "hall/x", kind: "ac", space: "hall/301", interval: 60 });
    expect(requestOf("hall/x", draftOf(found, { kind: "plug", space: "", name: " Desk ", interval: "x" }))).toEqual({
      id: "hall/x",
      kind: "plug",
      space: null,
      name: "Desk",
    });
    expect(requestOf("hall/x", draftOf(found, { kind: "" }))).toBeNull();
  });

  it("is chosen alone, or with all from the one that was clicked before", () => {
    const ids = ["a", "b", "c", "d"];
    const none = new Set<string>();
    expect([...chosenAfter(ids, none, { id: "b", last: null, chosen: true, range: true })]).toEqual(["b"]);
    expect([...chosenAfter(ids, none, { id: "d", last: "b", chosen: true, range: true })]).toEqual(["b", "c", "d"]);
    expect([...chosenAfter(ids, new Set(ids), { id: "a", last: "c", chosen: false, range: true })]).toEqual(["d"]);
    expect([...chosenAfter(ids, new Set(["a"]), { id: "z", last: "a", chosen: true, range: true })]).toEqual(["a"]);
  });
});

describe("a stranger's values", () => {
  it("begin with those that the office has words for", () => {
    const points = ["linkquality", "temperature", "occupied_heating_setpoint", "power"].map((name) => ({ name }));
    expect(officeFirst(points).map((p) => p.name)).toEqual(["temperature", "power", "linkquality", "occupied_heating_setpoint"]);
  });
});
