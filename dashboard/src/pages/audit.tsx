/** The audit: who did what to what, and whether anybody has touched it since. */
import { useState } from "preact/hooks";
import type { AuditDto, AuditReportDto } from "../../../server/contract/audit.ts";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import { format, lookup, t, word } from "../i18n.ts";
import { deviceName, personName, policyName, setText, spaceName } from "../names.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { tellProblem } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo, query } from "../router.ts";
import { devices, spaces } from "../store.ts";
import { useEffect } from "preact/hooks";

const KINDS = [
  "policy",
  "write-policy",
  "remove-policy",
  "command",
  "command-planned",
  "command-ended",
  "override",
  "end-override",
  "override-ended",
  "hands-off",
  "hands-on",
  "decide-approval",
  "alert",
  "adopt",
  "settings",
  "lead",
] as const;

type Values = Readonly<Record<string, string | number | boolean>>;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A detail in one line: points in the page's words, what changed as before → after, everything else by its name. */
function sayDetail(what: string, detail: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  const before = isRecord(detail["before"]) ? detail["before"] : {};
  if (isRecord(detail["change"])) {
    for (const [name, after] of Object.entries(detail["change"])) {
      const was = before[name];
      if (isRecord(after) && isRecord(was))
        for (const [key, value] of Object.entries(after)) parts.push(`${lookup(`param.${key}`) ?? key}: ${sayAny(was[key])} → ${sayAny(value)}`);
      else if (JSON.stringify(was) !== JSON.stringify(after)) parts.push(`${lookup(`table.${name}`) ?? name}: ${sayAny(was)} → ${sayAny(after)}`);
    }
    return parts.join(" · ");
  }
  if (isRecord(detail["set"])) parts.push(setText(detail["set"] as Values));
  if (typeof detail["state"] === "string") parts.push(word("command-state", detail["state"]));
  if (isRecord(detail["proof"])) parts.push(`${word("point", String(detail["proof"]["point"]))} ${sayAny(detail["proof"]["value"])}`);
  for (const name of ["reason", "error", "note"]) {
    const value = detail[name];
    if (typeof value === "string" && value !== "") parts.push(what === "command-planned" && name === "reason" ? word("reason", value) : value);
  }
  if (Array.isArray(detail["changed"])) parts.push(detail["changed"].join(", "));
  if (isRecord(detail["action"]) && typeof detail["action"]["kind"] === "string") parts.push(word("audit-action", detail["action"]["kind"]));
  return parts.join(" · ");
}

function sayAny(value: unknown): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "number") return format.value.number(value);
  if (typeof value === "string") return lookup(`mode.${value}`) ?? value;
  return typeof value === "boolean" ? t(value ? "value.yes" : "value.no") : JSON.stringify(value);
}

function Subject({ subject }: { readonly subject: string }) {
  if (devices.peek(subject) !== undefined) return <a href={pathTo("devices", subject)}>{deviceName(subject)}</a>;
  if (spaces.value.some((s) => s.id === subject)) return <a href={pathTo("spaces", subject)}>{spaceName(subject)}</a>;
  const policy = lookup(`policy.${subject}.name`);
  return policy === undefined ? <code>{subject}</code> : <a href={`/policies?policy=${subject}`}>{policyName(subject)}</a>;
}

function Row({ entry: e }: { readonly entry: AuditDto }) {
  const by = lookup(`policy.${e.by}.name`) ?? (e.by === "system" ? t("audit.system") : personName(e.by));
  return (
    <tr data-testid="audit-row">
      <td data-label={t("table.time")} class="figures">
        <Time at={e.at} />
      </td>
      <td data-label={t("table.by")}>{by}</td>
      <td class="main-cell">
        {word("audit", e.what)}
        <small>{sayDetail(e.what, e.detail)}</small>
      </td>
      <td data-label={t("table.subject")}>
        <Subject subject={e.subject} />
      </td>
      <td data-label={t("audit.entry")} class="number" title={e.hash}>
        {e.seq}
      </td>
    </tr>
  );
}

/** Walks the chain on the server and says what came of it. */
function Verify() {
  const [report, setReport] = useState<AuditReportDto | "busy" | null>(null);
  const verify = async () => {
    setReport("busy");
    const answer = await get<AuditReportDto>("/audit/verify");
    if (answer.ok) setReport(answer.data);
    else {
      setReport(null);
      tellProblem(answer.problem);
    }
  };
  return (
    <div class="audit-verify">
      <button type="button" onClick={() => void verify()} disabled={report === "busy"} data-testid="audit-verify">
        {t(report === "busy" ? "audit.verifying" : "audit.verify")}
      </button>
      <a class="button" href="/api/v1/audit/export" download="audit.ndjson">
        {t("audit.export")}
      </a>
      {report !== null && report !== "busy" && (
        <p role="status" class={report.broken === null ? "good" : "bad"} data-testid="audit-report">
          {report.broken === null
            ? t("audit.whole", { n: report.entries, seq: report.headSeq, hash: report.head.slice(0, 16) })
            : t("audit.broken", { seq: report.broken.seq })}
        </p>
      )}
    </div>
  );
}

export function Audit() {
  const what = query.value.get("what");
  const subject = query.value.get("subject");
  const [pages, setPages] = useState<{ readonly items: readonly AuditDto[]; readonly next: string | null } | null>(null);
  const load = async (cursor: string | null, items: readonly AuditDto[]) => {
    const filter = `${what === null ? "" : `&what=${encodeURIComponent(what)}`}${subject === null ? "" : `&subject=${encodeURIComponent(subject)}`}`;
    const answer = await get<List<AuditDto>>(`/audit?limit=100${filter}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
    if (answer.ok) setPages({ items: [...items, ...answer.data.items], next: answer.data.next });
    else tellProblem(answer.problem);
  };
  useEffect(() => void load(null, []), [what, subject]);
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.audit")}</h1>
        <Verify />
      </header>
      <p class="muted">{t("audit.about")}</p>
      <div class="filters">
        <SelectFilter name="what" label={t("table.what")} options={KINDS.map((k) => [k, word("audit", k)])} />
      </div>
      {pages === null ? (
        <p class="muted">{t("loading.title")}</p>
      ) : pages.items.length === 0 ? (
        <Empty text={t("common.nothing")} />
      ) : (
        <Table caption="nav.audit" heads={["table.time", "table.by", "table.what", "table.subject", "audit.entry"]}>
          {pages.items.map((e) => (
            <Row key={e.seq} entry={e} />
          ))}
        </Table>
      )}
      {pages !== null && pages.next !== null && (
        <button type="button" class="older" onClick={() => void load(pages.next, pages.items)}>
          {t("common.older")}
        </button>
      )}
    </div>
  );
}
