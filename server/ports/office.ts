/** The running house, as the page and the API see it. */
import type { Answer } from "../core/answer.ts";
import type { Decision, PersonRequest } from "../core/event.ts";
import type { House } from "../core/house.ts";
import type { MappingTrial, SeenMessage, UnknownTopic } from "../core/seen.ts";
import type { Mapping } from "../core/mapping.ts";
import type { Overview, Why } from "../core/explain.ts";
import type { AlarmHealth } from "../core/alerts/health.ts";
import type { Proposal } from "../core/alerts/proposals.ts";
import type { Command } from "../core/finding.ts";
import type { Suggestion } from "../core/suggest.ts";
import type { DeviceId, Fate, Millis, Rejection } from "../core/reading.ts";
import type { Clock } from "./clock.ts";
import type { SourceView } from "./device-word.ts";
import type { History, OlderReadings } from "./history.ts";
import type { ForwardStatus } from "./forward.ts";
import type { Records } from "./records.ts";
import type { Backtests } from "./backtests.ts";
import type { Calendars } from "./calendars.ts";
import type { Months } from "./months.ts";
import type { Savings, CommandSavings } from "./savings.ts";

/** What changed in one turn of the flow: whole objects, and the points of each device that changed. */
export interface Turn {
  /** Device → names of the points that were heard; an empty set: the device itself (status, adoption). */
  readonly devices: ReadonlyMap<DeviceId, ReadonlySet<string>>;
  readonly decisions: readonly Decision[];
  readonly rejections: readonly Rejection[];
}

export interface IntakeCounts {
  readonly messages: number;
  readonly readings: number;
  readonly fates: Readonly<Partial<Record<Fate, number>>>;
  readonly decisions: number;
  readonly commands: number;
  readonly backlog: number;
}

/** What the page and the API may ask of the running house. */
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
  request(by: string, request: PersonRequest): Promise<Answer>;
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
