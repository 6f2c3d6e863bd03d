/** The life of a command: planned → sent → accepted → reported → proven, or refused, ignored, gave-up, canceled. */
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import { pointDefinition } from "./device.ts";
import type { Command, CommandSource, CommandState } from "./finding.ts";
import type { CommandMemory, DeviceState, House } from "./house.ts";
import { jobKey } from "./house.ts";
import { NO_FLOW } from "./flow-trend.ts";
import { keyOf } from "./key.ts";
import type { Effect } from "./policy.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { schedule } from "./turn.ts";
import { isFresh } from "./view.ts";

/** Seconds to wait for an answer after each attempt; when they are used up the command has failed. */
export const ANSWER_SECONDS = [5, 10, 20, 40] as const;
/** Seconds that the effect may take to show after the device reported the wanted state. */
export const PROOF_SECONDS = 180;
/** A room shows within half an hour that its air conditioner stopped: its temperature moves by half a degree. */
const ROOM_SECONDS = 1800;
const ROOM_MOVES = 0.5;
/** After a failed command the wish is left alone for so long, doubling with each failure in a row, up to four hours. */
const RETRY_WISH_SECONDS = 600;
const LONGEST_RETRY_SECONDS = 4 * 3600;

function memoryKey(device: DeviceId, set: Readonly<Record<string, PointValue>>): string {
  return typeof set["job"] === "string" ? jobKey(device, set["job"]) : device;
}

/** How many switchings are remembered for compressor protection. */
const SWITCHINGS_KEPT = 6;

/** Remembers that a compressor was switched on or off. */
export function noteSwitching(house: House, device: DeviceId, at: Millis): void {
  const { switchings } = memoryOf(house, device);
  switchings.push(at);
  if (switchings.length > SWITCHINGS_KEPT) switchings.shift();
}

export function memoryOf(house: House, key: string): CommandMemory {
  let memory = house.memories.get(key);
  if (memory === undefined) {
    memory = {
      active: null,
      failures: 0,
      notBefore: 0,
      switchings: [],
      wake: null,
      released: false,
      planned: [],
      steppedAt: null,
      fulfilled: null,
      insisted: [],
      yieldedUntil: 0,
    };
    house.memories.set(key, memory);
  }
  return memory;
}

/** Whether a reported value fulfils a wanted one: equal, or for numbers moved from `before` to it or past it. */
export function fulfils(wanted: PointValue, reported: PointValue | undefined, before: PointValue | null | undefined): boolean {
  if (reported === undefined) return false;
  if (typeof wanted !== "number" || typeof reported !== "number") return wanted === reported;
  if (Math.abs(wanted - reported) < 0.05) return true;
  if (typeof before !== "number") return false;
  return before < wanted ? reported > wanted : before > wanted && reported < wanted;
}

export interface Plan {
  readonly device: DeviceState;
  readonly set: Readonly<Record<string, PointValue>>;
  readonly source: CommandSource;
  readonly by: string;
  readonly finding: string | null;
  readonly reason: string;
  readonly effect?: Effect | null;
}

/** Plans a command and puts it on the wire in the same turn. The caller has asked the gate. */
export function planCommand(turn: Turn, plan: Plan): Command {
  const { house, now } = turn;
  const memory = memoryOf(house, memoryKey(plan.device.device.id, plan.set));
  const before: Record<string, PointValue | null> = {};
  for (const point of Object.keys(plan.set)) if (point !== "job" && point !== "release") before[point] = plan.device.points.get(point)?.value ?? null;
  // Where nothing else measures it, the room's temperature must show that an open-loop unit stopped.
  if (plan.device.device.openLoop === true) before["temperature"] = plan.device.points.get("temperature")?.value ?? null;
  const command: Command = {
    id: keyOf("command", plan.device.device.id, plan.by, plan.finding, JSON.stringify(plan.set), now),
    device: plan.device.device.id,
    set: plan.set,
    source: plan.source,
    by: plan.by,
    finding: plan.finding,
    state: "planned",
    reason: plan.reason,
    attempts: 0,
    plannedAt: now,
    endedAt: null,
    before,
    proof: null,
    effect: plan.effect ?? null,
    error: null,
    steps: [{ state: "planned", at: now, note: null }],
  };
  memory.active = command.id;
  memory.released = plan.set["release"] === true;
  const finding = plan.finding === null ? undefined : house.findings.get(plan.finding);
  if (finding !== undefined) {
    const linked = { ...finding, command: command.id };
    house.findings.set(finding.id, linked);
    turn.decisions.push({ kind: "finding", finding: linked, why: "commanded" });
  }
  keep(turn, command, "planned");
  send(turn, command);
  return command;
}

function send(turn: Turn, command: Command): void {
  const tried = { ...command, attempts: command.attempts + 1 };
  keep(turn, tried, "attempt");
  turn.decisions.push({ kind: "send", command: tried });
  const wait = ANSWER_SECONDS[Math.min(tried.attempts, ANSWER_SECONDS.length) - 1]!;
  schedule(turn, turn.now + wait * 1000, { kind: "command", command: command.id });
}

/** The transport took it (or could not: then the next attempt comes with its timer). */
export function commandSent(turn: Turn, id: string, ok: boolean, error: string | null): void {
  const command = turn.house.commands.get(id);
  if (command === undefined) return;
  if (!ok) keep(turn, { ...command, error }, "not-sent");
  else if (command.state === "planned") advance(turn, command, "sent", null);
}

/** The device's own answer on its `ack` topic. */
export function commandAnswered(turn: Turn, device: DeviceId, id: string, accepted: boolean, error: string | null): void {
  const command = turn.house.commands.get(id);
  if (command === undefined || command.device !== device) return;
  if (!accepted) end(turn, { ...command, error: error ?? "refused without a reason" }, "refused", error);
  else if (command.state === "planned" || command.state === "sent") advance(turn, command, "accepted", null);
}

/** After a report: does the device now say what was wanted, and does a measurement prove it? */
export function checkCommand(turn: Turn, state: DeviceState): void {
  const { house } = turn;
  const id = house.memories.get(state.device.id)?.active;
  let command = id === null || id === undefined ? undefined : house.commands.get(id);
  if (command === undefined) return;
  if (command.state !== "reported") {
    for (const point of Object.keys(command.set)) {
      const heard = state.points.get(point);
      // A value that the device said before it was asked is no answer. One that never says the point (a copier that only
      // tells its power) answers by the effect.
      const unheard = heard === undefined && proofOf(house, state, command, turn.now) !== null;
      if (!unheard && (heard === undefined || heard.quality === "bad" || !fulfils(command.set[point]!, heard.value, command.before[point]))) return;
    }
    command = advance(turn, command, "reported", null);
    schedule(turn, turn.now + proofSeconds(house, state, command) * 1000, { kind: "command", command: command.id });
  }
  const proof = proofOf(house, state, command, turn.now);
  if (proof !== null) end(turn, { ...command, proof }, "proven", null);
}

/** Which measurement shows the effect of a command: the policy's own, else power for a switch-off, flow for a valve, the room for an open loop. */
type Measure =
  | { readonly kind: "effect"; readonly effect: Effect }
  | { readonly kind: "at-most"; readonly point: "power" | "flow"; readonly limit: number; readonly meter: DeviceState }
  | { readonly kind: "room"; readonly before: number; readonly rises: boolean }
  /** Nothing measures it: the report is the best proof there is, or for an open loop no proof at all. */
  | { readonly kind: "report" }
  | { readonly kind: "none" };

function measureOf(house: House, state: DeviceState, command: Command): Measure {
  const { set, before } = command;
  const { device, points } = state;
  if (command.effect != null) return { kind: "effect", effect: command.effect };
  const off = set["on"] === false || set["mode"] === "off";
  if (off) {
    if (points.has("power")) return { kind: "at-most", point: "power", limit: device.standby, meter: state };
    const meter = device.meter == null ? undefined : house.devices.get(device.meter);
    if (meter?.points.has("power") === true) return { kind: "at-most", point: "power", limit: device.standby, meter };
  } else if (set["valve"] === "closed" && points.has("flow")) return { kind: "at-most", point: "flow", limit: NO_FLOW, meter: state };
  if (device.openLoop !== true) return { kind: "report" };
  const temperature = before["temperature"];
  const mode = points.get("mode")?.value;
  if (off && typeof temperature === "number" && (mode === "cool" || mode === "heat")) return { kind: "room", before: temperature, rises: mode === "cool" };
  return { kind: "none" };
}

function proofSeconds(house: House, state: DeviceState, command: Command): number {
  const measure = measureOf(house, state, command);
  return measure.kind === "effect" ? measure.effect.seconds : measure.kind === "room" ? ROOM_SECONDS : PROOF_SECONDS;
}

/** The measurement that shows the effect, taken after the command was planned; null while there is none. */
function proofOf(house: House, state: DeviceState, command: Command, now: Millis): Command["proof"] {
  const measure = measureOf(house, state, command);
  const since = (of: DeviceState, name: string): { readonly value: number; readonly at: Millis } | null => {
    const p = of.points.get(name);
    return p === undefined || p.received < command.plannedAt || p.quality === "bad" || typeof p.value !== "number" ? null : { value: p.value, at: p.at };
  };
  switch (measure.kind) {
    case "effect": {
      const { point, from, to } = measure.effect;
      const p = since(state, point);
      return p !== null && p.value >= from && p.value <= to ? { point, ...p } : null;
    }
    case "at-most": {
      const { point, limit, meter } = measure;
      // A measurement that fell silent proves nothing any more: what the device itself says is then the best there is.
      if (!isFresh(meter, now) && meter === state) return reportOf(state, command);
      const p = since(meter, point);
      return p !== null && p.value <= limit ? (meter === state ? { point, ...p } : { point, ...p, device: meter.device.id }) : null;
    }
    case "room": {
      const p = since(state, "temperature");
      const moved = p === null ? 0 : measure.rises ? p.value - measure.before : measure.before - p.value;
      return p !== null && moved >= ROOM_MOVES ? { point: "temperature", ...p } : null;
    }
    case "report":
      return reportOf(state, command);
    case "none":
      return null;
  }
}

/** The device's own word about what was asked. */
function reportOf(state: DeviceState, command: Command): Command["proof"] {
  const point = Object.keys(command.set)[0]!;
  const reported = state.points.get(point);
  return reported === undefined ? null : { point, value: reported.value, at: reported.at };
}

/** A job's end is the proof of its release or refusal. */
export function jobEnded(turn: Turn, device: DeviceId, job: string, state: "completed" | "canceled", at: Millis): void {
  const id = turn.house.memories.get(jobKey(device, job))?.active;
  const command = id === null || id === undefined ? undefined : turn.house.commands.get(id);
  turn.house.memories.delete(jobKey(device, job));
  if (command === undefined) return;
  const wanted = command.set["release"] === true ? "completed" : "canceled";
  const reported = advance(turn, command, "reported", state);
  if (state === wanted) end(turn, { ...reported, proof: { point: "job", value: state, at } }, "proven", null);
  else end(turn, { ...reported, error: `the job was ${state}` }, "gave-up", state);
}

/** A command's time is up: ask again, or say honestly how it failed. */
export function commandDue(turn: Turn, id: string): void {
  const command = turn.house.commands.get(id);
  if (command === undefined) return;
  if (command.state === "reported") {
    const { house } = turn;
    const state = house.devices.get(command.device);
    const reportedAt = command.steps.findLast((s) => s.state === "reported")!.at;
    const wait = state === undefined ? PROOF_SECONDS : proofSeconds(house, state, command);
    if (turn.now < reportedAt + wait * 1000) return;
    // An open loop that nothing measures stays what it is: reported, not proven, and nobody need come.
    if (state !== undefined && measureOf(house, state, command).kind === "none") end(turn, command, "reported", "nothing-measures-it");
    else end(turn, { ...command, error: "reported as wanted, but its measurement does not show it" }, "gave-up", "no-effect");
    return;
  }
  if (turn.now < command.plannedAt + patience(command.attempts)) return;
  if (command.attempts < ANSWER_SECONDS.length) send(turn, command);
  else if (command.state === "accepted") end(turn, { ...command, error: "accepted, but never reported as wanted" }, "gave-up", "not-reported");
  else end(turn, { ...command, error: command.error ?? "no answer" }, "ignored", null);
}

/** The wish is gone, or a stronger one took its place. A command that was already fulfilled is left to be proven. */
export function cancelCommand(turn: Turn, command: Command, why: string): void {
  if (command.state !== "reported") end(turn, command, "canceled", why);
}

/** Takes a restored command up again where it stood. */
export function resumeCommand(house: House, command: Command, now: Millis): void {
  const memory = memoryOf(house, memoryKey(command.device, command.set));
  memory.active = command.id;
  memory.released = command.set["release"] === true;
  house.commands.set(command.id, command);
  const reportedAt = command.steps.findLast((s) => s.state === "reported")?.at;
  const state = house.devices.get(command.device);
  const wait = state === undefined ? PROOF_SECONDS : proofSeconds(house, state, command);
  const due = reportedAt !== undefined ? reportedAt + wait * 1000 : command.plannedAt + patience(command.attempts);
  house.timers.add(Math.max(now, due), { kind: "command", command: command.id });
}

/** How long after its planning so many attempts may take, in ms. */
function patience(attempts: number): Millis {
  return ANSWER_SECONDS.slice(0, attempts).reduce((sum, s) => sum + s, 0) * 1000;
}

function advance(turn: Turn, command: Command, state: CommandState, note: string | null): Command {
  // A device may answer before the broker has confirmed our own message; that it was sent is then beyond doubt.
  const sent = command.state === "planned" && state !== "sent" ? [{ state: "sent" as const, at: turn.now, note: null }] : [];
  const next: Command = { ...command, state, steps: [...command.steps, ...sent, { state, at: turn.now, note }] };
  keep(turn, next, state);
  return next;
}

function end(turn: Turn, command: Command, state: CommandState, note: string | null): void {
  const { house, now } = turn;
  const ended: Command = { ...command, state, endedAt: now, steps: [...command.steps, { state, at: now, note }] };
  house.commands.delete(command.id);
  turn.decisions.push({ kind: "command", command: ended, why: state });
  const memory = memoryOf(house, memoryKey(command.device, command.set));
  if (memory.active === command.id) memory.active = null;
  const standing = [...house.alerts.values()].find((a) => a.kind === "command" && a.device === command.device);
  if (state === "proven") {
    memory.failures = 0;
    memory.notBefore = 0;
    memory.fulfilled = { what: `${command.by} ${describe(command.set)}`, at: now };
    if (standing !== undefined) clearAlert(turn, standing.id, "proven", false);
  } else if (state !== "canceled" && state !== "reported") {
    memory.failures++;
    memory.notBefore = now + Math.min(RETRY_WISH_SECONDS * 2 ** (memory.failures - 1), LONGEST_RETRY_SECONDS) * 1000;
    if (standing === undefined) {
      const power = measuredPower(house, command.device);
      raiseAlert(turn, {
        kind: "command",
        key: command.id,
        severity: "high",
        title: note === "no-effect" ? "command.no-effect" : `command.${state}`,
        evidence: {
          set: describe(command.set),
          error: ended.error,
          attempts: command.attempts,
          power,
          cnyPerHour: power === null ? null : burns(house, power),
          by: command.by,
        },
        device: command.device,
        finding: command.finding,
        command: command.id,
      });
    }
  }
  turn.toAct.add(command.device);
}

/** W that a device draws by its own meter or the one that measures it; null where nothing does. */
export function measuredPower(house: House, id: DeviceId): number | null {
  const state = house.devices.get(id);
  const own = state?.points.get("power") ?? (state?.device.meter == null ? undefined : house.devices.get(state.device.meter)?.points.get("power"));
  return typeof own?.value === "number" ? own.value : null;
}

/** CNY an hour that so many W cost by the site's tariff. */
function burns(house: House, power: number): number {
  const price = house.site.tariffs.find((t) => t.quantity === "electricity")?.price ?? 0;
  return Math.round(((power / 1000) * price + Number.EPSILON) * 100) / 100;
}

function keep(turn: Turn, command: Command, why: string): void {
  turn.house.commands.set(command.id, command);
  turn.decisions.push({ kind: "command", command, why });
}

export function describe(set: Readonly<Record<string, PointValue>>): string {
  return Object.entries(set)
    .map(([point, value]) => `${point}=${String(value)}`)
    .join(" ");
}

/** Whether a kind of device takes these values; the answer names what is wrong. */
export function checkSet(state: DeviceState, set: Readonly<Record<string, PointValue>>): string | null {
  const entries = Object.entries(set);
  if (entries.length === 0) return "Name at least one point to set.";
  for (const [point, value] of entries) {
    const definition = pointDefinition(state.device.kind, point);
    if (definition?.writable !== true) return `'${point}' of ${state.device.id} cannot be commanded.`;
    if (definition.type === "boolean" && typeof value !== "boolean") return `'${point}' takes true or false.`;
    if (definition.type === "enum" && !definition.values!.includes(value as string)) return `'${point}' takes one of ${definition.values!.join(", ")}.`;
    if (definition.type === "number" && (typeof value !== "number" || !Number.isFinite(value) || value < definition.min! || value > definition.max!)) {
      return `'${point}' takes ${definition.min} to ${definition.max} ${definition.unit}.`;
    }
  }
  return null;
}
