/** What happened to devices meanwhile: violations, exceptions and commands, for the bands of a chart. */
import type { MarkDto } from "../../contract/series.ts";
import { candidatesOf } from "../../core/account/consumption.ts";
import type { Quantity } from "../../core/account/tables.ts";
import type { Finding, Override } from "../../core/finding.ts";
import type { House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import type { Records } from "../../ports/records.ts";

const MOST_MARKS = 300;
const MOST_MARKS_OF_SUM = 1000;
/** Of each device and kind, the newest that are looked at. */
const LOOKED_AT = 200;
const LOOKED_AT_EXCEPTIONS = 1000;

/** Of sums: the newest violations that are looked at, how long before the question one may have begun, and the longest question with marks. */
const LOOKED_AT_SUM = 5000;
const PAGE = 1000;
const DAY = 86_400_000;
const BEGUN_BEFORE = 7 * DAY;
const LONGEST_SUM = 40 * DAY;

interface Found {
  readonly at: Millis;
  readonly mark: MarkDto;
}

interface Desk {
  readonly house: House;
  readonly records: Records;
}

const touches = (begins: Millis, ends: Millis | null, from: Millis, to: Millis) => begins < to && (ends ?? Number.POSITIVE_INFINITY) > from;
const orNull = (at: Millis | null, iso: (at: Millis) => string) => (at === null ? null : iso(at));

function ofFinding({ id, policy, state, reason, since, closedAt, subject }: Finding, iso: (at: Millis) => string): Found {
  const mark = {
    kind: "finding",
    id,
    device: subject.device,
    space: null,
    policy,
    from: iso(since),
    until: orNull(closedAt, iso),
    state,
    reason,
    set: null,
  } as const;
  return { at: since, mark };
}

function ofOverride({ id, device, space, policy, reason, from, set }: Override, ends: Millis, iso: (at: Millis) => string): Found {
  const mark = {
    kind: "override",
    id,
    device,
    space,
    policy,
    from: iso(from),
    until: iso(ends),
    state: null,
    reason,
    set: set === null ? null : { ...set },
  } as const;
  return { at: from, mark };
}

function newest(found: readonly Found[], most: number) {
  const marks = found
    .toSorted((a, b) => a.at - b.at)
    .slice(-most)
    .map((f) => f.mark);
  return { marks, left: found.length - marks.length };
}

async function overridesIn({ records }: Desk, from: Millis, to: Millis, concerns: (o: Override) => boolean, iso: (at: Millis) => string): Promise<Found[]> {
  return (await records.overrides(undefined, { limit: LOOKED_AT_EXCEPTIONS })).items.flatMap((o) => {
    const ends = Math.min(o.until, o.endedAt ?? Number.POSITIVE_INFINITY);
    return touches(o.from, ends, from, to) && concerns(o) ? [ofOverride(o, ends, iso)] : [];
  });
}

/** Devices that tell a quantity. */
function devicesOf({ devices }: House, quantity: Quantity): ReadonlySet<string> {
  const adopted = [...devices.values()].map((s) => s.device).filter((d) => d.adopted);
  return new Set(candidatesOf(adopted, quantity).map((c) => c.device));
}

/** Violations and overrides of any device that tells the quantity, for a sum over them: what each was commanded is too much to tell. Of a question that is too long: none. */
export async function readMarksOfSum(
  desk: Desk,
  quantity: Quantity,
  from: Millis,
  to: Millis,
  iso: (at: Millis) => string,
): Promise<{ readonly marks: readonly MarkDto[]; readonly left: number }> {
  if (to - from > LONGEST_SUM) return { marks: [], left: 0 };
  const { house, records } = desk;
  const devices = devicesOf(house, quantity);
  const found = new Map<string, Found>();
  const take = (f: Finding) => {
    if (f.subject.device !== null && devices.has(f.subject.device) && touches(f.since, f.closedAt, from, to)) found.set(f.id, ofFinding(f, iso));
  };
  let cursor: string | undefined;
  for (let looked = 0; looked < LOOKED_AT_SUM; looked += PAGE) {
    const page = await records.findings({ from: from - BEGUN_BEFORE, to }, { limit: PAGE, cursor });
    page.items.forEach(take);
    if (page.next === null) break;
    cursor = page.next;
  }
  // What began long ago and still lasts.
  for (const f of house.findings.values()) take(f);
  const spaces = new Set([...devices].map((id) => house.devices.get(id)?.device.space ?? null));
  const concerns = ({ device, space }: Override) => (device === null ? space !== null && spaces.has(space) : devices.has(device));
  return newest([...found.values(), ...(await overridesIn(desk, from, to, concerns, iso))], MOST_MARKS_OF_SUM);
}

/** Marks that touch [from, to), the newest when there are too many, oldest first. */
export async function readMarks(
  desk: Desk,
  devices: readonly string[],
  from: Millis,
  to: Millis,
  iso: (at: Millis) => string,
): Promise<{ readonly marks: readonly MarkDto[]; readonly left: number }> {
  const { house, records } = desk;
  const found: Found[] = [];
  for (const device of devices) {
    for (const f of (await records.findings({ device, to }, { limit: LOOKED_AT })).items)
      if (touches(f.since, f.closedAt, from, to)) found.push(ofFinding(f, iso));
    for (const c of (await records.commands({ device }, { limit: LOOKED_AT })).items) {
      if (!touches(c.plannedAt, c.plannedAt + 1, from, to)) continue;
      const policy = c.source === "policy" ? c.by : null;
      const until = orNull(c.endedAt, iso);
      const told = { policy, from: iso(c.plannedAt), until, state: c.state, reason: c.reason, set: { ...c.set } };
      found.push({ at: c.plannedAt, mark: { kind: "command", id: c.id, device, space: null, ...told } });
    }
  }
  const places = devices.flatMap((id) => {
    const device = house.devices.get(id)?.device;
    const space = device?.space ?? null;
    return [{ device: id, space, spaceClass: space === null ? null : (house.spaces.get(space)?.class ?? null) }];
  });
  const concerned = (device: string | null, space: string | null) =>
    places.some((p) => (device === null ? space !== null && p.space === space : p.device === device));
  found.push(...(await overridesIn(desk, from, to, (o) => concerned(o.device, o.space), iso)));
  for (const e of (await records.exemptions({ limit: LOOKED_AT_EXCEPTIONS })).items) {
    const ends = e.endedAt ?? e.until;
    const ofClass = e.device === null && e.space === null && e.spaceClass !== null && places.some((p) => p.spaceClass === e.spaceClass);
    if (!touches(e.from, ends, from, to) || !(ofClass || concerned(e.device, e.space))) continue;
    const { id, device, space, policy, reason } = e;
    found.push({
      at: e.from,
      mark: { kind: "exemption", id, device, space, policy, from: iso(e.from), until: orNull(ends, iso), state: null, reason, set: null },
    });
  }
  house.site.exemptions.forEach((e, i) => {
    const everywhere = e.device === null && e.space === null;
    const ofClass = everywhere && (e.spaceClass === null || places.some((p) => p.spaceClass === e.spaceClass));
    if (!ofClass && !concerned(e.device, e.space)) return;
    const { device, space, policy, reason } = e;
    found.push({
      at: Number.NEGATIVE_INFINITY,
      mark: { kind: "exemption", id: `site:${i}`, device, space, policy, from: null, until: null, state: null, reason, set: null },
    });
  });
  return newest(found, MOST_MARKS);
}
