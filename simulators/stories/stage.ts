/** Puts a story on: finds its rooms and devices in whatever site is played, and enters its plants into the agenda. */
import type { DeviceKind } from "../../server/core/device.ts";
import type { SimDevice } from "../devices/device.ts";
import type { SimCopier } from "../devices/copier.ts";
import type { SimWater } from "../devices/water.ts";
import type { Office, WorkingDay } from "../office/office.ts";
import { localName, roomsOf, someOrder } from "../office/office.ts";
import type { Room } from "../office/room.ts";
import { headcount } from "../office/room.ts";
import type { Random } from "../random.ts";
import type { Scene, Story } from "./story.ts";

export interface Staging {
  /** Devices that the story needs: they never misbehave by chance. */
  readonly steady: ReadonlySet<string>;
  beginDay(day: number): void;
}

const MINUTE = 60_000;
const NEEDS: Readonly<Partial<Record<Scene["kind"], readonly DeviceKind[]>>> = {
  setpoint: ["ac", "presence"],
  window: ["ac", "contact"],
  "bright-lamps": ["light", "presence"],
  forgets: ["light", "presence"],
  tap: ["water", "presence"],
};

export function stageStory(office: Office, story: Story, start: number, random: Random, works: WorkingDay): Staging {
  const taken = new Map<string, Room>();
  const free = (sim: SimDevice): boolean => sim.device.protection === null;

  /** The room of that name, else the next one that nobody has taken and that has what the scene needs. */
  function roomFor(scene: Scene): Room | null {
    if (!("room" in scene)) return null;
    const leaks = scene.kind === "tap" && scene.leak === true;
    const needs: readonly DeviceKind[] = leaks ? ["water"] : (NEEDS[scene.kind] ?? []);
    // A pipe leaks also where nobody may shut its valve.
    const fits = (room: Room): boolean => needs.every((kind) => office.inRoom(room, kind).some((sim) => leaks || free(sim)));
    const key = `${scene.room}/${scene.kind === "tap" ? "tap" : needs.join()}`;
    const known = taken.get(key);
    if (known !== undefined) return known;
    const named = [...office.rooms.values()].find((room) => localName(room.space.id) === scene.room && fits(room));
    const byDevice = office.all(needs[0] ?? "ac").find((sim) => sim.room !== null && sim.device.id.endsWith(`-${scene.room}`) && fits(sim.room))?.room;
    const others = scene.kind === "tap" ? roomsOf(office, "restroom") : roomsOf(office, "office", "meeting");
    const rest = [...others, ...office.rooms.values()].filter((room) => fits(room));
    const found = named ?? byDevice ?? rest.find((room) => ![...taken.values()].includes(room)) ?? rest[0] ?? null;
    if (found !== null) taken.set(key, found);
    return found;
  }

  function deviceFor(name: string): SimDevice | undefined {
    const kind = name.slice(0, Math.max(0, name.indexOf("-")));
    const all = office.all(kind as DeviceKind);
    return all.find((sim) => localName(sim.device.id) === name) ?? all.find(free) ?? all[0];
  }

  const steady = new Set<string>();
  for (const { scene } of story.plants) {
    const room = roomFor(scene);
    if (room !== null)
      for (const kind of ["ac", "light", "water", "presence", "contact", "lux"] as const)
        for (const sim of office.inRoom(room, kind)) steady.add(sim.device.id);
    if (scene.kind === "decorative") for (const light of office.all("light")) if (light.device.tags.includes("decorative")) steady.add(light.device.id);
    if (scene.kind === "print" || scene.kind === "copies") steady.add(deviceFor(scene.copier)?.device.id ?? "");
  }

  /** Says how many people are in a room for a while, and keeps others' hands off its devices. */
  function stageRoom(room: Room, people: number, minutes: number, now: number): void {
    room.staged = people;
    room.heldUntil = Math.max(room.heldUntil, now + minutes * MINUTE);
    const until = room.heldUntil;
    office.stirred(room, now);
    office.agenda.at(until, (later) => {
      if (room.heldUntil > later) return;
      room.staged = null;
      office.stirred(room, later);
    });
  }

  function setAll(room: Room, kind: DeviceKind, change: Readonly<Record<string, number | boolean | string>>, now: number): void {
    for (const sim of office.inRoom(room, kind)) office.hand("story", sim, change, now);
  }

  const atLeastOne = (room: Room): number => Math.max(1, headcount(room));

  function play(scene: Scene, now: number, chance: Random): void {
    const room = roomFor(scene);
    switch (scene.kind) {
      case "setpoint":
        if (room === null) return;
        stageRoom(room, atLeastOne(room), scene.minutes, now);
        setAll(room, "contact", { open: false }, now);
        setAll(room, "ac", { on: true, mode: scene.mode ?? "cool", setpoint: scene.to }, now);
        return;
      case "window": {
        if (room === null) return;
        stageRoom(room, atLeastOne(room), scene.minutes, now);
        setAll(room, "ac", { on: true, mode: "cool", setpoint: 26 }, now);
        const contact = office.inRoom(room, "contact")[0];
        if (contact !== undefined) office.hand("story", contact, { open: true }, now);
        office.agenda.at(now + scene.minutes * MINUTE, (later) => setAll(room, "contact", { open: false }, later));
        return;
      }
      case "bright-lamps":
        if (room === null) return;
        stageRoom(room, atLeastOne(room), scene.minutes, now);
        setAll(room, "light", { on: true }, now);
        return;
      case "forgets":
        if (room === null) return;
        stageRoom(room, 0, scene.minutes, now);
        if (scene.what.includes("light")) setAll(room, "light", { on: true }, now);
        if (scene.what.includes("ac")) setAll(room, "ac", { on: true }, now);
        return;
      case "tap": {
        if (room === null) return;
        stageRoom(room, 0, scene.minutes, now);
        const meter = office.inRoom(room, "water")[0] as SimWater | undefined;
        if (scene.leak === true && meter !== undefined) meter.leak = scene.flow;
        else room.running = scene.flow;
        office.record.note(
          now,
          scene.leak === true ? "story:leak" : "person:leaves-tap",
          meter?.device.id ?? null,
          room.space.id,
          `${String(scene.flow)} L/min`,
        );
        office.stirred(room, now);
        office.agenda.at(now + scene.minutes * MINUTE, (later) => {
          if (scene.leak === true && meter !== undefined) meter.leak = 0;
          room.running = 0;
          office.stirred(room, later);
        });
        return;
      }
      case "decorative":
        for (const light of office.all("light")) if (light.device.tags.includes("decorative")) office.hand("story", light, { on: scene.on }, now);
        return;
      case "print": {
        const copier = deviceFor(scene.copier);
        if (copier === undefined) return;
        const clerk = `${copier.room?.space.department ?? "office"}-clerk`;
        office.print("story", copier, someOrder(chance, scene.nameless === true ? null : clerk, scene.pages, scene.document), now);
        return;
      }
      case "copies": {
        const copier = deviceFor(scene.copier) as SimCopier | undefined;
        if (copier === undefined) return;
        copier.copy(scene.pages, now);
        office.record.note(now, "story:copies", copier.device.id, copier.device.space, `${String(scene.pages)} sides`);
        return;
      }
      case "boiler":
        for (const boiler of office.all("boiler")) office.hand("story", boiler, { setpoint: scene.to }, now);
        return;
      case "fault": {
        const sim = deviceFor(scene.device);
        if (sim !== undefined) office.misbehave(sim, scene.fault, scene.minutes, now);
        return;
      }
    }
  }

  const firstDay = office.clock.day(start);
  return {
    steady,
    beginDay(day) {
      const first = day === firstDay;
      const midnight = office.clock.midnight(day);
      for (const [index, plant] of story.plants.entries()) {
        if (plant.firstDayOnly === true && !first) continue;
        if (plant.every === undefined ? !first && !works(day) : (day - firstDay) % plant.every[0] !== plant.every[1]) continue;
        const [hours, minutes] = plant.at.split(":").map(Number);
        const at = midnight + ((hours ?? 0) * 60 + (minutes ?? 0)) * MINUTE;
        if (at < start) continue;
        office.agenda.at(at, (now) => play(plant.scene, now, random.split(`${story.name}/${String(day)}/${String(index)}`)));
      }
    },
  };
}
