/** What was used and measured over time: any points, or sums, over any span, beside another day and the weather. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { SeriesDto } from "../../../server/contract/series.ts";
import { get } from "../api.ts";
import type { Question } from "../chart-question.ts";
import { COMPARED, SHOWN, apiQuery, inked, ownSpan, questionOf } from "../chart-question.ts";
import { lang, t } from "../i18n.ts";
import type { Key } from "../locales/zh-CN.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { Problem } from "../parts/notice.tsx";
import { PointPicker } from "../parts/point-picker.tsx";
import { RangePicker, localTime, rangeText } from "../parts/range-picker.tsx";
import type { ChartHandle } from "../parts/series-chart.tsx";
import { SeriesChart } from "../parts/series-chart.tsx";
import { fileName, savePicture } from "../parts/series-files.ts";
import { SeriesLegend, SeriesMarks } from "../parts/series-marks.tsx";
import { plotOf } from "../parts/series-plot.ts";
import { SeriesTable } from "../parts/series-table.tsx";
import { shownTitle, sourceText } from "../parts/series-words.ts";
import { changedQuery, query, setQuery } from "../router.ts";
import { deviceShape, devices, now } from "../store.ts";
import "../style/charts.css";

const AGAIN_MS = 30_000;
const DAY = 86_400_000;

/** Of every water meter its flow, or else its counter. */
function nightPoints(): string[] {
  void deviceShape.value;
  return [...devices.peekAll()]
    .filter((d) => d.kind === "water")
    .flatMap((d) => {
      const name = ["flow", "volume"].find((n) => d.points.some((p) => p.name === n));
      return name === undefined ? [] : [`${d.id}/${name}`];
    })
    .sort()
    .slice(0, 50);
}

/** Moves and zooms for who does not drag. */
function Moves({
  from,
  to,
  onSpan,
  onBack,
}: {
  readonly from: number;
  readonly to: number;
  readonly onSpan: (from: number, to: number) => void;
  readonly onBack: (() => void) | null;
}) {
  const length = to - from;
  const moves: readonly (readonly [string, Key, string, number, number])[] = [
    ["earlier", "charts.earlier", "‹", -0.5, -0.5],
    ["later", "charts.later", "›", 0.5, 0.5],
    ["in", "charts.in", "+", 0.25, -0.25],
    ["out", "charts.out", "−", -0.5, 0.5],
  ];
  return (
    <span class="buttons no-print" role="group" aria-label={t("charts.move")}>
      {moves.map(([id, key, sign, first, last]) => (
        <button
          type="button"
          class="plain icon-only"
          key={id}
          onClick={() => onSpan(from + first * length, to + last * length)}
          aria-label={t(key)}
          title={t(key)}
          data-testid={`zoom-${id}`}
        >
          {sign}
        </button>
      ))}
      <button type="button" class="plain" disabled={onBack === null} onClick={() => onBack?.()} data-testid="zoom-back">
        {t("charts.back")}
      </button>
    </span>
  );
}

export function ChartsPage() {
  const minute = Math.floor(now.value / 60_000);
  const said = lang.value;
  const question = useMemo(() => questionOf(query.value, now.peek(), localTime), [query.value, minute, said]);
  const night = nightPoints();
  const asked = apiQuery(question, night);
  const [answer, setAnswer] = useState<{ readonly data: SeriesDto; readonly question: Question; readonly asked: string } | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [again, setAgain] = useState(0);
  const [before, setBefore] = useState<readonly string[]>([]);
  const handle = useRef<ChartHandle | null>(null);

  useEffect(() => {
    const timer = setInterval(() => setAgain((n) => n + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  // What is over does not change any more.
  const fresh = question.to > now.peek() ? again : 0;
  useEffect(() => {
    if (asked === null) {
      setAnswer(null);
      setProblem(null);
      return;
    }
    let gone = false;
    void get<SeriesDto>(`/series?${asked}`).then((got) => {
      if (gone) return;
      setProblem(got.ok ? null : got.problem);
      if (got.ok) setAnswer({ data: got.data, question, asked });
    });
    return () => {
      gone = true;
    };
  }, [asked, fresh]);

  const plot = useMemo(() => (answer === null ? null : plotOf(answer.data, answer.question)), [answer, said]);
  const zoom = (from: number, to: number) => {
    if (to - from < 60_000 || from < 0 || to > now.peek() + 400 * DAY) return;
    setBefore([...before, location.search].slice(-50));
    setQuery({ ...ownSpan(from, to, localTime) });
  };
  const back = () => {
    const last = before.at(-1);
    if (last === undefined) return;
    setBefore(before.slice(0, -1));
    const kept = new URLSearchParams(last);
    setQuery({ range: kept.get("range"), from: kept.get("from"), to: kept.get("to") });
  };
  const compared = question.compare === null ? null : t(`charts.compare.${question.compare}`);
  const none = answer !== null && answer.data.series.every((s) => s.values.every((v) => v === null));
  const parts = answer === null ? null : inked(answer.data);
  const bulkQuery = changedQuery("", { range: question.range, from: query.value.get("from"), to: query.value.get("to") });
  const title = shownTitle(question.shown, answer?.data ?? null);
  return (
    <div class="page charts-page" data-testid="charts-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.charts")}</h1>
        <span class="buttons no-print">
          <button
            type="button"
            class="plain"
            disabled={answer === null || none}
            onClick={() => handle.current !== null && answer !== null && void savePicture(handle.current, answer.question, answer.data)}
            data-testid="save-png"
          >
            {t("charts.png")}
          </button>
          {asked !== null && (
            <a class="button plain" href={`/api/v1/series.csv?${asked}&lang=${said}`} download={fileName(question, "csv")} data-testid="save-csv">
              {t("charts.csv")}
            </a>
          )}
          <a class="button plain" href={`/exports${bulkQuery}`} data-testid="open-exports">
            {t("exports.open")}
          </a>
        </span>
      </header>
      <div class="filters no-print">
        <SelectFilter name="show" label={t("charts.show")} all={null} value={question.shown} options={SHOWN.map((s) => [s, t(`charts.show.${s}`)] as const)} />
        <SelectFilter
          name="compare"
          label={t("charts.beside")}
          all={t("charts.beside-none")}
          options={COMPARED.map((c) => [c, t(`charts.compare.${c}`)] as const)}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={question.weather}
            onChange={(e) => setQuery({ weather: e.currentTarget.checked ? "1" : null })}
            data-testid="weather"
          />
          {t("charts.weather")}
        </label>
        <label class="check">
          <input type="checkbox" checked={question.table} onChange={(e) => setQuery({ table: e.currentTarget.checked ? "1" : null })} data-testid="table" />
          {t("charts.table")}
        </label>
      </div>
      <div class="no-print">
        <RangePicker question={question} />
      </div>
      {question.shown === "points" && <PointPicker chosen={question.points} onChange={(points) => setQuery({ show: "points", points: points.join(",") })} />}
      <Problem problem={problem} />
      <section
        class="panel series-panel"
        aria-labelledby="series-title"
        aria-busy={asked !== null && problem === null && answer?.asked !== asked}
        data-testid="series-panel"
      >
        <header class="panel-head">
          <div>
            <h2 id="series-title">{title}</h2>
            <p class="muted small" data-testid="series-range">
              {rangeText(question)}
            </p>
          </div>
          <Moves from={question.from} to={question.to} onSpan={zoom} onBack={before.length === 0 ? null : back} />
        </header>
        {asked === null ? (
          <p class="empty" data-testid="charts-empty">
            {t(question.shown === "points" ? "charts.choose" : "charts.no-meters")}
          </p>
        ) : answer === null || plot === null || parts === null ? (
          problem === null && (
            <p class="muted" aria-busy="true">
              {t("charts.loading")}
            </p>
          )
        ) : (
          <>
            {none && (
              <p class="empty" data-testid="charts-empty">
                {t("charts.nothing")}
              </p>
            )}
            <SeriesChart plot={plot} label={t("charts.label", { title, range: rangeText(answer.question) })} handle={handle} onSpan={zoom} onBack={back} />
            <SeriesLegend drawn={parts.drawn} compared={compared} weather={answer.data.weather !== null} />
            {parts.left > 0 && <p class="muted small">{t("charts.left", { n: parts.left })}</p>}
            {question.weather && answer.data.weather === null && <p class="muted small">{t("charts.no-weather")}</p>}
            <p class="muted small" data-testid="series-source">
              {sourceText(answer.data)}
            </p>
            <p class="muted small no-print">{t("charts.hint")}</p>
            <SeriesMarks answer={answer.data} />
          </>
        )}
      </section>
      {question.table && answer !== null && <SeriesTable answer={answer.data} compared={compared} title={title} />}
    </div>
  );
}
