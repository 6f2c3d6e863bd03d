import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseSite } from "../../server/contract/parse-site.ts";
import { createLocalClock } from "../../simulators/local-time.ts";
import { createHall } from "../../simulators/office/hall.ts";
import type { Outgoing } from "../../simulators/office/speaker.ts";
import { STORIES } from "../../simulators/stories/catalogue.ts";
import { summerDay } from "../../simulators/stories/summer-day.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const site = smallSite();
const clock = createLocalClock(site.timezone);

function startOf(text: string): number {
  const local = Date.parse(`${text}Z`);
  return local - clock.offset(local);
}
function states(messages: readonly Outgoing[], device: string): Record<string, unknown>[] {
  return messages.filter((m) => m.topic === `jieyue/${device}/state`).map((m) => JSON.parse(m.payload) as Record<string, unknown>);
}

describe("the demonstration's story", () => {
  it.each([1, 2, 3, 42, 2026])("shows 22 °C at ac-301 within ten minutes, whatever the seed (%i)", (seed) => {
    const hall = createHall({ site, seed, start: SUMMER_MORNING, story: summerDay });
    const messages = hall.advance(10 * MINUTE);
    const low = states(messages, "hall/ac-301").filter((s) => s["on"] === true && s["mode"] === "cool" && s["setpoint"] === 22);
    expect(Date.parse(String(low[0]?.["ts"])) - SUMMER_MORNING).toBeLessThanOrEqual(4 * MINUTE);
    // It lasts until somebody or something mends it, and people are there.
    expect(states(messages, "hall/ac-301").at(-1)).toMatchObject({ on: true, setpoint: 22 });
    expect(states(messages, "hall/presence-301").at(-1)).toMatchObject({ occupied: true });
    expect(states(messages, "hall/light-facade").at(-1)).toMatchObject({ on: true });
  });

  it("takes the correction: ac-301 obeys a command to 26 °C and stays there while the scene lasts", () => {
    const hall = createHall({ site, seed: 5, start: SUMMER_MORNING, story: summerDay });
    hall.advance(5 * MINUTE);
    hall.command("jieyue/hall/ac-301/set", '{"setpoint":26,"id":"c"}', hall.now());
    const after = states(hall.advance(10 * MINUTE), "hall/ac-301");
    expect(after.filter((s) => s["setpoint"] === 26).length).toBeGreaterThan(5);
    expect(after.at(-1)).toMatchObject({ setpoint: 26 });
  });

  it("goes on: window, tap, lamps and a held job in the first half hour, forgotten things after half past five", () => {
    const hall = createHall({ site, seed: 1, start: SUMMER_MORNING, story: summerDay });
    const messages = hall.advance(30 * MINUTE);
    const kinds = new Set(
      hall.record
        .all()
        .filter((t) => t.at >= SUMMER_MORNING)
        .map((t) => t.kind),
    );
    for (const kind of ["cooling-floor", "window-open-no-ac", "vacant-water-off", "vacant-lights-off", "decorative-lights-off", "print:big"])
      expect(kinds).toContain(kind);
    expect(messages.some((m) => m.topic.endsWith("/job") && m.payload.includes('"held"'))).toBe(true);
    hall.advance(11 * HOUR);
    const evening = SUMMER_MORNING + 9.5 * HOUR;
    expect(hall.record.all().filter((t) => t.kind === "after-hours-shutoff" && t.at >= evening).length).toBeGreaterThan(2);
  });
});

describe("the record of truth", () => {
  it("agrees with what was published, to the step", () => {
    const hall = createHall({ site, seed: 4, start: SUMMER_MORNING, story: summerDay, faults: 0, step: 10 });
    const messages = hall.advance(12 * HOUR);
    const truths = hall.record.all().filter((t) => t.kind === "cooling-floor" && t.at > SUMMER_MORNING);
    expect(truths.length).toBeGreaterThan(5);
    for (const device of new Set(truths.map((t) => t.device ?? ""))) {
      // Begins and ends of the breach as a listener sees them.
      const said: number[] = [];
      let was = false;
      for (const s of states(messages, device)) {
        const is = s["on"] === true && s["mode"] === "cool" && Number(s["setpoint"]) < 26;
        if (is !== was) said.push(Date.parse(String(s["ts"])));
        was = is;
      }
      const known = truths.filter((t) => t.device === device).flatMap((t) => (t.until === null ? [t.at] : [t.at, t.until]));
      expect(known.length).toBe(said.length);
      known.forEach((at, i) => expect(Math.abs(at - (said[i] ?? 0))).toBeLessThanOrEqual(10_000));
      const told = hall.record.all().filter((t) => t.kind === "told:cooling-floor" && t.device === device && t.at > SUMMER_MORNING);
      expect(told.flatMap((t) => (t.until === null ? [t.at] : [t.at, t.until]))).toEqual(said);
    }
  });
});

describe.each(STORIES)("story $name", (story) => {
  it("starts at its own time and plants something within its first two hours (but for the plain day)", () => {
    const start = startOf(story.start);
    expect(clock.iso(start)).toMatch(new RegExp(`^${story.start}`));
    const hall = createHall({ site, seed: 1, start, story, step: 30 });
    hall.advance(2 * HOUR);
    const planted = hall.record.all().filter((t) => t.at >= start && (t.note?.startsWith("story") === true || t.kind.startsWith("story:")));
    expect(planted.length > 0).toBe(story.plants.length > 0);
  });
});

describe("the demonstration in the shipped city hall", () => {
  it("finds every room and device that it names", async () => {
    const parsed = parseSite(parse(await readFile(new URL("../../server/settings/sites/city-hall.yaml", import.meta.url), "utf8")));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const names = new Set([...parsed.site.spaces, ...parsed.site.devices].map((one) => one.id.slice(one.id.indexOf("/") + 1)));
    const named = summerDay.plants.flatMap(({ scene }) =>
      "room" in scene ? [scene.room] : "copier" in scene ? [scene.copier] : "device" in scene ? [scene.device] : [],
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });
});
