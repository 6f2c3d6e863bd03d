/** Findings, commands, alerts and whatever else is decided, kept and listed. */
import type { AuditEntry, Decision } from "../core/event.ts";
import type { Remembered } from "../core/restore.ts";
import type { Entry, Settlement } from "../core/account/settlement.ts";
import type { MeterEntry } from "../core/meters/entry.ts";
import type { AlarmRecord } from "../core/alerts/alarm-record.ts";
import type { Absence, Notice, Silence } from "../core/alerts/notice.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override, StandingExemption } from "../core/finding.ts";
import type { StoredBooking } from "../core/booking.ts";
import type { PrintJob } from "../core/policy.ts";
import type { DeviceId, Millis, PointId } from "../core/reading.ts";
import type { AuditFilter, AuditLine, AuditReport } from "./audit.ts";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface FindingFilter {
  readonly state?: "open" | "closed" | undefined;
  readonly policy?: string | undefined;
  readonly device?: string | undefined;
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
}

export interface CommandFilter {
  readonly device?: string | undefined;
  readonly finding?: string | undefined;
  readonly state?: string | undefined;
  /** Planned within [from, to). */
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
}

export interface AlertFilter {
  readonly state?: string | undefined;
  readonly device?: string | undefined;
}

export interface NoticeFilter {
  readonly state?: string | undefined;
  readonly channel?: string | undefined;
  readonly person?: string | undefined;
}

export interface MeterEntryFilter {
  readonly state?: string | undefined;
  readonly point?: PointId | undefined;
  readonly kind?: string | undefined;
}

/** The office's records: one transaction per batch of decisions; writing the same decision twice changes nothing. */
export interface Records {
  open(): Promise<void>;
  /** Applies a batch of decisions in one transaction, in order. */
  commit(decisions: readonly Decision[]): Promise<void>;
  /** What a restart needs to go on where it stopped. */
  standing(now: Millis): Promise<Remembered>;
  findings(filter: FindingFilter, page: PageRequest): Promise<Page<Finding>>;
  finding(id: string): Promise<Finding | null>;
  commands(filter: CommandFilter, page: PageRequest): Promise<Page<Command>>;
  command(id: string): Promise<Command | null>;
  alerts(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>>;
  alert(id: string): Promise<Alert | null>;
  /** What alarms' health is counted from: all that were raised before `to` and did not end before `from`, the oldest first. */
  alarmRecords(from: Millis, to: Millis): Promise<readonly AlarmRecord[]>;
  notices(filter: NoticeFilter, page: PageRequest): Promise<Page<Notice>>;
  silences(page: PageRequest): Promise<Page<Silence>>;
  absences(page: PageRequest): Promise<Page<Absence>>;
  overrides(active: boolean | undefined, page: PageRequest): Promise<Page<Override>>;
  approvals(state: string | undefined, page: PageRequest): Promise<Page<Approval>>;
  exemptions(page: PageRequest): Promise<Page<StandingExemption>>;
  handsOff(page: PageRequest): Promise<Page<HandsOff>>;
  /** Bookings that were kept and touch [from, to), oldest first, at most 10,000. */
  bookings(from: Millis, to: Millis): Promise<readonly StoredBooking[]>;
  /** Closed months, the newest first, at most ten years. */
  months(): Promise<readonly Pick<Settlement, "month" | "closedAt" | "closedBy" | "digest">[]>;
  month(id: string): Promise<Settlement | null>;
  /** Every entry of a closed month: its lines, and what corrected them since, the oldest first. */
  monthEntries(month: string): Promise<readonly Entry[]>;
  /** What people wrote down of meters, the newest first. */
  meterEntries(filter: MeterEntryFilter, page: PageRequest): Promise<Page<MeterEntry>>;
  meterEntry(id: string): Promise<MeterEntry | null>;
  /** Entries that were confirmed at or after `decidedAt`, in that order. */
  confirmedSince(decidedAt: Millis): Promise<readonly MeterEntry[]>;
  jobs(device: DeviceId | undefined, page: PageRequest): Promise<Page<{ readonly device: DeviceId; readonly job: PrintJob }>>;
  /** Newest first. */
  audit(page: PageRequest, filter?: AuditFilter): Promise<Page<AuditEntry & { readonly seq: number; readonly hash: string }>>;
  /** The end of the audit's chain; seq 0 and sixty-four zeros while it is empty. */
  auditHead(): Promise<{ readonly seq: number; readonly hash: string; readonly at: Millis | null }>;
  /** Entries after `after` in the chain's order, as they are stored. */
  auditChain(after: number, limit: number): Promise<readonly AuditLine[]>;
  /** Walks the whole chain; `known` is a head that was noted earlier. */
  verifyAudit(known?: string | null): Promise<AuditReport>;
  /** Per policy: findings and wasted quantities within [from, to). */
  summary(
    from: Millis,
    to: Millis,
  ): Promise<
    readonly {
      readonly policy: string;
      readonly findings: number;
      readonly open: number;
      readonly hours: number;
      readonly kwh: number;
      readonly m3: number;
      readonly cny: number;
    }[]
  >;
  /** How many commands planned since then were proven. */
  provenSince(from: Millis): Promise<number>;
  /** When anything was commanded first; null while nothing was. */
  firstCommandAt(): Promise<Millis | null>;
  close(): Promise<void>;
}
