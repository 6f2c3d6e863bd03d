/** Documents and prescribed sheets as .xlsx (Office Open XML). Texts are always texts: none is taken for a formula, whatever it begins with. */
import type { Cell, CellObject, Sheet, SheetData } from "write-excel-file/node";
import writeXlsx from "write-excel-file/node";
import type { DocumentCell, DocumentModel, SheetModel } from "../contract/document.ts";
import { plainText } from "../contract/document.ts";

/** Excel takes no more in one cell, and no longer names of sheets. */
const LONGEST_TEXT = 32_767;
const LONGEST_NAME = 31;
const HEAD = { fontWeight: "bold", backgroundColor: "#e6efe9", wrap: true, alignVertical: "center" } as const;
const BORDER = { borderStyle: "thin", borderColor: "#b8c4bc" } as const;

function textCell(text: string, style: object = {}): Cell {
  return { value: plainText(text).slice(0, LONGEST_TEXT), type: String, wrap: true, alignVertical: "top", ...style };
}

function numberFormat(decimals: number): string {
  return decimals === 0 ? "#,##0" : `#,##0.${"0".repeat(decimals)}`;
}

function cellOf(cell: DocumentCell, style: object): Cell {
  if (typeof cell === "string") return textCell(cell, style);
  if (cell.value === null) return textCell(cell.none, { ...style, align: "right", textColor: "#6b756f" });
  return { value: cell.value, type: Number, format: numberFormat(cell.decimals), alignVertical: "top", ...style };
}

/** A name that Excel takes, and no other sheet has. */
function sheetName(title: string, taken: ReadonlySet<string>): string {
  const plain = plainText(title)
    .replaceAll(/[\\/?*[\]:']/g, " ")
    .trim()
    .slice(0, LONGEST_NAME);
  let name = plain === "" ? "Sheet" : plain;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain.slice(0, LONGEST_NAME - 4)} (${n})`;
  return name;
}

function sheetsOf(model: DocumentModel): Sheet<Buffer>[] {
  const taken = new Set<string>();
  return model.sections.map((section, i) => {
    const name = sheetName(section.title, taken);
    taken.add(name.toLowerCase());
    const columns = Math.max(1, ...section.tables.map((t) => t.columns.length));
    const line = (text: string, style: object = {}): Cell[] => [
      textCell(text, { columnSpan: columns, wrap: false, ...style }),
      ...Array<null>(columns - 1).fill(null),
    ];
    const data: SheetData = [
      line(i === 0 ? model.title : section.title, { fontWeight: "bold", fontSize: 14 }),
      ...(i === 0 ? model.lines.map((l) => line(l)) : []),
      ...section.paragraphs.map((p) => line(p)),
      ...section.tables.flatMap((t): SheetData => [
        t.columns.map((c) => textCell(c.head, { ...HEAD, ...BORDER, align: c.numeric ? "right" : "left" })),
        ...t.rows.map((row) => t.columns.map((c, n) => cellOf(row[n] ?? "", { ...BORDER, align: c.numeric ? "right" : "left" }))),
        ...(t.more === null ? [] : [line(t.more)]),
      ]),
    ];
    const widest = section.tables[0];
    return {
      data,
      sheet: name,
      orientation: columns > 6 ? ("landscape" as const) : undefined,
      columns: Array.from({ length: columns }, (_, n) => ({ width: Math.round(14 * (widest?.columns[n]?.weight ?? 4)) + 2 })),
    } as Sheet<Buffer>;
  });
}

function sheetOf(model: SheetModel): Sheet<Buffer> {
  const rows = Math.max(0, ...model.cells.map((c) => c.row + 1));
  const data: Cell[][] = Array.from({ length: rows }, () => Array<Cell>(model.widths.length).fill(null));
  const styles: Readonly<Record<SheetModel["cells"][number]["style"], CellObject>> = {
    title: { fontWeight: "bold", fontSize: 16, align: "center" },
    head: { ...HEAD, ...BORDER, align: "center" },
    label: { ...BORDER },
    plain: { ...BORDER },
    note: { textColor: "#6b756f" },
  };
  for (const c of model.cells) {
    const style = { ...styles[c.style], columnSpan: c.columns };
    data[c.row]![c.column] =
      typeof c.value === "number" ? { value: c.value, type: Number, format: numberFormat(c.decimals ?? 2), ...style } : textCell(c.value ?? "", style);
  }
  return {
    data,
    sheet: model.name,
    columns: model.widths.map((width) => ({ width })),
    orientation: model.widths.length > 6 ? "landscape" : undefined,
  } as Sheet<Buffer>;
}

export async function writeXlsxFile(model: DocumentModel | SheetModel): Promise<Uint8Array> {
  const sheets = model.kind === "document" ? sheetsOf(model) : [sheetOf(model)];
  return new Uint8Array(await writeXlsx(sheets, { fontFamily: "Arial", fontSize: 10 }).toBuffer());
}
