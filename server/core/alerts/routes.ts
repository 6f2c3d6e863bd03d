/** The routing table: by which channels an alert reaches whom. Pure, so that it can be tried without an alert. */
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import type { Severity } from "../policy.ts";
import type { Millis } from "../reading.ts";
import type { Level, Route } from "./alerting.ts";
import { buildingOf } from "./chain.ts";

/** Which channel tells whom, and by which row of the table. */
export interface Path {
  readonly channel: string;
  /** null: the robot's group. */
  readonly person: string | null;
  /** The row's name; null: the rule that counts where no row takes the alert. */
  readonly route: string | null;
}

export type Routed = Pick<Alert, "severity" | "kind" | "title" | "department" | "device" | "space">;

/** Where no row of the table takes an alert: how severe it must be for each kind of channel. */
const DEFAULT_REACH: Readonly<Record<string, readonly Severity[]>> = {
  page: ["low", "medium", "high"],
  mail: ["low", "medium", "high"],
  webhook: ["low", "medium", "high"],
  push: ["medium", "high"],
  ntfy: ["medium", "high"],
  wecom: ["medium", "high"],
  dingtalk: ["medium", "high"],
  feishu: ["medium", "high"],
  sms: ["high"],
};

function policyOf(title: string): string | null {
  return title.startsWith("policy.") ? (title.split(".")[1] ?? null) : null;
}

function takes(house: House, { when }: Route, of: Routed, level: Level | "duty", at: Millis): boolean {
  const building = buildingOf(house, of);
  const has = <T>(list: readonly T[] | undefined, value: T | null | undefined) => list === undefined || (value != null && list.includes(value));
  return (
    has(when.severities, of.severity) &&
    has(when.kinds, of.kind) &&
    has(when.policies, policyOf(of.title)) &&
    has(when.departments, of.department) &&
    has(when.buildings, building) &&
    has(when.classes, of.space === null ? null : house.spaces.get(of.space)?.class) &&
    has(when.levels, level === "duty" ? "chief" : level) &&
    (when.offHours === undefined || when.offHours !== house.calendar.hours(building, of.department).working(at))
  );
}

function reached(house: House, channel: string, person: string): boolean {
  const { reaches } = house.channels.get(channel)!;
  return reaches === null || reaches.has(person);
}

/** A channel that the table (or the rule without one) names for an alert, and whether it gets there. */
export interface Routing extends Path {
  /** no-channel: the settings have none of that name. no-address: it does not reach the person. */
  readonly miss: "no-channel" | "no-address" | null;
}

/** Everything that the table says of an alert as `level`: who is to hear by what, also where it cannot be; each once. */
export function routingOf(house: House, of: Routed, person: string, level: Level | "duty", at: Millis): Routing[] {
  const found = new Map<string, Routing>();
  const put = (channel: string, who: string, route: string | null) => {
    const known = house.channels.get(channel);
    const to = known === undefined || known.definition.personal ? who : null;
    const miss = known === undefined ? "no-channel" : to !== null && !reached(house, channel, to) ? "no-address" : null;
    const key = `${channel}\n${to}`;
    if (!found.has(key)) found.set(key, { channel, person: to, route, miss });
  };
  let taken = false;
  for (const route of house.site.alerting.routes) {
    if (!takes(house, route, of, level, at)) continue;
    taken = true;
    for (const channel of route.channels) for (const who of [person, ...route.people]) put(channel, who, route.name);
    if (!route.goOn) break;
  }
  if (!taken)
    for (const { definition } of house.channels.values()) if (DEFAULT_REACH[definition.kind]?.includes(of.severity) === true) put(definition.id, person, null);
  return [...found.values()];
}

/** Every path by which a person hears of an alert as `level`, with the robots and the others whom the table names. */
export function pathsFor(house: House, of: Routed, person: string, level: Level | "duty", at: Millis): Path[] {
  return routingOf(house, of, person, level, at).filter((r) => r.miss === null);
}

/** Further personal channels that reach a person: where the ones that should have told them are down or failed. */
export function detours(house: House, person: string, tried: ReadonlySet<string>): string[] {
  return [...house.channels.values()]
    .filter(({ definition, downSince }) => definition.personal && downSince === null && !tried.has(definition.id) && reached(house, definition.id, person))
    .map(({ definition }) => definition.id);
}
