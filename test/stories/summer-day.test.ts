import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Command, Finding } from "../../server/core/finding.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
import type { PlayedDay } from "../support/played-hall.ts";
import { playDay } from "../support/played-hall.ts";

const MORNING = Date.parse("2026-07-01T08:00:00+08:00");
const NIGHT = Date.parse("2026-07-01T20:00:00+08:00");

describe("a summer working day in the city hall, devices in good order", () => {
  let day: PlayedDay;
  let findings: readonly Finding[];
  let commands: readonly Command[];
  beforeAll(async () => {
    day = await playDay({ start: MORNING, seed: 7, faults: 0 });
    await day.until(NIGHT);
    findings = await day.findings();
    commands = await day.commands();
  });
  afterAll(() => day.close());

  it("has something to do from the first minutes on", () => {
    const first = findings.reduce((a, b) => (a.openedAt < b.openedAt ? a : b));
    expect(first.openedAt - MORNING).toBeLessThan(30 * 60_000);
    expect(new Set(findings.map((f) => f.policy)).size).toBeGreaterThanOrEqual(5);
  });

  it("finds every air conditioner that truly cooled below 26 °C for longer than the hold", () => {
    const truly = day.truth().filter((t) => t.kind === "cooling-floor" && (t.until ?? NIGHT) - t.at > 62_000 && t.at < NIGHT - 120_000);
    expect(truly.length).toBeGreaterThan(0);
    for (const t of truly) {
      const found = findings.filter(
        (f) => f.policy === "cooling-floor" && f.subject.device === t.device && f.since <= t.at + 90_000 && (f.closedAt ?? NIGHT) >= t.at,
      );
      expect(found, `${t.device} from ${new Date(t.at).toISOString()}`).toHaveLength(1);
    }
  });

  it("never finds what did not happen: each finding of cooling-floor is in the record of the truth", () => {
    const truly = day.truth().filter((t) => t.kind === "cooling-floor");
    for (const f of findings.filter((x) => x.policy === "cooling-floor")) {
      expect(
        truly.some((t) => t.device === f.subject.device && t.at <= f.openedAt && (t.until ?? NIGHT) >= f.since),
        `${f.subject.device} ${new Date(f.openedAt).toISOString()}`,
      ).toBe(true);
    }
  });

  it("proves the commands that it sent", () => {
    // Where nothing sees people, somebody who stays late switches the sockets on again: that command rightly gives up.
    const { house } = day.office.flow;
    const seen = (id: string) => house.devicesBySpace.get(house.devices.get(id)!.device.space ?? "")?.some((d) => d.kind === "presence") === true;
    const ended = commands.filter((c) => c.endedAt !== null && c.state !== "canceled" && seen(c.device));
    expect(ended.length).toBeGreaterThan(20);
    expect(ended.filter((c) => c.state !== "proven").map((c) => [c.device, c.state, c.error])).toEqual([]);
    for (const c of ended) expect(c.proof).not.toBeNull();
  });

  it("leaves protected rooms and lamps alone", () => {
    const { house } = day.office.flow;
    for (const c of commands) {
      const { device } = house.devices.get(c.device)!;
      expect(device.protection).toBeNull();
      if (device.space !== null) expect(PROTECTED_CLASSES.has(house.spaces.get(device.space)!.class)).toBe(false);
    }
  });

  it("has at most one open finding for a policy and subject at any time", () => {
    const bySubject = new Map<string, Finding[]>();
    for (const f of findings) {
      const key = `${f.policy} ${f.subject.device} ${f.subject.job}`;
      bySubject.set(key, [...(bySubject.get(key) ?? []), f]);
    }
    for (const list of bySubject.values()) {
      list.sort((a, b) => a.openedAt - b.openedAt);
      for (let i = 1; i < list.length; i++) expect(list[i]!.openedAt).toBeGreaterThanOrEqual(list[i - 1]!.closedAt!);
    }
  });

  it("warns at six and has switched off by ten past what nobody has leave to use", () => {
    const left = findings.filter((f) => f.policy === "after-hours-shutoff");
    expect(left.length).toBeGreaterThan(5);
    for (const f of left) {
      expect(f.openedAt).toBeGreaterThanOrEqual(Date.parse("2026-07-01T18:00:00+08:00"));
      expect(f.actAt! - f.openedAt).toBe(600_000);
    }
    const commanded = commands.filter((c) => c.by === "after-hours-shutoff");
    expect(commanded.length).toBeGreaterThan(0);
    for (const c of commanded) expect(c.plannedAt).toBeGreaterThanOrEqual(Date.parse("2026-07-01T18:10:00+08:00"));
  });

  it("uses measurably less than the same day when nobody enforces", async () => {
    const watched = await playDay({ start: MORNING, seed: 7, faults: 0, mode: "observe" });
    await watched.until(NIGHT);
    expect((await watched.commands()).filter((c) => c.source === "policy")).toEqual([]);
    const kwh = (played: PlayedDay) => Object.values(played.used().kwh).reduce((a, b) => a + b, 0);
    const saved = 1 - kwh(day) / kwh(watched);
    expect(saved).toBeGreaterThan(0.05);
    await watched.close();
  });
});
