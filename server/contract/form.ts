/** A form's layout as its file writes it: cells by their name (`B4`), tables by rows. */
import { z } from "zod";
import type { FormCell, FormLayout, FormValue } from "../core/account/form.ts";
import { QUANTITIES } from "../core/account/tables.ts";
import { problemsOf } from "./mistakes.ts";

const text = z.union([z.string().max(1000), z.record(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/), z.string().max(1000))]);
const at = z.string().regex(/^[A-Z]{1,2}[1-9]\d{0,2}$/, "must be a cell such as B4");
const style = z.enum(["title", "head", "label", "plain", "note"]);
const numeric = {
  of: z.enum(["amount", "cost", "coal", "co2", "people", "area"]),
  quantity: z.enum([...QUANTITIES, "all"]).default("all"),
  months: z.enum(["period", "year", "first", "second", "third"]).default("period"),
  multiply: z.number().positive().max(1e9).default(1),
  decimals: z.number().int().min(0).max(6).default(2),
};
const place = { at, columns: z.number().int().min(1).max(30).default(1), style: style.default("plain") };

export const formSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  name: text,
  source: z.strictObject({
    title: z.string().min(1).max(300),
    number: z.string().max(300).nullable().default(null),
    clause: z.string().max(300).nullable().default(null),
    url: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
  }),
  period: z.enum(["month", "quarter"]),
  sheet: z
    .string()
    .min(1)
    .max(31)
    .regex(/^[^\\/?*[\]:']+$/, "a sheet's name has none of \\ / ? * [ ] : '"),
  widths: z.array(z.number().min(1).max(200)).min(1).max(60),
  cells: z
    .array(
      z.union([
        z.strictObject({ ...place, text }),
        z.strictObject({ ...place, fact: z.enum(["site-name", "period", "state", "person", "date"]) }),
        z.strictObject({ ...place, number: z.strictObject(numeric) }),
      ]),
    )
    .max(2000)
    .default([]),
  /** Rows of one table: labels first, then the numbers that its columns say, for each row's quantity. */
  table: z
    .strictObject({
      at,
      columns: z.array(
        z.union([
          z.strictObject({ label: z.number().int().min(0).max(10), head: text }),
          z.strictObject({ head: text, of: numeric.of, months: numeric.months }),
        ]),
      ),
      rows: z
        .array(
          z.strictObject({
            labels: z.array(text).max(10),
            quantity: numeric.quantity,
            /** Where the row is about one thing only: that, whatever the column says. */
            of: numeric.of.optional(),
            multiply: z.number().positive().max(1e9).default(1),
            decimals: numeric.decimals,
            /** Money is written in the column's own unit. */
            costMultiply: z.number().positive().max(1e9).default(1),
          }),
        )
        .max(200),
    })
    .nullable()
    .default(null),
});

function placeOf(cell: string): { readonly row: number; readonly column: number } {
  const [, letters, digits] = /^([A-Z]+)(\d+)$/.exec(cell)!;
  let column = 0;
  for (const letter of letters!) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(digits) - 1, column: column - 1 };
}

/** A layout from a file's data, or every mistake in it with its path. */
export function parseForm(
  data: unknown,
):
  | { readonly ok: true; readonly form: FormLayout }
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] } {
  const parsed = formSchema.safeParse(data);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const file = parsed.data;
  const problems: { path: string; message: string }[] = [];
  const taken = new Map<string, string>();
  const cells: FormCell[] = [];
  const put = (path: string, cell: FormCell) => {
    for (let i = 0; i < cell.columns; i++) {
      const key = `${cell.row} ${cell.column + i}`;
      const before = taken.get(key);
      if (before !== undefined) problems.push({ path, message: `covers a cell that ${before} covers already` });
      taken.set(key, path);
    }
    if (cell.column + cell.columns > file.widths.length) problems.push({ path, message: `stands beyond the ${file.widths.length} columns that have a width` });
    cells.push(cell);
  };
  const needsQuarter = (path: string, months: string) => {
    if (file.period === "month" && months !== "period" && months !== "year") problems.push({ path, message: "a month has no first, second or third month" });
  };
  file.cells.forEach((c, i) => {
    const path = `cells[${i}]`;
    const value: FormValue = "text" in c ? { kind: "text", text: c.text } : "fact" in c ? { kind: "fact", fact: c.fact } : { kind: "number", ...c.number };
    if (value.kind === "number") needsQuarter(`${path}.number.months`, value.months);
    put(path, { ...placeOf(c.at), columns: c.columns, style: c.style, value });
  });
  if (file.table !== null) {
    const { row, column } = placeOf(file.table.at);
    file.table.columns.forEach((c, n) => {
      put(`table.columns[${n}]`, { row, column: column + n, columns: 1, style: "head", value: { kind: "text", text: c.head } });
      if ("of" in c) needsQuarter(`table.columns[${n}].months`, c.months);
    });
    file.table.rows.forEach((r, i) => {
      const path = `table.rows[${i}]`;
      file.table!.columns.forEach((c, n) => {
        const cell = { row: row + 1 + i, column: column + n, columns: 1 };
        if ("label" in c) put(path, { ...cell, style: "label", value: { kind: "text", text: r.labels[c.label] ?? "" } });
        else {
          const of = r.of ?? c.of;
          // A row that is about heads or m² has no money.
          if (r.of !== undefined && c.of === "cost") return put(path, { ...cell, style: "plain", value: { kind: "text", text: "—" } });
          const multiply = of === "cost" ? r.costMultiply : r.multiply;
          const decimals = of === "cost" ? 2 : r.decimals;
          put(path, { ...cell, style: "plain", value: { kind: "number", of, quantity: r.quantity, months: c.months, multiply, decimals } });
        }
      });
    });
  }
  if (problems.length > 0) return { ok: false, problems };
  const { id, name, source, period, sheet, widths } = file;
  return { ok: true, form: { id, name, source, period, sheet, widths, cells } };
}
