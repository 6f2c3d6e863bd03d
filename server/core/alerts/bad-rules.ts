/** The system's findings against its own rules: an alert for each that needs care, until its change is applied or its figures are good again. */
import type { House } from "../house.ts";
import type { Turn } from "../turn.ts";
import { clearAlert, raiseAlert } from "./alarm.ts";
import { keepAlert } from "./keep.ts";
import type { Proposal } from "./proposals.ts";
import type { BadRule } from "./bad-rule.ts";

export const BAD_RULE_TITLE = "maintenance.bad-rule";

export function badRuleOf({ policy, faults, count, changes }: Proposal): BadRule {
  const best = changes[0];
  return { policy, what: faults[0], count, change: best === undefined ? null : { param: best.param, from: best.from, to: best.to } };
}

function standing(house: House) {
  return [...house.alerts.values()].filter((a) => a.kind === "system" && a.title === BAD_RULE_TITLE && a.clearedAt === null);
}

/** The day's look at the rules: each bad one has one alert, what is good again has none. */
export function takeBadRules(turn: Turn, found: readonly BadRule[]): void {
  const { house } = turn;
  const bad = found.filter((f) => house.policies.has(f.policy));
  for (const alert of standing(house)) {
    const { policy, param } = alert.evidence;
    if (!bad.some((f) => f.policy === policy && (f.change?.param ?? null) === (param ?? null))) clearAlert(turn, alert.id, "good-again", true);
  }
  for (const { policy, what, count, change } of bad) {
    const { param, from, to } = change ?? { param: null, from: null, to: null };
    const evidence = { policy, what, count, param, from, to };
    const known = standing(house).find((a) => a.evidence["policy"] === policy && a.evidence["param"] === param);
    if (known !== undefined) {
      // Another day's figures are no new alert.
      if (JSON.stringify(known.evidence) !== JSON.stringify(evidence)) keepAlert(turn, { ...known, evidence }, "counted");
      continue;
    }
    const cause = { kind: "system", key: `bad-rule-${policy}-${param ?? ""}`, severity: "low", title: BAD_RULE_TITLE } as const;
    raiseAlert(turn, { ...cause, evidence, device: null, finding: null, command: null }, { policy, param });
  }
}

/** A rule was changed, or taken away: what was proposed for it is done when its parameter is no more what it was. */
export function ruleChanged(turn: Turn, id: string): void {
  const settings = turn.house.policies.get(id)?.settings;
  for (const alert of standing(turn.house)) {
    const { policy, param, from } = alert.evidence;
    if (policy !== id) continue;
    const same = settings !== undefined && settings.enabled && (typeof param !== "string" || settings.params[param] === from);
    if (!same) clearAlert(turn, alert.id, "rule-changed", true);
  }
}
