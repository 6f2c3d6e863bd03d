/** The people of the office: they come, sit, meet, eat, print, and touch what they should not. */
import type { Site } from "../server/core/space.ts";
import type { Room } from "./office/room.ts";
import { headcount } from "./office/room.ts";
import type { Office, WorkingDay } from "./office/office.ts";
import { localName, roomsOf, someOrder } from "./office/office.ts";
import type { Random } from "./random.ts";
import { drawMeetings } from "./people/meetings.ts";
import type { DayPlan, Move, Person } from "./people/plan.ts";
import { drawHabits, planDay } from "./people/plan.ts";
import { createManners } from "./people/manners.ts";

const MINUTE = 60_000;
/** m² per desk. */
const DESK_AREA = 9;

export interface People {
  readonly persons: readonly Person[];
  /** Enters the moves of a local day into the agenda. */
  beginDay(day: number): void;
}

/** Who works where: by the area of the offices, under the accounts of the site's people where a department has some. */
export function populate(site: Site, random: Random): Person[] {
  const persons: Person[] = [];
  const known = new Map<string | null, string[]>();
  for (const person of site.people) known.set(person.department, [...(known.get(person.department) ?? []), person.id]);
  for (const space of site.spaces) {
    if (space.class !== "office") continue;
    const desks = Math.min(8, Math.max(1, Math.round(space.area / DESK_AREA)));
    for (let n = 1; n <= desks; n++) {
      const id = `${space.id}/${String(n)}`;
      const account = known.get(space.department)?.shift() ?? `${space.department ?? "staff"}-${localName(space.id)}-${String(n)}`;
      persons.push({ id, account, department: space.department, desk: space.id, habits: drawHabits(random.split(`habits/${id}`)) });
    }
  }
  return persons;
}

export function createPeople(office: Office, site: Site, root: Random, works: WorkingDay): People {
  const persons = populate(site, root);
  const places = new Map<string, { room: Room | null; visit: number }>(persons.map((p) => [p.id, { room: null, visit: 0 }]));
  const manners = createManners(office, root.split("manners"));
  const meetingRooms = roomsOf(office, "meeting").map((room) => room.space.id);
  const canteen = roomsOf(office, "canteen")[0]?.space.id ?? null;

  /** Rooms of a class in the desk's building: on its floor, or (the lobby) wherever it is. */
  const near = (desk: string, kind: "restroom" | "corridor" | "lobby"): Room[] => {
    const home = office.rooms.get(desk)?.space;
    return roomsOf(office, kind).filter((room) => room.space.building === home?.building && (kind === "lobby" || room.space.floor === home.floor));
  };
  const ways = new Map(
    persons.map(({ desk }) => [
      desk,
      { corridor: near(desk, "corridor")[0] ?? null, lobby: near(desk, "lobby")[0] ?? null, restrooms: near(desk, "restroom") },
    ]),
  );

  /** A minute in the corridor on the way. */
  function pass(room: Room | null, now: number): void {
    if (room === null) return;
    room.people += 1;
    office.stirred(room, now);
    office.agenda.at(now + 75_000, (later) => {
      room.people -= 1;
      office.stirred(room, later);
    });
  }

  function go(person: Person, move: Move, now: number): void {
    const place = places.get(person.id);
    if (place === undefined) return;
    const from = place.room;
    const to = move.to === null ? null : (office.rooms.get(move.to) ?? null);
    if (from === to) return;
    place.room = to;
    place.visit += 1;
    if (from !== null) {
      from.people -= 1;
      manners.leaves(person, from, headcount(from) === 0, move.leaving, now);
      office.stirred(from, now);
    }
    const way = ways.get(person.desk);
    pass(way?.corridor ?? null, now);
    if (from === null || to === null) pass(way?.lobby ?? null, now);
    if (to === null) return;
    const first = headcount(to) === 0;
    to.people += 1;
    office.stirred(to, now);
    manners.enters(person, to, first, now);
    if (to.space.class === "office" || to.space.class === "meeting") grumble(person, to, place.visit, now);
  }

  /** Every half hour or so somebody looks up from work and finds it too warm, too dark or too stuffy. */
  function grumble(person: Person, room: Room, visit: number, now: number): void {
    const wait = root.split(`mood/${person.id}/${String(now)}`).between(12, 40) * MINUTE;
    office.agenda.at(now + wait, (later) => {
      if (places.get(person.id)?.visit !== visit) return;
      manners.looksUp(person, room, later);
      grumble(person, room, visit, later);
    });
  }

  function copierFor(desk: string): ReturnType<Office["all"]>[number] | undefined {
    const home = office.rooms.get(desk)?.space;
    const copiers = office.all("copier");
    return (
      copiers.find((c) => c.room !== null && c.room.space.department === home?.department && home?.department != null) ??
      copiers.find((c) => c.room?.space.floor === home?.floor && c.room?.space.building === home?.building) ??
      copiers[0]
    );
  }

  function live(person: Person, plan: DayPlan, midnight: number, day: number): void {
    for (const move of plan.moves) office.agenda.at(midnight + move.minute * MINUTE, (now) => go(person, move, now));
    const copier = copierFor(person.desk);
    if (copier === undefined) return;
    for (const [n, print] of plan.prints.entries()) {
      office.agenda.at(midnight + print.minute * MINUTE, (now) => {
        const order = someOrder(root.split(`print/${person.id}/${String(day)}/${String(n)}`), print.named ? person.account : null);
        office.print(person.account, copier, order, now);
      });
    }
  }

  return {
    persons,
    beginDay(day) {
      const midnight = office.clock.midnight(day);
      const working = works(day);
      const meetings = working ? drawMeetings(meetingRooms, persons, root.split(`meetings/${String(day)}`)) : [];
      for (const person of persons) {
        const random = root.split(`day/${person.id}/${String(day)}`);
        const choices = ways.get(person.desk)?.restrooms ?? [];
        const restroom = choices.length === 0 ? null : random.pick(choices).space.id;
        live(person, planDay(person, working, { restroom, canteen, meetings }, random), midnight, day);
      }
    },
  };
}
