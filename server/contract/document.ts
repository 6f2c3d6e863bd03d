/** A document before it has a file's form: sections with paragraphs and tables, and a sheet of cells. Plain data, so that another thread can write it. */
export interface DocumentColumn {
  readonly head: string;
  /** Share of the width. */
  readonly weight: number;
  readonly numeric: boolean;
}

/** A text; or a number with its decimals, and what to write where there is none. */
export type DocumentCell = string | { readonly value: number | null; readonly decimals: number; readonly none: string };

export interface DocumentTable {
  readonly columns: readonly DocumentColumn[];
  readonly rows: readonly (readonly DocumentCell[])[];
  /** Said under it where rows were left out. */
  readonly more: string | null;
}

export interface DocumentSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly tables: readonly DocumentTable[];
  /** Of use beside a screen only: left out on paper. */
  readonly appendix: boolean;
}

export interface DocumentModel {
  readonly kind: "document";
  readonly lang: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly sections: readonly DocumentSection[];
}

/** A prescribed sheet. Rows and columns from 0. */
export interface SheetModel {
  readonly kind: "sheet";
  readonly name: string;
  readonly widths: readonly number[];
  readonly cells: readonly {
    readonly row: number;
    readonly column: number;
    readonly columns: number;
    readonly style: "title" | "head" | "label" | "plain" | "note";
    readonly value: string | number | null;
    readonly decimals: number | null;
  }[];
}

/** Text as files of XML may hold it: control characters, lone surrogates and non-characters are no text. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the very characters that XML 1.0 forbids.
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "").toWellFormed();
}
