/**
 * The way in for whoever may read the data folder: a socket in it. A command line asks for a backup or an export there and hears its progress,
 * while the server goes on. One line of JSON is asked, lines of JSON are answered; the last one says `done` or `failed`.
 */
import { chmod, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

export const askSchema = z.discriminatedUnion("ask", [z.strictObject({ ask: z.literal("backup"), to: z.string().min(1).max(4000) })]);
export type Ask = z.infer<typeof askSchema>;

export type Say =
  | { readonly say: "progress"; readonly what: string }
  | { readonly say: "done"; readonly result: unknown }
  | { readonly say: "failed"; readonly error: string };

export type Answerer = (ask: Ask, progress: (what: string) => void) => Promise<unknown>;

/** Unix knows no longer path of a socket (108 bytes on Linux, 104 elsewhere). */
const LONGEST_PATH = 100;
const LONGEST_LINE = 10_000;

export function controlPath(dataDir: string): string {
  return join(dataDir, "control.sock");
}

/** Listens; answers how to stop. Null where the folder's path is too long for a socket: then a command line cannot ask, and says so. */
export async function openControl(dataDir: string, answer: Answerer): Promise<{ close(): Promise<void> } | null> {
  const path = controlPath(dataDir);
  if (Buffer.byteLength(path) > LONGEST_PATH) return null;
  // What a killed server left is in the way; a living one holds the history's lock, so that this line is never reached beside it.
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    void serve(socket, answer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(socket: Socket, answer: Answerer): Promise<void> {
  const say = (line: Say) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
  try {
    const ask = askSchema.safeParse(JSON.parse(await firstLine(socket)));
    if (!ask.success) throw new Error("nothing is known by that name; the command line and the server may be of different versions");
    const result = await answer(ask.data, (what) => say({ say: "progress", what }));
    say({ say: "done", result });
  } catch (error) {
    say({ say: "failed", error: error instanceof Error ? error.message : String(error) });
  }
  socket.end();
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > LONGEST_LINE) reject(new Error("the question is too long"));
    });
    socket.on("close", () => reject(new Error("nothing was asked")));
  });
}

/** Asks the server of a data folder. Null when none runs there. Rejects with what the server says, or when it ends meanwhile. */
export function askServer(dataDir: string, ask: Ask, progress: (what: string) => void): Promise<{ readonly result: unknown } | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlPath(dataDir));
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" || error.code === "ECONNREFUSED" ? resolve(null) : reject(error)));
    socket.once("connect", () => socket.write(`${JSON.stringify(ask)}\n`));
    const lines = createInterface({ input: socket });
    // It says the socket's errors once more.
    lines.on("error", () => undefined);
    lines.on("line", (line) => {
      const said = JSON.parse(line) as Say;
      if (said.say === "progress") progress(said.what);
      else if (said.say === "done") resolve({ result: said.result });
      else reject(new Error(said.error));
    });
    socket.once("close", () => reject(new Error("the server ended before it was done")));
  });
}
