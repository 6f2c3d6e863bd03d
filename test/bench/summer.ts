/** Plays one summer twice, enforced and observed, each in a thread of its own. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { PlayedSummer } from "../support/played-summer.ts";
import { playSummer } from "../support/played-summer.ts";

/** 2026-06-01T00:00+08:00, a Monday. */
const START = 1_780_243_200_000;

interface Asked {
  readonly days: number;
  readonly seed: number;
  readonly mode: "observe" | null;
}

export async function benchSummer(
  days: number,
  seed: number,
  tell: (text: string) => void,
): Promise<{ readonly enforced: PlayedSummer; readonly observed: PlayedSummer }> {
  const play = (mode: Asked["mode"]) =>
    new Promise<PlayedSummer>((resolve, reject) => {
      const asked: Asked = { days, seed, mode };
      const thread = new Worker(import.meta.filename, { workerData: asked });
      thread.on("message", (message: { day: number } | { summer: PlayedSummer }) => {
        if ("summer" in message) resolve(message.summer);
        else tell(`${mode ?? "enforce"}: day ${message.day} of ${days}`);
      });
      thread.once("error", reject);
    });
  const [enforced, observed] = await Promise.all([play(null), play("observe")]);
  return { enforced, observed };
}

if (!isMainThread && parentPort !== null) {
  const { days, seed, mode } = workerData as Asked;
  const port = parentPort;
  const summer = await playSummer({ start: START, days, seed, faults: 1, mode: mode ?? undefined, tell: (day) => port.postMessage({ day }) });
  port.postMessage({ summer });
}
