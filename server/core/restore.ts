/** How a restarted house goes on where it stopped: records first, then what was last heard, then the first tick. */
import type { OfficeEvent, StoredBooking } from "./booking.ts";
import { restoreBookings } from "./bookings.ts";
import { recallShort } from "./amends.ts";
import { resumeApproval } from "./approvals.ts";
import { DEAF_MS } from "./arbitrate.ts";
import { resumeCommand } from "./command.ts";
import { memoryOf, noteSwitching, recallCommand, runs } from "./command-memory.ts";
import { checkCustom } from "./custom/check.ts";
import { compileCustom } from "./custom/compile.ts";
import type { ClosedMonth } from "./account/settlement.ts";
import type { CustomPolicy } from "./custom/document.ts";
import type { MeterEntry } from "./meters/entry.ts";
import { keepEntry } from "./meters/entry.ts";
import type { Device } from "./device.ts";
import type { Mapping } from "./mapping.ts";
import { restoreExemptions } from "./exceptions.ts";
import { resumeAbsence } from "./alerts/absence.ts";
import { resumeAlert } from "./alerts/alarm.ts";
import type { Absence, Notice, OutOfService, Silence } from "./alerts/notice.ts";
import { resumeService } from "./alerts/service.ts";
import { resumeSilence } from "./alerts/silence.ts";
import { resumeBehind } from "./alerts/suppress.ts";
import { recallNotices, resumeTelling } from "./alerts/tell.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override, StandingExemption } from "./finding.ts";
import type { DeviceState, House, Standing } from "./house.ts";
import { measureRate, placeDevice, placePolicy, policySettings, standingKey, undescribed } from "./house.ts";
import type { Evidence, PolicyOverrides } from "./policy.ts";
import { paramsOf } from "./policy.ts";
import type { Doubt, Millis, PointId, PointValue, Quality, Report } from "./reading.ts";
import type { SavingsEntry } from "./savings/entry.ts";
import { keepSavingsEntry } from "./savings/entry.ts";
import { createTurn } from "./turn.ts";

export interface Remembered {
  readonly findings: readonly Finding[];
  readonly commands: readonly Command[];
  /** Those that ended within `REMEMBERED_MS`, oldest first. */
  readonly ended: readonly Command[];
  readonly alerts: readonly Alert[];
  readonly overrides: readonly Override[];
  readonly exemptions: readonly StandingExemption[];
  readonly approvals: readonly Approval[];
  readonly handsOff: readonly HandsOff[];
  /** Those of the last minutes, and all that have no end yet. */
  readonly notices: readonly Notice[];
  readonly absences: readonly Absence[];
  readonly outOfService: readonly OutOfService[];
  readonly silences: readonly Silence[];
  /** All that were ever closed. */
  readonly months: readonly ClosedMonth[];
  /** What waits, and what was confirmed within the last three years. */
  readonly meters: readonly MeterEntry[];
  /** All that were ever entered, the oldest first. */
  readonly savings: readonly SavingsEntry[];
  /** Policies that people wrote as data. */
  readonly custom: readonly CustomPolicy[];
  readonly bookings: readonly StoredBooking[];
  readonly events: readonly OfficeEvent[];
  readonly policies: Readonly<Record<string, PolicyOverrides>>;
  readonly devices: readonly Device[];
  /** Mappings that people wrote. */
  readonly mappings: readonly Mapping[];
}

/** What an alert has that an older version did not keep. */
const UNTOLD = {
  group: "",
  cause: null,
  chain: [],
  clockFrom: 0,
  climbed: -1,
  climbsAt: null,
  clearsAt: null,
  occurrences: 1,
  chattering: false,
  told: [],
} as const;

/** Puts the records' standing things into an empty house. What the site file describes wins over an adoption of the same device. */
export function restoreRecords(house: House, remembered: Remembered, now: Millis): void {
  const described = new Set(house.site.devices.map((d) => d.id));
  for (const device of remembered.devices) if (!described.has(device.id)) placeDevice(house, device);
  const fixed = new Set((house.site.mappings ?? []).map((m) => m.id));
  for (const mapping of remembered.mappings) if (!fixed.has(mapping.id)) house.mappings.set(mapping.id, mapping);
  for (const document of remembered.custom) {
    // What the site file or a newer version has under this id stands; what makes no sense any more stays out.
    if (checkCustom(document, new Set(house.policies.keys())).length > 0) continue;
    placePolicy(house, document.id, compileCustom(document), { scope: document.scope }, house.site.policies[document.id]);
  }
  for (const [id, change] of Object.entries(remembered.policies)) {
    const policy = house.policies.get(id);
    if (policy === undefined) continue;
    const scoped = policy.definition.custom === undefined ? undefined : { scope: policy.definition.custom.scope };
    // A bound that a newer version tightened must not bring the old value in again.
    const params = Object.fromEntries(
      Object.entries(change.params ?? {}).filter(([name, value]) =>
        paramsOf(policy.definition).some((p) => p.name === name && value >= p.min && value <= p.max),
      ),
    );
    policy.settings = policySettings(policy.definition, scoped, house.site.policies[id], { ...change, params });
  }
  for (const finding of remembered.findings) {
    if (finding.state !== "open") continue;
    house.findings.set(finding.id, finding);
    const { device, job } = finding.subject;
    const standing: Standing = {
      policy: finding.policy,
      device,
      job,
      since: finding.since,
      finding: finding.id,
      last: null,
      wake: null,
      looks: null,
      waste: { at: now, until: now, power: 0, flow: 0, share: 1, kwh: finding.wasted?.kwh ?? 0, m3: finding.wasted?.m3 ?? 0, told: now },
      lasting: null,
      free: null,
    };
    house.standings.set(standingKey(finding.policy, device, job), standing);
    house.devices.get(device)?.open.add(standing);
    if (finding.actAt !== null) house.timers.add(Math.max(now, finding.actAt), { kind: "act", device });
    const onDelay = house.policies.get(finding.policy)?.settings.params["alertAfter"] ?? 0;
    if (finding.alert === null && onDelay > 0) house.timers.add(Math.max(now, finding.openedAt + onDelay * 1000), { kind: "alert", finding: finding.id });
  }
  for (const kept of remembered.alerts) {
    const alert = { ...UNTOLD, ...kept };
    house.alerts.set(alert.id, alert);
    resumeAlert(house, alert);
  }
  resumeBehind(house, now);
  for (const o of remembered.overrides) {
    house.overrides.set(o.id, o);
    house.timers.add(o.until, { kind: "override", override: o.id });
  }
  restoreExemptions(house, remembered.exemptions, now);
  for (const off of remembered.handsOff) {
    house.handsOff.set(off.id, off);
    if (off.until !== null) house.timers.add(off.until, { kind: "hands-off", handsOff: off.id });
  }
  for (const month of remembered.months) house.months.set(month.month, month);
  for (const entry of remembered.meters) keepEntry(house.meters, entry);
  for (const entry of remembered.savings) keepSavingsEntry(house.savings, entry);
  restoreBookings(house, remembered.bookings, remembered.events, now);
  for (const absence of remembered.absences) resumeAbsence(house, absence);
  for (const silence of remembered.silences) resumeSilence(house, silence);
  for (const service of remembered.outOfService) resumeService(house, service);
  recallNotices(house, remembered.notices, now);
  const turn = createTurn(house, now);
  for (const alert of house.alerts.values()) resumeTelling(turn, alert);
  for (const approval of remembered.approvals) resumeApproval(house, approval, now);
  for (const command of [...remembered.ended, ...remembered.commands]) {
    recallCommand(house, command, now);
    recallShort(house, command);
  }
  for (const command of remembered.commands) {
    resumeCommand(house, command, now);
  }
  for (const alert of remembered.alerts) resumeYielding(house, alert, now);
}

/** A device that was left to its people after a conflict is left to them until the time that its alert names. */
function resumeYielding(house: House, { title, device, clearedAt, evidence }: Alert, now: Millis): void {
  const until = evidence["untilAt"];
  if (title !== "conflict.undone" || device === null || clearedAt !== null || typeof until !== "number") return;
  const memory = memoryOf(house, device);
  memory.yieldedUntil = until;
  memory.yieldedTo = typeof evidence["by"] === "string" ? evidence["by"] : null;
  memory.insisted = [];
  house.timers.add(Math.max(until, now), { kind: "act", device });
}

/** Seeds what was last heard of a point (before the replay of the newest readings makes the holds true again). */
export function restorePoint(
  house: House,
  point: PointId,
  reading: { readonly at: Millis; readonly received: Millis; readonly value: PointValue; readonly quality: Quality },
): void {
  const slash = point.lastIndexOf("/");
  const id = point.slice(0, slash);
  const state = house.devices.get(id) ?? placeDevice(house, undescribed(id, `jieyue/${id}/state`, "native", null));
  state.points.set(point.slice(slash + 1), { ...reading, changed: reading.at });
  state.seenAt = Math.max(state.seenAt ?? 0, reading.received);
}

/**
 * Takes a stored report into the points alone, so that their `changed` times (and with them every hold) are true again;
 * nothing is judged meanwhile. What a compressor did is remembered, so that its rest outlasts a restart.
 */
export function restoreReport(house: House, report: Report): void {
  const state = house.devices.get(report.device);
  if (state === undefined) return;
  const ran = state.device.kind === "ac" ? runs(state) : null;
  for (const { name, value, quality } of report.readings) {
    const known = state.points.get(name);
    if (known !== undefined && report.at < known.at) continue;
    const changed = known !== undefined && known.value === value ? known.changed : report.at;
    // What is not believed is held against what was: a counter that fell stays doubted through a restart.
    const trusted = quality === "good" ? undefined : known?.quality === "good" ? { value: known.value, at: known.at, until: report.at } : known?.trusted;
    if (quality !== "good") state.doubtedAt = report.at;
    state.points.set(name, { value, at: report.at, received: report.received, changed, quality, trusted });
  }
  // The first word that is still there may have been a switching: it counts as one.
  const running = state.device.kind === "ac" ? runs(state) : null;
  if (running !== null && running !== ran) noteSwitching(house, report.device, report.received, running);
  state.behind = Math.min(state.behind ?? Infinity, report.received - report.at);
  state.seenAt = Math.max(state.seenAt ?? 0, report.received);
}

/** After points and replay: every subject is looked at in the next turn, and silence is watched again. */
export function rejudgeAll(house: House, now: Millis): void {
  house.timers.add(now, { kind: "calendar" });
  house.timers.add(now + DEAF_MS, { kind: "deaf" });
  house.pulse.listening = now;
  measureRate(house);
  // A sensor that was found stuck is stuck since then, whatever the replay could see of it.
  for (const { policy, subject, evidence } of house.findings.values()) {
    const point =
      policy === "device-stuck" && typeof evidence["point"] === "string" ? house.devices.get(subject.device)?.points.get(evidence["point"]) : undefined;
    if (point !== undefined && point.value === evidence["value"] && typeof evidence["changedAt"] === "number")
      house.devices.get(subject.device)!.points.set(String(evidence["point"]), { ...point, changed: evidence["changedAt"] });
  }
  const doubted = new Map([...house.findings.values()].filter((f) => f.policy === "meter-implausible").map((f) => [f.subject.device, f.evidence] as const));
  for (const state of house.devices.values()) {
    const { kind, id, interval } = state.device;
    restoreDoubt(state, doubted.get(id));
    // While we were away we could not hear: a device has its three intervals from now on before it counts as silent.
    state.silent = state.seenAt === null;
    if (state.seenAt !== null) house.timers.add(now + 3000 * interval + 1, { kind: "silence", device: id });
    if (kind === null || !state.device.adopted) continue;
    for (const policy of house.policiesByKind.get(kind) ?? []) {
      if (policy.definition.subject === "device") house.timers.add(now, { kind: "judge", policy: policy.definition.id, device: id, job: null });
    }
  }
}

/** The history keeps that a reading was doubted, and not why; the open finding says so. Without one it was no fault of the device (retained, stuck). */
function restoreDoubt(state: DeviceState, evidence: Evidence | undefined): void {
  if (evidence === undefined) {
    state.doubtedAt = null;
    return;
  }
  const { point: name, doubt } = evidence;
  const point = typeof name === "string" ? state.points.get(name) : undefined;
  if (point === undefined || point.quality === "good") return;
  state.doubtedAt ??= point.at;
  if (typeof doubt === "string") state.points.set(String(name), { ...point, doubt: doubt as Doubt });
}
