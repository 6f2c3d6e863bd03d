/**
 * What a printer says by SNMP (Printer-MIB of RFC 3805, HOST-RESOURCES-MIB of RFC 2790, and what its maker counts beside), in the office's points. Pure; nothing in it is believed
 * without a look.
 */
import type { MakerAnswers } from "./maker-counters.ts";
import { makerOf, readMaker } from "./maker-counters.ts";
import type { SnmpValue } from "./snmp-value.ts";
import { countOf, textOf } from "./snmp-value.ts";

export const SCALARS = {
  object: "1.3.6.1.2.1.1.2.0",
  lifeCount: "1.3.6.1.2.1.43.10.2.1.4.1.1",
  lifeUnit: "1.3.6.1.2.1.43.10.2.1.3.1.1",
  sincePowerOn: "1.3.6.1.2.1.43.10.2.1.5.1.1",
  serial: "1.3.6.1.2.1.43.5.1.1.17.1",
  name: "1.3.6.1.2.1.43.5.1.1.16.1",
  model: "1.3.6.1.2.1.25.3.2.1.3.1",
  device: "1.3.6.1.2.1.25.3.2.1.5.1",
  printer: "1.3.6.1.2.1.25.3.5.1.1.1",
  errors: "1.3.6.1.2.1.25.3.5.1.2.1",
} as const;
export type Scalar = keyof typeof SCALARS;

/** Columns that are walked: their rows differ from printer to printer. */
export const COLUMNS = {
  supplyName: "1.3.6.1.2.1.43.11.1.1.6",
  supplyMax: "1.3.6.1.2.1.43.11.1.1.8",
  supplyLevel: "1.3.6.1.2.1.43.11.1.1.9",
  trayName: "1.3.6.1.2.1.43.8.2.1.13",
  trayMax: "1.3.6.1.2.1.43.8.2.1.9",
  trayLevel: "1.3.6.1.2.1.43.8.2.1.10",
  cover: "1.3.6.1.2.1.43.6.1.1.3",
  console: "1.3.6.1.2.1.43.16.5.1.2",
  alertSeverity: "1.3.6.1.2.1.43.18.1.1.2",
  alert: "1.3.6.1.2.1.43.18.1.1.8",
} as const;
export type Column = keyof typeof COLUMNS;

export interface SnmpAnswers {
  readonly scalars: Readonly<Partial<Record<Scalar, SnmpValue>>>;
  /** By the rest of the OID behind the column's. */
  readonly columns: Readonly<Partial<Record<Column, ReadonlyMap<string, SnmpValue>>>>;
  /** What its maker counts, where it is one that is known. */
  readonly maker?: MakerAnswers | undefined;
}

export interface SnmpReading {
  readonly values: Readonly<Record<string, number | string>>;
  readonly maker: string | null;
  readonly serial: string | null;
  readonly model: string | null;
  readonly name: string | null;
}

/** Bits of hrPrinterDetectedErrorState, from the first byte's highest on. */
const ERRORS = [
  "low-paper",
  "no-paper",
  "low-toner",
  "no-toner",
  "door-open",
  "jammed",
  "offline",
  "service-requested",
  "input-tray-missing",
  "output-tray-missing",
  "marker-supply-missing",
  "output-near-full",
  "output-full",
  "input-tray-empty",
  "overdue-maintenance",
] as const;
/** Levels of supplies that are no level: −3 is "some remains". */
const SOME_REMAINS = -3;
const MAX_LEVELS = 12;
const MAX_ALERTS = 10;

/** What was said; a value that makes no sense is left out. Without the life count and the status it was no printer, or it says nothing now. */
export function readSnmp({ scalars, columns, maker: counted }: SnmpAnswers): SnmpReading {
  const values: Record<string, number | string> = {};
  const life = countOf(scalars.lifeCount);
  // impressions(7) are sides, which is what the office counts; sheets(8) are not, and lengths and hours are no count at all.
  if (life !== null) values[pointOfUnit(countOf(scalars.lifeUnit))] = life;
  // Counters come first: of a message only so many values are taken, and large copiers have many trays.
  const maker = makerOf(scalars.object);
  if (maker !== null && counted !== undefined) Object.assign(values, readMaker(maker, counted));
  const since = countOf(scalars.sincePowerOn);
  if (since !== null) values["since-power-on"] = since;
  const status = statusOf(countOf(scalars.device), countOf(scalars.printer));
  if (status !== null) values["status"] = status;
  if (scalars.errors instanceof Uint8Array) values["errors"] = errorsIn(scalars.errors);
  const panel = [...(columns.console?.values() ?? [])].map(textOf).filter((line) => line !== null);
  if (columns.console !== undefined && panel.length > 0) values["console"] = panel.join(" ").slice(0, 200);
  Object.assign(values, levelsIn("supply", columns.supplyLevel, columns.supplyMax, columns.supplyName));
  Object.assign(values, levelsIn("tray", columns.trayLevel, columns.trayMax, columns.trayName));
  // coverOpen and interlockOpen, coverClosed and interlockClosed.
  const covers = [...(columns.cover?.values() ?? [])].map(numberOf);
  if (covers.some((told) => told === 3 || told === 5)) values["cover"] = "open";
  else if (covers.some((told) => told === 4 || told === 6)) values["cover"] = "closed";
  const alerts = alertsIn(columns);
  if (alerts !== null) values["alerts"] = alerts;
  return { values, maker: maker?.name ?? null, serial: textOf(scalars.serial), model: textOf(scalars.model), name: textOf(scalars.name) };
}

function pointOfUnit(unit: number | null): string {
  if (unit === 8) return "sheets";
  // Absent, other and unknown: printers that say no unit count sides.
  return unit === null || unit === 7 || unit === 1 || unit === 2 ? "pages" : "marker-life";
}

/** Standby has no word of its own: a device that runs while its printer is "other" sleeps (RFC 2790 leaves it open, makers use it so). */
function statusOf(device: number | null, printer: number | null): "idle" | "printing" | "sleep" | "down" | null {
  if (device === 5) return "down";
  if (printer === 4) return "printing";
  if (printer === 3 || printer === 5) return "idle";
  return printer === 1 && device === 2 ? "sleep" : null;
}

function errorsIn(bits: Uint8Array): string {
  return ERRORS.filter((_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0).join(" ");
}

type Rows = ReadonlyMap<string, SnmpValue> | undefined;

/** `supply-1`, `tray-1` and so on: % of its greatest level where it has one, "some" where only that is known. */
function levelsIn(what: string, levels: Rows, mosts: Rows, names: Rows): Record<string, number | string> {
  const values: Record<string, number | string> = {};
  let n = 0;
  for (const [row, told] of levels ?? []) {
    if (++n > MAX_LEVELS) break;
    const level = numberOf(told);
    const most = numberOf(mosts?.get(row));
    const name = textOf(names?.get(row));
    const point = `${what}-${n}`;
    if (level === SOME_REMAINS) values[point] = "some";
    else if (level !== null && level >= 0 && most !== null && most > 0 && level <= most) values[point] = Math.round((level / most) * 100);
    else continue;
    if (name !== null) values[`${point}-name`] = name.slice(0, 80);
  }
  return values;
}

function alertsIn(columns: SnmpAnswers["columns"]): string | null {
  if (columns.alert === undefined && columns.alertSeverity === undefined) return null;
  const said: string[] = [];
  for (const [row, told] of columns.alert ?? []) {
    const words = textOf(told);
    // critical(3), criticalBinaryChange… and warning(4) are of interest; other(1) is what makers fill in.
    if (words !== null && said.length < MAX_ALERTS) said.push(numberOf(columns.alertSeverity?.get(row)) === 3 ? `! ${words}` : words);
  }
  return said.join("; ").slice(0, 300);
}

function numberOf(value: SnmpValue | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
