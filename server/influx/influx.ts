/** Puts the parts together: a connection that writes, one that reads, the file of rejected lines. */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../contract/settings.ts";
import type { Millis } from "../core/reading.ts";
import type { Forward } from "../ports/forward.ts";
import type { OlderReadings } from "../ports/history.ts";
import { createConnection } from "./connection.ts";
import type { ForwardDeps } from "./forward.ts";
import { createForward } from "./forward.ts";
import { createReader } from "./reader.ts";
import { createRejectedFile } from "./rejected.ts";

export interface InfluxParts extends Pick<ForwardDeps, "history" | "zone" | "houseNow" | "fault" | "log"> {
  readonly settings: Settings["influx"];
  /** Folder of the file of rejected lines. */
  readonly dataDir: string;
}

export interface Influx {
  readonly forward: Forward;
  /** null where it is not to be read from. */
  readonly older: OlderReadings | null;
  close(): Promise<void>;
}

const WRITE_WITHIN_MS: Millis = 30_000;
const READ_WITHIN_MS: Millis = 15_000;
const EVERY_MS: Millis = 1_000;

/** null where no InfluxDB is set up. Nothing is connected before `forward.start`. */
export function createInflux({ settings, dataDir, ...parts }: InfluxParts): Influx | null {
  const { url, token, org, bucket, read, alertAfter } = settings;
  if (url === "") return null;
  const to = { url, token, org, bucket, ca: settings.ca === "" ? undefined : readFileSync(settings.ca, "utf8") };
  const forward = createForward({
    ...parts,
    connection: createConnection({ ...to, withinMs: WRITE_WITHIN_MS }),
    rejected: createRejectedFile(dataDir),
    now: () => Date.now(),
    random: () => Math.random(),
    wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    alarmAfterMs: alertAfter * 60_000,
    everyMs: EVERY_MS,
  });
  const reading = read === "never" ? null : createConnection({ ...to, withinMs: READ_WITHIN_MS });
  return {
    forward,
    older: reading === null ? null : createReader(reading),
    async close() {
      reading?.close();
      await forward.close();
    },
  };
}
