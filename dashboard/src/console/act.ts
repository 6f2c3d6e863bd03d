/** Sends one action for many alerts, and says what became of it. */
import type { BulkAction, BulkDto } from "../../../server/contract/alert-bulk.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { BULK_MOST } from "../../../server/core/alerts/alerting.ts";
import type { Answer } from "../api.ts";
import { post } from "../api.ts";
import { t } from "../i18n.ts";
import { isWaiting } from "../needs.ts";
import { problemText, tellDone, tellProblem } from "../parts/notice.tsx";
import { alerts } from "../store.ts";

export type { BulkAction } from "../../../server/contract/alert-bulk.ts";

/** One alert; its refusal is the answer's problem. */
export async function actOnOne(id: string, action: BulkAction): Promise<Answer<unknown>> {
  const answer = await post<BulkDto>("/alerts/bulk", { ids: [id], action });
  const problem = answer.ok ? (answer.data.items[0]?.problem ?? null) : null;
  return problem === null ? answer : { ok: false, problem };
}

/** How many were done, and the refusals of the others by what they say. */
function tell(ids: number, refused: readonly ProblemDto[]): void {
  const byText = new Map<string, number>();
  for (const problem of refused) byText.set(problemText(problem), (byText.get(problemText(problem)) ?? 0) + 1);
  if (ids > refused.length) tellDone(t("console.done", { n: ids - refused.length }));
  for (const [why, n] of [...byText].slice(0, 2)) {
    if (ids === 1) tellProblem(refused[0]!);
    else tellProblem({ ...refused[0]!, code: "", detail: t("console.refused", { n, why }) });
  }
}

/** Asks for all of them, a thousand a request. The answer is not ok only where a request did not get through. */
export async function actOnMany(ids: readonly string[], action: BulkAction): Promise<Answer<unknown>> {
  const refused: ProblemDto[] = [];
  for (let from = 0; from < ids.length; from += BULK_MOST) {
    const answer = await post<BulkDto>("/alerts/bulk", { ids: ids.slice(from, from + BULK_MOST), action });
    if (!answer.ok) return answer;
    for (const { problem } of answer.data.items) if (problem !== null) refused.push(problem);
  }
  tell(ids.length, refused);
  return { ok: true, data: null };
}

/** Acknowledges those that wait for it. */
export async function acknowledgeAll(ids: readonly string[]): Promise<void> {
  const waiting = ids.filter((id) => {
    const alert = alerts.peek(id);
    return alert !== undefined && isWaiting(alert);
  });
  if (waiting.length === 0) {
    tellDone(t("console.nothing-to-ack"));
    return;
  }
  const answer = await actOnMany(waiting, { kind: "ack" });
  if (!answer.ok) tellProblem(answer.problem);
}
