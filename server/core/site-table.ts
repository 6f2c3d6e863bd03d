/** The table of devices as people fill it in with a spreadsheet: which column is which, what each row would change, and what is wrong where. Pure. */
import type { AdoptAs } from "./adopt.ts";
import { adoptRefused, isAdoptedAs } from "./adopt.ts";
import type { Device, Text } from "./device.ts";
import { DEVICE_KINDS } from "./device.ts";
import type { House } from "./house.ts";
import type { TableRow } from "./meters/rows.ts";
import { numberOf } from "./meters/rows.ts";
import type { DeviceId } from "./reading.ts";

export const SITE_COLUMNS = [
  "id",
  "adopt",
  "kind",
  "space",
  "department",
  "name",
  "codec",
  "address",
  "topic",
  "interval",
  "standby",
  "meter",
  "tags",
] as const;
export type SiteColumn = (typeof SITE_COLUMNS)[number];

export const SITE_TROUBLES = [
  "no-id",
  "unknown-device",
  "twice",
  "adopt-word",
  "no-kind",
  "unknown-kind",
  "unknown-space",
  "not-its-department",
  "not-here",
  "bad-number",
  "unknown-meter",
  "too-long",
  "refused",
] as const;
export type SiteTroubleCode = (typeof SITE_TROUBLES)[number];

export interface SiteTrouble {
  readonly code: SiteTroubleCode;
  readonly column: SiteColumn;
  readonly given: string;
  readonly detail: string;
}

export interface SiteChange {
  readonly column: SiteColumn;
  readonly from: string;
  readonly to: string;
}

/** What a row would do: adopt a stranger, change an adopted device, nothing; or nothing because the site file describes it, or because it is wrong. */
export interface SiteRow {
  readonly line: number;
  readonly id: string;
  readonly device: DeviceId | null;
  readonly as: AdoptAs | null;
  readonly outcome: "adopt" | "change" | "same" | "site-file" | "wrong";
  readonly changes: readonly SiteChange[];
  readonly troubles: readonly SiteTrouble[];
}

export type ReadSite = { readonly ok: true; readonly rows: readonly SiteRow[] } | { readonly ok: false; readonly detail: string };

/** Heads of columns as people write them, beside the column's own name. */
const HEADS: Readonly<Record<SiteColumn, readonly string[]>> = {
  id: ["设备编号", "設備編號", "编号", "編號", "device", "deviceid"],
  adopt: ["登记", "登記", "adopted"],
  kind: ["类型", "類型", "种类", "種類", "type"],
  space: ["房间", "房間", "空间", "空間", "位置", "room", "location"],
  department: ["科室", "部门", "部門", "section"],
  name: ["名称", "名稱", "名字"],
  codec: ["协议", "協議", "来源", "來源", "source", "protocol"],
  address: ["地址"],
  topic: ["主题", "主題"],
  interval: ["间隔", "間隔", "上报间隔", "上報間隔", "intervals"],
  standby: ["待机", "待機", "待机功率", "待機功率", "standbyw"],
  meter: ["电表", "電表", "電錶", "计量", "計量", "measuredby"],
  tags: ["标签", "標籤", "tag"],
};
const HEAD_WITHIN = 10;

type Cell = string | number | null;

/** Words for a stranger that is to be adopted, or stays one. */
const YES = /^(?:yes|y|true|1|x|✓|是)$/i;
const NO = /^(?:|no|n|false|0|否)$/i;

/**
 * A device as a row of the table, in the order of the columns. `name` is in the reader's language; of a stranger it says what it is suggested as, and that it is not
 * adopted: handed in as it is, the table changes nothing.
 */
export function rowOf(device: Device, name: string, suggested: { readonly kind: string | null; readonly space: string | null } | null = null): string[] {
  const { id, department, codec, address, topic, interval, standby, meter, tags, adopted } = device;
  const kind = suggested?.kind ?? device.kind ?? "";
  const space = suggested?.space ?? device.space ?? "";
  const own = [department ?? "", name, codec, address ?? "", topic, String(interval), String(standby), meter ?? "", tags.join("; ")];
  return [id, adopted ? "yes" : "", kind, space, ...own];
}

export function readSiteTable(table: readonly TableRow[], house: House): ReadSite {
  const at = table.slice(0, HEAD_WITHIN).findIndex((row) => placesOf(row).has("id"));
  const places = at < 0 ? null : placesOf(table[at]!);
  if (places === null || !places.has("kind"))
    return { ok: false, detail: `The table has no column "id" and "kind" in its first ${HEAD_WITHIN} rows. Export the table to see its form.` };
  const byAddress = new Map([...house.devices.values()].flatMap(({ device: d }) => (d.address === undefined ? [] : [[`${d.codec}\n${d.address}`, d.id]])));
  const fixed = new Set(house.site.devices.map((d) => d.id));
  const seen = new Map<DeviceId, number>();
  const rows = table.slice(at + 1).map((row) => {
    const cell = (column: SiteColumn): Cell | undefined => (places.has(column) ? (row.cells[places.get(column)!] ?? null) : undefined);
    return readRow(row.line, cell, house, { byAddress, fixed, seen });
  });
  return { ok: true, rows };
}

function placesOf({ cells }: TableRow): Map<SiteColumn, number> {
  const places = new Map<SiteColumn, number>();
  cells.forEach((cell, i) => {
    if (typeof cell !== "string") return;
    const head = cell.replaceAll(/\(.*?\)|（.*?）|\[.*?\]|[\s_*:：]/g, "").toLowerCase();
    const column = SITE_COLUMNS.find((c) => c === head || HEADS[c].includes(head));
    if (column !== undefined && !places.has(column)) places.set(column, i);
  });
  return places;
}

interface Known {
  readonly byAddress: ReadonlyMap<string, DeviceId>;
  readonly fixed: ReadonlySet<DeviceId>;
  readonly seen: Map<DeviceId, number>;
}

function readRow(line: number, cell: (column: SiteColumn) => Cell | undefined, house: House, { byAddress, fixed, seen }: Known): SiteRow {
  const troubles: SiteTrouble[] = [];
  // A formula's mark that an export put before a text is no part of it.
  const text = (column: SiteColumn) => {
    const given = cell(column);
    return given === undefined || given === null
      ? ""
      : String(given)
          .trim()
          .replace(/^'(?=[=+\-@])/, "");
  };
  const trouble = (code: SiteTroubleCode, column: SiteColumn, detail: string) =>
    void troubles.push({ code, column, given: text(column).slice(0, 100), detail });
  const given = text("id");
  const id = given === "" && text("address") !== "" ? (byAddress.get(`${text("codec")}\n${text("address")}`) ?? "") : given;
  const wrong = (): SiteRow => ({ line, id: (id || given).slice(0, 300), device: null, as: null, outcome: "wrong", changes: [], troubles });
  const state = house.devices.get(id);
  if (id === "") trouble("no-id", "id", "Name the device: its id, or its codec and address as its source knows it.");
  else if (state === undefined)
    trouble(
      "unknown-device",
      "id",
      "There is no such device: it is adopted once it has spoken, by the id that it is shown under; a new one is described in the site file.",
    );
  if (state === undefined) return wrong();
  const before = seen.get(id);
  if (before !== undefined) trouble("twice", "id", `Row ${before} is of the same device; keep one of them.`);
  else seen.set(id, line);
  const { device } = state;
  const word = cell("adopt") === undefined ? "yes" : text("adopt");
  if (!YES.test(word) && (!NO.test(word) || (device.adopted && word !== "")))
    trouble("adopt-word", "adopt", 'Write "yes" for a stranger that is to be adopted, or nothing; a device is let go on its own page.');
  // Whatever else its row says is only what it is suggested as.
  else if (!device.adopted && !YES.test(word) && before === undefined) return { line, id, device: null, as: null, outcome: "same", changes: [], troubles: [] };
  const as = adoptAs(device, house, cell, text, trouble);
  for (const column of ["codec", "address", "topic"] as const)
    if (text(column) !== "" && text(column) !== (device[column] ?? ""))
      trouble("not-here", column, `Its source says "${(device[column] ?? "").slice(0, 100)}"; it is not changed here.`);
  if (troubles.length > 0 || as === null) return wrong();
  const refusal = fixed.has(id) ? null : adoptRefused(house, id, as);
  if (refusal !== null) {
    troubles.push({ code: "refused", column: "id", given: refusal.code, detail: refusal.detail });
    return wrong();
  }
  const changes = changesOf(device, as);
  const outcome = fixed.has(id) ? (changes.length === 0 ? "same" : "site-file") : !device.adopted ? "adopt" : isAdoptedAs(house, id, as) ? "same" : "change";
  return { line, id, device: id, as, outcome, changes, troubles };
}

function adoptAs(
  device: Device,
  house: House,
  cell: (column: SiteColumn) => Cell | undefined,
  text: (column: SiteColumn) => string,
  trouble: (code: SiteTroubleCode, column: SiteColumn, detail: string) => void,
): AdoptAs | null {
  const kind = text("kind") === "" ? device.kind : (DEVICE_KINDS.find((k) => k === text("kind").toLowerCase()) ?? null);
  if (text("kind") !== "" && kind === null) trouble("unknown-kind", "kind", `A kind is one of ${DEVICE_KINDS.join(", ")}.`);
  else if (kind === null) trouble("no-kind", "kind", `Say what it is: one of ${DEVICE_KINDS.join(", ")}.`);
  const space = cell("space") === undefined ? device.space : spaceOf(text("space"), device, house);
  if (space === undefined) trouble("unknown-space", "space", "There is no such space, or there are two of this name; use its id, such as hall/301.");
  const known = space == null ? undefined : house.spaces.get(space);
  if (text("department") !== "" && space !== undefined && text("department") !== (known?.department ?? ""))
    trouble("not-its-department", "department", `A device belongs to its space's department, here "${known?.department ?? ""}"; leave the cell empty.`);
  const number = (column: "interval" | "standby", least: number, most: number) => {
    if (text(column) === "") return device[column];
    const found = numberOf(cell(column) ?? null);
    if (found === null || found < least || found > most) trouble("bad-number", column, `Must be a number from ${least} to ${most}.`);
    return found ?? device[column];
  };
  const interval = number("interval", 1, 86_400);
  const standby = number("standby", 0, 10_000);
  const meter = cell("meter") === undefined ? undefined : text("meter") === "" ? null : text("meter");
  if (meter != null && !house.devices.has(meter)) trouble("unknown-meter", "meter", "There is no such device; name the id of the device that measures it.");
  const tags =
    cell("tags") === undefined
      ? undefined
      : text("tags")
          .split(/[;；,，]/)
          .map((t) => t.trim())
          .filter((t) => t !== "");
  if ((tags ?? []).some((t) => t.length > 60) || (tags ?? []).length > 20)
    trouble("too-long", "tags", "At most 20 tags of at most 60 characters, parted by semicolons.");
  const name = text("name");
  if (name.length > 100) trouble("too-long", "name", "A name has at most 100 characters.");
  if (kind === null || space === undefined) return null;
  return {
    kind,
    space,
    name: name === "" || isNamed(device.name, name) ? null : name,
    interval: interval === device.interval ? null : interval,
    standby: standby === device.standby ? null : standby,
    ...(meter === undefined || meter === (device.meter ?? null) ? {} : { meter }),
    ...(tags === undefined || tags.join("\n") === device.tags.join("\n") ? {} : { tags }),
  };
}

function isNamed(name: Text, given: string): boolean {
  return typeof name === "string" ? name === given : Object.values(name).includes(given);
}

/** A space by its id, whole or within the device's building, or by a name that only one has there; undefined where there is none. */
function spaceOf(given: string, device: Device, house: House): string | null | undefined {
  if (given === "") return null;
  for (const id of [given, `${device.building}/${given}`]) if (house.spaces.has(id)) return id;
  const named = house.site.spaces.filter((s) => s.building === device.building && isNamed(s.name, given));
  return named.length === 1 ? named[0]!.id : undefined;
}

function changesOf(device: Device, as: AdoptAs): SiteChange[] {
  const changes: SiteChange[] = [];
  const note = (column: SiteColumn, from: string, to: string) => void (from !== to && changes.push({ column, from, to }));
  note("kind", device.kind ?? "", as.kind);
  note("space", device.space ?? "", as.space ?? "");
  if (as.name !== null) note("name", typeof device.name === "string" ? device.name : (Object.values(device.name)[0] ?? ""), as.name);
  if (as.interval !== null) note("interval", String(device.interval), String(as.interval));
  if (as.standby !== null) note("standby", String(device.standby), String(as.standby));
  if (as.meter !== undefined) note("meter", device.meter ?? "", as.meter ?? "");
  if (as.tags !== undefined) note("tags", device.tags.join("; "), as.tags.join("; "));
  return changes;
}
