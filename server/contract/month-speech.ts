/** How the bulletin's documents speak: words and names of a language, cells, columns, tables and sections. */
import type { QuantityUse } from "../core/account/bulletin.ts";
import type { Figure } from "../core/account/figure.ts";
import type { Quantity } from "../core/account/tables.ts";
import type { Site } from "../core/space.ts";
import type { DocumentCell, DocumentColumn, DocumentSection, DocumentTable } from "./document.ts";
import { WORDS } from "./words/all.ts";
import { createFormat } from "./words/format.ts";
import type { Lang } from "./words/languages.ts";
import { pickText } from "./words/languages.ts";
import type { Filling } from "./words/template.ts";
import { fill } from "./words/template.ts";
import type { WordKey } from "./words/zh-CN.ts";

/** Rows of one table; a year of a large site fits, a mistake does not. */
const MOST_ROWS = 2000;

/** Decimals that a unit is written with. */
function decimalsOf(unit: string): number {
  if (unit === "sheets") return 0;
  return unit === "CNY" ? 2 : 1;
}

export function monthSpeech(site: Site, lang: Lang) {
  const words = WORDS[lang];
  const format = createFormat(lang, site.timezone, { sheets: words["unit.sheets"], people: words["unit.people"] });
  const say = (key: string, filling: Filling = {}) => fill(words[`month.${key}` as WordKey] ?? key, filling, (n) => format.number(n));
  const policyName = (id: string) => words[`policy.${id}.name` as WordKey] ?? id;
  const named = (list: readonly { readonly id: string; readonly name: Site["name"] }[], id: string) => {
    const found = list.find((x) => x.id === id);
    return found === undefined ? id : pickText(found.name, lang);
  };
  const departmentName = (id: string | null) => (id === null ? say("common") : named(site.departments, id));
  const personName = (id: string) => named(site.people, id);
  const deviceName = (id: string) => named(site.devices, id);
  const buildingName = (id: string) => named(site.buildings, id);
  const unitName = (unit: string) => unit.replace("sheets", words["unit.sheets"]).replace("person", say("unit.person")).replace("CNY", say("unit.cny"));

  const cell = (f: Figure, decimals = decimalsOf(f.unit)): DocumentCell => ({ value: f.value, decimals, none: say(f.why === null ? "na" : `na.${f.why}`) });
  const number = (value: number | null, decimals = 1): DocumentCell => ({ value, decimals, none: say("na") });
  const percent = (f: Figure): DocumentCell =>
    f.value === null ? say(f.why === null ? "na" : `na.${f.why}`) : `${f.value > 0 ? "+" : f.value < 0 ? "−" : ""}${format.number(Math.abs(f.value), 1)} %`;
  const column = (key: string, numeric = true, weight = 1): DocumentColumn => ({ head: say(`col.${key}`), numeric, weight });
  const table = (columns: readonly DocumentColumn[], rows: readonly (readonly DocumentCell[])[], most = MOST_ROWS): DocumentTable => ({
    columns,
    rows: rows.slice(0, most),
    more: rows.length > most ? say("more-rows", { n: rows.length - most }) : null,
  });
  const section = (
    key: string,
    tables: readonly DocumentTable[],
    paragraphs: readonly string[] = [],
    filling: Filling = {},
    appendix = false,
  ): DocumentSection => ({
    title: say(`section.${key}`, filling),
    paragraphs,
    tables,
    appendix,
  });
  const listed = lang === "en" ? ", " : "、";
  const quantityName = (q: Quantity) => say(`quantity.${q}`);
  const withUnit = (q: QuantityUse) =>
    lang === "en" ? `${quantityName(q.quantity)} (${unitName(q.unit)})` : `${quantityName(q.quantity)}（${unitName(q.unit)}）`;

  return {
    say,
    format,
    policyName,
    named,
    departmentName,
    personName,
    deviceName,
    buildingName,
    unitName,
    quantityName,
    withUnit,
    listed,
    cell,
    number,
    percent,
    column,
    table,
    section,
  };
}

export type MonthSpeech = ReturnType<typeof monthSpeech>;
