/** What is drawn, told beside the picture: a legend with sums or means, and what happened meanwhile by name. */
import type { MarkDto, SeriesDto, SeriesItem } from "../../../server/contract/series.ts";
import type { Inked } from "../chart-question.ts";
import type { Key } from "../locales/zh-CN.ts";
import { format, t } from "../i18n.ts";
import { markName, ofSeveral, seriesLabel, seriesValue } from "./series-words.ts";

const MOST_LISTED = 12;

/** What a series came to: amounts by their sum, all else by the mean of its windows. */
export function seriesSum(item: SeriesItem): number | null {
  const known = item.values.filter((v) => v !== null);
  if (known.length === 0) return null;
  const sum = known.reduce((a, b) => a + b, 0);
  return item.fn === "total" ? sum : sum / known.length;
}

export function SeriesLegend({ drawn, compared, weather }: { readonly drawn: readonly Inked[]; readonly compared: string | null; readonly weather: boolean }) {
  return (
    <ul class="legend series-legend" data-testid="series-legend">
      {drawn.map(({ item, ink }) => (
        <li key={item.id}>
          <i class={`series-ink-${ink}`} />
          <span>{seriesLabel(item)}</span> <b>{seriesValue(seriesSum(item), item.unit)}</b>
          <small>{t(item.fn === "total" ? "charts.sum" : "charts.mean")}</small>
        </li>
      ))}
      {compared !== null && (
        <li>
          <i class="series-dashed" />
          {compared}
        </li>
      )}
      {weather && (
        <li>
          <i class="series-dotted" />
          {t("charts.outdoor")}
        </li>
      )}
    </ul>
  );
}

const KINDS: readonly { readonly kind: MarkDto["kind"]; readonly key: Key }[] = [
  { kind: "finding", key: "charts.band.finding" },
  { kind: "override", key: "charts.band.override" },
  { kind: "exemption", key: "charts.band.exemption" },
  { kind: "command", key: "charts.band.command" },
];

export function SeriesMarks({ answer }: { readonly answer: SeriesDto }) {
  const { marks, marksLeft } = answer;
  if (marks.length === 0) return null;
  const several = ofSeveral(answer);
  const kinds = KINDS.filter(({ kind }) => marks.some((m) => m.kind === kind));
  const time = (at: string | null) => (at === null ? null : format.value.dateTime(at).slice(5, 16));
  const newest = marks.toReversed().slice(0, MOST_LISTED);
  const left = marks.length - newest.length + marksLeft;
  return (
    <section class="series-marks" aria-labelledby="marks-title" data-testid="series-marks">
      <h3 id="marks-title">{t("charts.meanwhile")}</h3>
      <ul class="legend">
        {kinds.map(({ kind, key }) => (
          <li key={kind}>
            <i class={`band-${kind}`} />
            {t(key)}
          </li>
        ))}
      </ul>
      <ul class="plain-list">
        {newest.map((m) => (
          <li key={`${m.kind} ${m.id}`}>
            <i class={`band-${m.kind}`} aria-hidden="true" />
            <span>{markName(m, several)}</span>{" "}
            <span class="muted">
              {m.kind === "command"
                ? time(m.from)
                : t("charts.from-until", { from: time(m.from) ?? t("charts.always"), until: time(m.until) ?? t("charts.still") })}
            </span>
          </li>
        ))}
      </ul>
      {left > 0 && <p class="muted small">{t("charts.more-marks", { n: left })}</p>}
    </section>
  );
}
