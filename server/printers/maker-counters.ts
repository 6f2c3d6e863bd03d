/**
 * What makers count beside the one life counter of the standard: by colour, by what was printed, copied, faxed or scanned. Each row stands so in at least two public sources that do
 * not copy each other (LibreNMS's discovery, Checkmk's and GLPI-Agent's plugins, Home Assistant's library for Brother, makers' published MIBs); what these
 * tell differently is left out. Models differ: what a printer does not have is left out, too. Pure.
 */
import type { SnmpValue } from "./snmp-value.ts";
import { countOf, textOf } from "./snmp-value.ts";

/** A point, and the OIDs that it is the sum of; of several such lists the first counts of which the printer has anything. */
type Count = readonly [point: string, ...sums: readonly (readonly string[])[]];

export interface Maker {
  readonly name: string;
  readonly counts: readonly Count[];
  /** Counters in rows: what each is called, and how far it is. */
  readonly table?: { readonly names: string; readonly values: string; readonly points: Readonly<Record<string, string>> };
  /** Counters in one string: 7 bytes each, what it is first, its count in the last four. */
  readonly packed?: { readonly oid: string; readonly points: Readonly<Record<number, string>> };
}

const PRIVATE = "1.3.6.1.4.1.";
const HP = `${PRIVATE}11.2.3.9.4.2.1.4.1.2`;
const XEROX = `${PRIVATE}253.8.53.13.2.1.6`;
const RICOH = `${PRIVATE}367.3.2.1.2.19.5.1`;
const KYOCERA = `${PRIVATE}1347.42.3.1.2.1.1`;
const CANON = `${PRIVATE}1602.1.11.1.3.1.4`;
const KONICA = `${PRIVATE}18334.1.1.1.5.7.2`;

/** By the maker's number in the printer's sysObjectID. */
const MAKERS: Readonly<Record<number, Maker>> = {
  // total-mono-page-count, total-color-page-count and duplex-page-count of HP's IJXXXX-MIB; GLPI-Agent's MibSupport/Printers/HP.
  11: {
    name: "HP",
    counts: [
      ["mono", [`${HP}.6.0`]],
      ["color", [`${HP}.7.0`]],
      ["duplex", [`${HP}.22.0`]],
    ],
  },
  // GLPI-Agent's MibSupport/Printers/Xerox.
  253: {
    name: "Xerox",
    counts: [
      ["mono", [`${XEROX}.1.20.34`]],
      ["color", [`${XEROX}.1.20.33`]],
      ["copy-mono", [`${XEROX}.11.20.3`]],
      ["copy-color", [`${XEROX}.11.20.25`]],
    ],
  },
  // Rows by their names, which stand in other places on other models: Checkmk's printer_pages_ricoh, FusionInventory.
  367: {
    name: "Ricoh",
    counts: [],
    table: {
      names: `${RICOH}.5`,
      values: `${RICOH}.9`,
      points: {
        "Total Prints: Black & White": "mono",
        "Total Prints: Color": "color",
        "Counter:Print:Black & White": "print-mono",
        "Counter:Print:Full Color": "print-color",
        "Counter:Copy:Black & White": "copy-mono",
        "Counter:Copy:Full Color": "copy-color",
        "Counter:FAX:Black & White": "fax-mono",
      },
    },
  },
  // By function and colour; what a single colour counts is told differently, and left out.
  1347: {
    name: "Kyocera",
    counts: [
      ["print-mono", [`${KYOCERA}.1.1`]],
      ["print-color", [`${KYOCERA}.1.3`]],
      ["copy-mono", [`${KYOCERA}.2.1`]],
      ["copy-color", [`${KYOCERA}.2.3`]],
      ["fax-mono", [`${KYOCERA}.4.1`]],
    ],
  },
  // The numbers of its counter check: 112 and 113 black on large and small paper, 122 and 123 colour, 109 and 106 both sizes at once, 501 scans; Checkmk's canon_pages.
  1602: {
    name: "Canon",
    counts: [
      ["mono", [`${CANON}.112`, `${CANON}.113`], [`${CANON}.109`]],
      ["color", [`${CANON}.122`, `${CANON}.123`], [`${CANON}.106`]],
      ["scans", [`${CANON}.501`]],
    ],
  },
  // Home Assistant's library brother, and the plugin brotherbe for Jeedom. Its duplex unit counts sides, not sheets.
  2435: {
    name: "Brother",
    counts: [],
    packed: { oid: `${PRIVATE}2435.2.3.9.4.2.1.5.5.10.0`, points: { 0x01: "mono", 0x02: "color", 0x06: "duplex-sides" } },
  },
  // LibreNMS's printer counters for konica.
  18334: {
    name: "Konica Minolta",
    counts: [
      ["duplex", [`${KONICA}.1.3.0`]],
      ["scans", [`${KONICA}.1.5.0`]],
      ["copy-mono", [`${KONICA}.2.1.5.1.1`]],
      ["copy-color", [`${KONICA}.2.1.5.2.1`]],
      ["print-mono", [`${KONICA}.2.1.5.1.2`]],
      ["print-color", [`${KONICA}.2.1.5.2.2`]],
    ],
  },
};
/** Where a maker has no total of its own it is that of its parts. */
const PARTS: readonly (readonly [point: string, parts: readonly string[]])[] = [
  ["mono", ["print-mono", "copy-mono", "fax-mono"]],
  ["color", ["print-color", "copy-color"]],
];
const RECORD_BYTES = 7;

export interface MakerAnswers {
  /** By OID. */
  readonly scalars: ReadonlyMap<string, SnmpValue>;
  /** By the rest of the OID behind the column's. */
  readonly names: ReadonlyMap<string, SnmpValue>;
  readonly values: ReadonlyMap<string, SnmpValue>;
}

/** Whose printer it is by its sysObjectID; null where it is nobody's of these. */
export function makerOf(object: SnmpValue | undefined): Maker | null {
  const number = typeof object === "string" ? /^1\.3\.6\.1\.4\.1\.(\d{1,9})(?:\.|$)/.exec(object)?.[1] : undefined;
  return number === undefined ? null : (MAKERS[Number(number)] ?? null);
}

/** What is to be asked of it, beside the columns of its table. */
export function oidsOf({ counts, packed }: Maker): readonly string[] {
  return [...counts.flatMap(([, ...sums]) => sums.flat()), ...(packed === undefined ? [] : [packed.oid])];
}

export function readMaker(maker: Maker, answers: MakerAnswers): Readonly<Record<string, number>> {
  const values = new Map<string, number>();
  for (const [point, ...sums] of maker.counts) {
    const told = sums.map((oids) => oids.map((oid) => countOf(answers.scalars.get(oid))).filter((n) => n !== null)).find((list) => list.length > 0);
    if (told !== undefined) values.set(point, sum(told));
  }
  for (const [row, told] of answers.names) {
    const name = textOf(told);
    const points = maker.table?.points ?? {};
    const point = name !== null && Object.hasOwn(points, name) ? points[name] : undefined;
    const count = countOf(answers.values.get(row));
    // Some are there twice, for the screen and for the bill, with the same count.
    if (point !== undefined && count !== null && !values.has(point)) values.set(point, count);
  }
  if (maker.packed !== undefined) unpack(answers.scalars.get(maker.packed.oid), maker.packed.points, values);
  for (const [point, names] of PARTS) {
    const parts = names.map((name) => values.get(name)).filter((n) => n !== undefined);
    if (!values.has(point) && parts.length > 0) values.set(point, sum(parts));
  }
  return Object.fromEntries(values);
}

function unpack(told: SnmpValue | undefined, points: Readonly<Record<number, string>>, values: Map<string, number>): void {
  if (!(told instanceof Uint8Array)) return;
  const view = new DataView(told.buffer, told.byteOffset, told.byteLength);
  for (let at = 0; at + RECORD_BYTES <= told.length; at += RECORD_BYTES) {
    const point = points[view.getUint8(at)];
    if (point !== undefined) values.set(point, view.getUint32(at + 3));
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
