/** Closing a month through the door: what is refused by which name, what lasts, and how a line is corrected. */
import { describe, expect, it } from "vitest";
import { bucketsOf, planMonth } from "../../../server/core/account/buckets.ts";
import { bulletinOf, linesOf, totalsOf } from "../../../server/core/account/bulletin.ts";
import type { Line } from "../../../server/core/account/consumption.ts";
import type { Entry, MonthDraft } from "../../../server/core/account/settlement.ts";
import { quantityAccount, rowsUsed } from "../../../server/core/account/settlement.ts";
import { canonical } from "../../../server/core/account/canonical.ts";
import { createZone } from "../../../server/core/zone.ts";
import { PlayedHouse, T0 } from "../../support/played-house.ts";
import { restartInto } from "../../support/restart.ts";
import { SMALL_ACCOUNT } from "../../support/small-site.ts";

const zone = createZone("Asia/Shanghai");
const DAY = 86_400_000;

function line(device: string, amounts: readonly number[], more: Partial<Line> = {}): Line {
  return {
    id: `electricity hall/${device}`,
    quantity: "electricity",
    device: `hall/${device}`,
    point: `hall/${device}/energy`,
    part: "own",
    department: "general",
    building: "hall",
    floor: "3",
    space: "hall/301",
    kind: "ac",
    item: null,
    amounts,
    ...more,
  };
}

function draft(month: string, lines: readonly Line[] = [line("ac-301", [100]), line("ac-302", [40], { department: "finance" })]): MonthDraft {
  const plan = planMonth(zone, month);
  const buckets = bucketsOf(SMALL_ACCOUNT, "electricity", plan);
  const { account, lines: costed } = quantityAccount("electricity", buckets, lines, [], 0);
  const bases = [
    { department: null, people: 20, area: 200 },
    { department: "general", people: 10, area: 100 },
  ];
  return {
    account: {
      month,
      from: plan.from,
      to: plan.to,
      quantities: [account],
      rows: rowsUsed(SMALL_ACCOUNT, [{ quantity: "electricity", buckets }], plan.dates.at(-1)!),
      meters: [],
      bases,
      conduct: { violations: [], faults: 0, exceptions: [], alarms: null },
      savings: null,
    },
    lines: costed,
  };
}

const close = (h: PlayedHouse, month: string, first: string | null = "2026-05") =>
  h.ask("director", { kind: "close-month", draft: draft(month), first, digest: "d" });
const entries = (h: PlayedHouse): Entry[] => h.decisions.flatMap((d) => (d.kind === "settlement" ? d.entries : []));
const correct = (h: PlayedHouse, entry: Entry, amount: number, reason = "misread") =>
  h.ask("director", { kind: "correct-month", entry, quantity: draft(entry.month).account.quantities[0]!, amount, reason });
const code = (answer: ReturnType<PlayedHouse["ask"]>) => (answer.ok ? "ok" : answer.refusal.code);

describe("closing a month", () => {
  it("writes its lines for good, who closed it, and a line in the audit without the lines", () => {
    const h = new PlayedHouse([]);
    expect(close(h, "2026-05")).toEqual({ ok: true, subject: "2026-05" });
    expect(entries(h).map((e) => [e.entry, e.is, e.amount, e.cost, e.by])).toEqual([
      ["2026-05 electricity hall/ac-301", "line", 100, 80, "director"],
      ["2026-05 electricity hall/ac-302", "line", 40, 32, "director"],
    ]);
    const audit = h.decisions.flatMap((d) => (d.kind === "audit" ? [d.entry] : []));
    expect(audit.at(-1)).toMatchObject({ what: "close-month", subject: "2026-05", by: "director", detail: { month: "2026-05", digest: "d", lines: 2 } });
    expect(JSON.stringify(audit)).not.toContain("ac-301");
  });

  it("is refused by name: twice, before its end, before an earlier one, and where nothing is stored", () => {
    const h = new PlayedHouse([]);
    expect(code(close(h, "2026-07"))).toBe("month-not-over");
    expect(code(close(h, "2026-06"))).toBe("earlier-month-open");
    expect(code(close(h, "2026-04"))).toBe("no-history");
    expect(code(close(h, "2026-05", null))).toBe("no-history");
    expect(code(close(h, "2026-05"))).toBe("ok");
    expect(code(close(h, "2026-05"))).toBe("closed-already");
    expect(code(close(h, "2026-06"))).toBe("ok");
    h.now = T0 + 31 * DAY;
    // Readings are kept for less long than accounts: what was closed goes on counting as the beginning.
    expect(code(close(h, "2026-07", "2026-07"))).toBe("ok");
    expect([...h.house.months.keys()]).toEqual(["2026-05", "2026-06", "2026-07"]);
  });

  it("stays closed through a restart", () => {
    const h = new PlayedHouse([]);
    close(h, "2026-05");
    correct(h, entries(h)[0]!, 90);
    const next = restartInto(new PlayedHouse([]), h, 60);
    expect(code(close(next, "2026-05"))).toBe("closed-already");
    expect(code(correct(next, entries(h)[0]!, 80))).toBe("reversed-already");
  });
});

describe("correcting a closed month", () => {
  it("takes the entry back and writes another in its place, with the reason and the person", () => {
    const h = new PlayedHouse([]);
    close(h, "2026-05");
    expect(code(correct(h, entries(h)[0]!, 60))).toBe("ok");
    const [first, , reversal, correction] = entries(h);
    expect(reversal).toMatchObject({ is: "reversal", of: first!.entry, amount: -100, cost: -80, reason: "misread", by: "director" });
    expect(correction).toMatchObject({ is: "correction", of: first!.entry, amount: 60, cost: 48, device: "hall/ac-301", reason: "misread" });
    // Whether one sums all of them or takes those that stand, it is the same.
    const all = entries(h).reduce((sum, e) => sum + e.amount, 0);
    expect(linesOf(entries(h)).reduce((sum, e) => sum + e.amount, 0)).toBe(all);
    expect(all).toBe(100);
  });

  it("is refused by name: while it is open, twice, without a reason, of a reversal, to the same amount, to nonsense", () => {
    const h = new PlayedHouse([]);
    close(h, "2026-05");
    const [first] = entries(h);
    expect(code(correct(h, { ...first!, month: "2026-06" }, 1))).toBe("month-open");
    expect(code(correct(h, first!, 60, "  "))).toBe("no-reason");
    expect(code(correct(h, first!, 100))).toBe("no-change");
    expect(code(correct(h, first!, -1))).toBe("bad-values");
    expect(code(correct(h, first!, Number.NaN))).toBe("bad-values");
    expect(entries(h)).toHaveLength(2);
    correct(h, first!, 60);
    expect(code(correct(h, first!, 50))).toBe("reversed-already");
    expect(code(correct(h, entries(h)[2]!, 50))).toBe("reversed-already");
    expect(code(correct(h, entries(h)[3]!, 50))).toBe("ok");
    expect(linesOf(entries(h)).map((e) => e.amount)).toEqual([40, 50]);
  });

  it("gives a line that had nothing the flat hours of the month's days", () => {
    const h = new PlayedHouse([]);
    h.ask("director", { kind: "close-month", draft: draft("2026-05", [line("ac-301", [0])]), first: "2026-05", digest: "d" });
    correct(h, entries(h)[0]!, 10);
    expect(entries(h).at(-1)).toMatchObject({ amounts: [10], amount: 10, cost: 8 });
  });
});

describe("the bulletin", () => {
  it("tells amounts, cost, heads, ranks and changes, and says n/a with the reason where nothing is known", () => {
    const { account, lines } = draft("2026-06");
    const before = { month: totalsOf("2026-05", draft("2026-05", [line("ac-301", [80])]).lines), year: null };
    const bulletin = bulletinOf({ account, lines, before });
    const [use] = bulletin.quantities;
    expect(use!.amount).toMatchObject({ value: 140, unit: "kWh", from: { kind: "sum", formula: "100 + 40 = 140 kWh", pointCount: 2 } });
    expect(use!.cost).toMatchObject({ value: 112, from: { formula: "140 kWh × 0.8 = 112 CNY", rows: ["site-electricity"] } });
    expect(use!.perHead).toMatchObject({ value: 7, unit: "kWh/person" });
    expect(use!.coal).toMatchObject({ value: null, why: "no-factor" });
    expect(use!.change.month).toMatchObject({ value: 75, from: { formula: "(140 − 80) ÷ 80 = 75 %" } });
    expect(use!.change.year).toMatchObject({ value: null, why: "not-settled" });
    expect(use!.departments.map((d) => [d.department, d.amount.value, d.perHead.value, d.rank, d.change.month.value, d.change.month.why])).toEqual([
      ["general", 100, 10, 1, 25, null],
      ["finance", 40, null, null, null, "was-zero"],
    ]);
    expect(bulletin.cost.value).toBe(112);
  });

  it("has no number for a quantity that nobody measured", () => {
    const { account } = draft("2026-06", []);
    const [use] = bulletinOf({ account, lines: [], before: { month: null, year: null } }).quantities;
    for (const figure of [use!.amount, use!.cost, use!.perHead, use!.perArea, use!.unmetered])
      expect(figure).toMatchObject({ value: null, why: "no-readings" });
  });
});

it("one value has one text, whatever the order of its keys", () => {
  expect(canonical({ b: [1, { d: null, c: "x" }], a: undefined, e: 0.1 })).toBe('{"b":[1,{"c":"x","d":null}],"e":0.1}');
  expect(canonical({ e: 0.1, b: [1, { c: "x", d: null }] })).toBe(canonical({ b: [1, { d: null, c: "x" }], e: 0.1 }));
});
