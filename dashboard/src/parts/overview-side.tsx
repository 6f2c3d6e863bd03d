/** Beside the stream: exceptions in force, and devices that are not heard from. */
import { t, text } from "../i18n.ts";
import { deviceName, spaceName } from "../names.ts";
import { pathTo } from "../router.ts";
import { deviceShape, devices, now, overrides } from "../store.ts";
import { DeviceStatus } from "./marks.tsx";
import { Time } from "./time.tsx";

const SHOWN = 5;

export function Exceptions() {
  const active = [...overrides.all()].filter((o) => o.endedAt === null && Date.parse(o.until) > now.peek());
  if (active.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="exceptions-title">
      <header class="panel-head">
        <h2 id="exceptions-title">{t("nav.overrides")}</h2>
        {active.length > SHOWN && (
          <a href="/overrides">
            {t("common.all")} {active.length}
          </a>
        )}
      </header>
      <ul class="side-list">
        {active.slice(0, SHOWN).map((o) => (
          <li key={o.id}>
            <div>
              {o.device === null ? (
                <a href={pathTo("spaces", o.space ?? "")}>{spaceName(o.space)}</a>
              ) : (
                <a href={pathTo("devices", o.device)}>{deviceName(o.device)}</a>
              )}
              <small>{o.reason}</small>
            </div>
            <span class="muted">
              {t("approvals.until")} <Time at={o.until} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Missing() {
  void deviceShape.value;
  const missing = [...devices.peekAll()].filter((d) => d.status === "offline" || d.status === "silent");
  if (missing.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="missing-title">
      <header class="panel-head">
        <h2 id="missing-title">{t("overview.missing")}</h2>
        {missing.length > SHOWN && (
          <a href="/devices?status=missing">
            {t("common.all")} {missing.length}
          </a>
        )}
      </header>
      <ul class="side-list">
        {missing.slice(0, SHOWN).map((d) => (
          <li key={d.id}>
            <div>
              <a href={pathTo("devices", d.id)}>{text(d.name)}</a>
              <small>
                {d.seenAt === null ? (
                  t("device.never-heard")
                ) : (
                  <>
                    {t("device.seen")} <Time at={d.seenAt} how="ago" />
                  </>
                )}
              </small>
            </div>
            <DeviceStatus status={d.status} />
          </li>
        ))}
      </ul>
    </section>
  );
}
