/** Numbers, times and durations as people read them. Made once for a language and a site's zone. */
import type { Lang } from "./languages.ts";

/** Decimals by unit. What is not named here gets at most two. */
const DECIMALS: Readonly<Record<string, number>> = {
  W: 0,
  kW: 1,
  kWh: 1,
  "°C": 1,
  "L/min": 1,
  "m³": 2,
  lx: 0,
  "%": 0,
  V: 0,
  A: 1,
  sheets: 0,
  people: 0,
  s: 0,
  "m²": 0,
  "°": 0,
};

export interface Format {
  /** A plain number; `decimals` fixed where given, else at most two. */
  number(value: number, decimals?: number): string;
  /** A number with its unit. `fixed` keeps trailing zeros so that columns line up. */
  quantity(value: number | null, unit: string, fixed?: boolean): string;
  /** Watts as W or kW, by size. */
  power(watts: number | null): string;
  /** CNY. */
  money(value: number): string;
  /** `08:42`, with the date before it when that is another day than `today` (ms). */
  time(iso: string, today?: number): string;
  /** `2026-07-01 08:42:10` */
  dateTime(iso: string | number): string;
  /** ms of a local time of the site, `2026-07-01T08:42`: what a field for times holds. */
  instant(local: string): number;
  /** `2026-07-01 星期三 08:42` */
  longTime(at: number): string;
  /** `3 分钟前` */
  ago(iso: string, now: number): string;
  /** The two largest units: `1 小时 20 分钟` */
  duration(ms: number): string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands before its figure or needs a word of the language instead of a symbol. */
export interface UnitWords {
  readonly sheets: string;
  readonly people: string;
}

export function createFormat(lang: Lang, timezone: string, words: UnitWords): Format {
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberFormat = (min: number, max: number) => {
    const key = `${min} ${max}`;
    let made = numbers.get(key);
    if (made === undefined) numbers.set(key, (made = new Intl.NumberFormat(lang, { minimumFractionDigits: min, maximumFractionDigits: max })));
    return made;
  };
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const weekday = new Intl.DateTimeFormat(lang, { timeZone: timezone, weekday: lang === "en" ? "short" : "long" });
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: lang === "en" ? "short" : "long" });
  const units = new Map<string, Intl.NumberFormat>();
  const count = (value: number, unit: "second" | "minute" | "hour" | "day") => {
    let made = units.get(unit);
    if (made === undefined) units.set(unit, (made = new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short" })));
    return made.format(value);
  };
  const split = (at: number) => {
    const p: Record<string, string> = {};
    for (const { type, value } of parts.formatToParts(at)) p[type] = value;
    return { date: `${p["year"]}-${p["month"]}-${p["day"]}`, minute: `${p["hour"]}:${p["minute"]}`, second: p["second"]! };
  };
  const unitWord = (unit: string) => (unit === "sheets" || unit === "people" ? words[unit] : unit);
  const gap = (unit: string) => (unit === "%" || unit === "°" || ((unit === "sheets" || unit === "people") && lang !== "en") ? "" : "\u00a0");

  const format: Format = {
    number: (value, decimals) => numberFormat(decimals ?? 0, decimals ?? 2).format(value),
    quantity(value, unit, fixed = false) {
      if (value === null || !Number.isFinite(value)) return "—";
      const decimals = DECIMALS[unit];
      const text = numberFormat(fixed ? (decimals ?? 0) : 0, decimals ?? 2).format(value);
      return unit === "" ? text : `${text}${gap(unit)}${unitWord(unit)}`;
    },
    power(watts) {
      if (watts === null) return "—";
      return Math.abs(watts) < 1000 ? format.quantity(watts, "W") : format.quantity(watts / 1000, "kW", true);
    },
    money: (value) => `¥${numberFormat(2, 2).format(value)}`,
    time(iso, today) {
      const { date, minute } = split(Date.parse(iso));
      return today === undefined || split(today).date === date ? minute : `${date.slice(5)} ${minute}`;
    },
    dateTime(iso) {
      const { date, minute, second } = split(typeof iso === "number" ? iso : Date.parse(iso));
      return `${date} ${minute}:${second}`;
    },
    instant(local) {
      const wall = (at: number) => Date.parse(`${format.dateTime(at).replace(" ", "T")}Z`);
      const guess = Date.parse(`${local}Z`);
      // The second look matters near a change of the clocks.
      const first = 2 * guess - wall(guess);
      return guess + first - wall(first);
    },
    longTime(at) {
      const { date, minute } = split(at);
      return `${date} ${weekday.format(at)} ${minute}`;
    },
    ago(iso, now) {
      const ms = Math.max(0, now - Date.parse(iso));
      if (ms < MINUTE) return relative.format(-Math.floor(ms / SECOND), "second");
      if (ms < HOUR) return relative.format(-Math.floor(ms / MINUTE), "minute");
      if (ms < DAY) return relative.format(-Math.floor(ms / HOUR), "hour");
      return relative.format(-Math.floor(ms / DAY), "day");
    },
    duration(ms) {
      const rest = Math.max(0, ms);
      const join = (a: string, b: string) => (b === "" ? a : lang === "en" ? `${a} ${b}` : a + b);
      if (rest < MINUTE) return count(Math.round(rest / SECOND), "second");
      if (rest < HOUR) return count(Math.floor(rest / MINUTE), "minute");
      if (rest < DAY) return join(count(Math.floor(rest / HOUR), "hour"), rest % HOUR < MINUTE ? "" : count(Math.floor((rest % HOUR) / MINUTE), "minute"));
      return join(count(Math.floor(rest / DAY), "day"), rest % DAY < HOUR ? "" : count(Math.floor((rest % DAY) / HOUR), "hour"));
    },
  };
  return format;
}
