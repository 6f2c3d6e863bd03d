/** From the core's words to those of the border: pure, and the only place where personal data are blanked. */
import type { OfficeEvent, StoredBooking } from "../core/bookings.ts";
import type { BacktestResult } from "../core/backtest-tally.ts";
import type { DayAnswer, Overview, Why } from "../core/explain.ts";
import type { Silence } from "../core/alerts/notice.ts";
import type { Alert, AlertState, Approval, Command, CommandState, Finding, HandsOff, Override, StandingExemption } from "../core/finding.ts";
import { unitOfPoint } from "../core/description.ts";
import { pointDefinition } from "../core/device.ts";
import type { DeviceState, House, PolicyState } from "../core/house.ts";
import { deviceStatus, protectionOf } from "../core/house.ts";
import type { Evidence, PointState, PrintJob, Scope } from "../core/policy.ts";
import { paramsOf } from "../core/policy.ts";
import type { Fate, Millis, PointValue, Rejection } from "../core/reading.ts";
import type { Actor } from "../core/roles.ts";
import { may } from "../core/roles.ts";
import type { Site, Space } from "../core/space.ts";
import type {
  AlertDto,
  ApprovalDto,
  BacktestDto,
  BookingDto,
  EventDto,
  ExemptionDto,
  ClockDto,
  CommandDto,
  DeviceDto,
  FindingDto,
  JobDto,
  HandsOffDto,
  SilenceDto,
  OverrideDto,
  OverviewDto,
  PointDto,
  PointListDto,
  PolicyDto,
  RejectionDto,
  SiteDto,
  SpaceDto,
  WhyDto,
} from "./api.ts";

/** To whom, when and in which zone something is shown. `iso` writes ms as ISO 8601 with the site's offset. */
export interface Eyes {
  readonly actor: Actor;
  readonly now: Millis;
  readonly iso: (at: Millis) => string;
}

/** Where a finding's command and alert stand now; null when they are not known any more. */
export interface Lookups {
  readonly command: (id: string) => CommandState | null;
  readonly alert: (id: string) => AlertState | null;
}

/** Evidence that tells who it was, or what was printed. */
const PERSONAL: ReadonlySet<string> = new Set(["user", "document", "requestedBy"]);

/** Fates after which nothing of the message, or of the value, was kept. */
const REJECTING: readonly Fate[] = [
  "clock-absurd",
  "wrong-type",
  "empty-value",
  "too-many-values",
  "malformed",
  "oversized",
  "bad-topic",
  "forbidden",
  "too-many-devices",
];

const orNull = (eyes: Eyes, at: Millis | null): string | null => (at === null ? null : eyes.iso(at));

function scopeDto(scope: Scope): PolicyDto["scope"] {
  const copy = <T>(list: readonly T[] | undefined) => (list === undefined ? undefined : [...list]);
  return {
    ...(scope.buildings && { buildings: copy(scope.buildings) }),
    ...(scope.floors && { floors: copy(scope.floors) }),
    ...(scope.spaces && { spaces: copy(scope.spaces) }),
    ...(scope.classes && { classes: copy(scope.classes) }),
    ...(scope.kinds && { kinds: copy(scope.kinds) }),
    ...(scope.tags && { tags: copy(scope.tags) }),
  };
}

/** Beyond this no date has a year (ECMA-262 §21.4.1.1), in any zone. */
const LATEST = 8.64e15 - 86_400_000;

/** Times among the evidence (`…At`, ms) become ISO 8601; what is personal is blanked for those who may not see it there. */
export function evidenceDto(eyes: Eyes, evidence: Evidence, department: string | null): Record<string, PointValue | null> {
  const personal = may(eyes.actor, "view-personal", department);
  const shown: Record<string, PointValue | null> = {};
  for (const [key, value] of Object.entries(evidence)) {
    shown[key] = !personal && PERSONAL.has(key) ? null : typeof value === "number" && key.endsWith("At") && Math.abs(value) < LATEST ? eyes.iso(value) : value;
  }
  return shown;
}

function pointDto(eyes: Eyes, state: DeviceState, name: string, point: PointState): PointDto {
  const definition = pointDefinition(state.device.kind, name);
  return {
    name,
    unit: unitOfPoint(state.device, name),
    value: point.value,
    at: eyes.iso(point.at),
    quality: point.quality,
    writable: definition?.writable === true,
  };
}

/** A device with every point that was ever heard of it, or only with the points named in `only`. */
export function deviceDto(eyes: Eyes, house: House, state: DeviceState, only?: ReadonlySet<string>): DeviceDto {
  const { device } = state;
  const points: PointDto[] = [];
  for (const [name, point] of state.points) if (only === undefined || only.has(name)) points.push(pointDto(eyes, state, name, point));
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    building: device.building,
    space: device.space,
    department: device.department,
    codec: device.codec,
    topic: device.topic,
    status: deviceStatus(state, eyes.now),
    protection: protectionOf(house, device),
    tags: [...device.tags],
    seenAt: orNull(eyes, state.seenAt),
    points,
    ...(device.ignored === true ? { ignored: true } : {}),
  };
}

/** Every point of a device, with its id. */
export function pointListDtos(eyes: Eyes, state: DeviceState): PointListDto[] {
  return [...state.points].map(([name, point]) => ({ id: `${state.device.id}/${name}`, device: state.device.id, ...pointDto(eyes, state, name, point) }));
}

export function spaceDto(space: Space): SpaceDto {
  return { id: space.id, building: space.building, floor: space.floor, name: space.name, class: space.class, department: space.department, area: space.area };
}

export function siteDto(site: Site): SiteDto {
  return {
    id: site.id,
    name: site.name,
    timezone: site.timezone,
    buildings: site.buildings.map((b) => ({ id: b.id, name: b.name, floors: [...b.floors] })),
    departments: site.departments.map((d) => ({ id: d.id, name: d.name, chief: d.chief, deputy: d.deputy })),
    people: site.people.map((p) => ({ id: p.id, name: p.name, role: p.role, department: p.department })),
  };
}

export function findingDto(eyes: Eyes, finding: Finding, lookups: Lookups): FindingDto {
  const command = finding.command === null ? null : lookups.command(finding.command);
  const alert = finding.alert === null ? null : lookups.alert(finding.alert);
  return {
    id: finding.id,
    policy: finding.policy,
    severity: finding.severity,
    mode: finding.mode,
    subject: { ...finding.subject },
    state: finding.state,
    since: eyes.iso(finding.since),
    openedAt: eyes.iso(finding.openedAt),
    closedAt: orNull(eyes, finding.closedAt),
    reason: finding.reason,
    evidence: evidenceDto(eyes, finding.evidence, finding.subject.department),
    closeReason: finding.closeReason,
    actAt: orNull(eyes, finding.actAt),
    wasted: finding.wasted === null ? null : { ...finding.wasted },
    // Findings of earlier versions know no shadow.
    would: finding.would == null ? null : { set: { ...finding.would.set }, at: eyes.iso(finding.would.at), held: finding.would.held },
    command: finding.command === null || command === null ? null : { id: finding.command, state: command },
    alert: finding.alert === null || alert === null ? null : { id: finding.alert, state: alert },
  };
}

function measuredDto(eyes: Eyes, { point, value, at, device }: NonNullable<Command["proof"]>): NonNullable<CommandDto["proof"]> {
  return { point, value, at: eyes.iso(at), ...(device === undefined ? {} : { device }) };
}

export function commandDto(eyes: Eyes, command: Command): CommandDto {
  return {
    id: command.id,
    device: command.device,
    set: { ...command.set },
    source: command.source,
    by: command.by,
    finding: command.finding,
    state: command.state,
    reason: command.reason,
    attempts: command.attempts,
    plannedAt: eyes.iso(command.plannedAt),
    endedAt: orNull(eyes, command.endedAt),
    before: { ...command.before },
    proof: command.proof === null ? null : measuredDto(eyes, command.proof),
    stayed: command.stayed == null ? null : measuredDto(eyes, command.stayed),
    short: command.short == null ? null : { ...measuredDto(eyes, command.short), gives: { ...command.short.gives.set }, until: eyes.iso(command.short.until) },
    error: command.error,
    steps: command.steps.map((s) => ({ state: s.state, at: eyes.iso(s.at), note: s.note })),
  };
}

export function alertDto(eyes: Eyes, alert: Alert): AlertDto {
  return {
    id: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    state: alert.state,
    title: alert.title,
    evidence: evidenceDto(eyes, alert.evidence, alert.department),
    device: alert.device,
    space: alert.space,
    department: alert.department,
    finding: alert.finding,
    command: alert.command,
    assignee: alert.assignee,
    raisedAt: eyes.iso(alert.raisedAt),
    acknowledgedAt: orNull(eyes, alert.acknowledgedAt),
    acknowledgedBy: alert.acknowledgedBy,
    clearedAt: orNull(eyes, alert.clearedAt),
    shelvedUntil: orNull(eyes, alert.shelvedUntil),
    group: alert.group,
    cause: alert.cause,
    chain: alert.chain.map((c) => ({ ...c, at: eyes.iso(c.at) })),
    climbed: alert.climbed,
    climbsAt: orNull(eyes, alert.climbsAt),
    occurrences: alert.occurrences,
    chattering: alert.chattering,
    told: alert.told.map((t) => ({ ...t, at: eyes.iso(t.at) })),
    log: alert.log.map((l) => ({ at: eyes.iso(l.at), by: l.by, what: l.what, note: l.note })),
  };
}

export function silenceDto(eyes: Eyes, s: Silence): SilenceDto {
  return { ...s, from: eyes.iso(s.from), until: eyes.iso(s.until), endedAt: orNull(eyes, s.endedAt) };
}

export function handsOffDto(eyes: Eyes, h: HandsOff): HandsOffDto {
  const { id, building, floor, space, device, reason, by, endedBy } = h;
  return { id, building, floor, space, device, reason, by, from: eyes.iso(h.from), until: orNull(eyes, h.until), endedAt: orNull(eyes, h.endedAt), endedBy };
}

export function overrideDto(eyes: Eyes, o: Override): OverrideDto {
  return {
    id: o.id,
    device: o.device,
    space: o.space,
    policy: o.policy,
    set: o.set === null ? null : { ...o.set },
    reason: o.reason,
    by: o.by,
    grantedBy: o.grantedBy ?? null,
    cost: o.cost ?? null,
    from: eyes.iso(o.from),
    until: eyes.iso(o.until),
    endedAt: orNull(eyes, o.endedAt),
  };
}

export function approvalDto(eyes: Eyes, a: Approval): ApprovalDto {
  // Whose a print job is, the copier says; what people asked for here is theirs for certain.
  const own = a.kind !== "print-job" && a.requestedBy === eyes.actor.id;
  const personal = own || may(eyes.actor, "view-personal", a.department);
  return {
    id: a.id,
    kind: a.kind,
    device: a.device,
    space: a.space,
    department: a.department,
    job: a.job,
    sheets: a.sheets,
    document: personal ? a.document : null,
    requestedBy: personal ? a.requestedBy : null,
    reason: a.reason,
    from: orNull(eyes, a.from),
    until: orNull(eyes, a.until),
    state: a.state,
    requestedAt: eyes.iso(a.requestedAt),
    policy: a.policy ?? null,
    spaceClass: a.spaceClass ?? null,
    set: a.set == null ? null : { ...a.set },
    cost: a.cost ?? null,
    decidedAt: orNull(eyes, a.decidedAt),
    decidedBy: a.decidedBy,
    note: a.note,
  };
}

/** A print job; `department` is the copier's. */
export function jobDto(eyes: Eyes, device: string, job: PrintJob, department: string | null): JobDto {
  const personal = may(eyes.actor, "view-personal", department);
  return {
    device,
    job: job.job,
    user: personal ? job.user : null,
    document: personal ? job.document : null,
    pages: job.pages,
    copies: job.copies,
    sheets: job.sheets,
    uncounted: job.uncounted === true,
    duplex: job.duplex,
    reused: job.reused ?? null,
    color: job.color,
    state: job.state,
    at: eyes.iso(job.at),
  };
}

/** A policy with its parameters' ranges; `open` is its number of open findings. */
export function policyDto(house: House, policy: PolicyState, open: number): PolicyDto {
  const { definition, settings } = policy;
  const { custom } = definition;
  return {
    id: definition.id,
    enabled: settings.enabled,
    mode: settings.mode,
    severity: definition.severity,
    priority: definition.priority,
    kinds: [...definition.kinds],
    subject: definition.subject,
    owner: settings.owner,
    scope: scopeDto(settings.scope),
    canary: [...settings.canary],
    custom:
      custom === undefined
        ? null
        : {
            name: custom.name,
            rule: custom.rule,
            document: { ...custom },
            source: house.site.custom.some((p) => p.id === custom.id) ? "site-file" : "page",
          },
    params: paramsOf(definition).map((p) => ({
      name: p.name,
      value: settings.params[p.name] ?? p.default,
      unit: p.unit,
      default: p.default,
      min: p.min,
      max: p.max,
    })),
    open,
  };
}

/** Open findings by policy. */
export function openByPolicy(house: House): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of house.findings.values()) counts.set(finding.policy, (counts.get(finding.policy) ?? 0) + 1);
  return counts;
}

function dayDto(day: DayAnswer): OverviewDto["day"] {
  return { date: day.date, working: day.working, why: day.why, holiday: day.holiday, event: day.event, season: day.season, workingNow: day.workingNow };
}

/** `department` is the device's. */
export function whyDto(eyes: Eyes, why: Why, department: string | null): WhyDto {
  return {
    device: why.device,
    protection: why.protection,
    day: dayDto(why.day),
    overrides: why.overrides.map((o) => overrideDto(eyes, o)),
    judgements: why.judgements.map((j) => ({
      policy: j.policy,
      mode: j.mode,
      applies: j.applies,
      why: j.why,
      state: j.state,
      reason: j.reason,
      evidence: j.evidence === null ? null : evidenceDto(eyes, j.evidence, department),
      since: orNull(eyes, j.since),
      due: orNull(eyes, j.due),
      exemption: j.exemption,
      finding: j.finding,
      wants: j.wants === null ? null : { ...j.wants },
    })),
    arbitration: why.arbitration.map((a) => ({ point: a.point, wanted: a.wanted, by: a.by, source: a.source, beats: [...a.beats], reported: a.reported })),
    holding: why.holding.map((h) => ({ why: h.why, until: orNull(eyes, h.until) })),
  };
}

/** What was taken in so far, and what was not. */
export interface Intake {
  readonly messages: number;
  readonly readings: number;
  readonly backlog: number;
  readonly fates: Readonly<Partial<Record<Fate, number>>>;
}

/** How what is forwarded elsewhere does. */
export interface Forwarded {
  readonly failingSince: Millis | null;
  readonly behind: number;
  readonly behindSeconds: number;
  readonly rejected: number;
}

export function overviewDto(overview: Overview, intake: Intake, forwarded: Forwarded | null): OverviewDto {
  return {
    devices: { ...overview.devices },
    powerW: { ...overview.powerW },
    flowLpm: overview.flowLpm,
    occupiedSpaces: overview.occupiedSpaces,
    knownSpaces: overview.knownSpaces,
    outdoorC: overview.outdoorC,
    openFindings: overview.openFindings,
    pendingCommands: overview.pendingCommands,
    unacknowledged: overview.unacknowledged,
    pendingApprovals: overview.pendingApprovals,
    leads: overview.leads,
    deaf: overview.deaf,
    today: { ...overview.today },
    day: dayDto(overview.day),
    intake: {
      messages: intake.messages,
      readings: intake.readings,
      backlog: intake.backlog,
      rejected: REJECTING.reduce((sum, fate) => sum + (intake.fates[fate] ?? 0), 0),
      fates: { ...intake.fates },
    },
    forward:
      forwarded === null
        ? null
        : {
            failing: forwarded.failingSince !== null,
            behind: forwarded.behind,
            behindSeconds: forwarded.behindSeconds,
            rejected: forwarded.rejected,
          },
  };
}

/** A message that was not taken in. Its bytes may hold a document's name, so only who may see personal data everywhere sees them. */
export function rejectionDto(eyes: Eyes, rejection: Rejection): RejectionDto {
  return {
    fate: rejection.fate,
    topic: rejection.topic,
    detail: rejection.detail,
    excerpt: may(eyes.actor, "view-personal", null) ? rejection.excerpt : "",
    at: eyes.iso(rejection.at),
  };
}

export function clockDto(eyes: Pick<Eyes, "iso">, clock: { readonly speed: number; readonly simulated: boolean }, now: Millis): ClockDto {
  return { now: eyes.iso(now), speed: clock.speed, simulated: clock.simulated };
}

/** A booking; who booked it is told to whom it is told who asked for approvals. */
export function bookingDto(eyes: Eyes, b: StoredBooking): BookingDto {
  const { id, kind, space, note, source } = b;
  return {
    id,
    kind,
    space,
    from: eyes.iso(b.from),
    until: eyes.iso(b.until),
    note,
    source,
    by: b.by === "" ? null : b.by,
    canceledAt: orNull(eyes, b.canceledAt),
  };
}

export function eventDto({ id, name, from, until, by }: OfficeEvent): EventDto {
  return { id, name, from, until, by };
}

/** A standing exemption; what the site file gives has no beginning. */
export function exemptionDto(eyes: Eyes, e: StandingExemption): ExemptionDto {
  const { id, policy, device, space, spaceClass, reason, by, grantedBy } = e;
  return {
    id,
    policy,
    device,
    space,
    spaceClass,
    reason,
    by,
    grantedBy,
    from: by === "site" ? null : eyes.iso(e.from),
    until: orNull(eyes, e.until),
    endedAt: orNull(eyes, e.endedAt),
  };
}

/** A back-test as `ports/backtests.ts` keeps it. */
export function backtestDto(
  eyes: Eyes,
  run: Omit<BacktestDto, "askedAt" | "from" | "to" | "scope" | "result"> & {
    readonly askedAt: Millis;
    readonly from: Millis;
    readonly to: Millis;
    readonly scope: Scope;
    readonly result: BacktestResult | null;
  },
): BacktestDto {
  const { askedAt, from, to, scope, result, ...rest } = run;
  return {
    ...rest,
    askedAt: eyes.iso(askedAt),
    from: eyes.iso(from),
    to: eyes.iso(to),
    scope: scopeDto(scope),
    result: result === null ? null : { ...result, byDay: [...result.byDay], byDevice: [...result.byDevice] },
  };
}
