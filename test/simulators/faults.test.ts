import { describe, expect, it } from "vitest";
import { FAULTS } from "../../simulators/faults/catalogue.ts";
import type { Hall } from "../../simulators/office/hall.ts";
import { createHall } from "../../simulators/office/hall.ts";
import type { Outgoing } from "../../simulators/office/speaker.ts";
import { plainDay } from "../../simulators/stories/plain-day.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

const MINUTE = 60_000;
const site = smallSite();

/** A hall at nine in the evening, where one device has one fault for twenty minutes. */
function faulty(device: string, fault: string): Hall {
  const hall = createHall({ site, seed: 1, start: SUMMER_MORNING + 13 * 60 * MINUTE, story: plainDay, faults: 0 });
  hall.advance(MINUTE);
  const sim = hall.devices.find((d) => d.device.id === `hall/${device}`);
  if (sim === undefined) throw new Error(`no ${device}`);
  expect(hall.office.misbehave(sim, fault, 20, hall.now())).toBe(true);
  return hall;
}
const of = (messages: readonly Outgoing[], device: string, part: string): string[] =>
  messages.filter((m) => m.topic === `jieyue/hall/${device}/${part}`).map((m) => m.payload);

function commanded(hall: Hall, device: string, ms: number): Outgoing[] {
  hall.command(`jieyue/hall/${device}/set`, '{"on":true,"id":"c"}', hall.now());
  return hall.advance(ms);
}

describe("faults", () => {
  it("slow-answer: acks and acts late", () => {
    const hall = faulty("light-302", "slow-answer");
    expect(of(commanded(hall, "light-302", 4000), "light-302", "ack")).toEqual([]);
    expect(of(hall.advance(30_000), "light-302", "ack")).toHaveLength(1);
  });

  it("lost-answer: never acks", () => {
    const hall = faulty("light-302", "lost-answer");
    expect(of(commanded(hall, "light-302", MINUTE), "light-302", "ack")).toEqual([]);
  });

  it("refuses: says so, and does nothing", () => {
    const hall = faulty("light-302", "refuses");
    const out = commanded(hall, "light-302", MINUTE);
    expect(of(out, "light-302", "ack")).toEqual(['{"id":"c","accepted":false,"error":"locked at the panel"}']);
    expect(of(out, "light-302", "state").every((s) => s.includes('"on":false'))).toBe(true);
  });

  it("says-off: reports off, and draws power", () => {
    const hall = faulty("light-302", "says-off");
    commanded(hall, "light-302", 5000);
    hall.command("jieyue/hall/light-302/set", '{"on":false,"id":"d"}', hall.now());
    const last = JSON.parse(of(hall.advance(2 * MINUTE), "light-302", "state").at(-1) ?? "{}") as Record<string, unknown>;
    expect(last["on"]).toBe(false);
    expect(Number(last["power"])).toBeGreaterThan(50);
  });

  it("stuck: repeats one value", () => {
    const hall = faulty("outdoor-1", "stuck");
    const values = of(hall.advance(15 * MINUTE), "outdoor-1", "state").map((s) => (JSON.parse(s) as { humidity: number }).humidity);
    expect(values.length).toBeGreaterThan(10);
    expect(new Set(values).size).toBe(1);
  });

  it("no-clock, wrong-zone, duplicate: time missing, eight hours ahead, and all twice", () => {
    expect(of(faulty("meter-2", "no-clock").advance(2 * MINUTE), "meter-2", "state").every((s) => !s.includes('"ts"'))).toBe(true);
    const zone = faulty("meter-2", "wrong-zone");
    const ahead = JSON.parse(of(zone.advance(2 * MINUTE), "meter-2", "state")[0] ?? "{}") as { ts: string };
    expect((Date.parse(ahead.ts) - zone.now()) / 3_600_000).toBeCloseTo(8, 1);
    const twice = of(faulty("meter-2", "duplicate").advance(5 * MINUTE), "meter-2", "state");
    expect(twice.length).toBeGreaterThan(5);
    expect(twice.length).toBe(2 * new Set(twice).size);
  });

  it("offline: says goodbye, is deaf and dumb, and comes back with its state", () => {
    const hall = faulty("light-302", "offline");
    const away = commanded(hall, "light-302", 15 * MINUTE);
    expect(away.filter((m) => m.topic.includes("/light-302/"))).toEqual([{ topic: "jieyue/hall/light-302/availability", payload: "offline", retain: true }]);
    const back = hall.advance(6 * MINUTE).filter((m) => m.topic.includes("/light-302/"));
    expect(back[0]).toEqual({ topic: "jieyue/hall/light-302/availability", payload: "online", retain: true });
    expect(back[1]?.payload).toContain('"on":false');
  });

  it("malformed: some messages cannot be read, some can", () => {
    const payloads = of(faulty("meter-2", "malformed").advance(20 * MINUTE), "meter-2", "state");
    const good = payloads.filter((p) => p.includes('"ts"')).length;
    expect(good).toBeGreaterThan(3);
    expect(good).toBeLessThan(payloads.length);
  });

  it("counter-dip: falls, and is what it was when it is over", () => {
    const hall = faulty("meter-2", "counter-dip");
    const energy = (messages: readonly Outgoing[]): number[] => of(messages, "meter-2", "state").map((s) => (JSON.parse(s) as { energy: number }).energy);
    const low = energy(hall.advance(15 * MINUTE)).at(-1) ?? Infinity;
    const high = energy(hall.advance(8 * MINUTE)).at(-1) ?? 0;
    expect(low).toBeLessThan(high * 0.03);
  });

  it("come by chance at the rate asked for, are recorded, and never without", () => {
    const count = (rate: number): number => {
      const hall = createHall({ site, seed: 1, start: SUMMER_MORNING, story: plainDay, faults: rate, step: 60 });
      hall.advance(16 * 60 * MINUTE);
      return hall.record.all().filter((t) => t.kind.startsWith("fault:")).length;
    };
    expect(count(0)).toBe(0);
    expect(count(10)).toBeGreaterThan(count(1));
    expect(count(1)).toBeGreaterThan(0);
  });

  it("have names that differ and rates that are probabilities", () => {
    expect(new Set(FAULTS.map((f) => f.name)).size).toBe(FAULTS.length);
    expect(FAULTS.every((f) => f.perDay > 0 && f.perDay < 0.2 && f.minutes[0] <= f.minutes[1])).toBe(true);
    const hall = createHall({ site, seed: 1, start: SUMMER_MORNING, story: plainDay, faults: 0 });
    const sim = hall.devices[0];
    if (sim === undefined) throw new Error("no devices");
    expect(hall.office.misbehave(sim, "no-such-fault", 1, hall.now())).toBe(false);
  });
});
