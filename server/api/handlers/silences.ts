/** Planned silences: parts of the house whose alerts go to the shelf for a while. */
import { silenceDto } from "../../contract/present/alerts.ts";
import type { Silence } from "../../core/alerts/notice.ts";
import type { House } from "../../core/house.ts";
import { problem } from "../../errors.ts";
import { pageOf } from "../lists.ts";
import type { Handlers } from "../route.ts";
import { deviceOf } from "./house.ts";
import { carryOut, endOf, spaceDepartment } from "./requests.ts";

type Part = { readonly [K in "device" | "space" | "department"]?: string | null | undefined };

/** Whose alerts they are; null where they may be anybody's. */
function departmentOf(house: House, { device, space, department }: Part): string | null {
  if (device != null) return deviceOf(house, device).device.department;
  return space == null ? (department ?? null) : spaceDepartment(house, space);
}

function standing(house: House, id: string): Silence {
  const silence = house.silences.get(id);
  if (silence === undefined) throw problem("not-found", `There is no silence '${id.slice(0, 100)}' in force or to come; see /api/v1/silences.`);
  return silence;
}

export const silenceHandlers: Handlers<"silences" | "addSilence" | "endSilence"> = {
  silences: {
    async run({ office: { house, records }, eyes, query }) {
      const { cursor, limit } = query;
      const page = query.all === "1" ? await records.silences({ cursor, limit }) : pageOf([...house.silences.values()], (s) => [-s.from, s.id], cursor, limit);
      return { items: page.items.map((s) => silenceDto(eyes, s)), next: page.next };
    },
  },
  addSilence: {
    department: ({ office: { house }, body }) => departmentOf(house, body),
    async run({ office, actor, eyes, body }) {
      const { building = null, floor = null, space = null, device = null, department = null, alarm = null, severity = null, reason, from = eyes.now } = body;
      const until = endOf(from, body);
      const subject = await carryOut(office, actor, { kind: "add-silence", building, floor, space, device, department, alarm, severity, reason, from, until });
      return silenceDto(eyes, standing(office.house, subject));
    },
  },
  endSilence: {
    department: ({ office: { house }, id }) => departmentOf(house, standing(house, id)),
    async run({ office, actor, eyes, id }) {
      const before = standing(office.house, id);
      await carryOut(office, actor, { kind: "end-silence", silence: id });
      return silenceDto(eyes, { ...before, endedAt: eyes.now });
    },
  },
};
