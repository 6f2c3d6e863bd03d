import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Packet } from "mqtt-packet";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createExternalTransport } from "../../server/mqtt/external.ts";
import type { ExternalTransportOptions } from "../../server/mqtt/external.ts";
import type { RefusedMessage } from "../../server/mqtt/problem.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import type { MosquittoOptions } from "../support/mosquitto.ts";
import { startFakeBroker } from "./fake-broker.ts";
import { createInbox, textOf } from "./inbox.ts";
import { transportSuite } from "./suite.ts";

const log = pino({ level: "silent" });
const retry = { first: 5, max: 20 };

transportSuite("an external broker (mosquitto)", async () => {
  const broker = await startMosquitto();
  const refusals: RefusedMessage[] = [];
  const transport = createExternalTransport({ url: `mqtt://127.0.0.1:${broker.port}`, log, retry, refused: (r) => refusals.push(r) });
  return { transport, refusals, devicePort: () => broker.port, remove: () => broker.remove() };
});

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function transportTo(url: string, options: Partial<ExternalTransportOptions> = {}) {
  const transport = createExternalTransport({ url, log, retry, ...options });
  endings.push(() => transport.close());
  return transport;
}

/** Resolves at the `n`th time that the transport logs that it is connected. */
function connections(): { log: ExternalTransportOptions["log"]; until(n: number): Promise<void>; readonly warnings: string[] } {
  let count = 0;
  const warnings: string[] = [];
  const waiting: { n: number; resolve: () => void }[] = [];
  const told = pino(
    { level: "info" },
    {
      write(line: string) {
        const { msg, level } = JSON.parse(line) as { msg: string; level: number };
        if (level >= 40) warnings.push(msg);
        if (msg === "connected to the broker") count++;
        for (const w of waiting) if (count >= w.n) w.resolve();
      },
    },
  );
  return { log: told, warnings, until: (n) => new Promise((resolve) => (count >= n ? resolve() : waiting.push({ n, resolve }))) };
}

describe("the external transport and a real mosquitto", () => {
  async function mosquitto(options: MosquittoOptions = {}) {
    const broker = await startMosquitto(options);
    endings.push(() => broker.remove());
    return broker;
  }
  async function device(port: number, options: Parameters<typeof connectAsync>[1] = {}) {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
    endings.push(() => client.endAsync(true));
    return client;
  }

  it("gets again, after its own end, what it had not settled, and not what it had", async () => {
    const broker = await mosquitto();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const before = createInbox();
    const first = createExternalTransport({ url, log, settleWithin: 100 });
    await first.open(before.take);
    const ac = await device(broker.port);
    for (const text of ["stored", "not stored", "stored out of order"]) await ac.publishAsync("jieyue/hall/ac-1/state", text, { qos: 1 });
    const [stored, , later] = [await before.next(), await before.next(), await before.next()];
    stored.settle?.();
    later.settle?.();
    const closed = first.close();
    await ac.publishAsync("jieyue/hall/ac-1/state", "while away", { qos: 1 });
    await closed;
    const after = createInbox();
    await transportTo(url).open(after.take);
    // PUBACKs go out in the order of the messages, so what came after an unsettled one comes again as well.
    const again = [await after.nextSettled(), await after.nextSettled(), await after.nextSettled()];
    expect(again.map(textOf)).toEqual(["not stored", "stored out of order", "while away"]);
  });

  it("connects again to a broker that was killed and started, and gets what its session had kept", async () => {
    const broker = await mosquitto();
    const inbox = createInbox();
    const connected = connections();
    const transport = transportTo(`mqtt://127.0.0.1:${broker.port}`, { log: connected.log });
    await transport.open(inbox.take);
    await broker.kill();
    await broker.start();
    await connected.until(2);
    const ac = await device(broker.port);
    await ac.publishAsync("jieyue/hall/ac-1/state", "after the kill", { qos: 1 });
    expect(textOf(await inbox.nextSettled())).toBe("after the kill");
    await transport.close();
    expect(transport.connected()).toBe(false);
    for (let n = 0; n < 50; n++) await ac.publishAsync("jieyue/hall/ac-1/state", String(n), { qos: 1 });
    await ac.endAsync();
    await broker.stop();
    await broker.start();
    const after = createInbox();
    await transportTo(`mqtt://127.0.0.1:${broker.port}`).open(after.take);
    const seen: string[] = [];
    while (seen.length < 50) seen.push(textOf(await after.nextSettled()));
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
  });

  it("passes on that a message was retained by the broker", async () => {
    const broker = await mosquitto();
    const ac = await device(broker.port);
    await ac.publishAsync("jieyue/hall/ac-1/availability", "online", { qos: 1, retain: true });
    const inbox = createInbox();
    await transportTo(`mqtt://127.0.0.1:${broker.port}`).open(inbox.take);
    expect(await inbox.nextSettled()).toMatchObject({ topic: "jieyue/hall/ac-1/availability", retained: true });
    await ac.publishAsync("jieyue/hall/ac-1/availability", "offline", { qos: 1, retain: true });
    expect(await inbox.nextSettled()).toMatchObject({ retained: false });
  });

  it("speaks TLS with the authority's certificate and a password, both ways", async () => {
    const broker = await mosquitto({ tls: true, password: "节约 is right" });
    const inbox = createInbox();
    const transport = transportTo(`mqtts://127.0.0.1:${broker.port}`, { ca: broker.ca ?? "", username: "jieyue", password: "节约 is right", topics: ["#"] });
    await transport.open(inbox.take);
    await transport.publish("jieyue/hall/ac-1/set", "{}");
    expect((await inbox.nextSettled()).topic).toBe("jieyue/hall/ac-1/set");
  });

  it("says what is wrong with the password and with the certificate", async () => {
    const broker = await mosquitto({ tls: true, password: "right" });
    const open = (url: string, options: Partial<ExternalTransportOptions>) => transportTo(url, options).open(() => undefined);
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const ca = broker.ca ?? "";
    await expect(open(url, { ca, username: "jieyue", password: "wrong" })).rejects.toMatchObject({
      code: "wrong-credentials",
      message: expect.stringContaining("mqtt.password"),
    });
    await expect(open(url, { ca })).rejects.toMatchObject({ code: "wrong-credentials" });
    await expect(open(url, { username: "jieyue", password: "right" })).rejects.toMatchObject({ code: "tls", message: expect.stringContaining("mqtt.ca") });
    const folder = await mkdtemp(join(tmpdir(), "jieyue-ca-"));
    endings.push(() => rm(folder, { recursive: true }));
    await expect(open(url, { ca: join(folder, "none.pem") })).rejects.toMatchObject({ code: "bad-ca", message: expect.stringContaining("none.pem") });
    await writeFile(join(folder, "bad.pem"), "nonsense");
    await expect(open(url, { ca: join(folder, "bad.pem") })).rejects.toMatchObject({ code: expect.stringMatching(/tls|bad-ca/) });
  });
});

describe("the external transport", () => {
  async function fake(options: Parameters<typeof startFakeBroker>[0] = {}) {
    const broker = await startFakeBroker(options);
    endings.push(() => broker.close());
    return { broker, url: `mqtt://127.0.0.1:${broker.port}` };
  }
  const state = (messageId: number, payload = String(messageId)): Packet => ({
    cmd: "publish",
    topic: "jieyue/hall/ac-1/state",
    payload,
    qos: 1,
    messageId,
    dup: false,
    retain: false,
  });

  it("asks for a persistent session and QoS 1", async () => {
    const { broker, url } = await fake();
    await transportTo(url, { clientId: "house", username: "u", password: "p" }).open(() => undefined);
    expect(await broker.next()).toMatchObject({ cmd: "connect", clean: false, clientId: "house", username: "u", protocolVersion: 4 });
    const subscribe = await broker.next();
    expect(subscribe).toMatchObject({ cmd: "subscribe" });
    expect(subscribe.cmd === "subscribe" && subscribe.subscriptions.map((s) => [s.topic, s.qos])).toEqual([
      ["jieyue/+/+/state", 1],
      ["jieyue/+/+/availability", 1],
      ["jieyue/+/+/ack", 1],
      ["jieyue/+/+/job", 1],
      ["jieyue/clock", 1],
      ["jieyue/lease", 1],
    ]);
  });

  async function opened(options: Partial<ExternalTransportOptions> = {}) {
    const { broker, url } = await fake();
    const inbox = createInbox();
    const connected = connections();
    const transport = transportTo(url, { log: connected.log, ...options });
    await transport.open(inbox.take);
    await broker.next();
    await broker.next();
    return { broker, inbox, transport, connected };
  }

  it("listens to more and lets it go again, one word after the other; what it always hears stays", async () => {
    const { broker, transport } = await opened();
    expect(transport.listen(["a/+", "b", "jieyue/clock"])).toEqual(["a/+", "b"]);
    transport.unlisten(["a/+", "jieyue/clock"]);
    expect(transport.listen(["c"])).toEqual(["c"]);
    expect(await broker.next()).toMatchObject({ cmd: "subscribe", subscriptions: [{ topic: "a/+" }, { topic: "b" }] });
    expect(await broker.next()).toMatchObject({ cmd: "unsubscribe", unsubscriptions: ["a/+"] });
    expect(await broker.next()).toMatchObject({ cmd: "subscribe", subscriptions: [{ topic: "c" }] });
  });

  it("listens also to what a message makes it want that its session had kept, before the broker's word on its topics", async () => {
    const { broker, url } = await fake({ kept: [state(1)] });
    const transport = transportTo(url);
    await transport.open(() => void transport.listen(["pir/state"]));
    const packets = await Promise.all([broker.next(), broker.next(), broker.next()]);
    expect(packets[2]).toMatchObject({ cmd: "subscribe", subscriptions: [{ topic: "pir/state" }] });
  });

  it("acknowledges in the order of the messages, whatever the order of their commits", async () => {
    const { broker, inbox, transport } = await opened();
    for (const id of [7, 3, 65_535]) broker.send(state(id));
    const [a, b, c] = [await inbox.next(), await inbox.next(), await inbox.next()];
    c.settle?.();
    b.settle?.();
    await new Promise((resolve) => setImmediate(resolve));
    // What is sent after is received after: no PUBACK went before it.
    const marker = transport.publish("marker", "");
    const mark = await broker.next();
    expect(mark.cmd).toBe("publish");
    broker.send({ cmd: "puback", messageId: mark.messageId ?? 0 });
    await marker;
    a.settle?.();
    expect([await broker.next(), await broker.next(), await broker.next()].map((p) => [p.cmd, p.messageId])).toEqual([
      ["puback", 7],
      ["puback", 3],
      ["puback", 65_535],
    ]);
  });

  it("never acknowledges on a new connection what came by the old one", async () => {
    const { broker, inbox, connected } = await opened();
    broker.send(state(1));
    const old = await inbox.next();
    broker.cut();
    await connected.until(2);
    await broker.next();
    await broker.next();
    old.settle?.();
    broker.send(state(1, "again"));
    const again = await inbox.next();
    broker.send({ cmd: "publish", topic: "jieyue/hall/ac-1/state", payload: "two", qos: 2, messageId: 9, dup: false, retain: false });
    const two = await inbox.next();
    again.settle?.();
    two.settle?.();
    expect([await broker.next(), await broker.next()].map((p) => [p.cmd, p.messageId])).toEqual([
      ["puback", 1],
      ["pubrec", 9],
    ]);
    broker.send({ cmd: "pubrel", messageId: 9 });
    expect(await broker.next()).toMatchObject({ cmd: "pubcomp", messageId: 9 });
  });

  it("resolves a publish at its PUBACK, and repeats it as a duplicate after a reconnect", async () => {
    const { broker, transport } = await opened();
    let delivered = false;
    const sent = transport.publish("jieyue/hall/ac-1/set", "{}").then(() => (delivered = true));
    const first = await broker.next();
    expect(first).toMatchObject({ cmd: "publish", qos: 1, retain: false, dup: false });
    broker.cut();
    await broker.next();
    await broker.next();
    const second = await broker.next();
    expect(second).toMatchObject({ cmd: "publish", dup: true, messageId: first.messageId });
    expect(delivered).toBe(false);
    broker.send({ cmd: "puback", messageId: second.messageId ?? 0 });
    await sent;
  });

  it("does not send after a reconnect what nobody wants any more", async () => {
    const { broker, transport } = await opened();
    let wanted = true;
    const stale = transport.publish("jieyue/hall/ac-1/set", '{"on":false}', { wanted: () => wanted });
    expect(await broker.next()).toMatchObject({ cmd: "publish" });
    wanted = false;
    broker.cut();
    await expect(stale).rejects.toThrow("not wanted any more");
    await broker.next();
    await broker.next();
    const fresh = transport.publish("jieyue/hall/ac-1/set", '{"on":true}');
    const next = await broker.next();
    expect(next).toMatchObject({ cmd: "publish", dup: false });
    expect(String((next as { payload: unknown }).payload)).toBe('{"on":true}');
    broker.send({ cmd: "puback", messageId: next.messageId ?? 0 });
    await fresh;
  });

  it("opens although nobody is there, and connects when somebody comes", async () => {
    const placeholder = createServer();
    await new Promise<void>((resolve) => placeholder.listen(0, "127.0.0.1", resolve));
    const { port } = placeholder.address() as AddressInfo;
    await new Promise((resolve) => placeholder.close(resolve));
    const connected = connections();
    const transport = transportTo(`mqtt://127.0.0.1:${port}`, { log: connected.log });
    await transport.open(() => undefined);
    expect(transport.connected()).toBe(false);
    expect(connected.warnings[0]).toContain("ECONNREFUSED");
    const broker = await startFakeBroker({ port });
    endings.push(() => broker.close());
    await connected.until(1);
    expect(transport.connected()).toBe(true);
  });

  it("comes back after a broker that talks nonsense", async () => {
    const { broker, inbox, connected } = await opened();
    broker.raw(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await connected.until(2);
    broker.send(state(4));
    expect(textOf(await inbox.nextSettled())).toBe("4");
    expect(connected.warnings[0]).toContain("does not speak MQTT");
  });

  it("says which topics it may not hear", async () => {
    const { url } = await fake({ granted: 0x80 });
    const lines: string[] = [];
    const told = pino({ level: "error" }, { write: (line: string) => void lines.push(line) });
    await transportTo(url, { log: told, topics: ["jieyue/+/+/state"] }).open(() => undefined);
    expect(lines.join("")).toContain("jieyue/+/+/state");
  });

  it("refuses an address that cannot be right", async () => {
    const open = (url: string, ca = "") => createExternalTransport({ url, ca, log }).open(() => undefined);
    for (const url of ["", "127.0.0.1:1883", "http://127.0.0.1", "mqtt://", "mqtt://user:secret@127.0.0.1"]) {
      await expect(open(url)).rejects.toMatchObject({ code: "bad-url", message: expect.stringContaining("mqtt://host:1883") });
    }
    await expect(open("mqtt://127.0.0.1", "ca.pem")).rejects.toMatchObject({ code: "bad-url" });
  });

  it("rejects at the start what another broker answers to a wrong password", async () => {
    const { url } = await fake({ returnCode: 5 });
    await expect(transportTo(url).open(() => undefined)).rejects.toMatchObject({ code: "wrong-credentials" });
  });
});
