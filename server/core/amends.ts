/**
 * What a policy gives back. A device did as it was asked, and what was not to suffer by it did (a room is too dark without its lamp): then
 * the house undoes it by one more wish, which stands for some minutes among the others, and the policy leaves the device alone for a while.
 */
import type { CommandMemory, DeviceState, House, PolicyState } from "./house.ts";
import { fulfils, memoryOf, REMEMBERED_MS } from "./command-memory.ts";
import { applicability } from "./evaluate.ts";
import type { Command } from "./finding.ts";
import { modeAt } from "./policy.ts";
import type { PolicyDefinition, Want } from "./policy.ts";
import type { Millis } from "./reading.ts";
import { HouseView } from "./view.ts";

/** What could not be given back within so long is not any more: whoever is there has helped themselves. */
const OWED_MS = 10 * 60_000;

/** Reason of the wish, and of its command. */
export const GIVEN_BACK = "given-back";

/** The measured point that fell short. */
export type Short = NonNullable<Command["proof"]> & { readonly value: number };

/** What its policy gives back for a command whose effect fell short; null where there is no policy that would. */
export function amendsFor(house: House, state: DeviceState, command: Command, short: Short, now: Millis): NonNullable<Command["short"]> | null {
  const policy = house.policies.get(command.by);
  const amends = policy?.definition.amends?.(new HouseView(house, state, policy.settings.params, null, now), { value: short.value, set: command.set });
  if (amends === undefined) return null;
  const known = memoryOf(house, state.device.id).spared;
  // The second attempt to give back is the same trouble, not another one. Whoever fell short again is left alone for twice as long.
  const again = known?.by === command.by;
  if (again && command.reason === GIVEN_BACK) return { ...short, gives: amends.want, until: known.until };
  const spare = amends.spare * 1000 * 2 ** (again ? known.times : 0);
  return { ...short, gives: amends.want, until: now + Math.min(spare, REMEMBERED_MS) };
}

/** Remembers what is given back, and until when the policy leaves the device alone. `at` is when it fell short. */
export function noteShort(memory: CommandMemory, command: Command, at: Millis): void {
  const { short, by, finding } = command;
  if (short == null) return;
  const known = memory.spared?.by === by ? memory.spared.times : 0;
  const times = command.reason === GIVEN_BACK ? Math.max(1, known) : known + 1;
  memory.spared = { by, until: short.until, value: short.value, times };
  memory.owed = { by, finding, want: short.gives, until: at + OWED_MS };
}

/** The policy and the wish that are owed to a device now; null where there is none, or the policy may not command there any more. */
export function owedTo(
  house: House,
  state: DeviceState,
  now: Millis,
): { readonly definition: PolicyDefinition; readonly want: Want; readonly finding: string | null } | null {
  const owed = house.memories.get(state.device.id)?.owed ?? null;
  const policy: PolicyState | undefined = owed === null ? undefined : house.policies.get(owed.by);
  if (owed === null || policy === undefined || owed.until <= now) return null;
  if (modeAt(policy.settings, state.device.space) !== "enforce" || applicability(house, policy, state.device, now).why !== "applies") return null;
  return { definition: policy.definition, want: owed.want, finding: owed.finding };
}

/** What stands as it was to be given back, or is too late, is owed no more. */
export function settleOwed(memory: CommandMemory | undefined, state: DeviceState, now: Millis): void {
  if (memory?.owed == null) return;
  const { want, until } = memory.owed;
  const done = Object.entries(want.set).every(([point, value]) => {
    const p = state.points.get(point);
    return p !== undefined && p.quality !== "bad" && fulfils(value, p.value, null);
  });
  if (done || until <= now) memory.owed = null;
}

/** Puts back after a restart what a command of the last hours left owed, and its policy's back-off; the oldest is recalled first. */
export function recallShort(house: House, command: Command): void {
  if ("job" in command.set) return;
  const memory = memoryOf(house, command.device);
  const givesBack = command.reason === GIVEN_BACK;
  if (!givesBack || (command.endedAt !== null && command.state !== "canceled")) memory.owed = null;
  if (!givesBack && command.state === "proven" && memory.spared?.by === command.by) memory.spared = null;
  noteShort(memory, command, command.endedAt ?? command.plannedAt);
}
