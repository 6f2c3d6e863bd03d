/** Readings of meters without a wire through the door: what is refused, what is doubted, and that a second person confirms. */
import { describe, expect, it } from "vitest";
import type { Answer } from "../../../server/core/answer.ts";
import type { MeterDoubt } from "../../../server/core/meters/entry.ts";
import { PlayedHouse } from "../../support/played-house.ts";
import { createCalendar } from "../../../server/core/calendar.ts";
import { restartInto } from "../../support/restart.ts";
import { device, smallSite } from "../../support/small-site.ts";

const GAS = "hall/gas-1/gas";
const site = smallSite();
const withGas = smallSite({
  devices: [...site.devices, device("gas-1", "meter", "301", { codec: "manual", interval: 31 * 86_400, manual: { point: "gas", every: "month" } })],
});
const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });
const at = (text: string) => Date.parse(`${text}+08:00`);

function house(now = "2026-07-31T17:00:00"): PlayedHouse {
  const h = new PlayedHouse([], withGas, calendar);
  h.now = at(now);
  return h;
}

const enter = (h: PlayedHouse, value: number, when = "2026-07-31T16:00:00", by = "staff", point = GAS) =>
  h.ask(by, { kind: "enter-reading", point, at: at(when), value, note: null });
const decide = (h: PlayedHouse, entry: string, by = "chief", confirm = true, reason: string | null = null) =>
  h.ask(by, { kind: "decide-entry", entry, confirm, reason });
const idOf = (answer: Answer) => (answer.ok ? answer.subject : answer.refusal.code);
const codeOf = (answer: Answer) => (answer.ok ? "ok" : answer.refusal.code);

/** Confirmed readings, 10 m³ a day. */
function usual(h: PlayedHouse): void {
  for (const [when, value] of [
    ["2026-04-30T16:00:00", 1000],
    ["2026-05-31T16:00:00", 1310],
    ["2026-06-30T16:00:00", 1610],
  ] as const)
    expect(codeOf(decide(h, idOf(enter(h, value, when))))).toBe("ok");
}

function doubts(h: PlayedHouse, answer: Answer): readonly MeterDoubt[] {
  return h.house.meters.waiting.get(idOf(answer))!.doubts;
}
const kinds = (found: readonly MeterDoubt[]) => found.map((d) => d.kind);

describe("entering", () => {
  it("is refused by name for what no meter can have shown", () => {
    const h = house();
    expect(codeOf(enter(h, 5, "2026-07-31T17:02:00"))).toBe("in-the-future");
    expect(codeOf(enter(h, 5, "1999-12-31T00:00:00"))).toBe("bad-period");
    expect(codeOf(enter(h, -1))).toBe("bad-values");
    expect(codeOf(enter(h, Number.NaN))).toBe("bad-values");
    expect(codeOf(enter(h, 2e9))).toBe("bad-values");
    expect(codeOf(enter(h, 5, undefined, "staff", "hall/nothing/gas"))).toBe("unknown-device");
    expect(codeOf(enter(h, 5, undefined, "staff", "hall/ac-301/temperature"))).toBe("not-a-counter");
    expect(codeOf(enter(h, 5, undefined, "staff", "hall/gas-1/volume"))).toBe("not-a-counter");
    expect(codeOf(enter(h, 5))).toBe("ok");
    expect(codeOf(enter(h, 5, undefined, "chief"))).toBe("entered-already");
    expect(h.decisions.filter((d) => d.kind === "audit")).toHaveLength(1);
  });
  it("a phone's clock that runs ahead a little is no future", () => {
    const h = house();
    const entry = h.house.meters.waiting.get(idOf(enter(h, 5, "2026-07-31T17:00:50")))!;
    expect(entry.at).toBe(h.now);
  });
});

describe("a second person", () => {
  it("confirms; never who entered it, and only once; who entered may take it back", () => {
    const h = house();
    const id = idOf(enter(h, 100));
    expect(codeOf(decide(h, id, "staff"))).toBe("own-request");
    expect(codeOf(decide(h, id, "staff", false, "no"))).toBe("own-request");
    expect(codeOf(h.ask("chief", { kind: "withdraw-entry", entry: id }))).toBe("not-yours");
    expect(codeOf(decide(h, id, "chief", false, "  "))).toBe("no-reason");
    expect(codeOf(decide(h, id))).toBe("ok");
    expect(h.house.meters.confirmed.get(GAS)).toMatchObject([{ id, state: "confirmed", by: "staff", decidedBy: "chief", decidedAt: h.now }]);
    expect(codeOf(decide(h, id, "director"))).toBe("not-pending");
    const other = idOf(enter(h, 110, "2026-07-31T16:30:00"));
    expect(codeOf(h.ask("staff", { kind: "withdraw-entry", entry: other }))).toBe("ok");
    expect(codeOf(decide(h, other))).toBe("not-pending");
    expect(h.decisions.flatMap((d) => (d.kind === "audit" ? [`${d.entry.by} ${d.entry.what}`] : []))).toEqual([
      "staff enter-reading",
      "chief decide-entry",
      "staff enter-reading",
      "staff withdraw-entry",
    ]);
  });
  it("what was rejected counts for nothing", () => {
    const h = house();
    expect(codeOf(decide(h, idOf(enter(h, 5000)), "chief", false, "read again"))).toBe("ok");
    expect(doubts(h, enter(h, 100, "2026-07-31T16:30:00"))).toEqual([]);
  });
  it("a restart forgets neither what waits nor what was confirmed", () => {
    const h = house();
    usual(h);
    const waits = idOf(enter(h, 1920));
    const next = restartInto(house(), h, 60);
    expect(codeOf(decide(next, waits, "staff"))).toBe("own-request");
    expect(codeOf(decide(next, waits))).toBe("ok");
    expect(next.house.meters.confirmed.get(GAS)?.map((e) => e.kind === "reading" && e.value)).toEqual([1000, 1310, 1610, 1920]);
  });
});

describe("doubts", () => {
  it("none against the usual use", () => {
    const h = house();
    usual(h);
    expect(doubts(h, enter(h, 1920))).toEqual([]);
  });
  it("below the last confirmed one: an exchange or a slip; it cannot be confirmed until the exchange is", () => {
    const h = house();
    usual(h);
    const low = enter(h, 20);
    expect(doubts(h, low)).toMatchObject([{ kind: "below-last", stops: true, evidence: { last: 1610, lastAt: at("2026-06-30T16:00:00") } }]);
    expect(codeOf(decide(h, idOf(low)))).toBe("does-not-fit");
    const exchange = h.ask("staff", { kind: "enter-exchange", point: GAS, at: at("2026-07-29T10:00:00"), final: 1900, initial: 0, note: "broken glass" });
    expect(doubts(h, exchange)).toEqual([]);
    expect(codeOf(decide(h, idOf(low)))).toBe("does-not-fit");
    expect(codeOf(decide(h, idOf(exchange)))).toBe("ok");
    expect(codeOf(decide(h, idOf(low)))).toBe("ok");
    // The usual use goes on over the exchange: 1000 → 1900, 0 → 20 within 92 days.
    expect(doubts(h, enter(h, 320, "2026-07-31T16:59:00"))).toMatchObject([{ kind: "same-day" }]);
  });
  it("an exchange that ends below the last reading, or begins above the next, cannot be confirmed; one without a reason is not entered", () => {
    const h = house();
    usual(h);
    const exchange = (when: string, final: number, initial: number, note: string | null = "old") =>
      h.ask("staff", { kind: "enter-exchange", point: GAS, at: at(when), final, initial, note });
    expect(codeOf(exchange("2026-07-01T10:00:00", 1620, 0, " "))).toBe("no-reason");
    expect(codeOf(exchange("2026-07-01T10:00:00", 1620, -1))).toBe("bad-values");
    const low = exchange("2026-07-01T10:00:00", 1500, 0);
    expect(kinds(doubts(h, low))).toContain("below-last");
    expect(codeOf(decide(h, idOf(low)))).toBe("does-not-fit");
    const high = exchange("2026-06-10T10:00:00", 1400, 2000);
    expect(kinds(doubts(h, high))).toContain("above-next");
    expect(codeOf(decide(h, idOf(high)))).toBe("does-not-fit");
  });
  it("older than a confirmed one that shows less", () => {
    const h = house();
    usual(h);
    const late = enter(h, 1700, "2026-06-15T16:00:00");
    expect(doubts(h, late)).toMatchObject([{ kind: "above-next", stops: true, evidence: { next: 1610 } }]);
    expect(codeOf(decide(h, idOf(late)))).toBe("does-not-fit");
    expect(doubts(h, enter(h, 1460, "2026-06-15T17:00:00"))).toMatchObject([{ kind: "same-day" }]);
  });
  it("more than three times the usual, less than a third of it, and faster than any meter", () => {
    const h = house();
    usual(h);
    expect(doubts(h, enter(h, 1610 + 31 * 31))).toMatchObject([{ kind: "much-more", stops: false }]);
    const about = doubts(h, enter(h, 1610 + 31 * 29, "2026-07-31T15:00:00"));
    expect(kinds(about)).toEqual(["same-day"]);
    expect(kinds(doubts(h, enter(h, 1610 + 31 * 3, "2026-07-30T16:00:00")))).toEqual(["much-less"]);
    expect(kinds(doubts(h, enter(h, 1610 + 31 * 24 * 1100, "2026-07-29T16:00:00")))).toEqual(["too-fast", "much-more"]);
  });
  it("a slip of the hand is hinted at with what was probably meant", () => {
    const h = house();
    usual(h);
    expect(doubts(h, enter(h, 19_200))).toMatchObject([{ kind: "much-more" }, { kind: "decimal-point", evidence: { maybe: 1920 } }]);
    expect(doubts(h, enter(h, 192, "2026-07-30T16:00:00")).at(-1)).toEqual({ kind: "decimal-point", stops: false, evidence: { maybe: 1920 } });
    expect(doubts(h, enter(h, 9120, "2026-07-29T16:00:00"))).toMatchObject([{ kind: "much-more" }, { kind: "digits-swapped", evidence: { maybe: 1920 } }]);
  });
  it("a month that is closed stays as it is, and the confirmer is told", () => {
    const h = house();
    usual(h);
    h.house.months.set("2026-06", { month: "2026-06", digest: "", reversed: new Set() });
    expect(doubts(h, enter(h, 1500, "2026-06-20T16:00:00"))).toMatchObject([{ kind: "closed-month", stops: false, evidence: { month: "2026-06" } }]);
    expect(doubts(h, enter(h, 1620, "2026-07-01T00:30:00")).map((d) => d.kind)).not.toContain("closed-month");
  });
  it("a meter with a wire is held against what it said itself", () => {
    const h = house();
    h.say("plug-301", { energy: 500 });
    h.now += 60_000;
    const low = enter(h, 400, "2026-07-31T17:00:30", "staff", "hall/plug-301/energy");
    expect(doubts(h, low)).toMatchObject([{ kind: "below-last", evidence: { last: 500 } }]);
  });
});

it("a meter without a wire is silent to nobody, and what somebody wrote down says nothing about the line", () => {
  const h = house();
  h.say("gas-1", { gas: 100 });
  expect(h.house.pulse.heardAt).toBeNull();
  expect(h.house.pulse.rate).toBe(0);
  h.say("ac-301", { on: true });
  expect(h.house.pulse.heardAt).toBe(h.now);
});
