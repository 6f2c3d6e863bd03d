/** What happened to devices meanwhile: violations, exceptions and commands, for the bands of a chart. */
import type { MarkDto } from "../../contract/series.ts";
import type { House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import type { Records } from "../../ports.ts";

const MOST_MARKS = 300;
/** Of each device and kind, the newest that are looked at. */
const LOOKED_AT = 200;
const LOOKED_AT_EXCEPTIONS = 1000;

interface Found {
  readonly at: Millis;
  readonly mark: MarkDto;
}

/** Marks that touch [from, to), the newest when there are too many, oldest first. */
export async function readMarks(
  { house, records }: { readonly house: House; readonly records: Records },
  devices: readonly string[],
  from: Millis,
  to: Millis,
  iso: (at: Millis) => string,
): Promise<{ readonly marks: readonly MarkDto[]; readonly left: number }> {
  const orNull = (at: Millis | null) => (at === null ? null : iso(at));
  const touches = (begins: Millis, ends: Millis | null) => begins < to && (ends ?? Number.POSITIVE_INFINITY) > from;
  const found: Found[] = [];
  for (const device of devices) {
    for (const f of (await records.findings({ device, to }, { limit: LOOKED_AT })).items) {
      if (!touches(f.since, f.closedAt)) continue;
      const { id, policy, state, reason } = f;
      const mark = { kind: "finding", id, device, space: null, policy, from: iso(f.since), until: orNull(f.closedAt), state, reason, set: null } as const;
      found.push({ at: f.since, mark });
    }
    for (const c of (await records.commands({ device }, { limit: LOOKED_AT })).items) {
      if (!touches(c.plannedAt, c.plannedAt + 1)) continue;
      const policy = c.source === "policy" ? c.by : null;
      found.push({
        at: c.plannedAt,
        mark: {
          kind: "command",
          id: c.id,
          device,
          space: null,
          policy,
          from: iso(c.plannedAt),
          until: orNull(c.endedAt),
          state: c.state,
          reason: c.reason,
          set: { ...c.set },
        },
      });
    }
  }
  const places = devices.flatMap((id) => {
    const device = house.devices.get(id)?.device;
    const space = device?.space ?? null;
    return [{ device: id, space, spaceClass: space === null ? null : (house.spaces.get(space)?.class ?? null) }];
  });
  const concerned = (device: string | null, space: string | null) =>
    places.some((p) => (device === null ? space !== null && p.space === space : p.device === device));
  for (const o of (await records.overrides(undefined, { limit: LOOKED_AT_EXCEPTIONS })).items) {
    const ends = Math.min(o.until, o.endedAt ?? Number.POSITIVE_INFINITY);
    if (!touches(o.from, ends) || !concerned(o.device, o.space)) continue;
    const { id, device, space, policy, reason } = o;
    const set = o.set === null ? null : { ...o.set };
    found.push({ at: o.from, mark: { kind: "override", id, device, space, policy, from: iso(o.from), until: iso(ends), state: null, reason, set } });
  }
  for (const e of (await records.exemptions({ limit: LOOKED_AT_EXCEPTIONS })).items) {
    const ends = e.endedAt ?? e.until;
    const ofClass = e.device === null && e.space === null && e.spaceClass !== null && places.some((p) => p.spaceClass === e.spaceClass);
    if (!touches(e.from, ends) || !(ofClass || concerned(e.device, e.space))) continue;
    const { id, device, space, policy, reason } = e;
    found.push({ at: e.from, mark: { kind: "exemption", id, device, space, policy, from: iso(e.from), until: orNull(ends), state: null, reason, set: null } });
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
  found.sort((a, b) => a.at - b.at);
  const marks = found.slice(-MOST_MARKS).map((f) => f.mark);
  return { marks, left: found.length - marks.length };
}
