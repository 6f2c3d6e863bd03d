/** What the house states of a played time from its own history alone, beside what is true. */
import type { DeviceId } from "../../server/core/reading.ts";
import type { AvoidedSum } from "../../server/core/savings/avoided.ts";
import { AVOIDED_SETTINGS, avoidedBy } from "../../server/core/savings/avoided.ts";
import type { Metered } from "../../server/core/savings/episode.ts";
import { episodesOf, obeyed } from "../../server/core/savings/episode.ts";
import { PAST_SETTINGS, pastsOf } from "../../server/core/savings/past.ts";
import { createRandom } from "../../simulators/random.ts";
import type { PlayedSavings } from "./played-savings.ts";

export function statedSavings(
  { site, calendar, findings, commands, loads, from, to, truth }: PlayedSavings,
  seed: number,
): { readonly sum: AvoidedSum; readonly truth: number } {
  const classes = new Map(site.spaces.map((s) => [s.id, s.class]));
  const metered = new Map<DeviceId, Metered>();
  for (const { id, kind, space, standby } of site.devices) {
    const load = loads.get(id);
    if (load !== undefined && kind !== null)
      metered.set(id, { device: id, kind, group: `${kind} ${classes.get(space ?? "")}`, quantity: "kwh", standby, load });
  }
  const episodes = episodesOf(commands, new Map(findings.map((f) => [f.id, f])), metered, from, to);
  const pasts = pastsOf(metered, findings, obeyed(commands), calendar, PAST_SETTINGS);
  const sum = avoidedBy(episodes, pasts, AVOIDED_SETTINGS, createRandom(seed).next);
  let saved = 0;
  for (const [id, { enforced, without }] of truth) if (metered.has(id)) saved += without - enforced;
  return { sum, truth: saved };
}
