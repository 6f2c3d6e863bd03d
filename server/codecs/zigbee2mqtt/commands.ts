/** A command in a Zigbee device's words, held against its own description first: the bridge itself takes what its devices cannot do. */
import type { PointValue } from "../../core/reading.ts";
import type { Changes } from "./climate.ts";
import { writeClimate } from "./climate.ts";
import type { Machine } from "./machine.ts";
import type { Kept } from "./state.ts";

const CLIMATIC = new Set(["on", "mode", "setpoint"]);

export function encodeFor({ climate, bindings, address }: Machine, kept: Kept, set: Readonly<Record<string, PointValue>>): Changes {
  const changes: Record<string, PointValue> = {};
  const byPoint = new Map([...bindings.values()].map((b) => [b.point, b]));
  if (climate !== null) {
    const { off } = climate;
    const written = writeClimate(climate, set, (key) => kept.raw.get(key), kept.lastMode, kept.before);
    if ("why" in written) return written;
    if (off.kind === "setpoint" && written.changes[off.property.property] === off.raw) {
      const now = kept.raw.get(off.property.property);
      if (now !== undefined && now !== off.raw) kept.before = now;
    }
    Object.assign(changes, written.changes);
  }
  for (const [point, value] of Object.entries(set)) {
    const binding = byPoint.get(point);
    if (binding === undefined) {
      if (climate !== null && CLIMATIC.has(point)) continue;
      return { why: `${address} has no ${point} that can be set, by its own description.` };
    }
    const written = binding.write(value);
    if ("why" in written) return written;
    changes[binding.property.property] = written.raw;
  }
  return Object.keys(changes).length === 0 ? { why: `There is nothing that ${address} could be told for this.` } : { changes };
}
