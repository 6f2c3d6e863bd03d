/** What people ask of the house. Everything passes the same gate as the policies; a refusal says what to do instead. */
import { auditedAs, closeMonth, correctMonth } from "./account/close.ts";
import { actOnAlert, serviceDue } from "./alerts/alarm.ts";
import { ruleChanged } from "./alerts/bad-rules.ts";
import { auditEntry } from "./audit.ts";
import { addBooking, cancelBooking, cancelEvent, changeBooking, declareEvent, takeBookings } from "./bookings.ts";
import { GIVEN_BACK } from "./amends.ts";
import { decideApproval, requestOvertime, withdrawRequest } from "./approvals.ts";
import { gate, settle, wishesFor } from "./arbitrate.ts";
import { cancelCommand, checkSet, describe, planCommand, supersedeCommand } from "./command.ts";
import { memoryOf } from "./command-memory.ts";
import { checkCustom } from "./custom/check.ts";
import { compileCustom } from "./custom/compile.ts";
import type { CustomPolicy } from "./custom/document.ts";
import { adopt, ignore, release } from "./adopt.ts";
import { closeFinding } from "./evaluate.ts";
import { addAbsence, endAbsence } from "./alerts/absence.ts";
import { tryChannel } from "./alerts/delivery.ts";
import { addSilence, endSilence } from "./alerts/silence.ts";
import type { PersonRequest } from "./event.ts";
import type { PolicyState } from "./house.ts";
import { placePolicy, policySettings } from "./house.ts";
import { askExemption, askOverride, endExemption, endOverride } from "./exceptions.ts";
import { endHandsOff, takeHandsOff } from "./hands-off.ts";
import { decideEntry, enterEntry, withdrawEntry } from "./meters/decide.ts";
import type { Mapping } from "./mapping.ts";
import type { PolicyOverrides } from "./policy.ts";
import { addAdjustment, chooseBaseline, withdrawAdjustment } from "./savings/entries.ts";
import { paramsOf } from "./policy.ts";
import type { Turn } from "./turn.ts";
import { markSubject } from "./turn.ts";
import type { Answer } from "./answer.ts";
import { refuse } from "./answer.ts";

/** Each message is offered to every one of them. */
const MOST_MAPPINGS = 200;

/** Carries out a person's request, or says why not. Whether the person may ask at all was decided at the border. */
export function takeRequest(turn: Turn, request: PersonRequest): Answer {
  // A change of a policy shows what it was before.
  const known =
    request.kind === "policy"
      ? turn.house.policies.get(request.policy)
      : request.kind === "write-policy"
        ? turn.house.policies.get(request.document.id)
        : undefined;
  const before = known === undefined ? null : request.kind === "policy" ? known.settings : (known.definition.custom ?? null);
  const answer = perform(turn, request);
  if (answer.ok) {
    const detail = { ...auditedAs(request), ...(before === null ? {} : { before }) };
    turn.decisions.push({ kind: "audit", entry: auditEntry({ by: turn.by, what: request.kind, subject: answer.subject, detail }, turn.now) });
  }
  return answer;
}

function perform(turn: Turn, request: PersonRequest): Answer {
  switch (request.kind) {
    case "alert": {
      const refusal = actOnAlert(turn, request.alert, turn.by, request.action);
      return refusal === null ? { ok: true, subject: request.alert } : { ok: false, refusal };
    }
    case "override":
      return askOverride(turn, request);
    case "exemption":
      return askExemption(turn, request);
    case "end-exemption":
      return endExemption(turn, request.exemption)
        ? { ok: true, subject: request.exemption }
        : refuse("not-active", "There is no such exemption (any more); those of the site file are changed there.");
    case "end-override":
      return endOverride(turn, request.override) ? { ok: true, subject: request.override } : refuse("not-active", "The override is not active (any more).");
    case "hands-off":
      return takeHandsOff(turn, request);
    case "hands-on":
      return endHandsOff(turn, request.handsOff, turn.by)
        ? { ok: true, subject: request.handsOff }
        : refuse("not-active", "The switch stands as usual already.");
    case "command":
      return command(turn, request);
    case "cancel-command": {
      const active = turn.house.commands.get(request.command);
      if (active === undefined) return refuse("not-active", "The command has ended already.");
      cancelCommand(turn, active, turn.by);
      return { ok: true, subject: request.command };
    }
    case "request-approval": {
      const made = requestOvertime(turn, request);
      return "id" in made ? { ok: true, subject: made.id } : { ok: false, refusal: made };
    }
    case "withdraw-approval": {
      const refusal = withdrawRequest(turn, turn.by, request.approval);
      return refusal === null ? { ok: true, subject: request.approval } : { ok: false, refusal };
    }
    case "decide-approval": {
      const refusal = decideApproval(turn, turn.by, request.approval, request.grant, request.note);
      return refusal === null ? { ok: true, subject: request.approval } : { ok: false, refusal };
    }
    case "policy":
      return changePolicy(turn, request.policy, request.change);
    case "write-policy":
      return writePolicy(turn, request.document);
    case "remove-policy":
      return removePolicy(turn, request.policy);
    case "add-booking":
      return addBooking(turn, request);
    case "change-booking":
      return changeBooking(turn, request);
    case "cancel-booking":
      return cancelBooking(turn, request.booking);
    case "import-bookings": {
      const { added, changed } = takeBookings(turn, "import", turn.by, request.bookings);
      return { ok: true, subject: `${added} added, ${changed} changed` };
    }
    case "add-absence":
      return addAbsence(turn, request);
    case "end-absence":
      return endAbsence(turn, request.absence);
    case "add-silence":
      return addSilence(turn, request);
    case "end-silence":
      return endSilence(turn, request.silence);
    case "return-to-service":
      return serviceDue(turn, request.service, turn.by, request.note)
        ? { ok: true, subject: request.service }
        : refuse("not-active", "The alarm is in service already.");
    case "try-channel":
      return tryChannel(turn, request.channel, request.person);
    case "declare-event":
      return declareEvent(turn, request);
    case "cancel-event":
      return cancelEvent(turn, request.event);
    case "close-month":
      return closeMonth(turn, request);
    case "correct-month":
      return correctMonth(turn, request);
    case "enter-reading":
    case "enter-exchange":
      return enterEntry(turn, request);
    case "decide-entry":
      return decideEntry(turn, request);
    case "withdraw-entry":
      return withdrawEntry(turn, request.entry);
    case "add-adjustment":
      return addAdjustment(turn, request);
    case "withdraw-adjustment":
      return withdrawAdjustment(turn, request);
    case "choose-baseline":
      return chooseBaseline(turn, request);
    case "ignore":
      return ignore(turn, request.device, request.ignored);
    case "release":
      return release(turn, request.device);
    case "write-mapping":
      return writeMapping(turn, request.mapping);
    case "remove-mapping":
      return removeMapping(turn, request.mapping);
    case "adopt":
      return adopt(turn, request);
  }
}

function command(turn: Turn, request: Extract<PersonRequest, { kind: "command" }>): Answer {
  const { house, now } = turn;
  const state = house.devices.get(request.device);
  if (state === undefined) return refuse("unknown-device", `There is no device '${request.device}'.`);
  const wrong = checkSet(state, request.set);
  if (wrong !== null) return refuse("bad-values", wrong);
  const held = gate(house, state, request.set, now);
  if (held !== null) {
    const why: Record<string, string> = {
      protected: `${request.device} is protected and is never commanded.`,
      "not-adopted": `${request.device} is not adopted yet; give it its kind and its space first.`,
      offline: `${request.device} says that it is offline.`,
      "compressor-rest": "The compressor rests for five minutes after it was switched off.",
      "switched-too-often": "The compressor was switched six times within the hour.",
    };
    return refuse(held.why, why[held.why] ?? held.why);
  }
  // What is only given back is given to people: they may have it otherwise.
  const against = settle(wishesFor(house, state, now).filter((w) => w.reason !== GIVEN_BACK)).find(
    (w) => w.point in request.set && request.set[w.point] !== w.value,
  );
  if (against !== undefined) {
    return refuse(
      "contradicts-policy",
      `${against.by} wants ${describe({ [against.point]: against.value })} now; make an override with a reason and an end instead.`,
    );
  }
  const memory = memoryOf(house, request.device);
  const active = memory.active === null ? undefined : house.commands.get(memory.active);
  if (active !== undefined) supersedeCommand(turn, active);
  return { ok: true, subject: planCommand(turn, { device: state, set: request.set, source: "person", by: turn.by, finding: null, reason: request.reason }).id };
}

function changePolicy(turn: Turn, id: string, change: PolicyOverrides): Answer {
  const { house } = turn;
  const policy = house.policies.get(id);
  if (policy === undefined) return refuse("unknown-policy", `There is no policy '${id}'.`);
  for (const [name, value] of Object.entries(change.params ?? {})) {
    const param = paramsOf(policy.definition).find((p) => p.name === name);
    if (param === undefined)
      return refuse(
        "unknown-param",
        `${id} has no parameter '${name}'; it has ${paramsOf(policy.definition)
          .map((p) => p.name)
          .join(", ")}.`,
      );
    if (!(value >= param.min && value <= param.max))
      return refuse("param-out-of-range", `${name} must be from ${param.min} to ${param.max} ${param.unit}; ${value} is not.`);
  }
  for (const space of change.canary ?? []) if (!house.spaces.has(space)) return refuse("unknown-space", `There is no space '${space}'.`);
  const settings = policySettings(policy.definition, { ...policy.settings, owner: policy.settings.owner ?? undefined }, change);
  if (settings.mode === "canary" && settings.canary.length === 0)
    return refuse("no-canary", "Name at least one canary space; everywhere else the policy then only shadows.");
  policy.settings = settings;
  const { owner, ...rest } = settings;
  turn.decisions.push({ kind: "policy", policy: id, change: { ...rest, ...(owner === null ? {} : { owner }) }, why: "changed" });
  ruleChanged(turn, id);
  judgeEverywhere(turn, policy);
  return { ok: true, subject: id };
}

function writePolicy(turn: Turn, document: CustomPolicy): Answer {
  const { house } = turn;
  const known = house.policies.get(document.id);
  const fixed = [...house.policies.values()].filter((p) => p.definition.id !== document.id || p.definition.custom === undefined);
  if (house.site.custom.some((p) => p.id === document.id)) return refuse("in-site-file", `'${document.id}' is written in the site file; change it there.`);
  const problems = checkCustom(document, new Set(fixed.map((p) => p.definition.id)));
  if (problems.length > 0) return refuse("bad-policy", problems.map((p) => `${p.path}: ${p.message}`).join("; "));
  // The old text's findings are over; the new one judges from its beginning.
  if (known !== undefined) retire(turn, known, "rewritten");
  placePolicy(house, document.id, compileCustom(document), { scope: document.scope }, house.site.policies[document.id]);
  turn.decisions.push({ kind: "custom-policy", id: document.id, document, why: known === undefined ? "written" : "rewritten" });
  judgeEverywhere(turn, house.policies.get(document.id)!);
  return { ok: true, subject: document.id };
}

function removePolicy(turn: Turn, id: string): Answer {
  const { house } = turn;
  const known = house.policies.get(id);
  if (known === undefined) return refuse("unknown-policy", `There is no policy '${id}'.`);
  if (known.definition.custom === undefined) return refuse("built-in", `'${id}' is one of the office's own rules; switch it off instead.`);
  if (house.site.custom.some((p) => p.id === id)) return refuse("in-site-file", `'${id}' is written in the site file; take it out there.`);
  retire(turn, known, "removed");
  placePolicy(house, id, null);
  ruleChanged(turn, id);
  turn.decisions.push({ kind: "custom-policy", id, document: null, why: "removed" });
  return { ok: true, subject: id };
}

/** Ends every standing of a policy that is going. */
function retire(turn: Turn, policy: PolicyState, reason: string): void {
  const { house } = turn;
  for (const [key, standing] of house.standings) {
    if (standing.policy !== policy.definition.id) continue;
    closeFinding(turn, standing, reason);
    house.standings.delete(key);
    turn.toAct.add(standing.device);
  }
}

function judgeEverywhere(turn: Turn, policy: PolicyState): void {
  for (const state of turn.house.devices.values()) {
    if (state.device.kind === null || !policy.definition.kinds.includes(state.device.kind)) continue;
    if (policy.definition.subject === "device") markSubject(turn, policy, state);
    else for (const job of state.jobs.keys()) markSubject(turn, policy, state, job);
    turn.toAct.add(state.device.id);
  }
}

function writeMapping(turn: Turn, mapping: Mapping): Answer {
  const { house } = turn;
  const { id } = mapping;
  if ((house.site.mappings ?? []).some((m) => m.id === id)) return refuse("in-site-file", `The mapping '${id}' is written in the site file; change it there.`);
  const known = house.mappings.has(id);
  if (!known && house.mappings.size >= MOST_MAPPINGS) return refuse("too-many-mappings", `There are ${MOST_MAPPINGS} mappings already; remove one first.`);
  house.mappings.set(id, mapping);
  turn.decisions.push({ kind: "mapping", id, mapping, why: known ? "rewritten" : "written" });
  return { ok: true, subject: id };
}

function removeMapping(turn: Turn, id: string): Answer {
  const { house } = turn;
  if ((house.site.mappings ?? []).some((m) => m.id === id))
    return refuse("in-site-file", `The mapping '${id}' is written in the site file; take it out there.`);
  if (!house.mappings.delete(id)) return refuse("not-found", `There is no mapping '${id.slice(0, 100)}'; see /api/v1/mappings.`);
  turn.decisions.push({ kind: "mapping", id, mapping: null, why: "removed" });
  return { ok: true, subject: id };
}
