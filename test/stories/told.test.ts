/** Messages and kill -9: between decide and send, and after send before record. Nobody misses it, nobody is told more than once more. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

/** A minute of the house's clock, which only this test winds, so that no kill comes too late however slow the machine is. */
const climb = [{ level: "chief", after: 60 }];
const always = { high: climb, medium: climb, low: climb };
const START = Date.parse("2026-07-01T10:00:00+08:00");
const site = {
  site: { id: "small", name: "Small", timezone: "Asia/Shanghai", latitude: 36.6, longitude: 114.5 },
  buildings: [{ id: "hall", name: "Hall", floors: ["3"] }],
  departments: [{ id: "office", name: "Office", chief: "chief" }],
  people: [
    { id: "chief", name: "Chief", role: "chief", department: "office" },
    { id: "admin", name: "Administrator", role: "administrator" },
  ],
  spaces: [{ id: "301", floor: "3", name: "301", class: "office", department: "office" }],
  devices: [{ id: "ac-301", kind: "ac", space: "301" }],
  policies: { "cooling-floor": { mode: "advise", params: { hold: 0 } }, "after-hours-shutoff": { enabled: false }, "device-silent": { enabled: false } },
  alerting: { climb: always, offHours: ["high", "medium", "low"] },
};

let folder: string;
let server: ServerProcess | null = null;
let peer: Server;
/** Ids of the messages that came, in their order. */
let heard: string[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-told-"));
  heard = [];
  answer = (response) => void response.end("{}");
  peer = createServer((request, response) => {
    request.resume().on("end", () => {
      heard.push(String(request.headers["webhook-id"]));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}/hook`;
  writeFileSync(join(folder, "site.yaml"), stringify(site));
  const secret = `whsec_${Buffer.from("a secret of this test and no other").toString("base64")}`;
  writeFileSync(join(folder, "jieyue.yaml"), stringify({ site: { file: "./site.yaml" }, channels: { hook: { kind: "webhook", url, secret } } }));
});
afterEach(async () => {
  await server?.kill();
  server = null;
  peer.closeAllConnections();
  await new Promise((resolve) => peer.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the server on what it had kept, so many minutes after the story's beginning. */
async function start(minutes: number): Promise<void> {
  server = await startServerProcess(folder, { JIEYUE_CLOCK_SOURCE: "follow" });
  await wind(minutes);
}

async function publish(topic: string, ...payloads: readonly object[]): Promise<void> {
  const device = await connectAsync(`mqtt://127.0.0.1:${server!.mqtt}`, { reconnectPeriod: 0 });
  for (const payload of payloads) await device.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
  device.end(true);
}

/** What is due by then is decided and recorded before the clock's word is acknowledged. */
const wind = (...minutes: readonly number[]) => publish("jieyue/clock", ...minutes.map((m) => ({ now: START + m * 60_000, speed: 0 })));

/** Two more minutes pass one second at a time, and whatever was to be told then has its answer. */
async function quiet(from: number): Promise<void> {
  await wind(...Array.from({ length: 120 }, (_, second) => from + (second + 1) / 60));
  await eventually(
    () => server!.get<{ items: { state: string }[] }>("/notices?channel=hook"),
    ({ items }) => items.every((n) => n.state === "sent"),
  );
}

async function raise(): Promise<void> {
  await publish("jieyue/hall/ac-301/state", { on: true, mode: "cool", setpoint: 22, temperature: 27 });
  await eventually(
    () => server!.get<{ items: { title: string }[] }>("/alerts?state=open"),
    ({ items }) => items.some((a) => a.title.startsWith("policy.cooling-floor")),
  );
}

const hearing = (count: number) =>
  eventually(
    () => Promise.resolve(heard),
    (h) => h.length >= count,
  );
const told = () => server!.get<{ items: { told: { channel: string; state: string }[] }[] }>("/alerts?state=open");

it("killed between decide and send: it is told after the start, once", async () => {
  await start(0);
  await raise();
  await server!.kill();
  expect(heard).toEqual([]);
  await start(0.5);
  expect(heard).toEqual([]);
  await wind(1);
  await hearing(1);
  await quiet(1);
  expect(heard).toHaveLength(1);
});

it("killed after send, before record: it is told once more under the same id, and never again", async () => {
  answer = () => undefined;
  await start(0);
  await raise();
  await wind(1);
  await hearing(1);
  await server!.kill();
  answer = (response) => void response.end("{}");
  await start(1);
  await hearing(2);
  await eventually(told, ({ items }) => items.some((a) => a.told.some((t) => t.channel === "hook" && t.state === "sent")));
  await server!.kill();
  await start(1);
  await quiet(1);
  expect(heard).toHaveLength(2);
  expect(new Set(heard).size).toBe(1);
});

it("acknowledged before it was killed: nobody is told after the start", async () => {
  await start(0);
  await raise();
  const { items } = await server!.get<{ items: { id: string }[] }>("/alerts?state=open");
  expect((await server!.send("POST", `/alerts/${items[0]!.id}/ack`, {})).status).toBe(200);
  await server!.kill();
  await start(0);
  await quiet(0);
  expect(heard).toEqual([]);
});
