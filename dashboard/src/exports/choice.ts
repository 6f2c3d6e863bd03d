/** What a bulk export asks for: which points of which devices, how fine, as which file. Pure. */
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { EXPORT_FORMATS, MOST_XLSX_ROWS } from "../../../server/contract/export-formats.ts";
import type { ExportFormat } from "../../../server/contract/export-formats.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import { DEVICE_KINDS } from "../../../server/core/device.ts";

export const EXPORT_STEPS = ["raw", "5m", "hour", "day"] as const;
export type ExportStep = (typeof EXPORT_STEPS)[number];
/** Devices that are named one by one in a question; more are asked for by what they have in common. */
export const MOST_NAMED = 1000;

export interface Choice {
  readonly department: string | null;
  readonly space: string | null;
  readonly kind: DeviceKind | null;
  readonly typed: string;
  /** Names of points; none: all. */
  readonly names: readonly string[];
  readonly step: ExportStep;
  readonly format: ExportFormat;
}

/** The choice that an address tells; what makes no sense in it is as if it were not there. */
export function choiceOf(query: URLSearchParams): Choice {
  const kind = query.get("kind");
  const step = query.get("step");
  const format = query.get("format");
  return {
    department: query.get("department") || null,
    space: query.get("space") || null,
    kind: DEVICE_KINDS.find((k) => k === kind) ?? null,
    typed: query.get("q") ?? "",
    names: (query.get("names") ?? "").split(",").filter((n) => n !== ""),
    step: EXPORT_STEPS.find((s) => s === step) ?? "hour",
    format: EXPORT_FORMATS.find((f) => f === format) ?? "xlsx",
  };
}

export function inPlace(d: DeviceDto, { department, space, kind }: Choice): boolean {
  return (department === null || d.department === department) && (space === null || d.space === space) && (kind === null || d.kind === kind);
}

/** How many devices have each point, the most first. */
export function namesOf(devices: readonly DeviceDto[]): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const d of devices) for (const p of d.points) found.set(p.name, (found.get(p.name) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** How many points are meant. Names that no device has are as if they were not chosen. */
export function pointsOf(devices: readonly DeviceDto[], names: readonly string[]): number {
  return devices.reduce((n, d) => n + d.points.filter((p) => names.length === 0 || names.includes(p.name)).length, 0);
}

const STEP_MS = { "5m": 300_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Rows at most; null for readings, of which nobody knows before. */
export function mostRows(points: number, from: number, to: number, now: number, step: ExportStep): number | null {
  return step === "raw" ? null : points * Math.ceil(Math.max(0, Math.min(to, now) - from) / STEP_MS[step]);
}

/** Whether a spreadsheet may not take what is asked for. */
export function mayOverflow(rows: number | null, format: ExportFormat): boolean {
  return format === "xlsx" && rows !== null && rows > MOST_XLSX_ROWS;
}

/** The question to the server. `named`: the devices, where they are not just those that the choice has in common. */
export function bodyOf(choice: Choice, from: number, to: number, named: readonly DeviceDto[] | null): object {
  const { department, space, kind, names, step, format } = choice;
  const which =
    named === null
      ? {
          ...(department === null ? {} : { departments: [department] }),
          ...(space === null ? {} : { spaces: [space] }),
          ...(kind === null ? {} : { kinds: [kind] }),
        }
      : { devices: named.map((d) => d.id) };
  return { ...which, ...(names.length === 0 ? {} : { names }), from: new Date(from).toISOString(), to: new Date(to).toISOString(), step, format };
}
