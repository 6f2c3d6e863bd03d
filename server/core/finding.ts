import type { ChainStep } from "./alerts/alerting.ts";
import type { Told } from "./alerts/notice.ts";
import type { Effect, EffectiveMode, Evidence, Severity, Want } from "./policy.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";
import type { Exemption, SpaceClass } from "./space.ts";

/** One violation of one policy by one subject, from when it began to when it ended. */
export interface Finding {
  /** Deterministic: the same violation decided twice has the same id. */
  readonly id: string;
  readonly policy: string;
  readonly severity: Severity;
  readonly mode: EffectiveMode;
  readonly subject: { readonly device: DeviceId; readonly space: string | null; readonly department: string | null; readonly job: string | null };
  readonly state: "open" | "closed";
  /** When the breach began (before the hold had run out). */
  readonly since: Millis;
  readonly openedAt: Millis;
  readonly closedAt: Millis | null;
  /** Key of the sentence that says why it was opened, and the inputs that fill it. */
  readonly reason: string;
  readonly evidence: Evidence;
  /** Why it ended: a judgement's reason, or `exempt`, `overridden`, `disabled`, `out-of-scope`, `silent`, `job-completed`, `job-canceled`. */
  readonly closeReason: string | null;
  /** When its command may go (after the warning); null where nothing is commanded. */
  readonly actAt: Millis | null;
  readonly wasted: { readonly kwh: number; readonly m3: number; readonly cny: number } | null;
  readonly command: string | null;
  readonly alert: string | null;
  /** Shadow only: what would have been sent, and when; `held` says what would have kept it back. */
  readonly would: { readonly set: Readonly<Record<string, PointValue>>; readonly at: Millis; readonly held: string | null } | null;
}

export const COMMAND_STATES = ["planned", "sent", "accepted", "reported", "proven", "refused", "ignored", "gave-up", "canceled"] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** Who asked, in the order in which they win. */
export const COMMAND_SOURCES = ["safety", "override", "person", "approval", "policy"] as const;
export type CommandSource = (typeof COMMAND_SOURCES)[number];

/** A measured point; `device` where another one measured it. */
interface Measured {
  readonly point: string;
  readonly value: PointValue;
  readonly at: Millis;
  readonly device?: DeviceId | undefined;
}

export interface Command {
  readonly id: string;
  readonly device: DeviceId;
  readonly set: Readonly<Record<string, PointValue>>;
  readonly source: CommandSource;
  /** Policy id, override id, approval id or person id, by source. */
  readonly by: string;
  readonly finding: string | null;
  readonly state: CommandState;
  readonly reason: string;
  readonly attempts: number;
  readonly plannedAt: Millis;
  readonly endedAt: Millis | null;
  /** What was there before, by point. */
  readonly before: Readonly<Record<string, PointValue | null>>;
  /** What proved it. */
  readonly proof: Measured | null;
  /** What stayed beside it as it had to (light without the lamp). */
  readonly stayed?: Measured | null | undefined;
  /** What did not stay as it had to, what is given back for it, and until when its policy leaves the device alone. */
  readonly short?: (Measured & { readonly value: number; readonly gives: Want; readonly until: Millis }) | null | undefined;
  /** The effect that must show, where it is not the usual one. */
  readonly effect?: Effect | null | undefined;
  readonly error: string | null;
  /** Every state it went through. */
  readonly steps: readonly { readonly state: CommandState; readonly at: Millis; readonly note: string | null }[];
}

export const ALERT_STATES = ["unacknowledged", "acknowledged", "returned-unacknowledged", "shelved", "suppressed", "out-of-service", "normal"] as const;
/**
 * ISA-18.2-2016 §5.4 alarm states. `suppressed` is suppressed by design: it stands behind another one, its cause. `normal` is over and
 * done.
 */
export type AlertState = (typeof ALERT_STATES)[number];

/** A finding or a fault that a person should know of. */
export interface Alert {
  readonly id: string;
  readonly kind: "finding" | "command" | "approval" | "device" | "system";
  readonly severity: Severity;
  readonly state: AlertState;
  /** Locale key of the title, and what fills it. */
  readonly title: string;
  readonly evidence: Evidence;
  readonly device: DeviceId | null;
  readonly space: string | null;
  readonly department: string | null;
  readonly finding: string | null;
  readonly command: string | null;
  /** Person id of the one who answers for it now. */
  readonly assignee: string | null;
  readonly raisedAt: Millis;
  readonly acknowledgedAt: Millis | null;
  readonly acknowledgedBy: string | null;
  readonly clearedAt: Millis | null;
  readonly shelvedUntil: Millis | null;
  /** What it arrives with: alerts of one group are told as one. */
  readonly group: string;
  /** The alert behind which it stands while it is suppressed. */
  readonly cause: string | null;
  /** Who answers from when on, unless somebody answered before. */
  readonly chain: readonly ChainStep[];
  /** From when its clock runs. */
  readonly clockFrom: Millis;
  /** How far it climbed: the index of the last step of the chain that was taken; -1 before the first. */
  readonly climbed: number;
  /** When it climbs next; null where it does not (any more). */
  readonly climbsAt: Millis | null;
  /** When it is cleared, where the condition is over but its off-delay is not; null otherwise. */
  readonly clearsAt: Millis | null;
  /** How often its condition came while it stood. */
  readonly occurrences: number;
  readonly chattering: boolean;
  /** Who was told when, by what. */
  readonly told: readonly Told[];
  readonly log: readonly { readonly at: Millis; readonly by: string | null; readonly what: string; readonly note: string | null }[];
}

/** A person's temporary exception. It ends by itself. */
export interface Override {
  readonly id: string;
  /** One of the two is set. */
  readonly device: DeviceId | null;
  readonly space: string | null;
  /** null: every policy. */
  readonly policy: string | null;
  /** Values that the person wants meanwhile; null: just leave it alone. */
  readonly set: Readonly<Record<string, PointValue>> | null;
  readonly reason: string;
  readonly by: string;
  /** Who granted it, where it was asked for; absent or null where the one who wanted it could give it. */
  readonly grantedBy?: string | null | undefined;
  readonly approval?: string | null | undefined;
  readonly cost?: Cost | null | undefined;
  readonly from: Millis;
  readonly until: Millis;
  readonly endedAt: Millis | null;
}

/** What something was estimated to cost when it was asked for. */
export interface Cost {
  readonly kwh: number;
  readonly cny: number;
}

/** Standing leave that people gave at run time; the site file has others. */
export interface StandingExemption extends Exemption {
  readonly id: string;
  readonly by: string;
  readonly grantedBy: string | null;
  readonly from: Millis;
  /** null: until somebody ends it. */
  readonly until: Millis | null;
  readonly endedAt: Millis | null;
}

/** The hand that is taken off: no policy commands anything there while it stands. The narrowest part that is named counts; all null = the whole site. */
export interface HandsOff {
  readonly id: string;
  readonly building: string | null;
  /** With its building. */
  readonly floor: string | null;
  readonly space: string | null;
  readonly device: DeviceId | null;
  readonly reason: string;
  readonly by: string;
  readonly from: Millis;
  /** null: until somebody ends it. */
  readonly until: Millis | null;
  readonly endedAt: Millis | null;
  readonly endedBy: string | null;
}

/** A thing that needs somebody's word first: a big print job, overtime in a space, an override, an exemption. */
export interface Approval {
  readonly id: string;
  readonly kind: "print-job" | "overtime" | "override" | "exemption";
  readonly device: DeviceId | null;
  readonly space: string | null;
  readonly department: string | null;
  readonly job: string | null;
  readonly sheets: number | null;
  readonly document: string | null;
  readonly requestedBy: string | null;
  readonly reason: string;
  readonly from: Millis | null;
  readonly until: Millis | null;
  readonly state: "pending" | "granted" | "refused" | "withdrawn";
  readonly requestedAt: Millis;
  /** Overrides and exemptions: for which policy (null: every one), for which class of spaces, with which values, at what estimated cost. */
  readonly policy?: string | null | undefined;
  readonly spaceClass?: SpaceClass | null | undefined;
  readonly set?: Readonly<Record<string, PointValue>> | null | undefined;
  readonly cost?: Cost | null | undefined;
  readonly decidedAt: Millis | null;
  readonly decidedBy: string | null;
  readonly note: string | null;
}
