/** From a reading on the wire to its command on the wire, and to the page, while the server is under load. */
import { connectAsync } from "mqtt";
import { io } from "socket.io-client";

export interface Latencies {
  readonly commandMs: readonly number[];
  readonly pageMs: readonly number[];
}

/** The house sends at most fifty commands a second; what is timed stays below that. */
const PACE_MS = 30;

/** `devices` beyond those that make the load: each breaks the rule once, in turn, and is timed. */
export async function probe(mqttPort: number, httpPort: number, first: number, devices: number): Promise<Latencies> {
  const commandMs: number[] = [];
  const pageMs: number[] = [];
  const asked = new Map<string, number>();
  const shown = new Map<string, number>();
  const client = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`, { clientId: `probe-${process.pid}` });
  await client.subscribeAsync("jieyue/hall/+/set", { qos: 1 });
  client.on("message", (topic) => {
    const device = topic.split("/")[2]!;
    const at = asked.get(device);
    if (at !== undefined) commandMs.push(performance.now() - at);
    asked.delete(device);
  });
  const socket = io(`http://127.0.0.1:${httpPort}`, { path: "/live", transports: ["websocket"] });
  await new Promise<void>((resolve) => socket.once("snapshot", () => resolve()));
  socket.on("changes", (changes: { findings: { subject: { device: string }; state: string }[] }) => {
    for (const f of changes.findings) {
      const at = shown.get(f.subject.device);
      if (at !== undefined) pageMs.push(performance.now() - at);
      shown.delete(f.subject.device);
    }
  });
  for (let n = first; n < first + devices; n++) {
    const device = `ac-${n}`;
    const began = performance.now();
    asked.set(device, began);
    shown.set(`hall/${device}`, began);
    client.publish(`jieyue/hall/${device}/state`, JSON.stringify({ on: true, mode: "cool", setpoint: 22, temperature: 27 }), { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  socket.close();
  await client.endAsync();
  return { commandMs, pageMs };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
