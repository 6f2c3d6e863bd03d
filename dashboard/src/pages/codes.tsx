/** A sheet of codes to print and stick on: each leads to the page where one asks for leave. */
import { renderSVG } from "uqr";
import { t, text, word } from "../i18n.ts";
import { deviceName, floorName, spaceName, spaceOf } from "../names.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { query } from "../router.ts";
import { deviceShape, devices, site, spaces } from "../store.ts";

const KINDS = ["ac", "light", "plug", "copier", "water"] as const;

function Code({ to, title, where }: { readonly to: string; readonly title: string; readonly where: string }) {
  const picture = `data:image/svg+xml,${encodeURIComponent(renderSVG(`${location.origin}${to}`, { border: 1 }))}`;
  return (
    <a class="code-label" href={to} data-testid="code-label">
      <img src={picture} alt="" width={96} height={96} />
      <span>
        <b>{title}</b>
        <small>{where}</small>
        <small>{t("codes.scan")}</small>
      </span>
    </a>
  );
}

export function Codes() {
  void deviceShape.value;
  const floor = query.value.get("floor") ?? "";
  const kind = query.value.get("kind") ?? "";
  const floors = [...new Set(spaces.value.map((s) => s.floor))].sort();
  const shown =
    kind === ""
      ? spaces.value
          .filter((s) => floor === "" || s.floor === floor)
          .map((s) => ({ id: s.id, to: `/ask?space=${encodeURIComponent(s.id)}`, title: text(s.name), where: floorName(s.floor) }))
      : [...devices.peekAll()]
          .filter((d) => d.kind === kind && d.protection === null && d.status !== "discovered" && (floor === "" || spaceOf(d.space)?.floor === floor))
          .map((d) => ({ id: d.id, to: `/ask?device=${encodeURIComponent(d.id)}`, title: deviceName(d.id), where: spaceName(d.space) }));
  return (
    <div class="page codes" data-testid="codes-page">
      <header class="page-head no-print">
        <h1 tabIndex={-1}>{t("codes.title")}</h1>
        <button type="button" class="primary" onClick={() => print()}>
          {t("codes.print")}
        </button>
      </header>
      <p class="lead no-print">{t("codes.explained", { site: site.value === null ? "" : text(site.value.name) })}</p>
      {/^(localhost|127\..*|\[::1\])$/.test(location.hostname) && <p class="problem no-print">{t("codes.only-here", { host: location.host })}</p>}
      <div class="filters no-print">
        <SelectFilter name="kind" label={t("table.what")} all={t("nav.spaces")} options={KINDS.map((k) => [k, word("kind", k)] as const)} />
        <SelectFilter name="floor" label={t("codes.floor")} options={floors.map((f) => [f, floorName(f)] as const)} />
      </div>
      {shown.length === 0 ? (
        <Empty />
      ) : (
        <div class="code-sheet">
          {shown.map((s) => (
            <Code key={s.id} to={s.to} title={s.title} where={s.where} />
          ))}
        </div>
      )}
    </div>
  );
}
