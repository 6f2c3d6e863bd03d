/** What commands avoided: the load that ran until the command against when it would have ended by the past, with its uncertainty. */
import { intervalOf } from "./interval.ts";
import type { Estimate } from "../backtest-tally.ts";
import type { Case } from "./case.ts";
import { caseOf, drawnAmount, expectedAmount, PER_WINDOW } from "./case.ts";
import type { Episode, Quantity } from "./episode.ts";
import type { Found, Past, PastBasis, Pasts } from "./past.ts";
import type { World } from "./world.ts";
import { createTogether, createWeights, drawAny, drawEnd, drawnWorld, normal, plainWorld } from "./world.ts";

export interface AvoidedSettings {
  /** How often the past is drawn anew. */
  readonly draws: number;
  /** Standard deviation of a meter's error (0–1), common to all figures of a device. */
  readonly meter: number;
  /** Share of the load per °C of setpoint and its standard deviation, where no past tells. */
  readonly perDegree: { readonly value: number; readonly deviation: number };
  /** For how many of a device's own pasts those of others count together. */
  readonly prior: number;
  /** Windows after it ran again in which what it draws more is held against the command. */
  readonly rebound: number;
}

/**
 * `draws`: enough for bounds to two digits. `meter`: class 2 of IEC 62053-21 errs by at most 2 %, taken as two deviations. `perDegree`: 4 to
 * 8 % of a cooling load, 6 % in the middle (DOMAIN §6). `prior`, `rebound` (2 h): our choice, held against the simulator (decision 16).
 */
export const AVOIDED_SETTINGS: AvoidedSettings = { draws: 300, meter: 0.01, perDegree: { value: 0.06, deviation: 0.01 }, prior: 1, rebound: 24 };

/** nominal: a usual share per °C. none: nothing tells what would have been, so nothing is claimed. */
export type AvoidedBasis = PastBasis | "nominal" | "none";

export interface Avoided {
  readonly episode: Episode;
  readonly basis: AvoidedBasis;
  /** W (L/min) that it drew until then; what it usually draws where that was not heard. */
  readonly before: number;
  /** How many pasts it was held against: the device's own, and others'. */
  readonly pasts: { readonly own: number; readonly others: number };
  /** kWh (or m³), with the bounds that hold it in 95 of 100 cases. */
  readonly amount: Estimate;
  /** Hours that the load would have gone on within the episode; null for a setpoint. */
  readonly hours: number | null;
  /** What it drew more when it ran again, already taken off the amount. */
  readonly rebound: number;
}

export interface AvoidedSum {
  readonly commands: readonly Avoided[];
  /** By quantity and policy, and of each quantity in all. Errors that commands share (the same past, the same meter) are shared here too. */
  readonly byPolicy: readonly { readonly policy: string; readonly quantity: Quantity; readonly commands: number; readonly amount: Estimate }[];
  readonly total: Readonly<Record<Quantity, Estimate>>;
}

/** `random`: uniform in [0, 1). */
export function avoidedBy(episodes: readonly Episode[], pasts: Pasts, settings: AvoidedSettings, random: () => number): AvoidedSum {
  const turns = avoidedInTurns(episodes, pasts, settings, random);
  for (;;) {
    const { done, value } = turns.next();
    if (done === true) return value;
  }
}

/** The same, a few milliseconds at a time: what waits meanwhile may have its turn. */
export function* avoidedInTurns(
  episodes: readonly Episode[],
  pasts: Pasts,
  settings: AvoidedSettings,
  random: () => number,
): Generator<void, AvoidedSum, void> {
  const cases: Case[] = [];
  for (const episode of episodes) {
    cases.push(caseOf(episode, pasts, settings.rebound));
    yield;
  }
  // How far each past is asked for.
  const windows = new Map<Found, number>();
  for (const { found, time } of cases) if (found !== null) windows.set(found, Math.max(windows.get(found) ?? 0, time.windows + settings.rebound));
  const plain = new Map<Found, World>();
  for (const [found, n] of windows) {
    plain.set(found, plainWorld(found, settings.prior, n));
    yield;
  }
  const expected = cases.map((c) => expectedAmount(c, c.found === null ? null : plain.get(c.found)!.curve, settings.perDegree.value));
  const draws = cases.map(() => new Float64Array(settings.draws));
  for (let n = 0; n < settings.draws; n++) yield* drawOnce(cases, windows, settings, random, (i, value) => void (draws[i]![n] = value));

  const sums = new Map<string, { readonly policy: string; readonly quantity: Quantity; commands: number; value: number; readonly draws: Float64Array }>();
  const add = (policy: string, quantity: Quantity, i: number) => {
    const key = `${policy} ${quantity}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { policy, quantity, commands: 0, value: 0, draws: new Float64Array(settings.draws) }));
    sum.commands++;
    sum.value += expected[i]!.value;
    for (let n = 0; n < settings.draws; n++) sum.draws[n]! += draws[i]![n]!;
  };
  const amounts: Estimate[] = [];
  for (const [i, { episode }] of cases.entries()) {
    add(episode.policy, episode.metered.quantity, i);
    add("", episode.metered.quantity, i);
    amounts.push(intervalOf(expected[i]!.value, draws[i]!));
    if (i % AT_ONCE === 0) yield;
  }
  const total = (quantity: Quantity): Estimate => {
    const sum = sums.get(` ${quantity}`);
    return sum === undefined ? { value: 0, low: 0, high: 0 } : intervalOf(sum.value, sum.draws);
  };
  return {
    commands: cases.map(({ episode, found, before }, i) => ({
      episode,
      before,
      basis: found !== null ? found.basis : episode.kind === "less" && episode.degrees > 0 ? "nominal" : "none",
      pasts: { own: found?.own.length ?? 0, others: found?.others.length ?? 0 },
      amount: amounts[i]!,
      hours: expected[i]!.hours,
      rebound: expected[i]!.rebound,
    })),
    byPolicy: [...sums.values()]
      .filter(({ policy }) => policy !== "")
      .map(({ policy, quantity, commands, value, draws: drawn }) => ({ policy, quantity, commands, amount: intervalOf(value, drawn) })),
    total: { kwh: total("kwh"), m3: total("m3") },
  };
}

/** Worlds and cases that are drawn before others have their turn: some milliseconds. */
const AT_ONCE = 250;

/** One world that the past would allow, in which each case goes on as one of its pasts did. */
function* drawOnce(
  cases: readonly Case[],
  windows: ReadonlyMap<Found, number>,
  { prior, meter, perDegree }: AvoidedSettings,
  random: () => number,
  put: (i: number, value: number) => void,
): Generator<void, void, void> {
  const weightOf = createWeights(random);
  const far = new Map<readonly Past[], number>();
  for (const [{ others }, n] of windows) far.set(others, Math.max(far.get(others) ?? 0, n));
  const together = createTogether(far);
  const worlds = new Map<Found, World>();
  for (const [found, n] of windows) {
    worlds.set(found, drawnWorld(found, prior, n, weightOf, random, together));
    if (worlds.size % AT_ONCE === 0) yield;
  }
  const share = perDegree.value + perDegree.deviation * normal(random);
  // What happens on one day hangs together (who closes up forgets all the halls): the cases of a day follow one day of the past.
  const followed = new Map<string, string>();
  const follows = (date: string) => {
    let day = followed.get(date);
    if (day === undefined) followed.set(date, (day = drawDay(cases, date, weightOf, random)));
    return day;
  };
  const meters = new Map<string, number>();
  for (const [i, c] of cases.entries()) {
    const { metered, kind } = c.episode;
    let error = meters.get(metered.device);
    if (error === undefined) meters.set(metered.device, (error = 1 + meter * normal(random)));
    const world = c.found === null ? null : worlds.get(c.found)!;
    if (world === null) put(i, error * expectedAmount(c, null, share).value);
    else {
      const past = kind === "less" ? drawAny(world, random) : drawEnd(world, follows(c.date), random);
      put(i, error * drawnAmount(c, world.curve, past) * PER_WINDOW[metered.quantity]);
    }
    if (i % AT_ONCE === 0) yield;
  }
}

/** A day of the pasts that the cases of a date have of their own; none where they have none. */
function drawDay(cases: readonly Case[], date: string, weightOf: (name: string) => number, random: () => number): string {
  const days = new Set<string>();
  for (const c of cases) if (c.date === date) for (const past of c.found?.own ?? []) days.add(past.date);
  let at = random() * [...days].reduce((sum, day) => sum + weightOf(day), 0);
  for (const day of days) if ((at -= weightOf(day)) < 0) return day;
  return "";
}
