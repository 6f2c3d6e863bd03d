import type { Due } from "./meters/due.ts";
import type { Calendar } from "./calendar.ts";
import type { CustomPolicy } from "./custom/document.ts";
import type { Device, DeviceKind } from "./device.ts";
import type { DeviceId, Doubt, Millis, PointValue } from "./reading.ts";
import type { Site, Space, SpaceClass } from "./space.ts";
import type { FlowTrend } from "./flow-trend.ts";
import type { PaperTally } from "./paper-tally.ts";

/**
 * observe: record only. shadow: decides everything, sends nothing, keeps what it would have sent. advise: also an alert.
 * canary: enforce in the canary spaces, shadow everywhere else. enforce: alert and command.
 */
export const MODES = ["observe", "shadow", "advise", "canary", "enforce"] as const;
export type Mode = (typeof MODES)[number];
/** What a mode comes to at one subject: canary is enforce or shadow there. */
export type EffectiveMode = Exclude<Mode, "canary">;

export type Severity = "low" | "medium" | "high";

/** A parameter of a policy: the value's unit, bounds and default are data that the page and the API show and check. */
export interface ParamDefinition {
  readonly name: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export type Params = Readonly<Record<string, number>>;

/** Where a policy applies; an absent part means everywhere. */
export interface Scope {
  readonly buildings?: readonly string[] | undefined;
  readonly floors?: readonly string[] | undefined;
  readonly spaces?: readonly string[] | undefined;
  readonly classes?: readonly SpaceClass[] | undefined;
  readonly kinds?: readonly DeviceKind[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** What a site file or `PUT /policies/:id` may change of a policy. */
export interface PolicyOverrides {
  readonly enabled?: boolean | undefined;
  readonly mode?: Mode | undefined;
  readonly params?: Readonly<Record<string, number>> | undefined;
  readonly scope?: Scope | undefined;
  readonly owner?: string | undefined;
  /** Ids of the spaces in which mode `canary` enforces. */
  readonly canary?: readonly string[] | undefined;
}

/** A policy as it stands now, with everything filled in. */
export interface PolicySettings {
  readonly enabled: boolean;
  readonly mode: Mode;
  readonly params: Params;
  readonly scope: Scope;
  readonly owner: string | null;
  readonly canary: readonly string[];
}

/** What a policy's mode comes to in a space (null: a device that has no place). */
export function modeAt(settings: PolicySettings, space: string | null): EffectiveMode {
  if (settings.mode !== "canary") return settings.mode;
  return space !== null && settings.canary.includes(space) ? "enforce" : "shadow";
}

/** What the house last heard of a point. `changed` is when its value last became what it is. */
export interface PointState {
  readonly value: PointValue;
  readonly at: Millis;
  readonly received: Millis;
  readonly changed: Millis;
  readonly quality: "good" | "suspect" | "bad";
  readonly doubt?: Doubt | undefined;
  /** What a doubted point last was while it was believed, and since when it is not. */
  readonly trusted?: { readonly value: PointValue; readonly at: Millis; readonly until: Millis } | undefined;
}

/** A print job that a copier announced. */
export interface PrintJob {
  readonly job: string;
  readonly user: string | null;
  readonly document: string | null;
  readonly pages: number;
  readonly copies: number;
  readonly sheets: number;
  readonly duplex: boolean;
  /** On once-used paper; absent where the copier does not say. */
  readonly reused?: boolean | undefined;
  readonly color: boolean;
  /** Nobody counted it: `pages` and `sheets` are 0 and say nothing. */
  readonly uncounted?: boolean | undefined;
  readonly state: "held" | "completed" | "canceled";
  readonly at: Millis;
}

/** Whether and when a device spoke. */
export interface Heard {
  /** Its last word, or the instant since which we listen, whichever is later. */
  readonly at: Millis;
  /** False for one that never said anything. */
  readonly ever: boolean;
  /** What its availability topic says; null where it has none. */
  readonly available: boolean | null;
}

/** What a policy may look at when it judges one subject: frozen inputs, nothing else. */
export interface View {
  readonly now: Millis;
  readonly site: Site;
  readonly device: Device;
  readonly space: Space | null;
  readonly params: Params;
  readonly calendar: Calendar;
  /** A point of the subject (or of another device), undefined when it was never heard or its quality is not good. */
  point(name: string, device?: DeviceId): PointState | undefined;
  /** A point of the subject however little it is believed; undefined when it was never heard. */
  raw(name: string): PointState | undefined;
  /** When the subject last spoke, or since when we listen where it never did; null where it spoke and listening just began. */
  heard(): Heard;
  /** When last nobody at all spoke though many should have (`until` null while it lasts): then it is no single device that is silent. */
  lineGap(): { readonly from: Millis; readonly until: Millis | null } | null;
  /** When one of the subject's values was last not believed; null when all are and were. */
  doubtedAt(): Millis | null;
  /** The water meter's flow by the hour; null for every other kind. */
  flow(): FlowTrend | null;
  /** When the subject is to be read by a person, and when it was last; null for what has a wire. */
  readingDue(): (Due & { readonly lastAt: Millis | null }) | null;
  /** What the copier counted and what its jobs explain; null for every other kind. */
  paper(): PaperTally | null;
  /** What the copiers of the subject's department printed this month, and the id of the one that answers for it. */
  departmentPaper(): { readonly sheets: number; readonly first: DeviceId };
  /**
   * Since when something that the policy names by `key` has held at every look, null while it does not, or nobody knows (`holds` null).
   * `sure` is false where it held already at the first look, or the first one after nobody knew: it may have held for longer. For
   * conditions of policies that are written as data; the built-in ones read it from the points.
   */
  since(key: string, holds: boolean | null): { readonly at: Millis; readonly sure: boolean } | null;
  /** W that the subject draws now by itself or by the meter that measures it alone; null where nothing says so, or not lately. */
  measuredPower(): number | null;
  /** Whether what `since` keeps by a key held at the last look; null where nobody knows. */
  held(key: string): boolean | null;
  /** The reason of the breach that stands here (its hold running, or its finding open), null while there is none: what stands ends only beyond the deadband. */
  standing(): string | null;
  /** Until when a policy leaves the subject alone because what it did there had to be given back, and what was measured then; null while it does not. */
  spared(policy: string): { readonly until: Millis; readonly value: number } | null;
  /** Whether a command to the subject failed and its alert still stands: one cause is one alert. */
  commandFailed(): boolean;
  /** CNY for a kWh, m³ or sheet by the site's tariffs; 0 where there is none. */
  price(quantity: "electricity" | "water" | "paper"): number;
  /** Devices of a kind in the subject's space. */
  neighbours(kind: DeviceKind): readonly Device[];
  /** The outdoor stations of the subject's building. */
  outdoor(): readonly Device[];
  /** Whether a device was heard within three of its intervals. */
  fresh(device: DeviceId): boolean;
  /**
   * Whether the space has people, by all its fresh presence sensors (any occupied = occupied), and since when it is so.
   * null when no fresh sensor knows.
   */
  occupancy(): { readonly occupied: boolean; readonly since: Millis } | null;
  /** The booking, duty or approved overtime that covers the subject's space now, if any. */
  booking(at?: Millis): { readonly note: string; readonly until: Millis } | null;
  /** When the next one of the subject's space begins; Infinity where none is to come. */
  nextBooking(): Millis;
  /** Whether the job under judgement was released by us (within the limit, or granted). */
  released(): boolean;
  /** The job under judgement, for policies whose `subject` is "job". */
  readonly job: PrintJob | null;
}

/** What a policy wants of its subject. Values are in the points' own units. */
export interface Want {
  readonly set: Readonly<Record<string, PointValue>>;
  /** The measurement that shows the effect, where it is not the usual one (power for a switch-off, flow for a valve). */
  readonly proof?: Effect | undefined;
}

/** A point must come to lie between two bounds (inclusive, in its unit) within so many seconds after the device reported what was asked. */
export interface Effect {
  readonly point: string;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  /** The device that measures it, where it is not the commanded one. */
  readonly device?: DeviceId | undefined;
  /** Beside the usual measurement and not instead of it: between its bounds it must stay from the report on until the seconds are over. */
  readonly stays?: boolean | undefined;
}

/** What was to stay and did not, though the device did as it was asked: the measured value, and what had been asked. */
export interface Shortfall {
  readonly value: number;
  readonly set: Readonly<Record<string, PointValue>>;
}

/** What is given back then, and for how many seconds the policy leaves the device alone. */
export interface Amends {
  readonly want: Want;
  readonly spare: number;
}

/**
 * A named verdict. Every one carries `reason`, a stable key of `contract/words/` (`policy.<id>.<reason>`), and the
 * evidence: the inputs at that instant, which also fill the sentence.
 */
export type Judgement =
  | {
      readonly state: "fine";
      readonly reason: string;
      readonly evidence: Evidence;
      readonly recheckAt?: Millis | undefined;
      readonly looks?: Looks | undefined;
    }
  /** An input is missing or stale: nothing is opened, nothing is closed, nothing is commanded. */
  | {
      readonly state: "unknown";
      readonly reason: string;
      readonly evidence: Evidence;
      readonly recheckAt?: Millis | undefined;
      readonly looks?: Looks | undefined;
    }
  | {
      readonly state: "breach";
      readonly reason: string;
      readonly evidence: Evidence;
      /** Seconds that the breach must last before it is a finding. */
      readonly hold: number;
      /** When the breach began, where the inputs say so better than the first time it was seen. */
      readonly since?: Millis | undefined;
      readonly want: Want | null;
      /** Seconds between the finding (with its warning) and the command; 0 or absent = at once. */
      readonly warn?: number | undefined;
      /** Enforcing it means asking somebody: the approval's alert is the finding's, so that one cause is one alert. */
      readonly asks?: boolean | undefined;
      /** The share of the subject's power (0–1) that is waste while the breach lasts. */
      readonly wasteShare?: number | undefined;
      /** Points of the subject that are not to be believed while this lasts: no other policy acts on them. */
      readonly suspects?: readonly string[] | undefined;
      readonly recheckAt?: Millis | undefined;
      readonly looks?: Looks | undefined;
    };

/** A point of the subject that moves without being watched: the judgement holds until it crosses an edge (`value > edge`), and is due at most `every` ms later. */
export interface Looks {
  readonly point: string;
  readonly edges: readonly number[];
  readonly every: Millis;
}

export type Evidence = Readonly<Record<string, PointValue | null>>;

/** What every policy has: how long its alert waits for the finding to last, and for the finding to stay away (on- and off-delay, ISA-18.2-2016 §10). */
const ALARM_PARAMS: readonly ParamDefinition[] = [
  { name: "alertAfter", unit: "s", default: 0, min: 0, max: 86_400 },
  { name: "clearAfter", unit: "s", default: 0, min: 0, max: 86_400 },
];

/** All parameters of a policy: its own, and those that all have. */
export function paramsOf(definition: Pick<PolicyDefinition, "params">): readonly ParamDefinition[] {
  return [...definition.params, ...ALARM_PARAMS];
}

/** How far a value must be back beyond its limit before a breach that stands is over; 0: at the limit. */
export function deadband(unit: string, max: number): ParamDefinition {
  return { name: "deadband", unit, default: 0, min: 0, max };
}

/** The value behind a breach, and how the measured point tells how far it came back. */
export interface Swing {
  /** The value that breached, in the unit of `limit`. */
  readonly value: number;
  readonly breach: "above" | "below";
  /** The point to look at, of the subject itself or of a device of that kind beside (or outside) it. */
  readonly point: string;
  readonly of: "subject" | DeviceKind;
  /** The limit in the point's own unit, and how many units of the limit one of it is. */
  readonly at: number;
  readonly scale: number;
}

/** A rule of the office: one file each in `policies/`, pure. */
export interface PolicyDefinition {
  readonly id: string;
  readonly severity: Severity;
  readonly defaultMode: Mode;
  /** It finds that something is broken, and not that somebody wastes: it counts as a fault in the month's account. */
  readonly fault?: true;
  /** Higher wins where two policies want different things of one point. */
  readonly priority: number;
  /** Kinds of device that it judges. */
  readonly kinds: readonly DeviceKind[];
  /** "device": one judgement per device. "job": one per print job. */
  readonly subject: "device" | "job";
  readonly params: readonly ParamDefinition[];
  /**
   * The points whose change makes it look again: of the subject itself, of neighbours in the space by kind, of the
   * building's outdoor station.
   */
  readonly watches: {
    readonly own: readonly string[];
    /** Further points of its own for some kinds only. */
    readonly ownOf?: Readonly<Partial<Record<DeviceKind, readonly string[]>>>;
    readonly neighbours?: Readonly<Partial<Record<DeviceKind, readonly string[]>>>;
    readonly outdoor?: readonly string[];
    /** Also look again when any point of the subject begins or ceases to be good. */
    readonly quality?: boolean;
  };
  /** What swings about which limit, for those that have a `deadband`, by the evidence of a breach; null where that breach has no such limit. */
  readonly swing?: (params: Params, evidence: Evidence) => Swing | null;
  /** It commands nothing whatever happens, so what is protected from commands is watched too. */
  readonly tellsOnly?: boolean;
  /**
   * What it finds began before anybody could tell (a silence, a value that stands still): it counts from the judgement's `since`, though all
   * seemed well after that. Every other breach begins after all was last well.
   */
  readonly beganUnseen?: boolean;
  /** The document that it was written as, where it is no built-in policy. */
  readonly custom?: CustomPolicy;
  /** A legal limit moves a setpoint at once, not in comfort steps. */
  readonly legal?: boolean;
  judge(view: View): Judgement;
  /** For those whose want has an effect that must stay: what is given back where it does not. */
  amends?(view: View, short: Shortfall): Amends;
}
