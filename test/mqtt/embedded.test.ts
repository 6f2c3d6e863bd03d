import { connect as connectTcp } from "node:net";
import { connect, connectAsync } from "mqtt";
import { generate } from "mqtt-packet";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createEmbeddedBroker, isLoopback } from "../../server/mqtt/embedded.ts";
import type { EmbeddedBrokerOptions } from "../../server/mqtt/embedded.ts";
import type { RefusedMessage } from "../../server/mqtt/problem.ts";
import { createInbox, textOf } from "./inbox.ts";
import { transportSuite } from "./suite.ts";

const log = pino({ level: "silent" });

transportSuite("the embedded broker", async () => {
  const refusals: RefusedMessage[] = [];
  const transport = createEmbeddedBroker({ host: "127.0.0.1", port: 0, users: [], verify: async () => false, log, refused: (r) => refusals.push(r) });
  return { transport, refusals, devicePort: () => transport.port ?? 0, remove: async () => undefined };
});

describe("the embedded broker", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  async function started(options: Partial<EmbeddedBrokerOptions> = {}) {
    const refusals: RefusedMessage[] = [];
    const inbox = createInbox();
    const transport = createEmbeddedBroker({
      host: "127.0.0.1",
      port: 0,
      users: [],
      verify: async (hash, password) => hash === `$argon2 ${password}`,
      log,
      refused: (r) => refusals.push(r),
      ...options,
    });
    await transport.open(inbox.take);
    endings.push(() => transport.close());
    const url = `mqtt://127.0.0.1:${transport.port}`;
    async function client(options: Parameters<typeof connectAsync>[1] = {}) {
      const made = await connectAsync(url, { reconnectPeriod: 0, ...options });
      endings.push(() => made.endAsync(true));
      return made;
    }
    return { transport, inbox, refusals, url, client };
  }
  const users = [
    { username: "ac", passwordHash: "$argon2 cool", devices: ["hall/ac-1", "hall/ac-2"] },
    { username: "floor", passwordHash: "$argon2 stone", devices: ["hall/*"] },
    { username: "gateway", passwordHash: "$argon2 all", devices: ["*"] },
    { username: "bridge", passwordHash: "$argon2 bridge", devices: [], topics: ["zigbee2mqtt/#", "shellies/+/relay/+"] },
    { username: "wall", passwordHash: "$argon2 wall", devices: [], offers: "hear" as const },
    { username: "home", passwordHash: "$argon2 home", devices: [], topics: ["homeassistant/#"], offers: "switch" as const },
  ];

  it("acknowledges QoS 1 and 2 after settle and not before, while others are served", async () => {
    const { inbox, client } = await started();
    const [slow, twice, quick] = [await client(), await client(), await client()];
    let acknowledged = 0;
    const sent = [slow.publishAsync("jieyue/hall/ac-1/state", "held", { qos: 1 }), twice.publishAsync("jieyue/hall/ac-3/state", "held", { qos: 2 })];
    for (const s of sent) void s.then(() => acknowledged++);
    const held = [await inbox.next(), await inbox.next()];
    for (let n = 0; n < 20; n++) {
      const other = quick.publishAsync("jieyue/hall/ac-2/state", "quick", { qos: 1 });
      await inbox.nextSettled();
      await other;
    }
    expect(acknowledged).toBe(0);
    for (const message of held) message.settle?.();
    await Promise.all(sent);
    expect(acknowledged).toBe(2);
  });

  it("gets a message again whose connection died before it was settled", async () => {
    const { inbox, transport } = await started();
    const ac = connect(`mqtt://127.0.0.1:${transport.port}`, { clientId: "ac-1", clean: false, reconnectPeriod: 1 });
    endings.push(() => ac.endAsync(true));
    const sent = ac.publishAsync("jieyue/hall/ac-1/state", "once more", { qos: 1 });
    const first = await inbox.next();
    ac.stream.destroy();
    const second = await inbox.next();
    expect(textOf(second)).toBe("once more");
    first.settle?.();
    second.settle?.();
    await sent;
    expect(inbox.count).toBe(2);
  });

  it("tells us a last will as if the device had said it", async () => {
    const { inbox, client } = await started();
    const ac = await client({ will: { topic: "jieyue/hall/ac-1/availability", payload: Buffer.from("offline"), qos: 1, retain: true } });
    ac.stream.destroy();
    const message = await inbox.nextSettled();
    expect([message.topic, textOf(message)]).toEqual(["jieyue/hall/ac-1/availability", "offline"]);
  });

  it("strips a foreign command of its retain flag and does not take it for a reading", async () => {
    const { inbox, client } = await started();
    const bypass = await client();
    await bypass.publishAsync("jieyue/hall/ac-1/set", '{"on":true}', { qos: 1, retain: true });
    const device = await client();
    const retained: string[] = [];
    device.on("message", (topic) => retained.push(topic));
    await device.subscribeAsync("jieyue/hall/ac-1/set", { qos: 1 });
    const live = new Promise<boolean>((resolve) => device.on("message", (_topic, _payload, packet) => resolve(packet.retain)));
    await bypass.publishAsync("jieyue/hall/ac-1/set", '{"on":false}', { qos: 1, retain: true });
    expect(await live).toBe(false);
    expect(retained).toEqual(["jieyue/hall/ac-1/set"]);
    expect(inbox.count).toBe(0);
  });

  it("disconnects who publishes where the broker speaks itself", async () => {
    const { client, refusals } = await started();
    const liar = await client();
    const closed = new Promise<void>((resolve) => liar.once("close", () => resolve()));
    liar.publish("$SYS/uptime", "0");
    await closed;
    expect(refusals.map((r) => [r.fate, r.topic])).toEqual([["forbidden", "$SYS/uptime"]]);
  });

  it.each([
    ["gateway", "all", "jieyue/server/offer/hall/hands-off/set", false],
    ["wall", "wall", "jieyue/server/offer/hall/hands-off/set", false],
    ["home", "home", "jieyue/server/offer/hall/hands-off/set", true],
    ["home", "home", "jieyue/server/offer/hall/hands-off", false],
    ["home", "home", "jieyue/server/jieyue", false],
    ["home", "home", "jieyue/hall/ac-1/state", false],
    ["gateway", "all", "jieyue/server/ac-1/state", true],
  ])("lets %s (%s) speak on %s: %s", async (username, password, topic, may) => {
    const { inbox, client, refusals } = await started({ users });
    const other = await client({ username, password });
    const closed = new Promise<void>((resolve) => other.once("close", () => resolve()));
    if (may) {
      const sent = other.publishAsync(topic, "ON", { qos: 1, retain: topic.startsWith("jieyue/server/offer") });
      expect((await inbox.nextSettled()).topic).toBe(topic);
      await sent;
    } else {
      other.publish(topic, "ON", { qos: 1, retain: true });
      await closed;
      expect(refusals.map((r) => [r.fate, r.topic])).toEqual([["forbidden", topic]]);
    }
    // Nothing that others say on our own topics is kept.
    const reader = await client({ username: "home", password: "home" });
    const kept: string[] = [];
    reader.on("message", (at) => kept.push(at));
    await reader.subscribeAsync("jieyue/server/#");
    expect(kept).toEqual([]);
  });

  it("hands out what the server offers to whom it may hear, and never another's device", async () => {
    const { client, transport } = await started({ users });
    const heard: string[] = [];
    for (const name of ["wall", "ac"]) {
      const reader = await client({ username: name, password: name === "ac" ? "cool" : name });
      reader.on("message", (topic, payload) => heard.push(`${name} ${topic} ${payload.toString()}`));
      await reader.subscribeAsync(["jieyue/server/#", "jieyue/server/jieyue"]).catch(() => undefined);
    }
    await transport.publish("jieyue/server/jieyue", "online", { retain: true });
    await transport.publish("jieyue/server/ac-1/set", "{}");
    await transport.publish("jieyue/server/offer/hall/301/power", "61", { retain: true });
    const late = await client({ username: "wall", password: "wall" });
    const last = new Promise<string>((resolve) => late.once("message", (topic) => resolve(topic)));
    await late.subscribeAsync("jieyue/server/offer/hall/301/power");
    expect(await last).toBe("jieyue/server/offer/hall/301/power");
    expect(heard).toContain("wall jieyue/server/offer/hall/301/power 61");
    expect(heard.filter((h) => h.startsWith("ac ") || h.includes("/set"))).toEqual([]);
  });

  it("lets nobody speak for the server, not even where there are no users", async () => {
    const { client, refusals } = await started();
    const liar = await client({ will: { topic: "jieyue/server/jieyue", payload: Buffer.from("offline"), qos: 1, retain: true } });
    const closed = new Promise<void>((resolve) => liar.once("close", () => resolve()));
    liar.publish("jieyue/server/jieyue", "offline", { retain: true });
    await closed;
    expect(refusals.map((r) => r.topic)).toContain("jieyue/server/jieyue");
  });

  it("survives what is no MQTT, and a packet that claims 200 MB before it says who it is", async () => {
    const { inbox, transport, client } = await started();
    for (const bytes of [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0x60]),
      Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]),
      Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x60, 0, 1]), Buffer.alloc(50_000)]),
    ]) {
      const socket = connectTcp(transport.port ?? 0, "127.0.0.1");
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(bytes);
      await closed;
    }
    const sent = (await client()).publishAsync("jieyue/hall/ac-1/state", "well", { qos: 1 });
    expect(textOf(await inbox.nextSettled())).toBe("well");
    await sent;
  });

  it("keeps only commands for a session that is away, not everything it once listened to", async () => {
    const { inbox, transport, client, url } = await started();
    const session = { clientId: "reader", clean: false };
    const reader = await client(session);
    await reader.subscribeAsync("jieyue/#", { qos: 1 });
    await reader.endAsync();
    const speaker = await client();
    const sent = speaker.publishAsync("jieyue/hall/ac-1/state", "missed", { qos: 1 });
    await inbox.nextSettled();
    await sent;
    const again = connect(url, { ...session, reconnectPeriod: 0 });
    endings.push(() => again.endAsync(true));
    const first = new Promise<string>((resolve) => again.once("message", (_topic, payload) => resolve(payload.toString())));
    await new Promise((resolve) => again.once("connect", resolve));
    await transport.publish("jieyue/hall/ac-1/state", "now");
    expect(await first).toBe("now");
  });

  it("lets go of a subscriber that does not read, and the others do not wait for it", async () => {
    const { inbox, client, transport } = await started();
    const stuck = connectTcp(transport.port ?? 0, "127.0.0.1");
    endings.push(async () => stuck.destroy());
    stuck.on("error", () => undefined);
    stuck.write(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "stuck", keepalive: 0 }));
    stuck.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 0 }] }));
    await new Promise((resolve) => stuck.once("data", resolve));
    stuck.pause();
    const speaker = await client();
    const payload = Buffer.alloc(60_000, 120);
    for (let n = 0; n < 500; n++) {
      const sent = speaker.publishAsync("jieyue/hall/ac-1/state", payload, { qos: 1 });
      await inbox.nextSettled();
      await sent;
    }
    const gone = new Promise((resolve) => stuck.once("close", resolve));
    stuck.resume();
    await gone;
    expect(inbox.count).toBe(500);
  });

  it("does not listen beyond this machine without users, and says how to mend it", async () => {
    const open = createEmbeddedBroker({ host: "0.0.0.0", port: 0, users: [], verify: async () => true, log }).open(() => undefined);
    await expect(open).rejects.toMatchObject({ code: "users-missing", message: expect.stringContaining("mqtt.users") });
    const { transport } = await started({ host: "0.0.0.0", users });
    expect(transport.port).toBeGreaterThan(0);
    expect(["127.0.0.1", "127.8.0.1", "::1", "localhost", "0.0.0.0", "::", "192.168.0.4", "127.0.0.1.example"].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("names the setting when the port is taken", async () => {
    const { transport } = await started();
    const second = createEmbeddedBroker({ host: "127.0.0.1", port: transport.port ?? 0, users: [], verify: async () => true, log });
    await expect(second.open(() => undefined)).rejects.toMatchObject({ code: "address-in-use", message: expect.stringContaining("mqtt.port") });
  });

  describe("with users", () => {
    it("turns away nobody, a wrong name and a wrong password", async () => {
      const { url } = await started({ users });
      for (const who of [{}, { username: "ac", password: "warm" }, { username: "nobody", password: "cool" }, { username: "ac" }]) {
        await expect(connectAsync(url, { reconnectPeriod: 0, ...who }, false)).rejects.toMatchObject({ code: 4 });
      }
    });

    it("verifies a password once, and every other one each time", async () => {
      let verified = 0;
      const verify = async (hash: string, password: string) => {
        verified++;
        return hash === `$argon2 ${password}`;
      };
      const { client, url } = await started({ users, verify });
      for (let n = 0; n < 3; n++) await client({ username: "ac", password: "cool" });
      expect(verified).toBe(1);
      await expect(connectAsync(url, { reconnectPeriod: 0, username: "ac", password: "warm" }, false)).rejects.toThrow();
      expect(verified).toBe(2);
    });

    const speech: [string, string, boolean][] = [
      ["ac", "jieyue/hall/ac-1/state", true],
      ["ac", "jieyue/hall/ac-2/availability", true],
      ["ac", "jieyue/hall/ac-3/state", false],
      ["ac", "jieyue/hall/ac-1/set", false],
      ["ac", "jieyue/hall/ac-1/state/more", false],
      ["ac", "zigbee2mqtt/lamp", false],
      ["floor", "jieyue/hall/light-7/state", true],
      ["floor", "jieyue/annex/light-7/state", false],
      ["gateway", "zigbee2mqtt/lamp", true],
      ["gateway", "jieyue/annex/light-7/job", true],
      ["gateway", "jieyue/hall/ac-1/set", false],
      ["bridge", "zigbee2mqtt/3f/lamp", true],
      ["bridge", "zigbee2mqtt", true],
      ["bridge", "shellies/plug/relay/0", true],
      ["bridge", "shellies/plug/relay", false],
      ["bridge", "tele/x", false],
      ["bridge", "jieyue/hall/ac-1/state", false],
    ];
    it.each(speech)("%s on %s may speak: %s", async (username, topic, allowed) => {
      const { client, inbox, refusals } = await started({ users });
      const speaker = await client({ username, password: { ac: "cool", floor: "stone", gateway: "all", bridge: "bridge" }[username] ?? "" });
      const closed = new Promise<string>((resolve) => speaker.once("close", () => resolve("closed")));
      const sent = speaker.publishAsync(topic, "x", { qos: 1 });
      sent.catch(() => undefined);
      if (allowed) {
        await inbox.nextSettled();
        await sent;
      } else await closed;
      expect([inbox.count, refusals.length]).toEqual(allowed ? [1, 0] : [0, 1]);
    });

    const hearing: [string, string, boolean][] = [
      ["ac", "jieyue/hall/ac-1/set", true],
      ["ac", "jieyue/hall/ac-3/set", false],
      ["ac", "jieyue/hall/+/set", false],
      ["ac", "jieyue/+/ac-1/set", false],
      ["ac", "jieyue/hall/ac-1/state", false],
      ["ac", "#", false],
      ["floor", "jieyue/hall/+/set", true],
      ["floor", "jieyue/+/+/set", false],
      ["gateway", "#", true],
      ["bridge", "zigbee2mqtt/#", true],
      ["bridge", "zigbee2mqtt/+/set", true],
      ["bridge", "shellies/plug/relay/+", true],
      ["bridge", "shellies/#", false],
      ["bridge", "#", false],
      ["bridge", "+/#", false],
      ["bridge", "jieyue/hall/+/set", false],
      ["bridge", "$SYS/#", false],
    ];
    it.each(hearing)("%s on %s may hear: %s", async (username, topic, allowed) => {
      const { client } = await started({ users });
      const listener = await client({ username, password: { ac: "cool", floor: "stone", gateway: "all", bridge: "bridge" }[username] ?? "" });
      const subscribed = listener.subscribeAsync(topic, { qos: 1 });
      if (allowed) expect((await subscribed)[0]?.qos).toBe(1);
      else await expect(subscribed).rejects.toThrow();
    });

    it("does not hand out to a denied subscription of a session what came while it was away", async () => {
      const { client, transport, url } = await started({ users });
      const session = { clientId: "thief", clean: false, username: "ac", password: "cool" };
      const thief = await client(session);
      await thief.subscribeAsync(["jieyue/hall/ac-1/set", "jieyue/hall/safe/set"], { qos: 1 }).catch(() => undefined);
      await thief.endAsync();
      await transport.publish("jieyue/hall/safe/set", "secret");
      await transport.publish("jieyue/hall/ac-1/set", "mine");
      const again = connect(url, { ...session, reconnectPeriod: 0 });
      endings.push(() => again.endAsync(true));
      expect(await new Promise<string>((resolve) => again.once("message", (_topic, payload) => resolve(payload.toString())))).toBe("mine");
    });
  });
});
