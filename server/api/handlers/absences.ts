/** Who is away, and who stands in. */
import type { Eyes } from "../../contract/present/eyes.ts";
import { absenceDto } from "../../contract/present/hearing.ts";
import type { Absence } from "../../core/alerts/notice.ts";
import type { House } from "../../core/house.ts";
import type { Actor } from "../../core/roles.ts";
import { may } from "../../core/roles.ts";
import { problem } from "../../errors.ts";
import { pageOf } from "../lists.ts";
import type { Handlers } from "../route.ts";
import { carryOut } from "./requests.ts";

/** Oneself, and whoever answers for the person's section. */
function mayKeep(house: House, actor: Actor, person: string): boolean {
  const department = house.site.people.find((p) => p.id === person)?.department ?? null;
  return actor.id === person || may(actor, "manage-absences", department);
}

function insist(house: House, actor: Actor, person: string): void {
  if (mayKeep(house, actor, person)) return;
  throw problem("forbidden", `The role '${actor.role}' may not enter or end absences of '${person.slice(0, 100)}'; they may themselves.`, {
    action: "manage-absences",
  });
}

const show = (house: House, eyes: Eyes, absence: Absence) => absenceDto(eyes, absence, mayKeep(house, eyes.actor, absence.person));

export const absenceHandlers: Handlers<"absences" | "addAbsence" | "endAbsence"> = {
  absences: {
    async run({ office: { house, records }, eyes, query }) {
      const { cursor, limit } = query;
      const page = query.all === "1" ? await records.absences({ cursor, limit }) : pageOf([...house.absences.values()], (a) => [-a.from, a.id], cursor, limit);
      return { items: page.items.map((a) => show(house, eyes, a)), next: page.next };
    },
  },
  addAbsence: {
    async run({ office, actor, eyes, body }) {
      const { house } = office;
      const person = body.person ?? actor.id;
      if (!house.site.people.some((p) => p.id === person)) throw problem("unknown-person", `There is no person '${person.slice(0, 100)}' on this site.`);
      insist(house, actor, person);
      const { until, standIn, note } = body;
      const id = await carryOut(office, actor, { kind: "add-absence", person, from: body.from ?? eyes.now, until, standIn, note });
      return show(house, eyes, house.absences.get(id)!);
    },
  },
  endAbsence: {
    async run({ office, actor, eyes, id }) {
      const before = office.house.absences.get(id);
      if (before === undefined) throw problem("not-found", `There is no absence '${id.slice(0, 100)}' now or to come; see /api/v1/absences.`);
      insist(office.house, actor, before.person);
      await carryOut(office, actor, { kind: "end-absence", absence: id });
      return show(office.house, eyes, { ...before, endedAt: eyes.now });
    },
  },
};
