/** What is remembered of a device that was commanded: its failures, how often it was asked, who undid what, and when its compressor last stopped. */
import type { Command } from "./finding.ts";
import type { CommandMemory, DeviceState, House } from "./house.ts";
import { jobKey } from "./house.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";

const HOUR_MS = 3_600_000;
/** How many switchings are remembered for compressor protection. */
const SWITCHINGS_KEPT = 6;
/** After a failed command the wish is left alone for so long, doubling with each failure in a row, up to four hours. */
const RETRY_WISH_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 4 * HOUR_MS;
/** Stubbornness is counted over so long. */
export const INSIST_WITHIN_MS = 2 * HOUR_MS;
/** Commands from so long before a restart still count: six failures in a row, the longest retry among them. */
export const REMEMBERED_MS = 12 * HOUR_MS;
/** The last attempt of a command is made 35 s after its planning and may be heard 40 s later: until then it may still stop a compressor. */
const ASKED_FOR_MS = 75_000;

type Values = Readonly<Record<string, PointValue>>;

export function memoryKey(device: DeviceId, set: Values): string {
  return typeof set["job"] === "string" ? jobKey(device, set["job"]) : device;
}

export function memoryOf(house: House, key: string): CommandMemory {
  let memory = house.memories.get(key);
  if (memory === undefined) {
    memory = {
      active: null,
      failures: 0,
      notBefore: 0,
      failedBy: null,
      switchings: [],
      stoppedAt: null,
      wake: null,
      released: false,
      planned: [],
      steppedAt: null,
      fulfilled: null,
      insisted: [],
      yieldedUntil: 0,
      yieldedTo: null,
      owed: null,
      spared: null,
    };
    house.memories.set(key, memory);
  }
  return memory;
}

/** Whether an air conditioner runs by its own word; null while it never said. */
export function runs(state: DeviceState): boolean | null {
  const on = state.points.get("on")?.value;
  const mode = state.points.get("mode")?.value;
  if (on === false || mode === "off") return false;
  return on === true || typeof mode === "string" ? true : null;
}

/** Whether values stop a machine, or may start it. */
export function stops(set: Values): boolean {
  return set["on"] === false || set["mode"] === "off";
}
export function starts(set: Values): boolean {
  return !stops(set) && (set["on"] === true || typeof set["mode"] === "string");
}

/** Remembers that a compressor was switched on or off. `at` is when we heard of it: never earlier than it was, so that its rest is never cut short. */
export function noteSwitching(house: House, device: DeviceId, at: Millis, running: boolean): void {
  const memory = memoryOf(house, device);
  memory.switchings.push(at);
  if (memory.switchings.length > SWITCHINGS_KEPT) memory.switchings.shift();
  if (!running) memory.stoppedAt = Math.max(memory.stoppedAt ?? 0, at);
}

/** A command that stops a compressor is with the device from now on: whether it obeys is heard later, its rest begins at once. */
export function noteAsked(house: House, command: Command, at: Millis): void {
  if (!stops(command.set)) return;
  const memory = memoryOf(house, command.device);
  memory.stoppedAt = Math.max(memory.stoppedAt ?? 0, at);
}

/** Remembers a failed command: its wish is left alone for a while. */
export function noteFailure(memory: CommandMemory, by: string, now: Millis): void {
  memory.failures++;
  memory.failedBy = by;
  memory.notBefore = now + Math.min(RETRY_WISH_MS * 2 ** (memory.failures - 1), LONGEST_RETRY_MS);
}

/** A device that came back is asked again at once: what it did not hear while it was away is no failure of its own. */
export function forgiveFailures(house: House, device: DeviceId): void {
  const jobs = [...(house.devices.get(device)?.jobs.keys() ?? [])].map((job) => jobKey(device, job));
  for (const key of [device, ...jobs]) {
    const memory = house.memories.get(key);
    if (memory !== undefined) memory.notBefore = 0;
  }
}

/** Remembers that a command was planned for a wish that no person gave, for the limit of an hour. */
export function notePlanned(memory: CommandMemory, now: Millis): void {
  memory.planned.push(now);
  while (memory.planned[0]! < now - HOUR_MS) memory.planned.shift();
}

/** Whether a reported value fulfils a wanted one: equal, or for numbers moved from `before` to it or past it. */
export function fulfils(wanted: PointValue, reported: PointValue | undefined, before: PointValue | null | undefined): boolean {
  if (reported === undefined) return false;
  if (typeof wanted !== "number" || typeof reported !== "number") return wanted === reported;
  if (Math.abs(wanted - reported) < 0.05) return true;
  if (typeof before !== "number") return false;
  return before < wanted ? reported > wanted : before > wanted && reported < wanted;
}

/** Whether what the device last did for a wish is not so any more: somebody undid it. `read` says what stands now. */
export function isUndone(memory: CommandMemory, by: string, set: Values, read: (point: string) => PointValue | undefined): boolean {
  const done = memory.fulfilled;
  if (done === null || done.by !== by) return false;
  return Object.keys(done.set).some((point) => point in set && read(point) !== undefined && !fulfils(done.set[point]!, read(point), done.before[point]));
}

/**
 * Puts back, after a restart, what the commands of the last hours taught, oldest first: limits, back-off, comfort steps and
 * stubbornness do not begin anew because the server did.
 */
export function recallCommand(house: House, command: Command, now: Millis): void {
  if ("job" in command.set) return;
  const { by, set, before, plannedAt, endedAt } = command;
  const memory = memoryOf(house, command.device);
  if (command.source === "policy" || command.source === "override") {
    if (plannedAt > now - HOUR_MS) memory.planned.push(plannedAt);
    if (plannedAt > now - INSIST_WITHIN_MS && isUndone(memory, by, set, (point) => before[point] ?? undefined))
      memory.insisted = [...memory.insisted, plannedAt];
    if (command.source === "policy" && typeof set["setpoint"] === "number") memory.steppedAt = plannedAt;
  }
  const reported = command.steps.find((s) => s.state === "reported");
  if (reported !== undefined) memory.fulfilled = { by, set, before, at: reported.at };
  if (command.attempts > 0 && command.state !== "refused") noteAsked(house, command, Math.min(endedAt ?? now, plannedAt + ASKED_FOR_MS));
  if (command.state === "proven") {
    memory.failures = 0;
    memory.notBefore = 0;
  } else if (command.state === "ignored" || command.state === "refused" || command.state === "gave-up") noteFailure(memory, by, endedAt ?? plannedAt);
}
