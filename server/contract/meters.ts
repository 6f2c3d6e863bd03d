/** `/meters`: meters that people read, what they wrote down, a second person's word about it, and tables of readings. */
import { z } from "zod";
import type { MeterDoubt, MeterEntry } from "../core/meters/entry.ts";
import { DOUBTS, ENTRY_STATES } from "../core/meters/entry.ts";
import { RHYTHMS } from "../core/meters/manual.ts";
import type { MeterLine } from "../core/meters/overview.ts";
import type { ReadRow } from "../core/meters/rows.ts";
import { COLUMNS, ROW_TROUBLES } from "../core/meters/rows.ts";
import type { Millis } from "../core/reading.ts";
import { time } from "./fields.ts";
import { XLSX } from "./media-types.ts";

/** What a table of readings may come as; some browsers call every CSV a sheet of Excel's. */
export const TABLE_TYPES = ["text/csv", "text/plain", "text/tab-separated-values", "application/vnd.ms-excel", "application/octet-stream", XLSX] as const;
export const MOST_TABLE_BYTES = 2 * 1024 * 1024;

const moment = z.iso.datetime({ offset: true, error: "must be a time with its offset, such as 2026-07-31T16:30:00+08:00" }).transform((t) => Date.parse(t));
const textDto = z.union([z.string(), z.record(z.string(), z.string())]);
const point = z.string().min(3).max(300).meta({ description: "`<building>/<device>/<point>`, e.g. hall/gas-1/gas" });
const note = z.string().trim().max(500).nullish();
const amount = z.number({ error: "must be a number" });

export const doubtDto = z.object({
  kind: z.enum(DOUBTS),
  stops: z.boolean().meta({ description: "It cannot be confirmed while this holds" }),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])).meta({ description: "Times end in `At` and are ISO 8601" }),
});
export type DoubtDto = z.infer<typeof doubtDto>;

export const meterEntryDto = z.object({
  id: z.string(),
  kind: z.enum(["reading", "exchange"]),
  point: z.string(),
  device: z.string(),
  department: z.string().nullable(),
  unit: z.string(),
  at: time,
  value: z.number().nullable().meta({ description: "Of a reading" }),
  final: z.number().nullable().meta({ description: "Of an exchange: what the old meter showed at last" }),
  initial: z.number().nullable().meta({ description: "Of an exchange: what the new one began with" }),
  by: z.string(),
  enteredAt: time,
  note: z.string().nullable(),
  state: z.enum(ENTRY_STATES),
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  reason: z.string().nullable(),
  doubts: z.array(doubtDto).meta({ description: "What speaks against it: now while it waits, else as it was decided" }),
});
export type MeterEntryDto = z.infer<typeof meterEntryDto>;

export const meterDto = z.object({
  point: z.string(),
  device: z.string(),
  name: textDto,
  kind: z.string(),
  space: z.string().nullable(),
  department: z.string().nullable(),
  unit: z.string(),
  every: z.enum(RHYTHMS).nullable().meta({ description: "How often it is read, on the last working day of each; null: it has a wire" }),
  last: z.object({ at: time, value: z.number(), by: z.string().nullable() }).nullable(),
  usual: z.number().nullable().meta({ description: "What it counts a day, from confirmed readings of the last 400 days" }),
  due: z.object({ date: z.string(), owed: z.boolean(), overdue: z.boolean() }).nullable(),
  waiting: z.number().meta({ description: "Entries that wait for a second person" }),
  suspected: z.object({ before: z.number(), value: z.number(), at: time }).nullable().meta({ description: "It fell or leapt: was it exchanged?" }),
});
export type MeterDto = z.infer<typeof meterDto>;

export const readingRequest = z.strictObject({
  point,
  at: moment.optional().meta({ description: "When it was read; now if absent" }),
  value: amount,
  note,
});
export const exchangeRequest = z.strictObject({
  point,
  at: moment.optional().meta({ description: "When it was exchanged; now if absent" }),
  final: amount,
  initial: amount,
  reason: z.string().trim().min(1).max(500),
});
export const entryRejection = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export const confirmRequest = z.strictObject({ entries: z.array(z.string().min(1).max(100)).min(1).max(500) });
/** What was entered, or with `dry=1` only looked at (then it has no id). */
export const enteredDto = z.object({ entry: meterEntryDto.nullable(), doubts: z.array(doubtDto) });
export type EnteredDto = z.infer<typeof enteredDto>;

export const tableRowDto = z.object({
  line: z.number().meta({ description: "The row in the file, from 1" }),
  meter: z.string(),
  point: z.string().nullable(),
  unit: z.string(),
  at: time.nullable(),
  value: z.number().nullable(),
  note: z.string().nullable(),
  troubles: z
    .array(z.object({ code: z.enum(ROW_TROUBLES), column: z.enum(COLUMNS), given: z.string(), detail: z.string() }))
    .meta({ description: "Why it is not taken in" }),
  doubts: z.array(doubtDto).meta({ description: "What whoever confirms it will see" }),
  entry: z.string().nullable().meta({ description: "The id that it was entered under" }),
});
export type TableRowDto = z.infer<typeof tableRowDto>;
export const tableDto = z.object({ entered: z.number(), good: z.number(), bad: z.number(), rows: z.array(tableRowDto) });
export type TableDto = z.infer<typeof tableDto>;

export function presentDoubt({ kind, stops, evidence }: MeterDoubt, iso: (at: Millis) => string): DoubtDto {
  return { kind, stops, evidence: Object.fromEntries(Object.entries(evidence).map(([k, v]) => [k, k.endsWith("At") && typeof v === "number" ? iso(v) : v])) };
}

export function presentEntry(
  e: MeterEntry,
  about: { readonly department: string | null; readonly unit: string },
  doubts: readonly MeterDoubt[],
  iso: (at: Millis) => string,
): MeterEntryDto {
  return {
    id: e.id,
    kind: e.kind,
    point: e.point,
    device: e.point.slice(0, e.point.lastIndexOf("/")),
    ...about,
    at: iso(e.at),
    value: e.kind === "reading" ? e.value : null,
    final: e.kind === "exchange" ? e.final : null,
    initial: e.kind === "exchange" ? e.initial : null,
    by: e.by,
    enteredAt: iso(e.enteredAt),
    note: e.note,
    state: e.state,
    decidedBy: e.decidedBy,
    decidedAt: e.decidedAt === null ? null : iso(e.decidedAt),
    reason: e.reason,
    doubts: doubts.map((d) => presentDoubt(d, iso)),
  };
}

export function presentMeter(m: MeterLine, now: Millis, iso: (at: Millis) => string): MeterDto {
  return {
    point: m.point,
    device: m.device.id,
    name: m.device.name,
    kind: m.device.kind ?? "meter",
    space: m.device.space,
    department: m.device.department,
    unit: m.unit,
    every: m.every,
    last: m.last === null ? null : { ...m.last, at: iso(m.last.at) },
    usual: m.usual,
    due: m.due === null ? null : { date: m.due.date, owed: m.due.owed, overdue: m.due.owed && now >= m.due.until },
    waiting: m.waiting.length,
    suspected: m.suspected === null ? null : { ...m.suspected, at: iso(m.suspected.at) },
  };
}

export function presentRow(row: ReadRow, unit: string, iso: (at: Millis) => string): Omit<TableRowDto, "doubts" | "entry"> {
  return { ...row, unit, at: row.at === null ? null : iso(row.at), troubles: row.troubles.map((t) => ({ ...t })) };
}
