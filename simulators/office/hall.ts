/** The whole hall: seeded, wound by its caller, no clock and no network of its own. Same seed, same commands: same bytes. */
import type { DeviceKind } from "../../server/core/device.ts";
import type { Site } from "../../server/core/space.ts";
import { monthDay, weekday, withinSeason, createLocalClock } from "../local-time.ts";
import { createAgenda } from "../agenda.ts";
import { MAKERS, STEP_ORDER } from "../devices/catalogue.ts";
import type { SimBoiler } from "../devices/boiler.ts";
import type { SimCopier } from "../devices/copier.ts";
import type { SimDevice, Surroundings } from "../devices/device.ts";
import { createPeople } from "../people.ts";
import { createCaretaker } from "../people/caretaker.ts";
import { createRandom } from "../random.ts";
import type { TruthRecord } from "../record.ts";
import { createRecord } from "../record.ts";
import type { Story } from "../stories/story.ts";
import { stageStory } from "../stories/stage.ts";
import { createWeather, onWindow } from "../weather.ts";
import type { Office, WorkingDay } from "./office.ts";
import { isDraft, localName } from "./office.ts";
import type { Room } from "./room.ts";
import { createRoom, DESK_LUX, headcount, isOutside } from "./room.ts";
import { baseLoad, stepRoom } from "./rooms.ts";
import type { Outgoing, Speaker } from "./speaker.ts";
import { createSpeaker, topicOf } from "./speaker.ts";
import { createTroubles } from "./troubles.ts";
import { createWitness } from "./truth.ts";

export interface HallOptions {
  readonly site: Site;
  readonly seed: number;
  /** The instant at which it begins to speak (ms). What went before since midnight is played silently. */
  readonly start: number;
  readonly story?: Story | undefined;
  /** How often devices misbehave, as a multiple of the usual; 0 = never. Default: the story's, else 1. */
  readonly faults?: number | undefined;
  /** Which local days people work, and on which the building may be lit for a holiday. Default: Monday to Friday, and none. */
  readonly days?: { readonly works: WorkingDay; readonly festive: WorkingDay } | undefined;
  /** How many entries the record keeps; see `createRecord`. */
  readonly keeps?: number | undefined;
  /** Seconds between steps of the physics, up to 60. Default 10. */
  readonly step?: number | undefined;
}

export interface Hall {
  /** Simulated time (ms). */
  now(): number;
  /** Lets `ms` of simulated time pass and returns what was said meanwhile, in order. How it is cut into calls does not matter. */
  advance(ms: number): Outgoing[];
  /** A message on a device's `/set`; what nobody here listens to is ignored. */
  command(topic: string, payload: string | Uint8Array, now: number): void;
  /** Availability and present state of every device (or of one, by its id): what a gateway says when it (re)connects. Not needed before the first `advance`. */
  announce(device?: string): Outgoing[];
  /** `offline` for every device: what a gateway says when it leaves. */
  farewell(): Outgoing[];
  /** When something will be said next (ms), at the latest at the next step: an answer to a command need not wait longer. */
  next(): number;
  readonly devices: readonly SimDevice[];
  readonly record: TruthRecord;
  readonly office: Office;
}

const MINUTE = 60_000;
/** W/K of radiators per m². */
const RADIATOR = 1.1;

export function createHall(options: HallOptions): Hall {
  const { site, story } = options;
  const stepMs = Math.round(Math.min(60, Math.max(1, options.step ?? 10)) * 1000);
  const clock = createLocalClock(site.timezone);
  const root = createRandom(options.seed);
  const agenda = createAgenda();
  const record = createRecord(options.keeps);
  const weatherAt = createWeather({ seed: options.seed, latitude: site.latitude, longitude: site.longitude, clock, ...story?.weather });
  const workday = options.days?.works ?? ((day) => weekday(day) >= 1 && weekday(day) <= 5);
  const works: WorkingDay = (day) => story?.holiday !== true && workday(day);
  const festive: WorkingDay = (day) => story?.holiday === true || options.days?.festive(day) === true;

  // Plays from the midnight before the start, at least an hour: people are where they are, rooms are as warm as they are.
  const midnight = clock.midnight(clock.day(options.start));
  const begin = options.start - midnight >= 60 * MINUTE ? midnight : clock.midnight(clock.day(options.start) - 1);
  let now = begin;
  let stepped = begin;
  let weather = weatherAt(begin);

  const rooms = new Map<string, Room>();
  const indoor = Math.min(27, Math.max(18, weather.temperature + 2));
  for (const space of site.spaces) rooms.set(space.id, createRoom(space, isOutside(space) ? weather.temperature : indoor));

  let speaker: Speaker | null = null;
  const devices: SimDevice[] = [];
  const byRoom = new Map<Room, Map<DeviceKind, SimDevice[]>>();
  const byKind = new Map<DeviceKind, SimDevice[]>();
  const floors = new Set(site.buildings.flatMap((b) => b.floors));
  for (const device of site.devices) {
    const kind = device.kind;
    // What people read does not speak.
    if (kind === null || device.manual != null) continue;
    const room = device.space === null ? null : (rooms.get(device.space) ?? null);
    const part = localName(device.id).replace(/^\w+-/, "");
    const counts = floors.has(part) ? part : rooms.has(`${device.building}/${part}`) ? `${device.building}/${part}` : null;
    const sim: SimDevice = MAKERS[kind]({
      device,
      room,
      random: root.split(`device/${device.id}`),
      agenda,
      counts,
      tell: (job, at) => speaker?.say(`${topicOf(device.id)}/job`, JSON.stringify({ ...job, ts: clock.iso(at) }), sim, at),
      changed: (at) => refresh(sim, at),
    });
    devices.push(sim);
    byKind.set(kind, [...(byKind.get(kind) ?? []), sim]);
    if (room !== null) {
      const kinds = byRoom.get(room) ?? new Map<DeviceKind, SimDevice[]>();
      kinds.set(kind, [...(kinds.get(kind) ?? []), sim]);
      byRoom.set(room, kinds);
    }
    if (kind === "light" && device.protection !== null) sim.set({ on: true }, begin);
  }
  const ordered = [...devices].sort((a, b) => STEP_ORDER.indexOf(a.device.kind ?? "meter") - STEP_ORDER.indexOf(b.device.kind ?? "meter"));
  const totals = new Map<string | null, number>();
  let flowing = 0;
  let season = { day: Number.NaN, heating: false };

  function heatingOn(at: number): boolean {
    const day = clock.day(at);
    if (season.day !== day) season = { day, heating: withinSeason(monthDay(day), site.calendar.heating.from, site.calendar.heating.until) };
    return season.heating;
  }

  function around(at: number, dt: number): Surroundings {
    return { now: at, dt, minute: clock.minute(at), weather, flowing, drawn: (part) => totals.get(part) ?? 0, heating: heatingOn(at) };
  }

  /** Shows at once what a hand or a command changed. */
  function refresh(sim: SimDevice, at: number): void {
    sim.step(around(at, 0));
    witness.look(at, sim);
    speaker?.changed(sim, at);
  }

  const none: readonly SimDevice[] = [];
  const office: Office = {
    agenda,
    clock,
    record,
    rooms,
    inRoom: (room, kind) => byRoom.get(room)?.get(kind) ?? none,
    all: (kind) => byKind.get(kind) ?? none,
    weather: () => weather,
    hand(who, sim, change, at) {
      if (sim.device.protection !== null) return;
      if (Object.entries(change).every(([name, value]) => sim.values[name] === value)) return;
      if (sim.set(change, at) !== null) return;
      record.note(at, "person:sets", sim.device.id, sim.device.space, `${who} ${JSON.stringify(change)}`);
      refresh(sim, at);
    },
    stirred(room, at) {
      for (const kind of ["presence", "water"] as const) for (const sim of office.inRoom(room, kind)) refresh(sim, at);
    },
    print(who, copier, order, at) {
      const job = (copier as SimCopier).submit(order, at);
      const minute = clock.minute(at);
      const late = !works(clock.day(at)) || minute < 480 || minute > 1080;
      const note = (kind: string): void => record.note(at, kind, copier.device.id, copier.device.space, `${job.job} ${who} ${String(job.sheets)}`);
      if (job.state === "held") note("print:big");
      if (late) note("print:night");
      if (job.user === null) note("print:nameless");
      if (job.document !== null && isDraft(job.document) && !job.duplex && job.pages > 1) note("print:wasteful");
      refresh(copier, at);
    },
    misbehave: (sim, fault, minutes, at) => troubles.begin(sim, fault, minutes, at),
  };
  const troubles = createTroubles(office, root.split("faults"), {
    rate: options.faults ?? story?.faults ?? 1,
    returned: (sim, at) => speaker?.returned(sim, at),
    left: (sim, at) => speaker?.left(sim, at),
  });
  const people = createPeople(office, site, root.split("people"), works);
  const caretaker = createCaretaker(office, root.split("caretaker"), works);
  const witness = createWitness(office, site, { works, festive, troubles, told: (sim) => speaker?.heard(sim) ?? null });
  const staged = story === undefined ? null : stageStory(office, story, options.start, root.split("story"), works);

  function step(at: number, dt: number): void {
    weather = weatherAt(at);
    const surroundings = around(at, dt);
    totals.clear();
    let flows = 0;
    const draws = (room: Room | null, watts: number): void => {
      totals.set(null, (totals.get(null) ?? 0) + watts);
      if (room === null) return;
      totals.set(room.space.floor, (totals.get(room.space.floor) ?? 0) + watts);
      totals.set(room.space.id, (totals.get(room.space.id) ?? 0) + watts);
    };
    const loads = new Map<Room, { gains: number; conditioning: number; lamps: number; lit: number }>();
    for (const room of rooms.values()) {
      const base = baseLoad(room.space);
      if (base > 0) draws(room, base);
      loads.set(room, { gains: base + 75 * headcount(room), conditioning: 0, lamps: 0, lit: 0 });
    }
    for (const sim of ordered) {
      sim.step(surroundings);
      if (sim.draw > 0) draws(sim.room, sim.draw);
      if (sim.device.kind === "water" && !sim.device.id.endsWith("/water-main")) flows += Number(sim.values["flow"]);
      const load = sim.room === null ? undefined : loads.get(sim.room);
      if (load === undefined) continue;
      if (sim.device.kind === "ac") load.conditioning += sim.heat;
      else load.gains += sim.heat;
      if (sim.device.kind === "light") {
        load.lamps += sim.lamp;
        load.lit += 1;
      }
    }
    flowing = flows;
    heatRooms(loads, dt);
    witness.look(at);
  }

  function heatRooms(loads: ReadonlyMap<Room, { gains: number; conditioning: number; lamps: number; lit: number }>, dt: number): void {
    const boiler = office.all("boiler")[0] as SimBoiler | undefined;
    const water = boiler?.values["on"] === true ? (Number(boiler.values["supply"]) + Number(boiler.values["return"])) / 2 : null;
    let taken = 0;
    for (const [room, load] of loads) {
      const outside = isOutside(room.space);
      const sun = room.space.windows === null ? 0 : onWindow(weather, room.space.windows);
      room.daylight = outside ? weather.illuminance : sun * DESK_LUX;
      room.lamps = load.lit === 0 ? 0 : load.lamps / load.lit;
      if (outside) {
        room.heat = { air: weather.temperature, mass: weather.temperature };
        continue;
      }
      const radiators = water === null ? 0 : Math.max(0, RADIATOR * room.space.area * (water - room.heat.air));
      taken += radiators;
      const inputs = { outdoor: weather.temperature, sun, gains: load.gains, conditioning: load.conditioning + radiators, open: room.windows > 0 };
      room.heat = stepRoom(room.body, room.heat, inputs, dt);
    }
    if (boiler !== undefined) boiler.taken = taken;
  }

  function beginDay(day: number): void {
    troubles.beginDay(day, devices, staged?.steady ?? new Set());
    people.beginDay(day);
    caretaker(day);
    staged?.beginDay(day);
    agenda.at(clock.midnight(day + 1), () => beginDay(day + 1));
  }

  function play(until: number, length: number): void {
    for (let next = stepped + length; next <= until; next = stepped + length) {
      agenda.run(next);
      step(next, length / 1000);
      stepped = next;
      speaker?.look(devices, next);
    }
    agenda.run(until);
    now = until;
  }

  beginDay(clock.day(begin));
  const warm = options.start - ((options.start - begin) % MINUTE);
  play(warm, MINUTE);
  play(options.start, stepMs);
  stepped = options.start;
  speaker = createSpeaker({ office, random: root.split("speaker"), troubles, rounds: devices, refresh, heard: (sim, at) => witness.heard(at, sim) });
  speaker.greet(options.start);

  return {
    now: () => now,
    advance(ms) {
      play(now + Math.max(0, ms), stepMs);
      return speaker.take();
    },
    command(topic, payload, at) {
      speaker.hear(topic, payload, Math.max(at, now));
    },
    announce(device) {
      speaker.greet(now, device);
      return speaker.take();
    },
    farewell: () => speaker.farewell(),
    next: () => Math.min(agenda.next(), stepped + stepMs),
    devices,
    record,
    office,
  };
}
