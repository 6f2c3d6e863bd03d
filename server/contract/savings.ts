/** `GET /reports/savings`: planned, measured and verified, each with its interval and what it rests on. */
import { z } from "zod";
import { GATES } from "../core/savings/verify.ts";
import type { Modelled, Verified, NotVerified } from "../core/savings/verify.ts";
import type { AvoidedSum } from "../core/savings/avoided.ts";
import type { Baseline } from "../core/savings/baseline.ts";
import { REGRESSORS } from "../core/savings/baseline.ts";
import type { Estimate } from "../core/backtest-tally.ts";
import type { Millis } from "../core/reading.ts";

const time = z.string().meta({ description: "ISO 8601 with offset" });
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() }).meta({ description: "With the bounds that hold it in 95 of 100 cases" });
const quantity = z.enum(["kwh", "m3"]);
const reportedDays = z
  .array(z.object({ date: z.string(), measured: z.number(), expected: z.number(), cusum: z.number() }))
  .meta({ description: "kWh; cusum: sum of expected less measured since the first day" });
const modelled = z.object({
  amount: estimate.meta({ description: "kWh" }),
  share: z.number().meta({ description: "Of what was expected, 0–1" }),
  uncertainty: z.number().nullable().meta({ description: "Half the interval at 68 % over the savings (ASHRAE Guideline 14, annex B)" }),
  expected: z.number(),
  measured: z.number(),
  adjusted: z.number().meta({ description: "Non-routine adjustments, kWh" }),
  days: reportedDays,
});

export const savingsDto = z.object({
  building: z.string(),
  from: time,
  to: time,
  planned: z
    .object({ kwh: estimate.meta({ description: "Between nothing and all that was wasted from the plan on" }), findings: z.number() })
    .meta({ description: "What advise and shadow would have commanded; proves nothing" }),
  measured: z
    .object({
      kwh: estimate,
      m3: estimate,
      commands: z.number(),
      byPolicy: z.array(z.object({ policy: z.string(), quantity, commands: z.number(), amount: estimate })),
      largest: z
        .array(
          z.object({
            command: z.string(),
            device: z.string(),
            policy: z.string(),
            at: time,
            until: z.enum(["runs-again", "ran-out", "next-command", "period"]),
            quantity,
            amount: estimate,
            hours: z.number().nullable(),
            rebound: z.number(),
            basis: z.enum(["own", "alike", "own-runs", "alike-runs", "nominal", "none"]),
            pasts: z.object({ own: z.number(), others: z.number() }),
          }),
        )
        .meta({ description: "At most 100 commands, those that avoided most first" }),
    })
    .meta({ description: "What commands avoided by the devices' own pasts" }),
  verified: modelled.nullable().meta({ description: "Only where every gate was passed" }),
  unverified: modelled.nullable().meta({ description: "What the model says where a gate was not passed" }),
  gates: z.array(
    z.object({
      gate: z.enum(GATES),
      value: z.number().nullable(),
      limit: z.number(),
      sense: z.enum(["at-least", "at-most"]),
      ok: z.boolean(),
      source: z.string(),
    }),
  ),
  baseline: z.object({
    from: time.nullable(),
    to: time.nullable(),
    meters: z.array(z.string()),
    refused: z.string().nullable().meta({ description: "Why there is no model" }),
    model: z
      .object({
        coolingFrom: z.number().nullable(),
        heatingFrom: z.number().nullable(),
        terms: z.array(z.object({ regressor: z.enum(REGRESSORS), coefficient: z.number(), t: z.number().nullable() })),
        days: z.number(),
        effectiveDays: z.number(),
        r2: z.number(),
        cvRmse: z.number(),
        nmbe: z.number(),
        autocorrelation: z.number(),
      })
      .nullable(),
  }),
});
export type SavingsDto = z.infer<typeof savingsDto>;

const LARGEST = 100;

interface Presented {
  readonly building: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly planned: { readonly amount: Estimate; readonly findings: number };
  readonly measured: AvoidedSum;
  readonly modelled: Verified | NotVerified;
  readonly baseline: {
    readonly from: Millis | null;
    readonly to: Millis | null;
    readonly meters: readonly string[];
    readonly result: Baseline | { readonly kind: "refused"; readonly why: string; readonly regressor: null };
  };
}

export function presentSavings(savings: Presented, iso: (at: Millis) => string): z.input<typeof savingsDto> {
  const { measured, modelled: held, baseline } = savings;
  const { result } = baseline;
  return {
    building: savings.building,
    from: iso(savings.from),
    to: iso(savings.to),
    planned: { kwh: savings.planned.amount, findings: savings.planned.findings },
    measured: {
      ...measured.total,
      commands: measured.commands.length,
      byPolicy: [...measured.byPolicy],
      largest: measured.commands
        .toSorted((a, b) => b.amount.value - a.amount.value)
        .slice(0, LARGEST)
        .map(({ episode, amount, hours, rebound, basis, pasts }) => ({
          command: episode.command,
          device: episode.metered.device,
          policy: episode.policy,
          at: iso(episode.at),
          until: episode.endedBy,
          quantity: episode.metered.quantity,
          amount,
          hours,
          rebound,
          basis,
          pasts,
        })),
    },
    verified: held.kind === "verified" ? presentModelled(held.modelled) : null,
    unverified: held.kind === "not-verified" && held.modelled !== null ? presentModelled(held.modelled) : null,
    gates: held.gates.map(({ gate, value, limit, sense, ok, source }) => ({ gate, value, limit, sense, ok, source })),
    baseline: {
      from: baseline.from === null ? null : iso(baseline.from),
      to: baseline.to === null ? null : iso(baseline.to),
      meters: [...baseline.meters],
      refused: result.kind === "refused" ? (result.regressor === null ? result.why : `${result.why}: ${result.regressor}`) : null,
      model:
        result.kind === "refused"
          ? null
          : {
              coolingFrom: result.model.shape.coolingFrom,
              heatingFrom: result.model.shape.heatingFrom,
              terms: result.model.shape.regressors.map((regressor, k) => ({
                regressor,
                coefficient: result.model.fit.coefficients[k]!,
                t: Number.isFinite(result.model.fit.t[k]!) ? result.model.fit.t[k]! : null,
              })),
              days: result.model.quality.days,
              effectiveDays: result.model.quality.effectiveDays,
              r2: result.model.quality.r2,
              cvRmse: result.model.quality.cvRmse,
              nmbe: result.model.quality.nmbe,
              autocorrelation: result.model.quality.autocorrelation,
            },
    },
  };
}

function presentModelled({ amount, share, uncertainty, expected, measured, adjusted, days }: Modelled): z.input<typeof modelled> {
  return { amount, share, uncertainty, expected, measured, adjusted, days: [...days] };
}
