/** Plays one summer twice, enforced and observed, each in a thread of its own. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { PlayedSummer, SummerOptions } from "./played-summer.ts";
import { playSummer } from "./played-summer.ts";

type Asked = Omit<SummerOptions, "tell">;

export interface TwoSummers {
  readonly enforced: PlayedSummer;
  readonly observed: PlayedSummer;
}

/** `tell` hears of every day that is over. */
export async function playTwoSummers(asked: Omit<Asked, "mode">, tell: (text: string) => void = () => undefined): Promise<TwoSummers> {
  const play = (mode: SummerOptions["mode"]) =>
    new Promise<PlayedSummer>((resolve, reject) => {
      const thread = new Worker(import.meta.filename, { workerData: { ...asked, mode } satisfies Asked });
      thread.on("message", (message: { day: number } | { summer: PlayedSummer }) => {
        if ("summer" in message) resolve(message.summer);
        else tell(`${mode ?? "enforce"}: day ${message.day} of ${asked.days}`);
      });
      thread.once("error", reject);
    });
  const [enforced, observed] = await Promise.all([play(undefined), play("observe")]);
  return { enforced, observed };
}

/** kWh of everything that a hall's devices drew. */
export function kwhOf({ used }: PlayedSummer): number {
  return Object.values(used.kwh).reduce((a, b) => a + b, 0);
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const summer = await playSummer({ ...(workerData as Asked), tell: (day) => port.postMessage({ day }) });
  port.postMessage({ summer });
}
