/** Alerts at the rate of a bad day: from a reading to every open page, ten thousand at once, and one acknowledgement on all pages. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { publish } from "./load.ts";
import type { BenchServer } from "./server.ts";
import { startServer } from "./server.ts";

const json = { "content-type": "application/json" };

async function policy(server: BenchServer, id: string, change: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.http}/api/v1/policies/${id}`, { method: "PUT", headers: json, body: JSON.stringify(change) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Open pages, and how long after something was done each has heard of it. */
async function openPages(port: number, count: number) {
  const child: ChildProcess = fork(join(import.meta.dirname, "pages.ts"), [String(port), String(count)]);
  await new Promise<void>((resolve) => child.once("message", () => resolve()));
  const waiting = new Map<string, { readonly listening: () => void; readonly done: (at: number[]) => void }>();
  child.on("message", (m: { text: string; listening?: true; at?: number[] }) => {
    if (m.listening === true) waiting.get(m.text)?.listening();
    else waiting.get(m.text)?.done(m.at ?? []);
  });
  return {
    /** Does something once the pages listen for a text; ms by page until they heard it. Those that did not within 20 s are missing. */
    async hear(text: string, act: () => Promise<unknown> | void): Promise<number[]> {
      let listening!: () => void;
      const ready = new Promise<void>((resolve) => (listening = resolve));
      const heard = new Promise<number[]>((resolve) => waiting.set(text, { listening, done: resolve }));
      child.send({ expect: text });
      await ready;
      const from = Date.now();
      await act();
      return (await heard).map((at) => at - from);
    },
    close: () => void child.send({ stop: true }),
  };
}

export interface AlertLatencies {
  readonly acked: number;
  readonly alertMs: readonly number[];
  readonly ackMs: readonly number[];
  readonly missing: number;
}

/** Reading to alert on each of the pages, and an acknowledgement by one of them on the others, under load. */
export async function benchAlertLatency(pages: number, rate: number, seconds: number): Promise<AlertLatencies> {
  const probes = 60;
  const server = await startServer(1000 + probes);
  await policy(server, "cooling-floor", { mode: "advise", params: { hold: 0 } });
  const watchers = await openPages(server.http, pages);
  const load = publish({ port: server.mqtt, devices: 1000, processes: 1, connections: 8, window: 500, rate, seconds });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { clientId: `probe-${process.pid}` });
  const alertMs: number[] = [];
  const ackMs: number[] = [];
  for (let n = 1001; n <= 1000 + probes; n++) {
    const breach = JSON.stringify({ on: true, mode: "cool", setpoint: 22, temperature: 27 });
    alertMs.push(
      ...(await watchers.hear(
        `"device":"hall/ac-${n}","space":"hall/r${n}","department":"general","finding":"`,
        () => void client.publish(`jieyue/hall/ac-${n}/state`, breach, { qos: 1 }),
      )),
    );
    const found = (await (await fetch(`http://127.0.0.1:${server.http}/api/v1/alerts?state=unacknowledged&device=hall/ac-${n}`)).json()) as {
      items: { id: string; severity: string }[];
    };
    const { id, severity } = found.items[0]!;
    const acknowledge = () => fetch(`http://127.0.0.1:${server.http}/api/v1/alerts/${id}/ack`, { method: "POST", headers: json, body: "{}" });
    ackMs.push(...(await watchers.hear(`"id":"${id}","kind":"finding","severity":"${severity}","state":"acknowledged"`, acknowledge)));
  }
  const acked = await load;
  await client.endAsync();
  watchers.close();
  await server.stop();
  return { acked, alertMs, ackMs, missing: 2 * probes * pages - alertMs.length - ackMs.length };
}

export interface FloodFigures {
  readonly raisedSeconds: number;
  readonly kept: number;
  readonly groups: number;
  readonly messages: number;
  readonly mostInAMinute: number;
  readonly seconds: number;
}

/** Ten thousand alerts in ten seconds, and a robot that may be told twenty times a minute. */
export async function benchAlertFlood(count: number, watchSeconds: number): Promise<FloodFigures> {
  const arrivals: number[] = [];
  const robot = createServer((request, response) => {
    request.resume().on("end", () => {
      arrivals.push(performance.now());
      response.setHeader("content-type", "application/json").end('{"errcode":0,"errmsg":"ok"}');
    });
  });
  await new Promise<void>((resolve) => robot.listen(0, "127.0.0.1", resolve));
  const channels = { robot: { kind: "wecom", url: `http://127.0.0.1:${(robot.address() as AddressInfo).port}/cgi-bin/webhook/send?key=bench` } };
  const server = await startServer(count, {}, { channels });
  await policy(server, "cooling-floor", { mode: "advise", params: { hold: 0 } });
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { clientId: `flood-${process.pid}` });
  const began = performance.now();
  for (let n = 1; n <= count; n += count / 100) {
    for (let i = n; i < n + count / 100; i++)
      client.publish(`jieyue/hall/ac-${i}/state`, JSON.stringify({ on: true, mode: "cool", setpoint: 22, temperature: 27 }), { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + (n / count) * 10_000 - performance.now())));
  }
  const raisedSeconds = (performance.now() - began) / 1000;
  await new Promise((resolve) => setTimeout(resolve, watchSeconds * 1000));
  const groups = new Set<string>();
  let kept = 0;
  for (let cursor = ""; ;) {
    const page = (await (await fetch(`http://127.0.0.1:${server.http}/api/v1/alerts?state=unacknowledged&limit=1000${cursor}`)).json()) as {
      items: { title: string; group: string }[];
      next: string | null;
    };
    for (const a of page.items) {
      if (!a.title.startsWith("policy.cooling-floor")) continue;
      kept++;
      groups.add(a.group);
    }
    if (page.next === null) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  const mostInAMinute = Math.max(0, ...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 60_000).length));
  await client.endAsync();
  await server.stop();
  await new Promise((resolve) => robot.close(resolve));
  return { raisedSeconds, kept, groups: groups.size, messages: arrivals.length, mostInAMinute, seconds: watchSeconds };
}
