/** What was saved, and what it rests on. */
import type { Avoided, AvoidedSum } from "../core/savings/avoided.ts";
import type { Baseline } from "../core/savings/baseline.ts";
import type { Adjustment, BaselineChoice, Withdrawal } from "../core/savings/entry.ts";
import type { Unsaid } from "../core/savings/episode.ts";
import type { NotVerified, Planned, Verified } from "../core/savings/verify.ts";
import type { DeviceId, Millis } from "../core/reading.ts";

/** What a building's savings come to, and what each of the three rests on. */
export interface Savings {
  readonly building: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly planned: Planned;
  readonly measured: AvoidedSum;
  readonly modelled: Verified | NotVerified;
  /** What the model was made of, or why there is none: the whole meter, the station, the days before anything was commanded. */
  readonly baseline: {
    readonly from: Millis | null;
    readonly to: Millis | null;
    readonly meters: readonly DeviceId[];
    /** Rooms in which presence is heard. */
    readonly rooms: number;
    /** Who chose its days, and why; null where nobody did. */
    readonly chosen: BaselineChoice | null;
    readonly result:
      | Baseline
      | {
          readonly kind: "refused";
          readonly why: "no-meter" | "no-weather" | "no-past" | "overlaps-report" | "overlaps-enforcement";
          readonly regressor: null;
        };
  };
  /** All that were entered for the building, the newest first. */
  readonly adjustments: readonly { readonly adjustment: Adjustment; readonly withdrawal: Withdrawal | null }[];
}

/** What one command avoided, or why nothing can be said of it. */
export type CommandSavings =
  | { readonly kind: "unsaid"; readonly why: Unsaid }
  | {
      readonly kind: "said";
      readonly avoided: Avoided;
      /** The end of what is counted. */
      readonly until: Millis;
      /** CNY for a kWh (m³) when it was commanded; null where no tariff is known. */
      readonly price: number | null;
    };
