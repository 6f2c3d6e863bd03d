/** A broker in process for the simulators' tests: remembers what it heard, can speak, can be closed. */
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { Aedes } from "aedes";

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

export interface TestBroker {
  readonly url: string;
  readonly heard: Heard[];
  say(topic: string, payload: string): Promise<void>;
  /** Resolves with the first message, heard already or yet to come, for which `wanted` is true. */
  until(wanted: (message: Heard) => boolean): Promise<Heard>;
  /** How many are connected. */
  lines(): number;
  /** Cuts every line without a word. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback; with `password`, only who says it may come in. */
export async function startBroker(password?: string): Promise<TestBroker> {
  const aedes = await Aedes.createBroker({
    authenticate: (_client, _user, given, done) => {
      if (password === undefined || given?.toString() === password) done(null, true);
      else done(Object.assign(new Error("who are you?"), { returnCode: 5 as const }), false);
    },
  });
  const heard: Heard[] = [];
  const waiting = new Set<(message: Heard) => void>();
  aedes.on("publish", (packet, client) => {
    if (client === null) return;
    const message = { topic: packet.topic, payload: packet.payload.toString(), qos: packet.qos, retain: packet.retain };
    heard.push(message);
    for (const wake of waiting) wake(message);
  });
  const server = createServer(aedes.handle);
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `mqtt://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    heard,
    say: (topic, payload) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: "publish", topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false }, (error) =>
          error === undefined || error === null ? resolve() : reject(error),
        );
      }),
    until: (wanted) =>
      new Promise((resolve) => {
        const known = heard.find(wanted);
        if (known !== undefined) {
          resolve(known);
          return;
        }
        const wake = (message: Heard): void => {
          if (!wanted(message)) return;
          waiting.delete(wake);
          resolve(message);
        };
        waiting.add(wake);
      }),
    lines: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => aedes.close(() => resolve()));
      }),
  };
}
