/** Before whole servers are started: one that ends by itself leaves its compiled modules for all that are killed (`NODE_COMPILE_CACHE`). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export function setup(): void {
  spawnSync(process.execPath, [join(import.meta.dirname, "../../server/main.ts"), "--help"], { stdio: "ignore" });
}
