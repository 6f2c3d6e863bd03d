import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultInflux } from "../support/fault-influx.ts";
import { startFaultInflux } from "../support/fault-influx.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let influx: FaultInflux;
let server: ServerProcess;
let device: MqttClient;

async function start(): Promise<void> {
  server = await startServerProcess(folder, {
    JIEYUE_INFLUX_URL: influx.url,
    JIEYUE_INFLUX_TOKEN: "t0ken",
    JIEYUE_INFLUX_ORG: "office",
    JIEYUE_INFLUX_BUCKET: "readings",
  });
  device = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`);
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-influx-server-"));
  influx = await startFaultInflux();
  await start();
});
afterEach(async () => {
  await device.endAsync(true);
  await server.kill();
  await influx.close();
  rmSync(folder, { recursive: true });
});

/** Acknowledged when it is stored. */
const say = (power: number) =>
  device.publishAsync("jieyue/hall/plug-9", "").then(() => device.publishAsync("jieyue/hall/plug-9/state", JSON.stringify({ power }), { qos: 1 }));
const powers = () =>
  [...influx.held].flatMap(([key, fields]) =>
    key.startsWith("reading,building=hall,device=plug-9,point=power ") ? [Number(/value=([\d.]+)/.exec(fields)![1])] : [],
  );
const alerts = async () =>
  (await server.get<{ items: { title: string; state: string; evidence: { error?: string } }[] }>("/alerts")).items.filter((a) => a.title === "system.influx");
const ready = async () => (await fetch(`${server.url}/readyz`)).json() as Promise<{ ready: boolean; influx: { failing: boolean; behind: number } }>;

describe("the server with an InfluxDB", () => {
  it("forwards what it takes in; refused, it goes on taking in, raises an alert at once, and clears it when all is well", async () => {
    await say(41);
    await eventually(
      async () => powers(),
      (p) => p.includes(41),
    );
    expect([...influx.authorizations]).toEqual(["Token t0ken"]);
    influx.answer = () => ({ status: 401, headers: { "content-type": "application/json" }, body: '{"code":"unauthorized","message":"unauthorized access"}' });
    await say(42);
    const [raised] = await eventually(alerts, (a) => a.some((x) => x.evidence.error !== undefined));
    expect(raised!.evidence.error).toBe("HTTP 401: unauthorized access");
    await say(43);
    expect(await ready()).toMatchObject({ ready: true, influx: { failing: true } });
    expect(await server.get("/overview")).toMatchObject({ forward: { failing: true, rejected: 0, behind: expect.any(Number) } });
    influx.answer = () => undefined;
    await eventually(
      async () => powers(),
      (p) => p.includes(42) && p.includes(43),
    );
    await eventually(ready, (r) => !r.influx.failing && r.influx.behind === 0);
    const state = raised!.state;
    await eventually(alerts, (a) => a.every((x) => x.state !== state));
    expect(existsSync(join(folder, "data/influx-rejected.ndjson"))).toBe(false);
  });

  it("ends in good order while InfluxDB hangs, and sends the rest after its next start", async () => {
    influx.answer = () => "hang";
    const before = influx.requests.length;
    for (const power of [51, 52, 53]) await say(power);
    await eventually(
      async () => influx.requests.length,
      (n) => n > before,
    );
    await device.endAsync(true);
    expect(await server.stop()).toBe(0);
    expect(powers()).toEqual([]);
    influx.answer = () => undefined;
    await start();
    await eventually(
      async () => powers(),
      (p) => [51, 52, 53].every((n) => p.includes(n)),
    );
  });
});
