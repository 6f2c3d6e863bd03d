/** One place where wishes meet: safety > override > person > policy priority. Two policies cannot fight. */
import { cancelCommand, fulfils, memoryOf, planCommand } from "./command.ts";
import { overridesOf } from "./evaluate.ts";
import type { CommandSource } from "./finding.ts";
import type { DeviceState, House, Standing } from "./house.ts";
import { protectionOf, standingKey } from "./house.ts";
import type { Millis, PointValue } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { schedule } from "./turn.ts";

/** Compressor protection: at least five minutes off before on, at most six switchings an hour (DOMAIN: safety outranks thrift). */
const COMPRESSOR_REST_MS = 5 * 60_000;
const SWITCHINGS_AN_HOUR = 6;
const HOUR_MS = 3_600_000;

export interface Wish {
  readonly point: string;
  readonly value: PointValue;
  readonly source: CommandSource;
  /** Override id or policy id. */
  readonly by: string;
  readonly rank: number;
  readonly finding: string | null;
  readonly reason: string;
}

export interface Settled extends Wish {
  /** Whose differing wishes lost. */
  readonly beats: readonly string[];
}

/** Every wish for a device now, in no particular order. */
export function wishesFor(house: House, state: DeviceState, now: Millis): Wish[] {
  const wishes: Wish[] = [];
  const { device } = state;
  for (const o of overridesOf(house, device, now)) {
    for (const [point, value] of Object.entries(o.set ?? {})) {
      wishes.push({ point, value, source: "override", by: o.id, rank: 1_000_000 + (o.device === null ? 0 : 1), finding: null, reason: o.reason });
    }
  }
  if (device.kind === null) return wishes;
  for (const policy of house.policiesByKind.get(device.kind) ?? []) {
    const { definition } = policy;
    if (definition.subject === "job") continue;
    const standing: Standing | undefined = house.standings.get(standingKey(definition.id, device.id, null));
    const finding = standing?.finding == null ? undefined : house.findings.get(standing.finding);
    const judgement = standing?.last;
    if (finding === undefined || finding.mode !== "enforce" || finding.actAt === null || finding.actAt > now) continue;
    if (judgement?.state !== "breach" || judgement.want === null) continue;
    for (const [point, value] of Object.entries(judgement.want.set)) {
      wishes.push({ point, value, source: "policy", by: definition.id, rank: definition.priority, finding: finding.id, reason: judgement.reason });
    }
  }
  return wishes;
}

/** Settles the wishes, one a point: the highest rank wins, a tie goes by name, so that the order of policies cannot matter. */
export function settle(wishes: readonly Wish[]): Settled[] {
  const winners = new Map<string, Wish>();
  for (const w of wishes) {
    const best = winners.get(w.point);
    if (best === undefined || w.rank > best.rank || (w.rank === best.rank && w.by < best.by)) winners.set(w.point, w);
  }
  const off = winners.get("on")?.value === false ? winners.get("on")! : winners.get("mode")?.value === "off" ? winners.get("mode")! : null;
  const settled: Settled[] = [];
  for (const w of winners.values()) {
    // What is to be off needs no setpoint: lesser wishes about how it should run are moot.
    if (off !== null && w !== off && w.rank <= off.rank) continue;
    settled.push({
      ...w,
      beats: wishes
        .filter((o) => o.point === w.point && o.by !== w.by && o.value !== w.value)
        .map((o) => o.by)
        .sort(),
    });
  }
  return settled.sort((a, b) => (a.point < b.point ? -1 : 1));
}

/** Why nothing may be sent to a device now, and until when; null when it may. */
export function gate(
  house: House,
  state: DeviceState,
  set: Readonly<Record<string, PointValue>>,
  now: Millis,
): { readonly why: string; readonly until: Millis | null; readonly forever: boolean } | null {
  const { device } = state;
  if (protectionOf(house, device) !== null) return { why: "protected", until: null, forever: true };
  if (!device.adopted) return { why: "not-adopted", until: null, forever: true };
  if (state.available === false) return { why: "offline", until: null, forever: false };
  if (device.kind === "ac" && ("on" in set || "mode" in set)) {
    const { switchings } = memoryOf(house, device.id);
    const turnsOn = set["on"] === true;
    const last = switchings.at(-1);
    if (turnsOn && state.points.get("on")?.value === false && last !== undefined && now < last + COMPRESSOR_REST_MS) {
      return { why: "compressor-rest", until: last + COMPRESSOR_REST_MS, forever: false };
    }
    const sixth = switchings.at(-SWITCHINGS_AN_HOUR);
    if (sixth !== undefined && now < sixth + HOUR_MS) return { why: "switched-too-often", until: sixth + HOUR_MS, forever: false };
  }
  return null;
}

/** Compares what is wanted with what is reported, for every marked device, and plans at most one command for each. */
export function actOnMarked(turn: Turn): void {
  // Ending a command marks its device again, so this goes on until nothing is marked.
  for (const id of turn.toAct) {
    turn.toAct.delete(id);
    const state = turn.house.devices.get(id);
    if (state !== undefined) actOn(turn, state);
  }
}

function actOn(turn: Turn, state: DeviceState): void {
  const { house, now } = turn;
  const known = house.memories.get(state.device.id);
  const settled = settle(wishesFor(house, state, now));
  const active = known?.active == null ? undefined : house.commands.get(known.active);
  if (settled.length === 0) {
    if (active !== undefined && (active.source === "policy" || active.source === "override")) cancelCommand(turn, active, "no-longer-wanted");
    return;
  }
  const open = settled.filter((w) => !fulfils(w.value, heard(state, w.point), null));
  if (open.length === 0) return;
  const leader = open.reduce((a, b) => (b.rank > a.rank ? b : a));
  const set: Record<string, PointValue> = {};
  for (const w of open) set[w.point] = w.value;
  if (active !== undefined) {
    if (active.source === "person" && leader.source === "policy") return;
    if (active.state === "reported" || sameSet(active.set, set)) return;
    cancelCommand(turn, active, "superseded");
  }
  const memory = memoryOf(house, state.device.id);
  const held = memory.notBefore > now ? { why: "backing-off", until: memory.notBefore, forever: false } : gate(house, state, set, now);
  if (held !== null) {
    if (held.until !== null && (memory.wake === null || memory.wake <= now || memory.wake > held.until)) {
      memory.wake = held.until;
      schedule(turn, held.until, { kind: "act", device: state.device.id });
    }
    return;
  }
  planCommand(turn, { device: state, set, source: leader.source, by: leader.by, finding: leader.finding, reason: leader.reason });
}

function heard(state: DeviceState, point: string): PointValue | undefined {
  const p = state.points.get(point);
  return p === undefined || p.quality === "bad" ? undefined : p.value;
}

function sameSet(a: Readonly<Record<string, PointValue>>, b: Readonly<Record<string, PointValue>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
}
