/** A rule whose alarms are looked at: a limit about which a value swings. */
import { policySettings } from "../../server/core/house.ts";
import type { Rule } from "../../server/core/alerts/proposals.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import { deadband } from "../../server/core/policy.ts";
import { rule } from "./played-house.ts";

/** Breach above 26 by `evidence.value`. */
export const DEADBAND_RULE: PolicyDefinition = rule({
  params: [{ name: "limit", unit: "°C", default: 26, min: 16, max: 30 }, { name: "hold", unit: "s", default: 60, min: 0, max: 3600 }, deadband("K", 5)],
  swing: ({ limit }, { value }) => (typeof value === "number" ? { value, breach: "above", point: "temperature", of: "subject", at: limit!, scale: 1 } : null),
});

export function ruleOf(definition: PolicyDefinition, params: Readonly<Record<string, number>> = {}, since = 0): Rule {
  return { definition, settings: policySettings(definition, { params }), since };
}
