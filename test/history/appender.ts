/** A process that appends numbers until it is killed and prints each one once it is durable. Arguments: file, device, first number. */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import pino from "pino";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";

const [file = "", device = "", first = "0"] = process.argv.slice(2);
const history = createDuckDbHistory({ file, log: pino({ level: "silent" }) });
await history.open();
for (let n = Number(first); ; n++) {
  const acknowledged = n;
  const readings = [
    { name: "n", value: n, quality: "good" as const },
    { name: `word-${n % 50}`, value: `text ${n}`, quality: "good" as const },
  ];
  history.append({ device, at: 1_782_000_000_000 + n, received: 1_782_000_000_000 + n, late: false, readings }, () => writeSync(1, `${acknowledged}\n`));
  // Batches of every size, so that the end comes before, in and after commits.
  if (n % 97 === 0 || history.backlog > 20_000) await setImmediate();
}
