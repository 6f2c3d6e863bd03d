/**
 * A publisher in a process of its own, cheap enough to leave the machine to the server: PUBLISH packets are encoded once
 * (mqtt-packet), only their packet ids are patched in, and PUBACKs are counted by their four bytes.
 * argv: port, first device, devices, connections, window per connection, messages/s over all (0 = as fast as acknowledged), seconds, mixed (1: every
 * device in a dialect of its own).
 */
import { connect } from "node:net";
import type { Socket } from "node:net";
import mqttPacket from "mqtt-packet";
import { spoken } from "./dialects.ts";

const [port, first, devices, connections, window, rate, seconds, mixed] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

interface Encoded {
  readonly bytes: Buffer;
  readonly idAt: number;
}

function encode(device: number, variant: number): Encoded {
  const { topic, payload } = spoken(mixed === 1, device, variant);
  const bytes = mqttPacket.generate({ cmd: "publish", topic, payload, qos: 1, messageId: 1, dup: false, retain: false });
  const lengthBytes = bytes.length - 2 > 127 ? 2 : 1;
  return { bytes, idAt: 1 + lengthBytes + 2 + Buffer.byteLength(topic) };
}

class Publisher {
  acked = 0;
  private sent = 0;
  private id = 0;
  private left = 0;
  private readonly socket: Socket;
  private readonly packets: readonly Encoded[];
  private connected = false;
  done = false;

  constructor(index: number, packets: readonly Encoded[], ready: () => void) {
    this.packets = packets;
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("connect", () =>
      this.socket.write(
        mqttPacket.generate({ cmd: "connect", clientId: `bench-${process.pid}-${index}`, protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 0 }),
      ),
    );
    this.socket.on("error", (error) => {
      if (this.done) return;
      process.stderr.write(`publisher: ${error.message}\n`);
      process.exit(1);
    });
    this.socket.on("data", (chunk) => {
      let length = chunk.length;
      if (!this.connected) {
        this.connected = true;
        length -= 4; // CONNACK
        ready();
      }
      this.left += length;
      this.acked += this.left >> 2;
      this.left &= 3;
      if (rate === 0) this.fill();
    });
  }

  /** Sends up to the window. */
  fill(): void {
    this.push(this.acked + window - this.sent);
  }

  push(count: number): void {
    if (this.done || count <= 0) return;
    const parts: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      const { bytes, idAt } = this.packets[this.sent++ % this.packets.length]!;
      const copy = Buffer.from(bytes);
      this.id = (this.id % 65_000) + 1;
      copy.writeUInt16BE(this.id, idAt);
      parts.push(copy);
    }
    this.socket.write(Buffer.concat(parts));
  }

  end(): void {
    this.socket.end(mqttPacket.generate({ cmd: "disconnect" }));
  }
}

const packets: Encoded[] = [];
for (let variant = 0; variant < Math.max(4, Math.ceil(4000 / devices)); variant++) for (let d = 0; d < devices; d++) packets.push(encode(first + d, variant));

let waiting = connections;
const publishers: Publisher[] = [];
for (let i = 0; i < connections; i++) {
  const offset = Math.floor((packets.length / connections) * i);
  publishers.push(new Publisher(i, [...packets.slice(offset), ...packets.slice(0, offset)], () => --waiting === 0 && run()));
}

const total = () => publishers.reduce((sum, p) => sum + p.acked, 0);

function run(): void {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  if (rate === 0) for (const p of publishers) p.fill();
  else {
    let given = 0;
    timer = setInterval(() => {
      const owed = Math.floor(((performance.now() - began) / 1000) * rate) - given;
      given += owed;
      const share = Math.ceil(owed / publishers.length);
      let rest = owed;
      for (const p of publishers) {
        p.push(Math.min(share, rest));
        rest -= Math.min(share, rest);
      }
    }, 5);
  }
  // The first fifth warms up; what is counted comes after it.
  let base = 0;
  let from = 0;
  setTimeout(() => {
    base = total();
    from = performance.now();
  }, seconds * 200);
  setTimeout(() => {
    const result = { acked: total() - base, seconds: (performance.now() - from) / 1000 };
    clearInterval(timer);
    for (const p of publishers) {
      p.done = true;
      p.end();
    }
    process.send?.(result);
    setTimeout(() => process.exit(0), 200);
  }, seconds * 1000);
}
