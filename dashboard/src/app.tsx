/** The page's frame, and which page stands in it. */
import { useEffect } from "preact/hooks";
import { lang, t, text } from "./i18n.ts";
import { connection } from "./live.ts";
import { ActPage } from "./pages/act.tsx";
import { AlertingPage } from "./pages/alerting.tsx";
import { Alerts } from "./pages/alerts.tsx";
import { Audit } from "./pages/audit.tsx";
import { Approvals } from "./pages/approvals.tsx";
import { AskPage } from "./pages/ask.tsx";
import { BacktestPage } from "./pages/backtest.tsx";
import { CalendarPage } from "./pages/calendar.tsx";
import { Codes } from "./pages/codes.tsx";
import { DevicePage } from "./pages/device.tsx";
import { Devices } from "./pages/devices.tsx";
import { Findings } from "./pages/findings.tsx";
import { MessagesPage } from "./pages/messages.tsx";
import { Overrides } from "./pages/overrides.tsx";
import { Overview } from "./pages/overview.tsx";
import { People } from "./pages/people.tsx";
import { Policies } from "./pages/policies.tsx";
import { SetUp, SignIn } from "./pages/sign-in.tsx";
import { SpacePage } from "./pages/space.tsx";
import { Spaces } from "./pages/spaces.tsx";
import { Announcer } from "./parts/announcer.tsx";
import { CommandBanner, ConnectionBanner, SimulatedBanner } from "./parts/banners.tsx";
import { HandsOffBanner } from "./parts/hands-off.tsx";
import { Later } from "./parts/later.tsx";
import { Rail, ThumbBar } from "./parts/nav.tsx";
import { Notices } from "./parts/notice.tsx";
import { place } from "./router.ts";
import { site } from "./store.ts";

function Page() {
  const at = place.value;
  switch (at.page) {
    case "overview":
      return <Overview />;
    case "spaces":
      return <Spaces />;
    case "space":
      return <SpacePage key={at.id} id={at.id} />;
    case "alerts":
      return <Alerts />;
    case "alarm-health":
      return <Later key="alarm-health" load={() => import("./pages/alarm-health.tsx").then((m) => m.AlarmHealthPage)} />;
    case "charts":
      return <Later key="charts" load={() => import("./pages/charts.tsx").then((m) => m.ChartsPage)} />;
    case "exports":
      return <Later key="exports" load={() => import("./pages/exports.tsx").then((m) => m.ExportsPage)} />;
    case "savings":
      return <Later key="savings" load={() => import("./pages/savings.tsx").then((m) => m.SavingsPage)} />;
    case "months":
      return <Later key="months" load={() => import("./pages/month.tsx").then((m) => m.MonthPage)} />;
    case "meters":
      return <Later key="meters" load={() => import("./pages/meters.tsx").then((m) => m.MetersPage)} />;
    case "findings":
      return <Findings />;
    case "devices":
      return <Devices />;
    case "device":
      return <DevicePage key={at.id} id={at.id} />;
    case "policies":
      return <Policies />;
    case "approvals":
      return <Approvals />;
    case "overrides":
      return <Overrides />;
    case "people":
      return <People />;
    case "audit":
      return <Audit />;
    case "calendar":
      return <CalendarPage />;
    case "alerting":
      return <AlertingPage />;
    case "backtest":
      return <BacktestPage />;
    case "ask":
      return <AskPage />;
    case "codes":
      return <Codes />;
    case "messages":
      return <MessagesPage />;
    case "sign-in":
    case "set-up":
    case "act":
    case "not-found":
      return (
        <section class="page">
          <h1 tabIndex={-1}>{t("not-found.title")}</h1>
          <p>
            <a href="/">{t("not-found.back")}</a>
          </p>
        </section>
      );
  }
}

function Loading() {
  return (
    <section class="page loading" aria-busy="true">
      <h1 tabIndex={-1}>{t(connection.value === "lost" ? "loading.lost" : "loading.title")}</h1>
      <p class="muted">{t("loading.rest")}</p>
    </section>
  );
}

export function App() {
  const at = place.value;
  const name = site.value === null ? "" : text(site.value.name);
  useEffect(() => {
    document.title = name === "" ? t("brand.name") : `${name} · ${t("brand.name")}`;
  }, [name, lang.value]);
  if (at.page === "sign-in") return <SignIn />;
  if (at.page === "set-up") return <SetUp />;
  if (at.page === "act") return <ActPage key={at.token} token={at.token} />;
  return (
    <div class="frame">
      <a class="skip" href="#main">
        {t("nav.skip")}
      </a>
      <Rail />
      <div class="body">
        <ConnectionBanner />
        <SimulatedBanner />
        <CommandBanner />
        <HandsOffBanner />
        <main id="main">{site.value === null ? <Loading /> : <Page />}</main>
      </div>
      <ThumbBar />
      <Announcer />
      <Notices />
    </div>
  );
}
