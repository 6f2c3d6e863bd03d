import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoomHeat, RoomInputs } from "../../simulators/office/rooms.ts";
import { roomBody, stepRoom } from "../../simulators/office/rooms.ts";

const body = roomBody({ area: 30, windows: 180 });
const still: RoomInputs = { outdoor: 20, sun: 0, gains: 0, conditioning: 0, open: false };

function after(hours: number, from: RoomHeat, inputs: RoomInputs, dt = 30): RoomHeat {
  let heat = from;
  for (let t = 0; t < hours * 3600; t += dt) heat = stepRoom(body, heat, inputs, dt);
  return heat;
}

describe("a room's heat", () => {
  it("comes to the outdoor temperature when left alone", () => {
    const heat = after(24 * 20, { air: 35, mass: 30 }, still, 60);
    expect(heat.air).toBeCloseTo(20, 1);
    expect(heat.mass).toBeCloseTo(20, 1);
  });

  it("never leaves the range of what drives it", () => {
    const temperature = fc.double({ min: -20, max: 45, noNaN: true });
    fc.assert(
      fc.property(temperature, temperature, temperature, fc.double({ min: 1, max: 60, noNaN: true }), fc.boolean(), (air, mass, outdoor, dt, open) => {
        const next = stepRoom(body, { air, mass }, { ...still, outdoor, open }, dt);
        const low = Math.min(air, mass, outdoor) - 1e-9;
        const high = Math.max(air, mass, outdoor) + 1e-9;
        return next.air >= low && next.air <= high && next.mass >= low && next.mass <= high;
      }),
    );
  });

  it("keeps the books: what came in is what the nodes hold and what went out", () => {
    const inputs: RoomInputs = { outdoor: 31, sun: 250, gains: 700, conditioning: -900, open: false };
    let heat: RoomHeat = { air: 27, mass: 26 };
    const before = heat.air * body.airCapacity + heat.mass * body.massCapacity;
    let came = 0;
    for (let t = 0; t < 3600; t += 10) {
      heat = stepRoom(body, heat, inputs, 10);
      const exchange = (1206 * body.volume * 0.4) / 3600;
      came += 10 * (inputs.sun * body.aperture + inputs.gains + inputs.conditioning + exchange * (31 - heat.air) + body.envelope * (31 - heat.mass));
    }
    const held = heat.air * body.airCapacity + heat.mass * body.massCapacity - before;
    expect(held / came).toBeCloseTo(1, 6);
  });

  it("gives the same answer for steps of 5 and of 60 seconds", () => {
    const inputs: RoomInputs = { outdoor: 33, sun: 300, gains: 600, conditioning: -1500, open: false };
    expect(after(3, { air: 30, mass: 29 }, inputs, 60).air).toBeCloseTo(after(3, { air: 30, mass: 29 }, inputs, 5).air, 1);
  });

  it("cools when cooled, warms by people, and feels an open window more than a shut one", () => {
    const start = { air: 28, mass: 28 };
    const idle = after(1, start, { ...still, outdoor: 32 }).air;
    expect(after(1, start, { ...still, outdoor: 32, conditioning: -2000 }).air).toBeLessThan(idle - 1);
    expect(after(1, start, { ...still, outdoor: 32, gains: 500 }).air).toBeGreaterThan(idle + 0.3);
    const shut = after(1, start, { ...still, outdoor: 10 }).air;
    expect(after(1, start, { ...still, outdoor: 10, open: true }).air).toBeLessThan(shut - 2);
  });
});
