/** What the flow asks of the world. Each port has one suite of tests that runs against every implementation. */
import type { AuditEntry, Decision, PersonRequest, Refusal } from "./core/event.ts";
import type { Description } from "./core/description.ts";
import type { House } from "./core/house.ts";
import type { MappingTrial, SeenMessage, UnknownTopic } from "./core/seen.ts";
import type { Mapping } from "./core/mapping.ts";
import type { Remembered } from "./core/restore.ts";
import type { Overview, Why } from "./core/explain.ts";
import type { Bulletin } from "./core/account/bulletin.ts";
import type { CostedLine, Entry, Settlement } from "./core/account/settlement.ts";
import type { MeterEntry } from "./core/meters/entry.ts";
import type { TableRow } from "./core/meters/rows.ts";
import type { AlarmRecord } from "./core/alerts/alarm-record.ts";
import type { AlarmHealth } from "./core/alerts/health.ts";
import type { Proposal } from "./core/alerts/proposals.ts";
import type { Absence, Delivered, Notice, Silence } from "./core/alerts/notice.ts";
import type { DocumentModel, SheetModel } from "./contract/document.ts";
import type { ExportFailure, ExportFormat } from "./contract/export-formats.ts";
import type { Message } from "./contract/message.ts";
import type { FormLayout } from "./core/account/form.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override, StandingExemption } from "./core/finding.ts";
import type { Actor } from "./core/roles.ts";
import type { RollupStep } from "./core/rollup.ts";
import type { IncomingMessage as HttpRequest } from "node:http";
import type { RequestHandler, Router } from "express";
import type { Avoided, AvoidedSum } from "./core/savings/avoided.ts";
import type { Baseline } from "./core/savings/baseline.ts";
import type { Adjustment, BaselineChoice, Withdrawal } from "./core/savings/entries.ts";
import type { Unsaid } from "./core/savings/episode.ts";
import type { NotVerified, Planned, Verified } from "./core/savings/verify.ts";
import type { OfferedBooking, StoredBooking } from "./core/bookings.ts";
import type { Suggestion } from "./core/suggest.ts";
import type { BacktestResult } from "./core/backtest-tally.ts";
import type { Params, PrintJob, Scope } from "./core/policy.ts";
import type { DeviceId, Fate, Millis, PointId, PointValue, Quality, Rejection, Report } from "./core/reading.ts";

/** The house's time. The wall, a hand in a test, or a demonstration at sixty times life. */
export interface Clock {
  now(): Millis;
  /** Simulated milliseconds per real one; 1 for the wall. */
  readonly speed: number;
  readonly simulated: boolean;
}

/** Where bytes come from. `settle` is called once the message's fate is durable: only then may QoS 1 be acknowledged. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retained: boolean;
  /** Who published it, where that is known (at our own broker): the user name, else the client id. */
  readonly from?: string;
  /** Undefined for QoS 0 where nobody waits. */
  readonly settle: (() => void) | undefined;
}

export interface Transport {
  /** Resolves when it can take messages in. Errors name the address and the mend. */
  open(onMessage: (message: IncomingMessage) => void): Promise<void>;
  /** Called after each connection; at once where it stands already. */
  onConnected(listener: () => void): void;
  /**
   * Resolves when the peer has it (PUBACK); rejects when it could not be delivered within 10 s. Never retained unless asked. What
   * waits for a connection is asked once more before it goes: where `wanted` says no by then, it is not sent.
   */
  publish(topic: string, payload: string | Uint8Array, options?: { readonly retain?: boolean; readonly wanted?: () => boolean }): Promise<void>;
  /** Wants to hear these topics (filters) too, now and after every reconnection. */
  listen(filters: readonly string[]): void;
  connected(): boolean;
  /** The port listened on (embedded), else null. */
  readonly port: number | null;
  /** Stops taking in, lets what is in flight settle, closes. */
  close(): Promise<void>;
}

/** What a device said at one time, in the office's points and units. */
export interface Said {
  /** The device's own time, ms; null where it has none that can be read, or one without a zone. */
  readonly ts: Millis | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Points whose source says itself that they cannot be believed now, each with its reason. */
  readonly bad?: Readonly<Record<string, string>>;
  /** Told later than it was: history, never the present. */
  readonly historical?: boolean;
}

/** What is heard of a device by whatever way, under the address by which its source knows it. */
export type DeviceWord =
  | { readonly kind: "said"; readonly address: string; readonly said: Said }
  | { readonly kind: "availability"; readonly address: string; readonly online: boolean }
  /** The device's or its gateway's answer to one of our commands. */
  | { readonly kind: "ack"; readonly address: string; readonly command: string; readonly accepted: boolean; readonly error: string | null }
  | { readonly kind: "job"; readonly address: string; readonly job: PrintJob }
  | { readonly kind: "described"; readonly description: Description };

/** Printers and copiers that we ask ourselves, without a broker: devices with `codec: printer`. */
export interface Printers {
  /** Begins to ask; what is heard comes by `hear`. */
  start(hear: (word: DeviceWord) => void): void;
  /** Hands a command (a held job's release or refusal) to a device's queue: its answer comes as an `ack`. Rejects when the queue cannot be reached. */
  send(address: string, set: Readonly<Record<string, PointValue>>, command: string): Promise<void>;
  close(): Promise<void>;
}

/** By which source a device speaks. */
export interface SourceView {
  readonly codec: string;
  /** What it is called there; null where that is its topic. */
  readonly address: string | null;
  /** Null where it does not describe itself, or did not since the start. */
  readonly description: Description | null;
  /** Other codecs that described the same hardware and are not listened to for it. */
  readonly also: readonly string[];
}

export interface StoredReading {
  readonly at: Millis;
  readonly received: Millis;
  readonly value: PointValue;
  readonly quality: Quality;
}

export interface WindowedReading {
  readonly at: Millis;
  readonly value: number | null;
  readonly count: number;
}

export const WINDOW_FUNCTIONS = ["mean", "min", "max", "last", "sum"] as const;
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];

/** heard: only that it came. changes: when its value or quality became another. all: every reading. */
export type ScanTake = "heard" | "changes" | "all";

/** Which readings are to be gone through, in the order of their arrival within [from, to). */
export interface ScanQuery {
  readonly from: Millis;
  readonly to: Millis;
  /** The slices number the points and devices by their place in these lists. */
  readonly points: readonly { readonly point: PointId; readonly device: number; readonly take: ScanTake }[];
  /** Ms without a word after which a device is quiet. */
  readonly quietMs: readonly number[];
}

/** Some hours of a scan, as columns. `type` is 0 number, 1 boolean (0/1), 2 text (the number of one of the texts so far); `quality` 0 good, 1 suspect, 2 bad. */
export interface ScanSlice {
  /** Everything that arrived before this has been told. */
  readonly until: Millis;
  /** Readings that were looked at. */
  readonly seen: number;
  /** Texts that are new since the last slice. */
  readonly texts: readonly (readonly [number, string])[];
  readonly point: Int32Array;
  readonly at: Float64Array;
  readonly received: Float64Array;
  readonly value: Float64Array;
  readonly type: Uint8Array;
  readonly quality: Uint8Array;
  /** Stretches in which a device was never quiet, in the order in which they began. */
  readonly heard: { readonly device: Int32Array; readonly from: Float64Array; readonly until: Float64Array };
}

/** The memory that a slice gives away when it goes to another thread. */
export function memoryOfSlice({ point, at, received, value, type, quality, heard }: ScanSlice): ArrayBuffer[] {
  return [point, at, received, value, type, quality, heard.device, heard.from, heard.until].map((a) => a.buffer as ArrayBuffer);
}

export interface RollupQuery {
  readonly points: readonly PointId[];
  readonly from: Millis;
  readonly to: Millis;
  readonly step: RollupStep;
}

/** Windows that hold anything and begin within [from, to), as columns, by start, then by the point's place in the question. NaN where there is nothing to say. */
export interface Rollups {
  /** Place in `RollupQuery.points`. */
  readonly point: Int32Array;
  readonly start: Float64Array;
  /** Good and suspect numbers and booleans (0/1) in it. */
  readonly count: Int32Array;
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
  /** Of a counter its increase in its unit; of a boolean the hours it was true; of another number the integral in unit times hours (W gives Wh). See `core/rollup.ts`. */
  readonly total: Float64Array;
}

/** A person says that a counter was exchanged: what the old one stood at in the end, what the new one began with. */
export interface Exchange {
  readonly id: string;
  readonly point: PointId;
  readonly at: Millis;
  readonly final: number;
  readonly initial: number;
}

/** One stored reading with the point it is of. */
export interface JournalReading extends StoredReading {
  readonly point: PointId;
}

/** Whole commits in the order in which they were made. */
export interface JournalSlice {
  /** The last commit in it; what was asked after, when there is none. */
  readonly upTo: number;
  readonly readings: readonly JournalReading[];
}

export interface ExportQuestion {
  readonly points: readonly PointId[];
  readonly from: Millis;
  readonly to: Millis;
  readonly step: RollupStep | "raw";
  readonly format: ExportFormat;
}
export type StoredQuestion = ExportQuestion & { readonly format: "parquet" | "csv" };

export interface ExportRun {
  readonly id: string;
  readonly by: string;
  readonly question: ExportQuestion;
  readonly askedAt: Millis;
  readonly endedAt: Millis | null;
  readonly state: "waiting" | "running" | "done" | "failed" | "canceled";
  /** 0 to 1. */
  readonly progress: number;
  readonly rows: number;
  readonly bytes: number | null;
  readonly error: string | null;
  readonly code: ExportFailure | null;
}

/** Runs one at a time; files wait for a day, and no longer than the server runs. */
export interface Exports {
  ask(by: string, question: ExportQuestion): ExportRun;
  get(id: string): ExportRun | null;
  /** Newest first. */
  list(): readonly ExportRun[];
  readonly waiting: number;
  cancel(id: string): Promise<ExportRun | null>;
  over(id: string): Promise<void>;
  /** Where a finished one lies. */
  file(id: string): Promise<{ readonly path: string; readonly bytes: number } | null>;
  close(): Promise<void>;
}

/** Append-only readings. */
export interface History {
  open(): Promise<void>;
  /** Queues a report (one without readings is a barrier: it stores nothing and waits its turn); `durable` is called after the commit that holds it (many reports a commit). Throws nothing: failure goes to `onFailure`. */
  append(report: Report, durable: (() => void) | undefined): void;
  /** Called when a commit failed: the reports stay queued and are tried again; the flow raises an alert. null = well again. */
  onFailure(listener: (error: Error | null) => void): void;
  /** Raw readings in [from, to), oldest first, each once however often it was delivered. */
  readings(point: PointId, from: Millis, to: Millis, limit: number): Promise<readonly StoredReading[]>;
  /** Windows [t, t+every) aligned to `origin` (ms; local midnight for days). Only good and suspect numbers and booleans (0/1) count. */
  windows(point: PointId, from: Millis, to: Millis, every: Millis, fn: WindowFunction, origin: Millis): Promise<readonly WindowedReading[]>;
  /** The newest reading of every point. */
  latest(): Promise<readonly { readonly point: PointId; readonly reading: StoredReading }[]>;
  /** Every report since `from`, grouped and ordered as it was received, for rebuilding the house. */
  replay(from: Millis, each: (report: Report) => void): Promise<void>;
  /** Goes through the readings of some points, thinned, some hours at a time; the next ones are read when `each` has resolved. When `each` rejects, so does this. */
  scan(query: ScanQuery, each: (slice: ScanSlice) => Promise<void>): Promise<void>;
  /** When the oldest stored reading arrived; null while there is none. */
  oldest(): Promise<Millis | null>;
  /** What was rolled up of some points: true at the moment of the answer, what arrived late or was corrected included. */
  rollups(query: RollupQuery): Promise<Rollups>;
  /** Tells of counters that were exchanged; the same one twice changes nothing. */
  exchange(exchanges: readonly Exchange[]): Promise<void>;
  /** Readings of the commits after `after` (0 = from the beginning), in order, at most about `limit`: commits stay whole, so up to 10,000 more. */
  journal(after: number, limit: number): Promise<JournalSlice>;
  /** A number kept durably beside the readings, a forward's cursor for one; null when it was never set. A restored backup brings back its own. */
  mark(name: string): Promise<number | null>;
  setMark(name: string, value: number): Promise<void>;
  /** Writes everything that is durable, as of one moment, into a new file that a history can be opened on; what comes meanwhile is taken in. */
  copyTo(file: string): Promise<void>;
  /**
   * Writes readings (`raw`) or the roll-ups of windows that are over into a file; answers how many rows. `progress` hears the share that is done
   * and the rows so far; what it throws ends the export.
   */
  exportTo(question: StoredQuestion, file: string, progress: (done: number, rows: number) => void): Promise<number>;
  /** Queued but not yet durable reports. */
  readonly backlog: number;
  stats(): { readonly rows: number; readonly commits: number; readonly lastCommitMs: number };
  /** Commits what is queued, then closes. */
  close(): Promise<void>;
}

/** How what is forwarded elsewhere does. Times are this machine's, ms. */
export interface ForwardStatus {
  /** Stored readings that are not there yet; after a restart about so many until it has caught up. */
  readonly behind: number;
  /** The age of the oldest of them, s. */
  readonly behindSeconds: number;
  /** Readings sent since the start. */
  readonly sent: number;
  /** Readings that are not taken there, ever. */
  readonly rejected: number;
  readonly lastSuccess: Millis | null;
  /** Since when nothing gets through; null while all is well. */
  readonly failingSince: Millis | null;
  /** What stands in the way, or, while `failingSince` is null, stood there last. */
  readonly error: string | null;
}

/** Sends stored readings on, in the background, from where it stopped. */
export interface Forward {
  start(): void;
  status(): ForwardStatus;
  /** Ends within a moment; what was under way is sent again at the next start. */
  close(): Promise<void>;
}

/** What another store has of readings that the history may hold no longer. All reject when it does not answer. */
export interface OlderReadings {
  readonly readings: History["readings"];
  readonly windows: History["windows"];
  /** Hours and days; of five minutes it has nothing. */
  readonly rollups: History["rollups"];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
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
export interface AuditFilter {
  readonly what?: string | undefined;
  readonly by?: string | undefined;
  readonly subject?: string | undefined;
}
/** An entry as it is stored: `detail` is its JSON to the letter, for that is what was hashed. */
export interface AuditLine {
  readonly seq: number;
  readonly id: string;
  readonly at: Millis;
  readonly by: string;
  readonly what: string;
  readonly subject: string;
  readonly detail: string;
  readonly prev: string;
  readonly hash: string;
}
export interface AuditReport {
  readonly entries: number;
  readonly first: Millis | null;
  readonly last: Millis | null;
  readonly head: string;
  readonly headSeq: number;
  /** The first entry that is wrong, and how. */
  readonly broken: { readonly seq: number; readonly what: "altered" | "missing" | "reordered"; readonly detail: string } | null;
  /** Whether the head that was noted earlier is in the chain; null when none was given. */
  readonly known: boolean | null;
}
export interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit: number;
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

/** What sign-in keeps: password hashes, sessions, one-time links. */
export interface Credentials {
  passwordHash(person: string): Promise<string | null>;
  setPasswordHash(person: string, hash: string): Promise<void>;
  anyPassword(): Promise<boolean>;
  session(id: string): Promise<{ readonly data: string; readonly expires: Millis } | null>;
  saveSession(id: string, person: string | null, data: string, expires: Millis): Promise<void>;
  /** Moves a session's end on; does nothing where it was dropped meanwhile (a request under way must not bring back what sign-out ended). */
  touchSession(id: string, expires: Millis): Promise<void>;
  dropSession(id: string): Promise<void>;
  dropExpiredSessions(now: Millis): Promise<void>;
  /** Drops all sessions of a person (password changed). */
  dropSessionsOf(person: string): Promise<void>;
  /** Keeps the hash of a one-time link's token; an older one of the same purpose and person is void from now on. */
  saveToken(hash: string, purpose: string, person: string | null, expires: Millis): Promise<void>;
  /** Uses a token up: null when there is none, it was used, or its time is over. */
  takeToken(hash: string, purpose: string, now: Millis): Promise<{ readonly person: string | null; readonly expires: Millis } | null>;
}

/** What is asked of a back-test: one policy with these settings, over [from, to). */
export interface BacktestQuestion {
  readonly policy: string;
  readonly params: Params;
  readonly scope: Scope;
  readonly from: Millis;
  readonly to: Millis;
}

export interface BacktestRun extends BacktestQuestion {
  readonly id: string;
  readonly by: string;
  readonly askedAt: Millis;
  readonly state: "queued" | "running" | "done" | "canceled" | "failed";
  /** 0–1. */
  readonly progress: number;
  /** Stored readings gone through so far. */
  readonly readings: number;
  /** How long it took, real s. */
  readonly seconds: number;
  readonly result: BacktestResult | null;
  readonly error: string | null;
}

/** Runs one at a time; the newest are kept until the server stops. */
export interface Backtests {
  ask(by: string, question: BacktestQuestion): BacktestRun;
  get(id: string): BacktestRun | null;
  /** Newest first. */
  list(policy: string | undefined): readonly BacktestRun[];
  /** Queued and running ones. */
  readonly waiting: number;
  /** null: there is none such. Ends within one slice of the history. */
  cancel(id: string): BacktestRun | null;
  /** Resolves when it is over, however it ended. */
  over(id: string): Promise<void>;
  close(): Promise<void>;
}

/** What is read out of another calendar: within [from, to); `rooms` are its names for our spaces, `space` where it names none. */
export interface IcsQuestion {
  readonly timezone: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly space: string | null;
  readonly rooms: Readonly<Record<string, string>>;
}

export interface IcsRead {
  readonly bookings: readonly OfferedBooking[];
  readonly skipped: readonly (IcsTrouble & { readonly what: string })[];
}

/** What is wrong with another calendar or one of its meetings. */
export interface IcsTrouble {
  /** Stable; the page has words for each. */
  readonly code: string;
  /** The name, number or host that it is about. */
  readonly about: string | null;
  /** Both in English. */
  readonly why: string;
}

export interface FeedStatus {
  readonly id: string;
  /** Seconds between two looks. */
  readonly every: number;
  /** When it was last read well. */
  readonly readAt: Millis | null;
  readonly bookings: number;
  readonly skipped: IcsRead["skipped"];
  readonly error: IcsTrouble | null;
  readonly failingSince: Millis | null;
}

/** Other calendars: what people hand in is read, what is configured is followed. */
export interface Calendars {
  start(): void;
  status(): readonly FeedStatus[];
  /** Rejects with what is wrong with the text. */
  read(text: string, space: string | null): Promise<IcsRead>;
  close(): void;
}

/** What changed in one turn of the flow: whole objects, and the points of each device that changed. */
export interface Turn {
  /** Device → names of the points that were heard; an empty set: the device itself (status, adoption). */
  readonly devices: ReadonlyMap<DeviceId, ReadonlySet<string>>;
  readonly decisions: readonly Decision[];
  readonly rejections: readonly Rejection[];
}

/** What the page and the API may ask of the running house. */
/** A month as it is listed. */
export interface MonthState {
  /** `YYYY-MM` */
  readonly month: string;
  readonly state: "running" | "open" | "closed";
  readonly closedAt: Millis | null;
  readonly closedBy: string | null;
  readonly digest: string | null;
  /** Why it cannot be closed now; null where it can. */
  readonly refused: Refusal | null;
}

export interface MonthRead extends MonthState {
  readonly bulletin: Bulletin;
  /** A draft's lines, or the closed month's entries that stand. */
  readonly lines: readonly CostedLine[];
  /** Every entry of a closed month; none of a draft. */
  readonly entries: readonly Entry[];
  /** Whether what is kept is still what was hashed; null for a draft. */
  readonly whole: boolean | null;
}

type Asked = Promise<{ readonly ok: true; readonly subject: string } | { readonly ok: false; readonly refusal: Refusal }>;

/** The month's account. */
export interface Months {
  /** From the first month with readings to the one that runs, the newest first. */
  list(): Promise<readonly MonthState[]>;
  /** What a month comes to: a draft by today's readings, or as it was closed with what corrected it since. Null: nothing is stored of it. */
  read(month: string): Promise<MonthRead | null>;
  close(by: string, month: string): Asked;
  /** Takes an entry of a closed month back and writes another amount in its place. */
  correct(by: string, month: string, entry: string, amount: number, reason: string): Asked;
}

export interface DocumentQuestion {
  readonly as: "docx" | "xlsx";
  readonly model: DocumentModel | SheetModel;
}

/** Writes documents as files, beside everything else. Rejects with a problem `too-many-requests` while too many wait. */
export interface Documents {
  make(question: DocumentQuestion): Promise<Uint8Array>;
}

/** A table that somebody handed in. */
export interface SheetTable {
  readonly rows: readonly TableRow[];
  readonly from1904: boolean;
}

/** Reads tables (CSV, .xlsx) beside everything else. Rejects with a problem `bad-file` that says how to mend it. */
export interface Sheets {
  read(bytes: Uint8Array): Promise<SheetTable>;
}

/** What the API must know to hand documents out. */
export interface ReportDesk {
  readonly documents: Documents;
  readonly forms: readonly FormLayout[];
}

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

export interface Office {
  readonly house: House;
  readonly clock: Clock;
  readonly history: History;
  /** Where readings are that the history holds no longer; null where that is nowhere. */
  readonly older: OlderReadings | null;
  readonly records: Records;
  readonly backtests: Backtests;
  readonly calendars: Calendars;
  readonly months: Months;
  /** A person's request through the one door. Resolves once its decisions are recorded. `subject` is the id of what was made or changed. */
  request(by: string, request: PersonRequest): Asked;
  why(device: DeviceId): Why;
  /** The figures of alarms within [from, to), one person's or everybody's, and what is proposed for the rules behind them. */
  alarmHealth(from: Millis, to: Millis, person: string | null): Promise<{ readonly health: AlarmHealth; readonly proposals: readonly Proposal[] }>;
  /** What was saved at a building within [from, to): planned, measured and verified, each with what it rests on. */
  savings(building: string, from: Millis, to: Millis): Promise<Savings>;
  commandSavings(command: Command): Promise<CommandSavings>;
  overview(): Overview;
  /** By which source a device speaks, and what it says of it; null for a device that nobody knows. */
  source(device: DeviceId): SourceView | null;
  /** What a device that nobody adopted probably is, and where; null for every other. */
  suggestion(device: DeviceId): Suggestion | null;
  /** Its last messages, newest first. One of our own format is listened to more closely from now on, for ten minutes. */
  messages(device: DeviceId): readonly SeenMessage[];
  /** What a mapping would make of the newest messages on its topics; at a broker where one has to subscribe they are listened to from now on. */
  tryMapping(mapping: Mapping): MappingTrial;
  /** Topics that nobody understood, with their newest message, newest first. */
  unknownTopics(): readonly UnknownTopic[];
  counts(): IntakeCounts;
  /** How the forward to InfluxDB does; null where there is none. */
  forwarded(): ForwardStatus | null;
  /** The newest messages that could not be taken in, newest first, at most 200. */
  rejections(): readonly Rejection[];
  /** Hears every turn, after it is recorded. Returns how to stop. */
  onTurn(listener: (turn: Turn) => void): () => void;
  /** Which parts are open; empty `missing` = ready. */
  readiness(): { readonly ready: boolean; readonly missing: readonly string[] };
}

export interface IntakeCounts {
  readonly messages: number;
  readonly readings: number;
  readonly fates: Readonly<Partial<Record<Fate, number>>>;
  readonly decisions: number;
  readonly commands: number;
  readonly backlog: number;
}

/** What carries messages to people. One file each in `channels/`; constructors do nothing. */
export interface Channel {
  readonly id: string;
  readonly kind: string;
  readonly personal: boolean;
  readonly perMinute: number;
  /** People whom it can reach at the start; null: everybody; empty for a group's robot. */
  readonly reaches: readonly string[] | null;
  /** Hands a message over, within 30 s. Never rejects: failure is an answer, with whether it is worth retrying. */
  send(message: Message): Promise<Delivered>;
  close?(): Promise<void> | void;
}

/** Makes the message of a notice and hands it to its channel. */
export interface Messenger {
  send(notice: Notice): Promise<Delivered>;
}

/** What browsers subscribed for (RFC 8030). */
export interface PushSubscription {
  readonly endpoint: string;
  readonly person: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly at: Millis;
}

/** Subscriptions, and links that were used: kept beside the records. */
export interface Subscriptions {
  pushSubscriptions(person?: string): Promise<readonly PushSubscription[]>;
  savePushSubscription(subscription: PushSubscription): Promise<void>;
  /** False where there was none. */
  dropPushSubscription(endpoint: string): Promise<boolean>;
  /** True the first time, false ever after (until `expires`, when the link is worth nothing anyway). */
  useLink(id: string, at: Millis, expires: Millis): Promise<boolean>;
  linkUsed(id: string): Promise<boolean>;
}

/** For whom and for what a link in a message is: it acknowledges this one alert as this one person, once, and can do nothing else. */
export interface ActScope {
  readonly alert: string;
  readonly person: string;
  readonly notice: string;
}

/** A link that was shown: genuine, in time, of somebody who is on the site. */
export interface OpenedLink extends ActScope {
  readonly actor: Actor;
  /** When it ends, real ms. */
  readonly expires: Millis;
  used(): Promise<boolean>;
  /** Uses it up: true the first time, false ever after. */
  use(): Promise<boolean>;
}

/** Links that act from a message, without signing in; made by `auth/`. */
export interface ActLinks {
  /** The last part of the link's path. */
  token(scope: ActScope): string;
  /** Throws `link-invalid` or `link-expired`. Opening uses nothing up: mail scanners open every link. */
  open(token: string): OpenedLink;
}

/** What the API must know of Web Push to let browsers subscribe. */
export interface PushDesk {
  readonly subscriptions: Pick<Subscriptions, "pushSubscriptions" | "savePushSubscription" | "dropPushSubscription">;
  /** The channel; null where none is set up. */
  readonly channel: {
    readonly id: string;
    /** The server's VAPID key (RFC 8292), base64url. */
    readonly publicKey: string;
    /** Hosts at which a browser may have its push service. */
    readonly services: readonly string[];
  } | null;
  /** A person can be reached by it from now on, or not any more. */
  reach(person: string, reachable: boolean): void;
}

/** Who stands at the door of the API and the live channel; made by `auth/`. Errors it passes on are `Problem`s. */
export interface Gatekeeper {
  readonly mode: "open" | "password";
  /** Reads the session of a request (express-session); also given to socket.io's engine, so that sockets are known like requests. */
  readonly session: RequestHandler;
  /** Sign-in, sign-out, set-up, `me`; mounted at `/api/v1`, before everything that needs an actor. */
  readonly router: Router;
  /** Who asks, after `session` has run; null = nobody signed in. In `open` mode always somebody. */
  actorOf(request: HttpRequest): Actor | null;
  /** False for a request that another site's page makes a browser send (by Origin or Sec-Fetch-Site); true for clients that are no browser. */
  sameOrigin(request: HttpRequest): boolean;
  /** False in `open` mode for a Host that is no loopback name (DNS rebinding). */
  knownHost(request: HttpRequest): boolean;
}
