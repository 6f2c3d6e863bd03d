/** Alerts: what a person should know of, and what people did about it. */
import type { AlertDto } from "../../../server/contract/api.ts";
import { t, word } from "../i18n.ts";
import { newestFirst } from "../merge.ts";
import { alertSentence, departmentName, deviceName, personName, spaceName } from "../names.ts";
import { byUrgency, needsPerson, selfMending } from "../needs.ts";
import { ActionButton } from "../parts/action.tsx";
import { AlertPanel } from "../parts/alert-panel.tsx";
import { Segments, SelectFilter } from "../parts/filters.tsx";
import { AlertState, Empty, SeverityMark } from "../parts/marks.tsx";
import { acknowledge } from "../parts/needs-you.tsx";
import { OlderButton, together, useOlder } from "../parts/older.tsx";
import { Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { pathTo, query, setQuery } from "../router.ts";
import { alerts, findings, site } from "../store.ts";

const WAITING: readonly AlertDto["state"][] = ["unacknowledged", "returned-unacknowledged"];

function Row({ alert: a }: { readonly alert: AlertDto }) {
  const waiting = WAITING.includes(a.state);
  const finding = a.finding === null ? undefined : findings.one(a.finding).value;
  return (
    <tr class={needsPerson(a, finding) ? "waiting" : ""} data-testid="alert-row" data-id={a.id}>
      <td class="narrow">
        <SeverityMark severity={a.severity} />
      </td>
      <td class="main-cell">
        <button type="button" class="link" data-testid="alert-open" onClick={() => setQuery({ alert: a.id })}>
          {alertSentence(a.title, a.evidence)}
        </button>
        {a.kind === "approval" && a.state !== "normal" && (
          <small>
            <a href="/approvals">{t("alerts.decide")}</a>
          </small>
        )}
        {waiting && selfMending(finding) && <small class="mending">{t("alerts.mending")}</small>}
      </td>
      <td data-label={t("table.device")}>
        {a.device === null ? (
          a.space === null ? (
            "—"
          ) : (
            spaceName(a.space)
          )
        ) : (
          <a href={pathTo("devices", a.device)} data-testid="device-link">
            {deviceName(a.device)}
          </a>
        )}
      </td>
      <td data-label={t("table.department")}>{departmentName(a.department)}</td>
      <td data-label={t("table.assignee")}>{a.assignee === null ? "—" : personName(a.assignee)}</td>
      <td data-label={t("table.raised")} class="figures">
        <Time at={a.raisedAt} />
      </td>
      <td data-label={t("table.state")}>
        <AlertState state={a.state} />
      </td>
      <td class="actions">
        {waiting && (
          <ActionButton action="acknowledge" department={a.department} run={() => acknowledge(a.id)} testId="ack-button">
            {t("alerts.ack")}
          </ActionButton>
        )}
      </td>
    </tr>
  );
}

export function Alerts() {
  const state = query.value.get("state") ?? "";
  const department = query.value.get("department");
  const severity = query.value.get("severity");
  const all = [...alerts.all()];
  const open = all.filter((a) => a.state !== "normal");
  const older = useOlder<AlertDto>("/alerts?state=normal&limit=100");
  const inState = (a: AlertDto) =>
    state === ""
      ? a.state !== "normal" && a.state !== "shelved"
      : state === "waiting"
        ? WAITING.includes(a.state)
        : state === "acknowledged" || state === "shelved"
          ? a.state === state
          : a.state === "normal";
  const listed = (
    state === "over"
      ? together(
          newestFirst(all, (a) => a.raisedAt),
          older.items,
        )
      : all
  ).filter((a) => inState(a) && (department === null || a.department === department) && (severity === null || a.severity === severity));
  const shown =
    state === "over" ? listed.slice(0, 1000) : listed.sort((a, b) => Number(WAITING.includes(b.state)) - Number(WAITING.includes(a.state)) || byUrgency(a, b));
  const count = (states: readonly AlertDto["state"][]) => open.filter((a) => states.includes(a.state)).length;
  const chosen = query.value.get("alert");
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.alerts")}</h1>
      </header>
      <div class="filters">
        <Segments
          name="state"
          label={t("table.state")}
          options={[
            ["", t("alerts.active"), open.filter((a) => a.state !== "shelved").length],
            ["waiting", t("alerts.waiting"), count(WAITING)],
            ["acknowledged", word("alert-state", "acknowledged"), count(["acknowledged"])],
            ["shelved", word("alert-state", "shelved"), count(["shelved"])],
            ["over", t("alerts.over")],
          ]}
        />
        <SelectFilter name="severity" label={t("table.severity")} options={(["high", "medium", "low"] as const).map((s) => [s, word("severity", s)])} />
        <SelectFilter name="department" label={t("table.department")} options={(site.value?.departments ?? []).map((d) => [d.id, departmentName(d.id)])} />
      </div>
      {shown.length === 0 ? (
        <Empty text={t(state === "" || state === "waiting" ? "alerts.none" : "common.nothing")} />
      ) : (
        <Table
          caption="nav.alerts"
          heads={["table.severity", "table.what", "table.device", "table.department", "table.assignee", "table.raised", "table.state", "table.actions"]}
        >
          {shown.map((a) => (
            <Row key={a.id} alert={a} />
          ))}
        </Table>
      )}
      {state === "over" && <OlderButton older={older} />}
      {chosen !== null && <AlertPanel id={chosen} onClose={() => setQuery({ alert: null })} />}
    </div>
  );
}
