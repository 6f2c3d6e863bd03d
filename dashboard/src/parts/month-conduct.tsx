/** What people did in the month: violations and who answered, exceptions, savings, alarms and meters. */
import type { MonthDto } from "../../../server/contract/month.ts";
import { format, lang, t, word } from "../i18n.ts";
import { buildingName, departmentName, deviceName, personName, policyName } from "../names.ts";
import { number, Section, Sheet } from "./month-sheet.tsx";

export function Conduct({ month }: { readonly month: MonthDto }) {
  const listed = lang.value === "en" ? ", " : "、";
  return (
    <>
      <Section title={t("month.section.violations")} id="violations">
        {month.violations.length === 0 ? (
          <p>{t("month.violations.none")}</p>
        ) : (
          <Sheet
            heads={[
              "month.col.department",
              "month.col.policies",
              "month.col.who",
              "month.col.findings",
              "month.col.hours",
              "month.col.kwh",
              "month.col.cny",
              "month.col.answered",
              "month.col.median",
            ]}
            figures={6}
          >
            {month.violations.map((v) => (
              <tr key={v.department ?? ""}>
                <th scope="row">{v.department === null ? t("month.common") : departmentName(v.department)}</th>
                <td>
                  {v.policies
                    .slice(0, 3)
                    .map((p) => `${policyName(p.policy)} ${p.findings}`)
                    .join(listed)}
                </td>
                <td>{v.answered.map((a) => `${personName(a.person)} ${a.alerts}`).join(listed)}</td>
                <td class="number">
                  {v.department === null ? v.findings : <a href={`/findings?department=${encodeURIComponent(v.department)}`}>{v.findings}</a>}
                </td>
                <td class="number">{number(v.hours)}</td>
                <td class="number">{number(v.kwh)}</td>
                <td class="number">{number(v.cny, 2)}</td>
                <td class="number">
                  {v.acknowledged} / {v.alerts}
                </td>
                <td class="number">{v.median === null ? t("month.na") : format.value.duration(v.median * 1000)}</td>
              </tr>
            ))}
          </Sheet>
        )}
        {month.faults > 0 && <p class="muted">{t("month.violations.faults", { n: month.faults })}</p>}
      </Section>
      <Section title={t("month.section.exceptions")} id="exceptions">
        {month.exceptions.length === 0 ? (
          <p>{t("month.exceptions.none")}</p>
        ) : (
          <Sheet
            heads={["month.col.kind", "month.col.department", "month.col.count", "month.col.hours", "month.col.estimate", "month.col.estimate-cny"]}
            figures={4}
          >
            {month.exceptions.map((e) => (
              <tr key={`${e.kind} ${e.department}`}>
                <th scope="row">{word("month.exception", e.kind)}</th>
                <td>{e.department === null ? t("month.common") : departmentName(e.department)}</td>
                <td class="number">{e.count}</td>
                <td class="number">{number(e.hours)}</td>
                <td class="number">{number(e.kwh)}</td>
                <td class="number">{number(e.cny, 2)}</td>
              </tr>
            ))}
          </Sheet>
        )}
      </Section>
    </>
  );
}

export function Savings({ month }: { readonly month: MonthDto }) {
  const { savings } = month;
  return (
    <Section title={t("month.section.savings")} id="savings">
      {savings === null ? (
        <p>{t("month.savings.none")}</p>
      ) : (
        <Sheet heads={["month.col.what", "month.col.saved", "month.col.interval", "month.col.cost"]} figures={3}>
          {(["planned", "measured", "verified"] as const).map((key) => {
            const part = savings[key];
            return (
              <tr key={key}>
                <th scope="row">{word("month.savings", key)}</th>
                <td class="number">{part === null ? t(key === "verified" ? "month.savings.unverified" : "month.na") : number(part.kwh, 0)}</td>
                <td class="number">{part === null ? "" : `${number(part.low, 0)} – ${number(part.high, 0)}`}</td>
                <td class="number">{part === null ? "" : number(part.cny, 2)}</td>
              </tr>
            );
          })}
        </Sheet>
      )}
      {savings?.adjustments.map((a) => (
        <p key={a.building + a.reason + a.kwh} class="muted" data-testid="month-adjustment">
          {t("month.savings.adjustment", { ...a, building: buildingName(a.building), kwh: number(a.kwh, 0), who: personName(a.by) })}
        </p>
      ))}
    </Section>
  );
}

export function Alarms({ month }: { readonly month: MonthDto }) {
  const { alarms, meters, metersHeard } = month;
  const count = (verdict: string) => alarms?.figures.filter((f) => f.verdict === verdict).length ?? 0;
  return (
    <>
      <Section title={t("month.section.alarms")} id="alarms">
        <p>
          {alarms === null
            ? t("month.alarms.none")
            : t("month.alarms.line", { raised: alarms.raised, quiet: alarms.quiet, good: count("good"), bad: count("bad") })}
        </p>
      </Section>
      <Section title={t("month.section.meters")} id="meters">
        <p>{t(meters.length === 0 ? "month.meters.all" : "month.meters.some", { n: metersHeard, m: meters.length })}</p>
        {meters.length > 0 && (
          <ul class="month-meters">
            {meters.slice(0, 30).map((m) => (
              <li key={`${m.quantity} ${m.device}`}>
                {deviceName(m.device)} {m.days}/{m.of}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}
