/** Readings of a subject as the policies of this room need them. */
import type { Judgement, Looks, View } from "../policy.ts";
import type { Millis } from "../reading.ts";

/** In `auto` the room's temperature decides what a unit does. It moves at every report, so it is looked at by the minute instead of being watched. */
export const AUTO_AGAIN_MS = 60_000;

/** Whether the subject runs, and since when; null where it does not say so, or not lately. */
export function running(view: View): { readonly on: boolean; readonly since: Millis } | null {
  const on = view.point("on");
  const mode = view.point("mode");
  if (!view.fresh(view.device.id)) return null;
  if (mode?.value === "off") return { on: false, since: mode.changed };
  if (on === undefined || typeof on.value !== "boolean") return null;
  return { on: on.value, since: on.changed };
}

export function numberOf(view: View, point: string, device?: string): number | null {
  const value = view.point(point, device)?.value;
  return typeof value === "number" ? value : null;
}

/** A load that crossed one of these edges (W) is looked at within a minute. */
export function loadLooks(...edges: readonly number[]): Looks {
  return { point: "power", edges, every: 60_000 };
}

export function unknown(reason: string, evidence: Judgement["evidence"] = {}, recheckAt?: Millis, looks?: Looks): Judgement {
  return { state: "unknown", reason, evidence, recheckAt, looks };
}

export function fine(reason: string, evidence: Judgement["evidence"] = {}, recheckAt?: Millis, looks?: Looks): Judgement {
  return { state: "fine", reason, evidence, recheckAt, looks };
}
