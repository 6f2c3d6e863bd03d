/** Meters as people go round them: what each showed last, what it usually counts, when it is to be read, and which may have been exchanged. */
import type { Device } from "../device.ts";
import { POINTS } from "../device.ts";
import type { House } from "../house.ts";
import type { Millis, PointId } from "../reading.ts";
import { usualPerDay } from "./check.ts";
import type { Due } from "./due.ts";
import { dueOf } from "./due.ts";
import type { MeterEntry } from "./entry.ts";
import type { Rhythm } from "./manual.ts";
import { lastEntered } from "./of-point.ts";

export interface MeterLine {
  readonly point: PointId;
  readonly device: Device;
  readonly unit: string;
  /** Null: it has a wire, and is here for a suspicion. */
  readonly every: Rhythm | null;
  readonly last: { readonly at: Millis; readonly value: number; readonly by: string | null } | null;
  /** In its unit a day. */
  readonly usual: number | null;
  readonly due: Due | null;
  readonly waiting: readonly MeterEntry[];
  /** A counter with a wire that fell or leapt: was it exchanged? */
  readonly suspected: { readonly before: number; readonly value: number; readonly at: Millis } | null;
}

export function meterLines(house: House, now: Millis): MeterLine[] {
  const lines: MeterLine[] = [];
  for (const state of house.devices.values()) {
    const { device } = state;
    if (!device.adopted || device.kind === null) continue;
    for (const { name, unit, counter } of POINTS[device.kind]) {
      if (counter !== true) continue;
      const point = `${device.id}/${name}`;
      const byHand = device.manual?.point === name;
      const heard = state.points.get(name);
      const before = heard?.doubt === "fell" || heard?.doubt === "jumped" ? heard.trusted?.value : undefined;
      const suspected =
        heard !== undefined && typeof before === "number" && typeof heard.value === "number" ? { before, value: heard.value, at: heard.at } : null;
      const waiting = [...(house.meters.waitingAt.get(point) ?? [])];
      if (!byHand && suspected === null && waiting.length === 0) continue;
      const confirmed = house.meters.confirmed.get(point) ?? [];
      const newest = confirmed.at(-1);
      lines.push({
        point,
        device,
        unit,
        every: byHand ? device.manual!.every : null,
        last:
          newest !== undefined
            ? { at: newest.at, value: newest.kind === "reading" ? newest.value : newest.initial, by: newest.by }
            : heard !== undefined && heard.quality === "good" && typeof heard.value === "number"
              ? { at: heard.at, value: heard.value, by: null }
              : null,
        usual: usualPerDay(confirmed, now),
        due: byHand ? dueOf(house.calendar, device.manual!.every, lastEntered(house, point), now) : null,
        waiting,
        suspected,
      });
    }
  }
  return lines.sort((a, b) =>
    a.device.building === b.device.building && (a.device.space ?? "") !== (b.device.space ?? "")
      ? (a.device.space ?? "") < (b.device.space ?? "")
        ? -1
        : 1
      : a.point < b.point
        ? -1
        : 1,
  );
}
