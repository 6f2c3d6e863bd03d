/** A real mosquitto (Debian's) with a configuration of its own, for the tests and the benchmarks. */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeCertificates } from "./certificates.ts";
import { endChild, listensOn } from "./child.ts";
import { freePort } from "./free-port.ts";

export interface Mosquitto {
  readonly port: number;
  /** The certificate of the authority that signed its own, where it was started with `tls`. */
  readonly ca: string | null;
  readonly username: string;
  readonly password: string;
  /** What it has logged so far. */
  output(): string;
  /** Ends it in good order; its sessions and queues stay. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port with what it had kept. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

export interface MosquittoOptions {
  /** Listen with TLS, by a certificate for 127.0.0.1 and localhost that is made for the occasion. */
  readonly tls?: boolean;
  /** Ask for the user `jieyue` with this password; without it everybody may connect. */
  readonly password?: string;
  /** Limits the messages that may be unacknowledged per client; 0 = none. */
  readonly maxInflight?: number;
}

const PROGRAMS = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"];
const START_WITHIN_MS = 10_000;

/** Starts it on a free port. Rejects, with its output, when it does not come up. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const program = PROGRAMS.find((p) => existsSync(p));
  if (program === undefined) throw new Error("mosquitto is not installed: apt-get install mosquitto");
  const folder = await mkdtemp(join(tmpdir(), "jieyue-mosquitto-"));
  const port = await freePort();
  const lines = [
    `listener ${port} 127.0.0.1`,
    "persistence true",
    `persistence_location ${folder}/`,
    "autosave_interval 1",
    `max_inflight_messages ${options.maxInflight ?? 0}`,
    "max_queued_messages 0",
    "set_tcp_nodelay true",
    "log_dest stderr",
    `user ${userInfo().username}`,
  ];
  let ca: string | null = null;
  if (options.tls === true) {
    ca = makeCertificates(folder);
    lines.push(`cafile ${ca}`, `certfile ${folder}/server.pem`, `keyfile ${folder}/server.key`);
  }
  if (options.password === undefined) lines.push("allow_anonymous true");
  else {
    await writeFile(join(folder, "passwords"), `jieyue:${options.password}\n`);
    execFileSync("mosquitto_passwd", ["-U", join(folder, "passwords")]);
    await chmod(join(folder, "passwords"), 0o600);
    lines.push("allow_anonymous false", `password_file ${folder}/passwords`);
  }
  const config = join(folder, "mosquitto.conf");
  await writeFile(config, `${lines.join("\n")}\n`);

  let child: ChildProcess | null = null;
  let output = "";
  async function start(): Promise<void> {
    const started = spawn(program ?? "", ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    started.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const deadline = performance.now() + START_WITHIN_MS;
    while (!(await listensOn(port))) {
      if (started.exitCode !== null || performance.now() > deadline) throw new Error(`mosquitto did not start:\n${output}`);
      await delay(20);
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = null;
    await endChild(running, signal);
  }
  await start().catch(async (error: unknown) => {
    await end("SIGKILL");
    await rm(folder, { recursive: true });
    throw error;
  });
  return {
    port,
    ca,
    username: options.password === undefined ? "" : "jieyue",
    password: options.password ?? "",
    output: () => output,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    start,
    async remove() {
      await end("SIGTERM");
      await rm(folder, { recursive: true });
    },
  };
}
