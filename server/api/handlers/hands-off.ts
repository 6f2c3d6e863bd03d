/** The switch "hands off": where policies command nothing. */
import { handsOffDto } from "../../contract/present/exceptions.ts";
import type { HandsOff } from "../../core/finding.ts";
import type { House } from "../../core/house.ts";
import { problem } from "../../errors.ts";
import type { Handlers } from "../route.ts";
import { deviceOf } from "./house.ts";
import { carryOut, endOf } from "./requests.ts";

function standing(house: House, id: string): HandsOff {
  const off = house.handsOff.get(id);
  if (off === undefined) throw problem("not-found", `There is no switch '${id.slice(0, 100)}' in force; see /api/v1/hands-off.`);
  return off;
}

/** The department that a part belongs to; null for a floor, a building or the site, which belong to nobody in particular. */
function departmentOf(house: House, part: { readonly device?: string | null | undefined; readonly space?: string | null | undefined }): string | null {
  if (part.device != null) return deviceOf(house, part.device).device.department;
  return part.space == null ? null : (house.spaces.get(part.space)?.department ?? null);
}

export const handsOffHandlers: Handlers<"handsOff" | "takeHandsOff" | "endHandsOff"> = {
  handsOff: {
    async run({ office, eyes, query }) {
      const page = await office.records.handsOff({ cursor: query.cursor, limit: query.limit });
      return { items: page.items.map((h) => handsOffDto(eyes, h)), next: page.next };
    },
  },
  takeHandsOff: {
    department: ({ office: { house }, body }) => departmentOf(house, body),
    async run({ office, actor, eyes, body }) {
      const { building = null, floor = null, space = null, device = null, reason } = body;
      const until = body.until === undefined && body.minutes === undefined ? null : endOf(eyes.now, body);
      const subject = await carryOut(office, actor, { kind: "hands-off", building, floor, space, device, reason, until });
      return handsOffDto(eyes, standing(office.house, subject));
    },
  },
  endHandsOff: {
    department: ({ office: { house }, id }) => departmentOf(house, standing(house, id)),
    async run({ office, actor, eyes, id }) {
      const before = standing(office.house, id);
      await carryOut(office, actor, { kind: "hands-on", handsOff: id, reason: null });
      return handsOffDto(eyes, { ...before, endedAt: eyes.now, endedBy: actor.id });
    },
  },
};
