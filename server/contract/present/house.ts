/** The house as a whole, as the border shows it. */
import type { DayAnswer, Overview } from "../../core/explain.ts";
import type { Fate, Millis, Rejection } from "../../core/reading.ts";
import { may } from "../../core/roles.ts";
import type { Site, Space } from "../../core/space.ts";
import type { ClockDto, OverviewDto, RejectionDto, SiteDto, SpaceDto } from "../house.ts";
import type { Eyes } from "./eyes.ts";

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

export function dayDto(day: DayAnswer): OverviewDto["day"] {
  return { date: day.date, working: day.working, why: day.why, holiday: day.holiday, event: day.event, season: day.season, workingNow: day.workingNow };
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
