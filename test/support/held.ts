/** One instant held still: a subject, what stands around it, and the view that a policy gets of them through the real house. */
import type { Calendar } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { Device, DeviceKind } from "../../server/core/device.ts";
import { createHouse, policySettings } from "../../server/core/house.ts";
import type { FlowTrend } from "../../server/core/flow-trend.ts";
import type { PaperTally } from "../../server/core/paper-tally.ts";
import type { Judgement, PolicyDefinition, PrintJob } from "../../server/core/policy.ts";
import type { Millis, PointValue, Quality } from "../../server/core/reading.ts";
import type { Booking, CalendarSettings } from "../../server/core/calendar-settings.ts";
import type { Space } from "../../server/core/space.ts";
import { HouseView } from "../../server/core/view.ts";
import { readSite, SHIPPED_HOLIDAYS } from "../../server/settings/load.ts";
import { device, smallSite, space } from "./small-site.ts";

const read = readSite("", SHIPPED_HOLIDAYS);
if (!read.ok) throw new Error(read.problems.join("\n"));
const { holidays } = read;

export interface Heard {
  readonly value: PointValue;
  readonly quality?: Quality;
  /** Seconds since the value last changed; 0 unless told. */
  readonly ago?: number;
}

export interface HeldDevice {
  readonly kind: DeviceKind;
  readonly points: Readonly<Record<string, PointValue | Heard>>;
  readonly tags?: readonly string[];
  /** Not heard for more than three of its intervals. */
  readonly silent?: boolean;
}

export interface Held {
  /** Local time in Asia/Shanghai, `2026-07-01T10:00:00`, or ms. */
  readonly at: string | Millis;
  readonly subject: HeldDevice;
  /** In the subject's space; a station of kind `outdoor` stands outside. */
  readonly around?: readonly HeldDevice[];
  /** The subject's space: room 301 with windows to the south unless told; null = it has no place. */
  readonly space?: Partial<Space> | null;
  readonly params?: Readonly<Record<string, number>>;
  readonly events?: CalendarSettings["events"];
  readonly bookings?: readonly Booking[];
  readonly job?: Partial<PrintJob>;
  /** What a water meter's hours, a copier's counter and an earlier doubt are known to have been. */
  readonly flow?: FlowTrend;
  readonly paper?: PaperTally;
  readonly doubtedAt?: Millis;
  /** The reason of the breach that stands already. */
  readonly standing?: string;
}

const INTERVAL = 60;

/** Milliseconds of a held instant. */
export function instant(at: Held["at"]): Millis {
  return typeof at === "number" ? at : Date.parse(`${at}+08:00`);
}

/** The view of the subject: real house, real freshness and occupancy, the shipped holidays. Devices are named `<kind>-<n>`, the subject `<kind>-0`. */
export function hold(policy: PolicyDefinition, held: Held): HouseView {
  const now = instant(held.at);
  const room = held.space === null ? null : space("301", "office", held.space ?? {});
  const all = [held.subject, ...(held.around ?? [])];
  const described: Device[] = all.map((d, i) =>
    device(`${d.kind}-${i}`, d.kind, d.kind === "outdoor" || room === null ? null : "301", { interval: INTERVAL, tags: d.tags ?? [] }),
  );
  const calendar: CalendarSettings = { ...smallSite().calendar, events: held.events ?? [], bookings: held.bookings ?? [] };
  const site = smallSite({ spaces: room === null ? [] : [room], devices: described, calendar });
  const house = createHouse(site, calendarOf(site.timezone, calendar), [policy]);
  all.forEach((d, i) => {
    const state = house.devices.get(described[i]!.id)!;
    const heardAt = d.silent === true ? now - 3000 * INTERVAL - 1 : now;
    state.seenAt = heardAt;
    for (const [name, raw] of Object.entries(d.points)) {
      const heard: Heard = typeof raw === "object" ? raw : { value: raw };
      state.points.set(name, { value: heard.value, quality: heard.quality ?? "good", at: heardAt, received: heardAt, changed: now - (heard.ago ?? 0) * 1000 });
    }
  });
  Object.assign(house.devices.get(described[0]!.id)!, { flow: held.flow ?? null, paper: held.paper ?? null, doubtedAt: held.doubtedAt ?? null });
  const { params } = policySettings(policy, { params: held.params });
  const job: PrintJob | null =
    policy.subject === "job"
      ? { job: "j", user: "clerk", document: "d", pages: 1, copies: 1, sheets: 1, duplex: false, color: false, state: "completed", at: now, ...held.job }
      : null;
  return new HouseView(house, house.devices.get(described[0]!.id)!, params, job, now, standingFor(held, now));
}

function standingFor({ standing }: Held, now: Millis): ConstructorParameters<typeof HouseView>[5] {
  if (standing === undefined) return null;
  return { since: now, finding: null, last: { state: "breach", reason: standing, evidence: {}, hold: 0, want: null } };
}

/** Building a calendar takes longer than a judgement: one for each set of events. */
const calendars = new Map<string, Calendar>();

function calendarOf(timezone: string, settings: CalendarSettings): Calendar {
  const key = JSON.stringify(settings.events);
  const known = calendars.get(key) ?? createCalendar({ timezone, settings, holidays });
  calendars.set(key, known);
  return known;
}

export function judge(policy: PolicyDefinition, held: Held): Judgement {
  return policy.judge(hold(policy, held));
}
