/** Every device, however many: searched, filtered, and rendered only as far as one sees. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { DEVICE_KINDS } from "../../../server/core/device.ts";
import { saysAll, wordsOf } from "../device-search.ts";
import { t, text, word } from "../i18n.ts";
import { departmentName, pointText, spaceName } from "../names.ts";
import { Later } from "../parts/later.tsx";
import { NotUnderstood } from "../parts/not-understood.tsx";
import { SearchFilter, Segments, SelectFilter } from "../parts/filters.tsx";
import { Icon } from "../parts/icon.tsx";
import { DeviceStatus, Empty } from "../parts/marks.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo, query } from "../router.ts";
import { deviceShape, devices, rejections } from "../store.ts";
import { windowOf } from "../windowing.ts";

const STATUSES = ["online", "offline", "silent", "manual"] as const;
const TELLING: Readonly<Partial<Record<NonNullable<DeviceDto["kind"]>, readonly string[]>>> = {
  ac: ["on", "mode", "setpoint", "temperature"],
  light: ["on", "power"],
  water: ["flow", "valve"],
  copier: ["status", "pages"],
  meter: ["power", "energy"],
  plug: ["on", "power"],
  presence: ["occupied"],
  contact: ["open"],
  lux: ["illuminance"],
  boiler: ["on", "supply"],
  outdoor: ["temperature", "humidity"],
};

/** A device's state in a few words. */
export function stateText(device: DeviceDto): string {
  const names = device.kind === null ? device.points.slice(0, 4).map((p) => p.name) : (TELLING[device.kind] ?? []);
  return names
    .flatMap((name) => {
      const p = device.points.find((own) => own.name === name);
      return p === undefined || p.value === null ? [] : [pointText(p.name, p.value, p.unit)];
    })
    .join(" · ");
}

function Row({ id, height, index }: { readonly id: string; readonly height: number; readonly index: number }) {
  const device = devices.one(id).value;
  if (device === undefined) return null;
  return (
    <tr style={{ height: `${height}px` }} aria-rowindex={index + 2} data-testid="device-row">
      <td class="narrow">
        <Icon name={device.kind ?? "unknown"} size={18} />
      </td>
      <td class="main-cell">
        <a href={pathTo("devices", id)} data-testid="device-link">
          {text(device.name)}
        </a>
        <small>{id}</small>
      </td>
      <td class="wide-only">{device.space === null ? "—" : <a href={pathTo("spaces", device.space)}>{spaceName(device.space)}</a>}</td>
      <td class="wide-only">{departmentName(device.department)}</td>
      <td class="state-cell">{stateText(device)}</td>
      <td class="wide-only number muted">{device.seenAt === null ? "—" : <Time at={device.seenAt} how="ago" />}</td>
      <td>
        <DeviceStatus status={device.status} />
      </td>
    </tr>
  );
}

function matching(q: string, kind: string | null, status: string | null): string[] {
  const words = wordsOf(q);
  const found: string[] = [];
  for (const d of devices.peekAll()) {
    if (
      (kind !== null && d.kind !== kind) ||
      (status === "missing" ? d.status === "online" || d.status === "manual" : status !== null && d.status !== status) ||
      d.status === "discovered"
    )
      continue;
    if (saysAll(d, words)) found.push(d.id);
  }
  return found;
}

function AllDevices() {
  void deviceShape.value;
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = 56;
  const q = query.value.get("q") ?? "";
  const kind = query.value.get("kind");
  const status = query.value.get("status");
  const ids = matching(q, kind, status);
  const seen = windowOf(ids.length, rowHeight, top, height);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => box.current?.scrollTo(0, 0), [q, kind, status]);
  return (
    <>
      <div class="filters">
        <SearchFilter label={t("common.search")} hint={t("devices.search")} />
        <SelectFilter name="kind" label={t("table.kind")} options={DEVICE_KINDS.map((k) => [k, word("kind", k)])} />
        <SelectFilter
          name="status"
          label={t("table.status")}
          options={[["missing", t("overview.missing")], ...STATUSES.map((s) => [s, word("status", s)] as const)]}
        />
        <p class="count muted">{t("devices.count", { n: ids.length })}</p>
      </div>
      {ids.length === 0 && <Empty />}
      <div
        class="table-box scroll"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={t("nav.devices")}
        onScroll={(e) => setTop(e.currentTarget.scrollTop)}
        hidden={ids.length === 0}
      >
        <table class="windowed" aria-rowcount={ids.length + 1}>
          <caption class="sr-only">{t("nav.devices")}</caption>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">
                <span class="sr-only">{t("table.kind")}</span>
              </th>
              <th scope="col">{t("table.device")}</th>
              <th scope="col" class="wide-only">
                {t("table.space")}
              </th>
              <th scope="col" class="wide-only">
                {t("table.department")}
              </th>
              <th scope="col">{t("table.value")}</th>
              <th scope="col" class="wide-only number">
                {t("table.heard")}
              </th>
              <th scope="col">{t("table.status")}</th>
            </tr>
          </thead>
          <tbody>
            {seen.before > 0 && (
              <tr aria-hidden="true" style={{ height: `${seen.before}px` }}>
                <td colSpan={7} />
              </tr>
            )}
            {ids.slice(seen.first, seen.end).map((id, i) => (
              <Row key={id} id={id} height={rowHeight} index={seen.first + i} />
            ))}
            {seen.after > 0 && (
              <tr aria-hidden="true" style={{ height: `${seen.after}px` }}>
                <td colSpan={7} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Tab({ tab }: { readonly tab: string }) {
  switch (tab) {
    case "discovered":
      return <Later key={tab} load={() => import("../adopting/discovered.tsx").then((m) => m.Discovered)} />;
    case "mappings":
      return <Later key={tab} load={() => import("../adopting/mappings.tsx").then((m) => m.Mappings)} />;
    case "table":
      return <Later key={tab} load={() => import("../adopting/site-table.tsx").then((m) => m.SiteTable)} />;
    case "not-understood":
      return <NotUnderstood />;
    default:
      return <AllDevices />;
  }
}

export function Devices() {
  void deviceShape.value;
  const tab = query.value.get("tab") ?? "";
  const all = [...devices.peekAll()];
  const strangers = all.filter((d) => d.status === "discovered");
  const discovered = strangers.filter((d) => d.ignored !== true);
  return (
    <div class="page devices-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.devices")}</h1>
        <Segments
          name="tab"
          label={t("nav.devices")}
          options={[
            ["", t("devices.known"), all.length - strangers.length],
            ["discovered", t("devices.discovered"), discovered.length],
            ["not-understood", t("devices.not-understood"), rejections.value.length],
            ["mappings", t("mapping.title")],
            ["table", t("site-table.tab")],
          ]}
        />
      </header>
      <Tab tab={tab} />
    </div>
  );
}
