/** One room: its figures, its devices live, what is open here, who may stay. */
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { ask } from "../api.ts";
import { format, t, text, word } from "../i18n.ts";
import { can } from "../me.ts";
import { departmentName, floorName, policyName, pointText, reasonSentence, spaceOf } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { HandsOffButton } from "../parts/hands-off.tsx";
import { Icon } from "../parts/icon.tsx";
import { DeviceStatus, Empty, SeverityMark } from "../parts/marks.tsx";
import { tellProblem } from "../parts/notice.tsx";
import { OverrideButton } from "../parts/override-form.tsx";
import { Since, Time } from "../parts/time.tsx";
import { pathTo } from "../router.ts";
import { devices, devicesBySpace, findings, overrides } from "../store.ts";
import { useSummary } from "./spaces.tsx";

const SHOWN: Readonly<Partial<Record<NonNullable<DeviceDto["kind"]>, readonly string[]>>> = {
  ac: ["mode", "setpoint", "temperature", "power"],
  light: ["brightness", "power"],
  water: ["flow", "valve", "volume"],
  copier: ["status", "pages", "power"],
  meter: ["power", "energy"],
  plug: ["power", "energy"],
  presence: ["occupied", "count"],
  contact: ["open"],
  lux: ["illuminance"],
  boiler: ["supply", "setpoint", "room", "roomSetpoint", "power"],
  outdoor: ["temperature", "humidity", "illuminance"],
};

function DeviceTile({ id }: { readonly id: string }) {
  const device = devices.one(id).value;
  if (device === undefined) return null;
  const on = device.points.find((p) => p.name === "on")?.value;
  const names = device.kind === null ? device.points.map((p) => p.name) : (SHOWN[device.kind] ?? []);
  const points = names.flatMap((name) => device.points.find((p) => p.name === name) ?? []);
  return (
    <a class={`tile device-tile ${device.status}`} href={pathTo("devices", id)} data-testid="device-link">
      <span class="tile-head">
        <Icon name={device.kind ?? "unknown"} size={18} />
        <b>{text(device.name)}</b>
        {device.status === "online" ? (
          typeof on === "boolean" && <span class={`switch-state ${on ? "on" : ""}`}>{word("value.on", String(on))}</span>
        ) : (
          <DeviceStatus status={device.status} />
        )}
      </span>
      <dl>
        {points.map((p) => (
          <div key={p.name} class={p.quality === "good" || p.quality === null ? "" : "doubtful"}>
            <dt>{word("point", p.name)}</dt>
            <dd>{pointText(p.name, p.value, p.unit)}</dd>
          </div>
        ))}
      </dl>
    </a>
  );
}

function OpenHere({ id }: { readonly id: string }) {
  const open = [...findings.all()].filter((f) => f.state === "open" && f.subject.space === id);
  if (open.length === 0) return <Empty text={t("space.nothing-open")} />;
  return (
    <ul class="plain-list">
      {open.map((f) => (
        <li key={f.id}>
          <SeverityMark severity={f.severity} />
          <div>
            <p>
              <a href={`/findings?finding=${encodeURIComponent(f.id)}`}>{policyName(f.policy)}</a>
            </p>
            <small>
              {reasonSentence(f.policy, f.reason, f.evidence)} · <Since at={f.since} />
            </small>
          </div>
        </li>
      ))}
    </ul>
  );
}

async function end(id: string): Promise<void> {
  const answer = await ask("DELETE", `/overrides/${encodeURIComponent(id)}`);
  if (!answer.ok) tellProblem(answer.problem);
}

export function SpacePage({ id }: { readonly id: string }) {
  const space = spaceOf(id);
  const summary = useSummary(id);
  if (space === undefined)
    return (
      <div class="page">
        <h1 tabIndex={-1}>{t("space.unknown", { id })}</h1>
        <p>
          <a href="/spaces">{t("nav.spaces")}</a>
        </p>
      </div>
    );
  const f = format.value;
  const exceptions = [...overrides.all()].filter((o) => o.space === id && o.endedAt === null);
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <p class="crumbs">
            <a href="/spaces">{t("nav.spaces")}</a> / {floorName(space.floor)}
          </p>
          <h1 tabIndex={-1}>{text(space.name)}</h1>
          <p class="muted">{[word("class", space.class), departmentName(space.department), f.quantity(space.area, "m²")].join(" · ")}</p>
        </div>
        <span class="buttons">
          {can("override", space.department) ? (
            <OverrideButton subject={{ space: id }} department={space.department} />
          ) : (
            <a class="button plain" href={`/ask?space=${encodeURIComponent(id)}`}>
              {t("ask.open")}
            </a>
          )}
          <HandsOffButton part={{ space: id }} department={space.department} />
        </span>
      </header>
      <dl class="facts">
        <div>
          <dt>{t("space.people")}</dt>
          <dd>{summary.occupied === null ? t("common.unknown") : t(summary.occupied ? "spaces.occupied" : "spaces.empty")}</dd>
        </div>
        <div>
          <dt>{word("point", "temperature")}</dt>
          <dd>{f.quantity(summary.temperature, "°C", true)}</dd>
        </div>
        <div>
          <dt>{t("space.power")}</dt>
          <dd>{f.power(summary.power)}</dd>
        </div>
        <div>
          <dt>{t("figures.open")}</dt>
          <dd>{f.number([...findings.all()].filter((x) => x.state === "open" && x.subject.space === id).length)}</dd>
        </div>
      </dl>
      {exceptions.map((o) => (
        <p class="banner exception" key={o.id}>
          <Icon name="overrides" size={18} />
          <span>
            {t("space.override", { reason: o.reason, policy: o.policy === null ? t("override.all-policies") : policyName(o.policy) })} <Time at={o.until} />
          </span>
          <ActionButton action="override" department={space.department} run={() => end(o.id)}>
            {t("overrides.end")}
          </ActionButton>
        </p>
      ))}
      <section aria-labelledby="devices-here">
        <h2 id="devices-here">{t("nav.devices")}</h2>
        <div class="tiles wide">
          {(devicesBySpace.value.get(id) ?? []).map((d) => (
            <DeviceTile key={d} id={d} />
          ))}
        </div>
      </section>
      <section class="panel" aria-labelledby="open-here">
        <h2 id="open-here">{t("figures.open")}</h2>
        <OpenHere id={id} />
      </section>
    </div>
  );
}
