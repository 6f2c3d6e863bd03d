/** Judges the marked subjects and keeps their findings: opened after the hold, closed when the breach is over. */
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import type { Finding } from "./finding.ts";
import type { DeviceState, House, PolicyState, Standing } from "./house.ts";
import { exemptionFor, protectionOf, standingKey } from "./house.ts";
import { keyOf } from "./key.ts";
import { keepLooks, lookAfterDoubt, wake } from "./looks.ts";
import type { EffectiveMode, Judgement, Scope } from "./policy.ts";
import { modeAt } from "./policy.ts";
import type { Device } from "./device.ts";
import type { Millis } from "./reading.ts";
import type { Exemption, Space } from "./space.ts";
import type { Override } from "./finding.ts";
import type { Turn } from "./turn.ts";
import { markPoint, schedule } from "./turn.ts";
import { HouseView } from "./view.ts";
import { startWaste, wasteOf } from "./waste.ts";

/** Whether a policy applies to a device now, and if not, by whose word. */
export type Applicability =
  | { readonly why: "applies"; readonly exemption: null; readonly override: null }
  | { readonly why: "disabled" | "out-of-scope"; readonly exemption: null; readonly override: null }
  | { readonly why: "exempt"; readonly exemption: Exemption; readonly override: null }
  | { readonly why: "overridden"; readonly exemption: null; readonly override: Override };

const APPLIES: Applicability = { why: "applies", exemption: null, override: null };
const DISABLED: Applicability = { why: "disabled", exemption: null, override: null };
const OUT_OF_SCOPE: Applicability = { why: "out-of-scope", exemption: null, override: null };

/** Whether a device lies where a policy applies. */
export function inScope(scope: Scope, device: Device, space: Space | undefined): boolean {
  if (scope.buildings !== undefined && !scope.buildings.includes(device.building)) return false;
  if (scope.kinds !== undefined && (device.kind === null || !scope.kinds.includes(device.kind))) return false;
  if (scope.tags !== undefined && !device.tags.some((t) => scope.tags!.includes(t))) return false;
  if (scope.spaces !== undefined && (space === undefined || !scope.spaces.includes(space.id))) return false;
  if (scope.floors !== undefined && (space === undefined || !scope.floors.includes(space.floor))) return false;
  return scope.classes === undefined || (space !== undefined && scope.classes.includes(space.class));
}

/** The overrides that cover a device now (for one policy, or for any where `policy` is undefined). */
export function overridesOf(house: House, device: Device, now: Millis, policy?: string): Override[] {
  const found: Override[] = [];
  for (const o of house.overrides.values()) {
    if (o.endedAt !== null || o.from > now || o.until <= now) continue;
    if (policy !== undefined && o.policy !== null && o.policy !== policy) continue;
    if (o.device === device.id || (o.space !== null && o.space === device.space)) found.push(o);
  }
  return found;
}

/**
 * What may never be commanded is not measured by rules that would switch it off: an escape-route lamp that shines is no
 * waste. Water alone is still watched everywhere; a leak on a protected line is told, and its valve left alone.
 */
function protectedBy(house: House, device: Device): Exemption | null {
  const reason = device.kind === "water" ? null : protectionOf(house, device);
  return reason === null ? null : { policy: null, device: device.id, space: null, spaceClass: null, reason };
}

/** Whether and why a policy applies to a device. */
export function applicability(house: House, policy: PolicyState, device: Device, now: Millis): Applicability {
  const { definition, settings } = policy;
  if (!settings.enabled) return DISABLED;
  const space = device.space === null ? undefined : house.spaces.get(device.space);
  if (!device.adopted || device.kind === null || !definition.kinds.includes(device.kind) || !inScope(settings.scope, device, space)) return OUT_OF_SCOPE;
  const exemption = exemptionFor(house, device, definition.id) ?? (definition.tellsOnly === true ? null : protectedBy(house, device));
  if (exemption !== null) return { why: "exempt", exemption, override: null };
  const override = overridesOf(house, device, now, definition.id)[0];
  return override === undefined ? APPLIES : { why: "overridden", exemption: null, override };
}

/** Judges every marked subject once. */
export function judgeMarked(turn: Turn): void {
  for (const { policy, device, job } of turn.toJudge.values()) judgeSubject(turn, policy, device, job);
  turn.toJudge.clear();
}

function judgeSubject(turn: Turn, policy: PolicyState, state: DeviceState, jobId: string | null): void {
  const { house, now } = turn;
  const id = policy.definition.id;
  const key = standingKey(id, state.device.id, jobId);
  const applies = applicability(house, policy, state.device, now);
  let standing = house.standings.get(key);
  if (applies.why !== "applies") {
    if (standing === undefined) {
      if (applies.why === "overridden") house.standings.set(key, { ...newStanding(policy, state, jobId), free: "excused" });
      return;
    }
    closeFinding(turn, standing, applies.why);
    standing.last = null;
    keepLooks(state, standing, undefined, now);
    standing.free = "excused";
    turn.toAct.add(state.device.id);
    return;
  }
  const job = jobId === null ? null : (state.jobs.get(jobId) ?? null);
  if (jobId !== null && job === null) return;
  if (standing === undefined) {
    standing = newStanding(policy, state, jobId);
    house.standings.set(key, standing);
  }
  if (standing.free === "excused") standing.free = now;
  if (policy.definition.custom !== undefined) standing.lasting ??= new Map();
  const judgement = policy.definition.judge(new HouseView(house, state, policy.settings.params, job, now, standing, standing.lasting ?? undefined));
  standing.last = judgement;
  keepLooks(state, standing, judgement.looks, now);
  if (judgement.state === "breach") breach(turn, policy, state, standing, judgement);
  else if (judgement.state === "fine") {
    standing.since = null;
    if (policy.definition.beganUnseen !== true) standing.free = now;
    if (standing.finding !== null) {
      closeFinding(turn, standing, judgement.reason);
      turn.toAct.add(state.device.id);
    }
  } else {
    if (standing.finding !== null) {
      // Nobody can say how long a breach went on in a device that fell silent: its finding ends where it was last heard.
      if (state.silent) closeFinding(turn, standing, "silent", state.seenAt ?? now);
      turn.toAct.add(state.device.id);
    }
    // What nobody knew did not last: the hold is counted anew.
    if (standing.finding === null) {
      standing.since = null;
      if (policy.definition.beganUnseen !== true) standing.free = "excused";
    }
  }
  if (judgement.recheckAt !== undefined) wake(house, standing, judgement.recheckAt, now);
}

function newStanding({ definition }: PolicyState, state: DeviceState, job: string | null): Standing {
  const free = definition.beganUnseen === true ? null : state.adoptedAt;
  return {
    policy: definition.id,
    device: state.device.id,
    job,
    since: null,
    finding: null,
    last: null,
    wake: null,
    looks: null,
    waste: null,
    lasting: null,
    free,
  };
}

/** Marks or clears the points of a device that an open fault says are not to be believed; what rests on them is looked at again. */
function suspect(turn: Turn, state: DeviceState, policy: string, points: readonly string[] | null): void {
  const known = state.suspected?.get(policy) ?? null;
  if (known === points || (known !== null && points !== null && known.join() === points.join())) return;
  if (points === null) state.suspected?.delete(policy);
  else (state.suspected ??= new Map()).set(policy, points);
  if (state.suspected?.size === 0) state.suspected = null;
  for (const point of points ?? known ?? []) {
    markPoint(turn, state, point);
    lookAfterDoubt(turn.house, state, point, turn.now);
  }
}

function breach(turn: Turn, policy: PolicyState, state: DeviceState, standing: Standing, judgement: Extract<Judgement, { state: "breach" }>): void {
  const { now, house } = turn;
  standing.since ??= Math.max(Math.min(judgement.since ?? now, now), typeof standing.free === "number" ? standing.free : 0);
  const due = standing.since + judgement.hold * 1000;
  if (standing.finding !== null) {
    if (standing.waste !== null) standing.waste.share = judgement.wasteShare ?? 1;
    const finding = house.findings.get(standing.finding);
    // A change of mode takes an open finding along: what was only observed may now be enforced, or the other way round.
    if (finding !== undefined && finding.mode !== modeAt(policy.settings, state.device.space)) updateMode(turn, finding, policy, judgement);
    if (judgement.suspects !== undefined) suspect(turn, state, standing.policy, judgement.suspects);
    turn.toAct.add(state.device.id);
    return;
  }
  if (now < due) {
    wake(house, standing, due, now);
    return;
  }
  openFinding(turn, policy, state, standing, judgement, due);
}

function openFinding(
  turn: Turn,
  policy: PolicyState,
  state: DeviceState,
  standing: Standing,
  judgement: Extract<Judgement, { state: "breach" }>,
  openedAt: Millis,
): void {
  const { definition } = policy;
  const { device } = state;
  const mode = modeAt(policy.settings, device.space);
  const acts = decides(mode) && judgement.want !== null;
  const finding: Finding = {
    id: keyOf("finding", definition.id, device.id, standing.job, standing.since),
    policy: definition.id,
    severity: definition.severity,
    mode,
    subject: { device: device.id, space: device.space, department: device.department, job: standing.job },
    state: "open",
    since: standing.since!,
    openedAt,
    closedAt: null,
    reason: judgement.reason,
    evidence: judgement.evidence,
    closeReason: null,
    actAt: acts ? openedAt + (judgement.warn ?? 0) * 1000 : null,
    wasted: null,
    command: null,
    alert: null,
    would: null,
  };
  standing.finding = finding.id;
  state.open.add(standing);
  standing.waste = startWaste(state, turn.now, judgement.wasteShare ?? 1);
  const due = openedAt + policy.settings.params["alertAfter"]! * 1000;
  const asks = judgement.asks === true && mode === "enforce";
  if (tells(mode) && !asks && due > turn.now) schedule(turn, due, { kind: "alert", finding: finding.id });
  record(turn, { ...finding, alert: tells(mode) && !asks && due <= turn.now ? raiseFor(turn, finding) : null }, "opened");
  if (judgement.suspects !== undefined) suspect(turn, state, definition.id, judgement.suspects);
  if (finding.actAt !== null && finding.actAt > turn.now) schedule(turn, finding.actAt, { kind: "act", device: device.id });
  turn.toAct.add(device.id);
}

/** The alert of a finding. */
function raiseFor(turn: Turn, { id, policy, severity, subject, reason, evidence }: Finding): string {
  const title = `policy.${policy}.${reason}`;
  return raiseAlert(turn, { kind: "finding", key: id, severity, title, evidence, device: subject.device, finding: id, command: null });
}

/** An alert's on-delay is over: where the finding still stands, somebody should know of it. */
export function alertDue(turn: Turn, id: string): void {
  const finding = turn.house.findings.get(id);
  if (finding === undefined || finding.alert !== null || !tells(finding.mode)) return;
  record(turn, { ...finding, alert: raiseFor(turn, finding) }, "alerted");
}

/** Whether a mode goes as far as deciding what to do, and whether it tells anybody. */
function decides(mode: EffectiveMode): boolean {
  return mode === "enforce" || mode === "shadow";
}
function tells(mode: EffectiveMode): boolean {
  return mode === "enforce" || mode === "advise";
}

function updateMode(turn: Turn, finding: Finding, policy: PolicyState, judgement: Extract<Judgement, { state: "breach" }>): void {
  const device = turn.house.devices.get(finding.subject.device)!;
  const mode = modeAt(policy.settings, device.device.space);
  const acts = decides(mode) && judgement.want !== null;
  const alert = !tells(mode) || finding.alert !== null ? finding.alert : raiseFor(turn, finding);
  const actAt = acts ? Math.max(finding.actAt ?? 0, turn.now + (judgement.warn ?? 0) * 1000) : null;
  record(turn, { ...finding, mode, alert, actAt }, "mode-changed");
  if (actAt !== null && actAt > turn.now) schedule(turn, actAt, { kind: "act", device: finding.subject.device });
}

/** Ends a standing's open finding, if it has one, with the reason why it ended. */
export function closeFinding(turn: Turn, standing: Standing, reason: string, at: Millis = turn.now): void {
  const { house, now } = turn;
  const finding = standing.finding === null ? undefined : house.findings.get(standing.finding);
  standing.finding = null;
  standing.since = null;
  if (finding === undefined) return;
  const state = house.devices.get(finding.subject.device);
  state?.open.delete(standing);
  if (state !== undefined && state.suspected?.has(standing.policy) === true) suspect(turn, state, standing.policy, null);
  const closedAt = Math.max(at, finding.openedAt);
  // One that fell silent ended when it was last heard; what it drew afterwards nobody measured.
  const wasted = state !== undefined && standing.waste !== null ? wasteOf(house, state, standing.waste, closedAt) : finding.wasted;
  standing.waste = null;
  standing.free = now;
  const closed: Finding = { ...finding, state: "closed", closedAt, closeReason: reason, wasted: wasted ?? finding.wasted };
  house.findings.delete(finding.id);
  turn.decisions.push({ kind: "finding", finding: closed, why: "closed" });
  // What the house enforces and what is over needs nobody any more; what it only advised waits to be seen.
  const offDelay = house.policies.get(finding.policy)?.settings.params["clearAfter"] ?? 0;
  if (finding.alert !== null) clearAlert(turn, finding.alert, closed.command !== null ? "corrected" : reason, closed.mode === "enforce", offDelay);
}

/** Keeps an open finding and tells of it. */
export function record(turn: Turn, finding: Finding, why: string): void {
  turn.house.findings.set(finding.id, finding);
  turn.decisions.push({ kind: "finding", finding, why });
}
