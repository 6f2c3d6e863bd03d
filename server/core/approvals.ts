/** Print jobs that wait for somebody's word, and overtime that was asked for. */
import { alertOf, askedAlready, keepApproval } from "./pending.ts";
import { gate } from "./arbitrate.ts";
import { jobEnded, planCommand } from "./command.ts";
import { memoryOf } from "./command-memory.ts";
import { carryOutGrant } from "./exceptions.ts";
import { applicability, closeFinding, record } from "./evaluate.ts";
import type { Refusal } from "./answer.ts";
import type { PersonRequest } from "./event.ts";
import type { Approval, Finding } from "./finding.ts";
import type { DeviceState, House } from "./house.ts";
import { jobKey, standingKey } from "./house.ts";
import { keyOf } from "./key.ts";
import { believedTime } from "./normalise.ts";
import { startPaper, takePrinted } from "./paper-tally.ts";
import { modeAt } from "./policy.ts";
import type { PrintJob } from "./policy.ts";
import type { DeviceId, Millis } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { markSpace, markSubject, schedule } from "./turn.ts";

const APPROVAL_POLICY = "copier-approval";

/** Whether a job of so many sheets (null: nobody counted it) waits for somebody's word at a copier, as the rule stands now (ms). */
export function waitsForWord(house: House, id: DeviceId, sheets: number | null, now: Millis): boolean {
  const rule = house.policies.get(APPROVAL_POLICY);
  const device = house.devices.get(id)?.device;
  if (rule === undefined || device === undefined || applicability(house, rule, device, now).why !== "applies") return false;
  return modeAt(rule.settings, device.space) === "enforce" && (sheets === null || sheets > rule.settings.params["limit"]!);
}

/** A copier told of a job: it is noted and judged; what has ended is followed to its end by `settleJob`. */
export function takeJob(turn: Turn, state: DeviceState, told: PrintJob): void {
  const { house } = turn;
  const known = state.jobs.get(told.job);
  // Whoever waits for a word may ask for more copies meanwhile: the word is to be about what will be printed.
  const grown = known?.state === "held" && told.state === "held" && !sameSize(known, told);
  if (known !== undefined && known.state === told.state && !grown) return;
  // What was decided of it was decided of less.
  const key = jobKey(state.device.id, told.job);
  if (grown && house.memories.get(key)?.active === null) house.memories.delete(key);
  const job: PrintJob = { ...told, at: believedTime(told.at, turn.now) };
  state.jobs.set(job.job, job);
  turn.decisions.push({ kind: "job", device: state.device.id, job });
  if (!state.device.adopted || state.device.kind !== "copier") return;
  for (const policy of house.policiesByKind.get("copier") ?? []) {
    if (policy.definition.subject === "job") markSubject(turn, policy, state, job.job);
  }
}

const sameSize = (a: PrintJob, b: PrintJob): boolean => a.sheets === b.sheets && a.uncounted === b.uncounted;

/** After the job's policies were judged: a held job is released at once, or waits for an approval; an ended one is closed. */
export function settleJob(turn: Turn, state: DeviceState, job: PrintJob): void {
  const { house, now } = turn;
  const { device } = state;
  if (job.state !== "held") {
    if (job.state === "completed") takePrinted((state.paper ??= startPaper()), job, house.calendar.day(believedTime(job.at, now)).date);
    const approval = house.approvals.get(approvalId(device.id, job.job));
    if (approval?.state === "pending") keepApproval(turn, { ...approval, state: "withdrawn", decidedAt: now, note: `the job was ${job.state}` }, "withdrawn");
    jobEnded(turn, device.id, job.job, job.state, believedTime(job.at, now));
    state.jobs.delete(job.job);
    for (const policy of house.policiesByKind.get("copier") ?? []) {
      const key = standingKey(policy.definition.id, device.id, job.job);
      const standing = house.standings.get(key);
      if (standing !== undefined) closeFinding(turn, standing, `job-${job.state}`);
      house.standings.delete(key);
    }
    return;
  }
  if (!device.adopted || device.kind !== "copier") return;
  const memory = house.memories.get(jobKey(device.id, job.job));
  // A queue tells of a held job again and again: what was decided of it stands, and is asked again where it did not come through.
  if (memory !== undefined && (memory.active !== null || memory.failures > 0))
    return release(turn, state, job.job, memory.released, memory.failedBy ?? APPROVAL_POLICY, "decided-before");
  const standing = house.standings.get(standingKey(APPROVAL_POLICY, device.id, job.job));
  const finding = standing?.finding == null ? undefined : house.findings.get(standing.finding);
  if (finding?.mode === "enforce") requestPrintApproval(turn, state, job, finding);
  else release(turn, state, job.job, true, APPROVAL_POLICY, finding === undefined ? "within-limit" : "not-enforced");
}

function requestPrintApproval(turn: Turn, state: DeviceState, job: PrintJob, finding: Finding): void {
  const { device } = state;
  const id = approvalId(device.id, job.job);
  const sheets = job.uncounted === true ? null : job.sheets;
  const asked = turn.house.approvals.get(id);
  if (asked !== undefined) {
    if (asked.state === "pending" && asked.sheets !== sheets) keepApproval(turn, { ...asked, sheets }, "changed");
    return;
  }
  const requester = turn.house.site.people.find((p) => p.id === job.user);
  const approval: Approval = {
    id,
    kind: "print-job",
    device: device.id,
    space: device.space,
    department: requester?.department ?? device.department,
    job: job.job,
    sheets,
    document: job.document,
    requestedBy: job.user,
    reason: finding.reason,
    from: null,
    until: null,
    state: "pending",
    requestedAt: turn.now,
    decidedAt: null,
    decidedBy: null,
    note: null,
  };
  keepApproval(turn, approval, "requested");
  record(turn, { ...finding, alert: alertOf(approval.id) }, "asked");
}

/** Somebody asks to use a space outside working hours. */
export function requestOvertime(turn: Turn, request: Extract<PersonRequest, { kind: "request-approval" }>): { readonly id: string } | Refusal {
  const { house, now, by } = turn;
  const { space, from, until, reason, cost = null } = request;
  const place = house.spaces.get(space);
  if (place === undefined) return { code: "unknown-space", detail: `There is no space '${space}'.` };
  if (until <= from || until <= now) return { code: "bad-period", detail: "The period must end after it begins, and in the future." };
  if (until - from > 24 * 3_600_000) return { code: "bad-period", detail: "Ask for at most 24 hours at a time." };
  const id = keyOf("overtime", by, space, from, until);
  if (house.approvals.has(id)) return { id };
  const again = askedAlready(house, by, (a) => a.kind === "overtime" && a.space === space && a.from! < until && from < a.until!);
  if (again !== null) return again;
  keepApproval(
    turn,
    {
      id,
      kind: "overtime",
      device: null,
      space,
      department: place.department,
      job: null,
      sheets: null,
      document: null,
      requestedBy: by,
      reason,
      from,
      until,
      cost,
      state: "pending",
      requestedAt: now,
      decidedAt: null,
      decidedBy: null,
      note: null,
    },
    "requested",
  );
  schedule(turn, until, { kind: "approval", approval: id });
  return { id };
}

/** Grants or refuses; nobody decides on their own request. */
export function decideApproval(turn: Turn, by: string, id: string, grant: boolean, note: string | null): Refusal | null {
  const { house, now } = turn;
  const approval = house.approvals.get(id);
  if (approval === undefined || approval.state !== "pending") return { code: "not-pending", detail: "The request is not pending (any more)." };
  if (approval.requestedBy === by) return { code: "own-request", detail: "Nobody decides on their own request; ask your director." };
  keepApproval(turn, { ...approval, state: grant ? "granted" : "refused", decidedAt: now, decidedBy: by, note }, grant ? "granted" : "refused");
  if (approval.kind === "print-job") {
    const state = house.devices.get(approval.device!);
    if (state !== undefined) release(turn, state, approval.job!, grant, approval.id, grant ? "granted" : "refused");
  } else if (approval.kind !== "overtime") {
    if (grant) carryOutGrant(turn, approval, by);
  } else if (grant) {
    markSpace(turn, approval.space!);
    if (approval.from! > now) schedule(turn, approval.from!, { kind: "approval", approval: id });
  }
  return null;
}

/** Who asked takes it back: what still waits, or overtime that was granted and is not needed (any more). */
export function withdrawRequest(turn: Turn, by: string, id: string): Refusal | null {
  const { house, now } = turn;
  const approval = house.approvals.get(id);
  if (approval === undefined || approval.kind === "print-job") return { code: "not-pending", detail: "There is no such request (any more)." };
  if (approval.requestedBy !== by) return { code: "forbidden", detail: "Only who asked may take a request back." };
  keepApproval(turn, { ...approval, state: "withdrawn", decidedAt: now, decidedBy: by }, "withdrawn");
  if (approval.space !== null) markSpace(turn, approval.space);
  return null;
}

/** An overtime's begin or end has come: its space is looked at again, and what is over is put away. */
export function approvalDue(turn: Turn, id: string): void {
  const { house, now } = turn;
  const approval = house.approvals.get(id);
  if (approval === undefined || approval.kind === "print-job") return;
  if (approval.kind !== "overtime") {
    if (approval.state === "pending") keepApproval(turn, { ...approval, state: "withdrawn", decidedAt: now, note: "its time is over" }, "expired");
    return;
  }
  if (approval.until !== null && approval.until <= now) {
    if (approval.state === "pending") keepApproval(turn, { ...approval, state: "withdrawn", decidedAt: now, note: "its time is over" }, "expired");
    house.approvals.delete(id);
  }
  if (approval.space !== null) markSpace(turn, approval.space);
}

function release(turn: Turn, state: DeviceState, job: string, granted: boolean, by: string, reason: string): void {
  const memory = memoryOf(turn.house, jobKey(state.device.id, job));
  if (memory.active !== null || turn.now < memory.notBefore) return;
  const set = { job, release: granted };
  if (gate(turn.house, state, set, turn.now) !== null) {
    // What a person decided is not lost because the copier is away: it is asked when the copier tells of the job again.
    if (by !== APPROVAL_POLICY) Object.assign(memory, { released: granted, failures: Math.max(1, memory.failures), failedBy: by });
    return;
  }
  planCommand(turn, { device: state, set, source: "approval", by, finding: null, reason });
}

function approvalId(device: DeviceId, job: string): string {
  return keyOf("print", device, job);
}

/** Takes a restored approval up again. */
export function resumeApproval(house: House, approval: Approval, now: Millis): void {
  if (approval.kind === "overtime" && approval.until !== null && approval.until <= now) return;
  if (approval.state !== "pending" && approval.kind !== "overtime") return;
  if (approval.kind === "override" || approval.kind === "exemption") {
    if (approval.until !== null) house.timers.add(Math.max(now, approval.until), { kind: "approval", approval: approval.id });
  }
  house.approvals.set(approval.id, approval);
  if (approval.kind === "overtime") {
    if (approval.from! > now) house.timers.add(approval.from!, { kind: "approval", approval: approval.id });
    house.timers.add(approval.until!, { kind: "approval", approval: approval.id });
  }
}
