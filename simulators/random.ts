/** Chance as a value: seeded, and split by name, so that adding a device does not change what happens to the others. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number in [low, high], both ends included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Standard normal (mean 0, deviation 1). */
  normal(): number;
  /** An independent source that depends on this one's seed and on `name`, never on what was drawn so far. */
  split(name: string): Random;
}

/** 32-bit FNV-1a of `text` started from `seed`, well mixed at the end. */
export function hash32(seed: number, text: string): number {
  let h = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** Finaliser of MurmurHash3: every bit of the input moves every bit of the result. */
export function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A source of chance (mulberry32) from a whole-number seed. */
export function createRandom(seed: number): Random {
  const base = mix(seed + 0x9e3779b9);
  let state = base;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    int: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      const found = list[Math.floor(next() * list.length)];
      if (found === undefined) throw new RangeError("pick from an empty list");
      return found;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    split: (name) => createRandom(hash32(base, name)),
  };
}

/** Smooth noise in [-1, 1] over x, with one random knot at each whole number: the same seed and x give the same value. */
export function smoothNoise(seed: number, x: number): number {
  const left = Math.floor(x);
  const knot = (n: number): number => (mix(seed ^ Math.imul(n | 0, 0x9e3779b1)) / 4_294_967_295) * 2 - 1;
  const t = (1 - Math.cos(Math.PI * (x - left))) / 2;
  return knot(left) * (1 - t) + knot(left + 1) * t;
}
