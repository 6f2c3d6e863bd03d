/** What the console shows, as its address says it. Pure. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { isWaiting } from "../needs.ts";
import type { Sort } from "./place.ts";
import { SORTS } from "./place.ts";

/** "" is what is open and nobody has put aside. */
export const CONSOLE_STATES = ["", "waiting", "acknowledged", "shelved", "suppressed", "out-of-service", "over"] as const;
export type ConsoleState = (typeof CONSOLE_STATES)[number];

export interface ConsoleFilter {
  readonly state: ConsoleState;
  readonly severity: string | null;
  readonly department: string | null;
  readonly kind: string | null;
  readonly policy: string | null;
  /** Only those for which the reader answers now. */
  readonly mine: boolean;
  /** Lower-case words that must all be found. */
  readonly words: readonly string[];
  /** Only what this message told of, in whatever state it is now. */
  readonly notice: string | null;
  readonly grouped: boolean;
  readonly sort: Sort;
}

/** Whether an alert's state is one that a filter shows. */
export function shows(f: ConsoleFilter, alert: AlertDto): boolean {
  return (f.notice !== null && f.state === "") || inState(alert, f.state);
}

/** Whether an alert's state is one of those behind a button of the console. */
export function inState(alert: AlertDto, state: ConsoleState): boolean {
  switch (state) {
    case "":
      return isWaiting(alert) || alert.state === "acknowledged";
    case "waiting":
      return isWaiting(alert);
    case "over":
      return alert.state === "normal";
    case "acknowledged":
    case "shelved":
    case "suppressed":
    case "out-of-service":
      return alert.state === state;
  }
}

/** The policy whose finding it tells of; null for other alerts. */
export function policyOf(alert: AlertDto): string | null {
  return alert.title.startsWith("policy.") ? (alert.title.split(".")[1] ?? null) : null;
}

/** Reads the address; what it does not know it takes for absent. */
export function filterOf(query: URLSearchParams): ConsoleFilter {
  const part = (name: string) => {
    const value = query.get(name);
    return value === null || value === "" ? null : value;
  };
  return {
    state: CONSOLE_STATES.find((s) => s === query.get("state")) ?? "",
    severity: part("severity"),
    department: part("department"),
    kind: part("kind"),
    policy: part("policy"),
    mine: query.get("who") === "mine",
    words: (query.get("q") ?? "")
      .toLowerCase()
      .split(/\s+/)
      .filter((w) => w !== ""),
    notice: part("notice"),
    grouped: query.get("group") !== "off",
    sort: SORTS.find((s) => s === query.get("sort")) ?? (query.get("state") === "over" ? "newest" : "urgency"),
  };
}

/** The parts of the address that make a filter, all cleared. */
export const CLEARED = { state: null, severity: null, department: null, kind: null, policy: null, who: null, q: null, notice: null } as const;

/** Whether more than the state narrows the list. */
export function narrows(f: ConsoleFilter): boolean {
  return f.severity !== null || f.department !== null || f.kind !== null || f.policy !== null || f.mine || f.words.length > 0 || f.notice !== null;
}

/**
 * Which alerts a filter takes, apart from their state. `text` gives an alert's words in lower case; it is asked only where words are
 * looked for. `reader` is the id of the person at the page.
 */
export function takes(f: ConsoleFilter, reader: string | null, text: (alert: AlertDto) => string): (alert: AlertDto) => boolean {
  return (a) => {
    if (f.notice !== null && !a.told.some((told) => told.notice === f.notice)) return false;
    if (f.severity !== null && a.severity !== f.severity) return false;
    if (f.department !== null && a.department !== f.department) return false;
    if (f.kind !== null && a.kind !== f.kind) return false;
    if (f.policy !== null && policyOf(a) !== f.policy) return false;
    if (f.mine && a.assignee !== reader) return false;
    if (f.words.length === 0) return true;
    const hay = text(a);
    return f.words.every((w) => hay.includes(w));
  };
}
