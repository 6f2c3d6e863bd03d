/** The bulletin's document: what is saved is only called verified where it was verified. */
import { expect, it } from "vitest";
import { monthDocument } from "../../server/contract/month-document.ts";
import { bulletinOf } from "../../server/core/account/bulletin.ts";
import type { MonthAccount, SavingsStatement } from "../../server/core/account/settlement.ts";
import { LANGS } from "../../server/contract/words/languages.ts";
import { shanghai } from "../support/office.ts";
import { smallSite } from "../support/small-site.ts";

const part = { kwh: 100, low: 80, high: 130, cny: 72 };

function document(savings: SavingsStatement | null, lang: (typeof LANGS)[number] = "en") {
  const account: MonthAccount = {
    month: "2026-06",
    from: Date.parse("2026-06-01T00:00:00+08:00"),
    to: Date.parse("2026-07-01T00:00:00+08:00"),
    quantities: [],
    rows: { factors: [], tariffs: [], quotas: [] },
    meters: [],
    bases: [],
    conduct: { violations: [], faults: 2, exceptions: [], alarms: null },
    savings,
  };
  const bulletin = bulletinOf({ account, lines: [], before: { month: null, year: null } });
  const shown = { month: "2026-06", state: "open", closedAt: null, closedBy: null, digest: null, refused: null, bulletin, entries: [], whole: null } as const;
  return monthDocument({ site: smallSite(), shown, lang, iso: shanghai });
}
const savingsOf = (savings: SavingsStatement | null) => document(savings).sections.find((s) => s.title === "Savings")!;

it("keeps planned, measured and verified apart, and says of what is not verified that it is not", () => {
  expect(savingsOf(null)).toMatchObject({ paragraphs: ["Not yet verified: there is no saving to report this month."], tables: [] });
  const number = (value: number, decimals = 1) => ({ value, decimals, none: "n/a" });
  const rows = (savings: SavingsStatement) => savingsOf(savings).tables[0]!.rows;
  expect(rows({ planned: part, measured: part, verified: null, method: "m" })).toEqual([
    ["Planned", number(100), "80 – 130", number(72, 2)],
    ["Measured", number(100), "80 – 130", number(72, 2)],
    ["Verified", "Not yet verified", "", ""],
  ]);
  expect(rows({ planned: null, measured: null, verified: part, method: "m" })).toEqual([
    ["Planned", "n/a", "", ""],
    ["Measured", "n/a", "", ""],
    ["Verified", number(100), "80 – 130", number(72, 2)],
  ]);
});

it("names what is in the verified ones by somebody's word: how much, why, by what, and who", () => {
  const adjustments = [{ building: "hall", kwh: 1200, reason: "a room of servers", source: "its own meter", by: "director" }];
  const { paragraphs } = savingsOf({ planned: null, measured: null, verified: part, adjustments, method: "m" });
  expect(paragraphs).toEqual(["Adjusted by 1,200 kWh at Hall: a room of servers (source: its own meter; entered by 主任).", "m"]);
});

it("has every word in every language, and says that faults accuse nobody", () => {
  for (const lang of LANGS)
    expect(JSON.stringify(document({ planned: part, measured: null, verified: null, method: "m" }, lang)), lang).not.toMatch(
      /month\.[a-z]|"(section|col|na|savings)\.|undefined|NaN/,
    );
  expect(document(null).sections.find((s) => s.title.startsWith("Violations"))!.paragraphs).toEqual([
    "No violations this month.",
    "2 faults besides (silent devices, stuck or implausible readings) accuse nobody.",
  ]);
});
