/** Publisher processes against any broker, added up. */
import { fork } from "node:child_process";
import { join } from "node:path";

export interface Load {
  readonly port: number;
  readonly devices: number;
  readonly processes: number;
  readonly connections: number;
  /** QoS 1 messages in flight per connection. */
  readonly window: number;
  /** Messages/s over all processes; 0 = as fast as they are acknowledged. */
  readonly rate: number;
  readonly seconds: number;
  /** Every device in a dialect of its own. */
  readonly mixed?: boolean;
}

/** Acknowledged messages a second, over the time after warm-up. */
export async function publish(load: Load): Promise<number> {
  const { port, devices, processes, connections, window, rate, seconds } = load;
  const share = Math.floor(devices / processes);
  const results = await Promise.all(
    Array.from(
      { length: processes },
      (_, i) =>
        new Promise<number>((resolve, reject) => {
          const args = [port, 1 + i * share, share, connections, window, rate / processes, seconds, Number(load.mixed === true)].map(String);
          const child = fork(join(import.meta.dirname, "publisher.ts"), args);
          child.once("message", (m) => {
            const { acked, seconds: s } = m as { acked: number; seconds: number };
            resolve(acked / s);
          });
          child.once("exit", (code) => code !== 0 && reject(new Error(`a publisher ended with ${code}`)));
        }),
    ),
  );
  return results.reduce((a, b) => a + b, 0);
}
