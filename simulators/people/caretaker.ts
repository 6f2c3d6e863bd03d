/** Who switches what belongs to nobody: corridors, lobby, canteen, courtyard and the lights on the building. */
import type { SimWater } from "../devices/water.ts";
import type { Office, WorkingDay } from "../office/office.ts";
import { roomsOf } from "../office/office.ts";
import type { Room } from "../office/room.ts";
import type { Random } from "../random.ts";

const MINUTE = 60_000;
/** L/min of a kitchen at work. */
const KITCHEN = 7;

/** Enters the round of a local day into the agenda. */
export function createCaretaker(office: Office, root: Random, works: WorkingDay): (day: number) => void {
  function lights(rooms: readonly Room[], wanted: boolean, decorative: boolean, now: number): void {
    for (const room of rooms) {
      if (now < room.heldUntil) continue;
      for (const light of office.inRoom(room, "light")) {
        if (light.device.tags.includes("decorative") !== decorative) continue;
        if (light.values["on"] !== wanted) office.hand("caretaker", light, { on: wanted }, now);
      }
    }
  }
  function staff(rooms: readonly Room[], change: number, now: number): void {
    for (const room of rooms) {
      room.people = Math.max(0, room.people + change);
      office.stirred(room, now);
    }
  }

  return (day) => {
    const midnight = office.clock.midnight(day);
    const random = root.split(`round/${String(day)}`);
    const at = (minute: number, act: (now: number) => void): void => office.agenda.at(midnight + minute * MINUTE, act);
    const halls = roomsOf(office, "corridor", "lobby", "garage");
    const outside = roomsOf(office, "courtyard", "facade");
    const canteens = roomsOf(office, "canteen");
    const lobbies = roomsOf(office, "lobby");

    at(random.between(315, 340), (now) => lights(outside, false, false, now));
    at(random.between(1150, 1175), (now) => lights(outside, true, false, now));
    if (random.chance(0.2)) {
      at(1175, (now) => lights(outside, true, true, now));
      if (random.chance(0.7)) at(1380, (now) => lights(outside, false, true, now));
    }
    at(450, (now) => lights(outside, false, true, now));
    if (!works(day)) return;

    at(random.between(435, 450), (now) => {
      // A valve that was shut overnight is opened again where nothing leaks.
      for (const water of office.all("water") as readonly SimWater[])
        if (water.leak === 0 && water.values["valve"] === "closed") office.hand("caretaker", water, { valve: "open" }, now);
      lights(halls, true, false, now);
      staff(lobbies, 1, now);
      for (const room of lobbies)
        for (const ac of office.inRoom(room, "ac")) if (room.heat.air > 27) office.hand("caretaker", ac, { on: true, mode: "cool", setpoint: 26 }, now);
    });
    at(random.between(1110, 1135), (now) => {
      staff(lobbies, -1, now);
      if (random.chance(0.8)) lights(halls, false, false, now);
      for (const room of roomsOf(office, "restroom")) {
        lights([room], false, false, now);
        if (now >= room.heldUntil && room.running > 0) room.running = 0;
        office.stirred(room, now);
      }
    });
    at(random.between(625, 640), (now) => {
      lights(canteens, true, false, now);
      for (const room of canteens) room.tap += KITCHEN;
      staff(canteens, 2, now);
      for (const room of canteens)
        for (const ac of office.inRoom(room, "ac")) if (room.heat.air > 27) office.hand("cook", ac, { on: true, mode: "cool", setpoint: 25 }, now);
    });
    at(random.between(812, 830), (now) => {
      for (const room of canteens) room.tap -= KITCHEN;
      staff(canteens, -2, now);
      if (!random.chance(0.25)) lights(canteens, false, false, now);
      if (!random.chance(0.3))
        for (const room of canteens) for (const ac of office.inRoom(room, "ac")) if (ac.values["on"] === true) office.hand("cook", ac, { on: false }, now);
    });
  };
}
