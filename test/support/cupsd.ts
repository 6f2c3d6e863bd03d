/** A real CUPS (Debian's) with a configuration of its own and one queue that holds its jobs; nothing leaves it. */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endChild } from "./child.ts";
import { freePort } from "./free-port.ts";
import { findProgram } from "./peers.ts";

export interface Cupsd {
  readonly port: number;
  readonly pageLog: string;
  /** `ipp://127.0.0.1:<port>/printers/<queue>` */
  uri(queue: string): string;
  /** A queue that prints into nothing; one that `holds` keeps its jobs until somebody releases them. */
  addQueue(queue: string, holds: boolean): void;
  /** Prints a text; answers CUPS's id. */
  print(queue: string, user: string, title: string, text: string, options?: readonly string[]): number;
  /** Its owner changes what a waiting job is to be. */
  change(id: number, user: string, options: readonly string[]): void;
  output(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets all jobs: ids begin anew. Only while it is stopped. */
  clearSpool(): void;
  remove(): Promise<void>;
}

const START_WITHIN_MS = 15_000;
/** cupsd wants an ordinary user for its filters; these are Debian's `nobody` and `nogroup`. */
const NOBODY = 65_534;

export async function startCupsd(): Promise<Cupsd> {
  const program = findProgram("cupsd");
  if (program === null) throw new Error("cupsd is not installed: apt-get install cups-daemon");
  const folder = mkdtempSync(join(tmpdir(), "jieyue-cups-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  for (const name of ["spool", "cache", "state", "logs", "tmp", "root"]) {
    mkdirSync(join(folder, name), { mode: 0o755 });
    if (process.getuid?.() === 0) chownSync(join(folder, name), 0, NOBODY);
  }
  chmodSync(join(folder, "tmp"), 0o1770);
  const pageLog = join(folder, "logs/page_log");
  const files = [
    `ServerRoot ${folder}/root`,
    `RequestRoot ${folder}/spool`,
    `CacheDir ${folder}/cache`,
    `StateDir ${folder}/state`,
    `TempDir ${folder}/tmp`,
    `AccessLog ${folder}/logs/access_log`,
    `ErrorLog ${folder}/logs/error_log`,
    `PageLog ${pageLog}`,
    "User nobody",
    "Group nogroup",
    "SystemGroup root",
    "FileDevice Yes",
    "SyncOnClose No",
  ];
  // A policy as README asks for it: who connects from this machine may release.
  const config = [
    `Listen 127.0.0.1:${port}`,
    `Listen ${folder}/state/cups.sock`,
    "Browsing Off",
    "DefaultShared No",
    "WebInterface No",
    "LogLevel warn",
    "PageLogFormat %p %u %j %T %P %C %{job-billing} %{job-originating-host-name} %{job-name} %{media} %{sides}",
    "PreserveJobHistory Yes",
    "MaxJobs 500",
    "<Location />",
    "  Order allow,deny",
    "  Allow from 127.0.0.1",
    "</Location>",
    "<Policy default>",
    "  JobPrivateAccess all",
    "  JobPrivateValues none",
    "  <Limit All>",
    "    Order allow,deny",
    "    Allow from 127.0.0.1",
    "  </Limit>",
    "</Policy>",
  ];
  writeFileSync(join(folder, "cups-files.conf"), `${files.join("\n")}\n`);
  writeFileSync(join(folder, "cupsd.conf"), `${config.join("\n")}\n`);

  let child: ChildProcess | null = null;
  let output = "";
  const client = (tool: string, args: readonly string[]): string =>
    execFileSync(findProgram(tool) ?? tool, ["-h", `127.0.0.1:${port}`, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });

  async function start(): Promise<void> {
    const started = spawn(program ?? "", ["-f", "-c", join(folder, "cupsd.conf"), "-s", join(folder, "cups-files.conf")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const deadline = performance.now() + START_WITHIN_MS;
    while (!(await answers(port))) {
      if (started.exitCode !== null || performance.now() > deadline) throw new Error(`cupsd did not start:\n${output}`);
      await delay(20);
    }
  }
  async function stop(): Promise<void> {
    const running = child;
    child = null;
    await endChild(running);
  }
  await start().catch(async (error: unknown) => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const paper = join(folder, "paper.txt");
  return {
    port,
    pageLog,
    uri: (queue) => `ipp://127.0.0.1:${port}/printers/${queue}`,
    addQueue(queue, holds) {
      client("lpadmin", ["-p", queue, "-v", "file:///dev/null", "-E", "-o", `job-hold-until-default=${holds ? "indefinite" : "no-hold"}`]);
    },
    print(queue, user, title, text, options = []) {
      writeFileSync(paper, text);
      const said = client("lp", ["-d", queue, "-U", user, "-t", title, ...options.flatMap((o) => ["-o", o]), paper]);
      return Number(/-(\d+) \(/.exec(said)?.[1]);
    },
    change(id, user, options) {
      client("lp", ["-U", user, "-i", String(id), ...options.flatMap((o) => ["-o", o])]);
    },
    output: () => output,
    start,
    stop,
    clearSpool() {
      for (const name of readdirSync(join(folder, "spool"))) rmSync(join(folder, "spool", name), { recursive: true, force: true });
      for (const name of readdirSync(join(folder, "cache"))) rmSync(join(folder, "cache", name), { recursive: true, force: true });
      mkdirSync(join(folder, "spool/tmp"), { recursive: true });
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: "/", method: "GET", agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.on("error", () => resolve(false));
    asked.on("timeout", () => asked.destroy());
    asked.end();
  });
}
