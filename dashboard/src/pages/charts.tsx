/** What was used and measured over time: any points, or sums, over any span, beside another day and the weather. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/api.ts";
import type { SeriesDto, SeriesItem } from "../../../server/contract/series.ts";
import { get } from "../api.ts";
import type { Question } from "../chart-question.ts";
import { CHART_RANGES, COMPARED, SHOWN, apiQuery, comparedSum, dateTicks, inked, ownSpan, questionOf, stacks } from "../chart-question.ts";
import type { Drawn, SeriesPlot } from "../charts/series.ts";
import { format, lang, t, text } from "../i18n.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { Problem } from "../parts/notice.tsx";
import { PointPicker } from "../parts/point-picker.tsx";
import type { ChartHandle } from "../parts/series-chart.tsx";
import { SeriesChart } from "../parts/series-chart.tsx";
import { SeriesLegend, SeriesMarks } from "../parts/series-marks.tsx";
import { SeriesTable } from "../parts/series-table.tsx";
import { bandsOf, seriesLabel, seriesValue, shownTitle, sourceText, unitText } from "../parts/series-words.ts";
import { query, setQuery } from "../router.ts";
import { STEPPED, offsetOf, timeTicks } from "../series.ts";
import { clockNow, deviceShape, devices, now, site } from "../store.ts";
import "../style/charts.css";

const AGAIN_MS = 30_000;
const DAY = 86_400_000;

const local = { instant: (at: string) => format.value.instant(at), dateTime: (at: number) => format.value.dateTime(at) };

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

function samples(answer: SeriesDto, own: readonly number[] | null, values: readonly (number | null)[]) {
  if (own !== null) return own.map((x, i) => ({ x, y: values[i] ?? null }));
  const at = answer.at ?? [];
  const end = answer.end === null ? 0 : Date.parse(answer.end);
  return at.map((start, i) => ({ x: (start + (at[i + 1] ?? end)) / 2, y: values[i] ?? null }));
}

function howOf(item: SeriesItem, answer: SeriesDto): Drawn["how"] {
  if (stacks(answer)) return "bars";
  return item.fn === "raw" && STEPPED.has(item.point ?? "") ? "steps" : "line";
}

function plotOf(answer: SeriesDto, { from, to, compare }: Question): SeriesPlot {
  const { drawn } = inked(answer);
  const whole = stacks(answer);
  const beside = compare === null ? "" : t(`charts.compare.${compare}`);
  const lines: Drawn[] = drawn.map(({ item, ink }) => ({
    label: seriesLabel(item),
    unit: item.unit,
    ink,
    how: howOf(item, answer),
    dashed: false,
    samples: samples(answer, item.at, item.values),
  }));
  const sum = whole ? comparedSum(drawn) : null;
  const dashed: Drawn[] = whole
    ? sum === null
      ? []
      : [
          {
            label: t("charts.compared-sum", { when: beside }),
            unit: drawn[0]!.item.unit,
            ink: 0,
            how: "line",
            dashed: true,
            samples: samples(answer, null, sum),
          },
        ]
    : drawn.flatMap(({ item, ink }): Drawn[] =>
        item.compared === null
          ? []
          : [
              {
                label: `${seriesLabel(item)}, ${beside}`,
                unit: item.unit,
                ink,
                how: howOf(item, answer),
                dashed: true,
                samples: samples(answer, item.compared.at, item.compared.values),
              },
            ],
      );
  const { weather } = answer;
  const outdoor: Drawn[] =
    weather === null
      ? []
      : [{ label: t("charts.outdoor"), unit: weather.unit, ink: -1, how: "line", dashed: false, samples: samples(answer, weather.at, weather.values) }];
  const at = answer.at ?? [];
  const first = at[0] ?? from;
  const window = answer.at === null ? null : (at[1] ?? (answer.end === null ? to : Date.parse(answer.end))) - first;
  const most = innerWidth < 640 ? 4 : 8;
  const dates = dateTicks(from, to, local, most);
  const ticks = dates?.at ?? timeTicks(from, to, offsetOf(clockNow.peek()?.now ?? ""), most);
  const short = (ms: number) => format.value.dateTime(ms);
  return {
    drawn: [...lines, ...dashed, ...outdoor],
    // A window that begins before the question is drawn whole.
    from: Math.min(from, first),
    to: Math.max(to, answer.end === null ? to : Date.parse(answer.end)),
    window,
    bands: bandsOf(answer, Math.min(to, now.peek())),
    ticks,
    tickText: (ms) => (dates === null ? short(ms).slice(11, 16) : dates.months ? short(ms).slice(0, 7) : short(ms).slice(5, 10)),
    titleText: (ms) => {
      if (window === null) return short(ms);
      const start = at.findLast((s) => s <= ms) ?? ms;
      if (answer.step === "month") return short(start).slice(0, 7);
      return answer.step === "day" ? short(start).slice(0, 10) : `${short(start).slice(0, 16)}–${short(start + window).slice(11, 16)}`;
    },
    valueText: seriesValue,
    markText: (value, unit, highest) =>
      unit === "" || !highest
        ? `${format.value.number(unit === "" ? value * 100 : value)}${unit === "" ? "%" : ""}`
        : `${format.value.number(value)} ${unitText(unit)}`,
  };
}

function rangeText({ from, to }: Question): string {
  const midnight = (at: number) => local.dateTime(at).slice(11) === "00:00:00";
  if (midnight(from) && midnight(to)) {
    const [first, last] = [local.dateTime(from).slice(0, 10), local.dateTime(to - 1).slice(0, 10)];
    return first === last ? first : `${first} – ${last}`;
  }
  return `${local.dateTime(from).slice(0, 16)} – ${local.dateTime(to).slice(0, 16)}`;
}

/** Chooses a range; one of its own by two fields. */
function RangePicker({ question }: { readonly question: Question }) {
  const own = (from: number, to: number) => from < to && setQuery({ ...ownSpan(from, to, local) });
  const field = (at: number) => local.dateTime(at).slice(0, 16).replace(" ", "T");
  return (
    <div class="range-picker">
      <div class="segments" role="group" aria-label={t("history.range")}>
        {CHART_RANGES.map((r) => (
          <button
            type="button"
            key={r}
            aria-pressed={question.range === r}
            onClick={() => (r === "custom" ? own(question.from, question.to) : setQuery({ range: r, from: null, to: null }))}
            data-testid={`range-${r}`}
          >
            {t(`charts.range.${r}`)}
          </button>
        ))}
      </div>
      {question.range === "custom" && (
        <>
          <label class="filter">
            <span class="label">{t("charts.from")}</span>
            <input
              type="datetime-local"
              value={field(question.from)}
              onChange={(e) => own(local.instant(e.currentTarget.value), question.to)}
              data-testid="range-from"
            />
          </label>
          <label class="filter">
            <span class="label">{t("charts.to")}</span>
            <input
              type="datetime-local"
              value={field(question.to)}
              onChange={(e) => own(question.from, local.instant(e.currentTarget.value))}
              data-testid="range-to"
            />
          </label>
        </>
      )}
    </div>
  );
}

function fileName(question: Question, ending: string): string {
  const day = (at: number) => local.dateTime(at).slice(0, 10);
  const [first, last] = [day(question.from), day(question.to - 1)];
  return `jieyue-${question.shown}-${first}${first === last ? "" : `-${last}`}.${ending}`;
}

const BAND_INK = { finding: "--danger-mark", override: "--series-1", exemption: "--faint", command: "--text" } as const;

async function savePicture(handle: ChartHandle, question: Question, answer: SeriesDto): Promise<void> {
  const { pictureOf } = await import("../charts/picture.ts");
  const { drawn } = inked(answer);
  const style = getComputedStyle(handle.canvas);
  const colour = (ink: number) => style.getPropertyValue(ink === 0 ? "--faint" : `--series-${ink}`).trim();
  const units = [...new Set(drawn.map((d) => d.item.unit))].map(unitText).filter((u) => u !== "");
  const blob = await pictureOf(handle.canvas, handle.chart.image(), {
    title: shownTitle(question.shown, answer),
    lines: [[rangeText(question), ...(units.length === 0 ? [] : [t("charts.unit", { unit: units.join(", ") })])].join(" · ")],
    legend: [
      ...drawn.map(({ item, ink }) => ({ label: seriesLabel(item), colour: colour(ink), dashed: false })),
      ...(question.compare === null
        ? []
        : [{ label: t(`charts.compare.${question.compare}`), colour: style.getPropertyValue("--muted").trim(), dashed: true }]),
      ...(answer.weather === null ? [] : [{ label: t("charts.outdoor"), colour: style.getPropertyValue("--muted").trim(), dashed: true }]),
      ...[...new Set(answer.marks.map((m) => m.kind))].map((kind) => ({
        label: t(`charts.band.${kind}`),
        colour: style.getPropertyValue(BAND_INK[kind]).trim(),
        dashed: kind === "override",
      })),
    ],
    source: `${site.value === null ? "" : `${text(site.value.name)} · `}${t("brand.name")} · ${sourceText(answer)}`,
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(question, "png");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function ChartsPage() {
  const minute = Math.floor(now.value / 60_000);
  const said = lang.value;
  const question = useMemo(() => questionOf(query.value, now.peek(), local), [query.value, minute, said]);
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
    setQuery({ ...ownSpan(from, to, local) });
  };
  const back = () => {
    const last = before.at(-1);
    if (last === undefined) return;
    setBefore(before.slice(0, -1));
    const kept = new URLSearchParams(last);
    setQuery({ range: kept.get("range"), from: kept.get("from"), to: kept.get("to") });
  };
  const length = question.to - question.from;
  const compared = question.compare === null ? null : t(`charts.compare.${question.compare}`);
  const none = answer !== null && answer.data.series.every((s) => s.values.every((v) => v === null));
  const parts = answer === null ? null : inked(answer.data);
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
          <span class="buttons no-print" role="group" aria-label={t("charts.move")}>
            <button
              type="button"
              class="plain icon-only"
              onClick={() => zoom(question.from - length / 2, question.to - length / 2)}
              aria-label={t("charts.earlier")}
              title={t("charts.earlier")}
            >
              ‹
            </button>
            <button
              type="button"
              class="plain icon-only"
              onClick={() => zoom(question.from + length / 2, question.to + length / 2)}
              aria-label={t("charts.later")}
              title={t("charts.later")}
            >
              ›
            </button>
            <button
              type="button"
              class="plain icon-only"
              onClick={() => zoom(question.from + length / 4, question.to - length / 4)}
              aria-label={t("charts.in")}
              title={t("charts.in")}
              data-testid="zoom-in"
            >
              +
            </button>
            <button
              type="button"
              class="plain icon-only"
              onClick={() => zoom(question.from - length / 2, question.to + length / 2)}
              aria-label={t("charts.out")}
              title={t("charts.out")}
            >
              −
            </button>
            <button type="button" class="plain" disabled={before.length === 0} onClick={back} data-testid="zoom-back">
              {t("charts.back")}
            </button>
          </span>
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
