/** Who answers for an alert, and when the next one does: section chief → deputy director in charge → director (节约责任制). */
import { onDuty } from "../bookings.ts";
import type { Calendar } from "../calendar.ts";
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import type { Millis } from "../reading.ts";
import type { Absence } from "./notice.ts";
import type { Role } from "../roles.ts";
import type { ChainStep, Level } from "./alerting.ts";

/** What a chain is made of: whose alert it is, how bad, and from when its clock runs. */
export type ChainOf = Pick<Alert, "severity" | "department" | "device" | "space" | "kind">;

/** The instant at which so many seconds of working time have passed since `from`; an instant outside working time counts from the next one in it. */
export function workingAfter(calendar: Calendar, from: Millis, seconds: number): Millis {
  let left = seconds * 1000;
  let at = from;
  // A year without a working hour is a calendar's mistake; nobody must wait for ever because of it.
  for (let turns = 0; turns < 2000; turns++) {
    const change = calendar.nextChange(at);
    if (calendar.working(at)) {
      if (at + left <= change) return at + left;
      left -= change - at;
    }
    at = change;
  }
  return from + seconds * 1000;
}

/** The absence that keeps a person away at an instant, if any. */
export function absenceOf(house: House, person: string, at: Millis): Absence | null {
  for (const a of house.absences.values()) if (a.person === person && a.from <= at && at < a.until && a.endedAt === null) return a;
  return null;
}

/** The person of a level, whether away or not: null where the office has none. A fault of the system itself begins with its administrator. */
export function personAt(house: House, department: string | null, level: Level): string | null {
  const { departments, people } = house.site;
  if (level === "director") return people.find((p) => p.role === "director")?.id ?? null;
  const section = department === null ? undefined : departments.find((d) => d.id === department);
  if (section === undefined) return level === "chief" ? (people.find((p) => p.role === "administrator")?.id ?? null) : null;
  return (level === "chief" ? section.chief : section.deputy) ?? null;
}

/** Who acts for a person at an instant: they themselves, or the one who stands in; null where nobody does, so that the next level answers. */
export function standInFor(house: House, person: string, at: Millis): string | null {
  const asked = new Set<string>();
  for (let who: string | null = person; who !== null && !asked.has(who);) {
    const absence = absenceOf(house, who, at);
    if (absence === null) return who;
    asked.add(who);
    who = absence.standIn;
  }
  return null;
}

/** Who has duty for a building at an instant and is there; null where nobody is. */
export function dutyPerson(house: House, building: string | null, at: Millis): string | null {
  for (const duty of onDuty(house, at)) {
    const place = duty.space === null ? null : (house.spaces.get(duty.space)?.building ?? null);
    if (place !== null && building !== null && place !== building) continue;
    const there = standInFor(house, duty.person, at);
    if (there !== null) return there;
  }
  return null;
}

export function buildingOf(house: House, of: Pick<Alert, "device" | "space">): string | null {
  const device = of.device === null ? undefined : house.devices.get(of.device)?.device;
  return device?.building ?? (of.space === null ? undefined : house.spaces.get(of.space)?.building) ?? null;
}

/** Who answers at a step, at an instant; null where that level is not there. */
export function answererAt(house: House, of: ChainOf, level: ChainStep["level"], at: Millis): string | null {
  if (level === "duty") return dutyPerson(house, buildingOf(house, of), at);
  const person = personAt(house, of.department, level);
  return person === null ? null : standInFor(house, person, at);
}

/**
 * The steps of an alert whose clock begins at `from`. Working time is the department's own. What does not wait for working time is told
 * at once, to whoever has duty where somebody has, and climbs when the office works.
 */
export function chainOf(house: House, of: ChainOf, from: Millis): ChainStep[] {
  const { alerting } = house.site;
  const calendar = house.calendar.hours(buildingOf(house, of), of.department);
  const steps = alerting.climb[of.severity];
  const first = steps[0];
  const urgent = alerting.offHours.includes(of.severity) && !calendar.working(from);
  const step = (level: ChainStep["level"], at: Millis): ChainStep => ({ level, person: answererAt(house, of, level, at), at });
  const chain = steps.map(({ level, after }) => step(level, workingAfter(calendar, from, after)));
  if (!urgent || first === undefined) return chain;
  const duty = step("duty", from + first.after * 1000);
  return duty.person === null ? [step(first.level, duty.at), ...chain.slice(1)] : [duty, ...chain];
}

/** Where nobody of an alert's own chain is there: whoever is there of these, in this order. */
const INSTEAD: readonly Role[] = ["director", "deputy", "administrator", "chief", "staff"];

/** The one who answers for an alert before anybody was told: the first of its chain who is there, else somebody who is; the director where nobody is. */
export function responsibleFor(house: House, of: ChainOf, at: Millis): string | null {
  for (const { level } of chainOf(house, of, at)) {
    const person = answererAt(house, of, level, at);
    if (person !== null) return person;
  }
  const { people } = house.site;
  for (const role of INSTEAD) for (const person of people) if (person.role === role && standInFor(house, person.id, at) === person.id) return person.id;
  return personAt(house, null, "director") ?? people[0]?.id ?? null;
}

/** What a level is called where rules of the routing table ask for it: duty stands in for the chief. */
export function levelOf(alert: Alert): Level | "duty" {
  return alert.chain[Math.max(0, alert.climbed)]?.level ?? "chief";
}
