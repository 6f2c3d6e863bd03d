/** The chain's clock and the routing table, as the site file says. */
import { useState } from "preact/hooks";
import type { AlertingDto } from "../../../server/contract/hearing.ts";
import { format, t, word } from "../i18n.ts";
import { departmentName, personName, policyName } from "../names.ts";
import { SeverityMark } from "../parts/marks.tsx";
import { tellDone } from "../parts/notice.tsx";
import { channelName } from "./channel-name.ts";

const SEVERITIES = ["high", "medium", "low"] as const;

/** What stands in the site file, with its remarks in the page's language. */
const example = () => `alerting:
  # ${t("alerting.yaml-climb")}
  climb:
    high: [{ level: chief, after: 30 }, { level: deputy, after: 900 }, { level: director, after: 2700 }]
  # ${t("alerting.yaml-off-hours")}
  offHours: [high]
  # ${t("alerting.yaml-routes")}
  routes:
    - name: ${t("alerting.yaml-night")}
      when: { offHours: true, severities: [high] }
      channels: [page, sms]
    - name: ${t("alerting.yaml-leaks")}
      when: { policies: [night-flow, supply-failed] }
      channels: [page, mail, wecom]
      people: [facilities-1]
      goOn: true
    - name: ${t("alerting.yaml-rest")}
      channels: [page, mail]
`;

export function Chain({ alerting }: { readonly alerting: AlertingDto }) {
  const { duration } = format.value;
  return (
    <section class="panel">
      <h2>{t("alerting.chain")}</h2>
      <p class="muted">{t("alerting.chain-explained")}</p>
      <table class="compact" data-testid="climb-table">
        <thead>
          <tr>
            <th scope="col">{t("table.severity")}</th>
            {(["chief", "deputy", "director"] as const).map((level) => (
              <th key={level} scope="col">
                {word("console-level", level)}
              </th>
            ))}
            <th scope="col">{t("alerting.at-night")}</th>
            <th scope="col">{t("alerting.digest")}</th>
          </tr>
        </thead>
        <tbody>
          {SEVERITIES.map((s) => (
            <tr key={s}>
              <th scope="row">
                <SeverityMark severity={s} /> {word("severity", s)}
              </th>
              {(["chief", "deputy", "director"] as const).map((level) => {
                const step = alerting.climb[s].find((c) => c.level === level);
                return <td key={level}>{step === undefined ? "—" : duration(step.after * 1000)}</td>;
              })}
              <td>{t(alerting.offHours.includes(s) ? "alerting.at-once" : "alerting.next-day")}</td>
              <td>{alerting.every[s] === 0 ? t("alerting.no-digest") : t("alerting.every", { time: duration(alerting.every[s] * 1000) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted small">
        {t("alerting.flood", { count: alerting.flood.count, time: duration(alerting.flood.seconds * 1000), group: duration(alerting.groupEvery * 1000) })}
      </p>
    </section>
  );
}

type Route = AlertingDto["routes"][number];

/** What a row takes, part by part. */
function conditions({ when }: Route): string[] {
  const comma = t("why.comma");
  const parts = [
    when.severities?.map((s) => word("severity", s)),
    when.levels?.map((l) => word("console-level", l)),
    when.kinds?.map((k) => word("alert-kind", k)),
    when.policies?.map(policyName),
    when.departments?.map(departmentName),
    when.buildings,
    when.classes?.map((c) => word("class", c)),
    when.offHours === undefined ? undefined : [t(when.offHours ? "alerting.off" : "alerting.working")],
  ];
  return parts.flatMap((p) => (p === undefined ? [] : [p.join(comma)]));
}

export function Routing({ alerting }: { readonly alerting: AlertingDto }) {
  const [shown, setShown] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(example());
      tellDone(t("alerting.copied"));
    } catch {
      getSelection()?.selectAllChildren(document.getElementById("alerting-example")!);
    }
  };
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t("alerting.routes")}</h2>
        <button type="button" class="quiet small" aria-expanded={shown} onClick={() => setShown(!shown)} data-testid="example-button">
          {t("alerting.example")}
        </button>
      </div>
      <p class="muted">{t("alerting.routes-explained")}</p>
      {shown && (
        <div class="example">
          <pre id="alerting-example">{example()}</pre>
          <button type="button" class="plain small" onClick={() => void copy()}>
            {t("alerting.copy")}
          </button>
        </div>
      )}
      {alerting.routes.length === 0 ? (
        <p>{t("alerting.no-routes")}</p>
      ) : (
        <ol class="routes" data-testid="routes">
          {alerting.routes.map((r) => (
            <li key={r.name}>
              <b>{r.name}</b>
              <span class="conditions">
                {conditions(r).length === 0 ? (
                  <span class="muted">{t("alerting.everything")}</span>
                ) : (
                  conditions(r).map((c) => (
                    <span key={c} class="tag">
                      {c}
                    </span>
                  ))
                )}
              </span>
              <span>
                → {r.channels.map(channelName).join(t("why.comma"))}
                {r.people.length > 0 && <span class="muted"> {t("alerting.also", { people: r.people.map(personName).join(t("why.comma")) })}</span>}
              </span>
              <small class="muted">{t(r.goOn ? "alerting.goes-on" : "alerting.stops")}</small>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
