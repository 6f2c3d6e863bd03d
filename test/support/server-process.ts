/** The real server as a process, to be killed and started again on the same data. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface ServerProcess {
  readonly http: number;
  readonly mqtt: number | null;
  readonly url: string;
  /** SIGKILL: no last words. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: a machine that sleeps, a disk that hangs. */
  pause(): void;
  resume(): void;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  get<T>(path: string): Promise<T>;
  send(method: string, path: string, body?: unknown): Promise<Response>;
  /** Everything it wrote to stdout. */
  output(): string;
}

/** Starts it on free ports (unless `env` names them) and waits for its `listening` line. */
export async function startServerProcess(dataDir: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Promise<ServerProcess> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("JIEYUE_")));
  const child: ChildProcess = spawn(process.execPath, [join(root, "server/main.ts"), ...args], {
    cwd: dataDir,
    env: { ...clean, JIEYUE_HTTP_PORT: "0", JIEYUE_MQTT_PORT: "0", JIEYUE_DATA_DIR: join(dataDir, "data"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => void (errors += chunk));
  const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const ports = await new Promise<{ http: number; mqtt: number | null }>((resolve, reject) => {
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const line = text.split("\n").find((l) => l.includes('"msg":"listening"') && l.endsWith("}"));
      if (line !== undefined) resolve(JSON.parse(line) as { http: number; mqtt: number | null });
    });
    void gone.then((code) => reject(new Error(`the server ended with ${code}:\n${text}${errors}`)));
  });
  const url = `http://127.0.0.1:${ports.http}`;
  return {
    ...ports,
    url,
    output: () => text,
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    stop() {
      child.kill("SIGTERM");
      return gone;
    },
    async get<T>(path: string) {
      const response = await fetch(`${url}/api/v1${path}`);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    send: (method, path, body) =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers: body === undefined ? {} : { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** Asks again until the answer is as wanted; gives up after `seconds` with the last answer. What is slow is no fault: what hangs is. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${seconds} s; last: ${(JSON.stringify(answer) ?? "nothing").slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
