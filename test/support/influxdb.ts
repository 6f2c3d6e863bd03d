/** Debian's InfluxDB 1.6.7 behind a proxy that speaks the API of 2 for writing, and its victoria-metrics, each with a folder of its own. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endChild } from "./child.ts";
import { freePort } from "./free-port.ts";
import { findProgram } from "./peers.ts";

export interface Database {
  /** Where it takes `/api/v2/write` and, if it is an InfluxDB, `/query`. */
  readonly url: string;
  readonly bucket: string;
  /** Everything that it has on the disk. */
  readonly folder: string;
  /** Ends it in good order, or with SIGKILL. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it again on the same port with what it had kept. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
  /** The body of a GET. */
  get(path: string): Promise<string>;
}

const START_WITHIN_MS = 30_000;

interface Program {
  readonly name: string;
  readonly port: number;
  readonly args: readonly string[];
  readonly folder: string;
  /** A path that answers 2xx when it is up. */
  readonly ready: string;
}

/** A child that can be killed and started again. */
function createChild({ name, port, args, ready }: Program) {
  const program = findProgram(name);
  if (program === null) throw new Error(`${name} is not installed: npm test installs it, or apt-get does`);
  let child: ChildProcess | null = null;
  let output = "";
  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = null;
    await endChild(running, signal);
  }
  return {
    async start() {
      const started = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      for (const pipe of [started.stdout, started.stderr]) pipe.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-5000)));
      const end = performance.now() + START_WITHIN_MS;
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}${ready}`).catch(() => null);
        await answer?.arrayBuffer();
        if (answer?.ok === true) return;
        if (started.exitCode !== null || performance.now() > end) throw new Error(`${name} did not start:\n${output}`);
        await delay(30);
      }
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

const PRECISIONS: Readonly<Record<string, string>> = { ns: "n", us: "u", ms: "ms", s: "s" };

/** InfluxDB 1.8 and later take `/api/v2/write` themselves; 1.6 is told it in its own words. Everything else goes through as it is. */
async function startProxy(port: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const proxy = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://proxy");
    if (url.pathname === "/api/v2/write") {
      const given = url.searchParams;
      url.pathname = "/write";
      url.search = new URLSearchParams({ db: given.get("bucket") ?? "", precision: PRECISIONS[given.get("precision") ?? "ns"] ?? "" }).toString();
    }
    const { authorization: _token, ...headers } = incoming.headers;
    const passed = request({ port, host: "127.0.0.1", agent, method: incoming.method, path: url.pathname + url.search, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      proxy.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** Starts InfluxDB 1.6 with an empty database `readings`, and the proxy. */
export async function startInfluxDb(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), "jieyue-influxdb-"));
  const port = await freePort();
  const config = join(folder, "influxdb.conf");
  await writeFile(
    config,
    `reporting-enabled = false
bind-address = "127.0.0.1:0"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[continuous_queries]
  enabled = false
`,
  );
  const child = createChild({ name: "influxd", port, args: ["run", "-config", config], folder, ready: "/ping" });
  await child.start();
  const made = await fetch(`http://127.0.0.1:${port}/query?q=${encodeURIComponent('CREATE DATABASE "readings"')}`, { method: "POST" });
  if (!made.ok) throw new Error(`no database: ${await made.text()}`);
  const proxy = await startProxy(port);
  return {
    url: proxy.url,
    bucket: "readings",
    folder,
    ...child,
    get: async (path) => (await fetch(proxy.url + path)).text(),
    async remove() {
      await proxy.close();
      await child.kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts victoria-metrics, which takes `/api/v2/write` as it is. It keeps no texts, and loses its last seconds when it is killed. */
export async function startVictoriaMetrics(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), "jieyue-victoria-"));
  const port = await freePort();
  // The tests' readings are of 2026; it would drop what is older than it keeps, or too far ahead.
  const args = [
    "-storageDataPath",
    join(folder, "data"),
    "-httpListenAddr",
    `127.0.0.1:${port}`,
    "-retentionPeriod",
    "100y",
    "-search.latencyOffset",
    "0s",
    "-dedup.minScrapeInterval",
    "1ms",
    "-loggerLevel",
    "WARN",
  ];
  const child = createChild({ name: "victoria-metrics", port, args, folder, ready: "/health" });
  await child.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    bucket: "readings",
    folder,
    ...child,
    get: async (path) => (await fetch(url + path)).text(),
    async remove() {
      await child.kill();
      await rm(folder, { recursive: true });
    },
  };
}
