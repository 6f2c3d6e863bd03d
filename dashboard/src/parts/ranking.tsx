/** Departments by open findings: who has most to answer for now. */
import { t } from "../i18n.ts";
import { departmentName } from "../names.ts";
import { ranking } from "../needs.ts";
import { findings } from "../store.ts";
import { Empty } from "./marks.tsx";

export function Ranking() {
  const rows = ranking(findings.all()).slice(0, 8);
  const most = Math.max(1, ...rows.map((r) => r.open));
  return (
    <section class="panel ranking" aria-labelledby="ranking-title">
      <header class="panel-head">
        <h2 id="ranking-title">{t("ranking.title")}</h2>
      </header>
      {rows.length === 0 ? (
        <Empty text={t("ranking.none")} />
      ) : (
        <ol>
          {rows.map((r) => (
            <li key={r.department ?? ""}>
              <a
                href={r.department === null ? "/findings?state=open" : `/findings?state=open&department=${encodeURIComponent(r.department)}`}
                title={departmentName(r.department)}
              >
                {departmentName(r.department)}
              </a>
              <span class="bar" aria-hidden="true">
                <i style={{ width: `${(r.open / most) * 100}%` }} />
              </span>
              <b>{r.open}</b>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
