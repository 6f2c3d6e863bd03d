/** A request that waits for somebody's word. */
import type { ApprovalDto } from "../../../server/contract/api.ts";
import { post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { deviceName, personName, spaceName } from "../names.ts";
import { now } from "../store.ts";
import { ActionButton } from "./action.tsx";
import { tellProblem } from "./notice.tsx";

export function approvalSentence(a: ApprovalDto): string {
  const who = a.requestedBy === null ? t("approvals.somebody") : personName(a.requestedBy);
  if (a.kind === "print-job") {
    return t("approvals.print", {
      who,
      sheets: a.sheets === null ? null : format.value.quantity(a.sheets, "sheets"),
      document: a.document,
      device: a.device === null ? null : deviceName(a.device),
    });
  }
  const at = (iso: string | null) => (iso === null ? null : format.value.time(iso, now.peek()));
  if (a.kind === "override" || a.kind === "exemption") {
    const where = a.device !== null ? deviceName(a.device) : a.space !== null ? spaceName(a.space) : word("class", a.spaceClass ?? "");
    const cost = a.cost === null ? null : t("ask.cost", { kwh: format.value.quantity(a.cost.kwh, "kWh"), cny: format.value.money(a.cost.cny) });
    return t(a.kind === "override" ? "approvals.override" : "approvals.exemption", { who, where, until: at(a.until), reason: a.reason, cost });
  }
  return t("approvals.overtime", { who, space: spaceName(a.space), from: at(a.from), until: at(a.until), reason: a.reason });
}

async function decide(id: string, word: "grant" | "refuse"): Promise<void> {
  const answer = await post(`/approvals/${encodeURIComponent(id)}/${word}`);
  if (!answer.ok) tellProblem(answer.problem);
}

export function Decide({ approval: a }: { readonly approval: ApprovalDto }) {
  const own = a.requestedBy !== null && a.requestedBy === me.value?.person?.id ? t("problem.own-request") : null;
  return (
    <span class="buttons">
      <ActionButton action="grant-approval" department={a.department} blocked={own} tone="primary" run={() => decide(a.id, "grant")} testId="grant-button">
        {t("approvals.grant")}
      </ActionButton>
      <ActionButton action="grant-approval" department={a.department} blocked={own} run={() => decide(a.id, "refuse")} testId="refuse-button">
        {t("approvals.refuse")}
      </ActionButton>
    </span>
  );
}
