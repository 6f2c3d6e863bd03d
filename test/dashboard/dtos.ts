/** Objects of the border as the page's tests need them; `over` replaces what matters. */
import type { AlertDto } from "../../server/contract/alerts.ts";
import type { DeviceDto, PointDto } from "../../server/contract/devices.ts";
import type { FindingDto } from "../../server/contract/findings.ts";
import type { OverviewDto } from "../../server/contract/house.ts";

export const AT = "2026-07-01T09:00:00+08:00";

export function point(name: string, value: PointDto["value"], over: Partial<PointDto> = {}): PointDto {
  return { name, unit: "", value, at: AT, quality: "good", writable: false, ...over };
}

export function device(id: string, over: Partial<DeviceDto> = {}): DeviceDto {
  return {
    id,
    name: id,
    kind: "ac",
    building: "hall",
    space: "hall/301",
    department: "office",
    codec: "native",
    topic: `jieyue/${id}/state`,
    status: "online",
    protection: null,
    tags: [],
    seenAt: AT,
    points: [],
    ...over,
  };
}

export function finding(over: Partial<FindingDto> = {}): FindingDto {
  return {
    id: "f1",
    policy: "cooling-floor",
    severity: "medium",
    mode: "enforce",
    subject: { device: "hall/ac-301", space: "hall/301", department: "office", job: null },
    state: "open",
    since: AT,
    openedAt: AT,
    closedAt: null,
    reason: "below",
    evidence: {},
    closeReason: null,
    actAt: AT,
    wasted: null,
    would: null,
    command: null,
    alert: null,
    ...over,
  };
}

export function alert(over: Partial<AlertDto> = {}): AlertDto {
  return {
    id: "a1",
    kind: "finding",
    severity: "medium",
    state: "unacknowledged",
    title: "policy.cooling-floor.below",
    evidence: {},
    device: "hall/ac-301",
    space: "hall/301",
    department: "office",
    finding: "f1",
    command: null,
    assignee: null,
    raisedAt: AT,
    acknowledgedAt: null,
    acknowledgedBy: null,
    clearedAt: null,
    shelvedUntil: null,
    group: "",
    cause: null,
    chain: [],
    climbed: -1,
    climbsAt: null,
    occurrences: 1,
    chattering: false,
    told: [],
    log: [],
    ...over,
  };
}

export function overview(over: Partial<OverviewDto> = {}): OverviewDto {
  return {
    devices: { total: 130, online: 128, offline: 0, silent: 0, manual: 0, discovered: 2 },
    powerW: { total: 42_300, ac: 30_000, light: 8000, plug: 4000, copier: 300, other: 0 },
    flowLpm: 3,
    occupiedSpaces: 20,
    knownSpaces: 45,
    outdoorC: 31,
    openFindings: 0,
    pendingCommands: 0,
    unacknowledged: 0,
    pendingApprovals: 0,
    leads: true,
    deaf: false,
    today: { findings: 20, proven: 17, wastedKwh: 4, wastedM3: 0, wastedCny: 3 },
    intake: { messages: 0, readings: 0, rejected: 0, backlog: 0, fates: {} },
    forward: null,
    day: { date: "2026-07-01", working: true, why: "weekday", holiday: null, event: null, season: "summer", workingNow: true },
    ...over,
  };
}
