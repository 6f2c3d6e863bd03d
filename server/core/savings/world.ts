/** The worlds that the past allows: one as it was, and others in which days (and other devices) weigh more or less. */
import type { Curve } from "./curve.ts";
import { curveOf } from "./curve.ts";
import type { Found, Past } from "./past.ts";

/** The pasts of one world, what each counts, and the curve that follows. */
export interface World {
  readonly pasts: readonly Past[];
  readonly weights: readonly number[];
  /** How many of them, from the first on, are the device's own. */
  readonly own: number;
  /** The part (0–1) of what never happened so far: half a case that goes on, half a case that ends at once. */
  readonly unseen: number;
  readonly curve: Curve;
}

function worldOf(pasts: readonly Past[], weights: readonly number[], own: number, windows: number, half: number): World {
  return { pasts, weights, own, unseen: half / (half + weights.reduce((a, b) => a + b, 0)), curve: curveOf(pasts, weights, windows) };
}

/**
 * As it was: the device's own count whole, the others together for `prior` of its own (a Dirichlet process prior: Susarla and Van Ryzin,
 * J. Am. Stat. Assoc. 71, 1976). A device that never forgot in ten days may still forget tomorrow, as others do.
 */
export function plainWorld({ own, others }: Found, prior: number, windows: number): World {
  const other = own.length === 0 ? 1 : Math.min(1, prior / Math.max(1, others.length));
  return worldOf([...own, ...others], [...own.map(() => 1), ...others.map(() => other)], own.length, windows, 0);
}

/**
 * As it might have been: a Bayesian bootstrap by day (Rubin, Ann. Stat. 9, 1981), and by device where others stand for one that has no past.
 * That something was never seen in ten days is no proof that it does not happen: half a case to either side stands for it (Jeffreys' prior; Brown, Cai and
 * DasGupta, Stat. Sci. 16, 2001).
 */
export function drawnWorld(
  { own, others }: Found,
  prior: number,
  windows: number,
  weightOf: (name: string) => number,
  random: () => number,
  together: Together,
): World {
  // Half a case that goes on and half a case that ends at once: a gamma of shape 1.
  const half = exponential(random);
  const byDevice = (p: Past) => weightOf(p.date) * weightOf(p.device);
  if (own.length === 0) {
    const { weights, total, curve } = together(others, byDevice);
    return { pasts: others, weights, own: 0, unseen: half / (half + total), curve: shorter(curve, windows) };
  }
  if (others.length <= prior) return worldOf([...own, ...others], [...own.map((p) => weightOf(p.date)), ...others.map(byDevice)], own.length, windows, half);
  const lent = Array.from({ length: prior }, () => others[Math.floor(random() * others.length)]!);
  return worldOf([...own, ...lent], [...own.map((p) => weightOf(p.date)), ...lent.map(() => exponential(random))], own.length, windows, half);
}

/** What pasts count in one world, and their curve: of one list the same for all that are held against it alone. */
export type Together = (
  others: readonly Past[],
  weightOf: (past: Past) => number,
) => { readonly weights: readonly number[]; readonly total: number; readonly curve: Curve };

/** `windows`: how far each list is asked for. */
export function createTogether(windows: ReadonlyMap<readonly Past[], number>): Together {
  const known = new Map<readonly Past[], ReturnType<Together>>();
  return (others, weightOf) => {
    let drawn = known.get(others);
    if (drawn === undefined) {
      const weights = others.map(weightOf);
      drawn = { weights, total: weights.reduce((a, b) => a + b, 0), curve: curveOf(others, weights, windows.get(others)!) };
      known.set(others, drawn);
    }
    return drawn;
  };
}

function shorter(curve: Curve, windows: number): Curve {
  const { runs, byBefore, byMean } = curve;
  return { ...curve, runs: runs.subarray(0, windows), byBefore: byBefore.subarray(0, windows + 1), byMean: byMean.subarray(0, windows + 1) };
}

/** Weights that are drawn once for each name. */
export function createWeights(random: () => number): (name: string) => number {
  const named = new Map<string, number>();
  return (name) => {
    let w = named.get(name);
    if (w === undefined) named.set(name, (w = exponential(random)));
    return w;
  };
}

/**
 * One of the pasts by how it ended: what was cut short hands its part on to what lasted longer (Efron 1967), what is left goes to the
 * longest. Where the device has a past of its own on the day that is followed, it is that one. null: it goes on, as none of them did.
 */
export function drawEnd({ pasts, curve, own, unseen }: World, day: string, random: () => number): Past | null {
  const u = random();
  if (u < unseen) return u < unseen / 2 ? null : ENDED;
  const all = pick(pasts, curve.mass, random()) ?? pasts.findIndex((p) => p.length === curve.seen);
  if (all >= own) return pasts[all]!;
  const mass = pasts.map((p, k) => (k < own && p.date === day ? curve.mass[k]! : 0));
  const same = pick(pasts, mass, random() * mass.reduce((a, b) => a + b, 0));
  return pasts[same ?? all]!;
}

/** It ended at once. */
const ENDED: Past = { device: "", date: "", length: 0, ended: true, before: 1, mean: 1, drawn: new Float64Array(1) };

function pick(pasts: readonly Past[], mass: readonly number[], at: number): number | null {
  let left = at;
  for (let k = 0; k < pasts.length; k++) if (mass[k]! > 0 && (left -= mass[k]!) < 0) return k;
  return null;
}

/** One of the pasts by its weight. */
export function drawAny({ pasts, weights }: World, random: () => number): Past {
  let at = random() * weights.reduce((a, b) => a + b, 0);
  for (let k = 0; k < weights.length; k++) if ((at -= weights[k]!) < 0) return pasts[k]!;
  return pasts[0]!;
}

function exponential(random: () => number): number {
  return -Math.log(1 - random());
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
