/** Keys, the bell, the chain and the timeline of the console. */
import { describe, expect, it } from "vitest";
import { newCauses } from "../../dashboard/src/console/causes.ts";
import { chainOf } from "../../dashboard/src/console/chain.ts";
import type { Focus, Stroke } from "../../dashboard/src/console/keys.ts";
import { GOALS, commandFor } from "../../dashboard/src/console/keys.ts";
import type { Tabs } from "../../dashboard/src/console/once.ts";
import { claim } from "../../dashboard/src/console/once.ts";
import { timelineOf } from "../../dashboard/src/console/timeline.ts";
import type { AlertDto } from "../../server/contract/alerts.ts";
import { alert } from "./dtos.ts";

const stroke = (key: string, over: Partial<Stroke> = {}): Stroke => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  ...over,
});
const press = (key: string, focus: Focus = "nowhere", over: Partial<Stroke> = {}) => commandFor(stroke(key, over), focus, false, true).command;

describe("keys", () => {
  it("move, choose and act", () => {
    expect(press("j")).toEqual({ kind: "move", by: 1, extend: false });
    expect(press("ArrowUp", "list", { shiftKey: true })).toEqual({ kind: "move", by: -1, extend: true });
    expect(press("K", "list", { shiftKey: true })).toEqual({ kind: "move", by: -1, extend: true });
    expect(["x", "a", "s", "c", "o", "/", "?", "l", "h"].map((key) => press(key)?.kind)).toEqual([
      "select",
      "ack",
      "shelve",
      "comment",
      "out-of-service",
      "search",
      "help",
      "unfold",
      "fold",
    ]);
    expect(press("a", "list", { ctrlKey: true })).toEqual({ kind: "select-all" });
    expect(press("Escape")).toEqual({ kind: "close" });
  });

  it("are never taken from what one types into, from a dialog, or from an input method", () => {
    for (const key of ["j", "a", "x", " ", "Enter", "Escape", "/", "ArrowDown", "g"]) {
      expect(commandFor(stroke(key), "field", false, true)).toEqual({ command: null, waits: false });
      expect(commandFor(stroke(key), "dialog", false, true)).toEqual({ command: null, waits: false });
      expect(press(key, "list", { isComposing: true })).toBeNull();
    }
  });

  it("leave a button its own keys, and the browser its own", () => {
    for (const key of ["Enter", " ", "ArrowDown", "Home"]) expect(press(key, "control")).toBeNull();
    expect(press("a", "control")).toEqual({ kind: "ack" });
    for (const key of ["a", "c", "s", "f"]) expect(press(key, "nowhere", { ctrlKey: true })).toBeNull();
    for (const key of [" ", "Enter", "PageDown"]) expect(press(key, "nowhere")).toBeNull();
    expect(press("j", "nowhere", { metaKey: true })).toBeNull();
  });

  it("lead by g and a letter to a filter", () => {
    expect(commandFor(stroke("g"), "list", false, true)).toEqual({ command: null, waits: true });
    for (const [letter, to] of Object.entries(GOALS)) {
      if (to !== "first") expect(commandFor(stroke(letter), "list", true, true).command).toEqual({ kind: "go", to });
    }
    expect(commandFor(stroke("g"), "list", true, true).command).toEqual({ kind: "edge", to: "first" });
    expect(commandFor(stroke("z"), "list", true, true)).toEqual({ command: null, waits: false });
  });

  it("can be kept to the list, for whoever speaks to their machine", () => {
    expect(commandFor(stroke("a"), "nowhere", false, false).command).toBeNull();
    expect(commandFor(stroke("a"), "list", false, false).command).toEqual({ kind: "ack" });
    expect(commandFor(stroke("Escape"), "nowhere", false, false).command).toEqual({ kind: "close" });
  });
});

describe("the bell", () => {
  it("rings for a new cause, once for all of its alerts, and again only when it becomes graver", () => {
    const first = newCauses([alert({ id: "a" })], null);
    expect(first.fresh).toEqual([]);
    const second = newCauses(
      [alert({ id: "a" }), alert({ id: "b", group: "g" }), alert({ id: "c", group: "g", severity: "high" }), alert({ id: "d", severity: "low" })],
      first.standing,
    );
    expect(second.fresh).toEqual([
      { cause: "group g", severity: "high" },
      { cause: "d", severity: "low" },
    ]);
    const third = newCauses(
      [alert({ id: "e", group: "g", severity: "medium" }), alert({ id: "f", group: "g", severity: "high" }), alert({ id: "d", severity: "medium" })],
      second.standing,
    );
    expect(third.fresh).toEqual([{ cause: "d", severity: "medium" }]);
  });

  it("rings again for a cause that was over", () => {
    const first = newCauses([alert({ id: "a" })], new Map());
    const over = newCauses([], first.standing);
    expect(newCauses([alert({ id: "a" })], over.standing).fresh).toEqual([{ cause: "a", severity: "medium" }]);
  });
});

describe("several tabs", () => {
  /** What the tabs of one browser share; time moves only when it is moved. */
  function browser(withLocks: boolean) {
    const items = new Map<string, string>();
    const held = new Set<string>();
    let now = 1000;
    let sleeping: { until: number; wake: () => void }[] = [];
    const wait = (ms: number) => new Promise<void>((wake) => sleeping.push({ until: now + ms, wake }));
    const locks = {
      request: async (name: string, _options: object, then: (lock: object | null) => unknown) => {
        await Promise.resolve();
        if (held.has(name)) return then(null);
        held.add(name);
        await then({ name });
        held.delete(name);
        return undefined;
      },
    };
    const store = { getItem: (name: string) => items.get(name) ?? null, setItem: (name: string, value: string) => void items.set(name, value) };
    return {
      tab: (name: string): Tabs => ({ locks: withLocks ? locks : null, store, tab: name, now: () => now, wait }),
      async pass(ms: number) {
        for (let i = 0; i < 10; i++) await Promise.resolve();
        now += ms;
        const due = sleeping.filter((s) => s.until <= now);
        sleeping = sleeping.filter((s) => s.until > now);
        for (const s of due) s.wake();
        for (let i = 0; i < 10; i++) await Promise.resolve();
      },
    };
  }

  it.each([true, false])("agree on one (with locks: %s), also when they ask at once, and on another only after a while", async (withLocks) => {
    const { tab, pass } = browser(withLocks);
    const asked = ["1", "2", "3"].map((name) => claim(tab(name), "k", 10_000));
    await pass(150);
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    const late = claim(tab("4"), "k", 10_000);
    const other = claim(tab("4"), "another", 10_000);
    await pass(150);
    expect([await late, await other]).toEqual([false, true]);
    await pass(10_000);
    const again = claim(tab("2"), "k", 10_000);
    await pass(150);
    expect(await again).toBe(true);
  });

  it("that can agree by nothing each do it", async () => {
    const alone = { locks: null, store: null, tab: "1", now: () => 0, wait: async () => {} };
    expect(await claim(alone, "k", 1)).toBe(true);
    const full = () => {
      throw new Error("full");
    };
    expect(await claim({ ...alone, store: { getItem: () => null, setItem: full } }, "k", 1)).toBe(true);
  });
});

const T = (minute: number) => `2026-07-01T09:${String(minute).padStart(2, "0")}:00+08:00`;
const told = (minute: number, person: string, how: "raised" | "climbed"): AlertDto["told"][number] => ({
  at: T(minute),
  person,
  channel: "page",
  how,
  notice: `n${minute}`,
  state: "sent",
  error: null,
});

describe("the chain of an alert", () => {
  const chain = [
    { level: "chief", person: "chief", at: T(1) },
    { level: "deputy", person: "deputy", at: T(15) },
    { level: "director", person: "director", at: T(45) },
  ] as const;
  const climbed = alert({ chain: [...chain], climbed: 1, climbsAt: T(50), assignee: "deputy" });

  it("says who had it, who has it, and who is next when", () => {
    expect(chainOf(climbed)).toEqual([
      { level: "chief", person: "chief", state: "passed", at: T(1) },
      { level: "deputy", person: "deputy", state: "now", at: T(15) },
      { level: "director", person: "director", state: "next", at: T(50) },
    ]);
  });

  it("begins with the first, who is still to hear of it, and shows who stands in", () => {
    const young = { ...climbed, climbed: -1, climbsAt: T(1), assignee: "stand-in" };
    expect(chainOf(young).map((l) => [l.person, l.state])).toEqual([
      ["stand-in", "now"],
      ["deputy", "later"],
      ["director", "later"],
    ]);
  });

  it("ends with whoever answered, or where it does not climb any more", () => {
    expect(chainOf({ ...climbed, state: "acknowledged", climbsAt: null }).map((l) => l.state)).toEqual(["passed", "now", "spared"]);
    expect(chainOf({ ...climbed, climbsAt: null }).map((l) => l.state)).toEqual(["passed", "now", "spared"]);
  });
});

describe("the timeline of an alert", () => {
  it("is what was done and who was told, newest first; being told comes after what it tells of", () => {
    const moments = timelineOf({
      log: [
        { at: T(0), by: null, what: "raised", note: null },
        { at: T(15), by: null, what: "climbed", note: "deputy" },
      ],
      told: [told(1, "chief", "raised"), told(15, "deputy", "climbed")],
    });
    expect(moments.map((m) => (m.kind === "log" ? m.entry.what : `told ${m.told.person}`))).toEqual(["told deputy", "climbed", "told chief", "raised"]);
  });
});
