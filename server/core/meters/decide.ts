/** Entering, confirming, rejecting and withdrawing what people wrote down of meters: by request, through the same door as everything. */
import type { PersonRequest } from "../event.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Answer } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Millis, PointId } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { markDevice } from "../turn.ts";
import type { Offered } from "./check.ts";
import { doubtsOf } from "./check.ts";
import type { EntryState, MeterDoubt, MeterEntry } from "./entry.ts";
import { deviceOf, keepEntry } from "./entry.ts";
import { counterAt } from "./of-point.ts";

/** A clock on a phone may be so far ahead of ours. */
const AHEAD_MS = 60_000;
/** 2000-01-01T00:00:00Z */
const EARLIEST: Millis = 946_684_800_000;

/** What speaks against an entry as things stand now. The point must be a counter. */
export function doubtsNow(house: House, point: PointId, offered: Offered, own: string | null = null): MeterDoubt[] {
  const known = counterAt(house, point);
  if (known === null) return [];
  const name = point.slice(point.lastIndexOf("/") + 1);
  const wire = known.device.manual == null ? house.devices.get(deviceOf(point))?.points.get(name) : undefined;
  const confirmed = (house.meters.confirmed.get(point) ?? []).filter((e) => e.id !== own);
  return doubtsOf({
    offered,
    definition: known.definition,
    confirmed,
    waiting: [...(house.meters.waitingAt.get(point) ?? [])].filter((e) => e.id !== own),
    heard: wire?.quality === "good" && typeof wire.value === "number" ? { at: wire.at, value: wire.value } : null,
    closedUntil: [...house.months.keys()].reduce<string | null>((last, m) => (last === null || m > last ? m : last), null),
    dateOf: (at) => house.calendar.day(at).date,
  });
}

/** Why something cannot even be entered; null: it can. */
export function entryRefused(house: House, point: PointId, offered: Offered, now: Millis): Extract<Answer, { ok: false }>["refusal"] | null {
  const no = (code: string, detail: string) => ({ code, detail });
  const device = deviceOf(point);
  if (house.devices.get(device) === undefined) return no("unknown-device", `There is no device '${device}'.`);
  const known = counterAt(house, point);
  if (known === null)
    return no("not-a-counter", `'${point}' is no counter of a described device; readings are entered of counters such as energy, volume or gas.`);
  const { definition } = known;
  for (const value of offered.kind === "reading" ? [offered.value] : [offered.final, offered.initial])
    if (!Number.isFinite(value) || value < (definition.min ?? 0) || value > (definition.max ?? Number.MAX_VALUE))
      return no(
        "bad-values",
        `A reading of ${definition.name} is a number from ${definition.min ?? 0} to ${definition.max ?? "any"} ${definition.unit}; ${value} is not.`,
      );
  if (!(offered.at <= now + AHEAD_MS)) return no("in-the-future", "A meter can only be read in the past or now; look at the date, and at this device's clock.");
  if (offered.at < EARLIEST) return no("bad-period", "The time lies before the year 2000; look at the date.");
  const same = [...(house.meters.waitingAt.get(point) ?? []), ...(house.meters.confirmed.get(point) ?? [])].find(
    (e) => e.at === offered.at && (e.kind === "exchange" ? offered.kind === "exchange" : offered.kind === "reading" && e.value === offered.value),
  );
  if (same !== undefined) return no("entered-already", `This was entered by ${same.by} already, and is ${same.state}.`);
  return null;
}

export function enterEntry(turn: Turn, request: Extract<PersonRequest, { kind: "enter-reading" | "enter-exchange" }>): Answer {
  const { house, now, by } = turn;
  const at = Math.min(request.at, now);
  const offered: Offered =
    request.kind === "enter-reading" ? { kind: "reading", at, value: request.value } : { kind: "exchange", at, final: request.final, initial: request.initial };
  const refused = entryRefused(house, request.point, { ...offered, at: request.at }, now);
  if (refused !== null) return { ok: false, refusal: refused };
  if (request.kind === "enter-exchange" && (request.note ?? "").trim() === "") return refuse("no-reason", "Say why the meter was exchanged.");
  const values = offered.kind === "reading" ? [offered.value] : [offered.final, offered.initial];
  const entry: MeterEntry = {
    ...offered,
    id: keyOf("meter", offered.kind, request.point, at, now, by, ...values),
    point: request.point,
    by,
    enteredAt: now,
    note: request.note,
    state: "entered",
    decidedBy: null,
    decidedAt: null,
    reason: null,
    doubts: doubtsNow(house, request.point, offered),
  };
  keep(turn, entry, "entered");
  return { ok: true, subject: entry.id };
}

/** A second person's word. */
export function decideEntry(turn: Turn, { entry: id, confirm, reason }: Extract<PersonRequest, { kind: "decide-entry" }>): Answer {
  const { house, by } = turn;
  const entry = house.meters.waiting.get(id);
  if (entry === undefined) return refuse("not-pending", "There is no such entry that waits for a decision (any more).");
  if (entry.by === by) return refuse("own-request", "Who entered a reading does not confirm or reject it: a second person looks at it. You may withdraw it.");
  if (!confirm) {
    if ((reason ?? "").trim() === "") return refuse("no-reason", "Say why it is rejected, so that it can be read again.");
    return end(turn, entry, "rejected", entry.doubts, reason);
  }
  const doubts = doubtsNow(house, entry.point, entry, entry.id);
  const stop = doubts.find((d) => d.stops);
  if (stop !== undefined)
    return refuse(
      "does-not-fit",
      stop.kind === "below-last"
        ? `The meter showed ${stop.evidence["last"]} before; a counter does not fall. If it was exchanged, enter the exchange and have it confirmed first; else reject this and read again.`
        : `A later reading that is confirmed shows ${stop.evidence["next"]}, which is less. Look at the date and at the value.`,
    );
  return end(turn, entry, "confirmed", doubts, reason);
}

export function withdrawEntry(turn: Turn, id: string): Answer {
  const entry = turn.house.meters.waiting.get(id);
  if (entry === undefined) return refuse("not-pending", "There is no such entry that waits for a decision (any more).");
  if (entry.by !== turn.by) return refuse("not-yours", "Only who entered it may withdraw it; reject it instead, with the reason.");
  return end(turn, entry, "withdrawn", entry.doubts, null);
}

function end(turn: Turn, entry: MeterEntry, state: Exclude<EntryState, "entered">, doubts: readonly MeterDoubt[], reason: string | null): Answer {
  keep(turn, { ...entry, state, doubts, reason, decidedBy: turn.by, decidedAt: turn.now }, state);
  return { ok: true, subject: entry.id };
}

function keep(turn: Turn, entry: MeterEntry, why: EntryState): void {
  keepEntry(turn.house.meters, entry);
  turn.decisions.push({ kind: "meter-entry", entry, why });
  const state = turn.house.devices.get(deviceOf(entry.point));
  if (state === undefined) return;
  turn.touched.add(state.device.id);
  markDevice(turn, state);
}
