/** Real devices' own programs at a real broker: an edge node of Sparkplug, from its birth to a command that it obeys, and after our restart. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { connectAsync } from "mqtt";
import { newClient } from "sparkplug-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Mosquitto } from "../support/mosquitto.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

type Edge = ReturnType<typeof newClient>;
type Payload = Parameters<Edge["publishNodeBirth"]>[0];

let folder: string;
let broker: Mosquitto;
let server: ServerProcess;
let edge: Edge;
let meter: MqttClient;
let setpoint = 26;
const asked: { readonly device: string; readonly payload: Payload }[] = [];

const start = () => startServerProcess(folder, { JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, JIEYUE_SOURCES_SPARKPLUGHOST: "office" });
/** What lies on the topic of the primary host, as an edge node hears it. */
const states: { readonly online: boolean; readonly timestamp: number }[] = [];
const STATE = "spBv1.0/STATE/office";
const primary = (online: boolean) =>
  eventually(
    () => Promise.resolve(states.at(-1)),
    (state) => state?.online === online,
    30,
  );
const metric = (name: string, type: string, value: unknown) => ({ name, type, value }) as NonNullable<Payload["metrics"]>[number];

function birth(): void {
  edge.publishNodeBirth({ timestamp: Date.now(), metrics: [metric("Uptime", "Int64", 5)] });
  edge.publishDeviceBirth("edge-ac", {
    timestamp: Date.now(),
    metrics: [
      metric("on", "Boolean", true),
      metric("mode", "String", "cool"),
      metric("setpoint", "Float", setpoint),
      metric("temperature", "Float", 26.5),
      metric("power", "Float", 812.3),
    ],
  });
}
const say = (...metrics: NonNullable<Payload["metrics"]>) => edge.publishDeviceData("edge-ac", { timestamp: Date.now(), metrics });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-devices-"));
  broker = await startMosquitto();
  server = await start();
  meter = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  meter.on("message", (topic, payload) => topic === STATE && states.push(JSON.parse(payload.toString()) as (typeof states)[number]));
  await meter.subscribeAsync(STATE, { qos: 1 });
  edge = newClient({ serverUrl: `mqtt://127.0.0.1:${broker.port}`, username: "", password: "", groupId: "Office", edgeNode: "gw-3f", clientId: "gw-3f" });
  edge.on("birth", birth);
  edge.on("dcmd", (device, payload) => {
    asked.push({ device, payload });
    for (const m of payload.metrics ?? []) if (m.name === "setpoint") setpoint = Number(m.value);
    say(metric("setpoint", "Float", setpoint));
  });
});
afterAll(async () => {
  edge?.stop();
  await meter?.endAsync(true);
  await server?.stop();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Found {
  readonly id: string;
  readonly status: string;
  readonly points: readonly { readonly name: string; readonly value: unknown }[];
}
const find = async () => (await server.get<{ items: Found[] }>("/devices?limit=1000")).items.find((d) => d.id === "hall/edge-ac");
const value = (device: Found | undefined, point: string) => device?.points.find((p) => p.name === point)?.value;

it("an edge node's device is discovered by its birth, adopted, and obeys a rule's command", async () => {
  const found = await eventually(find, (d) => value(d, "power") === 812.3);
  expect(found?.status).toBe("discovered");
  await server.send("PUT", "/policies/cooling-floor", { params: { hold: 0 } });
  const adopted = await server.send("POST", "/devices/hall%2Fedge-ac/adopt", { kind: "ac", space: "hall/301" });
  expect(adopted.status).toBe(200);
  setpoint = 22;
  say(metric("setpoint", "Float", 22));
  await eventually(
    async () => asked.length,
    (n) => n > 0,
    30,
  );
  expect(asked[0]).toMatchObject({ device: "edge-ac", payload: { metrics: [{ name: "setpoint", type: "Float" }] } });
  const { items } = await eventually(
    () => server.get<{ items: { state: string; steps: { state: string }[] }[] }>("/commands?device=hall/edge-ac"),
    (page) => page.items.some((c) => c.steps.some((s) => s.state === "reported")),
    30,
  );
  expect(items.length).toBeGreaterThan(0);
});

it("a topic that nobody asked for is listened to when a mapping is tried, which then counts", async () => {
  const text = "id: ems\ntopic: ems/{device}/up\nkind: meter\npoints:\n  - { point: power, path: $.p, unit: kW }\n";
  const trial = async () => (await (await server.send("POST", "/mappings/try", { text })).json()) as { listening: boolean; messages: { points: object[] }[] };
  expect(await trial()).toMatchObject({ listening: true, messages: [] });
  const tried = await eventually(
    async () => {
      await meter.publishAsync("ems/m7/up", '{"p":1.5}', { qos: 1 });
      return trial();
    },
    (t) => t.messages.length > 0,
    30,
  );
  expect(tried.messages[0]?.points).toMatchObject([{ point: "power", raw: "1.5", value: 1500, unit: "W", wrong: null }]);
  expect((await server.send("PUT", "/mappings/ems", { text })).status).toBe(200);
});

it("edge nodes that wait for their primary host hear that it is there, also where somebody else took its word back", async () => {
  const { timestamp } = (await primary(true))!;
  await meter.publishAsync(STATE, JSON.stringify({ online: false, timestamp: timestamp + 5 }), { qos: 1, retain: true });
  await eventually(
    () => Promise.resolve(states.at(-1)),
    (state) => state?.online === true && state.timestamp >= timestamp + 5,
    30,
  );
});

// Short for what a bridge lists.
const LIST = [
  {
    friendly_name: "plug-9",
    ieee_address: "0x0015bc002f000009",
    type: "Router",
    power_source: "Mains (single phase)",
    definition: { model: "M", vendor: "V", description: "Plug", exposes: [{ type: "numeric", name: "power", property: "power", access: 5, unit: "W" }] },
  },
];

it("after our restart it is asked for its birth again, and is the same device; what was mapped is heard; who does not tell by itself is asked", async () => {
  await server.stop();
  await primary(false);
  await meter.publishAsync("zigbee2mqtt/bridge/devices", JSON.stringify(LIST), { qos: 1, retain: true });
  const gets: string[] = [];
  meter.on("message", (topic, payload) => void gets.push(`${topic} ${payload.toString()}`));
  await meter.subscribeAsync("zigbee2mqtt/+/get");
  server = await start();
  await primary(true);
  // Only an alias after our restart: who does not know it asks.
  say(metric("power", "Float", 700));
  const found = await eventually(find, (d) => value(d, "setpoint") === setpoint && d?.status === "online", 30);
  expect(found?.id).toBe("hall/edge-ac");
  await meter.publishAsync("ems/m7/up", '{"p":1.25}', { qos: 1 });
  const mapped = await eventually(
    async () => (await server.get<{ items: Found[] }>("/devices?limit=1000")).items.find((d) => d.id === "hall/m7"),
    (d) => value(d, "power") === 1250,
    30,
  );
  expect(mapped?.status).toBe("discovered");
  // The broker had handed over the list before this server could know that nobody else leads the house.
  await eventually(
    async () => gets,
    (g) => g.includes('zigbee2mqtt/plug-9/get {"power":""}'),
    30,
  );
});
