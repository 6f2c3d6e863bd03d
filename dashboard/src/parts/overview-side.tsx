/** Beside the stream: exceptions in force, devices that are not heard from, readings that wait to be forwarded. */
import { format, t, text } from "../i18n.ts";
import { deviceName, spaceName } from "../names.ts";
import { pathTo } from "../router.ts";
import { deviceShape, devices, now, overrides, overview } from "../store.ts";
import { DeviceStatus } from "./marks.tsx";
import { Time } from "./time.tsx";

const SHOWN = 5;
/** Readings wait for a second or two on their way; so many seconds are worth a word. */
const LATE_S = 300;

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

/** The forward to InfluxDB, while there is anything to know of it. */
export function Forwarding() {
  const forward = overview.value?.forward ?? null;
  if (forward === null) return null;
  const { failing, behind, behindSeconds, rejected } = forward;
  const waits = failing || behindSeconds > LATE_S;
  if (!waits && rejected === 0) return null;
  return (
    <section class="panel" aria-labelledby="forward-title" data-testid="forward">
      <header class="panel-head">
        <h2 id="forward-title">InfluxDB</h2>
      </header>
      {waits && <p>{t(failing ? "overview.forward-failing" : "overview.forward-late", { n: behind, age: format.value.duration(behindSeconds * 1000) })}</p>}
      {rejected > 0 && <p>{t("overview.forward-rejected", { n: rejected })}</p>}
    </section>
  );
}
