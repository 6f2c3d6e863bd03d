/** A form that somebody else prescribes, filled by a layout: next year's form is another layout. Pure. */
import type { Text } from "../device.ts";
import { tidy } from "./consumption.ts";
import type { Quantity, Source } from "./tables.ts";

/** What a cell is filled with. `months`: of which months of the form's period; `year`: all since January. */
export type FormValue =
  | { readonly kind: "text"; readonly text: Text }
  | { readonly kind: "fact"; readonly fact: "site-name" | "period" | "state" | "person" | "date" }
  | {
      readonly kind: "number";
      readonly of: "amount" | "cost" | "coal" | "co2" | "people" | "area";
      readonly quantity: Quantity | "all";
      readonly months: "period" | "year" | "first" | "second" | "third";
      /** The form's unit for one of ours, e.g. 0.0001 for 万kWh. */
      readonly multiply: number;
      readonly decimals: number;
    };

export interface FormCell {
  /** Row and column from 0. */
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly style: "title" | "head" | "label" | "plain" | "note";
  readonly value: FormValue;
}

export interface FormLayout {
  readonly id: string;
  readonly name: Text;
  readonly source: Source;
  readonly period: "month" | "quarter";
  readonly sheet: string;
  /** Characters wide. */
  readonly widths: readonly number[];
  readonly cells: readonly FormCell[];
}

/** What a month came to, as forms ask for it. */
export interface FormMonth {
  readonly month: string;
  readonly closed: boolean;
  readonly amounts: ReadonlyMap<
    Quantity,
    { readonly amount: number | null; readonly cost: number | null; readonly coal: number | null; readonly co2: number | null }
  >;
  readonly people: number | null;
  readonly area: number | null;
}

export interface FilledCell extends Omit<FormCell, "value"> {
  readonly value: string | number | null;
  readonly decimals: number | null;
}

/** The months of a form's period that a month lies in. */
export function formMonths(layout: Pick<FormLayout, "period">, month: string): string[] {
  if (layout.period === "month") return [month];
  const first = Math.floor((Number(month.slice(5)) - 1) / 3) * 3 + 1;
  return [0, 1, 2].map((i) => `${month.slice(0, 5)}${String(first + i).padStart(2, "0")}`);
}

export interface FormFacts {
  readonly siteName: string;
  readonly period: string;
  readonly state: string;
  readonly person: string;
  readonly date: string;
}

/** `months`: every month since January up to the period's last, those that are not known left out. Where one that is needed is unknown, the cell stays empty. */
export function fillForm(layout: FormLayout, month: string, months: readonly FormMonth[], facts: FormFacts, say: (text: Text) => string): FilledCell[] {
  const period = formMonths(layout, month);
  const known = new Map(months.map((m) => [m.month, m]));
  const needed = (of: Extract<FormValue, { kind: "number" }>["months"]): readonly string[] => {
    switch (of) {
      case "period":
        return period;
      case "year": {
        const last = period.at(-1)!;
        return Array.from({ length: Number(last.slice(5)) }, (_, i) => `${last.slice(0, 5)}${String(i + 1).padStart(2, "0")}`);
      }
      case "first":
        return period.slice(0, 1);
      case "second":
        return period.slice(1, 2);
      case "third":
        return period.slice(2, 3);
    }
  };
  function numberOf(v: Extract<FormValue, { kind: "number" }>): number | null {
    const found = needed(v.months).map((m) => known.get(m));
    // Of a year that began before the readings did, what is known counts from there on.
    const present = v.months === "year" ? found.filter((m) => m !== undefined) : found;
    if (present.length === 0 || present.some((m) => m === undefined)) return null;
    const list = present as readonly FormMonth[];
    if (v.of === "people" || v.of === "area") {
      const at = list.at(-1)![v.of];
      return at === null ? null : tidy(at * v.multiply);
    }
    const { of } = v;
    let sum: number | null = null;
    for (const m of list)
      for (const [q, came] of m.amounts) {
        if (v.quantity !== "all" && v.quantity !== q) continue;
        const value = came[of];
        if (value === null) {
          // Nothing of one quantity is nothing; a sum that lacks a part which was used is no sum.
          if (v.quantity === "all" && (came.amount ?? 0) === 0) continue;
          if (v.quantity === "all" && (of === "coal" || of === "co2")) continue;
          return null;
        }
        sum = (sum ?? 0) + value;
      }
    return sum === null ? null : tidy(sum * v.multiply);
  }
  const factOf = { "site-name": facts.siteName, period: facts.period, state: facts.state, person: facts.person, date: facts.date };
  return layout.cells.map(({ value, ...place }): FilledCell => {
    switch (value.kind) {
      case "text":
        return { ...place, value: say(value.text), decimals: null };
      case "fact":
        return { ...place, value: factOf[value.fact], decimals: null };
      case "number":
        return { ...place, value: numberOf(value), decimals: value.decimals };
    }
  });
}
