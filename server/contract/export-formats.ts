/** What a file of readings may be, and how much one takes. Without schemas, so that the page can have it too. */
export const EXPORT_FORMATS = ["parquet", "csv", "xlsx"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** A spreadsheet that people can still open. */
export const MOST_XLSX_ROWS = 200_000;
/** Why an export failed: more rows than a spreadsheet takes; anything else, which its `error` says. */
export const EXPORT_FAILURES = ["too-many-rows", "failed"] as const;
export type ExportFailure = (typeof EXPORT_FAILURES)[number];
