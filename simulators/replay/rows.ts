/** Recorded rows become device messages: pure, one row at a time, with counters that remember. */
import type { PointValue } from "../../server/core/reading.ts";
import type { Outgoing } from "../office/speaker.ts";
import type { Mapping } from "./mapping.ts";
import { termsOf } from "./mapping.ts";

export interface ReplayRow {
  /** The row's stamp (ms): the end of its interval. */
  readonly at: number;
  readonly messages: readonly Outgoing[];
}

/** A table that does not fit its mapping, or a cell that cannot be read: which line and column, and what is there. */
export class ReplayError extends Error {}

/** Cells of one line of CSV; double quotes may enclose commas, doubled ones stand for themselves. */
export function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted && c === '"' && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (c === "," && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += c;
  }
  return [...cells, cell];
}

/** `2021-09-07 00:05 +08:00` or ISO 8601 with an offset, as ms; null for anything else (a time without zone is nobody's time). */
export function parseStamp(text: string): number | null {
  const found = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([+-]\d\d:\d\d|Z)$/.exec(text.trim());
  if (found === null) return null;
  const at = Date.parse(`${found[1] ?? ""}T${found[2] ?? ""}${found[3] ?? ""}`);
  return Number.isNaN(at) ? null : at;
}

const MISSING = new Set(["", "nan", "na", "null", "none", "-"]);

/** @param header the first line of the table. Throws a ReplayError that names every column the mapping asks for in vain. */
export function createRows(mapping: Mapping, header: string): (line: string, number: number) => ReplayRow {
  const names = splitLine(header.replace(/^\uFEFF/, "").trimEnd());
  const columns = new Map(names.map((name, i) => [name.trim(), i]));
  const wanted = new Set([mapping.time.column]);
  for (const points of Object.values(mapping.devices))
    for (const rule of Object.values(points)) if (!("constant" in rule)) for (const { column } of termsOf(rule)) wanted.add(column);
  const lacking = [...wanted].filter((column) => !columns.has(column));
  if (lacking.length > 0)
    throw new ReplayError(`the table has no column ${lacking.map((c) => `"${c}"`).join(", ")}; it has ${names.map((n) => `"${n}"`).join(", ")}`);

  const totals = new Map<string, number>();
  let last = -Infinity;
  /** W of one kWh in a row's interval. */
  const watts = 3_600_000 / mapping.interval;

  return (line, number) => {
    const cells = splitLine(line);
    const stamp = cells[columns.get(mapping.time.column) ?? 0] ?? "";
    const at = parseStamp(stamp);
    if (at === null) throw new ReplayError(`line ${String(number)}: "${stamp.slice(0, 60)}" is no time with a zone, such as 2021-09-07 00:05 +08:00`);
    if (at <= last) throw new ReplayError(`line ${String(number)}: time goes back or stands still at ${stamp}`);
    last = at;

    const read = (column: string): number | null => {
      const cell = (cells[columns.get(column) ?? 0] ?? "").trim();
      if (MISSING.has(cell.toLowerCase())) return null;
      const value = Number(cell);
      if (!Number.isFinite(value)) throw new ReplayError(`line ${String(number)}, column "${column}": "${cell.slice(0, 60)}" is no number`);
      return value;
    };

    const messages: Outgoing[] = [];
    for (const [device, points] of Object.entries(mapping.devices)) {
      const values: Record<string, PointValue> = {};
      let heard = false;
      for (const [name, rule] of Object.entries(points)) {
        if ("constant" in rule) {
          values[name] = rule.constant;
          continue;
        }
        let sum: number | null = 0;
        for (const { column, scale } of termsOf(rule)) {
          const value = read(column);
          sum = value === null || sum === null ? null : sum + value * scale;
        }
        if (sum === null) continue;
        const value = sum * rule.scale + rule.offset;
        const round = (x: number): number => Number(x.toFixed(rule.digits));
        heard = true;
        if (rule.as === "flag") values[name] = value !== 0;
        else if (rule.as === "above") values[name] = value * watts > (rule.threshold ?? 0);
        else if (rule.as === "mean-power") values[name] = round(value * watts);
        else if (rule.as === "counter") {
          const key = `${device}/${name}`;
          const total = (totals.get(key) ?? 0) + value;
          totals.set(key, total);
          values[name] = round(total);
        } else values[name] = round(value);
      }
      // A device all of whose cells are missing was not heard: its constants alone are no message.
      if (heard)
        messages.push({
          topic: `jieyue/${mapping.building}/${device}/state`,
          payload: JSON.stringify({
            ...values,
            ts: stamp
              .trim()
              .replace(/^(\S+) (\S+) ?/, "$1T$2")
              .replace(/T(\d\d:\d\d)([+-Z])/, "T$1:00$2"),
          }),
        });
    }
    return { at, messages };
  };
}

/**
 * The instants (ms) between two rows at which the clock is told, so that what waits 10 or 20 minutes acts in its minute: each
 * minute and one second before the next row; in a gap of more than an hour, each minute of the first hour and then each hour.
 */
export function clockTicks(from: number, to: number): number[] {
  const MINUTE = 60_000;
  const ticks: number[] = [];
  for (let at = from + MINUTE; at < to - 1000; at += at - from < 60 * MINUTE ? MINUTE : 60 * MINUTE) ticks.push(at);
  if (to - from > 2000) ticks.push(to - 1000);
  return ticks;
}
