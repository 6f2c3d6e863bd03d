/** Layouts of prescribed forms: data that a mistake does not get through. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseForm } from "../../server/contract/form.ts";
import type { FormMonth } from "../../server/core/account/form.ts";
import { fillForm, formMonths } from "../../server/core/account/form.ts";
import { readForms, SHIPPED_FORMS } from "../../server/settings/forms.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-forms-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const form = (more: object = {}) => ({
  id: "f",
  name: "F",
  source: { title: "S" },
  period: "quarter",
  sheet: "S",
  widths: [10, 10, 10, 10],
  table: {
    at: "A2",
    columns: [
      { label: 0, head: "what" },
      { head: "first", of: "amount", months: "first" },
      { head: "quarter", of: "amount" },
      { head: "year", of: "cost", months: "year" },
    ],
    rows: [
      { labels: ["电"], quantity: "electricity", multiply: 0.0001, decimals: 4 },
      { labels: ["煤"], of: "coal" },
    ],
  },
  ...more,
});
const problems = (data: unknown) => {
  const parsed = parseForm(data);
  return parsed.ok ? [] : parsed.problems.map((p) => p.path);
};
const month = (name: string, electricity: number | null, cost: number | null): FormMonth => ({
  month: name,
  closed: true,
  amounts: new Map([
    ["electricity", { amount: electricity, cost, coal: electricity === null ? null : electricity * 0.1, co2: null }],
    ["water", { amount: 5, cost: 10, coal: null, co2: null }],
  ]),
  people: 4,
  area: 100,
});
const facts = { siteName: "s", period: "p", state: "c", person: "x", date: "d" };

function filled(data: object, at: string, months: readonly FormMonth[]) {
  const parsed = parseForm(data);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return fillForm(parsed.form, at, months, facts, (t) => (typeof t === "string" ? t : t["en"]!)).map((c) => [c.row, c.column, c.value]);
}

describe("the layouts of forms", () => {
  it("that ship can be read, and an own one of the same id stands in a shipped one's place", () => {
    expect(readForms()).toMatchObject({ ok: true, forms: [{ id: "public-institution-monthly" }, { id: "public-institution-quarterly" }] });
    writeFileSync(join(folder, "own.yaml"), JSON.stringify(form({ id: "public-institution-monthly", sheet: "Own" })));
    const read = readForms([SHIPPED_FORMS, folder]);
    expect(read.ok && read.forms.map((f) => [f.id, f.sheet])).toEqual([
      ["public-institution-monthly", "Own"],
      ["public-institution-quarterly", "能源资源消费状况"],
    ]);
    writeFileSync(join(folder, "bad.yaml"), "id: [");
    const bad = readForms([folder, join(folder, "no-such")]);
    expect(bad.ok ? [] : bad.problems.map((p) => p.replaceAll(folder, ""))).toEqual([
      expect.stringContaining("/bad.yaml: "),
      expect.stringContaining("/no-such: the folder of forms cannot be read"),
    ]);
  });

  it("name every mistake by its path", () => {
    expect(problems(form())).toEqual([]);
    expect(problems(form({ period: "month" }))).toEqual(["table.columns[1].months"]);
    expect(problems(form({ widths: [10] }))).toContain("table.columns[1]");
    expect(problems(form({ cells: [{ at: "B2", text: "over the table" }] }))).toEqual(["table.columns[1]"]);
    expect(problems(form({ cells: [{ at: "2B", text: "x" }] }))).toEqual(["cells[0].at"]);
    expect(problems(form({ sheet: "a/b" }))).toEqual(["sheet"]);
    expect(problems({})).toContain("table" in form() ? "widths" : "");
  });
});

describe("a form that is filled", () => {
  it("sums its period and the year so far in its own units, and leaves empty what is not known", () => {
    const year = [month("2026-03", 10_000, 5), month("2026-04", 20_000, 7), month("2026-05", 30_000, 9), month("2026-06", 40_000, 11)];
    expect(formMonths({ period: "quarter" }, "2026-05")).toEqual(["2026-04", "2026-05", "2026-06"]);
    expect(filled(form(), "2026-05", year).slice(4)).toEqual([
      [2, 0, "电"],
      [2, 1, 2],
      [2, 2, 9],
      // Since March, when the readings began.
      [2, 3, 32],
      [3, 0, "煤"],
      [3, 1, 2000],
      [3, 2, 9000],
      [3, 3, "—"],
    ]);
    // A month of the quarter that nobody knows: no sum of it.
    expect(filled(form(), "2026-05", year.slice(0, 3))[6]).toEqual([2, 2, null]);
    // Nothing that was measured is not zero.
    expect(filled(form(), "2026-05", [month("2026-04", null, null), ...year.slice(2)])[5]).toEqual([2, 1, null]);
  });
});
