/** Answers: why is this device as it is, and how is the house. */
import type { DayFact, Season } from "./calendar.ts";
import type { CommandSource, Override } from "./finding.ts";
import type { Evidence, Mode } from "./policy.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";

export interface DayAnswer extends DayFact {
  readonly season: Season;
  readonly workingNow: boolean;
}

export interface Why {
  readonly device: DeviceId;
  readonly protection: string | null;
  readonly day: DayAnswer;
  readonly overrides: readonly Override[];
  readonly judgements: readonly {
    readonly policy: string;
    readonly mode: Mode;
    readonly applies: boolean;
    readonly why: "applies" | "disabled" | "out-of-scope" | "exempt" | "overridden";
    readonly state: "fine" | "unknown" | "breach" | null;
    readonly reason: string | null;
    readonly evidence: Evidence | null;
    readonly since: Millis | null;
    readonly due: Millis | null;
    readonly exemption: string | null;
    readonly finding: string | null;
    readonly wants: Readonly<Record<string, PointValue>> | null;
  }[];
  readonly arbitration: readonly {
    readonly point: string;
    readonly wanted: PointValue;
    readonly by: string;
    readonly source: CommandSource;
    readonly beats: readonly string[];
    readonly reported: PointValue | null;
  }[];
  /** What keeps a wanted command from being sent now. */
  readonly holding: readonly { readonly why: string; readonly until: Millis | null }[];
}

/** Figures of the whole house, units in the names. What the records know (today's sums) is added by the flow. */
export interface Overview {
  readonly devices: { readonly total: number; readonly online: number; readonly offline: number; readonly silent: number; readonly discovered: number };
  readonly powerW: { readonly total: number; readonly ac: number; readonly light: number; readonly plug: number; readonly copier: number; readonly other: number };
  readonly flowLpm: number;
  readonly occupiedSpaces: number;
  readonly knownSpaces: number;
  readonly outdoorC: number | null;
  readonly openFindings: number;
  readonly pendingCommands: number;
  readonly unacknowledged: number;
  readonly pendingApprovals: number;
  readonly today: { readonly findings: number; readonly proven: number; readonly wastedKwh: number; readonly wastedM3: number; readonly wastedCny: number };
  readonly day: DayAnswer;
}
