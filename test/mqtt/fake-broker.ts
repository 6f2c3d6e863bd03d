/** A broker that does exactly what a test says: for the order of acknowledgements and for misbehaviour that mosquitto does not offer. */
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { generate, parser } from "mqtt-packet";
import type { Packet } from "mqtt-packet";

export interface FakeBroker {
  readonly port: number;
  /** The next packet of the newest connection, pings aside. */
  next(): Promise<Packet>;
  send(packet: Packet): void;
  raw(bytes: Buffer): void;
  /** Cuts the newest connection. */
  cut(): void;
  close(): Promise<void>;
}

/** Answers CONNECT with `returnCode` (and what it `kept` for a session) and SUBSCRIBE with `granted` for each topic. */
export async function startFakeBroker(
  options: { readonly port?: number; readonly returnCode?: number; readonly granted?: number; readonly kept?: readonly Packet[] } = {},
): Promise<FakeBroker> {
  const packets: Packet[] = [];
  const waiting: ((packet: Packet) => void)[] = [];
  const sockets = new Set<Socket>();
  let newest: Socket | null = null;

  function take(socket: Socket, packet: Packet): void {
    if (packet.cmd === "connect") {
      const kept = options.kept ?? [];
      socket.write(generate({ cmd: "connack", returnCode: options.returnCode ?? 0, sessionPresent: kept.length > 0 }));
      for (const one of kept) socket.write(generate(one));
    }
    if (packet.cmd === "subscribe")
      socket.write(generate({ cmd: "suback", messageId: packet.messageId ?? 1, granted: packet.subscriptions.map(() => options.granted ?? 1) }));
    if (packet.cmd === "unsubscribe") socket.write(generate({ cmd: "unsuback", messageId: packet.messageId ?? 1, granted: [] }));
    const first = waiting.shift();
    if (first === undefined) packets.push(packet);
    else first(packet);
  }

  const server = createServer((socket) => {
    newest = socket;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    const parse = parser({ protocolVersion: 4 });
    parse.on("packet", (packet: Packet) => take(socket, packet));
    socket.on("data", (chunk: Buffer) => parse.parse(chunk));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    next() {
      const packet = packets.shift();
      return packet === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(packet);
    },
    send: (packet) => void newest?.write(generate(packet)),
    raw: (bytes) => void newest?.write(bytes),
    cut: () => newest?.destroy(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
