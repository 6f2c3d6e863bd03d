/** What people ask of the house, through its one door: commands, adoption, overrides, approvals. */
import { commandDto } from "../../contract/present/commands.ts";
import { deviceDto } from "../../contract/present/devices.ts";
import { approvalDto, overrideDto } from "../../contract/present/exceptions.ts";
import type { AdoptAs } from "../../core/adopt.ts";
import type { Approval, Override } from "../../core/finding.ts";
import type { House } from "../../core/house.ts";
import type { PersonRequest } from "../../core/event.ts";
import type { Actor } from "../../core/roles.ts";
import { may } from "../../core/roles.ts";
import { problem, refusal } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Ask, Handler, Handlers } from "../route.ts";
import { roughCost } from "./estimate.ts";
import { deviceOf } from "./house.ts";

/** Asks the house and resolves with the id of what was made or changed; a refusal is thrown as a problem. */
export async function carryOut(office: Office, actor: Actor, request: PersonRequest): Promise<string> {
  const answer = await office.request(actor.id, request);
  if (!answer.ok) throw refusal(answer.refusal.code, answer.refusal.detail);
  return answer.subject;
}

/** When something ends: `until`, or `minutes` from now; exactly one of the two. */
export function endOf(now: number, ask: { readonly until?: number | undefined; readonly minutes?: number | undefined }): number {
  if ((ask.until === undefined) === (ask.minutes === undefined))
    throw problem("invalid-body", "Say when it ends: either until (ISO 8601 with offset) or minutes.");
  return ask.until ?? now + ask.minutes! * 60_000;
}

export function spaceDepartment(house: House, id: string): string | null {
  const space = house.spaces.get(id);
  if (space === undefined) throw problem("unknown-space", `There is no space '${id.slice(0, 200)}'; ids are <building>/<space>, listed at /api/v1/spaces.`);
  return space.department;
}

function overrideOf(house: House, id: string): Override {
  const override = house.overrides.get(id);
  if (override === undefined) throw problem("not-found", `There is no override '${id.slice(0, 100)}' in force; see /api/v1/overrides?active=true.`);
  return override;
}

function pendingOf(house: House, id: string): Approval {
  const approval = house.approvals.get(id);
  if (approval === undefined) throw problem("not-found", `No request '${id.slice(0, 100)}' waits for a decision; see /api/v1/approvals?state=pending.`);
  return approval;
}

function decide(grant: boolean): Handler<"grant"> & Handler<"refuse"> {
  return {
    department: ({ office, id }: Ask<"grant"> | Ask<"refuse">) => pendingOf(office.house, id).department,
    async run({ office, actor, eyes, id, body }: Ask<"grant"> | Ask<"refuse">) {
      const before = pendingOf(office.house, id);
      // A standing exemption changes the rules for good: that is for those who may change them.
      if (before.kind === "exemption" && !may(actor, "change-policy", null))
        throw problem("forbidden", "Standing exemptions are decided by the director.", { action: "change-policy" });
      const note = body.note ?? null;
      await carryOut(office, actor, { kind: "decide-approval", approval: id, grant, note });
      const state = grant ? "granted" : "refused";
      return approvalDto(eyes, { ...before, state, decidedAt: eyes.now, decidedBy: actor.id, note });
    },
  };
}

/** What a device is to be adopted as; what is not said stays as it was. */
export function asOf({ kind, space, name, interval, standby, meter, openLoop }: Ask<"adopt">["body"]): AdoptAs {
  return {
    kind,
    space,
    name: name ?? null,
    interval: interval ?? null,
    standby: standby ?? null,
    ...(meter === undefined ? {} : { meter }),
    ...(openLoop === undefined ? {} : { openLoop }),
  };
}

export const requestHandlers: Handlers<
  "commandDevice" | "adopt" | "overrides" | "override" | "endOverride" | "approvals" | "requestApproval" | "withdraw" | "grant" | "refuse"
> = {
  commandDevice: {
    department: ({ office, id }) => deviceOf(office.house, id).device.department,
    async run({ office, actor, eyes, id, body }) {
      if (Object.keys(body.set).length === 0) throw problem("invalid-body", "set: name at least one point and its value.");
      const subject = await carryOut(office, actor, { kind: "command", device: id, set: body.set, reason: body.reason });
      // It may already be over (refused at once): then only the records know it.
      const command = office.house.commands.get(subject) ?? (await office.records.commands({ device: id }, { limit: 100 })).items.find((c) => c.id === subject);
      if (command === undefined) throw new Error(`command ${subject} was made but is not recorded`);
      return commandDto(eyes, command);
    },
  },
  adopt: {
    async run({ office, actor, eyes, id, body }) {
      deviceOf(office.house, id);
      if (body.space !== null) spaceDepartment(office.house, body.space);
      await carryOut(office, actor, { kind: "adopt", device: id, as: asOf(body) });
      return deviceDto(eyes, office.house, deviceOf(office.house, id));
    },
  },
  overrides: {
    async run({ office, eyes, query }) {
      const active = query.active === undefined ? undefined : query.active === "true";
      const page = await office.records.overrides(active, { cursor: query.cursor, limit: query.limit });
      return { items: page.items.map((o) => overrideDto(eyes, o)), next: page.next };
    },
  },
  override: {
    department({ office: { house }, body }) {
      if ((body.device === undefined) === (body.space === undefined)) throw problem("bad-subject", "Name a device or a space, one of the two.");
      return body.device === undefined ? spaceDepartment(house, body.space!) : deviceOf(house, body.device).device.department;
    },
    async run({ office, actor, eyes, body }) {
      const request = {
        device: body.device ?? null,
        space: body.space ?? null,
        policy: body.policy ?? null,
        set: body.set ?? null,
        reason: body.reason,
        until: endOf(eyes.now, body),
      };
      return overrideDto(eyes, overrideOf(office.house, await carryOut(office, actor, { kind: "override", ...request })));
    },
  },
  endOverride: {
    async run({ office, actor, eyes, id }) {
      const { house } = office;
      const before = overrideOf(house, id);
      const { device, space } = before;
      const department = device === null ? spaceDepartment(house, space!) : deviceOf(house, device).device.department;
      if (before.by !== actor.id && !may(actor, "override", department))
        throw problem("forbidden", `The role '${actor.role}' may not end another's exception there.`, { action: "override", department });
      await carryOut(office, actor, { kind: "end-override", override: id });
      return overrideDto(eyes, { ...before, endedAt: Math.min(eyes.now, before.until) });
    },
  },
  approvals: {
    async run({ office, actor, eyes, query }) {
      if (query.mine === "1") {
        const own = [...office.house.approvals.values()].filter((a) => a.requestedBy === actor.id && (query.state === undefined || a.state === query.state));
        return { items: own.map((a) => approvalDto(eyes, a)), next: null };
      }
      const page = await office.records.approvals(query.state, { cursor: query.cursor, limit: query.limit });
      return { items: page.items.map((a) => approvalDto(eyes, a)), next: page.next };
    },
  },
  requestApproval: {
    department: ({ office, body }) => spaceDepartment(office.house, body.space),
    async run({ office, actor, eyes, body }) {
      const { space, from, until, reason } = body;
      const cost = await roughCost(office, { device: null, space, minutes: Math.max(0, until - from) / 60_000, setpoint: null }, eyes.now);
      return approvalDto(eyes, pendingOf(office.house, await carryOut(office, actor, { kind: "request-approval", space, from, until, reason, cost })));
    },
  },
  withdraw: {
    async run({ office, actor, eyes, id }) {
      const before = pendingOf(office.house, id);
      await carryOut(office, actor, { kind: "withdraw-approval", approval: id });
      return approvalDto(eyes, { ...before, state: "withdrawn", decidedAt: eyes.now, decidedBy: actor.id });
    },
  },
  grant: decide(true),
  refuse: decide(false),
};
