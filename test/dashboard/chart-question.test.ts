import { describe, expect, it } from "vitest";
import type { SeriesDto, SeriesItem } from "../../server/contract/series.ts";
import { createFormat } from "../../server/contract/words/format.ts";
import { apiQuery, comparedSum, dateTicks, inked, ownSpan, questionOf, spanOf, stacks } from "../../dashboard/src/chart-question.ts";

const format = createFormat("en", "Europe/Berlin", { sheets: "sheets", people: "people" });
const local = { instant: (text: string) => format.instant(text), dateTime: (at: number) => format.dateTime(at) };
const at = (iso: string) => Date.parse(iso);
const NOW = at("2026-03-29T15:00:00+02:00");
const ask = (query: string) => questionOf(new URLSearchParams(query), NOW, local);

describe("what the address of a chart asks", () => {
  it("is the sections' electricity of today where it says nothing, and days of a month of what is told by days", () => {
    expect(ask("")).toMatchObject({ shown: "energy-department", range: "today", from: at("2026-03-29T00:00:00+01:00"), to: at("2026-03-30T00:00:00+02:00") });
    expect(ask("show=water-night")).toMatchObject({ range: "month", from: at("2026-03-01T00:00:00+01:00"), to: at("2026-04-01T00:00:00+02:00") });
    expect(ask("range=last-month")).toMatchObject({ range: "last-month", from: at("2026-02-01T00:00:00+01:00"), to: at("2026-03-01T00:00:00+01:00") });
    expect(ask("points=hall/ac-301/power")).toMatchObject({ shown: "points", points: ["hall/ac-301/power"], range: "today" });
  });

  it("goes by the local calendar", () => {
    expect(spanOf("yesterday", NOW, local)).toEqual({ from: at("2026-03-28T00:00:00+01:00"), to: at("2026-03-29T00:00:00+01:00") });
    expect(spanOf("week", NOW, local)).toEqual({ from: at("2026-03-23T00:00:00+01:00"), to: at("2026-03-30T00:00:00+02:00") });
    expect(spanOf("year", NOW, local)).toEqual({ from: at("2026-01-01T00:00:00+01:00"), to: at("2027-01-01T00:00:00+01:00") });
    expect(spanOf("custom", NOW, local)).toBeNull();
  });

  it("keeps a span of its own, to the minute, there and back", () => {
    const span = { from: at("2026-03-28T08:15:20+01:00"), to: at("2026-03-28T09:40:01+01:00") };
    const parts = ownSpan(span.from, span.to, local);
    expect(parts).toEqual({ range: "custom", from: "2026-03-28T08:15", to: "2026-03-28T09:41" });
    expect(ask(new URLSearchParams(parts).toString())).toMatchObject({
      range: "custom",
      from: at("2026-03-28T08:15:00+01:00"),
      to: at("2026-03-28T09:41:00+01:00"),
    });
    expect(ownSpan(span.from, span.from, local).to).toBe("2026-03-28T08:16");
  });

  it("leaves out what makes no sense", () => {
    expect(ask("show=soul&range=ever&compare=moon&from=x&to=2026-03-28T09:40&weather=yes&table=0")).toMatchObject({
      shown: "energy-department",
      range: "today",
      compare: null,
      weather: false,
      table: false,
    });
    expect(ask("range=custom&from=2026-03-28T09:40&to=2026-03-28T09:40")).toMatchObject({ range: "today" });
    expect(ask(`points=${Array.from({ length: 20 }, (_, i) => `hall/d${i}/power`).join(",")}`).points).toHaveLength(8);
  });

  it("becomes a question to the server", () => {
    expect(apiQuery(ask("show=paper-head&compare=year&weather=1"), [])).toMatch(
      /^by=department&quantity=pages&per=head&from=\d+&to=\d+&compare=year&weather=1$/,
    );
    expect(apiQuery(ask("points=hall/a b/power"), [])).toMatch(/^points=hall%2Fa%20b%2Fpower&from=\d+&to=\d+$/);
    expect(apiQuery(ask("show=water-night"), ["hall/w/flow"])).toContain("points=hall%2Fw%2Fflow&fn=night");
    expect(apiQuery(ask("show=water-night"), [])).toBeNull();
    expect(apiQuery(ask("show=points"), [])).toBeNull();
  });
});

describe("ticks", () => {
  it("stand at local midnights, months or not at all", () => {
    const days = dateTicks(at("2026-03-25T12:00:00+01:00"), at("2026-04-01T12:00:00+02:00"), local, 8)!;
    expect(days.at.map((t) => local.dateTime(t))).toEqual(
      ["26", "27", "28", "29", "30", "31"].map((d) => `2026-03-${d} 00:00:00`).concat("2026-04-01 00:00:00"),
    );
    const months = dateTicks(at("2026-01-01T00:00:00+01:00"), at("2027-01-01T00:00:00+01:00"), local, 8)!;
    expect(months.months).toBe(true);
    expect(months.at.map((t) => local.dateTime(t).slice(0, 10))).toEqual([
      "2026-01-01",
      "2026-03-01",
      "2026-05-01",
      "2026-07-01",
      "2026-09-01",
      "2026-11-01",
      "2027-01-01",
    ]);
    expect(dateTicks(NOW, NOW + 86_400_000, local, 8)).toBeNull();
    expect(dateTicks(0, at("2100-01-01T00:00:00Z"), local, 8)!.at.length).toBeLessThanOrEqual(16);
  });
});

function item(id: string, values: readonly (number | null)[], more: Partial<SeriesItem> = {}): SeriesItem {
  return {
    id,
    device: null,
    point: null,
    group: {
      by: "department",
      key: id,
      rest: false,
    },
    name: id,
    unit: "kWh",
    fn: "total",
    at: null,
    values: [...values],
    counts: null,
    compared: null,
    source: {
      kind: "account",
      step: "hour",
      readings: 1,
      points: [],
      more: 0,
    },
    ...more,
  };
}
const answer = (series: SeriesItem[]): SeriesDto => ({
  from: "",
  to: "",
  step: "hour",
  why: "fits",
  at: [0, 1],
  end: "",
  compare: null,
  series,
  weather: null,
  marks: [],
  marksLeft: 0,
});

describe("what is drawn", () => {
  const many = Array.from({ length: 10 }, (_, i) => item(`d${i}`, [10 - i, null], { compared: { at: null, values: [1, 2] } }));

  it("are at most eight; the smaller parts of a whole are one, and nothing of it is lost", () => {
    const { drawn, left } = inked(answer(many));
    expect(left).toBe(0);
    expect(drawn.map((d) => d.ink)).toEqual([1, 2, 3, 4, 5, 6, 7, 0]);
    expect(drawn.at(-1)!.item).toMatchObject({ group: { rest: true }, values: [3 + 2 + 1, null], compared: { values: [3, 6] } });
    expect(comparedSum(drawn)).toEqual([10, 20]);
  });

  it("are the largest where they are no parts of one, and the others are counted", () => {
    const points = many.map((s, i) => ({ ...s, group: null, unit: "W", values: [i, i] }));
    expect(stacks(answer(points))).toBe(false);
    const { drawn, left } = inked(answer(points));
    expect(drawn.map((d) => d.item.id)).toEqual(["d9", "d8", "d7", "d6", "d5", "d4", "d3"]);
    expect(left).toBe(3);
    expect(stacks(answer([item("a", [1], { unit: "sheets/person" })]))).toBe(false);
  });

  it("are all of a few", () => {
    expect(inked(answer(many.slice(0, 8))).drawn.map((d) => d.ink)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(comparedSum(inked(answer([item("a", [1])])).drawn)).toBeNull();
  });
});
