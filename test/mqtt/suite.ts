/** What every transport promises. Runs against the embedded broker and, through the external one, against a real mosquitto. */
import { connectAsync } from "mqtt";
import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RefusedMessage } from "../../server/mqtt/problem.ts";
import type { IncomingMessage, Transport } from "../../server/ports/transport.ts";
import { createInbox, textOf } from "./inbox.ts";
import type { Inbox } from "./inbox.ts";

export interface Bench {
  readonly transport: Transport;
  /** Port where devices connect; asked after `open`. */
  devicePort(): number;
  /** What the transport refused. */
  readonly refusals: readonly RefusedMessage[];
  remove(): Promise<void>;
}

export function transportSuite(name: string, make: () => Promise<Bench>): void {
  describe(name, () => {
    let bench: Bench;
    let inbox: Inbox;
    const devices: MqttClient[] = [];
    beforeEach(async () => {
      bench = await make();
      inbox = createInbox();
      await bench.transport.open(inbox.take);
    });
    afterEach(async () => {
      for (const device of devices.splice(0)) await device.endAsync(true);
      await bench.transport.close();
      await bench.remove();
    });
    async function device(options: IClientOptions = {}): Promise<MqttClient> {
      const client = await connectAsync(`mqtt://127.0.0.1:${bench.devicePort()}`, { reconnectPeriod: 0, ...options });
      devices.push(client);
      return client;
    }

    it("is connected between open and close", async () => {
      expect(bench.transport.connected()).toBe(true);
      await bench.transport.close();
      expect(bench.transport.connected()).toBe(false);
      await expect(bench.transport.publish("jieyue/hall/ac-1/set", "{}")).rejects.toThrow();
    });

    it("hands over topic, bytes and QoS; nobody waits for QoS 0", async () => {
      const ac = await device();
      await ac.publishAsync("jieyue/hall/ac-1/state", Buffer.from([0x7b, 0xff, 0x00, 0x7d]), { qos: 0 });
      const loose = await inbox.next();
      expect(loose).toMatchObject({ topic: "jieyue/hall/ac-1/state", qos: 0, retained: false, settle: undefined });
      expect([...loose.payload]).toEqual([0x7b, 0xff, 0x00, 0x7d]);
      const sent = ac.publishAsync("jieyue/hall/空调/availability", "online", { qos: 1 });
      const firm = await inbox.nextSettled();
      await sent;
      expect([firm.topic, firm.qos, textOf(firm)]).toEqual(["jieyue/hall/空调/availability", 1, "online"]);
    });

    it("listens to more topics when it is told to, says when it is connected, and sends bytes as they are", async () => {
      bench.transport.listen(["other/+/state", "shelf/#"]);
      let told = 0;
      bench.transport.onConnected(() => void told++);
      expect(told).toBe(1);
      const ac = await device();
      const got = new Promise<Buffer>((resolve) => ac.on("message", (_, payload) => resolve(payload)));
      await ac.subscribeAsync("back", { qos: 1 });
      // A broker need not have taken the new subscription before the device speaks for the first time.
      for (let n = 0; inbox.count === 0; n++) await ac.publishAsync("other/7/state", String(n), { qos: 0 });
      expect((await inbox.next()).topic).toBe("other/7/state");
      await bench.transport.publish("back", Uint8Array.of(0, 255, 8));
      expect([...(await got)]).toEqual([0, 255, 8]);
    });

    it("takes a thousand messages in flight, each once and in order, however they are settled", async () => {
      const ac = await device();
      const sent = Promise.all(Array.from({ length: 1_000 }, (_, n) => ac.publishAsync("jieyue/hall/ac-1/state", String(n), { qos: 1 })));
      const seen: string[] = [];
      let held: IncomingMessage[] = [];
      while (seen.length < 1_000) {
        const message = await inbox.next();
        seen.push(textOf(message));
        held.push(message);
        // As group commits do it, only backwards. Never waits for a certain number: aedes reads a client's next chunk
        // when the last one is settled as a whole.
        if (held.length > 1) continue;
        setImmediate(() => {
          for (const m of held.reverse()) m.settle?.();
          held = [];
        });
      }
      await sent;
      expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)));
    });

    it("lets a settled message be settled again without harm", async () => {
      const ac = await device();
      const sent = ac.publishAsync("jieyue/hall/ac-1/state", "1", { qos: 1 });
      const message = await inbox.nextSettled();
      message.settle?.();
      await sent;
      const second = ac.publishAsync("jieyue/hall/ac-1/state", "2", { qos: 1 });
      expect(textOf(await inbox.nextSettled())).toBe("2");
      await second;
    });

    it("commands with QoS 1, never retained", async () => {
      const ac = await device();
      await ac.subscribeAsync("jieyue/hall/ac-1/set", { qos: 1 });
      const heard = new Promise<IPublishPacket>((resolve) => ac.once("message", (_topic, _payload, packet) => resolve(packet)));
      await bench.transport.publish("jieyue/hall/ac-1/set", '{"setpoint":26,"id":"c1"}');
      expect(await heard).toMatchObject({ topic: "jieyue/hall/ac-1/set", qos: 1, retain: false });
      expect((await heard).payload.toString()).toBe('{"setpoint":26,"id":"c1"}');
      const late = await device();
      const topics: string[] = [];
      const end = new Promise<void>((resolve) => late.on("message", (topic) => (topic === "test/end" ? resolve() : topics.push(topic))));
      await late.subscribeAsync(["jieyue/hall/ac-1/set", "test/end"], { qos: 1 });
      await bench.transport.publish("test/end", "");
      await end;
      expect(topics).toEqual([]);
    });

    it("retains when asked", async () => {
      await bench.transport.publish("jieyue/notice", "here", { retain: true });
      const late = await device();
      const heard = new Promise<IPublishPacket>((resolve) => late.once("message", (_topic, _payload, packet) => resolve(packet)));
      await late.subscribeAsync("jieyue/notice");
      expect(await heard).toMatchObject({ topic: "jieyue/notice", retain: true });
    });

    it("keeps a command for a device with a session that is away", async () => {
      const session = { clientId: "ac-1", clean: false };
      const before = await device(session);
      await before.subscribeAsync("jieyue/hall/ac-1/set", { qos: 1 });
      await before.endAsync();
      await bench.transport.publish("jieyue/hall/ac-1/set", '{"on":false}');
      const { promise, resolve } = Promise.withResolvers<string>();
      const client = (await import("mqtt")).connect(`mqtt://127.0.0.1:${bench.devicePort()}`, { ...session, reconnectPeriod: 0 });
      devices.push(client);
      client.once("message", (_topic, payload) => resolve(payload.toString()));
      expect(await promise).toBe('{"on":false}');
    });

    it("refuses a payload over 64 KiB, says which, and goes on", async () => {
      const ac = await device();
      const sent = [
        ac.publishAsync("jieyue/hall/ac-1/state", Buffer.alloc(70_000, 120), { qos: 1 }),
        ac.publishAsync("jieyue/hall/ac-1/state", Buffer.alloc(65_536, 121), { qos: 1 }),
        ac.publishAsync("jieyue/hall/ac-1/state", Buffer.alloc(3_000_000, 120), { qos: 0 }),
        ac.publishAsync("jieyue/hall/ac-1/state", "small", { qos: 1 }),
      ];
      expect((await inbox.nextSettled()).payload.length).toBe(65_536);
      expect(textOf(await inbox.nextSettled())).toBe("small");
      await Promise.all(sent);
      expect(bench.refusals.map((r) => [r.fate, r.topic])).toEqual([
        ["oversized", "jieyue/hall/ac-1/state"],
        ["oversized", "jieyue/hall/ac-1/state"],
      ]);
      expect(bench.refusals[0]?.detail).toContain("70000 bytes");
      expect(inbox.count).toBe(2);
    });

    it("lets what is in flight settle before it closes", async () => {
      const ac = await device();
      const sent = ac.publishAsync("jieyue/hall/ac-1/state", "1", { qos: 1 });
      const message = await inbox.next();
      const closed = bench.transport.close();
      message.settle?.();
      await closed;
      await sent;
      expect(inbox.count).toBe(1);
    });
  });
}
