/** Rows of a table that somebody kept of meters, read into readings: which column is which, what each cell means, and what is wrong where. Pure. */
import type { Calendar } from "../calendar.ts";
import type { Device } from "../device.ts";
import { POINTS } from "../device.ts";
import type { Millis, PointId } from "../reading.ts";
import { civilFromDays } from "../zone.ts";

/** A table as it was read from a file: texts, numbers, and null for empty cells. `line` counts from 1, as a spreadsheet shows it. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly (string | number | null)[];
}

export const COLUMNS = ["meter", "date", "time", "reading", "note"] as const;
export type Column = (typeof COLUMNS)[number];

export const ROW_TROUBLES = [
  "no-meter",
  "unknown-meter",
  "ambiguous-meter",
  "no-date",
  "bad-date",
  "bad-time",
  "no-reading",
  "bad-reading",
  "twice",
  "refused",
  "not-allowed",
] as const;
export type RowTroubleCode = (typeof ROW_TROUBLES)[number];

export interface RowTrouble {
  readonly code: RowTroubleCode;
  readonly column: Column;
  /** What stood there. */
  readonly given: string;
  /** What it should be, in English; pages say it by the code. */
  readonly detail: string;
}

export interface ReadRow {
  readonly line: number;
  readonly meter: string;
  readonly point: PointId | null;
  readonly at: Millis | null;
  readonly value: number | null;
  readonly note: string | null;
  readonly troubles: readonly RowTrouble[];
}

export type ReadTable = { readonly ok: true; readonly rows: readonly ReadRow[] } | { readonly ok: false; readonly detail: string };

/** Heads of columns, as people write them. Compared without blanks, brackets and case. */
const HEADS: Readonly<Record<Column, readonly string[]>> = {
  meter: ["表号", "表號", "水表号", "电表号", "表计", "表計", "仪表", "儀錶", "錶號", "meter", "meterno", "meterid", "device", "point", "编号", "編號"],
  date: ["日期", "抄表日期", "抄錶日期", "date", "readon", "day"],
  time: ["时间", "時間", "抄表时间", "time"],
  reading: ["读数", "讀數", "示数", "示數", "抄表读数", "表读数", "reading", "value", "index"],
  note: ["备注", "備註", "说明", "說明", "note", "notes", "remark", "comment"],
};
/** The head may stand below a title. */
const HEAD_WITHIN = 10;
const LONGEST_NOTE = 500;
const MINUTES_A_DAY = 1440;

export interface RowsQuestion {
  readonly table: readonly TableRow[];
  readonly devices: readonly Device[];
  readonly calendar: Calendar;
  readonly now: Millis;
  /** The file counts days from 1904 on, as some spreadsheets do. */
  readonly from1904: boolean;
}

export function readRows({ table, devices, calendar, now, from1904 }: RowsQuestion): ReadTable {
  const at = table.slice(0, HEAD_WITHIN).findIndex((row) => placesOf(row).has("meter"));
  const places = at < 0 ? null : placesOf(table[at]!);
  const missing = (["meter", "date", "reading"] as const).filter((c) => places?.has(c) !== true);
  if (places === null || missing.length > 0) {
    const names = { meter: "表号 / meter", date: "日期 / date", reading: "读数 / reading" };
    return {
      ok: false,
      detail: `The table has no column ${missing.map((m) => `"${names[m]}"`).join(", ")} in its first ${HEAD_WITHIN} rows. Download the template to see the form.`,
    };
  }
  const meters = nameIndex(devices);
  const seen = new Map<string, number>();
  const rows: ReadRow[] = [];
  for (const row of table.slice(at + 1)) {
    const cell = (column: Column) => row.cells[places.get(column) ?? -1] ?? null;
    // A template's row that nobody filled in is no mistake.
    if (blank(cell("reading")) && blank(cell("note"))) continue;
    rows.push(readRow(row.line, cell, meters, { calendar, now, from1904 }, seen));
  }
  return { ok: true, rows };
}

function blank(cell: string | number | null): boolean {
  return cell === null || (typeof cell === "string" && cell.trim() === "");
}

function placesOf({ cells }: TableRow): Map<Column, number> {
  const places = new Map<Column, number>();
  cells.forEach((cell, i) => {
    if (typeof cell !== "string") return;
    const head = cell.replaceAll(/\(.*?\)|（.*?）|\[.*?\]|[\s_*:：]/g, "").toLowerCase();
    const column = COLUMNS.find((c) => HEADS[c].includes(head));
    if (column !== undefined && !places.has(column)) places.set(column, i);
  });
  return places;
}

/** Points by every name that a meter has: its ids and its names in every language. */
function nameIndex(devices: readonly Device[]): ReadonlyMap<string, readonly PointId[]> {
  const index = new Map<string, PointId[]>();
  const add = (name: string, point: PointId) => {
    const key = name.trim().toLowerCase();
    const known = index.get(key) ?? [];
    if (!known.includes(point)) index.set(key, [...known, point]);
  };
  for (const device of devices) {
    const counters = device.kind === null ? [] : POINTS[device.kind].filter((p) => p.counter === true).map((p) => p.name);
    for (const name of counters) add(`${device.id}/${name}`, `${device.id}/${name}`);
    const main = device.manual?.point ?? counters[0];
    if (main === undefined) continue;
    const point = `${device.id}/${main}`;
    const names = typeof device.name === "string" ? [device.name] : Object.values(device.name);
    for (const name of [device.id, device.id.slice(device.building.length + 1), ...names]) add(name, point);
  }
  return index;
}

interface Times {
  readonly calendar: Calendar;
  readonly now: Millis;
  readonly from1904: boolean;
}

function readRow(
  line: number,
  cell: (column: Column) => string | number | null,
  meters: ReadonlyMap<string, readonly PointId[]>,
  times: Times,
  seen: Map<string, number>,
): ReadRow {
  const troubles: RowTrouble[] = [];
  const trouble = (code: RowTroubleCode, column: Column, detail: string) =>
    void troubles.push({ code, column, given: String(cell(column) ?? "").slice(0, 100), detail });
  const meter = String(cell("meter") ?? "").trim();
  const found = meters.get(meter.toLowerCase()) ?? [];
  if (meter === "") trouble("no-meter", "meter", "Name the meter: its id or its name.");
  else if (found.length === 0) trouble("unknown-meter", "meter", "There is no such meter; use the id or the name that the list of meters shows.");
  else if (found.length > 1) trouble("ambiguous-meter", "meter", `Several meters are called so; use one of ${found.slice(0, 5).join(", ")}.`);
  const value = numberOf(cell("reading"));
  if (blank(cell("reading"))) trouble("no-reading", "reading", "The reading is missing.");
  else if (value === null) trouble("bad-reading", "reading", 'A reading is digits with a decimal point, such as 12345.6; "1.234,5" is not understood.');
  const at = timeOf(cell("date"), cell("time"), times, trouble);
  const note = String(cell("note") ?? "")
    .trim()
    .slice(0, LONGEST_NOTE);
  const point = found.length === 1 ? found[0]! : null;
  if (point !== null && at !== null) {
    const key = `${point} ${at}`;
    const before = seen.get(key);
    if (before !== undefined) trouble("twice", "meter", `Row ${before} is of the same meter and time; keep one of them.`);
    else seen.set(key, line);
  }
  return { line, meter, point, at, value, note: note === "" ? null : note, troubles };
}

/** Digits with a point, with or without commas between thousands; also in full width, as input methods write them. */
export function numberOf(cell: string | number | null): number | null {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  const text = halfWidth(cell ?? "").replaceAll(/\s/g, "");
  if (text.length > 30 || !/^\d+(\.\d+)?$|^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return null;
  return Number(text.replaceAll(",", ""));
}

function halfWidth(text: string): string {
  return text.replaceAll(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replaceAll("　", " ");
}

const DATE = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(.+))?$/;
const TIME = /^(\d{1,2})[:：时時](\d{1,2})(?:[:：分]\d{1,2}(?:\.\d+)?秒?|分)?$/;

function timeOf(
  date: string | number | null,
  time: string | number | null,
  { calendar, now, from1904 }: Times,
  trouble: (code: RowTroubleCode, column: Column, detail: string) => void,
): Millis | null {
  if (blank(date)) {
    trouble("no-date", "date", "Say on which day it was read, such as 2026-07-31.");
    return null;
  }
  let day: string;
  let minutes: number | null = null;
  if (typeof date === "number") {
    // Days since 1899-12-30 (1904-01-01), the time as a part of one.
    if (!(date >= 1 && date < 2_958_466)) return bad();
    const { year, month, day: d } = civilFromDays(Math.floor(date) + (from1904 ? -24_107 : -25_569));
    day = written(year, month, d);
    if (date % 1 > 0) minutes = Math.round((date % 1) * MINUTES_A_DAY);
  } else {
    const found = DATE.exec(halfWidth(date ?? "").trim());
    if (found === null) return bad();
    day = written(Number(found[1]), Number(found[2]), Number(found[3]));
    if (found[4] !== undefined && (minutes = minutesOf(found[4])) === null) return badTime("date");
  }
  if (!blank(time) && (minutes = minutesOf(time)) === null) return badTime("time");
  const midnight = calendar.instant(day, 0);
  // No such day: the calendar would count on into the next month.
  if (!Number.isFinite(midnight) || calendar.day(midnight).date !== day) return bad();
  if (minutes !== null) return calendar.instant(day, minutes);
  // Without a time it was read at the end of the day's work, and today no later than now.
  const end = calendar.periods(calendar.instant(day, 720)).at(-1)?.[1] ?? calendar.instant(day, 1020);
  return calendar.day(now).date === day ? Math.min(now, end) : end;

  function bad(): null {
    trouble("bad-date", "date", "A date is year, month and day, such as 2026-07-31, 2026/7/31 or 2026年7月31日.");
    return null;
  }
  function badTime(column: "date" | "time"): null {
    trouble("bad-time", column, "A time of day is hours and minutes, such as 16:30.");
    return null;
  }
}

function minutesOf(time: string | number | null): number | null {
  if (typeof time === "number") return time >= 0 && time < 1 ? Math.round(time * MINUTES_A_DAY) : null;
  const found = TIME.exec(halfWidth(time ?? "").trim());
  const [hours, minutes] = [Number(found?.[1] ?? 99), Number(found?.[2] ?? 99)];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}

function written(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
