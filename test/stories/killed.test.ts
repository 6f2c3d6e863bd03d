import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../../server/ports/records.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

interface Finding {
  id: string;
  policy: string;
  state: string;
  subject: { device: string };
  command: { id: string; state: string } | null;
}
interface Command {
  id: string;
  state: string;
  attempts: number;
}

let folder: string;
let server: ServerProcess | null = null;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jieyue-killed-"))));
afterEach(async () => {
  await server?.kill();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Publishes numbered readings until the server is killed at the `enough`-th acknowledgement; resolves with the numbers that were acknowledged. */
async function publishNumbers(server: ServerProcess, from: number, enough: number): Promise<{ acknowledged: number[]; next: number }> {
  const acknowledged: number[] = [];
  // A server that dies between the TCP connection and its CONNACK raises no error: only "no retries" makes that an answer.
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { clientId: "meter", reconnectPeriod: 0, protocolVersion: 4 }, false);
  client.on("error", () => undefined);
  let n = from;
  let killed: Promise<void> | null = null;
  while (client.connected) {
    const mine = n++;
    client.publish("jieyue/hall/plug-301/state", JSON.stringify({ voltage: 200 + (mine % 50), sequence: mine }), { qos: 1 }, (error) => {
      if (error === undefined || error === null) acknowledged.push(mine);
      if (acknowledged.length >= enough) killed ??= server.kill();
    });
    if (mine % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await (killed ?? server.kill());
  client.end(true);
  return { acknowledged, next: n };
}

describe("killed at any moment and started again", () => {
  it("has lost no reading that it acknowledged, and has none twice", async () => {
    const acknowledged: number[] = [];
    let next = 1;
    for (const enough of [1, 100, 1_000]) {
      server = await startServerProcess(folder);
      const round = await publishNumbers(server, next, enough);
      acknowledged.push(...round.acknowledged);
      next = round.next;
    }
    expect(acknowledged.length).toBeGreaterThan(1_000);
    server = await startServerProcess(folder);
    const stored: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<{ value: number }> = await server.get(
        `/readings?point=hall/plug-301/sequence&from=0&to=${Date.now() + 60_000}&limit=5000${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      stored.push(...page.items.map((i) => i.value));
      cursor = page.next;
    } while (cursor !== null);
    expect(new Set(stored).size).toBe(stored.length);
    const kept = new Set(stored);
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
  });

  it("goes on with the finding and the command that were open: none is doubled", async () => {
    server = await startServerProcess(folder);
    expect((await server.send("PUT", "/policies/cooling-floor", { params: { hold: 0 } })).status).toBe(200);
    const wrong = JSON.stringify({ on: true, mode: "cool", setpoint: 22, temperature: 27 });
    const device = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0 });
    await device.publishAsync("jieyue/hall/ac-301/state", wrong, { qos: 1 });
    const ask = () => server!.get<Page<Finding>>("/findings?policy=cooling-floor&device=hall/ac-301");
    const before = await eventually(ask, (p) => p.items[0]?.command != null);
    device.end(true);
    await server.kill();

    server = await startServerProcess(folder);
    const again = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0 });
    const asked: { id: string; setpoint: number }[] = [];
    again.on("message", (_topic, payload) => void asked.push(JSON.parse(payload.toString()) as { id: string; setpoint: number }));
    await again.subscribeAsync("jieyue/hall/ac-301/set", { qos: 1 });
    await again.publishAsync("jieyue/hall/ac-301/state", wrong, { qos: 1 });
    // The command is asked again under its own id (the device knows it), and no second one is made.
    await eventually(
      () => Promise.resolve(asked),
      (list) => list.length > 0,
    );
    expect(asked[0]).toEqual({ setpoint: 26, id: before.items[0]!.command!.id });
    await again.publishAsync("jieyue/hall/ac-301/state", JSON.stringify({ on: true, mode: "cool", setpoint: 26, temperature: 27 }), { qos: 1 });
    const after = await eventually(ask, (p) => p.items[0]?.state === "closed");
    expect(after.items.map((f) => f.id)).toEqual([before.items[0]!.id]);
    const commands = await server.get<Page<Command>>("/commands?device=hall/ac-301");
    expect(commands.items.filter((c) => c.id === asked[0]!.id)).toMatchObject([{ state: "proven" }]);
    expect(commands.items.filter((c) => c.state === "proven")).toHaveLength(1);
    again.end(true);
  });

  it("takes from mosquitto what came while it was away, and others hear from its will that it is", async () => {
    const broker = await startMosquitto();
    const env = { JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, JIEYUE_SOURCES_OFFER: "figures" };
    const heard = new Map<string, string>();
    const other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    other.on("message", (topic, payload) => void heard.set(topic, payload.toString()));
    await other.subscribeAsync(["jieyue/server/#", "homeassistant/+/+/+/config"], { qos: 1 });
    const lives = (word: string) =>
      eventually(
        () => Promise.resolve(heard.get("jieyue/server/jieyue")),
        (said) => said === word,
        60,
      );
    try {
      server = await startServerProcess(folder, env);
      await eventually(
        () => fetch(`${server!.url}/readyz`),
        (r) => r.status === 200,
      );
      await lives("online");
      await eventually(
        () => Promise.resolve([...heard.values()].join(" ")),
        (all) => all.includes('"origin":{"name":"Jieyue"'),
        60,
      );
      await server.kill();
      await lives("offline");
      const device = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
      for (let n = 1; n <= 50; n++) await device.publishAsync("jieyue/hall/plug-301/state", JSON.stringify({ sequence: n }), { qos: 1 });
      await device.endAsync();
      server = await startServerProcess(folder, env);
      const page = await eventually(
        () => server!.get<Page<{ value: number }>>(`/readings?point=hall/plug-301/sequence&from=0&to=${Date.now() + 60_000}`),
        (p) => p.items.length >= 50,
      );
      expect(page.items.map((i) => i.value).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      await lives("online");
    } finally {
      await other.endAsync(true);
      await broker.stop();
    }
  });

  it("with no room on the disk it takes nothing in that it could lose, says so, and goes on when there is room", async () => {
    // No disk has that much to spare: the reserve is not there.
    server = await startServerProcess(folder, { JIEYUE_HISTORY_RESERVE: "1000000000" });
    const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0 }, false);
    client.on("error", () => undefined);
    let acknowledged = false;
    client.publish(
      "jieyue/hall/plug-301/state",
      JSON.stringify({ sequence: 1 }),
      { qos: 1 },
      (error) => void (acknowledged = error === undefined || error === null),
    );
    const alerts = () => server!.get<Page<{ title: string; state: string }>>("/alerts");
    const raised = (page: Page<{ title: string }>) => ["system.disk", "system.history"].every((title) => page.items.some((a) => a.title === title));
    await eventually(alerts, raised);
    expect(acknowledged).toBe(false);
    client.end(true);
    await server.kill();

    server = await startServerProcess(folder);
    const again = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0 }, false);
    await again.publishAsync("jieyue/hall/plug-301/state", JSON.stringify({ sequence: 1 }), { qos: 1 });
    const page = await server.get<Page<{ value: number }>>(`/readings?point=hall/plug-301/sequence&from=0&to=${Date.now() + 60_000}`);
    expect(page.items.map((i) => i.value)).toEqual([1]);
    const over = (p: Page<{ title: string; state: string }>) =>
      ["system.disk", "system.history"].every((title) =>
        p.items.every((a) => a.title !== title || a.state === "returned-unacknowledged" || a.state === "normal"),
      );
    await eventually(alerts, over);
    again.end(true);
  });

  it("asked to stop, it commits, closes and exits with 0", async () => {
    server = await startServerProcess(folder);
    const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0 });
    client.on("error", () => undefined);
    for (let n = 0; n < 100; n++) await client.publishAsync("jieyue/hall/plug-301/state", JSON.stringify({ sequence: n }), { qos: 1 });
    expect(await server.stop()).toBe(0);
    client.end(true);
  });
});
