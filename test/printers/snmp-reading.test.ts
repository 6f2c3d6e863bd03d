import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SnmpAnswers } from "../../server/printers/snmp-reading.ts";
import type { SnmpValue } from "../../server/printers/snmp-value.ts";
import { COLUMNS, readSnmp, SCALARS } from "../../server/printers/snmp-reading.ts";
import { runs } from "../support/properties.ts";

const scalars = (told: SnmpAnswers["scalars"]) => readSnmp({ scalars: told, columns: {} }).values;
const columns = (told: Readonly<Partial<Record<keyof typeof COLUMNS, Readonly<Record<string, SnmpValue>>>>>) =>
  readSnmp({ scalars: {}, columns: Object.fromEntries(Object.entries(told).map(([name, rows]) => [name, new Map(Object.entries(rows))])) }).values;
const text = (words: string) => new TextEncoder().encode(words);

describe("a life counter", () => {
  it.each([
    [7, "pages"],
    [null, "pages"],
    [8, "sheets"],
    [4, "marker-life"],
  ])("whose unit is %o is the point %s", (lifeUnit, point) => {
    expect(scalars({ lifeCount: 184_233, lifeUnit })).toEqual({ [point]: 184_233 });
  });

  it("goes to its end as it is: what it does there is the history's", () => {
    expect(scalars({ lifeCount: 0xffff_ffff, lifeUnit: 7 })).toEqual({ pages: 4_294_967_295 });
    expect(scalars({ lifeCount: 0, lifeUnit: 7 })).toEqual({ pages: 0 });
  });

  it.each([null, -1, 1.5, Number.NaN, "184233", text("184233"), 0x1_0000_0000])("that says %o says nothing", (lifeCount) => {
    expect(scalars({ lifeCount, lifeUnit: 7 })).toEqual({});
  });
});

describe("a printer's state", () => {
  it.each([
    [2, 3, "idle"],
    [2, 4, "printing"],
    [3, 4, "printing"],
    [2, 5, "idle"],
    [2, 1, "sleep"],
    [5, 1, "down"],
    [5, 3, "down"],
  ])("of device %i and printer %i is %s", (device, printer, status) => {
    expect(scalars({ device, printer })).toEqual({ status });
  });

  it.each([
    [1, 2],
    [3, 1],
    [null, null],
    [99, 99],
  ])("of device %o and printer %o is not known", (device, printer) => {
    expect(scalars({ device, printer })).toEqual({});
  });

  it.each([
    [[0], ""],
    [[0b1000_0000], "low-paper"],
    [[0b0100_0100], "no-paper jammed"],
    [[0, 0b0000_0010], "overdue-maintenance"],
    [[], ""],
  ])("has its errors in the bits %o", (bits, errors) => {
    expect(scalars({ errors: Uint8Array.from(bits) })).toEqual({ errors });
  });
});

describe("supplies", () => {
  it("are told in percent where they have a greatest level, and as some where only that is known", () => {
    const supplyName = { "1.1": text("Black toner"), "1.2": text("Waste"), "1.3": text("Drum") };
    expect(columns({ supplyName, supplyMax: { "1.1": 20_000, "1.2": -2, "1.3": 100 }, supplyLevel: { "1.1": 5_000, "1.2": -3, "1.3": -2 } })).toEqual({
      "supply-1": 25,
      "supply-1-name": "Black toner",
      "supply-2": "some",
      "supply-2-name": "Waste",
    });
  });

  it.each([
    [-1, 100],
    [-2, 100],
    [50, -2],
    [50, 0],
    [101, 100],
    ["half", 100],
  ])("of level %o of %o are left out", (level, most) => {
    expect(columns({ supplyLevel: { "1.1": level }, supplyMax: { "1.1": most } })).toEqual({});
  });
});

it("trays are told like supplies", () => {
  const trayName = { "1.1": text("Tray 1"), "1.2": text("Bypass") };
  expect(columns({ trayName, trayMax: { "1.1": 500, "1.2": 100 }, trayLevel: { "1.1": 250, "1.2": -3, "1.3": -2 } })).toEqual({
    "tray-1": 50,
    "tray-1-name": "Tray 1",
    "tray-2": "some",
    "tray-2-name": "Bypass",
  });
});

it.each([
  [{ "1.1": 4, "1.2": 3 }, "open"],
  [{ "1.1": 6, "1.2": 5 }, "open"],
  [{ "1.1": 4, "1.2": 6 }, "closed"],
  [{ "1.1": 1, "1.2": 2 }, undefined],
])("covers that say %o are %s", (cover, said) => {
  expect(columns({ cover })["cover"]).toBe(said);
});

it("the panel and the alerts are told as they stand, without what no panel shows", () => {
  const said = columns({
    console: { "1.1": text("Sleep\u0000\u0007"), "1.2": text("  ") },
    alert: { "1.1": text("Tray 2 low"), "1.2": text("Paper jam") },
    alertSeverity: { "1.1": 4, "1.2": 3 },
  });
  expect(said).toEqual({ console: "Sleep", alerts: "Tray 2 low; ! Paper jam" });
});

it("whatever a printer answers, what is told is a number or a short text", () => {
  const value = fc.oneof(fc.constant(null), fc.double(), fc.integer(), fc.string({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }));
  const any = fc.record({
    scalars: fc.dictionary(fc.constantFrom(...Object.keys(SCALARS)), value),
    columns: fc.dictionary(
      fc.constantFrom(...Object.keys(COLUMNS)),
      fc.array(fc.tuple(fc.constantFrom("1.1", "1.2", "1.3", "__proto__"), value)).map((rows) => new Map(rows)),
    ),
  });
  fc.assert(
    fc.property(any, (answers) => {
      const { values, serial, model, name } = readSnmp(answers as SnmpAnswers);
      for (const [point, told] of Object.entries(values)) {
        expect(point).toMatch(/^[a-z0-9-]+$/);
        expect(typeof told === "number" ? Number.isInteger(told) && told >= 0 : told.length <= 300).toBe(true);
      }
      for (const words of [serial, model, name]) expect(words === null || (words !== "" && words.length <= 200)).toBe(true);
    }),
    { numRuns: runs(3000) },
  );
});
