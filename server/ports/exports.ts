/** Readings and roll-ups written into files. */
import type { ExportFailure, ExportFormat } from "../contract/export-formats.ts";
import type { RollupStep } from "../core/rollup.ts";
import type { Millis, PointId } from "../core/reading.ts";

export interface ExportQuestion {
  readonly points: readonly PointId[];
  readonly from: Millis;
  readonly to: Millis;
  readonly step: RollupStep | "raw";
  readonly format: ExportFormat;
}

export type StoredQuestion = ExportQuestion & { readonly format: "parquet" | "csv" };

export interface ExportRun {
  readonly id: string;
  readonly by: string;
  readonly question: ExportQuestion;
  readonly askedAt: Millis;
  readonly endedAt: Millis | null;
  readonly state: "waiting" | "running" | "done" | "failed" | "canceled";
  /** 0 to 1. */
  readonly progress: number;
  readonly rows: number;
  readonly bytes: number | null;
  readonly error: string | null;
  readonly code: ExportFailure | null;
}

/** Runs one at a time; files wait for a day, and no longer than the server runs. */
export interface Exports {
  ask(by: string, question: ExportQuestion): ExportRun;
  get(id: string): ExportRun | null;
  /** Newest first. */
  list(): readonly ExportRun[];
  readonly waiting: number;
  cancel(id: string): Promise<ExportRun | null>;
  over(id: string): Promise<void>;
  /** Where a finished one lies. */
  file(id: string): Promise<{ readonly path: string; readonly bytes: number } | null>;
  close(): Promise<void>;
}
