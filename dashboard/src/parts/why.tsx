/** "Why is it so?", answered in sentences: the day, the policies, the exceptions, whose wish wins, what holds it back. */
import { useEffect, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { WhyDto } from "../../../server/contract/why.ts";
import { deviceApi, get } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { personName, pointText, policyName, reasonSentence, setText } from "../names.ts";
import { commands, findings, now, overrides, policies } from "../store.ts";
import { dayText } from "./day.ts";
import { ModeMark } from "./marks.tsx";
import { Problem } from "./notice.tsx";

const AGAIN_MS = 10_000;
const UNITS: Readonly<Record<string, string>> = { setpoint: "°C", roomSetpoint: "°C", brightness: "%" };

function Judgement({ of: j }: { readonly of: WhyDto["judgements"][number] }) {
  const at = (iso: string) => format.value.time(iso, now.peek());
  const more = [
    j.since === null ? "" : t("why.since", { at: at(j.since) }),
    j.due !== null && j.finding === null ? t("why.due", { at: at(j.due) }) : "",
    j.wants === null ? "" : t("why.wants", { set: setText(j.wants) }),
  ].filter((s) => s !== "");
  return (
    <li class={`judgement ${j.state ?? "none"}`}>
      <span class="verdict">{j.state === null ? "—" : word("verdict", j.state)}</span>
      <div>
        <p>
          <a href={`/policies?policy=${j.policy}`}>{policyName(j.policy)}</a> <ModeMark mode={j.mode} />
        </p>
        <small>
          {j.reason === null ? word("why", j.why) : reasonSentence(j.policy, j.reason, j.evidence ?? {})}
          {more.length > 0 ? `${t("why.stop")}${more.join(t("why.comma"))}` : ""}
        </small>
      </div>
    </li>
  );
}

function Answer({ why }: { readonly why: WhyDto }) {
  const applying = why.judgements.filter((j) => j.applies);
  const rest = why.judgements.filter((j) => !j.applies);
  const at = (iso: string) => format.value.time(iso, now.peek());
  return (
    <>
      <p>
        {t("why.day", { date: why.day.date })}
        {dayText(why.day)}
        {t("why.comma")}
        {t(why.day.workingNow ? "day.in-hours" : "day.out-of-hours")}
        {t("why.stop")}
        {word("season", why.day.season)}
      </p>
      {why.protection !== null && <p>{t("device.protected", { why: word("protection", why.protection) })}</p>}
      {why.overrides.map((o) => (
        <p key={o.id}>
          {t("why.override", {
            who: personName(o.by),
            reason: o.reason,
            until: at(o.until),
            set: o.set === null ? null : setText(o.set),
            policy: o.policy === null ? t("override.all-policies") : policyName(o.policy),
          })}
        </p>
      ))}
      {why.arbitration.map((a) => (
        <p key={a.point} class="verdict-line">
          {t("why.arbitration", {
            point: word("point", a.point),
            wanted: pointText(a.point, a.wanted, UNITS[a.point] ?? ""),
            by: a.source === "policy" ? policyName(a.by) : word("source", a.source),
            reported: pointText(a.point, a.reported, UNITS[a.point] ?? ""),
            beats: a.beats.map((b) => (why.overrides.some((o) => o.id === b) ? word("source", "override") : policyName(b))).join(t("why.comma")),
          })}
        </p>
      ))}
      {why.holding.map((h, i) => (
        <p key={i} class="holding">
          {t("why.holding", { why: word("holding", h.why), until: h.until === null ? null : at(h.until) })}
        </p>
      ))}
      <ul class="judgements">
        {applying.map((j) => (
          <Judgement key={j.policy} of={j} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{t("why.not-applying", { n: rest.length })}</summary>
          <ul class="judgements">
            {rest.map((j) => (
              <li key={j.policy} class="judgement none">
                <span class="verdict">—</span>
                <div>
                  <p>{policyName(j.policy)}</p>
                  <small>
                    {word("why", j.why)}
                    {j.exemption === null ? "" : `${t("why.colon")}${word("protection", j.exemption)}`}
                  </small>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

export function Why({ id }: { readonly id: string }) {
  const [why, setWhy] = useState<WhyDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  // What was decided about this device makes the answer another one.
  const marks = [
    ...[...findings.all()].filter((f) => f.subject.device === id).map((f) => `${f.id}${f.state}`),
    ...[...commands.all()].filter((c) => c.device === id).map((c) => `${c.id}${c.state}`),
    overrides.version.value,
    policies.version.value,
  ].join(" ");
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const answer = await get<WhyDto>(deviceApi(id, "/why"));
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setWhy(answer.data);
    };
    void load();
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [id, marks]);
  return (
    <section class="panel why" aria-labelledby="why-title" data-testid="why">
      <h2 id="why-title">{t("why.title")}</h2>
      <Problem problem={problem} />
      {why !== null && <Answer why={why} />}
    </section>
  );
}
