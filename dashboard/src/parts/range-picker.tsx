/** Chooses the span of a chart: one that goes by today, or one of its own. */
import type { Question } from "../chart-question.ts";
import { CHART_RANGES, ownSpan } from "../chart-question.ts";
import { format, t } from "../i18n.ts";
import { setQuery } from "../router.ts";

/** The site's local time, both ways. */
export const localTime = { instant: (at: string) => format.value.instant(at), dateTime: (at: number) => format.value.dateTime(at) };

export function rangeText({ from, to }: Pick<Question, "from" | "to">): string {
  const midnight = (at: number) => localTime.dateTime(at).slice(11) === "00:00:00";
  if (midnight(from) && midnight(to)) {
    const [first, last] = [localTime.dateTime(from).slice(0, 10), localTime.dateTime(to - 1).slice(0, 10)];
    return first === last ? first : `${first} – ${last}`;
  }
  return `${localTime.dateTime(from).slice(0, 16)} – ${localTime.dateTime(to).slice(0, 16)}`;
}

/** Chooses a range; one of its own by two fields. */
export function RangePicker({ question }: { readonly question: Pick<Question, "range" | "from" | "to"> }) {
  const own = (from: number, to: number) => from < to && setQuery({ ...ownSpan(from, to, localTime) });
  const field = (at: number) => localTime.dateTime(at).slice(0, 16).replace(" ", "T");
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
              onChange={(e) => own(localTime.instant(e.currentTarget.value), question.to)}
              data-testid="range-from"
            />
          </label>
          <label class="filter">
            <span class="label">{t("charts.to")}</span>
            <input
              type="datetime-local"
              value={field(question.to)}
              onChange={(e) => own(question.from, localTime.instant(e.currentTarget.value))}
              data-testid="range-to"
            />
          </label>
        </>
      )}
    </div>
  );
}
