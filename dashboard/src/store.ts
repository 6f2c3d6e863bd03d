/** What the page knows of the house: kept as it arrives, told apart finely, so that ten thousand devices stay smooth. */
import { batch, computed, signal } from "@preact/signals";
import type { AlertDto } from "../../server/contract/alerts.ts";
import type { ApprovalDto } from "../../server/contract/approvals.ts";
import type { BookingDto } from "../../server/contract/calendar.ts";
import type { CommandDto } from "../../server/contract/commands.ts";
import type { DeviceDto } from "../../server/contract/devices.ts";
import type { HandsOffDto, OverrideDto } from "../../server/contract/exceptions.ts";
import type { FindingDto } from "../../server/contract/findings.ts";
import type { ClockDto, OverviewDto, RejectionDto, SiteDto, SpaceDto } from "../../server/contract/house.ts";
import type { PolicyDto } from "../../server/contract/policies.ts";
import type { Changes, Snapshot } from "../../server/contract/live.ts";
import { createCollection } from "./collection.ts";
import { timezone } from "./i18n.ts";
import { houseTime, mergeDevice, surplus } from "./merge.ts";

export const devices = createCollection<DeviceDto>(mergeDevice);
export const findings = createCollection<FindingDto>();
export const commands = createCollection<CommandDto>();
export const alerts = createCollection<AlertDto>();
export const overrides = createCollection<OverrideDto>();
export const approvals = createCollection<ApprovalDto>();
export const handsOff = createCollection<HandsOffDto>();
export const bookings = createCollection<BookingDto>();
export const policies = createCollection<PolicyDto>();

export const site = signal<SiteDto | null>(null);
export const spaces = signal<readonly SpaceDto[]>([]);
export const overview = signal<OverviewDto | null>(null);
export const rejections = signal<readonly RejectionDto[]>([]);
/** Which devices there are and what kind and status they have; moves far less often than their points. */
export const deviceShape = signal(0);

/** Moves when somebody entered, confirmed, rejected or withdrew a meter's reading. */
export const metersChanged = signal(0);

const clock = signal<ClockDto | null>(null);
const clockHeard = signal(0);
const tick = signal(performance.now());
setInterval(() => (tick.value = performance.now()), 1000);

export const clockNow = computed(() => clock.value);
/** The house's time in ms, moving once a second. */
export const now = computed(() => (clock.value === null ? Date.now() : houseTime(clock.value, Math.max(tick.value, clockHeard.value) - clockHeard.value)));

const KEPT_ENDED = 400;
const KEPT_REJECTIONS = 50;

function hearClock(heard: ClockDto): void {
  clockHeard.value = performance.now();
  clock.value = heard;
}

/** Everything anew: at the start, after a long absence, or as another person. */
export function takeSnapshot(heard: Snapshot): void {
  batch(() => {
    hearClock(heard.clock);
    site.value = heard.site;
    timezone.value = heard.site.timezone;
    spaces.value = heard.spaces;
    overview.value = heard.overview;
    rejections.value = heard.rejections;
    devices.replace(heard.devices);
    findings.replace(heard.findings);
    commands.replace(heard.commands);
    alerts.replace(heard.alerts);
    overrides.replace(heard.overrides);
    approvals.replace(heard.approvals);
    handsOff.replace(heard.handsOff);
    bookings.replace(heard.bookings);
    policies.replace(heard.policies);
    deviceShape.value++;
    // After a long absence nobody knows what was written down meanwhile.
    metersChanged.value++;
  });
}

function reshapes(heard: DeviceDto): boolean {
  const known = devices.peek(heard.id);
  return known === undefined || known.status !== heard.status || known.kind !== heard.kind || known.space !== heard.space || known.points.length === 0;
}

/** What changed since; at most ten times a second. */
export function takeChanges(heard: Changes): void {
  batch(() => {
    hearClock(heard.clock);
    if (heard.overview !== undefined) overview.value = heard.overview;
    if (heard.devices.some(reshapes)) deviceShape.value++;
    devices.merge(heard.devices);
    findings.merge(heard.findings);
    commands.merge(heard.commands);
    alerts.merge(heard.alerts);
    overrides.merge(heard.overrides);
    approvals.merge(heard.approvals);
    handsOff.merge(heard.handsOff);
    bookings.merge(heard.bookings);
    policies.merge(heard.policies);
    if (heard.meters.length > 0) metersChanged.value++;
    if (heard.rejections.length > 0) rejections.value = [...heard.rejections.toReversed(), ...rejections.value].slice(0, KEPT_REJECTIONS);
    if (heard.findings.length > 0)
      findings.drop(
        surplus(
          findings.peekAll(),
          (f) => f.state === "closed",
          (f) => f.openedAt,
          KEPT_ENDED,
        ),
      );
    if (heard.commands.length > 0)
      commands.drop(
        surplus(
          commands.peekAll(),
          (c) => c.endedAt !== null,
          (c) => c.plannedAt,
          KEPT_ENDED,
        ),
      );
    if (heard.alerts.length > 0)
      alerts.drop(
        surplus(
          alerts.peekAll(),
          (a) => a.state === "normal",
          (a) => a.raisedAt,
          KEPT_ENDED,
        ),
      );
  });
}

/** Ids of the devices of each space; found anew only when the shape changes. */
export const devicesBySpace = computed<ReadonlyMap<string, readonly string[]>>(() => {
  void deviceShape.value;
  const found = new Map<string, string[]>();
  for (const d of devices.peekAll()) {
    if (d.space === null) continue;
    const list = found.get(d.space);
    if (list === undefined) found.set(d.space, [d.id]);
    else list.push(d.id);
  }
  return found;
});

/** Open findings of each space. */
export const openBySpace = computed<ReadonlyMap<string, number>>(() => {
  const found = new Map<string, number>();
  for (const f of findings.all()) if (f.state === "open" && f.subject.space !== null) found.set(f.subject.space, (found.get(f.subject.space) ?? 0) + 1);
  return found;
});
