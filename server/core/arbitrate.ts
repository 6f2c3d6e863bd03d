/** One place where wishes meet: safety > override > person > policy priority. Two policies cannot fight. */
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import { GIVEN_BACK, owedTo, settleOwed } from "./amends.ts";
import { cancelCommand, planCommand, supersedeCommand } from "./command.ts";
import { fulfils, INSIST_WITHIN_MS, isUndone, memoryOf, notePlanned, starts } from "./command-memory.ts";
import { overridesOf, record } from "./evaluate.ts";
import type { CommandSource } from "./finding.ts";
import { handsOffAt } from "./hands-off.ts";
import type { CommandMemory, DeviceState, House, Standing } from "./house.ts";
import { protectionOf, standingKey } from "./house.ts";
import type { Effect } from "./policy.ts";
import type { Millis, PointValue } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { schedule } from "./turn.ts";

/** Compressor protection: at least five minutes off before on, at most six switchings an hour (DOMAIN: safety outranks thrift). */
const COMPRESSOR_REST_MS = 5 * 60_000;
const SWITCHINGS_AN_HOUR = 6;
const HOUR_MS = 3_600_000;
/** Comfort: a setpoint moves by at most 1 °C every ten minutes toward less comfort, unless the rule is a legal limit. */
const COMFORT_STEP = 1;
const COMFORT_EVERY_MS = 10 * 60_000;
/** Rate limits: what policies may ask of one device in an hour, and of the whole house in a second. */
const DEVICE_AN_HOUR = 12;
const HOUSE_A_SECOND = 50;
/** The dead man: when nobody was heard for so long (or three of the shortest intervals), no policy commands anything. */
export const DEAF_MS = 10 * 60_000;
/** Stubbornness: a wish that people undid so often within two hours is left to them for two hours, and said so. */
const INSISTS = 3;
const YIELDS_MS = 2 * HOUR_MS;

/** A person's override stands over every policy. */
const OVERRIDE_RANK = 1_000_000;

export interface Wish {
  readonly point: string;
  readonly value: PointValue;
  readonly source: CommandSource;
  /** Override id or policy id. */
  readonly by: string;
  readonly rank: number;
  readonly finding: string | null;
  readonly reason: string;
  /** Of two people's words about one point the later one counts: when it was given; 0 for policies. */
  readonly given: Millis;
  /** A legal limit: no comfort steps. */
  readonly legal: boolean;
  /** The effect that proves it, where it is not the usual one. */
  readonly effect: Effect | null;
}

/** What would keep a command from going now, and until when it does; null: until something else changes. */
export interface Hold {
  readonly why: string;
  readonly until: Millis | null;
  readonly forever: boolean;
}

export interface Settled extends Wish {
  /** Whose differing wishes lost. */
  readonly beats: readonly string[];
}

/** Every wish for a device now, in no particular order; with `shadow` also those that are only played. */
export function wishesFor(house: House, state: DeviceState, now: Millis, shadow = false): Wish[] {
  const wishes: Wish[] = [];
  const { device } = state;
  for (const o of overridesOf(house, device, now)) {
    for (const [point, value] of Object.entries(o.set ?? {})) {
      wishes.push({
        point,
        value,
        source: "override",
        by: o.id,
        rank: OVERRIDE_RANK,
        given: o.from,
        finding: null,
        reason: o.reason,
        legal: true,
        effect: null,
      });
    }
  }
  if (device.kind === null) return wishes;
  const owed = owedTo(house, state, now);
  for (const [point, value] of Object.entries(owed?.want.set ?? {})) {
    wishes.push({
      point,
      value,
      source: "policy",
      by: owed!.definition.id,
      rank: owed!.definition.priority,
      given: 0,
      finding: owed!.finding,
      reason: GIVEN_BACK,
      legal: true,
      effect: owed!.want.proof ?? null,
    });
  }
  for (const policy of house.policiesByKind.get(device.kind) ?? []) {
    const { definition } = policy;
    if (definition.subject === "job") continue;
    const standing: Standing | undefined = house.standings.get(standingKey(definition.id, device.id, null));
    const finding = standing?.finding == null ? undefined : house.findings.get(standing.finding);
    const judgement = standing?.last;
    if (finding === undefined || (finding.mode !== "enforce" && !(shadow && finding.mode === "shadow")) || finding.actAt === null || finding.actAt > now)
      continue;
    if (judgement?.state !== "breach" || judgement.want === null) continue;
    for (const [point, value] of Object.entries(judgement.want.set)) {
      wishes.push({
        point,
        value,
        source: "policy",
        by: definition.id,
        rank: definition.priority,
        given: 0,
        finding: finding.id,
        reason: judgement.reason,
        legal: definition.legal === true,
        effect: judgement.want.proof ?? null,
      });
    }
  }
  return wishes;
}

/** Settles the wishes, one a point: the highest rank wins, then the later word, then the name, so that the order of policies cannot matter. */
export function settle(wishes: readonly Wish[]): Settled[] {
  const winners = new Map<string, Wish>();
  for (const w of wishes) {
    const best = winners.get(w.point);
    if (best === undefined || outranks(w, best)) winners.set(w.point, w);
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

function outranks(a: Wish, b: Wish): boolean {
  if (a.rank !== b.rank) return a.rank > b.rank;
  return a.given === b.given ? a.by < b.by : a.given > b.given;
}

/** Whether nobody at all was heard for longer than can be right: then our own inputs are stale, whatever they say. */
export function isDeaf(house: House, now: Millis): boolean {
  const { heardAt, listening, shortest } = house.pulse;
  return now - Math.max(heardAt ?? 0, listening) > Math.max(DEAF_MS, 3000 * shortest);
}

/** Why nothing may be sent to a device now, whoever asks, and until when; null when it may. */
export function gate(house: House, state: DeviceState, set: Readonly<Record<string, PointValue>>, now: Millis): Hold | null {
  const { device } = state;
  if (!house.pulse.leads) return { why: "another-server", until: null, forever: false };
  if (protectionOf(house, device) !== null) return { why: "protected", until: null, forever: true };
  if (!device.adopted) return { why: "not-adopted", until: null, forever: true };
  if (state.available === false) return { why: "offline", until: null, forever: false };
  if (device.kind === "ac" && ("on" in set || "mode" in set)) {
    const { switchings, stoppedAt } = memoryOf(house, device.id);
    if (starts(set) && stoppedAt !== null && now < stoppedAt + COMPRESSOR_REST_MS)
      return { why: "compressor-rest", until: stoppedAt + COMPRESSOR_REST_MS, forever: false };
    const sixth = switchings.at(-SWITCHINGS_AN_HOUR);
    if (sixth !== undefined && now < sixth + HOUR_MS) return { why: "switched-too-often", until: sixth + HOUR_MS, forever: false };
  }
  return null;
}

/**
 * What holds back a command that no person gave at once: the switch, the dead man, a conflict, failures before, and the rate limits.
 * What people undid or what failed for somebody else's wish does not hold back an override (`override` is its id).
 */
export function holdBack(house: House, state: DeviceState, now: Millis, override: string | null = null): Hold | null {
  const off = handsOffAt(house, state.device);
  if (off !== null) return { why: "hands-off", until: off.until, forever: false };
  if (isDeaf(house, now)) return { why: "deaf", until: null, forever: false };
  const memory = house.memories.get(state.device.id);
  if (memory !== undefined) {
    if (memory.yieldedUntil > now && (override === null || memory.yieldedTo === override))
      return { why: "yielded", until: memory.yieldedUntil, forever: false };
    if (memory.notBefore > now && (override === null || memory.failedBy === override)) return { why: "backing-off", until: memory.notBefore, forever: false };
    const first = memory.planned.at(-DEVICE_AN_HOUR);
    if (first !== undefined && now < first + HOUR_MS) return { why: "too-many-commands", until: first + HOUR_MS, forever: false };
  }
  const { pulse } = house;
  if (pulse.second === Math.floor(now / 1000) && pulse.commands >= HOUSE_A_SECOND)
    return { why: "house-rate", until: (pulse.second + 1) * 1000, forever: false };
  return null;
}

/** The value to send now for one that is wanted: at once, or a comfort step toward it; a time where the next step must wait for it. */
function comfortStep(
  state: DeviceState,
  wish: Wish,
  now: Millis,
  steppedAt: Millis | null,
): { readonly value: PointValue; readonly steps: boolean } | { readonly wait: Millis } {
  const { value } = wish;
  const reported = heard(state, wish.point);
  const free = { value, steps: false };
  if (wish.legal || wish.point !== "setpoint" || state.device.kind !== "ac" || typeof value !== "number" || typeof reported !== "number") return free;
  const mode = state.points.get("mode")?.value;
  const warmer = value - reported;
  // Where the mode does not say which way comfort lies (automatic, or unknown), both ways may lead away from it.
  if ((mode === "heat" && warmer >= 0) || (mode === "cool" && warmer <= 0)) return free;
  if (steppedAt !== null && now < steppedAt + COMFORT_EVERY_MS) return { wait: steppedAt + COMFORT_EVERY_MS };
  return { value: Math.abs(warmer) <= COMFORT_STEP ? value : reported + Math.sign(warmer) * COMFORT_STEP, steps: true };
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
  playShadow(turn, state);
  const known = house.memories.get(state.device.id);
  if (known !== undefined && known.yieldedUntil !== 0 && known.yieldedUntil <= now) endYielding(turn, state, known);
  settleOwed(known, state, now);
  const settled = settle(wishesFor(house, state, now));
  const active = known?.active == null ? undefined : house.commands.get(known.active);
  const automatic = active !== undefined && (active.source === "policy" || active.source === "override");
  if (settled.length === 0) {
    if (automatic) cancelCommand(turn, active, "no-longer-wanted");
    return;
  }
  const open = settled.filter((w) => !fulfils(w.value, heard(state, w.point), null));
  if (open.length === 0) {
    // All is as it is wanted, and what is on its way would change that.
    if (automatic && !Object.entries(active.set).every(([point, value]) => settled.some((w) => w.point === point && w.value === value)))
      cancelCommand(turn, active, "superseded");
    return;
  }
  const leader = open.reduce((a, b) => (b.rank > a.rank ? b : a));
  const memory = memoryOf(house, state.device.id);
  const set: Record<string, PointValue> = {};
  let wait: Millis | null = null;
  let steps = false;
  for (const w of open) {
    const next = comfortStep(state, w, now, memory.steppedAt);
    if ("wait" in next) wait = next.wait;
    else {
      set[w.point] = next.value;
      steps ||= next.steps;
    }
  }
  if (active !== undefined) {
    // A command that followed and waits for its proof gives way to somebody else's wish only.
    if (active.state === "reported" ? active.by === leader.by : (active.source === "person" && leader.source === "policy") || sameSet(active.set, set)) return;
    // A step that is under way goes on; the wish that is being approached has not changed.
    if (wait !== null && Object.keys(set).length === 0) return;
  }
  if (Object.keys(set).length === 0) {
    if (wait !== null) waitUntil(turn, state, memory, wait);
    return;
  }
  if (active !== undefined) supersedeCommand(turn, active);
  const held =
    holdBack(house, state, now, leader.source === "override" ? leader.by : null) ?? gate(house, state, set, now) ?? insist(turn, state, memory, leader, set);
  if (held !== null) {
    if (held.until !== null) waitUntil(turn, state, memory, held.until);
    return;
  }
  if (steps) memory.steppedAt = now;
  noteRate(house, memory, now);
  planCommand(turn, { device: state, set, source: leader.source, by: leader.by, finding: leader.finding, reason: leader.reason, effect: leader.effect });
}

function waitUntil(turn: Turn, state: DeviceState, memory: CommandMemory, until: Millis): void {
  if (memory.wake !== null && memory.wake > turn.now && memory.wake <= until) return;
  memory.wake = until;
  schedule(turn, until, { kind: "act", device: state.device.id });
}

function noteRate(house: House, memory: CommandMemory, now: Millis): void {
  notePlanned(memory, now);
  const second = Math.floor(now / 1000);
  if (house.pulse.second !== second) {
    house.pulse.second = second;
    house.pulse.commands = 0;
  }
  house.pulse.commands++;
}

/** What was done for the same wish is not so any more: somebody undid it. After a few times the house gives way, and names the conflict. */
function insist(turn: Turn, state: DeviceState, memory: CommandMemory, leader: Wish, set: Readonly<Record<string, PointValue>>): Hold | null {
  const { now } = turn;
  const done = memory.fulfilled;
  // What a device does right after it came back (a power cut, a restart) is no person's doing.
  if (done === null || (state.returnedAt !== null && state.returnedAt >= done.at)) return null;
  if (!isUndone(memory, leader.by, set, (point) => heard(state, point))) return null;
  memory.insisted = [...memory.insisted.filter((at) => at > now - INSIST_WITHIN_MS), now];
  if (memory.insisted.length < INSISTS) return null;
  memory.yieldedUntil = now + YIELDS_MS;
  memory.yieldedTo = leader.by;
  const times = memory.insisted.length;
  memory.insisted = [];
  const { point } = leader;
  raiseAlert(turn, {
    kind: "device",
    key: `conflict ${state.device.id} ${now}`,
    severity: "medium",
    title: "conflict.undone",
    evidence: { by: leader.by, point, wanted: String(leader.value), reported: String(heard(state, point) ?? ""), times, untilAt: memory.yieldedUntil },
    device: state.device.id,
    finding: leader.finding,
    command: null,
  });
  return { why: "yielded", until: memory.yieldedUntil, forever: false };
}

function endYielding(turn: Turn, state: DeviceState, memory: CommandMemory): void {
  memory.yieldedUntil = 0;
  memory.yieldedTo = null;
  memory.fulfilled = null;
  for (const a of turn.house.alerts.values())
    if (a.title === "conflict.undone" && a.device === state.device.id && a.clearedAt === null) clearAlert(turn, a.id, "tries-again", false);
}

/** Keeps with each finding in shadow what would have been sent for it, once: the same arbitration, played with the shadow's wishes. */
function playShadow(turn: Turn, state: DeviceState): void {
  const { house, now } = turn;
  let playing = false;
  for (const s of state.open) {
    const f = s.finding === null ? undefined : house.findings.get(s.finding);
    if (f !== undefined && f.mode === "shadow" && f.would === null && f.actAt !== null && f.actAt <= now) playing = true;
  }
  if (!playing) return;
  const open = settle(wishesFor(house, state, now, true)).filter((w) => !fulfils(w.value, heard(state, w.point), null));
  for (const wish of open) {
    const finding = wish.finding === null ? undefined : house.findings.get(wish.finding);
    if (finding === undefined || finding.mode !== "shadow" || finding.would !== null) continue;
    const set = Object.fromEntries(open.filter((w) => w.finding === wish.finding).map((w) => [w.point, w.value]));
    const held = holdBack(house, state, now) ?? gate(house, state, set, now);
    record(turn, { ...finding, would: { set, at: now, held: held?.why ?? null } }, "would");
  }
}

function heard(state: DeviceState, point: string): PointValue | undefined {
  const p = state.points.get(point);
  return p === undefined || p.quality === "bad" ? undefined : p.value;
}

function sameSet(a: Readonly<Record<string, PointValue>>, b: Readonly<Record<string, PointValue>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
}
