/** The life of a command: planned → sent → accepted → reported → proven, or refused, ignored, gave-up, canceled. */
import { priceNow } from "./account/price.ts";
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import type { Short } from "./amends.ts";
import { amendsFor, GIVEN_BACK, noteShort } from "./amends.ts";
import { pointDefinition } from "./device.ts";
import { fulfils, memoryKey, memoryOf, noteAsked, noteFailure, stops } from "./command-memory.ts";
import type { Command, CommandSource, CommandState } from "./finding.ts";
import type { DeviceState, House } from "./house.ts";
import { jobKey, protectionOf } from "./house.ts";
import { keyOf } from "./key.ts";
import type { Effect } from "./policy.ts";
import { measuredPower, PROOF_SECONDS, proofOf, proofSeconds, stayOf, unproven } from "./proof.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { schedule } from "./turn.ts";

/** Seconds to wait for an answer after each attempt; when they are used up the command has failed. */
export const ANSWER_SECONDS = [5, 10, 20, 40] as const;
/** One that sleeps between its own messages is asked again once, after so many times the longest it may sleep. */
const SLEEPER_PATIENCE = 1.5;
const SLEEPER_ATTEMPTS = 2;

/** How long a job that its copier took may wait for paper, for others before it, and print. */
const JOB_ENDS_MS = 2 * 3_600_000;

/** Seconds to wait for the answer to one attempt (counted from 1). */
function answerSeconds(state: DeviceState | undefined, attempt: number): number {
  const usual = ANSWER_SECONDS[Math.min(attempt, ANSWER_SECONDS.length) - 1]!;
  return Math.max(usual, (state?.device.wakes ?? 0) * SLEEPER_PATIENCE);
}

function attemptsOf(state: DeviceState | undefined): number {
  return state?.device.wakes === undefined ? ANSWER_SECONDS.length : SLEEPER_ATTEMPTS;
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
  // Whoever else asks something of the device has the say from now on.
  if (memory.owed !== null && plan.reason !== GIVEN_BACK) memory.owed = null;
  watchFor(house, command);
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
  noteAsked(turn.house, tried, turn.now);
  const wait = answerSeconds(turn.house.devices.get(command.device), tried.attempts);
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
  const memory = house.memories.get(state.device.id);
  let command = memory?.active == null ? undefined : house.commands.get(memory.active);
  if (memory === undefined || command === undefined) return;
  if (command.state === "reported") {
    // It followed, and somebody undid it before its effect could be measured: that is no failure of the device.
    const done = command;
    if (Object.keys(done.set).some((point) => isHeard(state, point) && !says(state, done, point))) return end(turn, done, "canceled", "undone");
  } else {
    const asked = command;
    const answered = Object.keys(asked.set).every((point) => {
      const heard = state.points.get(point);
      // One that never says the point (a copier that only tells its power) answers by the effect; what it said before it was asked is no answer.
      return heard === undefined
        ? proofOf(house, state, asked) !== null
        : heard.received >= asked.plannedAt && heard.quality !== "bad" && says(state, asked, point);
    });
    if (!answered) return;
    command = advance(turn, command, "reported", null);
    memory.fulfilled = { by: command.by, set: command.set, before: command.before, at: turn.now };
    schedule(turn, turn.now + proofSeconds(house, state, command) * 1000, { kind: "command", command: command.id });
  }
  prove(turn, state, command);
}

/** Ends a command that was reported as far as can be told now. */
function prove(turn: Turn, state: DeviceState, command: Command): "ended" | "open" | { readonly until: Millis } {
  const stay = stayOf(turn.house, state, command, reportedAtOf(command), turn.now);
  if (stay.kind === "falls-short") {
    fallShort(turn, state, command, stay.measured);
    return "ended";
  }
  const proof = proofOf(turn.house, state, command);
  if (proof === null) return "open";
  if (stay.kind === "waits") return stay;
  if (stay.kind === "not-measured") end(turn, command, "reported", "not-measured");
  else end(turn, { ...command, proof, ...(stay.kind === "stays" ? { stayed: stay.measured } : {}) }, "proven", null);
  return "ended";
}

/** It did as it was asked, and that was too much: no failure of the device, and no proof. Its policy gives back what it took. */
function fallShort(turn: Turn, state: DeviceState, command: Command, measured: Short): void {
  const short = amendsFor(turn.house, state, command, measured, turn.now);
  if (short === null) return end(turn, { ...command, error: "reported as wanted, but its measurement does not show it" }, "gave-up", "no-effect");
  const fallen: Command = { ...command, short };
  end(turn, fallen, "reported", "fell-short");
  noteShort(memoryOf(turn.house, command.device), fallen, turn.now);
}

function reportedAtOf(command: Command): Millis {
  return command.steps.findLast((s) => s.state === "reported")!.at;
}

/** The device that measures its effect is listened to while it is under way. */
function watchFor(house: House, { effect, device }: Command): void {
  if (effect?.device === undefined) return;
  house.watchedFor.set(effect.device, (house.watchedFor.get(effect.device) ?? new Set()).add(device));
}

function isHeard(state: DeviceState, point: string): boolean {
  const heard = state.points.get(point);
  return heard !== undefined && heard.quality !== "bad";
}

/** Whether the device's last word about a point is what was asked. */
function says(state: DeviceState, command: Command, point: string): boolean {
  return isHeard(state, point) && fulfils(command.set[point]!, state.points.get(point)!.value, command.before[point]);
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
  const { house, now } = turn;
  const command = house.commands.get(id);
  if (command === undefined) return;
  const state = house.devices.get(command.device);
  if (command.state === "reported") return state === undefined ? end(turn, command, "reported", "nothing-measures-it") : proofDue(turn, state, command);
  if (now < command.plannedAt + patience(state, command.attempts)) return;
  const stopped = state === undefined ? null : mayNotGoOn(house, state, command);
  if (stopped !== null) end(turn, command, "canceled", stopped);
  else if (command.attempts < attemptsOf(state)) send(turn, command);
  // It was so before it was asked, and it says nothing new about it: no failure, and no proof.
  else if (state !== undefined && Object.keys(command.set).every((point) => says(state, command, point))) end(turn, command, "reported", "was-so");
  // A queue that took a job prints it in its own time; the job's end is what is waited for.
  else if (command.state === "accepted" && "job" in command.set && now < command.plannedAt + JOB_ENDS_MS)
    schedule(turn, command.plannedAt + JOB_ENDS_MS, { kind: "command", command: id });
  else if (command.state === "accepted") end(turn, { ...command, error: "accepted, but never reported as wanted" }, "gave-up", "not-reported");
  else end(turn, { ...command, error: command.error ?? "no answer" }, "ignored", null);
}

/** What speaks against asking once more, where it did not when the command was planned. */
function mayNotGoOn(house: House, state: DeviceState, command: Command): string | null {
  if (!house.pulse.leads) return "another-server";
  if (protectionOf(house, state.device) !== null) return "protected";
  // What it cannot hear is no failure of its own; the wish is planned anew when it is back.
  const automatic = command.source === "policy" || command.source === "override";
  return automatic && state.available === false ? "offline" : null;
}

function proofDue(turn: Turn, state: DeviceState, command: Command): void {
  const proved = prove(turn, state, command);
  if (proved === "ended") return;
  if (proved !== "open") return schedule(turn, proved.until, { kind: "command", command: command.id });
  const reportedAt = reportedAtOf(command);
  const outcome = unproven(turn.house, state, command, reportedAt, turn.now);
  switch (outcome.kind) {
    case "waits":
      return schedule(turn, outcome.until, { kind: "command", command: command.id });
    // An open loop that nothing measures stays what it is: reported, not proven, and nobody need come.
    case "nothing-measures":
      return end(turn, command, "reported", "nothing-measures-it");
    case "not-measured":
      return end(turn, command, "reported", "not-measured");
    case "shows-otherwise":
      return end(turn, { ...command, error: "reported as wanted, but its measurement does not show it" }, "gave-up", "no-effect");
  }
}

/** The wish is gone, or a stronger one took its place. A command that was already fulfilled is left to be proven. */
export function cancelCommand(turn: Turn, command: Command, why: string): void {
  if (command.state !== "reported") end(turn, command, "canceled", why);
}

/** Another command takes its place, whatever it had come to: what it was to show is wanted by nobody any more. */
export function supersedeCommand(turn: Turn, command: Command): void {
  end(turn, command, "canceled", "superseded");
}

/** Takes a restored command up again where it stood. */
export function resumeCommand(house: House, command: Command, now: Millis): void {
  const memory = memoryOf(house, memoryKey(command.device, command.set));
  memory.active = command.id;
  memory.released = command.set["release"] === true;
  house.commands.set(command.id, command);
  watchFor(house, command);
  const reportedAt = command.steps.findLast((s) => s.state === "reported")?.at;
  const state = house.devices.get(command.device);
  const wait = state === undefined ? PROOF_SECONDS : proofSeconds(house, state, command);
  const due = reportedAt !== undefined ? reportedAt + wait * 1000 : command.plannedAt + patience(state, command.attempts);
  house.timers.add(Math.max(now, due), { kind: "command", command: command.id });
}

/** How long after its planning so many attempts may take, in ms. */
function patience(state: DeviceState | undefined, attempts: number): Millis {
  let seconds = 0;
  for (let n = 1; n <= attempts; n++) seconds += answerSeconds(state, n);
  return seconds * 1000;
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
  if (command.effect?.device !== undefined) house.watchedFor.get(command.effect.device)?.delete(command.device);
  const standing = [...house.alerts.values()].find((a) => a.kind === "command" && a.device === command.device);
  if (state === "proven") {
    memory.failures = 0;
    memory.notBefore = 0;
    if (memory.spared?.by === command.by && command.reason !== GIVEN_BACK) memory.spared = null;
    if (standing !== undefined) clearAlert(turn, standing.id, "proven", false);
  } else if (state !== "canceled" && state !== "reported") {
    noteFailure(memory, command.by, now);
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
          cnyPerHour: power === null || !stops(command.set) ? null : burns(house, power, turn.now),
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

/** CNY an hour that so many W cost now. */
function burns(house: House, power: number, now: Millis): number {
  return Math.round(((power / 1000) * priceNow(house, "electricity", now) + Number.EPSILON) * 100) / 100;
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
