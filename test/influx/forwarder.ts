/**
 * A process that stores numbered readings, forwards them, and says how far it is, until it is killed. Arguments: folder, URL, how many.
 * Reading n is stored once, in order, so what is durable says which one is next.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import pino from "pino";
import { settingsSchema } from "../../server/contract/settings.ts";
import { createZone } from "../../server/core/zone.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createInflux } from "../../server/influx/influx.ts";
import { numbered } from "../support/numbered.ts";

const [folder = "", url = "", count = "0"] = process.argv.slice(2);
const log = pino({ level: "silent" });
const history = createDuckDbHistory({ file: join(folder, "history.duckdb"), log });
await history.open();
const settings = settingsSchema.parse({ influx: { url, token: "t", org: "o", bucket: "readings" } }).influx;
const influx = createInflux({
  settings,
  dataDir: folder,
  history,
  zone: createZone("Asia/Shanghai"),
  houseNow: () => Date.now(),
  fault: () => undefined,
  log,
})!;
influx.forward.start();

async function fill(): Promise<void> {
  for (let n = history.stats().rows; n < Number(count); n++) {
    const { device, reading, at } = numbered(n);
    history.append({ device, at, received: at, late: false, readings: [reading] }, undefined);
    if (n % 1000 === 0 || history.backlog > 20_000) await setImmediate();
  }
}
void fill();
for (;;) {
  const { sent, behind, failingSince, rejected } = influx.forward.status();
  writeSync(1, `${JSON.stringify({ stored: history.stats().rows, sent, behind, failing: failingSince !== null, rejected })}\n`);
  await setTimeout(20);
}
