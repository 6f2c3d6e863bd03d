/** Series and what happened meanwhile, in words. */
import type { MarkDto, SeriesDto, SeriesItem } from "../../../server/contract/series.ts";
import type { Band } from "../charts/bands.ts";
import type { Shown } from "../chart-question.ts";
import { format, lookup, t, text, word } from "../i18n.ts";
import { departmentName, deviceName, floorName, policyName, setText, spaceName } from "../names.ts";
import { site } from "../store.ts";
import { pointLabel } from "./point-picker.tsx";

export function seriesLabel(item: SeriesItem): string {
  const { group } = item;
  if (group === null) return pointLabel(item.id);
  if (group.rest) return t("charts.rest");
  if (group.key === null) return t(group.by === "department" ? "charts.no-department" : "charts.no-group");
  switch (group.by) {
    case "department":
      return departmentName(group.key);
    case "floor": {
      const [building, floor] = [group.key.slice(0, group.key.indexOf("/")), group.key.slice(group.key.indexOf("/") + 1)];
      const several = (site.value?.buildings.length ?? 0) > 1;
      const name = site.value?.buildings.find((b) => b.id === building)?.name ?? building;
      return several ? `${text(name)} ${floorName(floor)}` : floorName(floor);
    }
    case "item":
      return text(item.name) === group.key ? group.key : `${group.key} ${text(item.name)}`;
    case "kind":
      return word("kind", group.key);
    case "space":
      return spaceName(group.key);
    case "building":
      return text(item.name);
  }
}

export function unitText(unit: string): string {
  if (unit === "sheets/person") return t("charts.per-head");
  return lookup(`unit.${unit}`) ?? unit;
}

const WHOLE: ReadonlySet<string> = new Set(["sheets", "people"]);

/** A number of a chart: finer the smaller it is. */
export function seriesNumber(value: number | null, unit: string): string {
  if (value === null) return "—";
  if (unit === "") return `${format.value.number(value * 100, 0)}%`;
  const size = Math.abs(value);
  const decimals = size >= 100 || value === 0 || (WHOLE.has(unit) && Number.isInteger(value)) ? 0 : size >= 10 ? 1 : 2;
  return format.value.number(value, decimals);
}

/** The same with its unit. */
export function seriesValue(value: number | null, unit: string): string {
  if (value === null || unit === "") return seriesNumber(value, unit);
  return `${seriesNumber(value, unit)}${/^[\u4e00-\u9fff]/.test(unitText(unit)) ? "" : "\u00a0"}${unitText(unit)}`;
}

export function shownTitle(shown: Shown, answer: SeriesDto | null): string {
  if (shown !== "points" || answer === null) return t(`charts.show.${shown}`);
  return answer.series.length <= 2 ? answer.series.map(seriesLabel).join(" / ") : t("charts.many-points", { n: answer.series.length });
}

/** The windows' length or that these are all readings, why, and what the numbers are made of. */
export function sourceText(answer: SeriesDto): string {
  const readings = answer.series.reduce((sum, s) => sum + s.source.readings, 0);
  const account = answer.series.some((s) => s.source.kind === "account");
  return [
    t(`charts.step.${answer.step}`),
    ...(answer.why === "asked" || answer.why === "short" ? [] : [t(`charts.why.${answer.why}`)]),
    t("charts.readings", { n: readings }),
    ...(account ? [t("charts.account")] : []),
  ].join(t("charts.join"));
}

export function markName(mark: MarkDto, withDevice: boolean): string {
  const where = !withDevice ? "" : mark.device !== null ? deviceName(mark.device) : mark.space !== null ? spaceName(mark.space) : "";
  const what =
    mark.kind === "finding"
      ? policyName(mark.policy ?? "")
      : mark.kind === "command"
        ? t("charts.command", { set: mark.set === null ? "" : setText(mark.set) })
        : t(mark.kind === "override" ? "charts.override" : "charts.exemption", { reason: mark.reason });
  return where === "" ? what : `${what} · ${where}`;
}

/** Whether what happened has to say to which device. */
export function ofSeveral(answer: SeriesDto): boolean {
  return answer.series.some((s) => s.group !== null) || new Set(answer.series.map((s) => s.device)).size > 1;
}

/** Marks as bands within [from, to). */
export function bandsOf(answer: SeriesDto, to: number): Band[] {
  const several = ofSeveral(answer);
  return answer.marks.map((m) => {
    const from = m.from === null ? Number.NEGATIVE_INFINITY : Date.parse(m.from);
    return { kind: m.kind, from, until: m.kind === "command" ? from : m.until === null ? to : Date.parse(m.until), name: markName(m, several) };
  });
}
