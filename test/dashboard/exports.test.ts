import { expect, it } from "vitest";
import { bodyOf, choiceOf, inPlace, mayOverflow, mostRows, namesOf, pointsOf } from "../../dashboard/src/exports/choice.ts";
import { device, point } from "./dtos.ts";

const HOUR = 3_600_000;
const ac = device("hall/ac-1", { department: "finance", space: "hall/301", points: [point("power", 1), point("energy", 2)] });
const light = device("hall/light-1", { kind: "light", department: "office", space: "hall/302", points: [point("power", 1)] });

it("an address that says nothing, or nonsense, asks for hours of everything as a spreadsheet", () => {
  const usual = { department: null, space: null, kind: null, typed: "", names: [], step: "hour", format: "xlsx" };
  expect(choiceOf(new URLSearchParams())).toEqual(usual);
  expect(choiceOf(new URLSearchParams("department=&kind=rocket&step=1m&format=exe&names=,"))).toEqual(usual);
});

it("devices are chosen by where they belong, and their points by name", () => {
  const choice = choiceOf(new URLSearchParams("department=finance&space=hall/301&kind=ac&names=energy,power&step=day&format=csv"));
  expect([ac, light].filter((d) => inPlace(d, choice))).toEqual([ac]);
  expect([ac, light].filter((d) => inPlace(d, { ...choice, kind: "light" }))).toEqual([]);
  expect(namesOf([ac, light])).toEqual([
    ["power", 2],
    ["energy", 1],
  ]);
  expect(pointsOf([ac, light], [])).toBe(3);
  expect(pointsOf([ac, light], ["energy"])).toBe(1);
  const body = { names: ["energy", "power"], from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T01:00:00.000Z", step: "day", format: "csv" };
  expect(bodyOf(choice, 0, HOUR, null)).toEqual({ departments: ["finance"], spaces: ["hall/301"], kinds: ["ac"], ...body });
  expect(bodyOf(choice, 0, HOUR, [ac])).toEqual({ devices: ["hall/ac-1"], ...body });
});

it("how many rows it may be is known of roll-ups, until now", () => {
  expect(mostRows(3, 0, 24 * HOUR, 100 * HOUR, "hour")).toBe(72);
  expect(mostRows(3, 0, 24 * HOUR, 2.5 * HOUR, "hour")).toBe(9);
  expect(mostRows(3, 50 * HOUR, 60 * HOUR, 2 * HOUR, "5m")).toBe(0);
  expect(mostRows(3, 0, HOUR, HOUR, "raw")).toBeNull();
  expect(mayOverflow(200_000, "xlsx")).toBe(false);
  expect(mayOverflow(200_001, "xlsx")).toBe(true);
  expect(mayOverflow(200_001, "csv")).toBe(false);
  expect(mayOverflow(null, "xlsx")).toBe(false);
});
