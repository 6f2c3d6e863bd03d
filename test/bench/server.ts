/** Starts the real server as a process of its own on a fresh data folder, with a generated site of so many air conditioners. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { sourceOf } from "./dialects.ts";

export interface BenchServer {
  readonly http: number;
  readonly mqtt: number;
  /** CPU seconds used so far, from its own metrics. */
  cpuSeconds(): Promise<number>;
  /** Resident memory in MB. */
  memoryMb(): number;
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");

/** Every policy runs on every device of this site; each has a room of its own. */
export function benchSite(devices: number, mixed = false): string {
  const numbers = Array.from({ length: devices }, (_, i) => i + 1);
  return stringify({
    site: { id: "bench", name: "Bench", timezone: "Asia/Shanghai", latitude: 36.6, longitude: 114.5 },
    buildings: [{ id: "hall", name: "Hall", floors: ["1"] }],
    departments: [{ id: "general", name: "General", chief: "chief" }],
    people: [
      { id: "admin", name: "Admin", role: "administrator" },
      { id: "chief", name: "Chief", role: "chief", department: "general" },
    ],
    spaces: numbers.map((n) => ({ id: `r${n}`, building: "hall", floor: "1", name: `R${n}`, class: "office", department: "general", area: 20, windows: 180 })),
    devices: numbers.map((n) => ({ id: `ac-${n}`, building: "hall", kind: "ac", space: `r${n}`, ...sourceOf(mixed, n) })),
    policies: { "after-hours-shutoff": { mode: "observe" } },
  });
}

export async function startServer(devices: number, env: Readonly<Record<string, string>> = {}, settings: object = {}, mixed = false): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-bench-"));
  const site = join(folder, "site.yaml");
  writeFileSync(site, benchSite(devices, mixed));
  writeFileSync(join(folder, "jieyue.yaml"), stringify(settings));
  const child: ChildProcess = spawn(process.execPath, [join(root, "server/main.ts")], {
    cwd: folder,
    env: {
      ...process.env,
      JIEYUE_HTTP_PORT: "0",
      JIEYUE_MQTT_PORT: "0",
      JIEYUE_DATA_DIR: join(folder, "data"),
      JIEYUE_SITE_FILE: site,
      JIEYUE_LOG_LEVEL: "info",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ports = await new Promise<{ http: number; mqtt: number | null }>((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const line of text.split("\n")) if (line.includes('"msg":"listening"')) resolve(JSON.parse(line) as { http: number; mqtt: number });
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
  });
  const metrics = async () => (await fetch(`http://127.0.0.1:${ports.http}/metrics`)).text();
  const metric = async (name: string) => {
    const lines = (await metrics()).split("\n").filter((l) => l.startsWith(`${name} `) || l.startsWith(`${name}{`));
    return lines.reduce((sum, l) => sum + Number(l.slice(l.lastIndexOf(" ") + 1)), 0);
  };
  return {
    http: ports.http,
    mqtt: ports.mqtt ?? 0,
    metric,
    cpuSeconds: () => metric("process_cpu_seconds_total"),
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))![1]) / 1024,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
