/** Rooms by building and floor, each with what a round through the house would notice. */
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { SpaceDto } from "../../../server/contract/house.ts";
import type { SpaceClass } from "../../../server/core/space.ts";
import { format, t, text } from "../i18n.ts";
import { floorName } from "../names.ts";
import type { IconName } from "../parts/icon.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty } from "../parts/marks.tsx";
import { pathTo, query, setQuery } from "../router.ts";
import { summarise } from "../space-summary.ts";
import { devices, devicesBySpace, openBySpace, site, spaces } from "../store.ts";

export const CLASS_ICONS: Readonly<Record<SpaceClass, IconName>> = {
  office: "person",
  meeting: "presence",
  corridor: "spaces",
  restroom: "water",
  "server-room": "devices",
  archive: "copier",
  canteen: "boiler",
  courtyard: "leaf",
  facade: "light",
  garage: "spaces",
  clinic: "presence",
  lobby: "spaces",
  "plant-room": "boiler",
};

export function useSummary(id: string) {
  return useMemo(() => computed(() => summarise((devicesBySpace.value.get(id) ?? []).flatMap((d) => devices.one(d).value ?? []))), [id]).value;
}

function Tile({ space }: { readonly space: SpaceDto }) {
  const s = useSummary(space.id);
  const open = openBySpace.value.get(space.id) ?? 0;
  const f = format.value;
  return (
    <a class={`tile ${open > 0 ? "has-open" : ""} ${s.occupied === true ? "occupied" : ""}`} href={pathTo("spaces", space.id)} data-testid="space-tile">
      <span class="tile-head">
        <Icon name={CLASS_ICONS[space.class]} size={16} />
        <b>{text(space.name)}</b>
        {open > 0 && (
          <span class="badge" title={t("spaces.open", { n: open })}>
            {open}
          </span>
        )}
      </span>
      <span class="tile-figures">
        <span class={`presence ${s.occupied === null ? "unknown" : s.occupied ? "yes" : "no"}`}>
          {s.occupied === null ? "" : t(s.occupied ? "spaces.occupied" : "spaces.empty")}
        </span>
        <span>{s.temperature === null ? "" : f.quantity(s.temperature, "°C", true)}</span>
      </span>
      <span class="tile-devices">
        {s.acs.total > 0 && (
          <span class={s.acs.on > 0 ? "on" : ""} title={t("spaces.acs", s.acs)}>
            <Icon name="ac" size={14} />
            {s.acs.on}/{s.acs.total}
          </span>
        )}
        {s.lights.total > 0 && (
          <span class={s.lights.on > 0 ? "on" : ""} title={t("spaces.lights", s.lights)}>
            <Icon name="light" size={14} />
            {s.lights.on}/{s.lights.total}
          </span>
        )}
        {s.windows.open > 0 && (
          <span class="on" title={t("spaces.windows", s.windows)}>
            <Icon name="contact" size={14} />
            {s.windows.open}
          </span>
        )}
        {s.flow !== null && (
          <span class={s.flow > 0.05 ? "on" : ""}>
            <Icon name="water" size={14} />
            {f.quantity(s.flow, "L/min")}
          </span>
        )}
        <span class="tile-power">{s.power === null ? "" : f.power(s.power)}</span>
      </span>
      {s.missing > 0 && <small class="tile-missing">{t("spaces.missing", { n: s.missing })}</small>}
    </a>
  );
}

export function Spaces() {
  const chosen = query.value.get("floor");
  const buildings = site.value?.buildings ?? [];
  const floors = buildings.flatMap((b) => b.floors.map((floor) => ({ building: b, floor, key: `${b.id}/${floor}` })));
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.spaces")}</h1>
        <div class="segments" role="group" aria-label={t("spaces.floors")}>
          <button type="button" aria-pressed={chosen === null} onClick={() => setQuery({ floor: null })}>
            {t("common.all")}
          </button>
          {floors.map((f) => (
            <button type="button" key={f.key} aria-pressed={chosen === f.key} onClick={() => setQuery({ floor: f.key })}>
              {buildings.length > 1 ? `${text(f.building.name)} ${floorName(f.floor)}` : floorName(f.floor)}
            </button>
          ))}
        </div>
      </header>
      {spaces.value.length === 0 && <Empty />}
      {floors
        .filter((f) => chosen === null || chosen === f.key)
        .map((f) => {
          const here = spaces.value.filter((s) => s.building === f.building.id && s.floor === f.floor);
          return here.length === 0 ? null : (
            <section class="floor" key={f.key} aria-labelledby={`floor-${f.key}`}>
              <h2 id={`floor-${f.key}`}>
                {text(f.building.name)} · {floorName(f.floor)} <small>{t("spaces.count", { n: here.length })}</small>
              </h2>
              <div class="tiles">
                {here.map((s) => (
                  <Tile key={s.id} space={s} />
                ))}
              </div>
            </section>
          );
        })}
    </div>
  );
}
