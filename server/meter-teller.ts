/**
 * Tells the history what a second person confirmed of a meter: in the order of the decisions, each once it is recorded. A mark beside
 * the readings says how far it came, so that a crash in between, or a history that came back from a backup, is told again; what is
 * stored twice is read once.
 */
import type { MeterEntry } from "./core/meters/entry.ts";
import { deviceOf } from "./core/meters/entry.ts";
import type { House } from "./core/house.ts";
import type { Millis, Report } from "./core/reading.ts";
import type { Log } from "./log.ts";
import type { History } from "./ports/history.ts";
import type { Records } from "./ports/records.ts";

const MARK = "meters";
/** The wall's clock may have been put back between two decisions: so much before the mark is told again too. */
const SLACK_MS = 86_400_000;
const AGAIN_MS = { first: 100, most: 5000 };

export interface MeterTellerParts {
  readonly house: House;
  readonly history: Pick<History, "exchange" | "mark" | "setMark">;
  readonly records: Pick<Records, "confirmedSince">;
  readonly now: () => Millis;
  /** Stores a report and takes it into the house; `durable` once it is stored. */
  readonly take: (report: Report, durable: () => void) => void;
  readonly log: Log;
}

export interface MeterTeller {
  tell(entry: MeterEntry): void;
  /** Tells again what may have been lost. */
  resume(): Promise<void>;
  close(): void;
}

export function createMeterTeller({ house, history, records, now, take, log }: MeterTellerParts): MeterTeller {
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  let wake: (() => void) | null = null;

  /** What a meter showed, as its device's own reading. */
  const store = (entry: MeterEntry, at: Millis, value: number) =>
    new Promise<void>((durable) => {
      const name = entry.point.slice(entry.point.lastIndexOf("/") + 1);
      const device = deviceOf(entry.point);
      const known = house.devices.get(device)?.points.get(name);
      const late = known !== undefined && at < known.at;
      take({ device, at, received: now(), late, readings: [{ name, value, quality: "good" }] }, durable);
    });

  async function tellOne(entry: MeterEntry): Promise<void> {
    const { point, at } = entry;
    if (entry.kind === "reading") await store(entry, at, entry.value);
    else {
      // The old meter's last word, the exchange, and the new one's first: also of a meter that was never heard before.
      await Promise.all([store(entry, at, entry.final), store(entry, at + 1, entry.initial)]);
      await history.exchange([{ id: entry.id, point, at, final: entry.final, initial: entry.initial }]);
    }
    await history.setMark(MARK, Math.max((await history.mark(MARK)) ?? 0, entry.decidedAt ?? 0));
  }

  async function tellUntilTold(entry: MeterEntry): Promise<void> {
    for (let attempt = 0; !closed; attempt++) {
      try {
        return await tellOne(entry);
      } catch (err) {
        if (closed) return;
        log.error({ err, entry: entry.id, point: entry.point }, "a confirmed meter reading could not be stored; it is tried again");
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, Math.min(AGAIN_MS.first * 2 ** attempt, AGAIN_MS.most)).unref();
        });
      }
    }
  }

  const tell = (entry: MeterEntry) => void (queue = queue.then(() => tellUntilTold(entry)));

  return {
    tell,
    async resume() {
      const mark = await history.mark(MARK);
      for (const entry of await records.confirmedSince(mark === null ? 0 : mark - SLACK_MS)) tell(entry);
    },
    close() {
      closed = true;
      wake?.();
    },
  };
}
