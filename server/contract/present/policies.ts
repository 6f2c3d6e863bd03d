/** Policies and back-tests as the border shows them. */
import type { BacktestResult } from "../../core/backtest-tally.ts";
import type { House, PolicyState } from "../../core/house.ts";
import type { Scope } from "../../core/policy.ts";
import { paramsOf } from "../../core/policy.ts";
import type { Millis } from "../../core/reading.ts";
import type { BacktestDto } from "../backtests.ts";
import type { PolicyDto } from "../policies.ts";
import type { Eyes } from "./eyes.ts";

export function scopeDto(scope: Scope): PolicyDto["scope"] {
  const copy = <T>(list: readonly T[] | undefined) => (list === undefined ? undefined : [...list]);
  return {
    ...(scope.buildings && { buildings: copy(scope.buildings) }),
    ...(scope.floors && { floors: copy(scope.floors) }),
    ...(scope.spaces && { spaces: copy(scope.spaces) }),
    ...(scope.classes && { classes: copy(scope.classes) }),
    ...(scope.kinds && { kinds: copy(scope.kinds) }),
    ...(scope.tags && { tags: copy(scope.tags) }),
  };
}

/** A policy with its parameters' ranges; `open` is its number of open findings. */
export function policyDto(house: House, policy: PolicyState, open: number): PolicyDto {
  const { definition, settings } = policy;
  const { custom } = definition;
  return {
    id: definition.id,
    enabled: settings.enabled,
    mode: settings.mode,
    severity: definition.severity,
    priority: definition.priority,
    kinds: [...definition.kinds],
    subject: definition.subject,
    owner: settings.owner,
    scope: scopeDto(settings.scope),
    canary: [...settings.canary],
    custom:
      custom === undefined
        ? null
        : {
            name: custom.name,
            rule: custom.rule,
            document: { ...custom },
            source: house.site.custom.some((p) => p.id === custom.id) ? "site-file" : "page",
          },
    params: paramsOf(definition).map((p) => ({
      name: p.name,
      value: settings.params[p.name] ?? p.default,
      unit: p.unit,
      default: p.default,
      min: p.min,
      max: p.max,
    })),
    open,
  };
}

/** Open findings by policy. */
export function openByPolicy(house: House): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of house.findings.values()) counts.set(finding.policy, (counts.get(finding.policy) ?? 0) + 1);
  return counts;
}

/** A back-test as `ports/backtests.ts` keeps it. */
export function backtestDto(
  eyes: Eyes,
  run: Omit<BacktestDto, "askedAt" | "from" | "to" | "scope" | "result"> & {
    readonly askedAt: Millis;
    readonly from: Millis;
    readonly to: Millis;
    readonly scope: Scope;
    readonly result: BacktestResult | null;
  },
): BacktestDto {
  const { askedAt, from, to, scope, result, ...rest } = run;
  return {
    ...rest,
    askedAt: eyes.iso(askedAt),
    from: eyes.iso(from),
    to: eyes.iso(to),
    scope: scopeDto(scope),
    result: result === null ? null : { ...result, byDay: [...result.byDay], byDevice: [...result.byDevice] },
  };
}
