/** The ways through the page: a rail at the desk, a bar under the thumb. */
import { useState } from "preact/hooks";
import { t } from "../i18n.ts";
import type { Key } from "../locales/zh-CN.ts";
import { can, me } from "../me.ts";
import { place } from "../router.ts";
import { approvals } from "../store.ts";
import { waiting } from "../waiting.ts";
import { Dialog } from "./dialog.tsx";
import type { IconName } from "./icon.tsx";
import { Icon } from "./icon.tsx";
import { Preferences } from "./preferences.tsx";

interface Way {
  readonly to: string;
  readonly key: Key;
  readonly icon: IconName;
  /** Pages on which it is the current one. */
  readonly pages: readonly string[];
  readonly badge?: () => number;
  /** Stands beside its like on the rail, and under "more" on a phone. */
  readonly rest?: boolean;
  /** Only where it is of use. */
  readonly shown?: () => boolean;
}

/** Requests that this person may decide. */
export function waitingApprovals(): number {
  let n = 0;
  for (const a of approvals.all()) if (a.state === "pending" && can("grant-approval", a.department)) n++;
  return n;
}

const WAYS: readonly Way[] = [
  { to: "/", key: "nav.overview", icon: "overview", pages: ["overview"] },
  { to: "/spaces", key: "nav.spaces", icon: "spaces", pages: ["spaces", "space"] },
  { to: "/alerts", key: "nav.alerts", icon: "alerts", pages: ["alerts"], badge: () => waiting.value.mine.length },
  { to: "/alarm-health", key: "nav.alarm-health", icon: "health", pages: ["alarm-health"], rest: true },
  { to: "/devices", key: "nav.devices", icon: "devices", pages: ["devices", "device"] },
  { to: "/charts", key: "nav.charts", icon: "charts", pages: ["charts", "exports"] },
  { to: "/findings", key: "nav.findings", icon: "findings", pages: ["findings"] },
  { to: "/policies", key: "nav.policies", icon: "policies", pages: ["policies", "backtest"] },
  { to: "/approvals", key: "nav.approvals", icon: "approvals", pages: ["approvals"], badge: waitingApprovals },
  { to: "/overrides", key: "nav.overrides", icon: "overrides", pages: ["overrides", "ask", "codes"] },
  { to: "/calendar", key: "nav.calendar", icon: "calendar", pages: ["calendar"] },
  { to: "/alerting", key: "nav.alerting", icon: "told", pages: ["alerting"] },
  { to: "/savings", key: "nav.savings", icon: "savings", pages: ["savings"] },
  { to: "/meters", key: "nav.meters", icon: "meter", pages: ["meters"] },
  { to: "/months", key: "nav.months", icon: "ledger", pages: ["months"] },
  { to: "/audit", key: "nav.audit", icon: "audit", pages: ["audit"], shown: () => can("view-audit", null) },
  { to: "/people", key: "nav.people", icon: "person", pages: ["people"], shown: () => me.value?.mode === "password" },
];
const UNDER_THUMB = 4;

function ways(): readonly Way[] {
  return WAYS.filter((way) => way.shown?.() !== false);
}

function WayLink({ way, onGo }: { readonly way: Way; readonly onGo?: () => void }) {
  const count = way.badge?.() ?? 0;
  return (
    <a href={way.to} aria-current={way.pages.includes(place.value.page) ? "page" : undefined} onClick={onGo} data-testid={`nav-${way.pages[0]}`}>
      <Icon name={way.icon} />
      <span>{t(way.key)}</span>
      {count > 0 && (
        <b class="badge" aria-label={t("nav.waiting", { n: count })}>
          {count > 99 ? "99+" : count}
        </b>
      )}
    </a>
  );
}

export function Rail() {
  return (
    <nav class="rail" aria-label={t("nav.label")}>
      <a class="brand" href="/">
        <span class="brand-mark">
          <Icon name="leaf" size={22} />
        </span>
        <span>
          <b>{t("brand.name")}</b>
          <small>{t("brand.line")}</small>
        </span>
      </a>
      <ul>
        {ways().map((way) => (
          <li key={way.to}>
            <WayLink way={way} />
          </li>
        ))}
      </ul>
      <Preferences />
    </nav>
  );
}

export function ThumbBar() {
  const [more, setMore] = useState(false);
  const near = WAYS.filter((way) => way.rest !== true).slice(0, UNDER_THUMB);
  const rest = ways().filter((way) => !near.includes(way));
  const behind = rest.reduce((n, way) => n + (way.badge?.() ?? 0), 0);
  return (
    <nav class="thumb-bar" aria-label={t("nav.label")}>
      {near.map((way) => (
        <WayLink key={way.to} way={way} />
      ))}
      <button
        type="button"
        aria-expanded={more}
        aria-current={rest.some((w) => w.pages.includes(place.value.page)) ? "page" : undefined}
        onClick={() => setMore(true)}
        data-testid="nav-more"
      >
        <Icon name="more" />
        <span>{t("nav.more")}</span>
        {behind > 0 && <b class="badge">{behind}</b>}
      </button>
      {more && (
        <Dialog title={t("nav.more")} onClose={() => setMore(false)} testId="more-dialog">
          <ul class="more-list">
            {rest.map((way) => (
              <li key={way.to}>
                <WayLink way={way} onGo={() => setMore(false)} />
              </li>
            ))}
          </ul>
          <Preferences />
        </Dialog>
      )}
    </nav>
  );
}
