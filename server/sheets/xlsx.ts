/**
 * The first sheet of a workbook (.xlsx, ECMA-376): its values, as they are stored. Formulas are not reckoned: what they came to when the
 * file was saved is read. Only what a table of readings needs is understood, so that there is little that a file could do.
 */
import type { TableRow } from "../core/meters/rows.ts";
import { BadSheet, MOST_CELLS, MOST_ROWS } from "./limits.ts";
import type { Zip } from "./zip.ts";
import { openZip } from "./zip.ts";

/** Bytes of a part, unpacked. */
const MOST_SMALL = 1_000_000;
const MOST_LARGE = 24_000_000;

export interface XlsxTable {
  readonly rows: readonly TableRow[];
  readonly from1904: boolean;
}

export function readXlsx(bytes: Uint8Array): XlsxTable {
  const zip = openZip(bytes);
  const workbook = xmlOf(zip, "xl/workbook.xml", MOST_SMALL);
  if (workbook === null) throw new BadSheet("This is no .xlsx workbook; save the table as .xlsx or CSV (old .xls files are not read).");
  const sheet = xmlOf(zip, firstSheet(zip, workbook), MOST_LARGE);
  if (sheet === null) throw new BadSheet("The workbook has no sheet that can be read; save it as .xlsx again.");
  const shared = sharedTexts(xmlOf(zip, "xl/sharedStrings.xml", MOST_LARGE) ?? "");
  return { rows: rowsOf(sheet, shared), from1904: /<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"/.test(workbook) };
}

function xmlOf(zip: Zip, name: string, most: number): string | null {
  const bytes = zip.read(name, most);
  if (bytes === null) return null;
  const text = bytes.toString("utf8");
  // No workbook has a document type; whoever writes one wants entities to be resolved.
  if (text.includes("<!DOCTYPE") || text.includes("<!ENTITY"))
    throw new BadSheet("The workbook declares XML entities, which no workbook needs; it is not read.");
  return text;
}

/** Where the first sheet lies: by the workbook's own list, else where it usually is. */
function firstSheet(zip: Zip, workbook: string): string {
  const id = /<(?:\w+:)?sheet\b[^>]*\b(?:\w+:)?id="([^"]{1,100})"/.exec(workbook)?.[1];
  const rels = xmlOf(zip, "xl/_rels/workbook.xml.rels", MOST_SMALL) ?? "";
  for (const [tag] of rels.matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)) {
    if (attribute(tag, "Id") !== id) continue;
    const target = attribute(tag, "Target") ?? "";
    return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  }
  return "xl/worksheets/sheet1.xml";
}

function attribute(tag: string, name: string): string | null {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? null;
}

/** The texts of `<t>` in a piece of XML, without what is only said for the reading aloud of ideographs. */
function textIn(xml: string): string {
  const spoken = xml.replaceAll(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, "");
  let text = "";
  for (const [, inner] of spoken.matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<\/(?:\w+:)?t>/g)) text += unescaped(inner!);
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi,
    (all, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function sharedTexts(xml: string): string[] {
  const texts: string[] = [];
  for (const [, inner] of xml.matchAll(/<(?:\w+:)?si>([\s\S]*?)<\/(?:\w+:)?si>|<(?:\w+:)?si\/>/g)) texts.push(inner === undefined ? "" : textIn(inner));
  return texts;
}

function rowsOf(sheet: string, shared: readonly string[]): TableRow[] {
  const rows: TableRow[] = [];
  let line = 0;
  for (const [, head, inner] of sheet.matchAll(/<(?:\w+:)?row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?row>)/g)) {
    const given = Number(attribute(head!, "r"));
    line = Number.isInteger(given) && given > line ? given : line + 1;
    const cells = inner === undefined ? [] : cellsOf(inner, shared);
    if (cells.every((c) => c === null || c === "")) continue;
    rows.push({ line, cells });
    if (rows.length > MOST_ROWS) throw new BadSheet(`The sheet has more than ${MOST_ROWS} rows with something in them; take it in in parts.`);
  }
  return rows;
}

function cellsOf(row: string, shared: readonly string[]): (string | number | null)[] {
  const cells: (string | number | null)[] = [];
  let next = 0;
  for (const [, head, inner] of row.matchAll(/<(?:\w+:)?c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g)) {
    const column = columnOf(attribute(head!, "r")) ?? next;
    next = column + 1;
    if (column >= MOST_CELLS || inner === undefined) continue;
    while (cells.length <= column) cells.push(null);
    cells[column] = valueOf(attribute(head!, "t"), inner, shared);
  }
  return cells;
}

/** `C12` is column 2. */
function columnOf(reference: string | null): number | null {
  const letters = /^([A-Z]{1,3})\d/.exec(reference ?? "")?.[1];
  if (letters === undefined) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function valueOf(type: string | null, inner: string, shared: readonly string[]): string | number | null {
  if (type === "inlineStr") return textIn(inner);
  const value = /<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<\/(?:\w+:)?v>/.exec(inner)?.[1];
  if (value === undefined) return null;
  if (type === "s") return shared[Number(value)] ?? null;
  if (type === "str" || type === "e" || type === "d") return unescaped(value);
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  const number = Number(value);
  return Number.isFinite(number) ? number : unescaped(value);
}
