/** What a table may hold, and the error that says what is wrong with a file. */
export const MOST_ROWS = 5001;
/** Cells of a row that are looked at. */
export const MOST_CELLS = 40;

/** The file is at fault; the message says how to mend it. */
export class BadSheet extends Error {}
