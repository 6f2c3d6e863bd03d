/**
 * The one door. A reading, a timer, a person's click and a transport's answer all enter here, one at a time:
 * the house takes the event in, the marked subjects are judged, the marked devices are arbitrated, decisions come out.
 * No I/O, no clock, no chance: the same house and the same events give the same decisions.
 */
import { bookingDue, rollRoster, takeBookings } from "./bookings.ts";
import { clearAlert, raiseAlert, standingSystemAlert } from "./alerts/alarm.ts";
import { takeBadRules } from "./alerts/bad-rules.ts";
import { noticeTold, takeReach } from "./alerts/delivery.ts";
import { ringAlert } from "./alerts/ring.ts";
import { tellAfterTakeOver } from "./alerts/tell.ts";
import { auditEntry, auditOf } from "./audit.ts";
import { approvalDue, settleJob, takeJob } from "./approvals.ts";
import { actOnMarked, DEAF_MS, isDeaf } from "./arbitrate.ts";
import { checkCommand, commandAnswered, commandDue, commandSent } from "./command.ts";
import { forgiveFailures, noteSwitching, runs } from "./command-memory.ts";
import type { DeviceKind } from "./device.ts";
import { alertDue, judgeMarked, record } from "./evaluate.ts";
import type { Decision, DescribedAs, HouseEvent } from "./event.ts";
import type { DeviceState, House, Timer } from "./house.ts";
import { lineSilentSince, placeDevice, standingKey, undescribed } from "./house.ts";
import type { Answer } from "./answer.ts";
import { endHandsOff } from "./hands-off.ts";
import { lookAfter } from "./looks.ts";
import { endExemption, endOverride } from "./exceptions.ts";
import { takeRequest } from "./persons.ts";
import type { PointState, PrintJob } from "./policy.ts";
import type { DeviceId, Millis, Report } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { createTurn, markDevice, markPoint, markSubject, schedule } from "./turn.ts";
import { startFlow, takeFlow } from "./flow-trend.ts";
import { startPaper, takeCounter } from "./paper-tally.ts";
import { takeWaste, wasteOf } from "./waste.ts";

export interface Outcome {
  readonly decisions: readonly Decision[];
  /** Devices whose status or description changed. */
  readonly touched: ReadonlySet<DeviceId>;
  /** The answer to a person's request; null for every other event. */
  readonly answer: Answer | null;
}

const NOTHING: Outcome = { decisions: [], touched: new Set(), answer: null };

/** Takes one event into the house at `now` (ms, never earlier than the last one). */
export function step(house: House, event: HouseEvent, now: Millis): Outcome {
  const due = house.timers.next;
  const timersDue = due !== null && due <= now;
  if (event.kind === "report") {
    // Most reports change nothing that anybody watches: they leave here, at a cost that no number of devices changes.
    const turn = takeReport(house, event.report, event.topic, event.codec, now);
    if (turn === null && !timersDue) return NOTHING;
    return finish(turn ?? createTurn(house, now), null, null);
  }
  const turn = createTurn(house, now, event.kind === "person" ? event.by : "system");
  let answer: Answer | null = null;
  let job: { readonly state: DeviceState; readonly job: PrintJob } | null = null;
  switch (event.kind) {
    case "availability": {
      const state = house.devices.get(event.device) ?? discover(turn, event.device, `jieyue/${event.device}/state`, "native", null);
      if (state.available !== event.online) {
        if (event.online && state.available === false) returned(house, state, now);
        state.available = event.online;
        turn.touched.add(event.device);
        markAround(turn, state);
      }
      break;
    }
    case "described":
      describe(turn, event.device, event.as);
      break;
    case "job": {
      const state = house.devices.get(event.device) ?? discover(turn, event.device, `jieyue/${event.device}/state`, "native", "copier");
      takeJob(turn, state, event.job);
      job = { state, job: event.job };
      break;
    }
    case "ack":
      commandAnswered(turn, event.device, event.command, event.accepted, event.error);
      break;
    case "sent":
      commandSent(turn, event.command, event.ok, event.error);
      break;
    case "person":
      answer = takeRequest(turn, event.request);
      break;
    case "lead":
      if (house.pulse.leads !== event.leads) {
        house.pulse.leads = event.leads;
        markOpen(turn);
        if (event.leads) tellAfterTakeOver(turn);
        const entry = auditEntry({ by: "system", what: "lead", subject: "house", detail: { leads: event.leads, holder: event.holder } }, now);
        turn.decisions.push({ kind: "audit", entry });
      }
      break;
    case "bookings":
      takeBookings(turn, event.source, event.source, event.bookings);
      break;
    case "bad-rules":
      takeBadRules(turn, event.found);
      break;
    case "told":
      noticeTold(turn, event.notice, event.delivered);
      break;
    case "reach":
      takeReach(house, event.channel, event.person, event.reachable);
      break;
    case "tick":
      break;
  }
  return finish(turn, answer, job);
}

/** Timers that are due, then judgement, then arbitration; until nothing more follows. */
function finish(turn: Turn, answer: Answer | null, job: { readonly state: DeviceState; readonly job: PrintJob } | null): Outcome {
  const { house, now } = turn;
  for (let timer = house.timers.take(now); timer !== undefined; timer = house.timers.take(now)) ring(turn, timer.what);
  judgeMarked(turn);
  if (job !== null) settleJob(turn, job.state, job.job);
  actOnMarked(turn);
  if (turn.decisions.length > 0) turn.decisions.push(...auditOf(turn.decisions, turn.by, now));
  return { decisions: turn.decisions, touched: turn.touched, answer };
}

function ring(turn: Turn, timer: Timer): void {
  const { house, now } = turn;
  switch (timer.kind) {
    case "judge": {
      const state = house.devices.get(timer.device);
      const policy = house.policies.get(timer.policy);
      const standing = house.standings.get(standingKey(timer.policy, timer.device, timer.job));
      if (standing !== undefined && standing.wake !== null && standing.wake <= now) standing.wake = null;
      if (state !== undefined && policy !== undefined) markSubject(turn, policy, state, timer.job);
      return;
    }
    case "act":
      turn.toAct.add(timer.device);
      return;
    case "command":
      commandDue(turn, timer.command);
      return;
    case "override":
      endOverride(turn, timer.override);
      return;
    case "exemption":
      endExemption(turn, timer.exemption);
      return;
    case "approval":
      approvalDue(turn, timer.approval);
      return;
    case "alert":
      alertDue(turn, timer.finding);
      return;
    case "shelve":
    case "climb":
    case "clear":
    case "unsuppress":
    case "service":
    case "silenced":
    case "absence":
    case "tell":
      ringAlert(turn, timer);
      return;
    case "calendar":
      checkHolidays(turn);
      rollRoster(turn);
      return;
    case "booking":
      bookingDue(turn, timer.booking);
      return;
    case "hands-off":
      endHandsOff(turn, timer.handsOff, "system");
      return;
    case "deaf":
      watchDeafness(turn);
      return;
    case "silence": {
      const state = house.devices.get(timer.device);
      if (state === undefined || state.seenAt === null || state.silent) return;
      const quietAt = state.seenAt + 3000 * state.device.interval;
      if (now <= quietAt) {
        schedule(turn, quietAt + 1, timer);
        return;
      }
      state.silent = true;
      turn.touched.add(timer.device);
      markAround(turn, state);
    }
  }
}

/** The dead man's watch: looks again a little after the last word could have come, and marks what waits as soon as somebody speaks again. */
function watchDeafness(turn: Turn): void {
  const { house, now } = turn;
  const standing = standingSystemAlert(house, "system.deaf");
  // A house in which nobody ever spoke is not deaf, it is new.
  if (isDeaf(house, now) && [...house.devices.values()].some((d) => d.seenAt !== null && d.device.manual == null)) {
    raiseAlert(turn, {
      kind: "system",
      key: "deaf",
      severity: "high",
      title: "system.deaf",
      evidence: { lastAt: house.pulse.heardAt ?? house.pulse.listening },
      device: null,
      finding: null,
      command: null,
    });
  } else if (standing !== undefined) {
    clearAlert(turn, standing.id, "heard-again", true);
    markOpen(turn);
  }
  schedule(turn, now + DEAF_MS / 2, { kind: "deaf" });
}

/** Everything whose finding may lead to a command is arbitrated again: what held the whole house back is over. */
function markOpen(turn: Turn): void {
  for (const finding of turn.house.findings.values()) if (finding.actAt !== null) turn.toAct.add(finding.subject.device);
  for (const o of turn.house.overrides.values()) if (o.set !== null && o.device !== null) turn.toAct.add(o.device);
}

/** Missing holiday data are an alert, from 1 December on also next year's; it ends when the data are there. */
function checkHolidays(turn: Turn): void {
  const { house, now } = turn;
  const missing = house.calendar.missingYear(now);
  const standing = standingSystemAlert(house, "system.holidays");
  if (standing !== undefined && standing.evidence["year"] !== missing?.year) clearAlert(turn, standing.id, "data-there", false);
  if (missing !== null) {
    const { year, provisional } = missing;
    raiseAlert(turn, {
      kind: "system",
      key: `holidays-${year}`,
      severity: "low",
      title: "system.holidays",
      evidence: { year, provisional },
      device: null,
      finding: null,
      command: null,
    });
  }
  schedule(turn, house.calendar.midnight(house.calendar.midnight(now) + 36 * 3_600_000), { kind: "calendar" });
}

/** The device itself and, where it is a sensor, all whose judgement rests on it. */
function markAround(turn: Turn, state: DeviceState): void {
  markDevice(turn, state);
  for (const point of state.points.keys()) markPoint(turn, state, point);
}

/** Takes a report into the house. Returns the turn where something is to be looked at, null where nothing follows. */
function takeReport(house: House, report: Report, topic: string, codec: string, now: Millis): Turn | null {
  let turn: Turn | null = null;
  let state = house.devices.get(report.device);
  if (state === undefined) {
    turn = createTurn(house, now);
    state = discover(turn, report.device, topic, codec, null);
  }
  if (report.late) return turn;
  const ran = state.device.kind === "ac" ? runs(state) : null;
  if (report.inferred !== true) turn = heard(house, state, report, turn, now);
  const { points } = state;
  for (const r of report.readings) {
    const known = points.get(r.name) as Mutable<PointState> | undefined;
    if (state.looked !== null) lookAfter(house, state, r.name, known, r, now);
    if (known === undefined) {
      points.set(r.name, { value: r.value, at: report.at, received: report.received, changed: report.at, quality: r.quality, doubt: r.doubt });
      if (r.quality !== "good") turn = doubt(house, state, r, report, turn, now);
      if (state.device.adopted) markPoint((turn ??= createTurn(house, now)), state, r.name);
      continue;
    }
    if (r.quality !== "good" || known.quality !== "good") turn = doubt(house, state, r, report, turn, now);
    known.at = report.at;
    known.received = report.received;
    if (known.value === r.value && known.quality === r.quality) continue;
    if (known.value !== r.value) {
      known.value = r.value;
      known.changed = report.at;
    }
    known.quality = r.quality;
    if (watched(house, state, r.name)) markPoint((turn ??= createTurn(house, now)), state, r.name);
  }
  const { kind } = state.device;
  const running = kind === "ac" ? runs(state) : null;
  if (ran !== null && running !== null && running !== ran) noteSwitching(house, report.device, report.received, running);
  if (kind === "water" || kind === "copier") takeTrends(house, state, report);
  return follow(house, state, report, turn, now);
}

/** A device spoke: it lives, and so does the line to it. */
function heard(house: House, state: DeviceState, report: Report, before: Turn | null, now: Millis): Turn | null {
  let turn = before;
  const first = state.seenAt === null;
  state.seenAt = Math.max(state.seenAt ?? 0, report.received);
  const delay = report.received - report.at;
  state.behind = Math.min(state.behind ?? delay, delay);
  // A stranger's chatter, and what somebody wrote down, say nothing about the line to our own devices.
  const wired = state.device.adopted && state.device.manual == null;
  if (wired) {
    const silentSince = lineSilentSince(house, state.seenAt);
    if (silentSince !== null) house.pulse.gap = { from: silentSince, until: state.seenAt };
    house.pulse.heardAt = state.seenAt;
  }
  if (first && wired) house.pulse.rate += 1 / state.device.interval;
  if (state.silent) {
    state.silent = false;
    returned(house, state, now);
    turn ??= createTurn(house, now);
    turn.touched.add(report.device);
    schedule(turn, state.seenAt + 3000 * state.device.interval + 1, { kind: "silence", device: report.device });
    if (!first) markAround(turn, state);
  }
  return turn;
}

/** A device is back from silence or absence. */
function returned(house: House, state: DeviceState, now: Millis): void {
  state.returnedAt = now;
  forgiveFailures(house, state.device.id);
}

/** Notes what is not believed, and what it was before; whoever judges meters is told when that begins or ends. */
function doubt(house: House, state: DeviceState, r: Report["readings"][number], report: Report, before: Turn | null, now: Millis): Turn | null {
  const known = state.points.get(r.name) as Mutable<PointState>;
  if (r.quality !== "good" && r.doubt !== "retained" && r.doubt !== "fault") state.doubtedAt = report.at;
  if (r.quality === "good") known.trusted = undefined;
  else if (known.quality === "good" && known.at < report.at) known.trusted ??= { value: known.value, at: known.at, until: report.at };
  known.doubt = r.doubt;
  const { kind } = state.device;
  const watching = kind === null || !state.device.adopted ? undefined : house.watchers.quality.get(kind);
  if (watching === undefined || r.doubt === "fault") return before;
  const turn = before ?? createTurn(house, now);
  for (const policy of watching) markSubject(turn, policy, state);
  return turn;
}

/** A water meter's hours and a copier's counter are kept as they come. */
export function takeTrends(house: House, state: DeviceState, report: Report): void {
  for (const { name, value, quality } of report.readings) {
    if (quality !== "good" || typeof value !== "number") continue;
    if (name === "flow" && state.device.kind === "water") {
      if (state.flow === null) state.flow = startFlow(report.at, value);
      else takeFlow(state.flow, report.at, value, 3000 * state.device.interval);
    } else if (name === "pages" && state.device.kind === "copier" && state.paper?.counter !== value) {
      takeCounter((state.paper ??= startPaper()), report.at, value, house.calendar.day(report.at).date);
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function watched(house: House, state: DeviceState, point: string): boolean {
  const { kind } = state.device;
  if (kind === null || !state.device.adopted) return false;
  const { own, neighbours, outdoor } = house.watchers;
  return own.get(kind)?.has(point) === true || neighbours.get(kind)?.has(point) === true || (kind === "outdoor" && outdoor.has(point));
}

/** What a report means for the device's open command and open findings. */
function follow(house: House, state: DeviceState, report: Report, before: Turn | null, now: Millis): Turn | null {
  let turn = before;
  const memory = house.memories.get(report.device);
  if (memory !== undefined && memory.active !== null) checkCommand((turn ??= createTurn(house, now)), state);
  if (house.metered.size > 0) {
    for (const id of house.metered.get(report.device) ?? []) {
      const measured = house.devices.get(id);
      if (measured !== undefined && house.memories.get(id)?.active != null) checkCommand((turn ??= createTurn(house, now)), measured);
    }
  }
  for (const id of house.watchedFor.get(report.device) ?? []) {
    const commanded = house.devices.get(id);
    if (commanded !== undefined) checkCommand((turn ??= createTurn(house, now)), commanded);
  }
  // What is owed is tried until it is there.
  if (memory?.owed != null) (turn ??= createTurn(house, now)).toAct.add(report.device);
  for (const standing of state.open) {
    const finding = standing.finding === null ? undefined : house.findings.get(standing.finding);
    if (finding === undefined) continue;
    if (standing.waste !== null && takeWaste(state, standing.waste, report)) {
      record((turn ??= createTurn(house, now)), { ...finding, wasted: wasteOf(house, state, standing.waste, report.at) }, "wasted");
    }
    // While a finding that commands is open, what is wanted is compared with what is reported at every report.
    if (finding.actAt !== null && finding.actAt <= now) (turn ??= createTurn(house, now)).toAct.add(report.device);
  }
  // An override that wants values holds the device to them.
  for (const o of house.overrides.values()) if (o.set !== null && o.device === report.device) (turn ??= createTurn(house, now)).toAct.add(report.device);
  return turn;
}

/** What a source says of a device changes what a stranger seems to be; one that was adopted stays what people made it, but for the units that it writes. */
function describe(turn: Turn, id: DeviceId, as: DescribedAs): void {
  const known = turn.house.devices.get(id);
  if (known?.device.adopted === true) {
    if (as.units === undefined || JSON.stringify(as.units) === JSON.stringify(known.device.units)) return;
    const device = { ...known.device, units: as.units };
    placeDevice(turn.house, device);
    turn.touched.add(id);
    // What the site file says of is not recorded: it would outlive its line there.
    if (!turn.house.site.devices.some((d) => d.id === id)) turn.decisions.push({ kind: "device", device, why: "described" });
    return;
  }
  const { codec, address, topic, name, guess } = as;
  const before = known?.device ?? undescribed(id, topic, codec, guess);
  const described = { ...before, codec, address, topic, name, kind: guess ?? before.kind, interval: as.interval ?? before.interval };
  const device = {
    ...described,
    ...(as.openLoop ? { openLoop: true } : {}),
    ...(as.wakes === undefined ? {} : { wakes: as.wakes }),
    ...(as.units === undefined ? {} : { units: as.units }),
  };
  if (known !== undefined && JSON.stringify(device) === JSON.stringify(known.device)) return;
  placeDevice(turn.house, device);
  turn.touched.add(id);
  turn.decisions.push({ kind: "device", device, why: known === undefined ? "discovered" : "described" });
}

function discover(turn: Turn, id: DeviceId, topic: string, codec: string, guess: DeviceKind | null): DeviceState {
  const device = undescribed(id, topic, codec, guess);
  const state = placeDevice(turn.house, device);
  turn.touched.add(id);
  turn.decisions.push({ kind: "device", device, why: "discovered" });
  return state;
}
