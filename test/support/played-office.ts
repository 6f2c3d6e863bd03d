/** The whole server but the wire and the disk: messages in, hand-wound clock, records in memory. A day passes in a second. */
import { followedClock } from "../../server/clock.ts";
import type { ChannelDefinition, Delivered, Notice } from "../../server/core/alerts/notice.ts";
import type { Calendar } from "../../server/core/calendar.ts";
import { createHouse } from "../../server/core/house.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { Millis, Report } from "../../server/core/reading.ts";
import type { Site } from "../../server/core/space.ts";
import type { Flow } from "../../server/flow.ts";
import { createBacktests } from "../../server/backtest/runner.ts";
import { createCalendars } from "../../server/calendars/calendars.ts";
import type { Citizen } from "../../server/citizen.ts";
import { createCitizen } from "../../server/citizen.ts";
import { createCodecs } from "../../server/codecs/all.ts";
import type { Codec } from "../../server/codecs/codec.ts";
import { sourcesSchema } from "../../server/contract/sources.ts";
import { createFlow } from "../../server/flow.ts";
import { createSources } from "../../server/sources.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createLog } from "../../server/log.ts";
import type { History } from "../../server/ports/history.ts";
import type { Transport } from "../../server/ports/transport.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";

export interface WireMessage {
  readonly topic: string;
  readonly payload: Record<string, unknown>;
  /** The same as it went over the wire. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly at: Millis;
  readonly retained: boolean;
}

function fromJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export interface PlayedOffice {
  readonly flow: Flow;
  /** What offers something to others, where the options say so. */
  readonly citizen: Citizen | null;
  /** Commands that went out. */
  readonly wire: WireMessage[];
  /** Topics that discovered devices made the house listen to. */
  readonly listened: readonly string[];
  now(): Millis;
  /** Publishes JSON (or text, as it is) to a topic and lets everything that follows from it happen. */
  publish(topic: string, payload: unknown, options?: { retained?: boolean }): Promise<void>;
  /** A message as it is, without waiting for what follows. */
  take(topic: string, payload: string | Uint8Array, retained: boolean): void;
  /** Whether the last publish was acknowledged. */
  acknowledged(): boolean;
  /** Lets time pass in steps (seconds), ringing what is due. */
  wait(seconds: number, stepSeconds?: number): Promise<void>;
  /** What devices do when a command reaches them. */
  onCommand(listener: (message: WireMessage) => void): void;
  close(): Promise<void>;
}

export interface PlayedOptions {
  readonly policies?: readonly PolicyDefinition[];
  /** Keeps no readings, so that weeks fit into the memory. */
  readonly forgets?: boolean;
  /** Sees every report that is stored. */
  readonly record?: (report: Report) => void;
  /** What messages go out by, and what becomes of them; by default everybody has the page open. */
  readonly channels?: readonly ChannelDefinition[];
  /** Other ecosystems' codecs; by default those that a server has. */
  readonly codecs?: readonly Codec[];
  /** `sources.*` of the settings, where others are offered something. */
  readonly offers?: Readonly<Record<string, string>>;
  readonly tell?: (notice: Notice) => Delivered;
}

export async function playOffice(
  site: Site,
  calendar: Calendar,
  start: Millis,
  {
    policies = POLICIES,
    forgets = false,
    record,
    channels,
    codecs = createCodecs(sourcesSchema.parse(undefined)),
    offers,
    tell = () => ({ ok: true }),
  }: PlayedOptions = {},
): Promise<PlayedOffice> {
  const clock = followedClock(() => 0);
  clock.wind(start, 0);
  const wire: WireMessage[] = [];
  const listened: string[] = [];
  const listeners: ((message: WireMessage) => void)[] = [];
  const transport: Transport = {
    open: () => Promise.resolve(),
    listen: (filters) => filters.filter((f) => !listened.includes(f) && listened.push(f)),
    unlisten: (filters) => filters.forEach((f) => listened.splice(listened.indexOf(f), 1)),
    onConnected: () => undefined,
    publish: (topic, bytes, options) => {
      const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8");
      const message = { topic, text, bytes: Buffer.from(bytes), payload: fromJson(text), at: clock.now(), retained: options?.retain === true };
      wire.push(message);
      for (const listener of listeners) listener(message);
      return Promise.resolve();
    },
    connected: () => true,
    port: null,
    close: () => Promise.resolve(),
  };
  const kept = createMemoryHistory();
  const append: History["append"] = (report, durable) => {
    record?.(report);
    if (forgets) durable?.();
    else kept.append(report, durable);
  };
  const history: History = { ...kept, append };
  await history.open();
  const records = createSqliteRecords({ file: ":memory:" });
  await records.open();
  const house = createHouse(site, calendar, policies, channels);
  const citizen =
    offers === undefined
      ? null
      : createCitizen({
          house,
          transport,
          settings: sourcesSchema.parse(offers),
          clientId: "jieyue",
          version: "1.0.0",
          now: () => clock.now(),
          log: createLog("silent"),
        });
  const flow = createFlow({
    house,
    clock,
    followed: clock,
    history,
    records,
    backtests: createBacktests({ house, holidays: {}, history, records, now: () => clock.now(), here: true }),
    calendars: createCalendars({ house, now: () => clock.now(), log: createLog("silent"), take: () => undefined, fault: () => undefined }),
    transport,
    sources: createSources({ house, codecs, building: site.buildings[0]!.id }),
    citizen,
    messenger: { send: (notice) => Promise.resolve(tell(notice)) },
    log: createLog("silent"),
    lease: null,
  });
  let acked = false;
  return {
    flow,
    citizen,
    wire,
    listened,
    now: () => clock.now(),
    acknowledged: () => acked,
    take: (topic, payload, retained) => flow.take({ topic, payload: Buffer.from(payload), qos: 1, retained, settle: undefined }),
    async publish(topic, payload, options = {}) {
      acked = false;
      const bytes = Buffer.from(typeof payload === "string" || payload instanceof Uint8Array ? payload : JSON.stringify(payload));
      flow.take({ topic, payload: bytes, qos: 1, retained: options.retained ?? false, settle: () => void (acked = true) });
      await flow.settled();
    },
    async wait(seconds, stepSeconds = 1) {
      for (let left = seconds; left > 0; left -= stepSeconds) {
        clock.wind(clock.now() + Math.min(stepSeconds, left) * 1000, 0);
        if (flow.next() > clock.now()) continue;
        flow.tick();
        await flow.settled();
      }
    },
    onCommand: (listener) => void listeners.push(listener),
    async close() {
      await flow.close();
      await records.close();
      await history.close();
    },
  };
}
