/** Plays a recorded table to a broker: for each row the clock, then its states; as fast as it is confirmed, or at a speed. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "../connection.ts";
import { openConnection } from "../connection.ts";
import type { Outgoing } from "../office/speaker.ts";
import type { Mapping } from "./mapping.ts";
import { clockTicks, createRows, ReplayError } from "./rows.ts";

export interface ReplayOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Path of the CSV table. */
  readonly file: string;
  readonly mapping: Mapping;
  /** Recorded seconds per second; null = as fast as the broker confirms. */
  readonly speed: number | null;
  /** Messages a second at most: a broker drops what a slower listener leaves in its queue (mosquitto: 1000 messages). */
  readonly rate: number;
  readonly log: (line: string) => void;
}

export interface ReplayResult {
  readonly rows: number;
  readonly messages: number;
  readonly from: number | null;
  readonly until: number | null;
  /** False when it was stopped before the end. */
  readonly finished: boolean;
}

const PROGRESS_EVERY = 2000;
/** Messages that may wait for the broker's confirmation. */
const WINDOW = 64;

/** Runs to the end of the table or until `signal`. Rejects with a ReplayError where the table cannot be read. */
export async function runReplay(options: ReplayOptions, signal: AbortSignal): Promise<ReplayResult> {
  const size = (await stat(options.file)).size;
  const connection = await openConnection({ ...options, qos: 1, subscribe: [], onMessage: () => {}, onConnect: () => {} }, signal);
  try {
    return await play(options, connection, size, signal);
  } finally {
    await connection.close();
  }
}

async function play(options: ReplayOptions, connection: Connection, size: number, signal: AbortSignal): Promise<ReplayResult> {
  const { mapping } = options;
  let rows = 0;
  let messages = 0;
  let bytes = 0;
  let from: number | null = null;
  let last: number | null = null;
  let toldAt = performance.now();
  const begun = performance.now();
  let freeAt = 0;

  /**
   * Hands one message to the line. The line keeps the order, so the clock is there before the states of its row; nobody
   * is hurried: no more than `rate` a second, no more than WINDOW unconfirmed, nothing while there is no line.
   */
  async function send(message: Outgoing): Promise<void> {
    const now = performance.now();
    freeAt = Math.max(freeAt + 1000 / options.rate, now - 50);
    if (freeAt - now > 2) await pause(freeAt - now);
    while ((connection.pending >= WINDOW || !connection.connected) && !signal.aborted) await pause(connection.connected ? 1 : 200);
    if (signal.aborted) return;
    connection.publish(message);
    messages += 1;
  }
  const clock = (now: number): Promise<void> => send({ topic: "jieyue/clock", payload: JSON.stringify({ now, speed: 0 }), retain: true });

  async function paced(at: number): Promise<void> {
    if (options.speed === null || from === null) return;
    const wait = (at - from) / options.speed - (performance.now() - begun);
    if (wait > 0) await pause(wait, undefined, { signal }).catch(() => {});
  }
  async function windTo(at: number): Promise<void> {
    if (last === null) return;
    for (const tick of clockTicks(last, at)) {
      if (signal.aborted) return;
      await paced(tick);
      await clock(tick);
    }
  }
  function progress(done: boolean): void {
    if (!done && performance.now() - toldAt < PROGRESS_EVERY) return;
    toldAt = performance.now();
    const percent = done ? 100 : Math.min(99, Math.floor((bytes / Math.max(1, size)) * 100));
    options.log(
      `replay: ${String(rows)} rows, ${String(messages)} messages, ${String(percent)} %${last === null ? "" : `, at ${new Date(last).toISOString()}`}`,
    );
  }

  const lines = createInterface({ input: createReadStream(options.file, "utf8"), crlfDelay: Infinity });
  let toRow: ReturnType<typeof createRows> | null = null;
  let number = 0;
  for await (const line of lines) {
    if (signal.aborted) break;
    number += 1;
    bytes += Buffer.byteLength(line) + 1;
    if (toRow === null) {
      toRow = createRows(mapping, line);
      for (const device of Object.keys(mapping.devices))
        await send({ topic: `jieyue/${mapping.building}/${device}/availability`, payload: "online", retain: true });
      continue;
    }
    if (line.trim() === "") continue;
    const row = toRow(line, number);
    from ??= row.at;
    await windTo(row.at);
    await paced(row.at);
    await clock(row.at);
    for (const message of row.messages) await send(message);
    last = row.at;
    rows += 1;
    progress(false);
  }
  if (toRow === null) throw new ReplayError(`${options.file} is empty`);
  if (last !== null && !signal.aborted) await windTo(last + mapping.interval * 1000);
  while (connection.pending > 0 && connection.connected && !signal.aborted) await pause(5);
  progress(!signal.aborted);
  return { rows, messages, from, until: last, finished: !signal.aborted };
}
