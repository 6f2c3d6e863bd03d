/** A request that waits for somebody's word. */
import { useEffect, useState } from "preact/hooks";
import type { ApprovalDto } from "../../../server/contract/approvals.ts";
import type { List } from "../api.ts";
import { get, post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { deviceName, personName, spaceName } from "../names.ts";
import { approvals, now } from "../store.ts";
import { ActionButton } from "./action.tsx";
import { endAt } from "./ended.ts";
import { tellProblem } from "./notice.tsx";

export function approvalSentence(a: ApprovalDto, own = false): string {
  const asked = own ? (me.value?.person?.id ?? a.requestedBy) : a.requestedBy;
  const who = asked === null ? t("approvals.somebody") : personName(asked);
  if (a.kind === "print-job") {
    return t("approvals.print", {
      who,
      sheets: a.sheets === null ? null : format.value.quantity(a.sheets, "sheets"),
      document: a.document,
      device: a.device === null ? null : deviceName(a.device),
    });
  }
  const cost = a.cost === null ? null : t("ask.cost", { kwh: format.value.quantity(a.cost.kwh, "kWh"), cny: format.value.money(a.cost.cny) });
  const at = (iso: string | null) => (iso === null ? null : format.value.time(iso, now.peek()));
  if (a.kind === "override" || a.kind === "exemption") {
    const where = a.device !== null ? deviceName(a.device) : a.space !== null ? spaceName(a.space) : word("class", a.spaceClass ?? "");
    return t(a.kind === "override" ? "approvals.override" : "approvals.exemption", { who, where, until: at(a.until), reason: a.reason, cost });
  }
  return t("approvals.overtime", { who, space: spaceName(a.space), from: at(a.from), until: at(a.until), reason: a.reason, cost });
}

/** Ids of what this person asked for and what still stands: the live channel tells nobody's name to those who may not see names. */
export function useOwnRequests(): ReadonlySet<string> {
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  const person = me.value?.person?.id;
  const moved = approvals.version.value;
  useEffect(() => {
    let gone = false;
    void get<List<ApprovalDto>>("/approvals?mine=1").then((answer) => !gone && answer.ok && setOwn(new Set(answer.data.items.map((a) => a.id))));
    return () => {
      gone = true;
    };
  }, [person, moved]);
  return own;
}

export function Withdraw({ approval: a }: { readonly approval: ApprovalDto }) {
  const run = async () => {
    await endAt(`/approvals/${encodeURIComponent(a.id)}`, t("approvals.withdrawn"));
  };
  return (
    <ActionButton action="request-approval" department={null} run={run} testId="withdraw-button">
      {t("approvals.withdraw")}
    </ActionButton>
  );
}

async function decide(id: string, word: "grant" | "refuse"): Promise<void> {
  const answer = await post(`/approvals/${encodeURIComponent(id)}/${word}`);
  if (!answer.ok) tellProblem(answer.problem);
}

export function Decide({ approval: a }: { readonly approval: ApprovalDto }) {
  const own = a.requestedBy !== null && a.requestedBy === me.value?.person?.id ? t("problem.own-request") : null;
  // A standing exemption changes the rules for good: that is for those who may change them.
  const action = a.kind === "exemption" ? "change-policy" : "grant-approval";
  return (
    <span class="buttons">
      <ActionButton action={action} department={a.department} blocked={own} tone="primary" run={() => decide(a.id, "grant")} testId="grant-button">
        {t("approvals.grant")}
      </ActionButton>
      <ActionButton action={action} department={a.department} blocked={own} run={() => decide(a.id, "refuse")} testId="refuse-button">
        {t("approvals.refuse")}
      </ActionButton>
    </span>
  );
}
