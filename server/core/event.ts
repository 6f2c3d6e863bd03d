import type { Entry, MonthDraft, QuantityAccount, Settlement } from "./account/settlement.ts";
import type { BadRule } from "./alerts/bad-rule.ts";
import type { Absence, Delivered, Notice, OutOfService, Silence } from "./alerts/notice.ts";
import type { OfferedBooking, OfficeEvent, StoredBooking } from "./booking.ts";
import type { CustomPolicy } from "./custom/document.ts";
import type { Alert, Approval, Command, Cost, Finding, HandsOff, Override, StandingExemption } from "./finding.ts";
import type { Device, DeviceKind } from "./device.ts";
import type { Mapping } from "./mapping.ts";
import type { EntryState, MeterEntry } from "./meters/entry.ts";
import type { BaselineDays, SavingsEntry } from "./savings/entry.ts";
import type { PolicyOverrides, PrintJob } from "./policy.ts";
import type { DeviceId, Millis, PointId, PointValue, Report } from "./reading.ts";

/** Everything that can happen to the house comes through one door: `step(house, event, now)`. */
export type HouseEvent =
  | { readonly kind: "report"; readonly report: Report; readonly topic: string; readonly codec: string }
  /** A source tells of a device: what it is there, and what it seems to be. */
  | { readonly kind: "described"; readonly device: DeviceId; readonly as: DescribedAs }
  | { readonly kind: "availability"; readonly device: DeviceId; readonly online: boolean }
  | { readonly kind: "job"; readonly device: DeviceId; readonly job: PrintJob }
  | { readonly kind: "ack"; readonly device: DeviceId; readonly command: string; readonly accepted: boolean; readonly error: string | null }
  /** The transport took a command (`ok`), or could not. */
  | { readonly kind: "sent"; readonly command: string; readonly ok: boolean; readonly error: string | null }
  | { readonly kind: "tick" }
  /** What a calendar that is followed says now, whole. */
  | { readonly kind: "bookings"; readonly source: string; readonly bookings: readonly OfferedBooking[] }
  /** The day's look at our own rules: those whose alarms nobody can use, all of them. */
  | { readonly kind: "bad-rules"; readonly found: readonly BadRule[] }
  /** Whether this server may command the house; another one (`holder`) does where it may not. */
  | { readonly kind: "lead"; readonly leads: boolean; readonly holder: string | null }
  /** A channel's word about a notice. */
  | { readonly kind: "told"; readonly notice: string; readonly delivered: Delivered }
  /** A person can be reached by a channel from now on, or not any more. */
  | { readonly kind: "reach"; readonly channel: string; readonly person: string; readonly reachable: boolean }
  | { readonly kind: "person"; readonly by: string; readonly request: PersonRequest };

export interface DescribedAs {
  readonly codec: string;
  readonly address: string;
  readonly topic: string;
  readonly name: string;
  readonly guess: DeviceKind | null;
  readonly interval: number | null;
  readonly openLoop: boolean;
  readonly wakes?: number | undefined;
  /** Units of points that the office has no word for, by their names. */
  readonly units?: Readonly<Record<string, string>> | undefined;
}

export type PersonRequest =
  | { readonly kind: "alert"; readonly alert: string; readonly action: AlertAction }
  | (Pick<Override, "device" | "space" | "policy" | "set" | "reason" | "until"> & {
      readonly kind: "override";
      /** Only asked for: somebody else decides. */
      readonly asks?: boolean;
      readonly cost?: Cost | null;
    })
  | (Pick<StandingExemption, "policy" | "device" | "space" | "spaceClass" | "reason" | "until"> & { readonly kind: "exemption"; readonly asks: boolean })
  | { readonly kind: "end-exemption"; readonly exemption: string }
  | { readonly kind: "end-override"; readonly override: string }
  | {
      readonly kind: "hands-off";
      readonly building: string | null;
      readonly floor: string | null;
      readonly space: string | null;
      readonly device: DeviceId | null;
      readonly reason: string;
      readonly until: Millis | null;
    }
  | { readonly kind: "hands-on"; readonly handsOff: string; readonly reason: string | null }
  | { readonly kind: "command"; readonly device: DeviceId; readonly set: Readonly<Record<string, PointValue>>; readonly reason: string }
  | { readonly kind: "cancel-command"; readonly command: string }
  | {
      readonly kind: "request-approval";
      readonly space: string;
      readonly from: Millis;
      readonly until: Millis;
      readonly reason: string;
      readonly cost?: Cost | null;
    }
  | { readonly kind: "withdraw-approval"; readonly approval: string }
  | { readonly kind: "decide-approval"; readonly approval: string; readonly grant: boolean; readonly note: string | null }
  | { readonly kind: "policy"; readonly policy: string; readonly change: PolicyOverrides }
  /** A policy written as data: a new one, or a new text of one that was written so. */
  | { readonly kind: "write-policy"; readonly document: CustomPolicy }
  | { readonly kind: "remove-policy"; readonly policy: string }
  | ({ readonly kind: "add-booking"; readonly as: "meeting" | "duty" } & Pick<StoredBooking, "space" | "from" | "until" | "note">)
  | {
      readonly kind: "change-booking";
      readonly booking: string;
      readonly space?: string | undefined;
      readonly from?: Millis | undefined;
      readonly until?: Millis | undefined;
      readonly note?: string | undefined;
    }
  | { readonly kind: "cancel-booking"; readonly booking: string }
  | { readonly kind: "import-bookings"; readonly bookings: readonly OfferedBooking[] }
  | (Pick<Absence, "person" | "from" | "until" | "standIn" | "note"> & { readonly kind: "add-absence" })
  | { readonly kind: "end-absence"; readonly absence: string }
  | (Omit<Silence, "id" | "by" | "endedAt"> & { readonly kind: "add-silence" })
  | { readonly kind: "end-silence"; readonly silence: string }
  /** An alarm is in service again, whether an alert of it stands or not. */
  | { readonly kind: "return-to-service"; readonly service: string; readonly note: string | null }
  /** Sends a message to a person (or a robot's group) to see whether the channel works. */
  | { readonly kind: "try-channel"; readonly channel: string; readonly person: string | null }
  | { readonly kind: "declare-event"; readonly name: string; readonly from: string; readonly until: string }
  | { readonly kind: "cancel-event"; readonly event: string }
  /** Closes a month with what it comes to now. `first`: the first month with readings; `digest`: SHA-256 of what is closed. */
  | { readonly kind: "close-month"; readonly draft: MonthDraft; readonly first: string | null; readonly digest: string }
  /** Takes an entry of a closed month back and writes another amount in its place. */
  | { readonly kind: "correct-month"; readonly entry: Entry; readonly quantity: QuantityAccount; readonly amount: number; readonly reason: string }
  /** What somebody read off a meter at `at`. */
  | { readonly kind: "enter-reading"; readonly point: PointId; readonly at: Millis; readonly value: number; readonly note: string | null }
  /** A meter was exchanged at `at`; `note` says why. */
  | {
      readonly kind: "enter-exchange";
      readonly point: PointId;
      readonly at: Millis;
      readonly final: number;
      readonly initial: number;
      readonly note: string | null;
    }
  /** A second person's word about either; who rejects says why. */
  | { readonly kind: "decide-entry"; readonly entry: string; readonly confirm: boolean; readonly reason: string | null }
  | { readonly kind: "withdraw-entry"; readonly entry: string }
  | {
      readonly kind: "add-adjustment";
      readonly building: string;
      readonly from: string;
      readonly until: string | null;
      readonly kwh: number;
      readonly per: "day" | "period";
      readonly reason: string;
      readonly source: string;
    }
  | { readonly kind: "withdraw-adjustment"; readonly adjustment: string; readonly reason: string }
  /** `days` null: as it is where nobody chooses. `first`: when anything was commanded first, as the records know it. */
  | {
      readonly kind: "choose-baseline";
      readonly building: string;
      readonly days: BaselineDays | null;
      readonly reason: string;
      readonly first: Millis | null;
    }
  | {
      readonly kind: "adopt";
      readonly device: DeviceId;
      readonly as: {
        readonly kind: DeviceKind;
        readonly space: string | null;
        readonly name: string | null;
        readonly interval: number | null;
        readonly standby: number | null;
        /** Absent: as it is. */
        readonly meter?: DeviceId | null | undefined;
        /** It tells back what it was told (an infrared sender): only an effect proves anything. Absent: as it is. */
        readonly openLoop?: boolean | undefined;
        readonly tags?: readonly string[] | undefined;
      };
    }
  /** A stranger that nobody wants here is out of sight until it is asked for. */
  | { readonly kind: "ignore"; readonly device: DeviceId; readonly ignored: boolean }
  /** A device leaves the house: no rule judges it and nothing commands it any more; it is a stranger again, and what was told of it stays. */
  | { readonly kind: "release"; readonly device: DeviceId }
  /** A mapping for devices that no codec knows: a new one, or a new text of one that was written so. */
  | { readonly kind: "write-mapping"; readonly mapping: Mapping }
  | { readonly kind: "remove-mapping"; readonly mapping: string };

export type AlertAction =
  | { readonly kind: "ack"; readonly note: string | null }
  | { readonly kind: "shelve"; readonly until: Millis; readonly note: string }
  /** Nobody is told of this alarm until its end (null: until it is returned to service). */
  | { readonly kind: "out-of-service"; readonly until: Millis | null; readonly note: string }
  | { readonly kind: "return-to-service"; readonly note: string | null }
  | { readonly kind: "comment"; readonly note: string }
  | { readonly kind: "assign"; readonly to: string; readonly note: string | null }
  | { readonly kind: "resolve"; readonly note: string | null };

/** What follows from an event: facts for the records, commands for the wire, changes for the page. Keys make them idempotent. */
export type Decision =
  | { readonly kind: "finding"; readonly finding: Finding; readonly why: string }
  | { readonly kind: "command"; readonly command: Command; readonly why: string }
  /** Put this command on the wire (again). Always follows the `command` decision that records it. */
  | { readonly kind: "send"; readonly command: Command }
  | { readonly kind: "alert"; readonly alert: Alert; readonly why: string }
  | { readonly kind: "notice"; readonly notice: Notice; readonly why: string }
  /** Hand this notice to its channel. Always follows the `notice` decision that records it. */
  | { readonly kind: "tell"; readonly notice: Notice }
  | { readonly kind: "absence"; readonly absence: Absence; readonly why: string }
  | { readonly kind: "silence"; readonly silence: Silence; readonly why: string }
  | { readonly kind: "out-of-service"; readonly service: OutOfService; readonly why: string }
  | { readonly kind: "override"; readonly override: Override; readonly why: string }
  | { readonly kind: "exemption"; readonly exemption: StandingExemption; readonly why: string }
  | { readonly kind: "approval"; readonly approval: Approval; readonly why: string }
  | { readonly kind: "hands-off"; readonly handsOff: HandsOff; readonly why: string }
  | { readonly kind: "booking"; readonly booking: StoredBooking; readonly why: string }
  | { readonly kind: "event"; readonly event: OfficeEvent; readonly why: string }
  | { readonly kind: "policy"; readonly policy: string; readonly change: PolicyOverrides; readonly why: string }
  /** null: it was taken back. */
  | { readonly kind: "custom-policy"; readonly id: string; readonly document: CustomPolicy | null; readonly why: string }
  /** A month that was closed, with its lines; or entries that correct one (null: the month itself stays as it is). */
  | {
      readonly kind: "settlement";
      readonly month: string;
      readonly settlement: Settlement | null;
      readonly entries: readonly Entry[];
      readonly why: "closed" | "corrected";
    }
  /** What people wrote down of a meter; once confirmed, it is told to the history. */
  | { readonly kind: "meter-entry"; readonly entry: MeterEntry; readonly why: EntryState }
  /** What people say of a building's savings. */
  | { readonly kind: "savings-entry"; readonly entry: SavingsEntry; readonly why: "entered" | "withdrawn" | "chosen" }
  | { readonly kind: "device"; readonly device: Device; readonly why: string }
  /** null: it was taken back. */
  | { readonly kind: "mapping"; readonly id: string; readonly mapping: Mapping | null; readonly why: string }
  | { readonly kind: "job"; readonly device: DeviceId; readonly job: PrintJob }
  | { readonly kind: "audit"; readonly entry: AuditEntry };

/** One line of the append-only audit: who did what to what, when, and from what to what. */
export interface AuditEntry {
  /** Deterministic: the same line recorded twice is one. */
  readonly id: string;
  readonly at: Millis;
  readonly by: string;
  readonly what: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
