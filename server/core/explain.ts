/** Answers: why is this device as it is, and how is the house. */
import { gate, holdBack, isDeaf, settle, wishesFor } from "./arbitrate.ts";
import type { DayFact, Season } from "./calendar.ts";
import { fulfils } from "./command-memory.ts";
import { applicability, overridesOf } from "./evaluate.ts";
import type { DeviceState, House, PolicyState } from "./house.ts";
import { deviceStatus, protectionOf, standingKey } from "./house.ts";
import { HouseView } from "./view.ts";
import type { CommandSource, Override } from "./finding.ts";
import type { Evidence, Mode } from "./policy.ts";
import type { DeviceId, Millis, PointValue } from "./reading.ts";

export interface DayAnswer extends DayFact {
  readonly season: Season;
  readonly workingNow: boolean;
}

export interface Why {
  readonly device: DeviceId;
  readonly protection: string | null;
  readonly day: DayAnswer;
  readonly overrides: readonly Override[];
  readonly judgements: readonly {
    readonly policy: string;
    readonly mode: Mode;
    readonly applies: boolean;
    readonly why: "applies" | "disabled" | "out-of-scope" | "exempt" | "overridden";
    readonly state: "fine" | "unknown" | "breach" | null;
    readonly reason: string | null;
    readonly evidence: Evidence | null;
    readonly since: Millis | null;
    readonly due: Millis | null;
    readonly exemption: string | null;
    readonly finding: string | null;
    readonly wants: Readonly<Record<string, PointValue>> | null;
  }[];
  readonly arbitration: readonly {
    readonly point: string;
    readonly wanted: PointValue;
    readonly by: string;
    readonly source: CommandSource;
    readonly beats: readonly string[];
    readonly reported: PointValue | null;
  }[];
  /** What keeps a wanted command from being sent now. */
  readonly holding: readonly { readonly why: string; readonly until: Millis | null }[];
}

/** Figures of the whole house, units in the names. What the records know (today's sums) is added by the flow. */
export interface Overview {
  readonly devices: {
    readonly total: number;
    readonly online: number;
    readonly offline: number;
    readonly silent: number;
    readonly manual: number;
    readonly discovered: number;
  };
  readonly powerW: {
    readonly total: number;
    readonly ac: number;
    readonly light: number;
    readonly plug: number;
    readonly copier: number;
    readonly other: number;
  };
  readonly flowLpm: number;
  readonly occupiedSpaces: number;
  readonly knownSpaces: number;
  readonly outdoorC: number | null;
  readonly openFindings: number;
  readonly pendingCommands: number;
  readonly unacknowledged: number;
  readonly pendingApprovals: number;
  /** Whether this server commands the house, and whether it hears anybody at all. */
  readonly leads: boolean;
  readonly deaf: boolean;
  readonly today: { readonly findings: number; readonly proven: number; readonly wastedKwh: number; readonly wastedM3: number; readonly wastedCny: number };
  readonly day: DayAnswer;
}

/** Why a device is as it is: every policy's last word, whose wish wins, and what holds a command back. */
export function explain(house: House, id: DeviceId, now: Millis): Why | null {
  const state = house.devices.get(id);
  if (state === undefined) return null;
  const { device } = state;
  const settled = settle(wishesFor(house, state, now));
  const set: Record<string, PointValue> = {};
  for (const w of settled) if (!fulfils(w.value, state.points.get(w.point)?.value, null)) set[w.point] = w.value;
  const holding: { why: string; until: Millis | null }[] = [];
  if (Object.keys(set).length > 0) {
    const leader = settled.filter((w) => w.point in set).reduce((a, b) => (b.rank > a.rank ? b : a));
    for (const held of [holdBack(house, state, now, leader.source === "override" ? leader.by : null), gate(house, state, set, now)])
      if (held !== null) holding.push({ why: held.why, until: held.until });
  }
  for (const standing of state.open) {
    const finding = standing.finding === null ? undefined : house.findings.get(standing.finding);
    if (finding !== undefined && finding.actAt !== null && finding.actAt > now) holding.push({ why: "warning", until: finding.actAt });
  }
  return {
    device: id,
    protection: protectionOf(house, device),
    day: dayAnswer(house, now),
    overrides: overridesOf(house, device, now),
    judgements: (device.kind === null ? [] : (house.policiesByKind.get(device.kind) ?? []))
      .filter((p) => p.definition.subject === "device")
      .map((p) => judged(house, state, p, now)),
    arbitration: settled.map((w) => ({
      point: w.point,
      wanted: w.value,
      by: w.by,
      source: w.source,
      beats: w.beats,
      reported: state.points.get(w.point)?.value ?? null,
    })),
    holding,
  };
}

function judged(house: House, state: DeviceState, policy: PolicyState, now: Millis): Why["judgements"][number] {
  const { definition, settings } = policy;
  const applies = applicability(house, policy, state.device, now);
  const standing = house.standings.get(standingKey(definition.id, state.device.id, null));
  const last =
    applies.why === "applies" ? definition.judge(new HouseView(house, state, settings.params, null, now, standing ?? null, new Map(standing?.lasting))) : null;
  const breach = last?.state === "breach" ? last : null;
  const since = breach === null ? null : (standing?.since ?? breach.since ?? now);
  return {
    policy: definition.id,
    mode: settings.mode,
    applies: applies.why === "applies",
    why: applies.why,
    state: last?.state ?? null,
    reason: last?.reason ?? null,
    evidence: last?.evidence ?? null,
    since,
    due: breach === null || since === null ? null : since + breach.hold * 1000,
    exemption: applies.exemption?.reason ?? null,
    finding: standing?.finding ?? null,
    wants: breach?.want?.set ?? null,
  };
}

export function dayAnswer(house: House, now: Millis): DayAnswer {
  return { ...house.calendar.day(now), season: house.calendar.season(now), workingNow: house.calendar.working(now) };
}

/** The whole house in figures; `today` comes from the records. One pass over the devices. */
export function overviewOf(house: House, now: Millis, today: Overview["today"]): Overview {
  const devices = { total: 0, online: 0, offline: 0, silent: 0, manual: 0, discovered: 0 };
  const powerW = { total: 0, ac: 0, light: 0, plug: 0, copier: 0, other: 0 };
  let flowLpm = 0;
  let outdoorC: number | null = null;
  const spaces = new Map<string, boolean>();
  for (const state of house.devices.values()) {
    const { kind, space } = state.device;
    devices.total++;
    const status = deviceStatus(state, now);
    devices[status]++;
    if (status !== "online" || kind === null) continue;
    const power = kind === "meter" ? undefined : numeric(state, "power");
    if (power !== undefined) {
      powerW.total += power;
      powerW[kind === "ac" || kind === "light" || kind === "plug" || kind === "copier" ? kind : "other"] += power;
    }
    if (kind === "water") flowLpm += numeric(state, "flow") ?? 0;
    if (kind === "outdoor") outdoorC ??= numeric(state, "temperature") ?? null;
    if (kind === "presence" && space !== null) {
      const occupied = state.points.get("occupied")?.value === true || (numeric(state, "count") ?? 0) > 0;
      spaces.set(space, occupied || spaces.get(space) === true);
    }
  }
  let unacknowledged = 0;
  for (const a of house.alerts.values()) if (a.state === "unacknowledged" || a.state === "returned-unacknowledged") unacknowledged++;
  let pendingApprovals = 0;
  for (const a of house.approvals.values()) if (a.state === "pending") pendingApprovals++;
  return {
    devices,
    powerW,
    flowLpm,
    outdoorC,
    occupiedSpaces: [...spaces.values()].filter(Boolean).length,
    knownSpaces: spaces.size,
    openFindings: house.findings.size,
    pendingCommands: house.commands.size,
    unacknowledged,
    pendingApprovals,
    leads: house.pulse.leads,
    deaf: isDeaf(house, now),
    today,
    day: dayAnswer(house, now),
  };
}

function numeric(state: DeviceState, point: string): number | undefined {
  const p = state.points.get(point);
  return p !== undefined && p.quality === "good" && typeof p.value === "number" ? p.value : undefined;
}
