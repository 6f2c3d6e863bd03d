/** Listens to what really goes out in a device's name, faults and all: what it last said, when it was silent, when it said what cannot be. */
import type { PointValue } from "../../server/core/reading.ts";
import type { SimDevice } from "../devices/device.ts";
import type { Draft } from "../faults/fault.ts";
import type { TruthRecord } from "../record.ts";

type Values = Readonly<Record<string, PointValue>>;

export interface Listener {
  take(sim: SimDevice, drafts: readonly Draft[], now: number): void;
  /** Notes who is silent by now; true where that is news. */
  look(sim: SimDevice, now: number): boolean;
  /** What a device last said of itself; null where it never did, or too long ago. */
  last(sim: SimDevice): Values | null;
}

/** Counters, which never run backwards. */
const COUNTERS = ["energy", "volume", "gas", "pages"] as const;
/** Intervals without a word after which a device is silent. */
const PATIENCE = 3;

export function createListener(record: TruthRecord): Listener {
  const heard = new Map<SimDevice, { values: Values | null; at: number; silent: boolean }>();

  function look(sim: SimDevice, now: number): boolean {
    const known = heard.get(sim);
    const { id, space, interval } = sim.device;
    if (known === undefined || known.silent || !(now > known.at + PATIENCE * interval * 1000)) return false;
    known.silent = true;
    record.hold(known.at + PATIENCE * interval * 1000, "told:silent", id, space, true);
    return true;
  }

  return {
    look,
    take(sim, drafts, now) {
      const { id, space } = sim.device;
      let known = heard.get(sim);
      if (known === undefined) heard.set(sim, (known = { values: null, at: Number.NaN, silent: false }));
      let usable = false;
      for (const { values, raw } of drafts) {
        const { values: before } = known;
        const odd = raw === undefined ? COUNTERS.some((name) => Number(values[name]) < Number(before?.[name])) : isSentinel(raw, sim.values);
        if (odd) record.note(now, "told:nonsense", id, space);
        if (raw === undefined) known.values = values;
        usable ||= raw === undefined || saysSomething(raw, sim.values);
      }
      if (!usable) return;
      look(sim, now);
      known.at = now;
      known.silent = false;
      record.hold(now, "told:silent", id, space, false);
    },
    last(sim) {
      const known = heard.get(sim);
      return known === undefined || known.silent ? null : known.values;
    },
  };
}

/** The values of a message that is no state as a device sends it; none where it cannot be read. */
function valuesIn(raw: string): readonly (readonly [string, unknown])[] {
  try {
    const message: unknown = JSON.parse(raw);
    return typeof message === "object" && message !== null && !Array.isArray(message) ? Object.entries(message) : [];
  } catch {
    return [];
  }
}

/** Whether there is anything in it that a listener can keep: a number, or a text under a name that the device has no numbers for. */
function saysSomething(raw: string, points: Readonly<Record<string, PointValue>>): boolean {
  return valuesIn(raw).some(([name, value]) => typeof value === "number" || (typeof value === "string" && !(name in points)));
}

/** Whether it shows 127 °C or -32768 W where such a thing is measured. */
function isSentinel(raw: string, points: Readonly<Record<string, PointValue>>): boolean {
  return valuesIn(raw).some(([name, value]) => typeof value === "number" && (name === "temperature" || name === "power") && name in points);
}
