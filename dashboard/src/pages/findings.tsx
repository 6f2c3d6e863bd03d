/** Findings: every violation of a rule, what it cost, and what was done. */
import type { FindingDto } from "../../../server/contract/findings.ts";
import { t, word } from "../i18n.ts";
import { newestFirst } from "../merge.ts";
import { departmentName, deviceName, policyName, reasonSentence } from "../names.ts";
import { Segments, SelectFilter } from "../parts/filters.tsx";
import { FindingPanel } from "../parts/finding-panel.tsx";
import { Empty, SeverityMark, Stepper } from "../parts/marks.tsx";
import { OlderButton, together, useOlder } from "../parts/older.tsx";
import { waste } from "../parts/stream.tsx";
import { Since, Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { format } from "../i18n.ts";
import { pathTo, query, setQuery } from "../router.ts";
import { findings, policies, site } from "../store.ts";

export function FindingRow({ finding: f, withDevice = true }: { readonly finding: FindingDto; readonly withDevice?: boolean }) {
  return (
    <tr data-testid="finding-row" data-id={f.id} class={f.state}>
      <td class="narrow">
        <SeverityMark severity={f.severity} />
      </td>
      <td class="main-cell">
        <button type="button" class="link" onClick={() => setQuery({ finding: f.id })}>
          {policyName(f.policy)}
        </button>
        <small>{reasonSentence(f.policy, f.reason, f.evidence)}</small>
      </td>
      {withDevice && (
        <td data-label={t("table.device")}>
          <a href={pathTo("devices", f.subject.device)} data-testid="device-link">
            {deviceName(f.subject.device)}
          </a>
        </td>
      )}
      {withDevice && <td data-label={t("table.department")}>{departmentName(f.subject.department)}</td>}
      <td data-label={t("table.opened")} class="figures">
        <Time at={f.openedAt} />
      </td>
      <td data-label={t("table.lasted")} class="figures">
        {f.closedAt === null ? <Since at={f.since} /> : format.value.duration(Date.parse(f.closedAt) - Date.parse(f.since))}
      </td>
      <td data-label={t("table.wasted")} class="number">
        {waste(f) || "—"}
      </td>
      <td data-label={t("table.command")}>
        {f.command === null ? <span class="muted">{word("mode-effect", f.mode)}</span> : <Stepper state={f.command.state} />}
      </td>
      <td data-label={t("table.state")}>
        <span class={`tag finding-${f.state}`}>{word("finding-state", f.state)}</span>
      </td>
    </tr>
  );
}

export function FindingTable({ rows, withDevice = true }: { readonly rows: readonly FindingDto[]; readonly withDevice?: boolean }) {
  return (
    <Table
      caption="nav.findings"
      heads={[
        "table.severity",
        "table.what",
        ...(withDevice ? (["table.device", "table.department"] as const) : []),
        "table.opened",
        "table.lasted",
        "table.wasted",
        "table.command",
        "table.state",
      ]}
    >
      {rows.map((f) => (
        <FindingRow key={f.id} finding={f} withDevice={withDevice} />
      ))}
    </Table>
  );
}

export function Findings() {
  const state = query.value.get("state");
  const policy = query.value.get("policy");
  const department = query.value.get("department");
  const older = useOlder<FindingDto>(`/findings?state=closed&limit=100${policy === null ? "" : `&policy=${encodeURIComponent(policy)}`}`);
  const live = newestFirst(findings.all(), (f) => f.openedAt);
  const rows = newestFirst(together(live, older.items), (f) => f.openedAt)
    .filter(
      (f) => (state === null || f.state === state) && (policy === null || f.policy === policy) && (department === null || f.subject.department === department),
    )
    .slice(0, 1000);
  const chosen = query.value.get("finding");
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.findings")}</h1>
      </header>
      <div class="filters">
        <Segments
          name="state"
          label={t("table.state")}
          options={[
            ["", t("common.all")],
            ["open", word("finding-state", "open"), live.filter((f) => f.state === "open").length],
            ["closed", word("finding-state", "closed")],
          ]}
        />
        <SelectFilter name="policy" label={t("table.policy")} options={[...policies.all()].map((p) => [p.id, policyName(p.id)])} />
        <SelectFilter name="department" label={t("table.department")} options={(site.value?.departments ?? []).map((d) => [d.id, departmentName(d.id)])} />
      </div>
      {rows.length === 0 ? <Empty text={t("findings.none")} /> : <FindingTable rows={rows} />}
      {state !== "open" && <OlderButton older={older} />}
      {chosen !== null && <FindingPanel id={chosen} onClose={() => setQuery({ finding: null })} />}
    </div>
  );
}
