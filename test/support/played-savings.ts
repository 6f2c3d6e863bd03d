/** A small house with the simulator's people: some days merely watched, then some days enforced; and the truth, the same days without a server. */
import { createLocalClock } from "../../simulators/local-time.ts";
import type { Hall } from "../../simulators/office/hall.ts";
import { createHall } from "../../simulators/office/hall.ts";
import { summer } from "../../simulators/stories/summer.ts";
import type { Calendar } from "../../server/core/calendar.ts";
import type { Command, Finding } from "../../server/core/finding.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { DeviceId, Millis } from "../../server/core/reading.ts";
import type { LoadSeries } from "../../server/core/savings/load.ts";
import type { Site } from "../../server/core/space.ts";
import { loadSite } from "../../server/settings/load.ts";
import { createLoadRecorder } from "./load-recorder.ts";
import { playOffice } from "./played-office.ts";

export interface SavingsOptions {
  readonly start: Millis;
  /** Days that are watched first, and days that are enforced after them. */
  readonly watched: number;
  readonly enforced: number;
  readonly seed: number;
  readonly faults: number;
}

export interface PlayedSavings {
  readonly site: Site;
  readonly calendar: Calendar;
  /** When enforcement began, and the end. */
  readonly from: Millis;
  readonly to: Millis;
  readonly findings: readonly Finding[];
  readonly commands: readonly Command[];
  readonly loads: ReadonlyMap<DeviceId, LoadSeries>;
  readonly outdoor: LoadSeries | null;
  /** kWh of [from, to) by device: enforced, and as it would have been. */
  readonly truth: ReadonlyMap<DeviceId, { readonly enforced: number; readonly without: number }>;
}

const DAY: Millis = 86_400_000;
/** Rooms that are kept of the city hall, with what stands in them; a copier's jobs are answered in both worlds alike, so there is none. */
const ROOMS = new Set(
  ["301", "302", "303", "304", "305", "306", "307", "308", "309", "3f-corridor", "3f-restroom", "canteen", "courtyard", "lobby"].map((r) => `hall/${r}`),
);
/** Seconds between two messages of a device that has nothing new to say. */
const INTERVAL = 180;
const KINDS = new Set(["ac", "light", "plug", "presence", "contact", "lux", "outdoor"]);

export function smallHouse(): { readonly site: Site; readonly calendar: Calendar } {
  const loaded = loadSite("");
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  const { site } = loaded;
  const devices = site.devices
    .filter((d) => d.space !== null && ROOMS.has(d.space) && d.kind !== null && KINDS.has(d.kind) && !d.tags.includes("decorative"))
    .map((d) => ({ ...d, interval: INTERVAL }));
  return { site: { ...site, spaces: site.spaces.filter((s) => ROOMS.has(s.id)), devices }, calendar: loaded.calendar };
}

function kwhOf(hall: Hall): Map<DeviceId, number> {
  return new Map(hall.devices.filter((s) => typeof s.values["energy"] === "number").map((s) => [s.device.id, s.values["energy"] as number]));
}

function difference(after: ReadonlyMap<DeviceId, number>, before: ReadonlyMap<DeviceId, number>): Map<DeviceId, number> {
  return new Map([...after].map(([id, value]) => [id, value - before.get(id)!]));
}

export async function playSavings({ start, watched, enforced, seed, faults }: SavingsOptions): Promise<PlayedSavings> {
  const { site, calendar } = smallHouse();
  const from = start + watched * DAY;
  const to = from + enforced * DAY;
  const clock = createLocalClock(site.timezone);
  const works = (day: number) => calendar.day(clock.midnight(day) + DAY / 2).working;
  const make = () => createHall({ site, seed, start, faults, story: summer, days: { works, festive: () => false }, step: 20 });

  const watching = { ...site, policies: Object.fromEntries(POLICIES.map((p) => [p.id, { ...site.policies[p.id], mode: "observe" as const }])) };
  const recorder = createLoadRecorder(start, to);
  const office = await playOffice(watching, calendar, start, { forgets: true, record: (report) => recorder.take(report) });
  const hall = make();
  office.onCommand(({ topic, payload, at }) => hall.command(topic, JSON.stringify(payload), at));
  async function until(at: Millis): Promise<void> {
    while (office.now() < at) {
      const next = Math.min(at, Math.max(office.now() + 250, hall.next()), office.now() + 20_000);
      const said = hall.advance(next - hall.now());
      await office.wait((next - office.now()) / 1000, 20);
      for (const { topic, payload, retain } of said) office.take(topic, payload, retain === true);
      await office.flow.settled();
    }
  }
  await until(from);
  for (const policy of POLICIES) {
    const mode = site.policies[policy.id]?.mode ?? policy.defaultMode;
    const asked = await office.flow.request("administrator", { kind: "policy", policy: policy.id, change: { mode } });
    if (!asked.ok) throw new Error(`${policy.id}: ${asked.refusal.detail}`);
  }
  const before = kwhOf(hall);
  await until(to);
  const used = difference(kwhOf(hall), before);
  const { records } = office.flow;
  const findings = (await records.findings({}, { limit: 100_000 })).items;
  const commands = (await records.commands({}, { limit: 100_000 })).items;
  await office.close();

  const alone = make();
  alone.advance(from - start);
  const aloneBefore = kwhOf(alone);
  if ([...aloneBefore].some(([id, value]) => Math.abs(value - before.get(id)!) > 1e-9)) throw new Error("The watched days differ between the two worlds.");
  alone.advance(to - from);
  const without = difference(kwhOf(alone), aloneBefore);
  const truth = new Map([...used].map(([id, kwh]) => [id, { enforced: kwh, without: without.get(id)! }]));
  return { site, calendar, from, to, findings, commands, loads: recorder.loads(to), outdoor: recorder.outdoor(to), truth };
}
