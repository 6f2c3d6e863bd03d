/** Overrides, exemptions, hands off and what is asked for, as the border shows them. */
import type { Approval, HandsOff, Override, StandingExemption } from "../../core/finding.ts";
import { may } from "../../core/roles.ts";
import type { ApprovalDto } from "../approvals.ts";
import type { ExemptionDto, HandsOffDto, OverrideDto } from "../exceptions.ts";
import type { Eyes } from "./eyes.ts";
import { orNull } from "./eyes.ts";

export function handsOffDto(eyes: Eyes, h: HandsOff): HandsOffDto {
  const { id, building, floor, space, device, reason, by, endedBy } = h;
  return { id, building, floor, space, device, reason, by, from: eyes.iso(h.from), until: orNull(eyes, h.until), endedAt: orNull(eyes, h.endedAt), endedBy };
}

export function overrideDto(eyes: Eyes, o: Override): OverrideDto {
  return {
    id: o.id,
    device: o.device,
    space: o.space,
    policy: o.policy,
    set: o.set === null ? null : { ...o.set },
    reason: o.reason,
    by: o.by,
    grantedBy: o.grantedBy ?? null,
    cost: o.cost ?? null,
    from: eyes.iso(o.from),
    until: eyes.iso(o.until),
    endedAt: orNull(eyes, o.endedAt),
  };
}

export function approvalDto(eyes: Eyes, a: Approval): ApprovalDto {
  // Whose a print job is, the copier says; what people asked for here is theirs for certain.
  const own = a.kind !== "print-job" && a.requestedBy === eyes.actor.id;
  const personal = own || may(eyes.actor, "view-personal", a.department);
  return {
    id: a.id,
    kind: a.kind,
    device: a.device,
    space: a.space,
    department: a.department,
    job: a.job,
    sheets: a.sheets,
    document: personal ? a.document : null,
    requestedBy: personal ? a.requestedBy : null,
    reason: a.reason,
    from: orNull(eyes, a.from),
    until: orNull(eyes, a.until),
    state: a.state,
    requestedAt: eyes.iso(a.requestedAt),
    policy: a.policy ?? null,
    spaceClass: a.spaceClass ?? null,
    set: a.set == null ? null : { ...a.set },
    cost: a.cost ?? null,
    decidedAt: orNull(eyes, a.decidedAt),
    decidedBy: a.decidedBy,
    note: a.note,
  };
}

/** A standing exemption; what the site file gives has no beginning. */
export function exemptionDto(eyes: Eyes, e: StandingExemption): ExemptionDto {
  const { id, policy, device, space, spaceClass, reason, by, grantedBy } = e;
  return {
    id,
    policy,
    device,
    space,
    spaceClass,
    reason,
    by,
    grantedBy,
    from: by === "site" ? null : eyes.iso(e.from),
    until: orNull(eyes, e.until),
    endedAt: orNull(eyes, e.endedAt),
  };
}
