/** A load wakes a judgement only where it crosses an edge that matters, and at the judgement's own turn. */
import { expect, it } from "vitest";
import { fine } from "../../server/core/policies/inputs.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";

/** A rule that notes when it is asked, in s after T0; above 50 W it is broken. */
function noting(): { readonly policy: PolicyDefinition; readonly asked: number[] } {
  const asked: number[] = [];
  const looks = { point: "power", edges: [2, 50], every: 60_000 };
  const policy = rule({
    judge(view) {
      asked.push((view.now - T0) / 1000);
      const power = view.point("power")?.value;
      if (view.point("on")?.value !== true) return fine("off");
      if (typeof power !== "number" || power <= 50) return fine("waits", {}, undefined, looks);
      return { state: "breach", reason: "is-on", evidence: { power }, hold: 0, want: null, looks };
    },
  });
  return { policy, asked };
}

function play() {
  const { policy, asked } = noting();
  const house = new PlayedHouse([policy]);
  house.say("ac-301", { on: true, power: 20 });
  asked.length = 0;
  return { house, asked };
}

it("is not woken by what moves between two edges, nor by the clock", () => {
  const { house, asked } = play();
  for (let i = 0; i < 30; i++) {
    house.wait(10);
    house.say("ac-301", { on: true, power: 20 + i });
  }
  expect(asked).toEqual([]);
});

it("is woken at its next turn after a load crossed an edge, once", () => {
  const { house, asked } = play();
  house.wait(70);
  house.say("ac-301", { on: true, power: 51 });
  house.wait(10);
  house.say("ac-301", { on: true, power: 20 });
  house.say("ac-301", { on: true, power: 80 });
  house.wait(100);
  expect(asked).toEqual([120]);
  expect(house.findings()).toMatchObject([{ state: "open", openedAt: T0 + 120_000 }]);
  // The turn counts from the judgement before.
  house.wait(5);
  house.say("ac-301", { on: true, power: 50 });
  house.wait(60);
  expect(asked).toEqual([120, 240]);
  expect(house.findings()).toMatchObject([{ state: "closed" }]);
});

it("counts a breach from when its edge was crossed, however long ago all was last asked about", () => {
  const { policy } = noting();
  const held: PolicyDefinition = {
    ...policy,
    judge(view) {
      const judgement = policy.judge(view);
      // The inputs say that it has been on for long.
      return judgement.state === "breach" ? { ...judgement, hold: 100, since: T0 } : judgement;
    },
  };
  const house = new PlayedHouse([held]);
  house.say("ac-301", { on: true, power: 20 });
  house.wait(3600);
  house.say("ac-301", { on: true, power: 80 });
  house.wait(99);
  expect(house.findings()).toEqual([]);
  house.wait(1);
  expect(house.findings()).toMatchObject([{ since: T0 + 3_600_000, openedAt: T0 + 3_700_000 }]);
});

it("is woken when the load is believed no longer, and again when it is", () => {
  const { house, asked } = play();
  house.wait(10);
  house.say("ac-301", { power: 20 }, "suspect");
  house.wait(60);
  house.say("ac-301", { power: 20 });
  house.wait(60);
  expect(asked).toEqual([60, 120]);
});

it("is woken no more once its judgement does not rest on the load", () => {
  const { house, asked } = play();
  house.wait(10);
  house.say("ac-301", { on: false, power: 20 });
  expect(asked).toEqual([10]);
  house.say("ac-301", { on: false, power: 900 });
  house.wait(120);
  expect(asked).toEqual([10]);
});
