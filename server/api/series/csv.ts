/** A series as CSV (RFC 4180), row by row. */
import type { SeriesDto } from "../../contract/series.ts";
import { pickText } from "../../contract/words/languages.ts";
import type { Lang } from "../../contract/words/languages.ts";
import type { Millis } from "../../core/reading.ts";
import { csvText } from "../csv-text.ts";

interface CsvColumn {
  readonly title: string;
  readonly at: readonly Millis[];
  readonly values: readonly (number | null)[];
}

function columnsOf({ series, at, weather, compare }: SeriesDto, lang: Lang): CsvColumn[] {
  const columns: CsvColumn[] = series.flatMap((s) => {
    const what = s.point === null ? [s.group?.rest === true ? "*" : pickText(s.name, lang) || "-", s.id] : [pickText(s.name, lang), s.id];
    const title = `${what.join(" ")} [${s.unit}] ${s.fn}`;
    const own = { title, at: s.at ?? at ?? [], values: s.values };
    return s.compared === null ? [own] : [own, { title: `${title}, ${compare!.with} before`, at: s.compared.at ?? at ?? [], values: s.compared.values }];
  });
  return weather === null ? columns : [...columns, { title: `${weather.point} [${weather.unit}]`, at: weather.at ?? at ?? [], values: weather.values }];
}

/** Lines with what each column is above them; a byte order mark lets spreadsheets read the names. */
export function* csvLines(answer: SeriesDto, lang: Lang, iso: (at: Millis) => string): Generator<string> {
  const columns = columnsOf(answer, lang);
  yield `\uFEFF${["time", ...columns.map((c) => c.title)].map(csvText).join(",")}\r\n`;
  const places = columns.map((c) => new Map(c.at.map((at, i) => [at, i])));
  const times = [...new Set(columns.flatMap((c) => c.at))].sort((a, b) => a - b);
  for (const at of times) {
    const cells = columns.map((c, i) => c.values[places[i]!.get(at) ?? -1] ?? null);
    yield `${[iso(at), ...cells.map((v) => (v === null ? "" : String(v)))].join(",")}\r\n`;
  }
}
