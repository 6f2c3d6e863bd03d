/** For codecs whose devices say little of themselves: tells of each once, and again when what it says of itself changes. */
import type { Description } from "../core/description.ts";
import { guessKind, isOfficePoint } from "../core/description.ts";
import type { Heard } from "./codec.ts";
import { keep } from "./codec.ts";

interface Met extends Partial<Pick<Description, "aliases" | "hardware" | "maker" | "model" | "area" | "kind" | "interval" | "wakes" | "openLoop">> {
  readonly name: string;
  readonly topic: string;
  /** What it says now, for its points. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Units of its own words among them, where it writes any. */
  readonly units?: Readonly<Record<string, string>>;
  /** Points that can be commanded; what a device was once found to take it goes on taking. */
  readonly writable?: Names;
}

/** A set of names, or a map by names. */
interface Names {
  readonly size: number;
  has(name: string): boolean;
}

export interface Acquaintances {
  /** What is new of a device: a description, or nothing. */
  meet(address: string, met: Met): Heard[];
}

/** Devices that one codec remembers at once; who was met longest ago is met anew. */
const MAX = 20_000;

interface Kept {
  readonly met: Met;
  /** The points that it told then, in order: most messages are like it. */
  readonly order: readonly string[];
  readonly points: Set<string>;
  /** Of all points that it ever told with one. */
  readonly units: ReadonlyMap<string, string>;
  /** How many could be commanded then. */
  readonly writable: number;
}

const NO_NAMES: Names = new Set<string>();

function sameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Asked at every message: compares without making anything. On which of its topics it was met first says nothing. */
function saysNothingNew({ met, order, points, units, writable }: Kept, now: Met): boolean {
  let i = 0;
  for (const name in now.values) if (order[i++] !== name && !points.has(name)) return false;
  if (now.units !== met.units) for (const name in now.units) if (units.get(name) !== now.units[name]) return false;
  return (
    met.name === now.name &&
    met.maker === now.maker &&
    met.model === now.model &&
    met.area === now.area &&
    met.kind === now.kind &&
    met.interval === now.interval &&
    sameList(met.hardware, now.hardware) &&
    writable === (now.writable ?? NO_NAMES).size
  );
}

export function createAcquaintances(): Acquaintances {
  const known = new Map<string, Kept>();
  return {
    meet(address, met) {
      const before = known.get(address);
      if (before !== undefined && saysNothingNew(before, met)) return [];
      const { name, topic, values, units: said = {}, writable = NO_NAMES, ...about } = met;
      const order = Object.keys(values);
      const points = new Set([...(before?.points ?? []), ...order].slice(0, 200));
      const units = new Map([...(before?.units ?? []), ...Object.entries(said)].slice(-200));
      known.delete(address);
      keep(known, address, { met, order, points, units, writable: writable.size }, MAX);
      const description: Description = {
        address,
        aliases: about.aliases ?? [],
        name,
        hardware: about.hardware ?? [],
        maker: about.maker ?? null,
        model: about.model ?? null,
        area: about.area ?? null,
        kind: about.kind ?? guessKind(points),
        points: [...points].map((p) => ({ name: p, key: p, unit: units.get(p) ?? null, writable: writable.has(p) })),
        topic,
        interval: about.interval ?? null,
        ...(about.wakes == null ? {} : { wakes: about.wakes }),
        openLoop: about.openLoop ?? false,
        unread: [...points].filter((p) => !isOfficePoint(p)).map((p) => `${p}: the office has no word for it`),
      };
      return [{ kind: "described", description }];
    },
  };
}
