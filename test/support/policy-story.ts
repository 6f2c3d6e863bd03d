/** The real policies, the real calendar, a small hall and a hand-wound clock: situations are told in time. */
import type { Finding } from "../../server/core/finding.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { Site } from "../../server/core/space.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { readSite, SHIPPED_HOLIDAYS } from "../../server/settings/load.ts";
import { PlayedHouse } from "./played-house.ts";
import { smallSite } from "./small-site.ts";

const read = readSite("", SHIPPED_HOLIDAYS);
if (!read.ok) throw new Error(read.problems.join("\n"));
const { holidays } = read;

export class PolicyStory extends PlayedHouse {
  constructor(localStart: string, site: Site = smallSite(), only?: string, policies: readonly PolicyDefinition[] = POLICIES) {
    super(
      only === undefined ? policies : policies.filter((p) => p.id === only),
      site,
      createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }),
    );
    this.now = Date.parse(`${localStart}+08:00`);
  }

  /** Lets time pass to a local time of the same or a later day, devices repeating themselves every minute. */
  playTo(local: string): void {
    const until = Date.parse(`${local}+08:00`);
    while (this.now < until) {
      this.wait(Math.min(60, (until - this.now) / 1000));
      this.repeat();
    }
  }

  /** Every device that was heard says again what it said last. */
  repeat(): void {
    for (const state of this.house.devices.values()) {
      if (state.points.size === 0 || this.mute.has(state.device.id)) continue;
      this.say(state.device.id.slice("hall/".length), Object.fromEntries([...state.points].map(([name, p]) => [name, p.value])));
    }
  }

  /** Devices that no longer speak. */
  readonly mute = new Set<string>();

  found(policy: string): Finding[] {
    return this.findings().filter((f) => f.policy === policy);
  }

  /** Local time `HH:MM:SS` of an instant. */
  clock(at: number | null | undefined): string {
    return at === null || at === undefined ? "never" : new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);
  }
}
