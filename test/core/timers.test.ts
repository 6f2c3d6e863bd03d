import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimerQueue } from "../../server/core/timers.ts";

describe("TimerQueue", () => {
  it("gives back what is due in the order of time, ties as they came", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 60 }), (times, now) => {
        const queue = new TimerQueue<number>();
        times.forEach((at, i) => queue.add(at, i));
        const taken: { at: number; what: number }[] = [];
        for (let t = queue.take(now); t !== undefined; t = queue.take(now)) taken.push({ at: t.at, what: t.what });
        const expected = times
          .map((at, what) => ({ at, what }))
          .filter((t) => t.at <= now)
          .sort((a, b) => a.at - b.at || a.what - b.what);
        expect(taken).toEqual(expected);
        expect(queue.size).toBe(times.length - expected.length);
        expect(queue.next).toBe(times.some((t) => t > now) ? Math.min(...times.filter((t) => t > now)) : null);
      }),
    );
  });
});
