/** `npm run dev`: the demonstration and the page, both reloaded when a file changes. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const HELP = "npm run dev -- [options of npm start]\nThe demonstration on 8026 and the page with reload on 5173; both start anew when a file changes.\n";

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
  process.exit(0);
}

const root = join(import.meta.dirname, "../..");
const children = [
  spawn(process.execPath, ["--watch", "--watch-preserve-output", "server/main.ts", "--demo", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" }),
  spawn(process.execPath, ["node_modules/vite/bin/vite.js", "--config", "dashboard/vite.config.ts"], { cwd: root, stdio: "inherit" }),
];

function stop(): void {
  for (const child of children) child.kill("SIGTERM");
}

process.on("SIGINT", stop);
process.on("SIGTERM", stop);
for (const child of children) child.on("exit", stop);
