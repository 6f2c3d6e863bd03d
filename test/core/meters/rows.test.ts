import { describe, expect, it } from "vitest";
import { createCalendar } from "../../../server/core/calendar.ts";
import type { TableRow } from "../../../server/core/meters/rows.ts";
import { numberOf, readRows } from "../../../server/core/meters/rows.ts";
import { device, smallSite } from "../../support/small-site.ts";

const calendar = createCalendar({ timezone: "Asia/Shanghai", settings: smallSite().calendar, holidays: {} });
const at = (text: string) => Date.parse(`${text}+08:00`);
const NOW = at("2026-07-31T10:00:00");
const manual = { point: "gas", every: "month" } as const;
const devices = [
  device("gas-1", "meter", "301", { manual, name: { "zh-CN": "食堂燃气表", en: "Canteen gas" } }),
  device("water-102", "water", "102"),
  device("twin-1", "plug", "301", { name: "Twin" }),
  device("twin-2", "plug", "301", { name: "twin" }),
];
type Cell = string | number | null;
const table = (...rows: readonly (readonly Cell[])[]): TableRow[] => rows.map((cells, i) => ({ line: i + 1, cells }));
const HEAD = ["meter", "date", "reading", "note"];
const read = (rows: readonly TableRow[], from1904 = false) => readRows({ table: rows, devices, calendar, now: NOW, from1904 });
function one(...row: readonly Cell[]) {
  const answer = read(table(HEAD, row));
  if (!answer.ok) throw new Error(answer.detail);
  return answer.rows[0]!;
}
const troublesOf = (...row: readonly Cell[]) => one(...row).troubles.map((t) => `${t.column} ${t.code}`);

describe("heads", () => {
  it.each([
    [["表号", "日期", "读数", "备注"]],
    [["錶號", "抄錶日期", "讀數", "備註"]],
    [["Meter No.", "Date", "Reading (m³)", "Notes"].map((h) => h.replace(".", ""))],
    [[" 表 号 * ", "日期：", "读数（m³）", "说明"]],
  ])("%j", (head) => {
    const answer = read(table(["七月抄表"], [], head, ["gas-1", "2026-07-30", 12, "x"]));
    expect(answer).toMatchObject({ ok: true, rows: [{ line: 4, point: "hall/gas-1/gas", value: 12, note: "x", troubles: [] }] });
  });
  it("in any order, with columns between that mean nothing here", () => {
    const answer = read(table(["读数", "单位", "时间", "表号", "日期"], [5, "m³", "09:15", "gas-1", "2026-07-30"]));
    expect(answer).toMatchObject({ ok: true, rows: [{ value: 5, at: at("2026-07-30T09:15:00") }] });
  });
  it("what is missing is named", () => {
    expect(read(table(["meter", "reading"], ["gas-1", 1]))).toEqual({ ok: false, detail: expect.stringContaining('"日期 / date"') });
    expect(read([])).toMatchObject({ ok: false });
  });
  it("rows of a template that nobody filled in are no mistakes", () => {
    expect(read(table(HEAD, ["gas-1", "2026-07-30", null, ""], ["water-102", "2026-07-30", " ", null]))).toEqual({ ok: true, rows: [] });
  });
});

describe("meters", () => {
  it.each(["gas-1", "HALL/GAS-1", "hall/gas-1/gas", "食堂燃气表", "Canteen Gas"])("by %s", (name) => {
    expect(one(name, "2026-07-30", 1).point).toBe("hall/gas-1/gas");
  });
  it("of a meter that has several counters, the one that is named", () => {
    expect(one("hall/gas-1/energy", "2026-07-30", 1).point).toBe("hall/gas-1/energy");
  });
  it("unknown, missing and ambiguous ones", () => {
    expect(troublesOf("gas-9", "2026-07-30", 1)).toEqual(["meter unknown-meter"]);
    expect(troublesOf(null, "2026-07-30", 1)).toEqual(["meter no-meter"]);
    expect(one("twin", "2026-07-30", 1).troubles).toMatchObject([{ code: "ambiguous-meter", detail: expect.stringContaining("hall/twin-2/energy") }]);
  });
});

describe("times", () => {
  it.each([
    ["2026-07-30", "2026-07-30T17:30:00"],
    ["2026/7/3", "2026-07-03T17:30:00"],
    ["2026年7月3日", "2026-07-03T17:30:00"],
    ["２０２６．７．３", "2026-07-03T17:30:00"],
    ["2026-07-30 08:05", "2026-07-30T08:05:00"],
    ["2026-07-30T08:05:59", "2026-07-30T08:05:00"],
    // A Saturday has no working time.
    ["2026-07-25", "2026-07-25T17:00:00"],
    // Today, before the end of work: now.
    ["2026-07-31", "2026-07-31T10:00:00"],
    // What spreadsheets make of a date: 46233 is 2026-07-30.
    [46_233, "2026-07-30T17:30:00"],
    [46_233.5, "2026-07-30T12:00:00"],
  ] as const)("%s", (date, expected) => {
    expect(one("gas-1", date, 1)).toMatchObject({ at: at(expected), troubles: [] });
  });
  it("of a file that counts from 1904", () => {
    expect(read(table(HEAD, ["gas-1", 46_233 - 1462, 1]), true)).toMatchObject({ rows: [{ at: at("2026-07-30T17:30:00") }] });
  });
  it.each([["2026-02-30"], ["2026-13-01"], ["30.7.2026"], ["yesterday"], [0.5], [-3], [9e9]] as const)("%s is none", (date) => {
    expect(troublesOf("gas-1", date, 1)).toEqual(["date bad-date"]);
  });
  it("a bad or missing one is told", () => {
    expect(troublesOf("gas-1", "2026-07-30 25:00", 1)).toEqual(["date bad-time"]);
    expect(troublesOf("gas-1", null, 1)).toEqual(["date no-date"]);
  });
});

describe("readings", () => {
  it.each([
    ["1234.5", 1234.5],
    ["1,234.5", 1234.5],
    ["１２３．５", 123.5],
    [" 12 345 ", 12_345],
    [0, 0],
    ["0012.50", 12.5],
    ["1.234,5", null],
    ["12,34", null],
    ["-5", null],
    ["1e5", null],
    ["0x1A", null],
    ["", null],
    ["12a", null],
    [Number.NaN, null],
  ] as const)("%s", (cell, value) => {
    expect(numberOf(cell)).toBe(value);
  });
  it("that cannot be read, or stand there twice, are told with their row", () => {
    expect(troublesOf("gas-1", "2026-07-30", "12,3")).toEqual(["reading bad-reading"]);
    expect(troublesOf("gas-1", "2026-07-30", null, "broken glass")).toEqual(["reading no-reading"]);
    const answer = read(table(HEAD, ["gas-1", "2026-07-30", 5], ["食堂燃气表", "2026-07-30", 6]));
    expect(answer).toMatchObject({ rows: [{ troubles: [] }, { line: 3, troubles: [{ code: "twice", detail: expect.stringContaining("Row 2") }] }] });
  });
});
