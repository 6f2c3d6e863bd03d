/** Snapshots and sets of changes as one class of readers may see them. */
import type { Changes, Snapshot } from "../contract/live.ts";
import type { OverviewDto } from "../contract/house.ts";
import type { Eyes } from "../contract/present/eyes.ts";
import type { Lookups } from "../contract/present/findings.ts";
import { alertDto } from "../contract/present/alerts.ts";
import { bookingDto } from "../contract/present/calendar.ts";
import { commandDto } from "../contract/present/commands.ts";
import { deviceDto } from "../contract/present/devices.ts";
import { approvalDto, handsOffDto, overrideDto } from "../contract/present/exceptions.ts";
import { findingDto } from "../contract/present/findings.ts";
import { clockDto, overviewDto, rejectionDto, siteDto, spaceDto } from "../contract/present/house.ts";
import { openByPolicy, policyDto } from "../contract/present/policies.ts";
import type { Actor } from "../core/roles.ts";
import { PERMISSIONS } from "../core/roles.ts";
import type { Office } from "../ports/office.ts";
import type { ChangeLog, ChangeSet } from "./changes.ts";

const DAY_MS = 86_400_000;
const NEWEST = 200;
const REJECTIONS = 50;

/** Readers of one class see the same: what differs between people is only whose personal data they may see. */
export function classOf(actor: Actor): string {
  const grant = PERMISSIONS["view-personal"][actor.role];
  return grant === "own" ? `own ${actor.departments.toSorted().join(" ")}` : (grant ?? "none");
}

/** The eyes of a class, and of no person in it; one instant is written once however many points share it. */
export function eyesOf(office: Office, actor: Actor, iso: (at: number) => string): Eyes {
  const written = new Map<number, string>();
  return {
    // What is one's own is shown by the API only: here it would be shown to everybody of the class.
    actor: { ...actor, id: "" },
    now: office.clock.now(),
    iso(at) {
      let text = written.get(at);
      if (text === undefined) written.set(at, (text = iso(at)));
      return text;
    },
  };
}

export function overviewNow(office: Office): OverviewDto {
  return overviewDto(office.overview(), office.counts(), office.forwarded());
}

function lookupsOf(office: Office, log: ChangeLog): Lookups {
  return {
    command: (id) => office.house.commands.get(id)?.state ?? log.commands.get(id)?.state ?? null,
    alert: (id) => office.house.alerts.get(id)?.state ?? "normal",
  };
}

/** Those that stand, and the newest of those that do not, each once. */
function withNewest<T extends { readonly id: string }>(standing: ReadonlyMap<string, T>, kept: readonly T[]): T[] {
  const ended = kept.filter((item) => !standing.has(item.id)).slice(-NEWEST);
  return [...ended, ...standing.values()];
}

export function composeSnapshot(office: Office, log: ChangeLog, eyes: Eyes, cursor: string, overview: OverviewDto): Snapshot {
  const { house } = office;
  const lookups = lookupsOf(office, log);
  const open = openByPolicy(house);
  const closed = log.findings.all().filter((f) => f.state === "closed" && (f.closedAt ?? 0) >= eyes.now - DAY_MS);
  return {
    cursor,
    clock: clockDto(eyes, office.clock, eyes.now),
    overview,
    site: siteDto(house.site),
    spaces: house.site.spaces.map(spaceDto),
    devices: [...house.devices.values()].map((state) => deviceDto(eyes, house, state)),
    findings: withNewest(house.findings, closed).map((f) => findingDto(eyes, f, lookups)),
    commands: withNewest(house.commands, log.commands.all()).map((c) => commandDto(eyes, c)),
    alerts: withNewest(house.alerts, log.alerts.all()).map((a) => alertDto(eyes, a)),
    overrides: [...house.overrides.values()].map((o) => overrideDto(eyes, o)),
    handsOff: [...house.handsOff.values()].map((h) => handsOffDto(eyes, h)),
    bookings: [...house.bookings.values()].map((b) => bookingDto(eyes, b)),
    approvals: [...house.approvals.values()].map((a) => approvalDto(eyes, a)),
    policies: [...house.policies.values()].map((p) => policyDto(house, p, open.get(p.definition.id) ?? 0)),
    rejections: office
      .rejections()
      .slice(0, REJECTIONS)
      .map((r) => rejectionDto(eyes, r)),
  };
}

/** `set` null: nothing but the time (and the overview) moved. */
export function composeChanges(office: Office, log: ChangeLog, eyes: Eyes, cursor: string, set: ChangeSet | null, overview: OverviewDto | null): Changes {
  const { house } = office;
  const head = { cursor, clock: clockDto(eyes, office.clock, eyes.now), ...(overview === null ? {} : { overview }) };
  if (set === null)
    return {
      ...head,
      devices: [],
      findings: [],
      commands: [],
      alerts: [],
      overrides: [],
      handsOff: [],
      bookings: [],
      approvals: [],
      policies: [],
      meters: [],
      rejections: [],
    };
  const lookups = lookupsOf(office, log);
  const open = set.policies.size === 0 ? null : openByPolicy(house);
  const devices: Changes["devices"] = [];
  for (const [id, points] of set.devices) {
    const state = house.devices.get(id);
    if (state !== undefined) devices.push(deviceDto(eyes, house, state, points ?? undefined));
  }
  return {
    ...head,
    devices,
    findings: set.findings.map((f) => findingDto(eyes, f, lookups)),
    commands: set.commands.map((c) => commandDto(eyes, c)),
    alerts: set.alerts.map((a) => alertDto(eyes, a)),
    overrides: set.overrides.map((o) => overrideDto(eyes, o)),
    handsOff: set.handsOff.map((h) => handsOffDto(eyes, h)),
    bookings: set.bookings.map((b) => bookingDto(eyes, b)),
    approvals: set.approvals.map((a) => approvalDto(eyes, a)),
    policies: [...set.policies].flatMap((id) => {
      const policy = house.policies.get(id);
      return policy === undefined ? [] : [policyDto(house, policy, open?.get(id) ?? 0)];
    }),
    meters: [...set.meters],
    rejections: set.rejections.map((r) => rejectionDto(eyes, r)),
  };
}
