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

const always = { high: [{ level: "chief", after: 4 }], medium: [{ level: "chief", after: 4 }], low: [{ level: "chief", after: 4 }] };
const site = {
  site: { id: "small", name: "Small", timezone: "Asia/Shanghai", latitude: 36.6, longitude: 114.5 },
  buildings: [{ id: "hall", name: "Hall", floors: ["3"] }],
  departments: [{ id: "office", name: "Office", chief: "chief" }],
  people: [{ id: "chief", name: "Chief", role: "chief", department: "office" }],
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

const quiet = () => new Promise((resolve) => setTimeout(resolve, 6000));

async function raise(): Promise<void> {
  const device = await connectAsync(`mqtt://127.0.0.1:${server!.mqtt}`, { reconnectPeriod: 0 });
  await device.publishAsync("jieyue/hall/ac-301/state", JSON.stringify({ on: true, mode: "cool", setpoint: 22, temperature: 27 }), { qos: 1 });
  device.end(true);
  await eventually(
    () => server!.get<{ items: { title: string }[] }>("/alerts?state=open"),
    ({ items }) => items.some((a) => a.title.startsWith("policy.cooling-floor")),
  );
}

const told = () => server!.get<{ items: { told: { channel: string; state: string }[] }[] }>("/alerts?state=open");

it("killed between decide and send: it is told after the start, once", async () => {
  server = await startServerProcess(folder);
  await raise();
  await server.kill();
  expect(heard).toEqual([]);
  server = await startServerProcess(folder);
  await eventually(
    () => Promise.resolve(heard),
    (h) => h.length > 0,
  );
  await quiet();
  expect(heard).toHaveLength(1);
});

it("killed after send, before record: it is told once more under the same id, and never again", async () => {
  answer = () => undefined;
  server = await startServerProcess(folder);
  await raise();
  await eventually(
    () => Promise.resolve(heard),
    (h) => h.length > 0,
  );
  await server.kill();
  answer = (response) => void response.end("{}");
  server = await startServerProcess(folder);
  await eventually(
    () => Promise.resolve(heard),
    (h) => h.length > 1,
  );
  await eventually(told, ({ items }) => items.some((a) => a.told.some((t) => t.channel === "hook" && t.state === "sent")));
  await server.kill();
  server = await startServerProcess(folder);
  await quiet();
  expect(heard).toHaveLength(2);
  expect(new Set(heard).size).toBe(1);
});

it("acknowledged before it was killed: nobody is told after the start", async () => {
  server = await startServerProcess(folder);
  await raise();
  const { items } = await server.get<{ items: { id: string }[] }>("/alerts?state=open");
  expect((await server.send("POST", `/alerts/${items[0]!.id}/ack`, {})).status).toBe(200);
  await server.kill();
  const before = heard.length;
  server = await startServerProcess(folder);
  await quiet();
  expect(heard).toHaveLength(before);
});
