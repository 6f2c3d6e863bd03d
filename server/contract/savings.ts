/** `GET /reports/savings` and `GET /commands/{id}/savings`: planned, measured and verified, each with its interval and what it rests on. */
import { z } from "zod";
import { GATES } from "../core/savings/verify.ts";
import type { Modelled, Verified, NotVerified } from "../core/savings/verify.ts";
import type { Avoided, AvoidedSum } from "../core/savings/avoided.ts";
import type { Baseline } from "../core/savings/baseline.ts";
import { UNSAID } from "../core/savings/episode.ts";
import type { Unsaid } from "../core/savings/episode.ts";
import { OCCUPANCY_VERDICTS } from "../core/savings/baseline.ts";
import type { Adjustment, BaselineChoice, Withdrawal } from "../core/savings/entry.ts";
import { REGRESSORS } from "../core/savings/shape.ts";
import type { Estimate } from "../core/backtest-tally.ts";
import type { Millis } from "../core/reading.ts";
import { adjustmentDto, baselineChoiceDto, presentAdjustment, presentBaselineChoice } from "./savings-entries.ts";
import { time } from "./fields.ts";

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
  adjusted: z.number().meta({ description: "Non-routine adjustments on these days, kWh" }),
  days: reportedDays,
});

/** How a command's episode ended, and what it was held against. */
const ended = z.enum(["runs-again", "ran-out", "next-command", "period"]);
const basis = z.enum(["own", "alike", "own-runs", "alike-runs", "nominal", "none"]);
const pasts = z.object({ own: z.number(), others: z.number() });
const hours = z.number().nullable().meta({ description: "That the load would have gone on; null for a setpoint" });

export const commandSavingsDto = z.union([
  z.object({ kind: z.literal("unsaid"), command: z.string(), why: z.enum(UNSAID) }),
  z.object({
    kind: z.literal("said"),
    command: z.string(),
    device: z.string(),
    at: time.meta({ description: "When the device obeyed" }),
    before: z.number().meta({ description: "The load until then, W (L/min)" }),
    quantity,
    amount: estimate,
    cny: estimate.nullable().meta({ description: "At the price of that hour; null where no tariff is known" }),
    hours,
    until: time.meta({ description: "The end of what is counted" }),
    endedBy: ended.meta({ description: "period: it is counted until now, or for 14 days" }),
    rebound: z.number().meta({ description: "What it drew more when it ran again, already taken off" }),
    basis,
    pasts,
  }),
]);
export type CommandSavingsDto = z.infer<typeof commandSavingsDto>;

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
            until: ended,
            quantity,
            amount: estimate,
            hours,
            rebound: z.number(),
            basis,
            pasts,
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
    chosen: baselineChoiceDto.nullable().meta({ description: "Who chose its days, and why" }),
    occupancy: z
      .object({ rooms: z.number(), verdict: z.enum(OCCUPANCY_VERDICTS).nullable() })
      .meta({ description: "Rooms in which presence is heard, and whether their occupied hours count in the model; null where there is none" }),
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
  adjustments: z.array(adjustmentDto).meta({ description: "All that were entered for the building, the newest first; those that were withdrawn do not count" }),
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
    readonly rooms: number;
    readonly chosen: BaselineChoice | null;
    readonly result: Baseline | { readonly kind: "refused"; readonly why: string; readonly regressor: null };
  };
  readonly adjustments: readonly { readonly adjustment: Adjustment; readonly withdrawal: Withdrawal | null }[];
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
      chosen: baseline.chosen === null ? null : presentBaselineChoice(baseline.chosen, iso),
      occupancy: { rooms: baseline.rooms, verdict: result.kind === "model" ? result.occupancy : null },
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
    adjustments: savings.adjustments.map(({ adjustment, withdrawal }) => presentAdjustment(adjustment, withdrawal, iso)),
  };
}

type Said =
  | { readonly kind: "unsaid"; readonly why: Unsaid }
  | { readonly kind: "said"; readonly avoided: Avoided; readonly until: Millis; readonly price: number | null };

export function presentCommandSavings(command: string, said: Said, iso: (at: Millis) => string): z.input<typeof commandSavingsDto> {
  if (said.kind === "unsaid") return { kind: "unsaid", command, why: said.why };
  const { until, price } = said;
  const { episode, amount, hours: lasts, rebound, basis: rests, pasts: known } = said.avoided;
  const priced = (per: number) => ({ value: amount.value * per, low: amount.low * per, high: amount.high * per });
  return {
    kind: "said",
    command,
    device: episode.metered.device,
    at: iso(episode.at),
    before: said.avoided.before,
    quantity: episode.metered.quantity,
    amount,
    cny: price === null ? null : priced(price),
    hours: lasts,
    until: iso(until),
    endedBy: episode.endedBy,
    rebound,
    basis: rests,
    pasts: known,
  };
}

function presentModelled({ amount, share, uncertainty, expected, measured, adjusted, days }: Modelled): z.input<typeof modelled> {
  return { amount, share, uncertainty, expected, measured, adjusted, days: [...days] };
}
