/** Text tables as people's programs write them: UTF-8 with or without a mark, UTF-16, or GB18030, which a Chinese Excel writes; commas, semicolons or tabs. */
import type { TableRow } from "../core/meters/rows.ts";
import { BadSheet, MOST_CELLS, MOST_ROWS } from "./limits.ts";

/** The text of a file, in whichever of the encodings it is. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  throw new BadSheet("The text is neither UTF-8 nor GB18030; save it as “CSV UTF-8”, or as .xlsx.");
}

/** Which character parts the cells: the one that most of the first lines have most of. */
function partedBy(text: string): string {
  const start = text.slice(0, 4000);
  return [",", ";", "\t"].toSorted((a, b) => start.split(b).length - start.split(a).length)[0]!;
}

export function readCsv(bytes: Uint8Array): TableRow[] {
  const text = textOf(bytes);
  if (text.includes("\0")) throw new BadSheet("This is no text; save the table as CSV or .xlsx.");
  const parting = partedBy(text);
  const rows: TableRow[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  const endCell = () => {
    if (cells.length < MOST_CELLS) cells.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (cells.some((c) => c.trim() !== "")) rows.push({ line, cells });
    if (rows.length > MOST_ROWS) throw new BadSheet(`The table has more than ${MOST_ROWS} rows; take it in in parts.`);
    cells = [];
    line++;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quoted = false;
    } else if (c === '"' && cell.trim() === "") {
      quoted = true;
      cell = "";
    } else if (c === parting) endCell();
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      endRow();
    } else cell += c;
  }
  if (quoted) throw new BadSheet(`A quotation mark is opened and not closed (row ${line}); the rest cannot be read.`);
  if (cell !== "" || cells.length > 0) endRow();
  return rows;
}
