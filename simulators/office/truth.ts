/**
 * Looks at the office twice and writes down which rules are broken, with no hold and no grace: as it truly is, and as its devices told
 * of it (`told:…`). What nobody told, nobody can find; what was told is found to the second.
 */
import type { Site } from "../../server/core/space.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { SimDevice } from "../devices/device.ts";
import type { Office, WorkingDay } from "./office.ts";
import { anyOpen } from "./office.ts";
import type { Room } from "./room.ts";
import { headcount } from "./room.ts";
import type { Troubles } from "./troubles.ts";

/** °C and lx of the office's rules; the server has its own, in its policies. */
const COOLING_FLOOR = 26;
const HEATING_CEILING = 20;
const DAYLIGHT = 500;
const DAYLIGHT_FACTOR = 0.02;
/** lx that the office takes off a desk's sensor, for its lamps. */
const LAMPS = 300;
/** W between which something only waits. */
const STANDBY_LEAST = 2;
const STANDBY_MOST = 50;
/** °C outside at which a window does as well. */
const MILD = 24;
/** W drawn by what says that it is off. */
const LIE = 60;
/** L/min that no night needs, and below which a meter tells noise. */
const NIGHT_FLOW = 0.2;
const NO_FLOW = 0.05;
/** Minutes after the end of work, and before its beginning, within which things may be on. */
const GRACE = 30;
const EARLY = 120;

export interface Times {
  readonly works: WorkingDay;
  /** Days on which the building may be lit. */
  readonly festive: WorkingDay;
  readonly troubles: Troubles;
  /** What a device last said; null where it never spoke or says that it is away. */
  readonly told: (sim: SimDevice) => Values | null;
}

type Values = Readonly<Record<string, PointValue>>;

/** A way of knowing the office. */
interface Sight {
  readonly prefix: "" | "told:";
  values(sim: SimDevice): Values;
  /** Whether a room is known to be empty, and whether nobody is known to be there. */
  empty(room: Room): boolean;
  forsaken(room: Room): boolean;
  bright(room: Room): boolean;
  mild(sim: SimDevice): boolean;
  open(room: Room): boolean;
  lies(sim: SimDevice, values: Values): boolean;
}

export interface Witness {
  /** Judges every device once, or one that was just changed; call it after each step and each change. */
  look(now: number, only?: SimDevice): void;
  /** Judges what rests on a device's word; call it when it spoke, went away or came back. */
  heard(now: number, sim: SimDevice): void;
}

const NOTHING: Values = {};

export function createWitness(office: Office, site: Site, { works, festive, troubles, told }: Times): Witness {
  const periods = site.calendar.working;
  const [begins, ends] = [Math.min(...periods.map(([from]) => from)), Math.max(...periods.map(([, until]) => until))];
  const lacking = (sim: SimDevice): boolean => sim.device.protection !== null || (sim.room !== null && PROTECTED_CLASSES.has(sim.room.space.class));

  /** The noon break is no end of work: people come straight back. */
  function afterHours(now: number): boolean {
    const minute = office.clock.minute(now);
    return !works(office.clock.day(now)) || minute < begins - EARLY || minute >= ends + GRACE;
  }

  /** What only waits has no grace: it counts from the end of work to the next beginning, and its own hold is half an hour. */
  function outside(now: number): boolean {
    const minute = office.clock.minute(now);
    return !works(office.clock.day(now)) || minute < begins || minute >= ends;
  }

  const truth: Sight = {
    prefix: "",
    values: (sim) => sim.values,
    empty: (room) => headcount(room) === 0,
    // After hours people may stay where the office can see that they are there; elsewhere they ask for it first.
    forsaken: (room) => headcount(room) === 0 || office.inRoom(room, "presence").length === 0,
    // Where nothing measures it, a room with a window is taken to have a fiftieth of the light outside.
    bright: (room) =>
      office.inRoom(room, "lux").length > 0
        ? room.daylight >= DAYLIGHT
        : room.space.windows !== null && office.weather().illuminance * DAYLIGHT_FACTOR >= DAYLIGHT,
    mild: () => Math.round(office.weather().temperature * 10) / 10 <= MILD,
    open: anyOpen,
    lies: (sim) => troubles.of(sim).some((fault) => fault.lying?.() === true) && sim.draw > LIE,
  };

  /** The first word that devices of a kind have on a point, in a room or on the roof. */
  function word(sims: readonly SimDevice[], point: string): PointValue | undefined {
    for (const sim of sims) {
      const value = told(sim)?.[point];
      if (value !== undefined) return value;
    }
    return undefined;
  }
  function occupied(room: Room): boolean | undefined {
    const words = office.inRoom(room, "presence").flatMap((sim) => told(sim)?.["occupied"] ?? []);
    return words.length === 0 ? undefined : words.includes(true);
  }
  const roof = (point: string): number => Number(word(office.all("outdoor"), point) ?? Number.NaN);
  const hearsay: Sight = {
    prefix: "told:",
    values: (sim) => told(sim) ?? NOTHING,
    empty: (room) => occupied(room) === false,
    forsaken: (room) => occupied(room) !== true,
    bright(room) {
      const sensors = office.inRoom(room, "lux");
      if (sensors.length > 0) return Number(word(sensors, "illuminance") ?? 0) - LAMPS >= DAYLIGHT;
      return room.space.windows !== null && roof("illuminance") * DAYLIGHT_FACTOR >= DAYLIGHT;
    },
    mild: () => roof("temperature") <= MILD,
    open: (room) => office.inRoom(room, "contact").some((sim) => told(sim)?.["open"] === true),
    lies: (_, values) => values["on"] === false && Number(values["power"]) > LIE,
  };

  function judge(sight: Sight, now: number, sim: SimDevice, late: boolean, waiting: boolean): void {
    const { device, room } = sim;
    const values = sight.values(sim);
    const hold = (kind: string, holds: boolean): void => office.record.hold(now, sight.prefix + kind, device.id, device.space, holds);
    // A leak is one wherever it is; what protects a room protects it from being switched off.
    if (device.kind === "water" && sight === truth) hold("night-flow", Number(values["flow"]) > NIGHT_FLOW);
    if (lacking(sim)) return;
    const on = values["on"] === true;
    const empty = room !== null && sight.empty(room);
    const left = room === null || sight.forsaken(room);
    switch (device.kind) {
      case "ac": {
        const setpoint = Number(values["setpoint"]);
        const cools = on && values["mode"] === "cool";
        hold("cooling-floor", cools && setpoint < COOLING_FLOOR);
        hold("heating-ceiling", on && values["mode"] === "heat" && setpoint > HEATING_CEILING);
        hold("natural-air-first", cools && sight.mild(sim));
        hold("vacant-ac-off", on && empty);
        hold("window-open-no-ac", on && room !== null && sight.open(room));
        hold("after-hours-shutoff", on && late && left);
        break;
      }
      case "light": {
        const decorative = device.tags.includes("decorative");
        hold("decorative-lights-off", on && decorative && !festive(office.clock.day(now)));
        if (decorative || room === null) break;
        hold("vacant-lights-off", on && empty);
        hold("daylight-lights-off", on && sight.bright(room));
        hold("after-hours-shutoff", on && late && left);
        break;
      }
      case "plug":
      case "copier": {
        const watts = on ? Number(values["power"]) : 0;
        hold("standby-cut", left && waiting && watts > STANDBY_LEAST && watts <= STANDBY_MOST);
        hold("after-hours-shutoff", left && late && watts > STANDBY_MOST);
        break;
      }
      case "water":
        hold("vacant-water-off", Number(values["flow"]) > (sight === truth ? 0 : NO_FLOW) && empty);
        break;
      default:
        return;
    }
    hold("off-but-draws", sight.lies(sim, values));
  }

  const judged = (["ac", "light", "plug", "copier", "water"] as const).flatMap((kind) => office.all(kind));
  const none: readonly SimDevice[] = [];
  const restsOn = (sim: SimDevice): readonly SimDevice[] => {
    switch (sim.device.kind) {
      case "presence":
      case "contact":
      case "lux":
        return sim.room === null ? none : judged.filter((other) => other.room === sim.room);
      case "outdoor":
        return [...office.all("ac"), ...office.all("light")];
      default:
        return judged.includes(sim) ? [sim] : none;
    }
  };
  const resting = new Map<SimDevice, readonly SimDevice[]>();
  /** What the calendar said when hearsay was last gone through. */
  let hour = "";
  return {
    look(now, only) {
      const [late, waiting] = [afterHours(now), outside(now)];
      for (const sim of only === undefined ? judged : [only]) judge(truth, now, sim, late, waiting);
      if (only !== undefined) return;
      const next = `${String(late)} ${String(waiting)} ${String(festive(office.clock.day(now)))}`;
      if (next === hour) return;
      hour = next;
      for (const sim of judged) judge(hearsay, now, sim, late, waiting);
    },
    heard(now, sim) {
      let others = resting.get(sim);
      if (others === undefined) resting.set(sim, (others = restsOn(sim)));
      const [late, waiting] = [afterHours(now), outside(now)];
      for (const other of others) judge(hearsay, now, other, late, waiting);
    },
  };
}
