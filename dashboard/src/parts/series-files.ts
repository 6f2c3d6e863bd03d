/** What is seen as files: a picture that says what it is, and the name of either. */
import type { SeriesDto } from "../../../server/contract/series.ts";
import type { Question } from "../chart-question.ts";
import { inked } from "../chart-question.ts";
import { t, text } from "../i18n.ts";
import { site } from "../store.ts";
import { localTime, rangeText } from "./range-picker.tsx";
import type { ChartHandle } from "./series-chart.tsx";
import { seriesLabel, shownTitle, sourceText, unitText } from "./series-words.ts";

export function fileName(question: Question, ending: string): string {
  const day = (at: number) => localTime.dateTime(at).slice(0, 10);
  const [first, last] = [day(question.from), day(question.to - 1)];
  return `jieyue-${question.shown}-${first}${first === last ? "" : `-${last}`}.${ending}`;
}

const BAND_INK = { finding: "--danger-mark", override: "--series-1", exemption: "--faint", command: "--text" } as const;

/** Saves the chart as a PNG. */
export async function savePicture(handle: ChartHandle, question: Question, answer: SeriesDto): Promise<void> {
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
      ...(answer.weather === null ? [] : [{ label: t("charts.outdoor"), colour: style.getPropertyValue("--text").trim(), dashed: true }]),
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
