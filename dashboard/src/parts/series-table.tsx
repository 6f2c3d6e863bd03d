/** The numbers of a chart as a table: for who does not see the picture, and for paper. */
import type { SeriesDto } from "../../../server/contract/series.ts";
import { format, t } from "../i18n.ts";
import { seriesLabel, seriesNumber, unitText } from "./series-words.ts";

/** Rows that are shown; the file has all. */
const MOST_ROWS = 500;

interface TableColumn {
  readonly id: string;
  readonly head: string;
  readonly unit: string;
  readonly valueAt: (at: number, row: number) => number | null;
}

function columnsOf(answer: SeriesDto, compared: string | null): TableColumn[] {
  const byTime = (at: readonly number[] | null, values: readonly (number | null)[]): TableColumn["valueAt"] => {
    if (at === null) return (_at, row) => values[row] ?? null;
    const places = new Map(at.map((time, i) => [time, i]));
    return (time) => values[places.get(time) ?? -1] ?? null;
  };
  const columns = answer.series.flatMap((s): TableColumn[] => {
    const own = { id: s.id, head: seriesLabel(s), unit: s.unit, valueAt: byTime(s.at, s.values) };
    if (s.compared === null) return [own];
    return [own, { id: `${s.id} before`, head: `${seriesLabel(s)}, ${compared ?? ""}`, unit: s.unit, valueAt: byTime(s.compared.at, s.compared.values) }];
  });
  const { weather } = answer;
  return weather === null
    ? columns
    : [...columns, { id: "weather", head: t("charts.outdoor"), unit: weather.unit, valueAt: byTime(weather.at, weather.values) }];
}

export function SeriesTable({ answer, compared, title }: { readonly answer: SeriesDto; readonly compared: string | null; readonly title: string }) {
  const columns = columnsOf(answer, compared);
  const times = answer.at ?? [...new Set(answer.series.flatMap((s) => s.at ?? []))].sort((a, b) => a - b);
  const shown = times.slice(0, MOST_ROWS);
  const daily = answer.step === "day" || answer.step === "month";
  const time = (at: number) =>
    daily ? format.value.dateTime(at).slice(0, answer.step === "month" ? 7 : 10) : format.value.dateTime(at).slice(0, answer.step === "raw" ? 19 : 16);
  return (
    <div class="table-box series-table" data-testid="series-table">
      <table class="compact">
        <caption class="sr-only">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("charts.time")}</th>
            {columns.map((c) => (
              <th scope="col" class="number" key={c.id}>
                {c.head} <small class="muted">{unitText(c.unit)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((at, row) => (
            <tr key={at}>
              <th scope="row">{time(at)}</th>
              {columns.map((c) => (
                <td class="number" key={c.id}>
                  {seriesNumber(c.valueAt(at, row), c.unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {times.length > shown.length && <p class="muted small">{t("charts.more-rows", { n: times.length - shown.length })}</p>}
    </div>
  );
}
