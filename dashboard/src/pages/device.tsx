/** One device: what it says, what may be asked of it, how it was, and why it is as it is. */
import type { DeviceDetailDto } from "../../../server/contract/adopting.ts";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { AdoptForm } from "../adopting/adopt-form.tsx";
import { ChangeDevice } from "../adopting/change-device.tsx";
import { RawMessages } from "../adopting/messages.tsx";
import { SourceFacts } from "../adopting/source.tsx";
import { Suggested } from "../adopting/suggested.tsx";
import { deviceApi } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { t, text, word } from "../i18n.ts";
import { can } from "../me.ts";
import { newestFirst } from "../merge.ts";
import { departmentName, officeFirst, pointText, pointWord, spaceName } from "../names.ts";
import { CommandCard } from "../parts/command-card.tsx";
import { Control } from "../parts/control.tsx";
import { FindingPanel } from "../parts/finding-panel.tsx";
import { HandsOffButton } from "../parts/hands-off.tsx";
import { History } from "../parts/history.tsx";
import { Icon } from "../parts/icon.tsx";
import { DeviceStatus, Empty } from "../parts/marks.tsx";
import { OverrideButton } from "../parts/override-form.tsx";
import { Time } from "../parts/time.tsx";
import { Why } from "../parts/why.tsx";
import { pathTo, query, setQuery } from "../router.ts";
import { commands, devices, findings } from "../store.ts";
import "../style/adopting.css";
import { FindingTable } from "./findings.tsx";

function Points({ device }: { readonly device: DeviceDto }) {
  return (
    <section class="panel" aria-labelledby="points-title">
      <h2 id="points-title">{t("device.points")}</h2>
      {device.points.length === 0 ? (
        <Empty text={t("device.never-heard")} />
      ) : (
        <table class="compact points">
          <caption class="sr-only">{t("device.points")}</caption>
          <thead class="sr-only">
            <tr>
              <th scope="col">{t("table.point")}</th>
              <th scope="col">{t("table.value")}</th>
              <th scope="col">{t("table.quality")}</th>
              <th scope="col">{t("table.age")}</th>
            </tr>
          </thead>
          <tbody>
            {officeFirst(device.points).map((p) => (
              <tr key={p.name} class={p.quality === "good" || p.quality === null ? "" : "doubtful"} data-testid={`point-${p.name}`}>
                <th scope="row">{pointWord(p.name)}</th>
                <td class="number">
                  <b>{pointText(p.name, p.value, p.unit)}</b>
                </td>
                <td>{p.quality !== null && p.quality !== "good" && <span class="tag attention">{word("quality", p.quality)}</span>}</td>
                <td class="number muted">{p.at === null ? "—" : <Time at={p.at} how="ago" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Commands({ id }: { readonly id: string }) {
  const own = newestFirst(
    [...commands.all()].filter((c) => c.device === id),
    (c) => c.plannedAt,
  ).slice(0, 20);
  return (
    <section class="panel" aria-labelledby="commands-title">
      <h2 id="commands-title">{t("device.commands")}</h2>
      {own.length === 0 ? (
        <Empty text={t("device.no-commands")} />
      ) : (
        own.map((c, i) => <CommandCard key={c.id} command={c} open={i === 0 && c.endedAt === null} />)
      )}
    </section>
  );
}

function FindingsOf({ id }: { readonly id: string }) {
  const own = newestFirst(
    [...findings.all()].filter((f) => f.subject.device === id),
    (f) => f.openedAt,
  ).slice(0, 20);
  return (
    <section class="panel" aria-labelledby="findings-title">
      <h2 id="findings-title">{t("nav.findings")}</h2>
      {own.length === 0 ? <Empty text={t("device.no-findings")} /> : <FindingTable rows={own} withDevice={false} />}
    </section>
  );
}

/** What the device is probably, to be taken as it is or changed. */
function Adopt({ device, detail: data }: { readonly device: DeviceDto; readonly detail: DeviceDetailDto | null }) {
  return (
    <section class="panel">
      <h2>{t("devices.adopt")}</h2>
      {data?.suggestion != null && <Suggested suggestion={data.suggestion} />}
      <AdoptForm key={data === null ? "" : "suggested"} device={device} suggestion={data?.suggestion ?? null} />
    </section>
  );
}

function Source({ detail: data }: { readonly detail: DeviceDetailDto | null }) {
  if (data?.source == null || data.source.codec === "manual") return null;
  return (
    <section class="panel source-panel" aria-labelledby="source-title">
      <h2 id="source-title">{t("source.title")}</h2>
      <SourceFacts source={data.source} />
    </section>
  );
}

export function DevicePage({ id }: { readonly id: string }) {
  const device = devices.one(id).value;
  if (device !== undefined) return <Known device={device} />;
  return (
    <div class="page">
      <h1 tabIndex={-1}>{t("device.unknown", { id })}</h1>
      <p>
        <a href="/devices">{t("nav.devices")}</a>
      </p>
    </div>
  );
}

function Known({ device }: { readonly device: DeviceDto }) {
  const { id } = device;
  const { data: detail, reload } = useFetched<DeviceDetailDto>(deviceApi(id), `${device.points.length} ${device.status === "discovered"}`);
  const chosen = query.value.get("finding");
  const discovered = device.status === "discovered";
  return (
    <div class="page device-page" data-testid="device-page">
      <header class="page-head">
        <div>
          <p class="crumbs">
            {device.space === null ? (
              <a href="/devices">{t("nav.devices")}</a>
            ) : (
              <>
                <a href="/spaces">{t("nav.spaces")}</a> / <a href={pathTo("spaces", device.space)}>{spaceName(device.space)}</a>
              </>
            )}
          </p>
          <h1 tabIndex={-1}>
            <Icon name={device.kind ?? "unknown"} size={28} /> {text(device.name)} <DeviceStatus status={device.status} />
          </h1>
          <p class="muted">
            {[device.kind === null ? t("common.unknown") : word("kind", device.kind), departmentName(device.department)].join(" · ")} ·{" "}
            <code>{device.topic}</code>
            {device.seenAt !== null && (
              <>
                {" "}
                · {t("device.seen")} <Time at={device.seenAt} how="ago" />
              </>
            )}
          </p>
        </div>
        {!discovered && (
          <span class="buttons">
            {can("override", device.department) ? (
              <OverrideButton subject={{ device: id }} device={device} department={device.department} />
            ) : (
              <a class="button plain" href={`/ask?device=${encodeURIComponent(id)}`} data-testid="ask-link">
                {t("ask.open")}
              </a>
            )}
            <HandsOffButton part={{ device: id }} department={device.department} />
            <ChangeDevice device={device} detail={detail} done={reload} />
          </span>
        )}
      </header>
      {device.protection !== null && (
        <p class="banner exception">
          <Icon name="approvals" size={18} />
          <span>{t("device.protected", { why: word("protection", device.protection) })}</span>
        </p>
      )}
      {discovered && <Adopt device={device} detail={detail} />}
      <div class="device-columns">
        <div class="device-left">
          <Points device={device} />
          {!discovered && <Control device={device} settable={(detail?.source?.points ?? []).flatMap((p) => (p.writable ? [p.name] : []))} />}
          <Source detail={detail} />
        </div>
        <div class="device-right">
          <History device={device} />
          <Why id={id} />
          <Commands id={id} />
          <FindingsOf id={id} />
          {device.codec !== "manual" && <RawMessages device={device} />}
        </div>
      </div>
      {chosen !== null && <FindingPanel id={chosen} onClose={() => setQuery({ finding: null })} />}
    </div>
  );
}
