/** For codecs whose devices say little of themselves: tells of each once, and again when what it says of itself changes. */
import type { Description } from "../core/description.ts";
import { guessKind, isOfficePoint } from "../core/description.ts";
import type { Heard } from "./codec.ts";

interface Met extends Partial<Pick<Description, "aliases" | "hardware" | "maker" | "model" | "area" | "kind" | "interval" | "wakes" | "openLoop">> {
  readonly name: string;
  readonly topic: string;
  /** What it says now, for its points. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Points that can be commanded. */
  readonly writable?: readonly string[];
}

export interface Acquaintances {
  /** What is new of a device: a description, or nothing. */
  meet(address: string, met: Met): Heard[];
}

/** Devices that one codec remembers at once; who was met longest ago is met anew. */
const MAX = 20_000;

export function createAcquaintances(): Acquaintances {
  const known = new Map<string, { readonly about: string; readonly points: Set<string> }>();
  return {
    meet(address, { name, topic, values, writable = [], ...about }) {
      const told = JSON.stringify([name, topic, about, writable]);
      const before = known.get(address);
      const names = Object.keys(values);
      if (before?.about === told && names.every((n) => before.points.has(n))) return [];
      const points = new Set([...(before?.points ?? []), ...names].slice(0, 200));
      known.delete(address);
      if (known.size >= MAX) known.delete(known.keys().next().value!);
      known.set(address, { about: told, points });
      const description: Description = {
        address,
        aliases: about.aliases ?? [],
        name,
        hardware: about.hardware ?? [],
        maker: about.maker ?? null,
        model: about.model ?? null,
        area: about.area ?? null,
        kind: about.kind ?? guessKind(points),
        points: [...points].map((p) => ({ name: p, key: p, unit: null, writable: writable.includes(p) })),
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
