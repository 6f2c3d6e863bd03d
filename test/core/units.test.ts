import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guessKind } from "../../server/core/description.ts";
import { convert, converts, quantityIn } from "../../server/core/units.ts";

describe("units that devices write", () => {
  it.each([
    [183_204, "W·min", "kWh", 3.0534],
    [913.252, "Wh", "kWh", 0.913252],
    [404.631, "mWh", "kWh", 0.000404631],
    [1.5, "MWh", "kWh", 1500],
    [3.6e6, "J", "kWh", 1],
    [3.6, "GJ", "kWh", 1000],
    [0.33, "kW", "W", 330],
    [500, "mW", "W", 0.5],
    [2, "MW", "W", 2_000_000],
    [1000, "L", "m³", 1],
    [1000, "l", "m3", 1],
    [100, "gal", "m³", 0.3785411784],
    [1, "ft³", "m³", 0.028316846592],
    [1.005, "m³/h", "L/min", 16.75],
    [1, "gpm", "L/min", 3.785411784],
    [0.5, "L/s", "L/min", 30],
    [68, "°F", "°C", 20],
    [-40, "°F", "°C", -40],
    [300, "K", "°C", 26.85],
    [3000, "mV", "V", 3],
    [250, "mA", "A", 0.25],
    [1.2, "klx", "lx", 1200],
    [0.41, "/", "%", 41],
    [23.1, "Cel", "℃", 23.1],
  ])("%d %s is so many %s: %d", (value, from, to, wanted) => {
    expect(convert(value, from, to)).toBeCloseTo(wanted, 9);
  });

  it("what is another quantity, or no unit that anybody knows, is not turned into anything", () => {
    for (const [from, to] of [
      ["lx", "W"],
      ["m³", "L/min"],
      ["pulses", "m³"],
      ["frobs", "W"],
      ["__proto__", "constructor"],
    ] as const) {
      expect(convert(1, from, to)).toBeUndefined();
      expect(converts(from, to)).toBe(false);
    }
    expect(convert(7, "frobs", "Frobs")).toBe(7);
  });

  it("there and back again is where it was", () => {
    const pairs = fc.constantFrom(["kWh", "MJ"], ["kWh", "mWh"], ["W", "kW"], ["°C", "°F"], ["°C", "K"], ["m³", "gal"], ["L/min", "m³/h"], ["V", "mV"]);
    fc.assert(
      fc.property(pairs, fc.double({ min: -1e6, max: 1e6, noNaN: true }), ([a, b], value) => {
        expect(convert(convert(value, a!, b!)!, b!, a!)).toBeCloseTo(value, 3);
      }),
    );
  });

  it.each([
    ["123.529 m3", { value: 123.529, unit: "m3" }],
    ["0.000 m3/h", { value: 0, unit: "m3/h" }],
    [" -7.5e2 ", { value: -750, unit: "" }],
    [".5 kWh", { value: 0.5, unit: "kWh" }],
    ["21°C", { value: 21, unit: "°C" }],
  ])("'%s' is a number with its unit", (text, wanted) => {
    expect(quantityIn(text)).toEqual(wanted);
  });

  it.each(["", "nan", "NaN", "Infinity", "0x10", "1,5", "many m3", "1 m3 per day", "2026-07-01", "9".repeat(100)])("'%s' is none", (text) => {
    expect(quantityIn(text)).toBeNull();
  });
});

describe("what a device seems to be by its points", () => {
  it.each([
    [["on", "mode", "setpoint", "temperature", "power"], "ac"],
    [["supply", "return", "setpoint"], "boiler"],
    [["volume", "flow"], "water"],
    [["on", "brightness", "power"], "light"],
    [["on", "power", "energy"], "plug"],
    [["power", "energy", "voltage"], "meter"],
    [["gas"], "meter"],
    [["occupied", "illuminance", "battery"], "presence"],
    [["open", "battery"], "contact"],
    [["illuminance"], "lux"],
    [["pages"], "copier"],
    [["temperature", "humidity"], null],
    [[], null],
  ])("%j is %s", (points, kind) => {
    expect(guessKind(points)).toBe(kind);
  });
});
