/** "Who would hear of this?": an alert that is not there, and who would be told of it when. */
import { useEffect, useState } from "preact/hooks";
import type { HearingDto } from "../../../server/contract/hearing.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { post } from "../api.ts";
import { format, t, text, word } from "../i18n.ts";
import { departmentName, policyName } from "../names.ts";
import { Field } from "../parts/form.tsx";
import { Problem } from "../parts/notice.tsx";
import { devices, deviceShape, now, policies, site, spaces } from "../store.ts";
import { TimeLine } from "./time-line.tsx";

/** Longer lists of devices are no list to choose from; a device's page and its space are. */
const MOST_DEVICES = 500;

interface Asked {
  readonly severity: string;
  readonly policy: string;
  /** `department:…`, `space:…` or `device:…`. */
  readonly place: string;
  /** Local `YYYY-MM-DDTHH:MM`; empty: now. */
  readonly at: string;
}

function bodyOf({ severity, policy, place, at }: Asked): object {
  const colon = place.indexOf(":");
  const [part, id] = [place.slice(0, colon), place.slice(colon + 1)];
  return {
    ...(severity === "" ? {} : { severity }),
    ...(policy === "" ? {} : { policy }),
    ...(id === "" ? {} : { [part]: id }),
    ...(at === "" ? {} : { at: format.value.instant(at) }),
  };
}

function Places() {
  void deviceShape.value;
  const all = [...devices.all()];
  return (
    <>
      <option value="">{t("alerting.nowhere")}</option>
      <optgroup label={t("table.department")}>
        {site.value?.departments.map((d) => (
          <option key={d.id} value={`department:${d.id}`}>
            {departmentName(d.id)}
          </option>
        ))}
      </optgroup>
      <optgroup label={t("table.space")}>
        {spaces.value.map((s) => (
          <option key={s.id} value={`space:${s.id}`}>
            {text(s.name)}
          </option>
        ))}
      </optgroup>
      {all.length <= MOST_DEVICES && (
        <optgroup label={t("table.device")}>
          {all.map((d) => (
            <option key={d.id} value={`device:${d.id}`}>
              {text(d.name)}
            </option>
          ))}
        </optgroup>
      )}
    </>
  );
}

export function TryOut() {
  const first = site.value?.departments[0]?.id;
  const [asked, setAsked] = useState<Asked>({ severity: "high", policy: "", place: first === undefined ? "" : `department:${first}`, at: "" });
  const [hearing, setHearing] = useState<HearingDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const change = (part: Partial<Asked>) => setAsked({ ...asked, ...part });
  useEffect(() => {
    let gone = false;
    void post<HearingDto>("/alerting/try", bodyOf(asked)).then((answer) => {
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setHearing(answer.data);
    });
    return () => {
      gone = true;
    };
  }, [asked]);
  const today = format.value.dateTime(now.value).slice(0, 10);
  const times = [
    ["now", ""],
    ["tonight", `${today}T22:00`],
    ["saturday", `${saturday(today)}T10:00`],
  ] as const;
  const list = [...policies.all()];
  return (
    <section class="panel try-out" aria-labelledby="try-title">
      <div class="try-form">
        <h2 id="try-title">{t("alerting.try")}</h2>
        <p class="muted">{t("alerting.try-explained")}</p>
        <form class="form" onSubmit={(e) => e.preventDefault()} data-testid="try-form">
          <div class="field-row">
            <Field label={t("table.severity")}>
              <select name="severity" value={asked.severity} onChange={(e) => change({ severity: e.currentTarget.value })}>
                {(["high", "medium", "low"] as const).map((s) => (
                  <option key={s} value={s}>
                    {word("severity", s)}
                  </option>
                ))}
                {asked.policy !== "" && <option value="">{t("alerting.as-rule")}</option>}
              </select>
            </Field>
            <Field label={t("table.policy")}>
              <select
                name="policy"
                value={asked.policy}
                onChange={(e) => change({ policy: e.currentTarget.value, severity: e.currentTarget.value === "" ? "high" : "" })}
              >
                <option value="">{t("alerting.any-rule")}</option>
                {list.map((p) => (
                  <option key={p.id} value={p.id}>
                    {policyName(p.id)}
                  </option>
                ))}
              </select>
            </Field>
          </div>
          <Field label={t("table.subject")}>
            <select name="place" value={asked.place} onChange={(e) => change({ place: e.currentTarget.value })}>
              <Places />
            </select>
          </Field>
          <Field label={t("table.time")}>
            <input
              name="at"
              type="datetime-local"
              value={
                asked.at === ""
                  ? format.value
                      .dateTime(hearing?.at ?? now.peek())
                      .slice(0, 16)
                      .replace(" ", "T")
                  : asked.at
              }
              onChange={(e) => change({ at: e.currentTarget.value })}
            />
          </Field>
          <div class="segments" role="group" aria-label={t("table.time")}>
            {times.map(([key, at]) => (
              <button key={key} type="button" aria-pressed={asked.at === at} onClick={() => change({ at })} data-testid={`try-${key}`}>
                {t(`alerting.${key}`)}
              </button>
            ))}
          </div>
          <Problem problem={problem} />
        </form>
        <p class="muted small">{t("alerting.try-limits")}</p>
      </div>
      {hearing !== null && <TimeLine hearing={hearing} />}
    </section>
  );
}

/** The next Saturday, today where it is one. */
function saturday(today: string): string {
  const day = Date.parse(`${today}T00:00:00Z`);
  return new Date(day + ((6 - new Date(day).getUTCDay() + 7) % 7) * 86_400_000).toISOString().slice(0, 10);
}
