/** What arrives as one: groups, digests, a channel's rate, floods. Wednesday 1 July 2026, 14:00. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Device } from "../../../server/core/device.ts";
import { device, smallSite, space } from "../../support/small-site.ts";
import { lampOn, MAIL, PAGE_CHANNEL, ROBOT, ToldHouse } from "../../support/told-house.ts";
import type { ToldOptions } from "../../support/told-house.ts";
import { runs } from "../../support/properties.ts";

/** Lamps of many rooms; each floor has a hundred. */
function lamps(count: number): { devices: Device[]; spaces: ReturnType<typeof space>[]; buildings: { id: string; name: string; floors: string[] }[] } {
  const rooms = Array.from({ length: count }, (_, i) => space(`${Math.floor(i / 100) + 1}-${i}`, "office", { floor: String(Math.floor(i / 100) + 1) }));
  return {
    spaces: rooms,
    devices: rooms.map((room, i) => device(`lamp-${i}`, "light", room.id.slice(5), { interval: 3600 })),
    buildings: [{ id: "hall", name: "Hall", floors: Array.from({ length: Math.ceil(count / 100) }, (_, i) => String(i + 1)) }],
  };
}

function hall(count: number, options: ToldOptions = {}): ToldHouse {
  return new ToldHouse("07-01 14:00", { ...options, site: { ...lamps(count), ...options.site } });
}

const lit = (h: ToldHouse, from: number, to: number, on = true) => {
  for (let i = from; i < to; i++) h.lamp(on, `lamp-${i}`);
};

describe("alerts of one cause", () => {
  it("arrive as one message", () => {
    const h = hall(60);
    lit(h, 0, 60);
    h.until("07-01 14:10");
    expect(h.timetable()).toEqual([{ at: "14:00:30", who: "chief", by: "page", how: "raised", alerts: 60 }]);
    expect(new Set(h.alerts().map((a) => a.group)).size).toBe(1);
  });

  it("also where they come one after the other: what comes later waits for the next message about the cause", () => {
    const h = hall(60);
    for (let i = 0; i < 60; i++) {
      h.lamp(true, `lamp-${i}`);
      h.wait(2);
    }
    h.until("07-01 14:14");
    expect(h.timetable().map((t) => [t.at, t.alerts])).toEqual([
      ["14:00:30", 15],
      ["14:05:30", 45],
    ]);
  });

  it("climb as one", () => {
    const h = hall(60);
    for (let i = 0; i < 20; i++) {
      h.lamp(true, `lamp-${i}`);
      h.wait(1);
    }
    h.until("07-01 14:50");
    expect(h.timetable().filter((t) => t.how === "climbed")).toMatchObject([
      { at: "14:15:00", who: "deputy", alerts: 20 },
      { at: "14:45:00", who: "director", alerts: 20 },
    ]);
  });

  it("on two floors are two", () => {
    const h = hall(120);
    lit(h, 95, 105);
    expect(new Set(h.alerts().map((a) => a.group)).size).toBe(2);
  });

  it("of another day are another", () => {
    const h = hall(2);
    h.lamp(true, "lamp-0").until("07-01 14:16").lamp(true, "lamp-1");
    expect(new Set(h.alerts().map((a) => a.group)).size).toBe(2);
  });
});

describe("a digest", () => {
  it("what is not severe is told to one person at most once an hour, together", () => {
    const h = hall(400, { policies: [lampOn("low")] });
    for (let i = 0; i < 4; i++) {
      h.lamp(true, `lamp-${i * 100}`);
      h.wait(600);
    }
    h.until("07-01 16:00");
    expect(h.timetable().map((t) => [t.at, t.alerts])).toEqual([
      ["14:15:00", 1],
      ["15:15:00", 3],
    ]);
  });

  it("something severe does not wait for it", () => {
    const low = lampOn("low");
    const high = lampOn("high", { id: "ac", kinds: ["ac"] });
    const h = new ToldHouse("07-01 14:00", { policies: [{ ...low, kinds: ["light"] }, high] });
    h.lamp().until("07-01 14:20").lamp(true, "ac-302").until("07-01 14:30");
    expect(h.timetable().map((t) => [t.at, t.alerts])).toEqual([
      ["14:15:00", 1],
      ["14:20:30", 1],
    ]);
  });

  it("leaves out what was answered or is over by then", () => {
    const h = hall(400, { policies: [lampOn("low")] });
    lit(h, 0, 1);
    h.until("07-01 14:20");
    for (const i of [100, 200, 300]) h.lamp(true, `lamp-${i}`);
    h.until("07-01 15:00").lamp(false, "lamp-200");
    expect(
      h
        .until("07-01 16:00")
        .timetable()
        .map((t) => [t.at, t.alerts]),
    ).toEqual([
      ["14:15:00", 1],
      ["15:15:00", 2],
    ]);
  });
});

/** The most messages that left a channel within any minute. */
function fastest(h: ToldHouse, channel: string): number {
  const times = h.notices.filter((n) => n.notice.channel === channel).map((n) => n.at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
}

describe("a channel's rate", () => {
  const manyChiefs = (count: number) => ({
    departments: Array.from({ length: count }, (_, i) => ({ id: `d${i}`, name: `d${i}`, chief: `c${i}`, deputy: null })),
    people: [
      ...smallSite().people,
      ...Array.from({ length: count }, (_, i) => ({ id: `c${i}`, name: `c${i}`, role: "chief" as const, department: `d${i}`, email: null })),
    ],
    devices: Array.from({ length: count }, (_, i) => device(`lamp-${i}`, "light", "301", { department: `d${i}` })),
    spaces: [space("301", "office")],
  });

  it("is never exceeded, and nobody is forgotten", () => {
    const slow = { ...MAIL, perMinute: 20, reaches: null };
    const h = new ToldHouse("07-01 14:00", { channels: [slow], site: manyChiefs(50) });
    lit(h, 0, 50);
    h.until("07-01 14:10");
    expect(fastest(h, "mail")).toBe(20);
    expect(new Set(h.timetable().map((t) => t.who)).size).toBe(50);
    expect(
      h
        .timetable()
        .map((t) => t.at)
        .filter((t) => t === "14:00:30"),
    ).toHaveLength(20);
  });

  it("counts also what left before a restart", () => {
    const slow = { ...MAIL, perMinute: 20, reaches: null };
    const h = new ToldHouse("07-01 14:00", { channels: [slow], site: manyChiefs(50) });
    lit(h, 0, 50);
    h.until("07-01 14:00:40");
    const after = h.restart(5).until("07-01 14:10");
    expect(after.timetable()[0]!.at).toBe("14:01:30");
    expect(new Set([...h.calls(), ...after.calls()].map((c) => c.slice(9))).size).toBe(50);
    expect(after.timetable()).toHaveLength(30);
  });

  it("holds for any rate, any severities and any failures", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ lamp: fc.integer({ min: 0, max: 19 }), wait: fc.integer({ min: 0, max: 40 }), on: fc.boolean() }), { maxLength: 40 }),
        fc.infiniteStream(fc.constantFrom("ok", "ok", "later", "never")),
        (perMinute, moves, fates) => {
          const channel = { ...MAIL, perMinute, reaches: null };
          const h = new ToldHouse("07-01 14:00", {
            channels: [channel, ROBOT],
            site: manyChiefs(20),
            deliver: () => {
              const fate = fates.next().value;
              return fate === "ok" ? { ok: true } : { ok: false, retry: fate === "later", error: "x" };
            },
          });
          for (const { lamp, wait, on } of moves) {
            h.lamp(on, `lamp-${lamp}`);
            h.wait(wait);
          }
          h.wait(1200);
          expect(fastest(h, "mail")).toBeLessThanOrEqual(perMinute);
          expect(fastest(h, "robot")).toBeLessThanOrEqual(ROBOT.perMinute);
          // Everything that still stands was told to somebody or is about to be, and says by what.
          for (const a of h.house.alerts.values()) {
            const waits = [...h.house.waiting.values()].some((w) => w.alerts.has(a.id));
            if (a.state === "unacknowledged" && a.climbed >= 0) expect(a.told.length > 0 || waits).toBe(true);
          }
        },
      ),
      { numRuns: runs(30) },
    );
  });
});

describe("a flood", () => {
  it("of more than ten causes in ten minutes for one person is told as one summary", () => {
    const h = hall(3000);
    for (let i = 0; i < 30; i++) {
      h.lamp(true, `lamp-${i * 100}`);
      h.wait(10);
    }
    h.until("07-01 14:12");
    const told = h.timetable().filter((t) => t.who === "chief");
    expect(told.filter((t) => t.how === "raised").length).toBeLessThanOrEqual(10);
    expect(told.filter((t) => t.how === "summary").length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(10 + 6);
    expect(told.reduce((sum, t) => sum + t.alerts, 0)).toBe(30);
  });

  it("of ten thousand alerts: all are kept, few messages leave", () => {
    const h = hall(10_000, { channels: [PAGE_CHANNEL, ROBOT] });
    lit(h, 0, 10_000);
    h.until("07-01 14:02");
    expect(h.house.alerts.size).toBe(10_000);
    expect(new Set(h.alerts().map((a) => a.group)).size).toBe(100);
    expect(h.timetable().map((t) => [t.by, t.how, t.alerts])).toEqual([
      ["page", "summary", 10_000],
      ["robot", "summary", 10_000],
    ]);
  }, 60_000);
});
