/**
 * Builds the page into dist/web. Plain JavaScript, because `npm ci` runs it before it is known which Node is there.
 *   --if-stale  only when the page's sources are newer than what was built
 * Without the page's tools (`npm ci --omit=dev`) nothing is built, and it says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");
const built = join(root, "dist/web/index.html");
const vite = join(root, "node_modules/vite/bin/vite.js");
const SOURCES = ["dashboard", "server/core", "server/contract", "package-lock.json"];

/** When the newest file under a path was last changed, in ms. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => (name === "node_modules" ? latest : Math.max(latest, newest(join(path, name)))), 0);
}

function main() {
  if (!existsSync(vite)) {
    const there = existsSync(built);
    process.stderr.write(
      there
        ? "The page is as it was built: its tools are not installed.\n"
        : "The page is not built: its tools are not installed (npm ci --omit=dev). Run `npm ci && npm run build` for it.\n",
    );
    return 0;
  }
  if (process.argv.includes("--if-stale") && existsSync(built)) {
    const builtAt = statSync(built).mtimeMs;
    if (SOURCES.every((source) => newest(join(root, source)) <= builtAt)) return 0;
  }
  const { status, error } = spawnSync(process.execPath, [vite, "build", "--config", "dashboard/vite.config.ts"], {
    cwd: root,
    stdio: ["ignore", process.stderr.fd, "inherit"],
  });
  if (error !== undefined) process.stderr.write(`${error.message}\n`);
  return status ?? 1;
}

process.exitCode = main();
