import { describe, expect, it } from "vitest";
import type { AlertAction } from "../../../server/core/event.ts";
import type { AlertState } from "../../../server/core/finding.ts";
import { PlayedHouse, rule } from "../../support/played-house.ts";

const MINUTE = 60_000;

/** A house whose alert has come to a given state of ISA-18.2 by its ordinary way there. */
function houseIn(state: AlertState): PlayedHouse {
  const h = new PlayedHouse([rule({ hold: 0, want: null, defaultMode: "advise" })]);
  h.say("light-301", { on: true });
  if (state === "acknowledged") act(h, { kind: "ack", note: null });
  if (state === "shelved") act(h, { kind: "shelve", until: h.now + 10 * MINUTE, note: "painters" });
  if (state === "returned-unacknowledged") h.say("light-301", { on: false });
  expect(h.alerts()[0]!.state).toBe(state);
  return h;
}

const act = (h: PlayedHouse, action: AlertAction) => h.ask("staff", { kind: "alert", alert: h.alerts()[0]!.id, action });

const ack: AlertAction = { kind: "ack", note: null };
const resolve: AlertAction = { kind: "resolve", note: null };

describe("an alert after ISA-18.2", () => {
  const table: [AlertState, string, (h: PlayedHouse) => void, AlertState][] = [
    ["unacknowledged", "acknowledge", (h) => act(h, ack), "acknowledged"],
    ["unacknowledged", "the cause ends", (h) => h.say("light-301", { on: false }), "returned-unacknowledged"],
    ["unacknowledged", "shelve", (h) => act(h, { kind: "shelve", until: h.now + MINUTE, note: "later" }), "shelved"],
    ["unacknowledged", "resolve while the cause stands", (h) => act(h, resolve), "unacknowledged"],
    ["acknowledged", "acknowledge again", (h) => act(h, ack), "acknowledged"],
    ["acknowledged", "the cause ends", (h) => h.say("light-301", { on: false }), "normal"],
    ["returned-unacknowledged", "acknowledge", (h) => act(h, ack), "normal"],
    ["returned-unacknowledged", "resolve", (h) => act(h, resolve), "normal"],
    ["returned-unacknowledged", "shelve", (h) => act(h, { kind: "shelve", until: h.now + MINUTE, note: "later" }), "returned-unacknowledged"],
    ["shelved", "its end comes while the cause stands", (h) => h.wait(600), "unacknowledged"],
    ["shelved", "a second before its end", (h) => h.wait(599), "shelved"],
    ["shelved", "the cause ends", (h) => h.say("light-301", { on: false }), "normal"],
    ["shelved", "acknowledge", (h) => act(h, ack), "acknowledged"],
  ];
  it.each(table)("%s, %s", (from, _what, does, to) => {
    const h = houseIn(from);
    does(h);
    expect(h.alerts()[0]!.state).toBe(to);
    expect(h.house.alerts.has(h.alerts()[0]!.id)).toBe(to !== "normal");
  });

  it("has exactly one who answers: the section chief; and can be given to another", () => {
    const h = houseIn("unacknowledged");
    expect(h.alerts()[0]!.assignee).toBe("chief");
    expect(act(h, { kind: "assign", to: "nobody", note: null })).toMatchObject({ ok: false, refusal: { code: "unknown-person" } });
    act(h, { kind: "assign", to: "deputy", note: null });
    act(h, { kind: "comment", note: "on my way" });
    expect(h.alerts()[0]!.assignee).toBe("deputy");
    expect(h.alerts()[0]!.log.map((l) => [l.by, l.what])).toEqual([
      [null, "raised"],
      ["staff", "assigned"],
      ["staff", "comment"],
    ]);
  });

  it("needs nobody when the house corrected the cause itself", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.say("light-301", { on: true });
    h.say("light-301", { on: false });
    expect(h.alerts()[0]).toMatchObject({ state: "normal", log: [{ what: "raised" }, { what: "returned", note: "corrected" }] });
  });

  it("refuses what is over or makes no sense, and says why", () => {
    const h = houseIn("unacknowledged");
    expect(h.ask("staff", { kind: "alert", alert: "nosuch", action: ack })).toMatchObject({ ok: false, refusal: { code: "alert-not-active" } });
    expect(act(h, { kind: "shelve", until: h.now, note: "now" })).toMatchObject({ ok: false, refusal: { code: "in-the-past" } });
  });
});
