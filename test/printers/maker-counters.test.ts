/** Counters of makers' own, with numbers as their printers told them in public fixtures (DEVICES §10: colour, duplex and copies are in no standard). */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makerOf, oidsOf, readMaker } from "../../server/printers/maker-counters.ts";
import type { SnmpValue } from "../../server/printers/snmp-value.ts";
import { readSnmp } from "../../server/printers/snmp-reading.ts";
import { runs } from "../support/properties.ts";

const OBJECT = "1.3.6.1.4.1";
const told = (number: number, scalars: Readonly<Record<string, SnmpValue>>, rows: readonly (readonly [SnmpValue, SnmpValue])[] = []) => {
  const maker = makerOf(`${OBJECT}.${number}.1.1`)!;
  const numbered = (at: 0 | 1) => new Map(rows.map((row, i) => [`${i + 1}`, row[at]] as const));
  return readMaker(maker, {
    scalars: new Map(Object.entries(scalars).map(([oid, value]) => [`${OBJECT}.${number}.${oid}`, value])),
    names: numbered(0),
    values: numbered(1),
  });
};

describe("what a maker counts", () => {
  it("HP: black, colour, and sheets on both sides", () => {
    const hp = "2.3.9.4.2.1.4.1.2";
    expect(told(11, { [`${hp}.6.0`]: 38_000, [`${hp}.7.0`]: 12_000, [`${hp}.22.0`]: 8000 })).toEqual({ mono: 38_000, color: 12_000, duplex: 8000 });
    expect(told(11, { [`${hp}.6.0`]: 38_000, [`${hp}.7.0`]: null })).toEqual({ mono: 38_000 });
  });

  it("Xerox: black and colour, and of these what was copied", () => {
    const xerox = "8.53.13.2.1.6";
    expect(told(253, { [`${xerox}.1.20.33`]: 40_000, [`${xerox}.1.20.34`]: 60_000, [`${xerox}.11.20.25`]: 1500, [`${xerox}.11.20.3`]: 2500 })).toEqual({
      mono: 60_000,
      color: 40_000,
      "copy-mono": 2500,
      "copy-color": 1500,
    });
  });

  it("Ricoh: rows by their names, in whatever order, each once", () => {
    const rows = [
      ["Counter: Machine Total", 118_722],
      ["Counter:Print:Black & White", 62_846],
      ["Counter:Print:Full Color", 55_876],
      ["Total Prints: Monocolor", 62_846],
      ["Development: Color", 167_628],
      ["Total Prints: Color", 55_876],
      ["Total Prints: Black & White", 62_846],
      ["Total Prints: Color", 99],
    ] as const;
    const expected = { "print-mono": 62_846, "print-color": 55_876, mono: 62_846, color: 55_876 };
    expect(told(367, {}, rows)).toEqual(expected);
    expect(
      told(
        367,
        {},
        rows.map(([name, count]) => [new TextEncoder().encode(name), count]),
      ),
    ).toEqual(expected);
  });

  it("Kyocera: by function and colour, added up; a single colour is told of too differently", () => {
    const kyocera = "42.3.1.2.1.1";
    const counts = { "1.1": 163_915, "1.2": 7, "1.3": 140_424, "2.1": 73_811, "2.3": 42_443, "4.1": 3812 };
    expect(told(1347, Object.fromEntries(Object.entries(counts).map(([row, count]) => [`${kyocera}.${row}`, count])))).toEqual({
      "print-mono": 163_915,
      "print-color": 140_424,
      "copy-mono": 73_811,
      "copy-color": 42_443,
      "fax-mono": 3812,
      mono: 241_538,
      color: 182_867,
    });
  });

  it("Canon: both sizes of paper, or the total where it does not tell them apart", () => {
    const canon = "1.11.1.3.1.4";
    const all = { [`${canon}.112`]: 100, [`${canon}.113`]: 2140, [`${canon}.123`]: 501, [`${canon}.109`]: 2340, [`${canon}.501`]: 77 };
    expect(told(1602, all)).toEqual({ mono: 2240, color: 501, scans: 77 });
    expect(told(1602, { [`${canon}.109`]: 2340, [`${canon}.106`]: 9 })).toEqual({ mono: 2340, color: 9 });
  });

  it("Brother: all counters in one string of bytes, as a DCP-L3550CDW has it", () => {
    const bytes = Buffer.from("0001040000064b02010400000386010104000002c50601040000021a080104000000ed0701040000012d", "hex");
    const own = { "2.3.9.4.2.1.5.5.10.0": bytes };
    expect(told(2435, own)).toEqual({ mono: 709, color: 902, "duplex-sides": 538 });
    expect(told(2435, { "2.3.9.4.2.1.5.5.10.0": bytes.subarray(0, 17) })).toEqual({ color: 902 });
    expect(told(2435, { "2.3.9.4.2.1.5.5.10.0": "no bytes" })).toEqual({});
  });

  it("Konica Minolta: copies and prints by colour, sheets on both sides, scans", () => {
    const konica = "1.1.1.5.7.2";
    const counts = { "1.3.0": 5000, "1.5.0": 900, "2.1.5.1.1": 10, "2.1.5.2.1": 20, "2.1.5.1.2": 100, "2.1.5.2.2": 200 };
    expect(told(18334, Object.fromEntries(Object.entries(counts).map(([row, count]) => [`${konica}.${row}`, count])))).toEqual({
      duplex: 5000,
      scans: 900,
      "copy-mono": 10,
      "copy-color": 20,
      "print-mono": 100,
      "print-color": 200,
      mono: 110,
      color: 220,
    });
  });
});

it("the standard's total stays what it is, whatever the maker counts", () => {
  const answers = { scalars: new Map([[`${OBJECT}.11.2.3.9.4.2.1.4.1.2.6.0`, 7]]), names: new Map(), values: new Map() };
  const reading = readSnmp({ scalars: { object: `${OBJECT}.11.2.3.9.1`, lifeCount: 10, lifeUnit: 7 }, columns: {}, maker: answers });
  expect(reading).toMatchObject({ maker: "HP", values: { pages: 10, mono: 7 } });
});

it.each([undefined, null, 11, "", "1.3.6.1.4.1.", "1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.1111", "1.3.6.1.2.1.11", "x1.3.6.1.4.1.11.2"])(
  "nobody here made %o",
  (object) => {
    expect(makerOf(object)).toBeNull();
  },
);

it("whatever a printer answers, what is told is a count", () => {
  const value = fc.oneof(fc.constant(null), fc.double(), fc.integer(), fc.string(), fc.uint8Array({ maxLength: 60 }));
  const makers = [11, 253, 367, 1347, 1602, 2435, 18334].map((number) => makerOf(`${OBJECT}.${number}.1`)!);
  const known = fc.constantFrom("Total Prints: Color", "Counter:Copy:Full Color", "__proto__", "constructor");
  fc.assert(
    fc.property(fc.constantFrom(...makers), fc.array(value, { minLength: 8, maxLength: 8 }), fc.array(fc.tuple(known, value)), (maker, scalars, rows) => {
      const answers = {
        scalars: new Map(oidsOf(maker).map((oid, i) => [oid, scalars[i] ?? null])),
        names: new Map(rows.map(([name], i) => [`${i}`, name])),
        values: new Map(rows.map(([, count], i) => [`${i}`, count])),
      };
      for (const [point, count] of Object.entries(readMaker(maker, answers))) {
        expect(point).toMatch(/^[a-z-]+$/);
        expect(Number.isInteger(count) && count >= 0).toBe(true);
      }
    }),
    { numRuns: runs(2000) },
  );
});
