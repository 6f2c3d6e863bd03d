/** Tables that people hand in: every spelling of a CSV, workbooks as other programs write them, and files that mean harm. */
import { strToU8, zipSync } from "fflate";
import writeXlsx from "write-excel-file/node";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../server/sheets/csv.ts";
import { createSheets } from "../../server/sheets/sheets.ts";
import { readXlsx } from "../../server/sheets/xlsx.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const cells = (bytes: Uint8Array) => readCsv(bytes).map((r) => [r.line, ...r.cells]);
/** “表号,日期,读数” in GB18030, as a Chinese Excel saves it. */
const GB = Uint8Array.from([0xb1, 0xed, 0xba, 0xc5, 0x2c, 0xc8, 0xd5, 0xc6, 0xda, 0x2c, 0xb6, 0xc1, 0xca, 0xfd]);

describe("text", () => {
  it.each([
    ["UTF-8", utf8("表号,日期\r\na,1"), ["表号", "日期"]],
    ["UTF-8 with a mark", utf8("﻿表号,日期\na,1"), ["表号", "日期"]],
    ["GB18030", GB, ["表号", "日期", "读数"]],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, ...new Uint8Array(Uint16Array.from(Array.from("表号\t日期", (c) => c.charCodeAt(0))).buffer)]), ["表号", "日期"]],
    ["semicolons", utf8("meter;date\na;1"), ["meter", "date"]],
    ["tabs", utf8("meter\tdate\na\t1"), ["meter", "date"]],
  ])("is read as %s", (_name, bytes, head) => {
    expect(readCsv(bytes)[0]!.cells).toEqual(head);
  });
  it("keeps quoted cells whole and counts rows as a spreadsheet does", () => {
    expect(cells(utf8('meter,note\n\n"a, b","say ""hi""\nand go"\nc,d'))).toEqual([
      [1, "meter", "note"],
      [3, "a, b", 'say "hi"\nand go'],
      [4, "c", "d"],
    ]);
  });
  it("says what is wrong", () => {
    expect(() => readCsv(Uint8Array.from([0xff, 0xff, 0xff]))).toThrow(/neither UTF-8 nor GB18030/);
    expect(() => readCsv(utf8('a,"b\nc'))).toThrow(/not closed/);
    expect(() => readCsv(utf8("a\0b"))).toThrow(/no text/);
    expect(() => readCsv(utf8("a,b\n".repeat(5002)))).toThrow(/more than 5001 rows/);
    expect(readCsv(utf8("a,b\n".repeat(5001)))).toHaveLength(5001);
  });
});

const WORKBOOK = `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId7"/></sheets></workbook>`;
const RELS = `<Relationships><Relationship Id="rId7" Target="worksheets/other.xml"/></Relationships>`;
function workbook(sheet: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  const parts = { "xl/workbook.xml": WORKBOOK, "xl/_rels/workbook.xml.rels": RELS, "xl/worksheets/other.xml": sheet, ...more };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])));
}

describe("workbooks", () => {
  it("as a library writes them", async () => {
    const bytes = new Uint8Array(
      await writeXlsx([
        [{ value: "表号" }, { value: "读数" }],
        [{ value: "a & <b>" }, { value: 12.5, type: Number }],
        [null, null],
        [{ value: "" }, { value: 7, type: Number }],
      ] as never).toBuffer(),
    );
    expect(readXlsx(bytes)).toEqual({
      from1904: false,
      rows: [
        { line: 1, cells: ["表号", "读数"] },
        { line: 2, cells: ["a & <b>", 12.5] },
        { line: 4, cells: [null, 7] },
      ],
    });
  });
  it("finds the first sheet by the workbook's list; texts shared, inline and with readings; formulas by their value", () => {
    const sheet = `<worksheet><sheetData>
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c></row>
      <row r="3"><c r="B3"><f>SUM(1,2)</f><v>3</v></c><c r="D3" t="str"><f>X()</f><v>&#x8BFB;&amp;</v></c><c t="b"><v>1</v></c></row>
      <row r="4"><c r="A4" s="1"/></row></sheetData></worksheet>`;
    const shared = `<sst><si><t>表号</t><rPh sb="0" eb="1"><t>biao</t></rPh></si></sst>`;
    expect(readXlsx(workbook(sheet, { "xl/sharedStrings.xml": shared })).rows).toEqual([
      { line: 1, cells: ["表号", "in line"] },
      { line: 3, cells: [null, 3, null, "读&", "TRUE"] },
    ]);
    const macs = WORKBOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>');
    expect(readXlsx(workbook(sheet, { "xl/workbook.xml": macs })).from1904).toBe(true);
  });
  it("resolves no entities, and reads nothing that declares them", () => {
    const bomb = `<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`;
    expect(() => readXlsx(workbook(bomb))).toThrow(/XML entities/);
  });
  it("unpacks no more than a sheet may hold, whatever the file says of its size", () => {
    const large = workbook(" ".repeat(30_000_000));
    expect(large.byteLength).toBeLessThan(100_000);
    expect(() => readXlsx(large)).toThrow(/too large/);
    // The list at the end says that the part is one byte long.
    const lying = Buffer.from(large);
    const name = lying.lastIndexOf("xl/worksheets/other.xml");
    lying.writeUInt32LE(1, name - 46 + 24);
    expect(() => readXlsx(lying)).toThrow(/too large/);
  });
  it("refuses too many rows, what is no workbook, and what is damaged", () => {
    expect(() => readXlsx(workbook(`<sheetData>${"<row><c><v>1</v></c></row>".repeat(5002)}</sheetData>`))).toThrow(/more than 5001 rows/);
    expect(() => readXlsx(zipSync({ "a.txt": strToU8("x") }))).toThrow(/no .xlsx workbook/);
    const whole = workbook("<sheetData/>");
    for (const cut of [10, 60, whole.byteLength - 30]) expect(() => readXlsx(whole.subarray(0, cut))).toThrow(/damaged/);
    for (let at = 0; at < whole.byteLength; at += 7) {
      const broken = Uint8Array.from(whole);
      broken[at] = broken[at]! ^ 0xff;
      try {
        readXlsx(broken);
      } catch (error) {
        expect((error as Error).message, String(error)).toMatch(/file is damaged|workbook|sheet/);
      }
    }
  });
});

it("the desk reads apart, and says what is wrong as a problem", async () => {
  const desk = createSheets();
  expect(await desk.read(utf8("meter,date\na,1"))).toEqual({
    from1904: false,
    rows: [
      { line: 1, cells: ["meter", "date"] },
      { line: 2, cells: ["a", "1"] },
    ],
  });
  await expect(desk.read(utf8('"'))).rejects.toMatchObject({ code: "bad-file" });
  // Rows that never end keep a thread busy, and nobody else.
  await expect(desk.read(workbook(`<sheetData>${"<row>".repeat(200)}</sheetData>`))).resolves.toMatchObject({ rows: [] });
});
