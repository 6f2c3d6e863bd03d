/** How healthy the alarms are, in pictures: who is burdened by how much, when, by what, and which of our own rules are to blame. */
import { useMemo } from "preact/hooks";
import type { AlarmHealthDto } from "../../../server/contract/alarm-health.ts";
import type { LoadPlot } from "../charts/load.ts";
import { format, lang, t } from "../i18n.ts";
import { personName } from "../names.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { HealthFigures, SeverityMix, Times, TopAlarms } from "../parts/health-figures.tsx";
import { LastDays, useLastDays } from "../parts/last-days.tsx";
import { LoadChart } from "../parts/load-chart.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { Proposals } from "../parts/proposals.tsx";
import { query } from "../router.ts";
import { now, site } from "../store.ts";
import "../style/health.css";

const HOUR = 3_600_000;
const DAYS = [1, 7, 30] as const;
const USUAL = 7;
const MOST_PEOPLE = 5;
/** Names that stand under an axis without touching. */
const MOST_TICKS = 8;

/** Names under an axis, so many that none touches another. */
function thinned(names: readonly string[]): string[] {
  const step = Math.ceil(names.length / MOST_TICKS);
  return names.map((name, i) => (i % step === 0 ? name : ""));
}

function hoursPlot(health: AlarmHealthDto): LoadPlot {
  const known = new Map(health.byHour.map((h) => [Date.parse(h.at), h]));
  const first = Math.floor(Date.parse(health.from) / HOUR) * HOUR;
  const hours: number[] = [];
  for (let at = first; at < Date.parse(health.to); at += HOUR) hours.push(at);
  const local = hours.map((at) => format.value.dateTime(at));
  const long = hours.length > 48;
  const ticks = long ? thinned([...new Set(local.map((l) => l.slice(5, 10)))]) : thinned(local.map((l) => l.slice(11, 16)));
  const days = [...new Set(local.map((l) => l.slice(5, 10)))];
  return {
    names: local.map((l) => l.slice(5, 16)),
    ticks: long ? local.map((l, i) => (i > 0 && local[i - 1]!.slice(5, 10) !== l.slice(5, 10) ? (ticks[days.indexOf(l.slice(5, 10))] ?? "") : "")) : ticks,
    bars: [
      { label: t("health.in-hour"), values: hours.map((at) => known.get(at)?.alarms ?? 0) },
      { label: t("health.in-ten"), values: hours.map((at) => known.get(at)?.worst ?? 0) },
    ],
    within: true,
    bound: { label: t("health.flood-line", { n: health.bounds.flood }), value: health.bounds.flood },
  };
}

function daysPlot(health: AlarmHealthDto): LoadPlot | null {
  const people = health.people.slice(0, MOST_PEOPLE);
  const goal = health.figures.find((f) => f.key === "need-human")?.good ?? 10;
  if (people.length === 0) return null;
  const dates = people[0]!.byDay.map((d) => d.date.slice(5));
  return {
    names: dates,
    ticks: thinned(dates),
    bars: people.map((p) => ({ label: personName(p.person), values: p.byDay.map((d) => d.needHuman) })),
    within: false,
    bound: { label: t("health.goal-line", { n: goal }), value: goal },
  };
}

function Legend({ plot }: { readonly plot: LoadPlot }) {
  return (
    <ul class="legend health-legend">
      {plot.bars.map((b, i) => (
        <li key={b.label}>
          <i class={plot.within ? (i === 0 ? "load-wide" : "load-0") : `load-${i}`} />
          {b.label}
        </li>
      ))}
      <li>
        <i class="load-bound" />
        {plot.bound.label}
      </li>
    </ul>
  );
}

function Floods({ health }: { readonly health: AlarmHealthDto }) {
  const floods = health.people.flatMap((p) => p.floods.map((f) => ({ ...f, person: p.person })));
  if (floods.length === 0) return null;
  const newest = floods.toSorted((a, b) => Date.parse(b.from) - Date.parse(a.from)).slice(0, 6);
  return (
    <ul class="plain-list floods" data-testid="floods">
      {newest.map((f) => (
        <li key={`${f.person} ${f.from}`}>
          {t("health.flood", {
            person: personName(f.person),
            at: format.value.time(f.from, now.peek()),
            lasted: format.value.duration(Date.parse(f.until) - Date.parse(f.from)),
            n: f.alarms,
          })}
        </li>
      ))}
    </ul>
  );
}

function Pictures({ health, applied }: { readonly health: AlarmHealthDto; readonly applied: () => void }) {
  const said = lang.value;
  const hours = useMemo(() => hoursPlot(health), [health, said]);
  const days = useMemo(() => daysPlot(health), [health, said]);
  const bad = health.figures.filter((f) => f.verdict === "bad").length;
  return (
    <>
      <p class={`lead health-lead ${bad === 0 ? "good" : "bad"}`} data-testid="health-sentence">
        {t(health.alarms === 0 ? "health.nothing" : bad === 0 ? "health.all-good" : "health.some-bad", { n: health.alarms, bad })}
      </p>
      <HealthFigures health={health} />
      <Proposals health={health} applied={applied} />
      <div class="health-grid">
        <section class="panel wide" aria-labelledby="health-hours">
          <header class="panel-head">
            <h2 id="health-hours">{t("health.per-hour")}</h2>
            <Legend plot={hours} />
          </header>
          <LoadChart plot={hours} label={t("health.per-hour-label", { most: Math.max(0, ...health.byHour.map((h) => h.alarms)) })} testId="chart-hours" />
          <Floods health={health} />
        </section>
        <section class="panel wide" aria-labelledby="health-days">
          <header class="panel-head">
            <h2 id="health-days">{t("health.per-day")}</h2>
            {days !== null && <Legend plot={days} />}
          </header>
          {days === null ? (
            <Empty text={t("health.none")} />
          ) : (
            <LoadChart
              plot={days}
              label={t("health.per-day-label", { most: Math.max(0, ...health.people.map((p) => p.needHuman.worst)) })}
              testId="chart-days"
            />
          )}
        </section>
        <TopAlarms health={health} />
        <div class="health-column">
          <SeverityMix health={health} />
          <Times health={health} of="acknowledge" />
          <Times health={health} of="clear" />
        </div>
      </div>
      <p class="muted health-source">
        {t("health.sources", {
          flood: health.bounds.flood,
          chatter: health.bounds.chatter,
          seconds: health.bounds.chatterSeconds,
          fleeting: format.value.duration(health.bounds.fleetingSeconds * 1000),
          stale: format.value.duration(health.bounds.staleSeconds * 1000),
        })}
      </p>
    </>
  );
}

export function AlarmHealthPage() {
  const person = query.value.get("person");
  const { report: health, problem, reload } = useLastDays<AlarmHealthDto>("/reports/alarm-health", DAYS, USUAL, { person });
  return (
    <div class="page" data-testid="alarm-health-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.alarm-health")}</h1>
      </header>
      <div class="filters">
        <LastDays choices={DAYS} usual={USUAL} />
        <SelectFilter name="person" label={t("health.person")} options={(site.value?.people ?? []).map((p) => [p.id, personName(p.id)] as const)} />
      </div>
      <Problem problem={problem} />
      {health !== null && <Pictures health={health} applied={reload} />}
    </div>
  );
}
