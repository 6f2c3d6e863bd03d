/** What the house knows now. `step` is the only one that changes it; everyone else reads. */
import type { ClosedMonth } from "./account/settlement.ts";
import type { MeterBooks } from "./meters/entry.ts";
import { emptyBooks } from "./meters/entry.ts";
import type { BookingIndex, OfficeEvent, StoredBooking } from "./booking.ts";
import type { Calendar } from "./calendar.ts";
import type { Device, DeviceKind } from "./device.ts";
import { DEVICE_KINDS } from "./device.ts";
import type { Absence, ChannelDefinition, Notice, NoticeKind, OutOfService, Silence } from "./alerts/notice.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override, StandingExemption } from "./finding.ts";
import type { FlowTrend } from "./flow-trend.ts";
import type { Mapping } from "./mapping.ts";
import type { PaperTally } from "./paper-tally.ts";
import { paramsOf } from "./policy.ts";
import type { Judgement, Looks, Params, PointState, PolicyDefinition, PolicyOverrides, PolicySettings, PrintJob, Severity, Want } from "./policy.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";
import type { SavingsBooks } from "./savings/entry.ts";
import { emptySavingsBooks } from "./savings/entry.ts";
import type { Exemption, Site, Space } from "./space.ts";
import { PROTECTED_CLASSES } from "./space.ts";
import { TimerQueue } from "./timers.ts";

export interface DeviceState {
  device: Device;
  readonly points: Map<string, PointState>;
  /** When its last message arrived; null before the first. */
  seenAt: Millis | null;
  /** By its own availability topic; null where it has none. */
  available: boolean | null;
  /** Print jobs it announced that are still held, by job id. */
  readonly jobs: Map<string, PrintJob>;
  /** Three intervals went by without a word. */
  silent: boolean;
  /** Its standings that have an open finding. */
  readonly open: Set<Standing>;
  /** Its standings whose judgement rests on what moves without being watched; null while there are none. */
  looked: Set<Standing> | null;
  /** When it last came back from silence or absence: what it does right after is no person's doing. */
  returnedAt: Millis | null;
  /** How far its clock runs behind ours at least, in ms: the quickest of its messages so far; null before the first. */
  behind: Millis | null;
  /** When it was taken into the house while this server ran; null where it was here before. Nothing that lasted until then is held against it. */
  adoptedAt: Millis | null;
  /** When one of its values was last not believed. */
  doubtedAt: Millis | null;
  /** Points that open faults say are not to be believed, by policy; null while there are none. */
  suspected: Map<string, readonly string[]> | null;
  /** Water only: its flow by the hour. Copiers only: what its counter and its jobs say. Kept from the first reading on. */
  flow: FlowTrend | null;
  paper: PaperTally | null;
}

/** The points that open faults say are not to be believed, or null. */
export function doubtedPoints(state: DeviceState | undefined): ReadonlySet<string> | null {
  return state === undefined || state.suspected === null ? null : new Set([...state.suspected.values()].flat());
}

/** Since when parts of a condition hold, by their paths: null for one that does not, none for one that nobody knows of. */
export type Lasting = Map<string, { readonly at: Millis; readonly sure: boolean } | null>;

/** How one policy stands at one subject: kept only while there is something to remember. */
export interface Standing {
  readonly policy: string;
  readonly device: DeviceId;
  readonly job: string | null;
  /** Since when the breach lasts; null while there is none. */
  since: Millis | null;
  /** Open finding's id. */
  finding: string | null;
  last: Judgement | null;
  /** When it is to be judged again at the latest; null when nothing is scheduled. */
  wake: Millis | null;
  /** What the last judgement rests on that moves without being watched, and when that judgement was. */
  looks: { readonly of: Looks; readonly from: Millis } | null;
  /** What the open finding has wasted so far. */
  waste: Waste | null;
  /** Since when parts of its condition hold, for policies that are written as data; null where there are none. */
  lasting: Lasting | null;
  /** When all was last well here, a finding closed or an exception ended: no breach is counted from before, so that two are never taken for one. */
  free: Millis | "excused" | null;
}

/** Integrates a subject's power (W) and flow (L/min) while a finding is open. */
export interface Waste {
  /** The last instant integrated to. */
  at: Millis;
  /** How long the last heard load is believed. */
  until: Millis;
  power: number;
  flow: number;
  /** Share of the power that is waste, 0–1. */
  share: number;
  kwh: number;
  m3: number;
  /** When it was last told. */
  told: Millis;
}

/** What is remembered of a device that was commanded: for back-off, rate limits and compressor protection. */
export interface CommandMemory {
  /** Active command, if any. */
  active: string | null;
  /** Failed commands in a row, for whom the last one was, and when the next may be planned. */
  failures: number;
  failedBy: string | null;
  notBefore: Millis;
  /** When it was last heard to go on or off, newest last; at most six are kept. */
  readonly switchings: Millis[];
  /** When it was last heard to stop, or last asked to. */
  stoppedAt: Millis | null;
  /** When an `act` timer is already set for. */
  wake: Millis | null;
  /** When the last commands were planned, newest last (the last hour's at most). */
  readonly planned: Millis[];
  /** When a setpoint last made a comfort step. */
  steppedAt: Millis | null;
  /** What the device last did for a wish, and when the wish had to be repeated since because somebody undid it. */
  fulfilled: {
    readonly by: string;
    readonly set: Readonly<Record<string, PointValue>>;
    readonly before: Readonly<Record<string, PointValue | null>>;
    readonly at: Millis;
  } | null;
  insisted: readonly Millis[];
  /** After a named conflict the house leaves the device to its people until then; whose wish it was. */
  yieldedUntil: Millis;
  yieldedTo: string | null;
  /** What a policy gives back, for which finding, and until when it tries; null while nothing is owed. */
  owed: { readonly by: string; readonly finding: string | null; readonly want: Want; readonly until: Millis } | null;
  /** Which policy leaves the device alone until when, what was measured, and the how manieth time in a row that is. */
  spared: { readonly by: string; readonly until: Millis; readonly value: number; readonly times: number } | null;
  /** A print job's memory only: we let it be printed. */
  released: boolean;
}

export interface PolicyState {
  readonly definition: PolicyDefinition;
  settings: PolicySettings;
}

export type Timer =
  | { readonly kind: "judge"; readonly policy: string; readonly device: DeviceId; readonly job: string | null }
  | { readonly kind: "act"; readonly device: DeviceId }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "override"; readonly override: string }
  | { readonly kind: "exemption"; readonly exemption: string }
  | { readonly kind: "approval"; readonly approval: string }
  | { readonly kind: "shelve"; readonly alert: string }
  /** The next step of the chain. */
  | { readonly kind: "climb"; readonly alert: string }
  /** An alert's off-delay is over. */
  | { readonly kind: "clear"; readonly alert: string }
  /** An alert's on-delay is over. */
  | { readonly kind: "alert"; readonly finding: string }
  /** What suppressed others is over for so long that each stands for itself again. */
  | { readonly kind: "unsuppress"; readonly alert: string }
  | { readonly kind: "service"; readonly service: string }
  /** A planned silence begins or is over. */
  | { readonly kind: "silenced"; readonly silence: string }
  /** Somebody is away from now on, or back. */
  | { readonly kind: "absence"; readonly absence: string }
  /** Notices may leave now. */
  | { readonly kind: "tell"; readonly channel: string }
  | { readonly kind: "silence"; readonly device: DeviceId }
  | { readonly kind: "hands-off"; readonly handsOff: string }
  /** We heard nobody for as long as the dead man waits. */
  | { readonly kind: "deaf" }
  | { readonly kind: "booking"; readonly booking: string }
  /** Once a day: are the holiday data there, and who has duty in the days to come? */
  | { readonly kind: "calendar" };

export type DeviceStatus = "online" | "offline" | "silent" | "manual" | "discovered";

export interface House {
  readonly site: Site;
  readonly calendar: Calendar;
  readonly spaces: ReadonlyMap<string, Space>;
  readonly devices: Map<DeviceId, DeviceState>;
  readonly devicesBySpace: Map<string, Device[]>;
  readonly outdoorByBuilding: Map<string, Device[]>;
  readonly policies: Map<string, PolicyState>;
  /** Policies by kind of device, in a fixed order. */
  policiesByKind: ReadonlyMap<DeviceKind, readonly PolicyState[]>;
  /** Keyed by `standingKey`. */
  readonly standings: Map<string, Standing>;
  /** Open ones only. */
  readonly findings: Map<string, Finding>;
  /** Not ended only. */
  readonly commands: Map<string, Command>;
  readonly memories: Map<DeviceId, CommandMemory>;
  /** Not normal only. */
  readonly alerts: Map<string, Alert>;
  /** Not ended only. */
  readonly overrides: Map<string, Override>;
  /** Not ended only; those of the site file stay there. */
  readonly exemptions: Map<string, StandingExemption>;
  /** Pending, and granted ones that still have effect. */
  readonly approvals: Map<string, Approval>;
  /** Not over and not canceled only; those of the site file stay there. */
  readonly bookings: Map<string, StoredBooking>;
  readonly bookingsBySpace: BookingIndex;
  /** Major events that were declared at run time. */
  readonly events: Map<string, OfficeEvent>;
  /** What each meter measures for others that have none of their own. */
  readonly metered: Map<DeviceId, readonly DeviceId[]>;
  /** Whose commands under way have an effect that another device measures, by that device. */
  readonly watchedFor: Map<DeviceId, Set<DeviceId>>;
  /** Not ended only. */
  readonly handsOff: Map<string, HandsOff>;
  /** Months that are closed. */
  readonly months: Map<string, ClosedMonth>;
  /** Mappings that people wrote; those of the site file stay there. */
  readonly mappings: Map<string, Mapping>;
  /** What people wrote down of meters. */
  readonly meters: MeterBooks;
  /** What people said of buildings' savings. */
  readonly savings: SavingsBooks;
  /** What messages go out by. */
  readonly channels: ReadonlyMap<string, ChannelState>;
  /** Handed to their channels, without an answer yet. */
  readonly notices: Map<string, Notice>;
  /** What is to be told, by `listenerKey`. */
  readonly waiting: Map<string, Waiting>;
  /** What was due while another server had the house, the oldest first. */
  readonly elsewhere: { readonly at: Millis; readonly waiting: Waiting }[];
  /** The group that a new alert of a kind and place would join. */
  readonly groups: Map<string, { readonly id: string; readonly at: Millis }>;
  /** What alerts whose off-delay runs are cleared with. */
  readonly clearing: Map<string, { readonly note: string; readonly corrected: boolean }>;
  /** Devices that speak through a gateway or are fed by a circuit, by that. */
  readonly dependents: Map<DeviceId, ReadonlySet<DeviceId>>;
  /** What each person (or robot's group) was told lately, by `listenerKey`. */
  readonly listeners: Map<string, Listener>;
  /** Not ended only. */
  readonly absences: Map<string, Absence>;
  /** Not ended only; those to come too. */
  readonly silences: Map<string, Silence>;
  /** Alarms that are out of service, by `alarmKey`. */
  readonly outOfService: Map<string, OutOfService>;
  /** When each alarm was raised lately, by `alarmKey`, newest last. */
  readonly raisings: Map<string, Millis[]>;
  readonly timers: TimerQueue<Timer>;
  watchers: Watchers;
  /** What concerns the house as a whole and not one device. */
  readonly pulse: Pulse;
}

/** A channel as the house sees it. */
export interface ChannelState {
  readonly definition: ChannelDefinition;
  /** People whom it reaches; null: everybody. */
  readonly reaches: Set<string> | null;
  /** When its messages of the last 60 s left. */
  readonly left: Millis[];
  /** Messages in a row that it could not deliver through its own fault. */
  failures: number;
  /** Since when it is down; null while it works. */
  downSince: Millis | null;
  /** What it last could not do through its own fault; null: nothing since the start. */
  lastError: { readonly at: Millis; readonly error: string } | null;
}

/** What one person (or group) was told by one channel lately: for digests, floods, and so that one cause is told once. */
export interface Listener {
  /** When messages left, and about how many alerts; the flood's window only. */
  readonly heard: { readonly at: Millis; readonly alerts: number }[];
  /** When the last message about each group left. */
  readonly groups: Map<string, Millis>;
  lastAt: Millis;
  /** When the last summary of a flood left. */
  summaryAt: Millis;
}

/** What is to be told to one listener with the next message. */
export interface Waiting {
  readonly channel: string;
  readonly person: string | null;
  how: NoticeKind;
  severity: Severity;
  readonly alerts: Set<string>;
  dueAt: Millis;
  /** Not before, after a failure. */
  notBefore: Millis;
  attempts: number;
}

/** Whether we may command at all: what keeps a house from acting blindly, twice, or all at once. */
export interface Pulse {
  /** Since when we listen (the start of the server). */
  listening: Millis;
  /** When anything was last heard from anybody. */
  heardAt: Millis | null;
  /** False while another server holds this house. */
  leads: boolean;
  /** The shortest interval of any device, in s. */
  shortest: number;
  /** Messages a second that the devices send that were ever heard. */
  rate: number;
  /** When the line was last silent: from when that was sure until somebody's next word. */
  gap: { readonly from: Millis; readonly until: Millis } | null;
  /** Commands planned within one second. */
  second: Millis;
  commands: number;
}

/** Which policies look again when a point of a kind changes: its own subject's, its neighbours', every subject of the building. */
export interface Watchers {
  /** Policies that look when a point begins or ceases to be good, by kind. */
  readonly quality: ReadonlyMap<DeviceKind, readonly PolicyState[]>;
  readonly own: ReadonlyMap<DeviceKind, ReadonlyMap<string, readonly PolicyState[]>>;
  readonly neighbours: ReadonlyMap<DeviceKind, ReadonlyMap<string, readonly PolicyState[]>>;
  readonly outdoor: ReadonlyMap<string, readonly PolicyState[]>;
}

function indexWatchers(policies: Iterable<PolicyState>): Watchers {
  const quality = new Map<DeviceKind, PolicyState[]>();
  const own = new Map<DeviceKind, Map<string, PolicyState[]>>();
  const neighbours = new Map<DeviceKind, Map<string, PolicyState[]>>();
  const outdoor = new Map<string, PolicyState[]>();
  const put = (index: Map<DeviceKind, Map<string, PolicyState[]>>, kind: DeviceKind, point: string, policy: PolicyState) => {
    const points = index.get(kind) ?? new Map<string, PolicyState[]>();
    index.set(kind, points);
    points.set(point, [...(points.get(point) ?? []), policy]);
  };
  for (const policy of policies) {
    const { definition } = policy;
    if (definition.subject === "job") continue;
    if (definition.watches.quality === true) for (const kind of definition.kinds) quality.set(kind, [...(quality.get(kind) ?? []), policy]);
    for (const kind of definition.kinds)
      for (const point of [...definition.watches.own, ...(definition.watches.ownOf?.[kind] ?? [])]) put(own, kind, point, policy);
    for (const kind of Object.keys(definition.watches.neighbours ?? {}) as DeviceKind[]) {
      for (const point of definition.watches.neighbours?.[kind] ?? []) put(neighbours, kind, point, policy);
    }
    for (const point of definition.watches.outdoor ?? []) outdoor.set(point, [...(outdoor.get(point) ?? []), policy]);
  }
  return { quality, own, neighbours, outdoor };
}

export function standingKey(policy: string, device: DeviceId, job: string | null): string {
  return job === null ? `${policy}\n${device}` : `${policy}\n${device}\n${job}`;
}

/** Print jobs are commanded beside the copier itself, so each has a memory of its own under this key. */
export function jobKey(device: DeviceId, job: string): string {
  return `${device}\n${job}`;
}

/** A policy's settings: the definition's defaults, under the site file's, under what people changed at run time. */
export function policySettings(definition: PolicyDefinition, ...layers: readonly (PolicyOverrides | undefined)[]): PolicySettings {
  const params: Record<string, number> = {};
  for (const p of paramsOf(definition)) params[p.name] = p.default;
  let settings: PolicySettings = { enabled: true, mode: definition.defaultMode, params, scope: {}, owner: null, canary: [] };
  for (const layer of layers) {
    if (layer === undefined) continue;
    settings = {
      enabled: layer.enabled ?? settings.enabled,
      mode: layer.mode ?? settings.mode,
      params: { ...settings.params, ...layer.params } as Params,
      scope: layer.scope ?? settings.scope,
      owner: layer.owner ?? settings.owner,
      canary: layer.canary ?? settings.canary,
    };
  }
  return settings;
}

/** Puts a policy into the house, or takes it out (null), and looks up anew who watches what. */
export function placePolicy(house: House, id: string, definition: PolicyDefinition | null, ...layers: readonly (PolicyOverrides | undefined)[]): void {
  if (definition === null) house.policies.delete(id);
  else house.policies.set(id, { definition, settings: policySettings(definition, ...layers) });
  house.policiesByKind = byKindOf(house.policies.values());
  house.watchers = indexWatchers(house.policies.values());
}

function byKindOf(policies: Iterable<PolicyState>): Map<DeviceKind, PolicyState[]> {
  const byKind = new Map<DeviceKind, PolicyState[]>();
  for (const state of policies) for (const kind of state.definition.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), state]);
  return byKind;
}

/** The dashboard itself: whoever has it open hears it there. */
export const PAGE_CHANNEL: ChannelDefinition = { id: "page", kind: "page", personal: true, perMinute: 600, reaches: null };

/** An empty house: the site as described, nothing heard yet. */
export function createHouse(
  site: Site,
  calendar: Calendar,
  definitions: readonly PolicyDefinition[],
  channels: readonly ChannelDefinition[] = [PAGE_CHANNEL],
): House {
  const policies = new Map<string, PolicyState>();
  for (const definition of definitions) {
    const scoped = definition.custom === undefined ? undefined : { scope: definition.custom.scope };
    policies.set(definition.id, { definition, settings: policySettings(definition, scoped, site.policies[definition.id]) });
  }
  const house: House = {
    site,
    calendar,
    spaces: new Map(site.spaces.map((s) => [s.id, s])),
    devices: new Map(),
    devicesBySpace: new Map(),
    outdoorByBuilding: new Map(),
    policies,
    policiesByKind: byKindOf(policies.values()),
    standings: new Map(),
    findings: new Map(),
    commands: new Map(),
    memories: new Map(),
    alerts: new Map(),
    overrides: new Map(),
    exemptions: new Map(),
    approvals: new Map(),
    bookings: new Map(),
    bookingsBySpace: new Map(),
    events: new Map(),
    metered: new Map(),
    watchedFor: new Map(),
    handsOff: new Map(),
    months: new Map(),
    mappings: new Map(),
    meters: emptyBooks(),
    savings: emptySavingsBooks(),
    channels: new Map(
      channels.map((definition) => [
        definition.id,
        { definition, reaches: definition.reaches === null ? null : new Set(definition.reaches), left: [], failures: 0, downSince: null, lastError: null },
      ]),
    ),
    notices: new Map(),
    waiting: new Map(),
    elsewhere: [],
    groups: new Map(),
    clearing: new Map(),
    dependents: new Map(),
    listeners: new Map(),
    absences: new Map(),
    outOfService: new Map(),
    silences: new Map(),
    raisings: new Map(),
    timers: new TimerQueue<Timer>(),
    watchers: indexWatchers(policies.values()),
    pulse: { listening: 0, heardAt: null, leads: true, shortest: Infinity, rate: 0, gap: null, second: 0, commands: 0 },
  };
  for (const device of site.devices) placeDevice(house, device);
  return house;
}

/** Puts a device (new, or described anew) where it belongs, keeping what was heard of it. */
export function placeDevice(house: House, device: Device): DeviceState {
  const known = house.devices.get(device.id);
  if (known !== undefined) {
    if (known.device.space !== null) remove(house.devicesBySpace, known.device.space, device.id);
    remove(house.outdoorByBuilding, known.device.building, device.id);
    house.pulse.rate += rateOf(known, device) - rateOf(known, known.device);
    known.device = device;
  }
  const state = known ?? { device, points: new Map(), seenAt: null, available: null, jobs: new Map(), silent: true, open: new Set(), ...UNHEARD };
  house.devices.set(device.id, state);
  if (device.adopted && device.manual == null) house.pulse.shortest = Math.min(house.pulse.shortest, device.interval);
  if (device.meter != null) house.metered.set(device.meter, [...(house.metered.get(device.meter) ?? []).filter((id) => id !== device.id), device.id]);
  for (const behind of [device.gateway, device.feeder]) if (behind != null) house.dependents.set(behind, new Set(house.dependents.get(behind)).add(device.id));
  if (device.adopted && device.space !== null) add(house.devicesBySpace, device.space, device);
  if (device.adopted && device.kind === "outdoor") add(house.outdoorByBuilding, device.building, device);
  return state;
}

/** Messages a second that a device adds to the house's. */
function rateOf(state: DeviceState, device: Device): number {
  return state.seenAt === null || !device.adopted || device.manual != null ? 0 : 1 / device.interval;
}

/** Counts the messages of everybody who was ever heard. */
export function measureRate(house: House): void {
  house.pulse.rate = 0;
  for (const state of house.devices.values()) house.pulse.rate += rateOf(state, state.device);
}

/** So many messages in a row are not missed by chance. */
const MISSED = 20;

/** Since when it is sure that the line is silent, and no single device: nobody at all speaks though many should have. Null while somebody does. */
export function lineSilentSince({ pulse }: House, now: Millis): Millis | null {
  if (!Number.isFinite(pulse.shortest) || pulse.rate === 0) return null;
  const sure = Math.max(pulse.heardAt ?? 0, pulse.listening) + (MISSED / pulse.rate) * 1000;
  return now > sure ? sure : null;
}

const UNHEARD = { looked: null, returnedAt: null, behind: null, adoptedAt: null, doubtedAt: null, suspected: null, flow: null, paper: null };

function add(index: Map<string, Device[]>, key: string, device: Device): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [device]);
  else list.push(device);
}

function remove(index: Map<string, Device[]>, key: string, id: DeviceId): void {
  const list = index.get(key);
  if (list !== undefined)
    index.set(
      key,
      list.filter((d) => d.id !== id),
    );
}

/** online: heard of lately. offline: it said so. silent: three intervals without a word. manual: people read it. discovered: not adopted yet. */
export function deviceStatus(state: DeviceState, now: Millis): DeviceStatus {
  if (!state.device.adopted) return "discovered";
  if (state.device.manual != null) return "manual";
  if (state.available === false) return "offline";
  return state.seenAt === null || now - state.seenAt > 3000 * state.device.interval ? "silent" : "online";
}

/** Why a device may never be commanded, or null: its own protection, or its space's class. */
export function protectionOf(house: House, device: Device): string | null {
  if (device.protection !== null) return device.protection;
  const space = device.space === null ? undefined : house.spaces.get(device.space);
  return space !== undefined && PROTECTED_CLASSES.has(space.class) ? space.class : null;
}

/** The standing exemption that covers a device for a policy, if any. */
export function exemptionFor(house: House, device: Device, policy: string): Exemption | null {
  const space = device.space === null ? undefined : house.spaces.get(device.space);
  const covers = (e: Exemption) =>
    (e.policy === null || e.policy === policy) &&
    (e.device !== null ? e.device === device.id : e.space !== null ? e.space === device.space : e.spaceClass !== null && e.spaceClass === space?.class);
  for (const e of house.site.exemptions) if (covers(e)) return e;
  for (const e of house.exemptions.values()) if (covers(e)) return e;
  return null;
}

/** A device that nobody described: kept, shown as discovered, never judged and never commanded until it is adopted. */
export function undescribed(id: DeviceId, topic: string, codec: string, guess: DeviceKind | null): Device {
  const slash = id.indexOf("/");
  const name = id.slice(slash + 1);
  const kind = guess ?? DEVICE_KINDS.find((k) => name === k || name.startsWith(`${k}-`) || name.startsWith(`${k}_`)) ?? null;
  return {
    id,
    building: id.slice(0, slash),
    name,
    kind,
    space: null,
    department: null,
    codec,
    topic,
    tags: [],
    protection: null,
    interval: 300,
    standby: 5,
    adopted: false,
  };
}
