/** Readings as columns: how they wait on the main thread and how the worker hands them to DuckDB. */

/** At most so many readings in one commit. */
export const CAPACITY = 10_000;

/** What the byte in the `type` column says of the number in the `value` column. */
export const TYPE = { number: 0, boolean: 1, text: 2 } as const;
/** Bytes of the `quality` column, best first. */
export const QUALITIES = ["good", "suspect", "bad"] as const;

const ROW_BYTES = 8 + 8 + 8 + 4 + 1 + 1;

export interface Columns {
  /** Device's time, ms, as INT64: low and high half of each beside each other. */
  readonly at: Int32Array;
  /** When it arrived, the same way. */
  readonly received: Int32Array;
  readonly value: Float64Array;
  readonly point: Int32Array;
  readonly type: Uint8Array;
  readonly quality: Uint8Array;
}

export interface NewPoint {
  readonly id: number;
  readonly device: string;
  readonly name: string;
}

export interface NewWord {
  readonly id: number;
  readonly text: string;
}

/**
 * Readings that are committed together. The memory is shared with the worker, not given away: a batch whose worker died
 * in mid-commit is still here to be committed by the next one.
 */
export interface Batch {
  readonly memory: SharedArrayBuffer;
  readonly columns: Columns;
  count: number;
  reports: number;
  points: NewPoint[];
  words: NewWord[];
  durable: (() => void)[];
}

/** Views over one block of memory of `CAPACITY` rows. */
export function columnsOver(memory: ArrayBufferLike): Columns {
  return {
    at: new Int32Array(memory, 0, CAPACITY * 2),
    received: new Int32Array(memory, CAPACITY * 8, CAPACITY * 2),
    value: new Float64Array(memory, CAPACITY * 16, CAPACITY),
    point: new Int32Array(memory, CAPACITY * 24, CAPACITY),
    type: new Uint8Array(memory, CAPACITY * 28, CAPACITY),
    quality: new Uint8Array(memory, CAPACITY * 29, CAPACITY),
  };
}

export const BATCH_BYTES = CAPACITY * ROW_BYTES;

export function createBatch(): Batch {
  const memory = new SharedArrayBuffer(BATCH_BYTES);
  return { memory, columns: columnsOver(memory), count: 0, reports: 0, points: [], words: [], durable: [] };
}

/** Makes a committed batch ready to be filled again. */
export function emptyBatch(batch: Batch): void {
  batch.count = 0;
  batch.reports = 0;
  batch.points = [];
  batch.words = [];
  batch.durable = [];
}
