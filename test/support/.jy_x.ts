import { openStore } from "../../server/history/store.ts";
import { createBatch } from "../../server/history/columns.ts";
import { rmSync } from "node:fs";
const file = "/tmp/jyb/s.duckdb"; rmSync("/tmp/jyb", { recursive: true, force: true }); (await import("node:fs")).mkdirSync("/tmp/jyb");
for (const threads of [1, 2]) {
rmSync(file, { force: true });
const s = await openStore({ file, memoryLimit: "256MB", threads }); const b = createBatch();
for (const count of [4, 4, 400, 4000]) {
const c0 = process.cpuUsage(); const t0 = performance.now(); const N = 300;
for (let i = 0; i < N; i++) await s.commit(b.memory, count, [], []);
const c = process.cpuUsage(c0); console.log(threads, count, "wall ms", (performance.now() - t0) / N, "cpu ms", (c.user + c.system) / 1000 / N);
}
s.close(); }
