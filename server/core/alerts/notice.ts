import type { Severity } from "../policy.ts";
import type { Millis } from "../reading.ts";

/**
 * sending: handed to its channel. waiting: it failed and is tried again, with whatever else waits for the same listener by then. sent: the
 * peer took it. failed: it could not be delivered and will not be by this channel.
 */
export const NOTICE_STATES = ["sending", "waiting", "sent", "failed"] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** raised: for the first who answers. climbed: nobody answered in time. summary: a flood, told as one. channel: a channel's own fault. test: somebody tried the channel. */
export const NOTICE_KINDS = ["raised", "climbed", "summary", "channel", "test"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One message to one person (or one group's robot) by one channel, about one or more alerts. */
export interface Notice {
  /** Deterministic: what is decided twice is one. */
  readonly id: string;
  readonly channel: string;
  /** null: whoever reads the channel (a group's robot). */
  readonly person: string | null;
  readonly how: NoticeKind;
  readonly state: NoticeState;
  /** Ids of the alerts that it tells of, the most urgent first. */
  readonly alerts: readonly string[];
  readonly severity: Severity;
  readonly plannedAt: Millis;
  /** When it may leave at the earliest. */
  readonly dueAt: Millis;
  readonly attempts: number;
  readonly endedAt: Millis | null;
  readonly error: string | null;
}

/** What a channel says of a message. `retry`: worth trying again; `after`: not before so many ms. */
export type Delivered = { readonly ok: true } | { readonly ok: false; readonly retry: boolean; readonly error: string; readonly after?: Millis | undefined };

/** What the house must know of a channel: who can be reached, how often, and whether it works. */
export interface ChannelDefinition {
  readonly id: string;
  readonly kind: string;
  /** False for a group's robot, which reaches everybody in its group at once. */
  readonly personal: boolean;
  /** Messages that may leave in any 60 s. */
  readonly perMinute: number;
  /** People whom it can reach; null: everybody. Empty for robots. */
  readonly reaches: readonly string[] | null;
}

/** One that told of an alert: who heard it when and by what, and whether it arrived. */
export interface Told {
  readonly at: Millis;
  readonly person: string | null;
  readonly channel: string;
  readonly how: NoticeKind;
  readonly notice: string;
  /** elsewhere: another server had the house then, and told. */
  readonly state: "sent" | "failed" | "elsewhere";
  readonly error: string | null;
}

/** A person is away; until they are back somebody else stands in. */
export interface Absence {
  readonly id: string;
  readonly person: string;
  readonly from: Millis;
  readonly until: Millis;
  /** null: the next in the chain. */
  readonly standIn: string | null;
  readonly note: string;
  readonly by: string;
  readonly endedAt: Millis | null;
}

/** A planned silence: a part of the house (every named part must fit; null: any) whose alerts go to the shelf until its end. */
export interface Silence {
  readonly id: string;
  readonly building: string | null;
  readonly floor: string | null;
  readonly space: string | null;
  readonly device: string | null;
  readonly department: string | null;
  /** The alarm: its title without the reason (`policy.vacant-ac-off`, `command`, `system.history`). */
  readonly alarm: string | null;
  readonly severity: Severity | null;
  readonly reason: string;
  readonly by: string;
  readonly from: Millis;
  readonly until: Millis;
  readonly endedAt: Millis | null;
}

/** An alarm that is out of service (ISA-18.2 §5.4): known to be wrong or under repair, kept, shown, told to nobody. */
export interface OutOfService {
  readonly id: string;
  /** The alarm: its title without the reason (`policy.vacant-ac-off`, `command`, `system.history`) at a device (null: none). */
  readonly alarm: string;
  readonly device: string | null;
  readonly reason: string;
  readonly by: string;
  readonly from: Millis;
  /** null: until somebody returns it to service. */
  readonly until: Millis | null;
  readonly endedAt: Millis | null;
}
