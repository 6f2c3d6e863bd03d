/** Overrides and exemptions: leave for a while, or standing leave; given by who may, or asked for along the chain. */
import { askedAlready, keepApproval } from "./pending.ts";
import { checkSet } from "./command.ts";
import type { Refusal } from "./answer.ts";
import type { PersonRequest } from "./event.ts";
import type { Approval, Override, StandingExemption } from "./finding.ts";
import type { House } from "./house.ts";
import { protectionOf } from "./house.ts";
import { keyOf } from "./key.ts";
import type { Answer } from "./answer.ts";
import { refuse } from "./answer.ts";
import type { Millis } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { markDevice, markSpace, schedule } from "./turn.ts";

const DAY = 86_400_000;
const LONGEST_OVERRIDE_MS = 7 * DAY;
const LONGEST_EXEMPTION_MS = 400 * DAY;
/** An exemption that nobody decides on is forgotten after so long. */
const EXEMPTION_WAITS_MS = 30 * DAY;

type AskedOverride = Extract<PersonRequest, { kind: "override" }>;
type AskedExemption = Extract<PersonRequest, { kind: "exemption" }>;

/** What speaks against an override, whoever gives it. */
function overrideProblem(turn: Turn, request: Omit<AskedOverride, "kind" | "asks" | "cost">): Refusal | null {
  const { house, now } = turn;
  if ((request.device === null) === (request.space === null)) return { code: "bad-subject", detail: "Name a device or a space, one of the two." };
  const state = request.device === null ? undefined : house.devices.get(request.device);
  if (request.device !== null && state === undefined) return { code: "unknown-device", detail: `There is no device '${request.device}'.` };
  if (request.space !== null && !house.spaces.has(request.space)) return { code: "unknown-space", detail: `There is no space '${request.space}'.` };
  if (request.policy !== null && !house.policies.has(request.policy)) return { code: "unknown-policy", detail: `There is no policy '${request.policy}'.` };
  if (request.until <= now) return { code: "in-the-past", detail: "An override must end in the future." };
  if (request.until - now > LONGEST_OVERRIDE_MS) return { code: "too-long", detail: "An override lasts at most seven days; for longer, ask for an exemption." };
  if (request.set === null) return null;
  if (state === undefined) return { code: "bad-subject", detail: "Values can be wanted of a device only, not of a space." };
  const protection = protectionOf(house, state.device);
  if (protection !== null) return { code: "protected", detail: `${state.device.id} is protected (${protection}) and is never commanded.` };
  const wrong = checkSet(state, request.set);
  return wrong === null ? null : { code: "bad-values", detail: wrong };
}

/** Gives an override at once, or (`asks`) puts the request before who may give it. */
export function askOverride(turn: Turn, request: AskedOverride): Answer {
  const wrong = overrideProblem(turn, request);
  if (wrong !== null) return { ok: false, refusal: wrong };
  if (request.asks !== true) return { ok: true, subject: giveOverride(turn, request, turn.by, null, null).id };
  const { device, space, policy, set, reason, until, cost = null } = request;
  const again = askedAlready(turn.house, turn.by, (a) => a.kind === "override" && a.device === device && a.space === space && (a.policy ?? null) === policy);
  if (again !== null) return { ok: false, refusal: again };
  const approval = ask(turn, "override", { device, space, policy, set, reason, from: turn.now, until, cost, spaceClass: null });
  schedule(turn, until, { kind: "approval", approval: approval.id });
  return { ok: true, subject: approval.id };
}

function giveOverride(
  turn: Turn,
  { device, space, policy, set, reason, until, cost = null }: Omit<AskedOverride, "kind" | "asks">,
  by: string,
  grantedBy: string | null,
  approval: string | null,
): Override {
  const { house, now } = turn;
  const made: Override = {
    id: keyOf("override", by, device, space, policy, now),
    device,
    space,
    policy,
    set,
    reason,
    by,
    grantedBy,
    approval,
    cost,
    from: now,
    until,
    endedAt: null,
  };
  house.overrides.set(made.id, made);
  turn.decisions.push({ kind: "override", override: made, why: "granted" });
  schedule(turn, made.until, { kind: "override", override: made.id });
  lookAgain(turn, made);
  return made;
}

/** Ends an override (its time is up, or a person ends it). False when there was none. */
export function endOverride(turn: Turn, id: string): boolean {
  const o = turn.house.overrides.get(id);
  if (o === undefined) return false;
  turn.house.overrides.delete(id);
  turn.decisions.push({ kind: "override", override: { ...o, endedAt: Math.min(turn.now, o.until) }, why: "ended" });
  lookAgain(turn, o);
  return true;
}

/** Whoever the exception covers is judged again. */
function lookAgain(turn: Turn, e: { readonly device: string | null; readonly space: string | null; readonly spaceClass?: string | null }): void {
  const { house } = turn;
  const state = e.device === null ? undefined : house.devices.get(e.device);
  if (state !== undefined) markDevice(turn, state);
  if (e.space !== null) markSpace(turn, e.space);
  if (e.spaceClass != null) for (const space of house.spaces.values()) if (space.class === e.spaceClass) markSpace(turn, space.id);
}

/** Gives a standing exemption, or (`asks`) puts the request before the director. */
export function askExemption(turn: Turn, request: AskedExemption): Answer {
  const { house, now } = turn;
  const { device, space, spaceClass, policy, reason, until } = request;
  if ([device, space, spaceClass].filter((part) => part !== null).length !== 1)
    return refuse("bad-subject", "Name a device, a space or a class of spaces, one of the three.");
  if (device !== null && !house.devices.has(device)) return refuse("unknown-device", `There is no device '${device}'.`);
  if (space !== null && !house.spaces.has(space)) return refuse("unknown-space", `There is no space '${space}'.`);
  if (policy !== null && !house.policies.has(policy)) return refuse("unknown-policy", `There is no policy '${policy}'.`);
  if (until !== null && until <= now) return refuse("in-the-past", "It must end in the future, or be left open.");
  if (until !== null && until - now > LONGEST_EXEMPTION_MS) return refuse("too-long", "An exemption lasts at most 400 days, or until it is ended.");
  if (!request.asks) return { ok: true, subject: giveExemption(turn, { device, space, spaceClass, policy, reason, until }, turn.by, null).id };
  const same = (a: Approval) =>
    a.kind === "exemption" && a.device === device && a.space === space && (a.spaceClass ?? null) === spaceClass && (a.policy ?? null) === policy;
  const again = askedAlready(house, turn.by, same);
  if (again !== null) return { ok: false, refusal: again };
  const approval = ask(turn, "exemption", { device, space, spaceClass, policy, set: null, reason, from: now, until, cost: null });
  schedule(turn, until ?? now + EXEMPTION_WAITS_MS, { kind: "approval", approval: approval.id });
  return { ok: true, subject: approval.id };
}

function giveExemption(
  turn: Turn,
  e: Pick<StandingExemption, "device" | "space" | "spaceClass" | "policy" | "reason" | "until">,
  by: string,
  grantedBy: string | null,
): StandingExemption {
  const made: StandingExemption = {
    ...e,
    id: keyOf("exemption", by, e.device, e.space, e.spaceClass, e.policy, turn.now),
    by,
    grantedBy,
    from: turn.now,
    endedAt: null,
  };
  turn.house.exemptions.set(made.id, made);
  turn.decisions.push({ kind: "exemption", exemption: made, why: "granted" });
  if (made.until !== null) schedule(turn, made.until, { kind: "exemption", exemption: made.id });
  lookAgain(turn, made);
  return made;
}

/** Ends a standing exemption (its time is up, or a person ends it). False when there was none. */
export function endExemption(turn: Turn, id: string): boolean {
  const e = turn.house.exemptions.get(id);
  if (e === undefined) return false;
  turn.house.exemptions.delete(id);
  turn.decisions.push({ kind: "exemption", exemption: { ...e, endedAt: Math.min(turn.now, e.until ?? Infinity) }, why: "ended" });
  lookAgain(turn, e);
  return true;
}

type Asked = Pick<Approval, "device" | "space" | "spaceClass" | "policy" | "set" | "reason" | "from" | "until" | "cost">;

function ask(turn: Turn, kind: "override" | "exemption", asked: Asked): Approval {
  const { house, now } = turn;
  const department =
    asked.device !== null
      ? (house.devices.get(asked.device)?.device.department ?? null)
      : asked.space !== null
        ? (house.spaces.get(asked.space)?.department ?? null)
        : null;
  const approval: Approval = {
    ...asked,
    id: keyOf(kind, turn.by, asked.device, asked.space, asked.spaceClass ?? null, asked.policy ?? null, now),
    kind,
    department,
    job: null,
    sheets: null,
    document: null,
    requestedBy: turn.by,
    state: "pending",
    requestedAt: now,
    decidedAt: null,
    decidedBy: null,
    note: null,
  };
  keepApproval(turn, approval, "requested");
  return approval;
}

/** What was asked for is granted: it begins now and ends when it was asked to end. */
export function carryOutGrant(turn: Turn, approval: Approval, by: string): void {
  const { device, space, policy, set = null, reason, until, cost = null, spaceClass = null } = approval;
  const requester = approval.requestedBy ?? "";
  if (approval.kind === "override") giveOverride(turn, { device, space, policy: policy ?? null, set, reason, until: until!, cost }, requester, by, approval.id);
  else giveExemption(turn, { device, space, spaceClass, policy: policy ?? null, reason, until }, requester, by);
}

/** Takes exemptions up again after a restart. */
export function restoreExemptions(house: House, exemptions: readonly StandingExemption[], now: Millis): void {
  for (const e of exemptions) {
    if (e.endedAt !== null) continue;
    house.exemptions.set(e.id, e);
    if (e.until !== null) house.timers.add(Math.max(e.until, now), { kind: "exemption", exemption: e.id });
  }
}
