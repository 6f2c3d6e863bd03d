import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterOf, startCounter, takeCount, takeExchange } from "../../server/core/counter.ts";

const MINUTE = 60_000;
const energy = counterOf("energy")!;

/** What a list of readings, `every` minutes apart, comes to; with what was booked at each. */
function used(values: readonly number[], every = 5, point = "energy") {
  const state = startCounter();
  const booked = values.map((value, i) => takeCount(state, counterOf(point)!, i * every * MINUTE, value));
  return { total: sum(booked), booked, state };
}
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("a counter that only rises", () => {
  it("gives its rises, and nothing for the first reading", () => {
    expect(used([100, 100.5, 101.5]).booked).toEqual([0, 0.5, 1]);
  });
});

describe("the pathologies of the field (DEVICES §14)", () => {
  it("1: a true reset near 0 is believed with the second reading, and what follows it counts", () => {
    const { total, booked } = used([123.4, 123.46, 0.01, 0.02, 0.05]);
    expect(booked[2]).toBe(0);
    expect(total).toBeCloseTo(0.06 + 0.01 + 0.03, 9);
  });

  it("1: where one phase of three is reset their sum falls, and goes on from there", () => {
    expect(used([436.7, 436.786, 290.1, 290.2, 290.4]).total).toBeCloseTo(0.086 + 0.1 + 0.2, 9);
  });

  it("2: a dip that recovers (978438 → 7439 → 1150 → 478439 → 978440 Wh) books only what the old line rose by", () => {
    expect(used([978.43, 978.438, 7.439, 1.15, 478.439, 978.44]).total).toBeCloseTo(0.01, 9);
  });

  it("2: zero at a restart and then the old value adds nothing", () => {
    expect(used([500, 0, 500.1, 500.2]).total).toBeCloseTo(0.2, 9);
    expect(used([500, 0, 0, 0, 500.1, 500.2]).total).toBeCloseTo(0.2, 9);
    // The very first thing that is heard may be the zero.
    expect(used([0, 500, 500.1], 1).total).toBeCloseTo(0.1, 9);
  });

  it("2: several dips one above the other on the way back to the old line add nothing", () => {
    const back = Array.from({ length: 200 }, (_, i) => 200 + i);
    for (const dips of [
      [0, 0, 115.7, 115.7],
      [0, 0, 167.7, 167.7],
      [90, 90, 10, 10, 60, 60, 130, 130],
    ])
      expect(used([200, ...dips, ...back]).total, String(dips)).toBeCloseTo(199, 6);
  });

  it("3: a flip-flop between the present and a former value every hour", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => Array.from({ length: 12 }, () => (hour % 2 === 0 ? 500 + hour * 0.1 : 450))).flat();
    expect(used(hours).total).toBeCloseTo(2.2, 9);
    const fast = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 500 + i * 0.1 : 450));
    expect(used(fast).total).toBeCloseTo(4.8, 9);
  });

  it("3: what was booked on the false line is taken off what the old one rose by", () => {
    // 0.1 is booked on the stale line; the true one rose by 0.3 meanwhile.
    expect(used([500, 450, 450.05, 450.1, 500.3]).total).toBeCloseTo(0.3, 9);
  });

  it("4: a small fall after the plug was pulled is no reset: nothing counts until the old value is passed", () => {
    expect(used([3.21, 3.19, 3.2, 3.2, 3.22, 3.25]).total).toBeCloseTo(0.04, 9);
  });

  it("5, 9: what is no number or no value of the point is left out", () => {
    expect(used([10, Number.NaN, -32768, -3, Number.POSITIVE_INFINITY, 2e9, 10.5]).total).toBeCloseTo(0.5, 9);
  });

  it("6: a counter that is stuck uses nothing, and what it catches up with counts once", () => {
    expect(used([10, 10, 10, 12]).total).toBeCloseTo(2, 9);
  });

  it("7: counters roll over at their end: 32 bits of Wh, eight digits of BCD, Tasmota's 42949.67", () => {
    expect(used([4_294_967.2, 0.1, 0.2]).total).toBeCloseTo(4_294_967.296 - 4_294_967.2 + 0.2, 6);
    expect(used([99_999.9, 0.3, 0.4], 60, "volume").total).toBeCloseTo(0.5, 6);
    expect(used([42_949.6, 0.02, 0.04]).total).toBeCloseTo(0.07296 + 0.04, 5);
    expect(used([65_530, 10, 12], 60, "pages").total).toBeCloseTo(18, 6);
  });

  it("7: a reset somewhere else is no roll-over", () => {
    expect(used([61_000, 0, 1]).total).toBeCloseTo(1, 9);
  });

  it("a leap that nobody can have used is another counter, not consumption", () => {
    expect(used([100, 100.1, 9000, 9000.2]).total).toBeCloseTo(0.3, 9);
    // A single spike is forgotten.
    expect(used([100, 9000, 100.1, 100.3]).total).toBeCloseTo(0.3, 9);
  });

  it("a line of its own that climbs past the old one in many steps goes on counting", () => {
    const climb = Array.from({ length: 200 }, (_, i) => i * 0.1);
    expect(used([10, ...climb]).total).toBeCloseTo(19.9, 6);
  });
});

describe("an exchange that a person tells of", () => {
  it("counts what the old one showed at last, and the new one from where it began", () => {
    const state = startCounter();
    takeCount(state, energy, 0, 1000);
    takeCount(state, energy, 5 * MINUTE, 1001);
    expect(takeExchange(state, 6 * MINUTE, 1001.4, 20)).toBeCloseTo(0.4, 9);
    expect(takeCount(state, energy, 10 * MINUTE, 20.5)).toBeCloseTo(0.5, 9);
  });
});

describe("whatever a counter says", () => {
  const values = fc.array(fc.oneof(fc.double({ min: -10, max: 2000 }), fc.constantFrom(0, 500, 500.1, 450, 65_535, Number.NaN)), { maxLength: 60 });

  it("never invents: no more is booked than the true line rose by, however often dips and zeros come in between", () => {
    const rises = fc.array(fc.double({ min: 0, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 40 });
    const lies = fc.array(fc.record({ after: fc.nat(39), dip: fc.double({ min: 0, max: 0.9, noNaN: true }), times: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(rises, lies, (steps, planted) => {
        let truth = 200;
        const readings: number[] = [];
        steps.forEach((step, i) => {
          truth += step;
          readings.push(truth);
          if (i < steps.length - 1) for (const lie of planted) if (lie.after === i) for (let n = 0; n < lie.times; n++) readings.push(200 * lie.dip);
        });
        // What two different dips made of themselves is taken off the true rises that follow.
        for (let n = 0; n < 200; n++) readings.push(++truth);
        const { total } = used(readings);
        const rose = readings.at(-1)! - readings[0]!;
        expect(total).toBeLessThanOrEqual(rose + 1e-6);
        // And nothing true is lost once the line is back.
        expect(total).toBeGreaterThanOrEqual(rose - 1e-6);
      }),
    );
  });

  it("books nothing below 0 and nothing faster than can be", () => {
    fc.assert(
      fc.property(values, (list) => {
        const { booked } = used(list);
        for (const b of booked) expect(b).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
