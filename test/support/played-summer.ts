/** Some days of a summer in the city hall, with faults, and how well the house knew what went on. */
import type { Mode } from "../../server/core/policy.ts";
import type { Millis } from "../../server/core/reading.ts";
import { summer } from "../../simulators/stories/summer.ts";
import { verdictsOf } from "../../simulators/verdicts.ts";
import type { Used } from "./played-hall.ts";
import { playDay } from "./played-hall.ts";
import type { Precision } from "./precision.ts";
import { precisionOf } from "./precision.ts";

export interface SummerOptions {
  readonly start: Millis;
  readonly days: number;
  readonly seed: number;
  /** Multiple of the simulator's usual rate. */
  readonly faults: number;
  /** Every policy in this mode instead of the site's. */
  readonly mode?: Mode | undefined;
  readonly tell?: (day: number) => void;
}

export interface PlayedSummer {
  readonly rows: readonly Precision[];
  /** Shares (0–1): of what had to be found, what was; of what was found, what was there. */
  readonly recall: number;
  readonly precision: number;
  /** Names of the faults that befell somebody. */
  readonly faults: readonly string[];
  readonly used: Used;
  readonly commands: { readonly sent: number; readonly proven: number };
}

const DAY: Millis = 86_400_000;

export async function playSummer({ start, days, seed, faults, mode, tell }: SummerOptions): Promise<PlayedSummer> {
  const hall = await playDay({ start, seed, faults, story: summer, mode, forgets: true });
  const end = start + days * DAY;
  for (let day = 1; start + (day - 1) * DAY < end; day++) {
    await hall.until(Math.min(start + day * DAY, end));
    tell?.(day);
  }
  const [findings, commands] = [await hall.findings(), await hall.commands()];
  const record = hall.truth();
  const rows = precisionOf(verdictsOf(record, hall.office.flow.house.site, start, end), findings, commands, end);
  const befell = new Set(record.filter((t) => t.at >= start && t.kind.startsWith("fault:")).map((t) => t.kind.slice(6)));
  const used = hall.used();
  await hall.close();
  const sum = (of: (p: Precision) => number) => rows.reduce((total, p) => total + of(p), 0);
  const missed = sum((p) => p.missed.length);
  return {
    rows,
    recall:
      1 -
      missed /
        Math.max(
          1,
          sum((p) => p.sure + p.lies),
        ),
    precision: 1 - sum((p) => p.extra.length) / Math.max(1, findings.length),
    faults: [...befell].sort(),
    used,
    commands: { sent: commands.length, proven: commands.filter((c) => c.state === "proven").length },
  };
}
