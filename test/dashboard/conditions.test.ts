/** What the form of a rule says is what the engine takes: every comparison of every point of every kind. */
import { describe, expect, it } from "vitest";
import type { Row } from "../../dashboard/src/conditions.ts";
import { conditionOf, operatorsOf, pointsOf, startRow } from "../../dashboard/src/conditions.ts";
import { customPolicySchema } from "../../server/contract/custom-policy.ts";
import { checkCustom } from "../../server/core/custom/check.ts";
import { CALENDAR_WORDS } from "../../server/core/custom/document.ts";
import { DEVICE_KINDS, pointDefinition } from "../../server/core/device.ts";

const mistakes = (kind: string, when: object) =>
  checkCustom(customPolicySchema.parse({ id: "a-rule", name: "n", rule: "r", kinds: [kind], when }), new Set<string>());

describe("a line of the form", () => {
  it.each(DEVICE_KINDS)("about %s, compared in every way, is a condition that makes sense", (kind) => {
    for (const point of pointsOf(kind)) {
      for (const operator of operatorsOf(kind, point)) {
        const row = startRow(kind, "", point) as Extract<Row, { kind: "point" }>;
        const { min = 0, max = 0 } = pointDefinition(kind, point)!;
        const said = { ...row, operator, value: operator === "absent" || row.value === "" ? String(min) : row.value, upTo: String(max) };
        expect(mistakes(kind, conditionOf(said, kind)), `${point} ${operator}`).toEqual([]);
      }
    }
  });

  it("says the comparison, whose point it is, and for how long in seconds", () => {
    const row: Row = { kind: "point", of: "", point: "power", operator: "between", value: "100", upTo: "200", minutes: "5" };
    expect(conditionOf(row, "light")).toEqual({ point: "power", between: [100, 200], for: 300 });
    expect(conditionOf({ ...row, operator: "above", minutes: "" }, "light")).toEqual({ point: "power", above: 100 });
    expect(conditionOf({ ...row, operator: "below", minutes: "", deadband: "5" }, "light")).toEqual({ point: "power", below: 100, deadband: 5 });
    expect(conditionOf({ ...row, deadband: "5" }, "light")).toEqual({ point: "power", between: [100, 200], for: 300 });
    expect(mistakes("light", conditionOf({ ...row, operator: "above", deadband: "5" }, "light"))).toEqual([]);
    expect(conditionOf({ ...row, operator: "absent", value: "10" }, "light")).toEqual({ point: "power", absent: 600 });
    expect(conditionOf({ ...row, of: "contact", point: "open", operator: "isNot", value: "true", minutes: "" }, "ac")).toEqual({
      of: "contact",
      point: "open",
      isNot: true,
    });
    expect(conditionOf({ kind: "room", state: "empty", minutes: "10" }, "ac")).toEqual({ room: "empty", for: 600 });
    for (const word of CALENDAR_WORDS) expect(mistakes("ac", conditionOf({ kind: "calendar", word }, "ac"))).toEqual([]);
  });
});
