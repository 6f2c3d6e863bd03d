import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createZone } from "../../server/core/zone.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createConnection } from "../../server/influx/connection.ts";
import { createForward, CURSOR } from "../../server/influx/forward.ts";
import { createRejectedFile } from "../../server/influx/rejected.ts";
import { createLog } from "../../server/log.ts";
import type { Answer, FaultInflux } from "../support/fault-influx.ts";
import { parseError, partialWrite, startFaultInflux } from "../support/fault-influx.ts";
import { eventually } from "../support/server-process.ts";
import { runs } from "../support/properties.ts";

const FROM = 1_782_864_000_000;
let server: FaultInflux;
beforeAll(async () => (server = await startFaultInflux()));
afterAll(() => server.close());

/** What comes between a request and the server's own answer: nothing, a fault, or our end. */
const mishap = fc.oneof(
  { weight: 4, arbitrary: fc.constant("none" as const) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Answer>(
      "reset",
      "hang",
      "reset-in-body",
      { status: 503, headers: { "retry-after": "1" } },
      { status: 429 },
      { status: 401 },
      { status: 413 },
      { status: 400, body: "<html>" },
      { status: 400, headers: { "content-type": "application/json" }, body: '{"error":"who knows"}' },
      { status: 200 },
    ),
  },
);

describe("whatever happens between a history and an InfluxDB", () => {
  it("every reading is there or is rejected, and none is both", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 400 }),
        fc.array(fc.nat(399), { maxLength: 12 }),
        fc.array(mishap, { maxLength: 25 }),
        fc.constantFrom(partialWrite(" value=666,"), parseError(" value=666,")),
        async (count, poisoned, mishaps, judge) => {
          const device = `hall/run-${run++}`;
          const folder = mkdtempSync(join(tmpdir(), "jieyue-whatever-"));
          const history = createMemoryHistory();
          const poison = new Set(poisoned.filter((n) => n < count));
          for (let n = 0; n < count; n++) {
            const readings = [{ name: "n", value: poison.has(n) ? 666 : 1000 + n, quality: "good" as const }];
            history.append({ device, at: FROM + n, received: FROM + n, late: false, readings }, undefined);
          }
          const left = [...mishaps];
          let restart = false;
          server.answer = (lines) => {
            const next = left.shift() ?? "none";
            if (next === "restart") restart = true;
            // Killed before it is answered, or after: it cannot know.
            return next === "none" || (next === "restart" && left.length % 2 === 0) ? judge(lines) : next === "restart" ? "hang" : next;
          };
          const start = () => {
            const forward = createForward({
              history,
              zone: createZone("Asia/Shanghai"),
              connection: createConnection({ url: server.url, token: "t", org: "o", bucket: "b", withinMs: 100 }),
              rejected: createRejectedFile(folder),
              now: () => FROM,
              houseNow: () => FROM,
              random: () => 0,
              wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
              fault: () => undefined,
              log: createLog("silent"),
              alarmAfterMs: 1e9,
              everyMs: 1,
            });
            forward.start();
            return forward;
          };
          let forward = start();
          while ((await history.mark(CURSOR)) !== count) {
            await eventually(
              async () => restart || (await history.mark(CURSOR)) === count,
              (over) => over,
            );
            if (!restart) break;
            restart = false;
            await forward.close();
            forward = start();
          }
          await forward.close();
          const there = [...server.held].filter(([key]) => key.startsWith(`reading,building=hall,device=${device.slice(5)},`));
          expect(there.map(([, fields]) => Number(/value=(\d+)/.exec(fields)![1])).sort((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, n) => 1000 + n).filter((v) => !poison.has(v - 1000)),
          );
          const rejected = poison.size === 0 ? "" : readFileSync(join(folder, "influx-rejected.ndjson"), "utf8");
          const lines = rejected.split("\n").flatMap((l) => (l === "" ? [] : [(JSON.parse(l) as { line: string }).line]));
          expect(new Set(lines.map((l) => Number(l.split(" ").at(-1)) - FROM))).toEqual(poison);
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: runs(40) },
    );
  });
});
