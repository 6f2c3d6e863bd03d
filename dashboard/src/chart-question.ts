/** What the charts page shows, as its address tells it: which numbers, over which time, beside which. Pure. */
import type { SeriesDto, SeriesItem } from "../../server/contract/series.ts";
import { civilFromDays, daysFromCivil } from "../../server/core/zone.ts";

export const SHOWN = ["energy-department", "energy-floor", "energy-item", "energy-kind", "water-night", "paper-head", "points"] as const;
export type Shown = (typeof SHOWN)[number];
export const CHART_RANGES = ["today", "yesterday", "week", "month", "last-month", "year", "custom"] as const;
export type ChartRange = (typeof CHART_RANGES)[number];
export const COMPARED = ["day", "week", "year"] as const;
export type Compared = (typeof COMPARED)[number];
/** Points that are chosen on the page, at most: so many colours can be told apart. */
export const MOST_CHOSEN = 8;

/** What is asked for where the address does not say. Nights and paper are told by days. */
const USUAL_RANGE: Readonly<Partial<Record<Shown, ChartRange>>> = { "water-night": "month", "paper-head": "month" };
const SUMS: Readonly<Partial<Record<Shown, string>>> = {
  "energy-department": "by=department&quantity=energy",
  "energy-floor": "by=floor&quantity=energy",
  "energy-item": "by=item&quantity=energy",
  "energy-kind": "by=kind&quantity=energy",
  "paper-head": "by=department&quantity=pages&per=head",
};

/** ms of a local time `2026-07-01T08:00`, and the local text of an instant, `2026-07-01 08:00:00`. */
export interface LocalTime {
  readonly instant: (local: string) => number;
  readonly dateTime: (at: number) => string;
}

export interface Question {
  readonly shown: Shown;
  readonly points: readonly string[];
  readonly range: ChartRange;
  readonly from: number;
  readonly to: number;
  readonly compare: Compared | null;
  readonly weather: boolean;
  readonly table: boolean;
}

function one<T extends string>(of: readonly T[], given: string | null): T | null {
  return of.find((v) => v === given) ?? null;
}

export function dateAfter(date: string, days: number): string {
  const { year, month, day } = civilFromDays(daysFromCivil(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))) + days);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function monthAfter(date: string, by: number): string {
  const n = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + by;
  return `${String(Math.floor(n / 12)).padStart(4, "0")}-${String((n % 12) + 1).padStart(2, "0")}-01`;
}

/** [from, to) of a range that goes by today; null for one of its own. */
export function spanOf(range: ChartRange, now: number, local: LocalTime): { readonly from: number; readonly to: number } | null {
  const today = local.dateTime(now).slice(0, 10);
  const between = (from: string, to: string) => ({ from: local.instant(`${from}T00:00`), to: local.instant(`${to}T00:00`) });
  switch (range) {
    case "today":
      return between(today, dateAfter(today, 1));
    case "yesterday":
      return between(dateAfter(today, -1), today);
    case "week":
      return between(dateAfter(today, -6), dateAfter(today, 1));
    case "month":
      return between(monthAfter(today, 0), monthAfter(today, 1));
    case "last-month":
      return between(monthAfter(today, -1), monthAfter(today, 0));
    case "year":
      return between(`${today.slice(0, 4)}-01-01`, monthAfter(`${today.slice(0, 4)}-01-01`, 12));
    case "custom":
      return null;
  }
}

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** The question that an address asks; what makes no sense in it is as if it were not there. */
export function questionOf(query: URLSearchParams, now: number, local: LocalTime): Question {
  const points = (query.get("points") ?? "")
    .split(",")
    .filter((p) => p !== "")
    .slice(0, MOST_CHOSEN);
  const shown = one(SHOWN, query.get("show")) ?? (points.length > 0 ? "points" : SHOWN[0]);
  const usual = USUAL_RANGE[shown] ?? "today";
  const given = ["from", "to"].map((name) => query.get(name) ?? "").map((text) => (LOCAL.test(text) ? local.instant(text) : Number.NaN));
  const [from = Number.NaN, to = Number.NaN] = given;
  const own = from < to;
  const range = one(CHART_RANGES, query.get("range")) ?? (own ? "custom" : usual);
  const span = spanOf(range === "custom" && !own ? usual : range, now, local) ?? { from, to };
  return {
    shown,
    points: shown === "points" ? points : [],
    range: range === "custom" && !own ? usual : range,
    ...span,
    compare: one(COMPARED, query.get("compare")),
    weather: query.get("weather") === "1",
    table: query.get("table") === "1",
  };
}

/** The parts of the address that name a span of its own; to the minute. */
export function ownSpan(from: number, to: number, local: LocalTime): { readonly range: string; readonly from: string; readonly to: string } {
  const text = (at: number) => local.dateTime(at).slice(0, 16).replace(" ", "T");
  const begin = Math.floor(from / 60_000) * 60_000;
  return { range: "custom", from: text(begin), to: text(Math.max(Math.ceil(to / 60_000) * 60_000, begin + 60_000)) };
}

/** The query of the API; null while it names nothing. `night`: the points whose nights are asked for. */
export function apiQuery({ shown, points, from, to, compare, weather }: Question, night: readonly string[]): string | null {
  const named = shown === "water-night" ? night : points;
  const what = SUMS[shown] ?? (named.length === 0 ? null : `points=${named.map(encodeURIComponent).join(",")}${shown === "water-night" ? "&fn=night" : ""}`);
  if (what === null) return null;
  const beside = `${compare === null ? "" : `&compare=${compare}`}${weather ? "&weather=1" : ""}`;
  return `${what}&from=${Math.round(from)}&to=${Math.round(to)}${beside}`;
}

/** A series as it is drawn: those past the colours are put together where they can be, else left to the table. */
export interface Inked {
  readonly item: SeriesItem;
  /** 1–8; 0: the rest, in grey. */
  readonly ink: number;
}

const weight = (item: SeriesItem) => item.values.reduce<number>((sum, v) => sum + Math.abs(v ?? 0), 0);

function addUp(items: readonly (readonly (number | null)[])[]): (number | null)[] {
  return (items[0] ?? []).map((_, i) => items.reduce<number | null>((sum, values) => (values[i] == null ? sum : (sum ?? 0) + values[i]), null));
}

/** Whether series are parts of one whole, so that they may be stacked. */
export function stacks(answer: SeriesDto): boolean {
  return answer.series.every((s) => s.group !== null && !s.unit.endsWith("/person"));
}

/** What is drawn of an answer, and how many are not. */
export function inked(answer: SeriesDto): { readonly drawn: readonly Inked[]; readonly left: number } {
  const { series } = answer;
  if (series.length <= MOST_CHOSEN && !series.some((s) => s.group?.rest === true)) return { drawn: series.map((item, i) => ({ item, ink: i + 1 })), left: 0 };
  const order = stacks(answer) ? series : series.toSorted((a, b) => weight(b) - weight(a));
  const single = order.filter((s) => s.group?.rest !== true).slice(0, MOST_CHOSEN - 1);
  const others = order.filter((s) => !single.includes(s));
  const drawn = single.map((item, i) => ({ item, ink: i + 1 }));
  if (!stacks(answer) || others.length === 0) return { drawn, left: others.length };
  const rest: SeriesItem = {
    ...others[0]!,
    id: "*",
    group: { ...others[0]!.group!, key: null, rest: true },
    values: addUp(others.map((s) => s.values)),
    counts: null,
    compared: others.every((s) => s.compared !== null) ? { at: null, values: addUp(others.map((s) => s.compared!.values)) } : null,
  };
  return { drawn: [...drawn, { item: rest, ink: 0 }], left: 0 };
}

/** The sum of what stands beside, window by window: of parts of a whole only the whole is held against the other time. */
export function comparedSum(drawn: readonly Inked[]): (number | null)[] | null {
  const beside = drawn.flatMap(({ item }) => (item.compared === null ? [] : [item.compared.values]));
  return beside.length === 0 ? null : addUp(beside);
}

const DAY = 86_400_000;
const DAY_STEPS = [1, 2, 3, 7, 14] as const;
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120] as const;

/** Ticks at local midnights or beginnings of months, at most `most`; null where ticks within days are wanted. */
export function dateTicks(from: number, to: number, local: LocalTime, most: number): { readonly at: readonly number[]; readonly months: boolean } | null {
  if (to - from < 2 * DAY) return null;
  const first = local.dateTime(from).slice(0, 10);
  const days = DAY_STEPS.find((d) => (to - from) / DAY / d <= most);
  const months = MONTH_STEPS.find((m) => (to - from) / (30 * DAY) / m <= most) ?? 240;
  const at: number[] = [];
  const next = days === undefined ? (date: string) => monthAfter(date, months) : (date: string) => dateAfter(date, days);
  for (let date = days === undefined ? monthAfter(first, 0) : first; ; date = next(date)) {
    const tick = local.instant(`${date}T00:00`);
    if (tick > to) break;
    if (tick >= from) at.push(tick);
  }
  return { at, months: days === undefined };
}
