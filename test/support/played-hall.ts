/** The simulated city hall and the whole server, tied together without a wire: both wound by the same hand. */
import type { Truth } from "../../simulators/record.ts";
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
  /** kWh that lamps, air conditioners, plugs and copiers used so far, by their own counters. */
  energy(): number;
  close(): Promise<void>;
}

export interface DayOptions {
  readonly start: Millis;
  readonly seed: number;
  readonly faults?: number;
  readonly story?: Story;
  /** Every policy in this mode instead of the site's. */
  readonly mode?: Mode;
}

export async function playDay({ start, seed, faults, story, mode }: DayOptions): Promise<PlayedDay> {
  const loaded = loadSite("");
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  const site =
    mode === undefined ? loaded.site : { ...loaded.site, policies: Object.fromEntries(POLICIES.map((p) => [p.id, { ...loaded.site.policies[p.id], mode }])) };
  const office = await playOffice(site, loaded.calendar, start);
  const hall = createHall({ site, seed, start, faults, story });
  office.onCommand(({ topic, payload, at }) => hall.command(topic, JSON.stringify(payload), at));
  const first = new Map<string, number>();
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
      for (const state of office.flow.house.devices.values()) {
        const energy = state.points.get("energy")?.value;
        if (typeof energy === "number" && !first.has(state.device.id)) first.set(state.device.id, energy);
      }
    },
    findings: async () => (await office.flow.records.findings({}, { limit: 100_000 })).items,
    commands: async () => (await office.flow.records.commands({}, { limit: 100_000 })).items,
    energy() {
      let sum = 0;
      for (const state of office.flow.house.devices.values()) {
        const energy = state.points.get("energy")?.value;
        if (typeof energy === "number" && state.device.kind !== "meter") sum += energy - (first.get(state.device.id) ?? energy);
      }
      return sum;
    },
    close: () => office.close(),
  };
}
