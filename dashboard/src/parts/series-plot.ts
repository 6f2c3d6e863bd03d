/** An answer as the chart draws it: lines, stacked bars, dashes, bands and the words of its axes. */
import type { SeriesDto, SeriesItem } from "../../../server/contract/series.ts";
import type { Question } from "../chart-question.ts";
import { comparedSum, dateTicks, inked, stacks } from "../chart-question.ts";
import type { Drawn, SeriesPlot } from "../charts/series.ts";
import { format, t } from "../i18n.ts";
import { STEPPED, offsetOf, timeTicks } from "../series.ts";
import { clockNow, now } from "../store.ts";
import { localTime } from "./range-picker.tsx";
import { bandsOf, seriesLabel, seriesValue, unitText } from "./series-words.ts";

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

export function plotOf(answer: SeriesDto, { from, to, compare }: Question): SeriesPlot {
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
  const dates = dateTicks(from, to, localTime, most);
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
