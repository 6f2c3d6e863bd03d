/** What waits for this person: alerts to look at, requests to decide. */
import { post } from "../api.ts";
import { t } from "../i18n.ts";
import { can, canOn } from "../me.ts";
import { alertSentence, departmentName, deviceName, spaceName } from "../names.ts";
import { byUrgency } from "../needs.ts";
import { pathTo } from "../router.ts";
import { approvals } from "../store.ts";
import { waiting } from "../waiting.ts";
import { ActionButton } from "./action.tsx";
import { Decide, approvalSentence } from "./approval.tsx";
import { SeverityMark } from "./marks.tsx";
import { tellProblem } from "./notice.tsx";
import { Time } from "./time.tsx";

const SHOWN = 3;

export async function acknowledge(id: string, note?: string): Promise<void> {
  const answer = await post(`/alerts/${encodeURIComponent(id)}/ack`, note === undefined || note === "" ? {} : { note });
  if (!answer.ok) tellProblem(answer.problem);
}

export function NeedsYou() {
  const mine = [...waiting.value.mine].sort(byUrgency);
  const pending = [...approvals.all()].filter((a) => a.state === "pending" && can(a.kind === "exemption" ? "change-policy" : "grant-approval", a.department));
  if (mine.length + pending.length === 0) return null;
  return (
    <section class="panel needs" aria-labelledby="needs-title">
      <header class="panel-head">
        <h2 id="needs-title">{t("needs.title")}</h2>
        <span class="badge">{mine.length + pending.length}</span>
      </header>
      <ul class="needs-list">
        {pending.slice(0, SHOWN).map((a) => (
          <li key={a.id}>
            <span class="severity ask" />
            <div class="needs-what">
              <p>{approvalSentence(a)}</p>
              <small>
                {departmentName(a.department)} · <Time at={a.requestedAt} how="ago" />
              </small>
            </div>
            <Decide approval={a} />
          </li>
        ))}
        {mine.slice(0, SHOWN).map((a) => (
          <li key={a.id}>
            <SeverityMark severity={a.severity} />
            <div class="needs-what">
              <p>
                <a href={`/alerts?alert=${encodeURIComponent(a.id)}`}>{alertSentence(a.title, a.evidence)}</a>
              </p>
              <small>
                {a.device === null ? spaceName(a.space) : <a href={pathTo("devices", a.device)}>{deviceName(a.device)}</a>} · {departmentName(a.department)} ·{" "}
                <Time at={a.raisedAt} how="ago" />
              </small>
            </div>
            <ActionButton action="acknowledge" department={a.department} own={canOn("acknowledge", a)} run={() => acknowledge(a.id)}>
              {t("alerts.ack")}
            </ActionButton>
          </li>
        ))}
      </ul>
      {mine.length > SHOWN && (
        <p class="panel-foot">
          <a href="/alerts">{t("needs.all", { n: mine.length })}</a>
        </p>
      )}
      {pending.length > SHOWN && (
        <p class="panel-foot">
          <a href="/approvals">{t("needs.all-approvals", { n: pending.length })}</a>
        </p>
      )}
    </section>
  );
}
