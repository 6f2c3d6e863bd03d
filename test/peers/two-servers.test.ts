/** Two servers at one broker: only one commands, and the other goes on when the first is paused, killed, or says goodbye. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Mosquitto } from "../support/mosquitto.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let broker: Mosquitto;
let device: MqttClient;
/** Those that run. */
const servers: ServerProcess[] = [];
const heard: { topic: string; set: Record<string, unknown> }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-two-"));
  broker = await startMosquitto();
  device = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: "gateway", protocolVersion: 4 });
  device.on("message", (topic, payload) => void heard.push({ topic, set: JSON.parse(payload.toString()) as Record<string, unknown> }));
  await device.subscribeAsync("jieyue/+/+/set", { qos: 1 });
});
afterAll(async () => {
  for (const s of servers) await s.kill();
  await device.endAsync(true);
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(name: string): Promise<ServerProcess> {
  const data = join(folder, name);
  mkdirSync(data);
  const server = await startServerProcess(data, { JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, JIEYUE_MQTT_CLIENTID: name });
  servers.push(server);
  await server.send("PUT", "/policies/cooling-floor", { params: { hold: 0 } });
  return server;
}

/** An air conditioner says how it is. */
function say(ac: string, setpoint: number): Promise<unknown> {
  return device.publishAsync(`jieyue/hall/${ac}/state`, JSON.stringify({ on: true, mode: "cool", setpoint, temperature: 27, power: 900 }), { qos: 1 });
}

/** Ends one for good. */
async function end(server: ServerProcess, how: "kill" | "stop"): Promise<void> {
  await server[how]();
  servers.splice(servers.indexOf(server), 1);
}

/** An air conditioner is set to 22 °C and obeys; resolves, once every server has heard that it is right and wants nothing more of it, with the commands that it got. */
async function violate(ac: string): Promise<number> {
  const before = heard.length;
  const mine = () => heard.slice(before).filter((h) => h.topic === `jieyue/hall/${ac}/set`);
  await say(ac, 22);
  await eventually(
    async () => mine().length,
    (n) => n > 0,
  );
  await say(ac, 26);
  for (const s of servers)
    await eventually(
      () => s.get<{ points: { name: string; value: unknown }[] }>(`/devices/hall/${ac}`),
      ({ points }) => points.some((p) => p.name === "setpoint" && p.value === 26),
    );
  return new Set(mine().map((h) => h.set["id"])).size;
}

it("never both command one house", async () => {
  const first = await start("first");
  await eventually(
    async () => first.output(),
    (text) => text.includes("this server commands the house"),
  );
  const second = await start("second");
  expect(await violate("ac-301")).toBe(1);
  // Both found it, for both watch; one acted.
  for (const s of [first, second]) {
    const { items } = await eventually(
      () => s.get<{ items: { subject: { device: string }; command: unknown }[] }>("/findings?policy=cooling-floor"),
      (page) => page.items.some((f) => f.subject.device === "hall/ac-301"),
    );
    expect(items.find((f) => f.subject.device === "hall/ac-301")!.command === null).toBe(s === second);
  }
  await end(first, "kill");
  // What is violated while nobody leads is mended by the one that takes over.
  expect(await violate("ac-302")).toBe(1);
  const third = await start("third");
  expect(await violate("ac-303")).toBe(1);
  await end(second, "stop");
  expect(await violate("ac-304")).toBe(1);
  expect(third.output()).toContain("this server commands the house");
});

it("a holder that was paused with a command under way does not go on with it when it wakes", async () => {
  const holder = servers.at(-1)!;
  await start("fourth");
  const before = heard.length;
  const mine = () => heard.slice(before).filter((h) => h.topic === "jieyue/hall/ac-301/set");
  const ids = () => [...new Set(mine().map((h) => h.set["id"]))];
  await say("ac-301", 22);
  await eventually(
    async () => ids(),
    (list) => list.length === 1,
  );
  holder.pause();
  // The device did not answer: who takes over asks for itself.
  await eventually(
    async () => ids(),
    (list) => list.length === 2,
  );
  const asked = mine().filter((h) => h.set["id"] === ids()[0]).length;
  holder.resume();
  await eventually(
    async () => holder.output(),
    (text) => text.lastIndexOf("another server commands the house") > text.lastIndexOf("this server commands the house"),
  );
  // Its own command has ended: nothing asks for it again, however long one waits.
  await eventually(
    () => holder.get<{ items: { id: string; endedAt: string | null }[] }>("/commands?device=hall%2Fac-301"),
    ({ items }) => items.some((c) => c.id === ids()[0] && c.endedAt !== null),
  );
  expect(mine().filter((h) => h.set["id"] === ids()[0])).toHaveLength(asked);
  expect(ids()).toHaveLength(2);
});
