/** What the main thread and the history's worker say to each other. */
import type { Rollups, WindowFunction } from "../ports/history.ts";
import type { ScanSlice } from "../core/scan.ts";
import type { RollupCall } from "./ask-rollups.ts";
import type { ExportSlice } from "./exporting.ts";
import type { NewPoint, NewWord } from "./columns.ts";
import type { Opened, Rows, ScanCall, StoredExchange } from "./store.ts";
import type { Windows } from "./windows.ts";

export type Call =
  | { readonly kind: "open" }
  | {
      readonly kind: "commit";
      readonly memory: SharedArrayBuffer;
      readonly count: number;
      readonly points: readonly NewPoint[];
      readonly words: readonly NewWord[];
    }
  | { readonly kind: "readings"; readonly point: number; readonly from: number; readonly to: number; readonly limit: number }
  | {
      readonly kind: "windows";
      readonly point: number;
      readonly from: number;
      readonly to: number;
      readonly every: number;
      readonly fn: WindowFunction;
      readonly origin: number;
    }
  | { readonly kind: "latest" }
  | { readonly kind: "replay"; readonly from: number }
  | { readonly kind: "oldest" }
  | ({ readonly kind: "scan" } & ScanCall)
  | ({ readonly kind: "rollups" } & RollupCall)
  | { readonly kind: "exchange"; readonly exchanges: readonly StoredExchange[] }
  | { readonly kind: "journal"; readonly after: number; readonly limit: number }
  | { readonly kind: "mark"; readonly name: string }
  | { readonly kind: "set-mark"; readonly name: string; readonly value: number }
  | { readonly kind: "copy"; readonly file: string }
  | { readonly kind: "export-slice"; readonly export: string; readonly slice: ExportSlice }
  | { readonly kind: "export-write"; readonly export: string; readonly file: string; readonly format: "parquet" | "csv" }
  | { readonly kind: "export-drop"; readonly export: string }
  | { readonly kind: "close" };

export interface Answers {
  readonly open: Opened;
  /** Why roll-ups cannot be made; null when all is well. */
  readonly commit: string | null;
  readonly readings: Rows;
  readonly windows: Windows;
  readonly latest: Rows;
  readonly replay: null;
  readonly oldest: number | null;
  readonly scan: null;
  readonly rollups: Rollups;
  readonly exchange: null;
  readonly journal: { readonly upTo: number; readonly rows: Rows };
  readonly mark: number | null;
  readonly "set-mark": null;
  readonly copy: null;
  readonly "export-slice": number;
  readonly "export-write": null;
  readonly "export-drop": null;
  readonly close: null;
}

export type ToWorker = { readonly kind: "call"; readonly id: number; readonly call: Call } | { readonly kind: "more" | "stop"; readonly id: number };

export type FromWorker =
  | { readonly kind: "answer"; readonly id: number; readonly value: Answers[Call["kind"]] }
  | { readonly kind: "rows"; readonly id: number; readonly rows: Rows }
  | { readonly kind: "slice"; readonly id: number; readonly slice: ScanSlice }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
