/** What needs somebody's word first: big print jobs, overtime. */
import { useState } from "preact/hooks";
import type { ApprovalDto } from "../../../server/contract/api.ts";
import { post } from "../api.ts";
import { t, word } from "../i18n.ts";
import { newestFirst } from "../merge.ts";
import { departmentName, personName, spaceName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { Decide, approvalSentence } from "../parts/approval.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Segments } from "../parts/filters.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { OlderButton, together, useOlder } from "../parts/older.tsx";
import { Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { query } from "../router.ts";
import { offsetOf } from "../series.ts";
import { approvals, clockNow, now, spaces } from "../store.ts";

/** A local time of the site from a `datetime-local` field, as ISO 8601 with the site's offset. */
function siteTime(local: string): string {
  const offset = /([+-]\d\d:\d\d|Z)$/.exec(clockNow.peek()?.now ?? "")?.[0] ?? "Z";
  return `${local}${local.length === 16 ? ":00" : ""}${offset}`;
}

function OvertimeDialog({ onClose }: { readonly onClose: () => void }) {
  const local = (at: number) => new Date(at + offsetOf(clockNow.peek()?.now ?? "")).toISOString().slice(0, 16);
  const send = (form: FormData) =>
    post("/approvals", {
      kind: "overtime",
      space: field(form, "space"),
      from: siteTime(field(form, "from")),
      until: siteTime(field(form, "until")),
      reason: field(form, "reason"),
    });
  const start = Math.ceil(now.peek() / 1_800_000) * 1_800_000;
  return (
    <Dialog title={t("approvals.ask-overtime")} onClose={onClose} testId="overtime-dialog">
      <Form send={send} button={t("approvals.ask")} done={t("approvals.asked")} onDone={onClose} testId="overtime-form">
        <Field label={t("table.space")}>
          <select name="space" required>
            {spaces.value.map((s) => (
              <option key={s.id} value={s.id}>
                {spaceName(s.id)}
              </option>
            ))}
          </select>
        </Field>
        <div class="field-row">
          <Field label={t("approvals.from")}>
            <input name="from" type="datetime-local" required defaultValue={local(start)} />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="datetime-local" required defaultValue={local(start + 2 * 3_600_000)} />
          </Field>
        </div>
        <Field label={t("override.reason")}>
          <textarea name="reason" required minLength={2} maxLength={500} rows={2} />
        </Field>
      </Form>
    </Dialog>
  );
}

function Row({ approval: a }: { readonly approval: ApprovalDto }) {
  return (
    <tr data-testid="approval-row">
      <td class="main-cell">{approvalSentence(a)}</td>
      <td data-label={t("table.kind")}>{word("approval-kind", a.kind)}</td>
      <td data-label={t("table.department")}>{departmentName(a.department)}</td>
      <td data-label={t("table.asked")} class="figures">
        <Time at={a.requestedAt} />
      </td>
      <td data-label={t("table.state")}>
        <span class={`tag approval-${a.state}`}>{word("approval-state", a.state)}</span>
        {a.decidedAt !== null && (
          <small>
            {a.decidedBy === null ? "" : `${personName(a.decidedBy)} · `}
            <Time at={a.decidedAt} />
          </small>
        )}
      </td>
      <td class="actions">{a.state === "pending" && <Decide approval={a} />}</td>
    </tr>
  );
}

export function Approvals() {
  const [asking, setAsking] = useState(false);
  const state = query.value.get("state") ?? "";
  const older = useOlder<ApprovalDto>("/approvals?limit=100");
  const live = [...approvals.all()];
  const rows = newestFirst(together(live, older.items), (a) => a.requestedAt).filter((a) => (state === "" ? a.state === "pending" : a.state !== "pending"));
  const why = notAllowed("request-approval", null);
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.approvals")}</h1>
        <button
          type="button"
          class="primary"
          aria-disabled={why !== null}
          title={why ?? undefined}
          onClick={() => why === null && setAsking(true)}
          data-testid="ask-overtime"
        >
          {t("approvals.ask-overtime")}
        </button>
      </header>
      <div class="filters">
        <Segments
          name="state"
          label={t("table.state")}
          options={[
            ["", word("approval-state", "pending"), live.filter((a) => a.state === "pending").length],
            ["decided", t("approvals.decided")],
          ]}
        />
      </div>
      {rows.length === 0 ? (
        <Empty text={t(state === "" ? "approvals.none" : "common.nothing")} />
      ) : (
        <Table caption="nav.approvals" heads={["table.what", "table.kind", "table.department", "table.asked", "table.state", "table.actions"]}>
          {rows.map((a) => (
            <Row key={a.id} approval={a} />
          ))}
        </Table>
      )}
      {state !== "" && <OlderButton older={older} />}
      {asking && <OvertimeDialog onClose={() => setAsking(false)} />}
    </div>
  );
}
