/** The past that commands are held against, read from records and roll-ups, and what one command avoided by it. */
import { allPages } from "./all-pages.ts";
import { priceNow } from "./core/account/price.ts";
import type { Device, DeviceKind } from "./core/device.ts";
import type { Command, Finding } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { DeviceId, Millis } from "./core/reading.ts";
import type { AvoidedSum } from "./core/savings/avoided.ts";
import { AVOIDED_SETTINGS, avoidedInTurns } from "./core/savings/avoided.ts";
import { chanceOf } from "./core/savings/chance.ts";
import type { Episode, Metered } from "./core/savings/episode.ts";
import { episodesOf, obeyed, obeyedAt, unsaidOf } from "./core/savings/episode.ts";
import { loadSeries, STEP } from "./core/savings/load.ts";
import type { Pasts } from "./core/savings/past.ts";
import { PAST_SETTINGS, pastsOf } from "./core/savings/past.ts";
import type { History } from "./ports/history.ts";
import type { Records } from "./ports/records.ts";
import type { CommandSavings } from "./ports/savings.ts";

export interface SavingsParts {
  readonly house: House;
  readonly history: Pick<History, "rollups" | "oldest">;
  readonly records: Pick<Records, "findings" | "commands" | "firstCommandAt">;
  readonly now: () => Millis;
}

export interface HeldPast {
  readonly findings: readonly Finding[];
  readonly pasts: Pasts;
  /** Of what was commanded within [from, to). */
  readonly episodes: readonly Episode[];
}

const DAY = 86_400_000;
/** How far back pasts are looked for. */
const PAST_DAYS = 42;
/** How long one command is followed: what a Friday evening left on may stay so over the longest holidays. */
const FOLLOWED_DAYS = 14;
/** Points that are asked for at once. */
const POINTS_AT_ONCE = 50;
/** What a device's load is read by, in W or L/min. */
const LOAD_OF: Readonly<Partial<Record<DeviceKind, { readonly point: "power" | "flow"; readonly quantity: "kwh" | "m3" }>>> = {
  ac: { point: "power", quantity: "kwh" },
  light: { point: "power", quantity: "kwh" },
  plug: { point: "power", quantity: "kwh" },
  copier: { point: "power", quantity: "kwh" },
  water: { point: "flow", quantity: "m3" },
};

/** A building's commands of [from, to), and what they are held against; with `kind`, of devices of that kind alone: no other is ever looked at for one of them. */
export async function readPast(parts: SavingsParts, building: string, kind: DeviceKind | null, from: Millis, to: Millis): Promise<HeldPast> {
  const { house, records } = parts;
  const { calendar } = house;
  const pastFrom = Math.max(calendar.midnight(from - PAST_DAYS * DAY), calendar.midnight((await parts.history.oldest()) ?? from));
  const asked = (id: DeviceId) => {
    const device = house.devices.get(id)?.device;
    return device?.building === building && (kind === null || device.kind === kind);
  };
  const within = { from: pastFrom, to };
  const findings = (await allPages((page) => records.findings(within, page))).filter((f) => asked(f.subject.device));
  const commands = (await allPages((page) => records.commands(within, page))).filter((c) => asked(c.device));
  const metered = await loadsOf(parts, findings, commands, Math.floor(pastFrom / STEP) * STEP, to);
  return {
    findings,
    pasts: pastsOf(metered, findings, obeyed(commands), calendar, PAST_SETTINGS),
    episodes: episodesOf(commands, new Map(findings.map((f) => [f.id, f])), metered, from, to),
  };
}

/** `name`: the same one has the same chance. */
export async function reckon({ episodes, pasts }: Pick<HeldPast, "episodes" | "pasts">, name: string): Promise<AvoidedSum> {
  const turns = avoidedInTurns(episodes, pasts, AVOIDED_SETTINGS, chanceOf(name));
  for (;;) {
    const turn = turns.next();
    if (turn.done === true) return turn.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What one command avoided: as in the report, from devices of its kind and the weeks around it alone. */
export async function readCommandSavings(parts: SavingsParts, command: Command): Promise<CommandSavings> {
  const why = unsaidOf(command);
  if (why !== null) return { kind: "unsaid", why };
  const device = parts.house.devices.get(command.device)?.device;
  if (device === undefined || device.kind === null || LOAD_OF[device.kind] === undefined) return { kind: "unsaid", why: "not-metered" };
  const at = obeyedAt(command)!;
  const to = Math.max(at + 1, Math.min(parts.now(), at + FOLLOWED_DAYS * DAY));
  const { episodes, pasts } = await readPast(parts, device.building, device.kind, at, to);
  const episode = episodes.find((e) => e.command === command.id);
  if (episode === undefined) return { kind: "unsaid", why: "not-metered" };
  const [avoided] = (await reckon({ episodes: [episode], pasts }, command.id)).commands;
  if (avoided === undefined || avoided.basis === "none") return { kind: "unsaid", why: "no-past" };
  const price = priceNow(parts.house, episode.metered.quantity === "kwh" ? "electricity" : "water", at);
  const { from } = episode.metered.load;
  return { kind: "said", avoided, until: Math.min(to, from + episode.last * STEP), price: price > 0 ? price : null };
}

/** The loads of devices that something was found at or asked of. */
async function loadsOf({ house, history }: SavingsParts, findings: readonly Finding[], commands: readonly Command[], from: Millis, to: Millis) {
  const ids = new Set([...findings.map((f) => f.subject.device), ...commands.map((c) => c.device)]);
  const devices = [...ids].flatMap((id): Device[] => {
    const device = house.devices.get(id)?.device;
    return device !== undefined && device.kind !== null && LOAD_OF[device.kind] !== undefined ? [device] : [];
  });
  const metered = new Map<DeviceId, Metered>();
  const windows = Math.max(0, Math.ceil((to - from) / STEP));
  for (let at = 0; at < devices.length; at += POINTS_AT_ONCE) {
    const asked = devices.slice(at, at + POINTS_AT_ONCE);
    const rolled = await history.rollups({ points: asked.map((d) => `${d.id}/${LOAD_OF[d.kind!]!.point}`), from, to, step: "5m" });
    const loads = asked.map(() => new Float64Array(windows).fill(Number.NaN));
    // The integral over five minutes, in unit times hours.
    for (let i = 0; i < rolled.start.length; i++) loads[rolled.point[i]!]![(rolled.start[i]! - from) / STEP] = (rolled.total[i]! * 3_600_000) / STEP;
    asked.forEach((d, i) => {
      if (loads[i]!.every(Number.isNaN)) return;
      const spaceClass = d.space === null ? "" : (house.spaces.get(d.space)?.class ?? "");
      const { quantity } = LOAD_OF[d.kind!]!;
      metered.set(d.id, { device: d.id, kind: d.kind!, group: `${d.kind} ${spaceClass}`, quantity, standby: d.standby, load: loadSeries(from, loads[i]!) });
    });
  }
  return metered;
}
