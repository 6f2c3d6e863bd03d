/** The console's rows, selection and scroll: what must hold while alerts come and go under somebody's hands. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterOf, inState, narrows, shows, takes } from "../../dashboard/src/console/filter.ts";
import { placeOf } from "../../dashboard/src/console/place.ts";
import type { Rows, View } from "../../dashboard/src/console/rows.ts";
import { createRows } from "../../dashboard/src/console/rows.ts";
import { all, chosenOf, extended, idsOf, pruned, toggled } from "../../dashboard/src/console/selection.ts";
import { heldTop } from "../../dashboard/src/windowing.ts";
import type { AlertDto } from "../../server/contract/alerts.ts";
import { ALERT_STATES } from "../../server/core/finding.ts";
import { alert } from "./dtos.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 6, 1, 1, minute)).toISOString();
const one = (id: string, over: Partial<AlertDto> = {}) => alert({ id, ...over });
const view = (over: Partial<View> = {}): View => ({ stamp: "v", grouped: true, sort: "urgency", takes: (a) => inState(a, ""), ...over });
const keys = (rows: Rows, open: readonly string[] = []) => rows.lines(new Set(open)).map((l) => l.key);

describe("filters of the console", () => {
  const filter = (query: string) => filterOf(new URLSearchParams(query));

  it("are read from the address, and what it says wrongly counts as not said", () => {
    expect(filter("")).toMatchObject({ state: "", severity: null, mine: false, words: [], notice: null, grouped: true, sort: "urgency" });
    expect(filter("state=shelved&severity=high&who=mine&q=Copier%20%203&group=off&sort=newest&notice=n1")).toMatchObject({
      state: "shelved",
      severity: "high",
      mine: true,
      words: ["copier", "3"],
      grouped: false,
      sort: "newest",
      notice: "n1",
    });
    expect(filter("state=nonsense&sort=nonsense")).toMatchObject({ state: "", sort: "urgency" });
    expect(filter("state=over").sort).toBe("newest");
    expect([narrows(filter("state=over")), narrows(filter("q=a"))]).toEqual([false, true]);
  });

  it("show every state behind one button at least, and what was put aside only where it is asked for", () => {
    for (const state of ALERT_STATES)
      expect(["", "waiting", "acknowledged", "shelved", "suppressed", "out-of-service", "over"].some((s) => inState(one("a", { state }), s as ""))).toBe(true);
    for (const state of ["shelved", "suppressed", "out-of-service", "normal"] as const) expect(inState(one("a", { state }), "")).toBe(false);
  });

  it("take an alert only if all of it fits", () => {
    const a = one("a", { severity: "high", department: "finance", kind: "command", title: "policy.cooling-floor.below", assignee: "me" });
    const fits = (query: string) => takes(filter(query), "me", () => "the copier of 301")(a);
    expect(fits("severity=high&department=finance&kind=command&policy=cooling-floor&who=mine&q=301 copier")).toBe(true);
    for (const wrong of ["severity=low", "department=office", "kind=device", "policy=other", "q=302"]) expect(fits(wrong)).toBe(false);
    expect(takes(filter("who=mine"), "you", () => "")(a)).toBe(false);
  });

  it("show what a message told of, also when it is over by now", () => {
    const told = [{ at: at(0), person: "me", channel: "page", how: "raised", notice: "n1", state: "sent", error: null }] as const;
    const over = one("a", { state: "normal", told: [...told] });
    expect([shows(filter("notice=n1"), over), takes(filter("notice=n1"), null, () => "")(over), takes(filter("notice=n2"), null, () => "")(over)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("the order of the console", () => {
  it("puts what waits before what is taken up, then the graver, then what has waited longer", () => {
    const rows = createRows();
    const items = [
      one("taken", { severity: "high", state: "acknowledged", raisedAt: at(0) }),
      one("young", { severity: "high", raisedAt: at(9) }),
      one("low", { severity: "low", raisedAt: at(1) }),
      one("old", { severity: "high", raisedAt: at(2) }),
    ];
    rows.advance(() => items, view());
    expect(keys(rows)).toEqual(["old", "young", "low", "taken"]);
    rows.advance(() => items, view({ stamp: "newest", sort: "newest" }));
    expect(keys(rows)).toEqual(["young", "old", "low", "taken"]);
    rows.advance(() => items, view({ stamp: "oldest", sort: "oldest" }));
    expect(keys(rows)).toEqual(["taken", "low", "old", "young"]);
  });

  it("by climbing names first who goes to the next person soonest", () => {
    expect(placeOf([one("a", { climbsAt: at(5) }), one("b", { climbsAt: at(3) })], "climbing")).toEqual({ rank: 0, at: Date.parse(at(3)) });
    expect(placeOf([one("a")], "climbing").rank).toBe(1);
  });
});

describe("rows by cause", () => {
  const group = [
    one("b", { group: "g", severity: "low", cause: "a", state: "acknowledged" }),
    one("a", { group: "g", severity: "medium", raisedAt: at(5) }),
    one("c", { group: "g", severity: "high", cause: "a", raisedAt: at(1) }),
  ];

  it("fold alerts of one group into one row of the gravest, its cause first, and unfold", () => {
    const rows = createRows();
    rows.advance(() => [...group, one("d", { severity: "low" })], view());
    const [row, single] = rows.lines(new Set());
    expect(row).toMatchObject({ key: "group g", alert: null, row: { severity: "high", count: 3, waiting: 2 } });
    expect(single).toMatchObject({ key: "d", depth: 0, alert: { id: "d" } });
    expect(keys(rows, ["group g"])).toEqual(["group g", "a", "b", "c", "d"]);
    rows.advance(() => [...group, one("d", { severity: "low" })], view({ stamp: "flat", grouped: false }));
    expect(keys(rows)).toEqual(["c", "a", "d", "b"]);
  });

  it("take in a new one of a known cause without a new row", () => {
    const rows = createRows();
    rows.advance(() => group, view());
    const came = rows.advance(() => [...group, one("e", { group: "g" })], view());
    expect(came).toEqual({ changed: true, fresh: [] });
    expect(rows.lines(new Set())).toMatchObject([{ row: { count: 4 } }]);
  });
});

describe("rows under somebody's hands", () => {
  const items = ["a", "b", "c"].map((id, i) => one(id, { raisedAt: at(i) }));
  const acknowledged = { ...items[0]!, state: "acknowledged" as const };

  it("stay where they are when they are acknowledged, until the list settles", () => {
    const rows = createRows();
    rows.advance(() => items, view());
    rows.advance(() => [acknowledged, items[1]!, items[2]!], view());
    expect([keys(rows), rows.unsettled()]).toEqual([["a", "b", "c"], true]);
    rows.settle();
    expect([keys(rows), rows.unsettled()]).toEqual([["b", "c", "a"], false]);
  });

  it("that do not fit any more are marked, not counted, and leave when it settles", () => {
    const rows = createRows();
    const waiting = view({ takes: (a) => inState(a, "waiting") });
    rows.advance(() => items, waiting);
    rows.advance(() => [acknowledged, items[1]!, items[2]!], waiting);
    expect(rows.lines(new Set())[0]).toMatchObject({ key: "a", row: { count: 0, gone: new Set(["a"]) } });
    expect(idsOf(rows.lines(new Set())[0]!)).toEqual([]);
    rows.settle();
    expect(keys(rows)).toEqual(["b", "c"]);
    rows.advance(() => items, waiting);
    expect(keys(rows)).toEqual(["a", "b", "c"]);
  });

  it("that come back before they left never moved", () => {
    const rows = createRows();
    const waiting = view({ takes: (a) => inState(a, "waiting") });
    rows.advance(() => items, waiting);
    rows.advance(() => [items[1]!, items[2]!], waiting);
    expect(keys(rows)).toEqual(["a", "b", "c"]);
    rows.advance(() => items, waiting);
    expect([keys(rows), rows.unsettled()]).toEqual([["a", "b", "c"], false]);
  });

  it("tell which rows are new, but not when the list is another", () => {
    const rows = createRows();
    expect(rows.advance(() => items, view()).fresh).toEqual([]);
    expect(rows.advance(() => [...items, one("d", { severity: "high" })], view()).fresh).toEqual(["d"]);
    expect(keys(rows)).toEqual(["d", "a", "b", "c"]);
    expect(rows.advance(() => [...items], view()).changed).toBe(true);
    expect(rows.advance(() => [...items], view()).changed).toBe(false);
  });

  it("hold whatever comes and goes: settled rows are those of a list begun anew", () => {
    const made = fc.record({
      id: fc.integer({ min: 0, max: 11 }).map((n) => `a${n}`),
      severity: fc.constantFrom("low", "medium", "high"),
      state: fc.constantFrom("unacknowledged", "acknowledged", "returned-unacknowledged", "shelved"),
      group: fc.constantFrom("", "", "g", "h"),
      minute: fc.integer({ min: 0, max: 5 }),
      gone: fc.boolean(),
      settles: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 40 }), fc.constantFrom("urgency", "newest", "oldest"), (changes, sort) => {
        const rows = createRows();
        const house = new Map<string, AlertDto>();
        const by = view({ sort });
        rows.advance(() => house.values(), by);
        for (const { id, minute, gone, settles, ...over } of changes) {
          if (gone) house.delete(id);
          else house.set(id, one(id, { ...over, raisedAt: at(minute) }));
          const before = keys(rows);
          const { fresh } = rows.advance(() => house.values(), by);
          // Whoever was there still stands in the same order, apart from rows that lost all their alerts to another group.
          const after = keys(rows);
          expect(after.filter((key) => !fresh.includes(key))).toEqual(before.filter((key) => after.includes(key)));
          if (settles) rows.settle();
        }
        rows.settle();
        const anew = createRows();
        anew.advance(() => house.values(), by);
        expect(keys(rows, ["group g", "group h"])).toEqual(keys(anew, ["group g", "group h"]));
      }),
    );
  });
});

describe("the selection", () => {
  const rows = createRows();
  rows.advance(() => [one("a", { severity: "high" }), one("b", { group: "g" }), one("c", { group: "g" }), one("d", { severity: "low" })], view());
  const lines = rows.lines(new Set());

  it("chooses a folded row whole, and says when only part of it is chosen", () => {
    const group = lines[1]!;
    const chosen = toggled(new Set(["a"]), group);
    expect([...chosen].toSorted()).toEqual(["a", "b", "c"]);
    expect(chosenOf(group, chosen)).toBe("all");
    expect(chosenOf(group, new Set(["b"]))).toBe("some");
    expect([...toggled(chosen, group)]).toEqual(["a"]);
  });

  it("extends over every line between two, in either direction", () => {
    expect([...extended(new Set(), lines, "a", "group g")].toSorted()).toEqual(["a", "b", "c"]);
    expect([...extended(new Set(), lines, "d", "group g")].toSorted()).toEqual(["b", "c", "d"]);
    expect([...extended(new Set(), lines, "left long ago", "d")]).toEqual(["d"]);
    expect([...all(lines)].toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  it("forgets what is not there any more, and is the same set where nothing is", () => {
    const chosen = new Set(["a", "x"]);
    expect([...pruned(chosen, (id) => id !== "x")]).toEqual(["a"]);
    expect(pruned(chosen, () => true)).toBe(chosen);
  });
});

describe("the scroll of the console", () => {
  const list = (keys: string) => keys.split("").map((key) => ({ key }));
  const was = list("abcdefghij");

  it("keeps the row under the eye where it is when rows come above it, and does not move when they come below", () => {
    expect(heldTop(was, list("xyabcdefghij"), 50, 100, 200, null)).toBe(200);
    expect(heldTop(was, list("abcdefghijx"), 50, 100, 200, null)).toBe(100);
    expect(heldTop(was, list("abcxdefghij"), 50, 100, 200, "d")).toBe(150);
  });

  it("shows new rows at the top to whoever is there and looks at none in particular", () => {
    expect(heldTop(was, list("xabcdefghij"), 50, 0, 200, null)).toBe(0);
    expect(heldTop(was, list("xabcdefghij"), 50, 0, 200, "b")).toBe(50);
    expect(heldTop(was, list("xabcdefghij"), 50, 0, 200, "j")).toBe(0);
  });

  it("goes by the next that is left when the row itself is gone, and never past the ends", () => {
    expect(heldTop(was, list("abcdfghij"), 50, 200, 200, "e")).toBe(150);
    expect(heldTop(was, list("b"), 50, 300, 200, null)).toBe(0);
  });
});
