/** What needs somebody's word first: big print jobs, overtime. */
import { useState } from "preact/hooks";
import type { ApprovalDto } from "../../../server/contract/approvals.ts";
import { post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { newestFirst } from "../merge.ts";
import { departmentName, personName, spaceName } from "../names.ts";
import { OpenButton, notAllowed } from "../parts/action.tsx";
import { Decide, Withdraw, approvalSentence, useOwnRequests } from "../parts/approval.tsx";
import { Cost } from "../parts/cost.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Segments } from "../parts/filters.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { OlderButton, together, useOlder } from "../parts/older.tsx";
import { Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { query } from "../router.ts";
import { approvals, now, spaces } from "../store.ts";

/** The first room of one's own department. */
function usualSpace(): string {
  const own = me.peek()?.person?.department ?? null;
  return (spaces.peek().find((s) => own !== null && s.department === own) ?? spaces.peek()[0])?.id ?? "";
}

function OvertimeDialog({ onClose }: { readonly onClose: () => void }) {
  const local = (at: number) => format.value.dateTime(at).slice(0, 16).replace(" ", "T");
  const start = Math.ceil(now.peek() / 1_800_000) * 1_800_000;
  const [space, setSpace] = useState(() => usualSpace());
  const [from, setFrom] = useState(() => local(start));
  const [until, setUntil] = useState(() => local(start + 2 * 3_600_000));
  const minutes = (format.value.instant(until) - format.value.instant(from)) / 60_000;
  const send = (form: FormData) =>
    post("/approvals", {
      kind: "overtime",
      space: field(form, "space"),
      from: format.value.instant(field(form, "from")),
      until: format.value.instant(field(form, "until")),
      reason: field(form, "reason"),
    });
  return (
    <Dialog title={t("approvals.ask-overtime")} onClose={onClose} testId="overtime-dialog">
      <Form send={send} button={t("approvals.ask")} done={t("approvals.asked")} onDone={onClose} testId="overtime-form">
        <Field label={t("table.space")}>
          <select name="space" required value={space} onChange={(e) => setSpace(e.currentTarget.value)}>
            {spaces.value.map((s) => (
              <option key={s.id} value={s.id}>
                {spaceName(s.id)}
              </option>
            ))}
          </select>
        </Field>
        <div class="field-row wide">
          <Field label={t("approvals.from")}>
            <input name="from" type="datetime-local" required value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="datetime-local" required value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
          </Field>
        </div>
        <Field label={t("override.reason")}>
          <textarea name="reason" required minLength={2} maxLength={500} rows={2} />
        </Field>
        {space !== "" && minutes > 0 && minutes <= 1440 && <Cost subject={{ space }} minutes={minutes} />}
      </Form>
    </Dialog>
  );
}

function Row({ approval: a, own }: { readonly approval: ApprovalDto; readonly own: boolean }) {
  return (
    <tr data-testid="approval-row">
      <td class="main-cell">{approvalSentence(a, own)}</td>
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
      <td class="actions">
        {own && (a.state === "pending" || (a.state === "granted" && a.kind === "overtime")) ? (
          <Withdraw approval={a} />
        ) : (
          a.state === "pending" && <Decide approval={a} />
        )}
      </td>
    </tr>
  );
}

export function Approvals() {
  const [asking, setAsking] = useState(false);
  const state = query.value.get("state") ?? "";
  const older = useOlder<ApprovalDto>("/approvals?limit=100");
  const own = useOwnRequests();
  const live = [...approvals.all()];
  const rows = newestFirst(together(live, older.items), (a) => a.requestedAt).filter((a) => (state === "" ? a.state === "pending" : a.state !== "pending"));
  const why = notAllowed("request-approval", null);
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.approvals")}</h1>
        <OpenButton why={why} open={() => setAsking(true)} tone="primary" testId="ask-overtime">
          {t("approvals.ask-overtime")}
        </OpenButton>
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
            <Row key={a.id} approval={a} own={own.has(a.id)} />
          ))}
        </Table>
      )}
      {state !== "" && <OlderButton older={older} />}
      {asking && <OvertimeDialog onClose={() => setAsking(false)} />}
    </div>
  );
}
