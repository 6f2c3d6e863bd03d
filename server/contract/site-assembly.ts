/** From a well-formed site file to a Site: short ids become whole ones, defaults are filled in, and every contradiction is named. */
import type { Account, Main, TariffRow } from "../core/account/tables.ts";
import { SITE_REGION, UNITS } from "../core/account/tables.ts";
import { LEVELS } from "../core/alerts/alerting.ts";
import { checkCustom } from "../core/custom/check.ts";
import { compileCustom } from "../core/custom/compile.ts";
import type { CustomPolicy } from "../core/custom/document.ts";
import type { Device, DeviceKind, PrinterConnection } from "../core/device.ts";
import { POINTS } from "../core/device.ts";
import { RHYTHM_DAYS } from "../core/meters/due.ts";
import type { ManualMeter } from "../core/meters/manual.ts";
import type { PolicyDefinition, PolicyOverrides } from "../core/policy.ts";
import { paramsOf } from "../core/policy.ts";
import type { Booking } from "../core/calendar-settings.ts";
import type { Exemption, Site, Space } from "../core/space.ts";
import { accountProblems } from "./account.ts";
import type { SiteProblem } from "./mistakes.ts";
import type { SiteFile } from "./site.ts";

export type ParsedSite = { readonly ok: true; readonly site: Site } | { readonly ok: false; readonly problems: readonly SiteProblem[] };

/** Builds the site, or lists what contradicts. Ids of spaces and devices become `<building>/<id>`. */
export function assembleSite(file: SiteFile, policies: readonly PolicyDefinition[] | null, standby: Readonly<Record<DeviceKind, number>>): ParsedSite {
  const problems: SiteProblem[] = [];
  const wrong = (path: string, message: string): void => void problems.push({ path, message });

  const buildings = new Map(file.buildings.map((b) => [b.id, b]));
  const departments = new Set(file.departments.map((d) => d.id));
  const people = new Set(file.people.map((p) => p.id));
  twice(
    "buildings",
    file.buildings.map((b) => b.id),
    wrong,
  );
  twice(
    "departments",
    file.departments.map((d) => d.id),
    wrong,
  );
  twice(
    "people",
    file.people.map((p) => p.id),
    wrong,
  );
  const only = file.buildings.length === 1 ? file.buildings[0]!.id : null;

  function buildingOf(at: string, named: string | undefined): string {
    if (named === undefined && only === null) wrong(`${at}.building`, "is missing: with more than one building each space and device names its own");
    if (named !== undefined && !buildings.has(named)) wrong(`${at}.building`, `there is no building "${named}"`);
    return named ?? only ?? "";
  }
  function known(at: string, what: string, set: ReadonlySet<string>, id: string | null | undefined): string | null {
    if (id === null || id === undefined) return null;
    if (!set.has(id)) wrong(at, `there is no ${what} "${id}"`);
    return id;
  }

  const spaces = file.spaces.map((s, i): Space => {
    const building = buildingOf(`spaces[${i}]`, s.building);
    const floors = buildings.get(building)?.floors;
    if (floors !== undefined && !floors.includes(s.floor))
      wrong(`spaces[${i}].floor`, `building "${building}" has no floor "${s.floor}" (it has ${floors.join(", ")})`);
    return { ...s, building, id: `${building}/${s.id}`, department: known(`spaces[${i}].department`, "department", departments, s.department) };
  });
  twice(
    "spaces",
    spaces.map((s) => s.id),
    wrong,
  );
  const spaceById = new Map(spaces.map((s) => [s.id, s]));

  /** A whole id for a short one: the given building's, else the only one that has it. */
  function whole(at: string, what: string, ids: ReadonlyMap<string, unknown>, short: string | null, building?: string): string | null {
    if (short === null) return null;
    const found = short.includes("/")
      ? [short].filter((id) => ids.has(id))
      : building !== undefined
        ? [`${building}/${short}`].filter((id) => ids.has(id))
        : [...buildings.keys()].map((b) => `${b}/${short}`).filter((id) => ids.has(id));
    if (found.length === 0) wrong(at, `there is no ${what} "${short}"${building === undefined || short.includes("/") ? "" : ` in building "${building}"`}`);
    if (found.length > 1) wrong(at, `more than one building has a ${what} "${short}": write <building>/${short}`);
    return found[0] ?? null;
  }

  const devices = file.devices.map((d, i): Device => {
    const at = `devices[${i}]`;
    const building = buildingOf(at, d.building);
    const space = whole(`${at}.space`, "space", spaceById, d.space, building);
    if (space !== null && !space.startsWith(`${building}/`)) wrong(`${at}.space`, `"${space}" is in another building than the device`);
    const own = `jieyue/${building}/${d.id}/state`;
    if (d.codec === "native" && d.topic !== undefined && d.topic !== own) wrong(`${at}.topic`, `a native device speaks on "${own}"; leave the topic out`);
    const foreign = d.codec !== "native" && d.codec !== "manual";
    if (foreign && d.address === undefined) wrong(`${at}.address`, `with codec: ${d.codec} write what that source calls it, as the page shows it`);
    if (!foreign && d.address !== undefined) wrong(`${at}.address`, "is only for devices of another ecosystem: name it in codec, or leave the address out");
    const printer = printerOf(at, d, wrong);
    const manual = manualOf(at, d, wrong);
    const named = known(`${at}.department`, "department", departments, d.department);
    return {
      id: `${building}/${d.id}`,
      building,
      name: d.name ?? d.id,
      kind: d.kind,
      space,
      department: d.department === undefined ? ((space === null ? null : spaceById.get(space)?.department) ?? null) : named,
      codec: d.codec,
      topic: d.topic ?? d.address ?? own,
      ...(foreign && d.address !== undefined ? { address: d.address } : {}),
      tags: d.tags,
      protection: d.protection,
      interval: manual === null ? d.interval : RHYTHM_DAYS[manual.every] * 86_400,
      standby: d.standby ?? standby[d.kind],
      adopted: true,
      ...(d.meter === null ? {} : { meter: d.meter.includes("/") ? d.meter : `${building}/${d.meter}` }),
      ...(d.gateway === null ? {} : { gateway: d.gateway.includes("/") ? d.gateway : `${building}/${d.gateway}` }),
      ...(d.feeder === null ? {} : { feeder: d.feeder.includes("/") ? d.feeder : `${building}/${d.feeder}` }),
      ...(d.openLoop ? { openLoop: true } : {}),
      ...(d.wakes === undefined ? {} : { wakes: d.wakes }),
      ...(manual === null ? {} : { manual }),
      ...(printer === null ? {} : { printer }),
    };
  });
  twice(
    "devices",
    devices.map((d) => d.id),
    wrong,
  );
  const addressed = new Map<string, number>();
  devices.forEach((d, i) => {
    if (d.address === undefined) return;
    const key = `${d.codec}\n${d.address}`;
    const first = addressed.get(key);
    if (first !== undefined) wrong(`devices[${i}].address`, `"${d.address}" of ${d.codec} is that of devices[${first}] already`);
    else addressed.set(key, i);
  });
  const deviceById = new Map(devices.map((d) => [d.id, d]));
  devices.forEach((d, i) => {
    const meter = d.meter == null ? undefined : deviceById.get(d.meter);
    if (d.meter == null) return;
    if (meter === undefined) wrong(`devices[${i}].meter`, `there is no device "${d.meter}"`);
    else if (meter.kind !== "meter" && meter.kind !== "plug") wrong(`devices[${i}].meter`, `"${d.meter}" is no meter and no plug`);
  });
  /** Whether one device stands behind another, by whatever gateways and feeders are between. */
  function reaches(from: string, to: string, seen = new Set<string>()): boolean {
    if (seen.has(from)) return false;
    seen.add(from);
    const { gateway, feeder } = deviceById.get(from) ?? {};
    return [gateway, feeder].some((next) => next != null && (next === to || reaches(next, to, seen)));
  }
  devices.forEach((d, i) => {
    for (const upstream of ["gateway", "feeder"] as const) {
      const behind = d[upstream];
      if (behind == null) continue;
      if (!deviceById.has(behind)) wrong(`devices[${i}].${upstream}`, `there is no device "${behind}"`);
      else if (behind === d.id) wrong(`devices[${i}].${upstream}`, "cannot be the device itself");
      else if (reaches(behind, d.id)) wrong(`devices[${i}].${upstream}`, `"${behind}" stands behind "${d.id}" itself`);
    }
  });
  file.alerting.routes.forEach((r, i) => {
    r.people.forEach((p, n) => void known(`alerting.routes[${i}].people[${n}]`, "person", people, p));
    r.when.departments?.forEach((d, n) => void known(`alerting.routes[${i}].when.departments[${n}]`, "department", departments, d));
    r.when.buildings?.forEach((b, n) => void known(`alerting.routes[${i}].when.buildings[${n}]`, "building", new Set(buildings.keys()), b));
    if (policies !== null) {
      const ids = new Set([...policies.map((p) => p.id), ...file.custom.map((p) => p.id)]);
      r.when.policies?.forEach((p, n) => void known(`alerting.routes[${i}].when.policies[${n}]`, "policy", ids, p));
    }
  });
  for (const severity of ["high", "medium", "low"] as const) {
    file.alerting.climb[severity].forEach((s, i, steps) => {
      const before = steps[i - 1];
      if (before !== undefined && (s.after <= before.after || LEVELS.indexOf(s.level) <= LEVELS.indexOf(before.level)))
        wrong(`alerting.climb.${severity}[${i}]`, "must be a higher level than the step above, and later");
    });
  }

  file.departments.forEach((d, i) => {
    known(`departments[${i}].chief`, "person", people, d.chief);
    known(`departments[${i}].deputy`, "person", people, d.deputy);
  });
  file.people.forEach((p, i) => void known(`people[${i}].department`, "department", departments, p.department));

  const bookings = file.calendar.bookings.map((b, i): Booking => {
    if (b.from >= b.until) wrong(`calendar.bookings[${i}].until`, "must be after from");
    return { ...b, space: whole(`calendar.bookings[${i}].space`, "space", spaceById, b.space) };
  });
  const hours = file.calendar.hours.map((h, i) => {
    if (h.building === null && h.department === null) wrong(`calendar.hours[${i}]`, "must name a building or a department");
    known(`calendar.hours[${i}].building`, "building", new Set(buildings.keys()), h.building);
    known(`calendar.hours[${i}].department`, "department", departments, h.department);
    checkPeriods(`calendar.hours[${i}].working`, h.working, wrong);
    return h;
  });
  const roster = file.calendar.roster.map((r, i) => {
    r.people.forEach((p, n) => void known(`calendar.roster[${i}].people[${n}]`, "person", people, p));
    if (r.until !== null && r.until < r.from) wrong(`calendar.roster[${i}].until`, "must not be before from");
    if (r.start === r.end) wrong(`calendar.roster[${i}].end`, "must differ from start");
    return { ...r, space: whole(`calendar.roster[${i}].space`, "space", spaceById, r.space) };
  });
  const feeds = file.calendar.feeds.map((f, i) => {
    if ((f.url === null) === (f.file === null)) wrong(`calendar.feeds[${i}]`, "must have an url or a file, one of the two");
    const rooms = Object.entries(f.rooms).map(
      ([name, space]) => [name, whole(`calendar.feeds[${i}].rooms.${name}`, "space", spaceById, space) ?? space] as const,
    );
    return { ...f, space: whole(`calendar.feeds[${i}].space`, "space", spaceById, f.space), rooms: Object.fromEntries(rooms) };
  });
  twice(
    "calendar.feeds",
    feeds.map((f) => f.id),
    wrong,
  );
  file.calendar.events.forEach((e, i) => e.from > e.until && wrong(`calendar.events[${i}].until`, "must not be before from"));
  checkPeriods("calendar.working", file.calendar.working, wrong);

  twice(
    "mappings",
    file.mappings.map((m) => m.id),
    wrong,
  );
  const custom = file.custom.map((p, i): CustomPolicy => {
    const taken = new Set([...(policies ?? []).map((known) => known.id), ...file.custom.slice(0, i).map((earlier) => earlier.id)]);
    for (const { path, message } of checkCustom(p, taken)) wrong(`custom[${i}].${path}`, message);
    p.scope.buildings?.forEach((b, n) => void known(`custom[${i}].scope.buildings[${n}]`, "building", new Set(buildings.keys()), b));
    const scopeSpaces = p.scope.spaces?.map((s, n) => whole(`custom[${i}].scope.spaces[${n}]`, "space", spaceById, s) ?? s);
    return scopeSpaces === undefined ? p : { ...p, scope: { ...p.scope, spaces: scopeSpaces } };
  });
  // What the site file writes itself can be named by its policies and exemptions like the built-in ones.
  const definitions = policies === null || problems.length > 0 ? policies : [...policies, ...custom.map(compileCustom)];

  const exemptions = file.exemptions.map((e, i): Exemption => {
    if (e.device === null && e.space === null && e.class === null) wrong(`exemptions[${i}]`, "must name a device, a space or a class");
    if (definitions !== null && e.policy !== null && !definitions.some((p) => p.id === e.policy))
      wrong(`exemptions[${i}].policy`, `there is no policy "${e.policy}"`);
    return {
      policy: e.policy,
      device: whole(`exemptions[${i}].device`, "device", deviceById, e.device),
      space: whole(`exemptions[${i}].space`, "space", spaceById, e.space),
      spaceClass: e.class,
      reason: e.reason,
    };
  });

  const overrides: Record<string, PolicyOverrides> = {};
  for (const [id, override] of Object.entries(file.policies)) {
    const at = `policies.${id}`;
    if (definitions !== null) checkParams(at, id, override.params ?? {}, definitions, wrong);
    known(`${at}.owner`, "person", people, override.owner);
    override.scope?.buildings?.forEach((b, i) => void known(`${at}.scope.buildings[${i}]`, "building", new Set(buildings.keys()), b));
    const scopeSpaces = override.scope?.spaces?.map((s, i) => whole(`${at}.scope.spaces[${i}]`, "space", spaceById, s) ?? s);
    const canary = override.canary?.map((s, i) => whole(`${at}.canary[${i}]`, "space", spaceById, s) ?? s);
    if (override.mode === "canary" && (canary ?? []).length === 0) wrong(`${at}.canary`, "names at least one space where mode canary enforces");
    const placed = canary === undefined ? override : { ...override, canary };
    overrides[id] = placed.scope === undefined || scopeSpaces === undefined ? placed : { ...placed, scope: { ...placed.scope, spaces: scopeSpaces } };
  }
  twice(
    "tariffs",
    file.tariffs.map((t) => t.quantity),
    wrong,
  );
  for (const { path, message } of accountProblems(file.account)) wrong(`account.${path}`, message);
  twice(
    "account.items",
    file.account.items.map((i) => i.code),
    wrong,
  );
  file.account.headcounts.forEach((h, i) => void known(`account.headcounts[${i}].department`, "department", departments, h.department));
  const mains = file.account.mains.map((m, i): Main => {
    const at = `account.mains[${i}]`;
    const building = buildingOf(at, m.building);
    const meter = whole(`${at}.meter`, "device", deviceById, m.meter, building) ?? m.meter;
    const { kind } = deviceById.get(meter) ?? { kind: "meter" };
    if (kind !== "meter" && kind !== "plug" && kind !== "water") wrong(`${at}.meter`, `"${m.meter}" is no meter`);
    if (m.floor !== null && m.space !== null) wrong(at, "must name a floor or a space, not both");
    if (m.floor !== null && buildings.get(building)?.floors.includes(m.floor) === false)
      wrong(`${at}.floor`, `building "${building}" has no floor "${m.floor}"`);
    return { meter, building, floor: m.floor, space: whole(`${at}.space`, "space", spaceById, m.space, building) };
  });
  twice(
    "account.mains",
    mains.map((m) => m.meter),
    wrong,
  );
  const account: Account = { ...file.account, mains, tariffs: [...file.tariffs.map(shortTariff), ...file.account.tariffs] };

  if (problems.length > 0) return { ok: false, problems };
  const site: Site = {
    ...file.site,
    buildings: file.buildings,
    spaces,
    devices,
    departments: file.departments,
    people: file.people,
    calendar: { ...file.calendar, bookings, hours, roster, feeds },
    exemptions,
    policies: overrides,
    custom,
    mappings: file.mappings,
    account,
    alerting: file.alerting,
  };
  return { ok: true, site };
}

/** How a printer is asked; null for all else. */
function printerOf(at: string, { codec, kind, printer }: SiteFile["devices"][number], wrong: Wrong): PrinterConnection | null {
  if (codec !== "printer") {
    if (printer !== undefined) wrong(`${at}.printer`, "is only for a printer that Jieyue asks: give it `codec: printer` too, or leave this out");
    return null;
  }
  if (kind !== "copier") wrong(`${at}.kind`, "a printer's kind is copier");
  if (printer === undefined || (printer.snmp === null && printer.ipp === null && printer.pageLog === null))
    wrong(`${at}.printer`, "with codec: printer write how it is asked: snmp, ipp or pageLog, at least one of them");
  return printer ?? null;
}

/** How a meter without a wire is read; null for what speaks itself. */
function manualOf(at: string, { codec, kind, read, topic }: SiteFile["devices"][number], wrong: Wrong): ManualMeter | null {
  if (codec !== "manual") {
    if (read !== undefined) wrong(`${at}.read`, "is only for a meter without a wire: give it `codec: manual` too, or leave this out");
    return null;
  }
  if (topic !== undefined) wrong(`${at}.topic`, "a meter without a wire speaks on no topic; leave it out");
  const counters = POINTS[kind].filter((p) => p.counter === true).map((p) => p.name);
  const point = read?.point ?? counters[0];
  if (point === undefined) {
    wrong(`${at}.codec`, `a ${kind} has no counter that people could read; codec: manual is for meters`);
    return null;
  }
  if (!counters.includes(point)) wrong(`${at}.read.point`, `a ${kind} has no counter "${point}" (it has ${counters.join(", ")})`);
  return { point, every: read?.every ?? "month" };
}

/** One price that has always held is a row like any other. */
function shortTariff({ quantity, price, source }: SiteFile["tariffs"][number]): TariffRow {
  return {
    id: `${SITE_REGION}-${quantity}`,
    quantity,
    region: SITE_REGION,
    validFrom: "0001-01-01",
    validUntil: null,
    year: null,
    source: { title: source, number: null, clause: null, url: null },
    note: null,
    example: source.startsWith("示例"),
    pricing: { kind: "flat", price },
    unit: `CNY/${UNITS[quantity]}`,
  };
}

function checkPeriods(at: string, periods: readonly (readonly [number, number])[], wrong: Wrong): void {
  let end = -1;
  periods.forEach(([from, until], i) => {
    if (from >= until) wrong(`${at}[${i}]`, "must begin before it ends");
    else if (from < end) wrong(`${at}[${i}]`, "begins before the one above ends");
    end = Math.max(end, until);
  });
}

type Wrong = (path: string, message: string) => void;

/** Names every id after the first that is the same. */
function twice(list: string, ids: readonly string[], wrong: Wrong): void {
  const first = new Map<string, number>();
  ids.forEach((id, i) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, i);
    else wrong(`${list}[${i}]`, `"${id}" is used twice (first in ${list}[${before}])`);
  });
}

function checkParams(at: string, id: string, params: Readonly<Record<string, number>>, policies: readonly PolicyDefinition[], wrong: Wrong): void {
  const policy = policies.find((p) => p.id === id);
  if (policy === undefined) return wrong(at, `there is no policy "${id}" (there are ${policies.map((p) => p.id).join(", ")})`);
  for (const [name, value] of Object.entries(params)) {
    const param = paramsOf(policy).find((p) => p.name === name);
    if (param === undefined)
      wrong(
        `${at}.params.${name}`,
        `"${id}" has no such parameter (it has ${paramsOf(policy)
          .map((p) => p.name)
          .join(", ")})`,
      );
    else if (value < param.min || value > param.max) wrong(`${at}.params.${name}`, `must be from ${param.min} to ${param.max} ${param.unit}`.trimEnd());
  }
}
