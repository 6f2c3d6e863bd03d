/** How alerts find people: the chain's clock, the routing table, and how much one person is told. Data of the site file. */
import type { Severity } from "../policy.ts";
import type { SpaceClass } from "../space.ts";
import type { Millis } from "../reading.ts";

/** The office's own order (节约责任制): a section's chief, the deputy director in charge of it, the director. */
export const LEVELS = ["chief", "deputy", "director"] as const;
export type Level = (typeof LEVELS)[number];

/** Nobody answered for so many seconds of working time since the alert was raised: now this level answers. */
export interface ClimbStep {
  readonly level: Level;
  readonly after: number;
}

/** A step of an alert's chain: from `at` on this level answers, unless somebody answered before. */
export interface ChainStep {
  /** duty: whoever has duty, where it is raised outside working time. */
  readonly level: Level | "duty";
  /** Who that is to be, as it was known when the clock began; null where nobody is there. */
  readonly person: string | null;
  readonly at: Millis;
}

/** Which alerts a row of the routing table takes; an absent part takes every one. */
export interface RouteWhen {
  readonly severities?: readonly Severity[] | undefined;
  /** Kinds of alert: finding, command, approval, device, system. */
  readonly kinds?: readonly string[] | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly departments?: readonly string[] | undefined;
  readonly buildings?: readonly string[] | undefined;
  readonly classes?: readonly SpaceClass[] | undefined;
  readonly levels?: readonly Level[] | undefined;
  /** true: only outside working time; false: only within it. */
  readonly offHours?: boolean | undefined;
}

/** A row of the routing table. The first that takes an alert counts, and those after it where it says `goOn`. */
export interface Route {
  readonly name: string;
  readonly when: RouteWhen;
  /** Channel ids, for the one who answers; robots tell their group. */
  readonly channels: readonly string[];
  /** Further people who hear of it by the same channels, and answer for nothing. */
  readonly people: readonly string[];
  readonly goOn: boolean;
}

export interface Alerting {
  readonly climb: Readonly<Record<Severity, readonly ClimbStep[]>>;
  /** Severities that do not wait for working time to be told. */
  readonly offHours: readonly Severity[];
  /** Seconds between two messages to one person by one channel, unless something more severe comes. */
  readonly every: Readonly<Record<Severity, number>>;
  /** Seconds between two messages about the same cause. */
  readonly groupEvery: number;
  /** More than `count` alerts for one person within `seconds` are told as one summary. */
  readonly flood: { readonly count: number; readonly seconds: number };
  /** An alarm raised `count` times within `seconds` chatters, and stands until it was quiet for `quiet` seconds. */
  readonly chatter: { readonly count: number; readonly seconds: number; readonly quiet: number };
  /** Seconds after which a standing alert is stale. */
  readonly stale: number;
  readonly routes: readonly Route[];
}

/**
 * What counts where the site file says nothing. Flood, chatter and stale by ISA-18.2-2016 §16 / EEMUA 191; a robot's twenty messages
 * a minute by its vendor's rule.
 */
export const DEFAULT_ALERTING: Alerting = {
  climb: {
    high: [
      { level: "chief", after: 30 },
      { level: "deputy", after: 900 },
      { level: "director", after: 2700 },
    ],
    medium: [
      { level: "chief", after: 60 },
      { level: "deputy", after: 7200 },
      { level: "director", after: 25_200 },
    ],
    low: [
      { level: "chief", after: 900 },
      { level: "deputy", after: 50_400 },
    ],
  },
  offHours: ["high"],
  every: { high: 0, medium: 60, low: 3600 },
  groupEvery: 300,
  flood: { count: 10, seconds: 600 },
  chatter: { count: 3, seconds: 60, quiet: 600 },
  stale: 86_400,
  routes: [],
};

/** Alerts that one request may act on. */
export const BULK_MOST = 1000;
