/** The simulated city hall and the whole server, tied together without a wire: both wound by the same hand. */
import type { Truth } from "../../simulators/record.ts";
import { createLocalClock } from "../../simulators/local-time.ts";
import { createHall } from "../../simulators/office/hall.ts";
import type { Story } from "../../simulators/stories/story.ts";
import type { Mode } from "../../server/core/policy.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { Command, Finding } from "../../server/core/finding.ts";
import type { Millis } from "../../server/core/reading.ts";
import { loadSite } from "../../server/settings/load.ts";
import type { PlayedOffice } from "./played-office.ts";
import { playOffice } from "./played-office.ts";

export interface PlayedDay {
  readonly office: PlayedOffice;
  readonly truth: () => readonly Truth[];
  /** Plays on to an instant. */
  until(at: Millis): Promise<void>;
  findings(): Promise<readonly Finding[]>;
  commands(): Promise<readonly Command[]>;
  /** What was used since the beginning, by the simulator's own counters. */
  used(): Used;
  close(): Promise<void>;
}

export interface Used {
  /** kWh by kind. */
  readonly kwh: Readonly<Record<"ac" | "light" | "plug" | "copier", number>>;
  readonly m3: number;
}

export interface DayOptions {
  readonly start: Millis;
  readonly seed: number;
  readonly faults?: number;
  readonly story?: Story;
  /** Every policy in this mode instead of the site's. */
  readonly mode?: Mode | undefined;
  /** Keeps no readings, so that weeks fit into the memory. */
  readonly forgets?: boolean;
}

export async function playDay({ start, seed, faults, story, mode, forgets = false }: DayOptions): Promise<PlayedDay> {
  const loaded = loadSite("");
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  const site =
    mode === undefined ? loaded.site : { ...loaded.site, policies: Object.fromEntries(POLICIES.map((p) => [p.id, { ...loaded.site.policies[p.id], mode }])) };
  const office = await playOffice(site, loaded.calendar, start, { forgets });
  const clock = createLocalClock(site.timezone);
  const noon = (day: number) => loaded.calendar.day(clock.midnight(day) + 43_200_000);
  const days = { works: (day: number) => noon(day).working, festive: (day: number) => noon(day).why === "holiday" || noon(day).event !== null };
  const hall = createHall({ site, seed, start, faults, story, days, keeps: Infinity });
  office.onCommand(({ topic, payload, at }) => hall.command(topic, JSON.stringify(payload), at));
  const counters = () => new Map(hall.devices.map((sim) => [sim, Number(sim.values[sim.device.kind === "water" ? "volume" : "energy"] ?? 0)]));
  const first = counters();
  return {
    office,
    truth: () => hall.record.all(),
    async until(at) {
      while (office.now() < at) {
        const next = Math.min(at, Math.max(office.now() + 250, hall.next()), office.now() + 10_000);
        const said = hall.advance(next - hall.now());
        await office.wait((next - office.now()) / 1000, 10);
        for (const { topic, payload, retain } of said) office.take(topic, payload, retain === true);
        await office.flow.settled();
      }
    },
    findings: async () => (await office.flow.records.findings({}, { limit: 100_000 })).items,
    commands: async () => (await office.flow.records.commands({}, { limit: 100_000 })).items,
    used() {
      const used = { kwh: { ac: 0, light: 0, plug: 0, copier: 0 }, m3: 0 };
      for (const [sim, value] of counters()) {
        const { kind, id } = sim.device;
        if (kind === "ac" || kind === "light" || kind === "plug" || kind === "copier") used.kwh[kind] += value - first.get(sim)!;
        if (id.endsWith("/water-main")) used.m3 += value - first.get(sim)!;
      }
      return used;
    },
    close: () => office.close(),
  };
}
