/** What people do to lamps, air conditioners, windows and taps when they come, stay and go. */
import type { SimDevice } from "../devices/device.ts";
import type { Office } from "../office/office.ts";
import { anyOpen } from "../office/office.ts";
import type { Room } from "../office/room.ts";
import { headcount } from "../office/room.ts";
import type { Random } from "../random.ts";
import type { Move, Person } from "./plan.ts";

export interface Manners {
  /** `first`: nobody was there. */
  enters(person: Person, room: Room, first: boolean, now: number): void;
  looksUp(person: Person, room: Room, now: number): void;
  /** `last`: nobody is left in the room. */
  leaves(person: Person, room: Room, last: boolean, leaving: Move["leaving"], now: number): void;
}

/** L/min of a tap in use, and of one that was not shut. */
const TAP = 6;
const FORGOTTEN_TAP = 3.5;

export function createManners(office: Office, root: Random): Manners {
  const chanceOf = (person: Person, what: string, now: number): Random => root.split(`${what}/${person.id}/${String(now)}`);
  const isOn = (sim: SimDevice): boolean => sim.values["on"] === true;

  function comfort(person: Person, room: Room, now: number): void {
    const air = room.heat.air;
    const outside = office.weather().temperature;
    for (const ac of office.inRoom(room, "ac")) {
      if (isOn(ac)) continue;
      if (air > 27 && outside > 23) office.hand(person.account, ac, { on: true, mode: "cool", setpoint: person.habits.coolTo }, now);
      else if (air < 17.5 && outside < 12) office.hand(person.account, ac, { on: true, mode: "heat", setpoint: person.habits.heatTo }, now);
    }
  }

  function lamps(person: Person, room: Room, on: boolean, now: number): void {
    for (const light of office.inRoom(room, "light")) if (isOn(light) !== on) office.hand(person.account, light, { on }, now);
  }

  function windows(person: Person, room: Room, open: boolean, now: number): void {
    const contact = office.inRoom(room, "contact").find((c) => c.values["open"] !== open);
    if (contact !== undefined) office.hand(person.account, contact, { open }, now);
  }

  function washes(person: Person, room: Room, now: number): void {
    const random = chanceOf(person, "tap", now);
    if (room.running > 0 && random.chance(0.8)) room.running = 0;
    const forgets = random.chance(person.habits.forgetsTap);
    office.agenda.at(now + random.between(50_000, 80_000), (at) => {
      room.tap += TAP;
      office.stirred(room, at);
      office.agenda.at(at + random.between(15_000, 40_000), (done) => {
        room.tap -= TAP;
        if (forgets) {
          room.running = FORGOTTEN_TAP;
          office.record.note(done, "person:leaves-tap", null, room.space.id, person.account);
        }
        office.stirred(room, done);
      });
    });
  }

  return {
    enters(person, room, first, now) {
      if (room.space.class === "restroom") {
        lamps(person, room, true, now);
        if (office.inRoom(room, "water").length > 0) washes(person, room, now);
        return;
      }
      if (room.space.class !== "office" && room.space.class !== "meeting") return;
      if (now < room.heldUntil) return;
      const random = chanceOf(person, "enter", now);
      if (room.daylight < 280 || (first && random.chance(person.habits.lovesLamps))) lamps(person, room, true, now);
      comfort(person, room, now);
      const outside = office.weather().temperature;
      if (outside > 16 && outside < 26 && !office.inRoom(room, "ac").some(isOn) && random.chance(person.habits.opensWindows * 1.5))
        windows(person, room, true, now);
    },
    looksUp(person, room, now) {
      if (now < room.heldUntil) return;
      const random = chanceOf(person, "mood", now);
      comfort(person, room, now);
      for (const plug of office.inRoom(room, "plug")) office.hand(person.account, plug, { on: true }, now);
      if (room.daylight < 220) lamps(person, room, true, now);
      else if (room.daylight > 700 && random.chance(0.2)) lamps(person, room, false, now);
      for (const ac of office.inRoom(room, "ac")) {
        const setpoint = ac.values["setpoint"];
        if (!isOn(ac) || typeof setpoint !== "number") continue;
        if (ac.values["mode"] === "cool" && setpoint > person.habits.coolTo + 0.5 && random.chance(person.habits.stubborn)) {
          office.hand(person.account, ac, { setpoint: person.habits.coolTo }, now);
        }
        if (ac.values["mode"] === "heat" && setpoint < person.habits.heatTo - 0.5 && random.chance(person.habits.stubborn)) {
          office.hand(person.account, ac, { setpoint: person.habits.heatTo }, now);
        }
        if (!anyOpen(room) && random.chance(person.habits.opensWindows * 0.05)) windows(person, room, true, now);
      }
      // An overheated room in winter is cooled by the window, at the boiler's cost.
      if (room.heat.air > 25.5 && office.weather().temperature < 15 && random.chance(0.3)) windows(person, room, true, now);
      if (anyOpen(room) && random.chance(0.25)) windows(person, room, false, now);
    },
    leaves(person, room, last, leaving, now) {
      if (!last || now < room.heldUntil) return;
      const random = chanceOf(person, "leave", now);
      if (room.space.class === "restroom") {
        if (random.chance(0.3)) lamps(person, room, false, now);
        return;
      }
      const meeting = room.space.class === "meeting";
      if (leaving === null && !meeting) return;
      const careless = leaving === "lunch" || meeting ? 1.8 : 1;
      if (!random.chance(person.habits.forgetsLight * careless)) lamps(person, room, false, now);
      else if (office.inRoom(room, "light").some(isOn)) office.record.note(now, "person:leaves-light", null, room.space.id, person.account);
      const forgetsAc = random.chance(person.habits.forgetsAc * careless);
      for (const ac of office.inRoom(room, "ac")) {
        if (!isOn(ac)) continue;
        if (forgetsAc) office.record.note(now, "person:leaves-ac", ac.device.id, room.space.id, person.account);
        else office.hand(person.account, ac, { on: false }, now);
      }
      if (leaving === "day" && headcount(room) === 0 && !random.chance(0.15)) windows(person, room, false, now);
    },
  };
}
