/** An office for tests of the borders: a real house under a hand-wound clock, records and history in memory, a door that believes a header. */
import { emptyRollups } from "../../server/history/merge.ts";
import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import { Router } from "express";
import { readHealth } from "../../server/alarm-health.ts";
import { readCommandSavings } from "../../server/savings-past.ts";
import { readSavings } from "../../server/savings.ts";
import { createMonths } from "../../server/month.ts";
import { alarmRecord } from "../../server/core/alerts/alarm-record.ts";
import type { HouseEvent } from "../../server/core/event.ts";
import { explain, overviewOf } from "../../server/core/explain.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { Fate, PointValue, Rejection } from "../../server/core/reading.ts";
import type { Actor } from "../../server/core/roles.ts";
import { step } from "../../server/core/step.ts";
import { createBacktests } from "../../server/backtest/runner.ts";
import { createCalendars } from "../../server/calendars/calendars.ts";
import { createLog } from "../../server/log.ts";
import type { Backtests } from "../../server/ports/backtests.ts";
import type { Calendars } from "../../server/ports/calendars.ts";
import type { ForwardStatus } from "../../server/ports/forward.ts";
import type { Gatekeeper } from "../../server/ports/gatekeeper.ts";
import type { History, StoredReading } from "../../server/ports/history.ts";
import type { Months } from "../../server/ports/months.ts";
import type { Office, Turn } from "../../server/ports/office.ts";
import type { Page, PageRequest, Records } from "../../server/ports/records.ts";
import { createMessageBook } from "../../server/message-book.ts";
import { seenMessages, suggestionFor, trial, unknownTopics } from "../../server/message-desk.ts";
import { PlayedHouse, rule } from "./played-house.ts";
import { device, smallSite, space } from "./small-site.ts";

/** The small site with a second department, `finance`, that has room 303 and its air conditioner. */
function twoDepartments() {
  const site = smallSite();
  return smallSite({
    spaces: [...site.spaces, space("303", "office", { department: "finance" })],
    devices: [...site.devices, device("ac-303", "ac", "303", { department: "finance" })],
    departments: [...site.departments, { id: "finance", name: "财务科", chief: "treasurer", deputy: "deputy" }],
    people: [
      ...site.people,
      { id: "treasurer", name: "财务科长", role: "chief", department: "finance", email: null },
      { id: "admin", name: "管理员", role: "administrator", department: null, email: null },
    ],
  });
}

const bigJobs: PolicyDefinition = {
  id: "copier-approval",
  severity: "low",
  defaultMode: "enforce",
  priority: 10,
  kinds: ["copier"],
  subject: "job",
  params: [],
  watches: { own: [] },
  judge: ({ job }) =>
    job !== null && job.state === "held" && job.sheets > 10
      ? { state: "breach", reason: "too-many", evidence: { sheets: job.sheets, user: job.user, document: job.document }, hold: 0, want: null }
      : { state: "fine", reason: "within", evidence: {} },
};

function paged<T>(items: readonly T[], { cursor, limit }: PageRequest): Page<T> {
  const from = Number(cursor ?? 0);
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null };
}

function memoryRecords(played: PlayedHouse): Records {
  const last = <T extends { readonly id: string }>(read: (d: PlayedHouse["decisions"][number]) => T | null): T[] => {
    const found = new Map<string, T>();
    for (const d of played.decisions) {
      const item = read(d);
      if (item !== null) found.set(item.id, item);
    }
    return [...found.values()].toReversed();
  };
  const approvals = () => last((d) => (d.kind === "approval" ? d.approval : null));
  const overrides = () => last((d) => (d.kind === "override" ? d.override : null));
  return {
    open: async () => {},
    close: async () => {},
    commit: async () => {},
    standing: async () => ({
      findings: [],
      commands: [],
      ended: [],
      alerts: [],
      overrides: [],
      approvals: [],
      handsOff: [],
      months: [],
      meters: [],
      savings: [],
      notices: [],
      absences: [],
      outOfService: [],
      silences: [],
      custom: [],
      bookings: [],
      events: [],
      exemptions: [],
      policies: {},
      devices: [],
      mappings: [],
    }),
    findings: async (f, page) =>
      paged(
        played
          .findings()
          .toReversed()
          .filter(
            (x) =>
              (f.state ?? x.state) === x.state &&
              (f.policy ?? x.policy) === x.policy &&
              (f.device ?? x.subject.device) === x.subject.device &&
              (f.from ?? x.openedAt) <= x.openedAt &&
              x.openedAt < (f.to ?? Infinity),
          ),
        page,
      ),
    command: async (id) => played.commands().find((x) => x.id === id) ?? null,
    finding: async (id) => played.findings().find((x) => x.id === id) ?? null,
    commands: async (f, page) =>
      paged(
        played
          .commands()
          .toReversed()
          .filter(
            (c) =>
              (f.device ?? c.device) === c.device &&
              (f.finding ?? c.finding) === c.finding &&
              (f.state ?? c.state) === c.state &&
              (f.from ?? c.plannedAt) <= c.plannedAt &&
              c.plannedAt < (f.to ?? Infinity),
          ),
        page,
      ),
    alerts: async (f, page) =>
      paged(
        played
          .alerts()
          .toReversed()
          .filter((a) => (f.state ?? a.state) === a.state && (f.device ?? a.device) === a.device),
        page,
      ),
    alarmRecords: async (from, to) =>
      played
        .alerts()
        .filter((a) => a.raisedAt < to && (a.raisedAt >= from || a.clearedAt === null || a.clearedAt >= from))
        .map(alarmRecord),
    alert: async (id) => played.alerts().find((a) => a.id === id) ?? null,
    overrides: async (active, page) =>
      paged(
        overrides().filter((o) => active === undefined || (o.endedAt === null) === active),
        page,
      ),
    notices: async (f, page) =>
      paged(
        last((d) => (d.kind === "notice" ? d.notice : null)).filter(
          (n) => (f.state ?? n.state) === n.state && (f.channel ?? n.channel) === n.channel && (f.person ?? n.person) === n.person,
        ),
        page,
      ),
    silences: async (page) =>
      paged(
        last((d) => (d.kind === "silence" ? d.silence : null)),
        page,
      ),
    absences: async (page) =>
      paged(
        last((d) => (d.kind === "absence" ? d.absence : null)),
        page,
      ),
    exemptions: async (page) => paged([...played.house.exemptions.values()], page),
    handsOff: async (page) => paged([...played.house.handsOff.values()], page),
    approvals: async (state, page) =>
      paged(
        approvals().filter((a) => (state ?? a.state) === a.state),
        page,
      ),
    bookings: async () => [...played.house.bookings.values()],
    months: async () => played.decisions.flatMap((d) => (d.kind === "settlement" && d.settlement !== null ? [d.settlement] : [])).toReversed(),
    month: async (id) => played.decisions.flatMap((d) => (d.kind === "settlement" && d.settlement?.month === id ? [d.settlement] : []))[0] ?? null,
    monthEntries: async (id) => played.decisions.flatMap((d) => (d.kind === "settlement" && d.month === id ? d.entries : [])),
    meterEntries: async (f, page) =>
      paged(
        last((d) => (d.kind === "meter-entry" ? d.entry : null)).filter(
          (e) => (f.state ?? e.state) === e.state && (f.point ?? e.point) === e.point && (f.kind ?? e.kind) === e.kind,
        ),
        page,
      ),
    meterEntry: async (id) => last((d) => (d.kind === "meter-entry" ? d.entry : null)).find((e) => e.id === id) ?? null,
    confirmedSince: async () => [],
    jobs: async (of, page) =>
      paged(
        played.decisions.flatMap((d) => (d.kind === "job" && (of ?? d.device) === d.device ? [{ device: d.device, job: d.job }] : [])),
        page,
      ),
    auditHead: async () => ({ seq: 0, hash: "0".repeat(64), at: null }),
    auditChain: async () => [],
    verifyAudit: async () => ({ entries: 0, first: null, last: null, head: "0".repeat(64), headSeq: 0, broken: null, known: null }),
    audit: async (page, filter = {}) =>
      paged(
        played.decisions
          .flatMap((d) => (d.kind === "audit" ? [d.entry] : []))
          .map((e, seq) => ({ ...e, seq, hash: "0".repeat(64) }))
          .filter((e) => (filter.subject ?? e.subject) === e.subject)
          .toReversed(),
        page,
      ),
    summary: async (from, to) =>
      [...played.house.policies.keys()].map((policy) => {
        const found = played.findings().filter((f) => f.policy === policy && f.openedAt >= from && f.openedAt < to);
        return { policy, findings: found.length, open: found.filter((f) => f.state === "open").length, hours: 0, kwh: 0, m3: 0, cny: 0 };
      }),
    firstCommandAt: async () => played.commands()[0]?.plannedAt ?? null,
    provenSince: async () => played.commands().filter((c) => c.state === "proven").length,
  };
}

export class FakeOffice extends PlayedHouse implements Office {
  readonly records: Records = memoryRecords(this);
  older: Office["older"] = null;
  forwarding: ForwardStatus | null = null;
  /** What the history holds, by point, oldest first. */
  readonly stored = new Map<string, StoredReading[]>();
  /** What the history answers when it is asked for roll-ups. */
  rolled: History["rollups"] = async () => emptyRollups(0);
  /** When its oldest reading arrived. */
  oldestAt: number | null = null;
  /** What is missing for readiness. */
  readonly missing: string[] = [];
  readonly rejected: Rejection[] = [];
  readonly fates: Partial<Record<Fate, number>> = { taken: 7, malformed: 2 };
  readonly clock: Office["clock"];
  readonly history: History;
  readonly backtests: Backtests;
  readonly calendars: Calendars;
  readonly months: Months;
  private readonly listeners = new Set<(turn: Turn) => void>();

  constructor() {
    super([rule({ id: "cooling-floor", kinds: ["ac"] }), bigJobs], twoDepartments());
    const now = () => this.now;
    this.clock = { now, speed: 60, simulated: true };
    this.history = {
      open: async () => {},
      close: async () => {},
      append: () => {},
      onFailure: () => {},
      latest: async () => [],
      replay: async () => {},
      scan: async () => {},
      oldest: async () => this.oldestAt,
      backlog: 3,
      stats: () => ({ rows: 40, commits: 4, lastCommitMs: 2.5 }),
      rollups: (query) => this.rolled(query),
      exchange: async () => {},
      journal: async (after) => ({ upTo: after, readings: [] }),
      copyTo: async () => {},
      exportTo: async () => 0,
      mark: async () => null,
      setMark: async () => {},
      readings: async (point, from, to, limit) => (this.stored.get(point) ?? []).filter((r) => r.at >= from && r.at < to).slice(0, limit),
      windows: async (point, from, to, every, _fn, origin) => {
        const counts = new Map<number, number>();
        for (const r of this.stored.get(point) ?? []) if (r.at >= from && r.at < to) counts.set(origin + Math.floor((r.at - origin) / every) * every, 0);
        for (const r of this.stored.get(point) ?? []) {
          const at = origin + Math.floor((r.at - origin) / every) * every;
          if (counts.has(at) && r.at >= from && r.at < to) counts.set(at, counts.get(at)! + 1);
        }
        return [...counts].map(([at, count]) => ({ at, value: count, count }));
      },
    };
    this.calendars = createCalendars({ house: this.house, now, log: createLog("silent"), take: () => undefined, fault: () => undefined });
    this.months = createMonths({ house: this.house, history: this.history, records: this.records, now, request: (by, asked) => this.request(by, asked) });
    this.backtests = createBacktests({ house: this.house, holidays: {}, history: this.history, records: this.records, now, here: true });
  }

  /** As `PlayedHouse`, and every listener hears of it. */
  override enter(event: HouseEvent) {
    const { decisions, touched, answer } = step(this.house, event, this.now);
    this.decisions.push(...decisions);
    this.answer = answer;
    const devices = new Map([...touched].map((id) => [id, new Set([""])]));
    if (event.kind === "report")
      devices.set(event.report.device, new Set([...(devices.get(event.report.device) ?? []), ...event.report.readings.map((r) => r.name)]));
    for (const listener of this.listeners) listener({ devices, decisions, rejections: [] });
    return decisions;
  }

  /** What every listener is told, as it is. */
  tell(turn: Turn): void {
    for (const listener of this.listeners) listener(turn);
  }

  /** A message that cannot be taken in. */
  refuse(rejection: Rejection): void {
    this.rejected.unshift(rejection);
    this.tell({ devices: new Map(), decisions: [], rejections: [rejection] });
  }

  /** A finding with its alert and its command: an air conditioner that is on for longer than it may be. */
  breach(name = "ac-301", values: Record<string, PointValue> = { on: true, setpoint: 22, power: 800 }): void {
    this.say(name, values);
    this.wait(61);
  }

  /** A print job that is too big: it waits for an approval. */
  print(): void {
    const job = {
      job: "j1",
      user: "clerk",
      document: "secret plan.docx",
      pages: 24,
      copies: 1,
      sheets: 12,
      duplex: true,
      color: false,
      state: "held",
      at: this.now,
    } as const;
    this.enter({ kind: "job", device: "hall/copier-301", job });
  }

  readonly book = createMessageBook();
  source: Office["source"] = () => null;
  suggestion: Office["suggestion"] = (device) => suggestionFor(this.house, device, this.source(device), this.book.gaps(device));
  messages: Office["messages"] = (device) => seenMessages(device, this.house.devices.get(device)?.device.kind ?? null, this.book.of(device));
  tryMapping: Office["tryMapping"] = (mapping) => ({ ...trial(mapping, this.book).tried, listening: false });
  unknownTopics: Office["unknownTopics"] = () => unknownTopics(this.book.strays(), this.house.mappings.values());
  request: Office["request"] = async (by, request) => this.ask(by, request);
  alarmHealth: Office["alarmHealth"] = (from, to, person) => readHealth(this, from, to, person);
  private readonly savingsParts = () => ({ house: this.house, history: this.history, records: this.records, now: () => this.now });
  savings: Office["savings"] = (building, from, to) => readSavings(this.savingsParts(), building, from, to);
  commandSavings: Office["commandSavings"] = (command) => readCommandSavings(this.savingsParts(), command);
  why: Office["why"] = (id) => explain(this.house, id, this.now)!;
  overview: Office["overview"] = () => overviewOf(this.house, this.now, { findings: 1, proven: 0, wastedKwh: 0.5, wastedM3: 0, wastedCny: 0.4 });
  counts: Office["counts"] = () => ({
    messages: 9,
    readings: 21,
    fates: this.fates,
    decisions: this.decisions.length,
    commands: this.sent().length,
    backlog: 3,
  });
  forwarded: Office["forwarded"] = () => this.forwarding;
  rejections: Office["rejections"] = () => this.rejected;
  onTurn: Office["onTurn"] = (listener) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  readiness: Office["readiness"] = () => ({ ready: this.missing.length === 0, missing: this.missing });
}

/** ISO 8601 at +08:00. */
export const shanghai = (at: number): string => new Date(at + 28_800_000).toISOString().replace("Z", "+08:00");

export interface FakeGatekeeper extends Gatekeeper {
  /** People whose sessions are over. */
  readonly signedOut: Set<string>;
}

/** Believes the header `x-person`. Without it: the administrator in `open` mode, nobody in `password` mode. */
export function fakeGatekeeper(office: Office, mode: "open" | "password"): FakeGatekeeper {
  const signedOut = new Set<string>();
  const people = new WeakMap<object, Actor | null>();
  const { site } = office.house;
  const actorFor = (id: string): Actor | null => {
    const person = site.people.find((p) => p.id === id);
    if (person === undefined || signedOut.has(id)) return null;
    return { id, role: person.role, departments: site.departments.filter((d) => d.chief === id || d.deputy === id).map((d) => d.id) };
  };
  const session: RequestHandler = (request, _response, next) => {
    const name = request.headers["x-person"];
    people.set(request, typeof name === "string" ? actorFor(name) : mode === "open" ? actorFor("admin") : null);
    next();
  };
  const router = Router();
  router.get("/me", (request, response) => void response.json({ person: people.get(request)?.id ?? null }));
  const sameOrigin = (request: IncomingMessage) => request.headers.origin === undefined || request.headers.origin === `http://${request.headers.host}`;
  return { mode, session, router, sameOrigin, knownHost: () => true, actorOf: (request) => people.get(request) ?? null, signedOut };
}
