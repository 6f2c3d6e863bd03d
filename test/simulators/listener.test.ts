/** The listener: what really went out in a device's name, and what an office can make of it. */
import { expect, it } from "vitest";
import type { SimDevice } from "../../simulators/devices/device.ts";
import { createListener } from "../../simulators/office/listener.ts";
import { createRecord } from "../../simulators/record.ts";
import { smallSite } from "./small-site.ts";

const MINUTE = 60_000;

function listener() {
  const record = createRecord();
  const device = smallSite().devices.find((d) => d.id === "hall/plug-301")!;
  const sim = { device, values: { on: true, power: 90, energy: 10 } } as unknown as SimDevice;
  const listening = createListener(record);
  const say = (at: number, values: Readonly<Record<string, number | boolean>>) => listening.take(sim, [{ values, ts: at }], at);
  const garble = (at: number, raw: string) => listening.take(sim, [{ values: sim.values, ts: at, raw }], at);
  const noted = (kind: string) =>
    record
      .all()
      .filter((t) => t.kind === kind)
      .map((t) => [t.at / MINUTE, t.until === null ? null : t.until / MINUTE]);
  return { listening, sim, say, garble, noted };
}

it("knows what was last said, and nothing before that", () => {
  const { listening, sim, say, garble } = listener();
  expect(listening.last(sim)).toBeNull();
  say(0, { on: true, power: 90 });
  garble(MINUTE, "ok");
  expect(listening.last(sim)).toEqual({ on: true, power: 90 });
});

it("notes a silence from three intervals after the last word that could be understood until the next", () => {
  const { listening, sim, say, garble, noted } = listener();
  say(0, { on: true, power: 90 });
  for (const [at, raw] of [
    [1, '{"power":'],
    [2, "[1,2,3]"],
    [2.5, '{"power":"--","temperature":null}'],
  ] as const)
    garble(at * MINUTE, raw);
  expect(listening.look(sim, 3 * MINUTE)).toBe(false);
  expect(noted("told:silent")).toEqual([]);
  expect(listening.look(sim, 3.2 * MINUTE)).toBe(true);
  expect(listening.look(sim, 3.3 * MINUTE)).toBe(false);
  expect(noted("told:silent")).toEqual([[3, null]]);
  expect(listening.last(sim)).toBeNull();
  say(5 * MINUTE, { on: true, power: 90 });
  expect(noted("told:silent")).toEqual([[3, 5]]);
  // Nobody looked meanwhile.
  say(9 * MINUTE, { on: true, power: 90 });
  expect(noted("told:silent")).toEqual([
    [3, 5],
    [8, 9],
  ]);
});

it("notes what cannot be: a counter that falls, and sentinels of what the device measures", () => {
  const { say, garble, noted } = listener();
  say(0, { on: true, energy: 10 });
  say(MINUTE, { on: true, energy: 0.1 });
  say(2 * MINUTE, { on: true, energy: 10 });
  garble(3 * MINUTE, '{"temperature":127,"power":-32768,"energy":65535}');
  garble(4 * MINUTE, '{"temperature":127}');
  garble(5 * MINUTE, '{"power":NaN}');
  expect(noted("told:nonsense")).toEqual([
    [1, 1],
    [3, 3],
  ]);
});
