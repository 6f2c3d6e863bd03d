/** Looks at the office as it truly is and writes down which rules are broken, with no hold and no grace. */
import type { Site } from "../../server/core/space.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
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
/** W between which something only waits. */
const STANDBY_LEAST = 2;
const STANDBY_MOST = 50;
/** °C outside at which a window does as well. */
const MILD = 24;
/** W drawn by what says that it is off. */
const LIE = 60;
/** L/min that no night needs. */
const NIGHT_FLOW = 0.2;
/** Minutes after the end of work, and before its beginning, within which things may be on. */
const GRACE = 30;
const EARLY = 120;

export interface Times {
  readonly works: WorkingDay;
  /** Days on which the building may be lit. */
  readonly festive: WorkingDay;
  readonly troubles: Troubles;
}

/** Judges every device once, or one that was just changed; call it after each step and each change. */
export function createWitness(office: Office, site: Site, { works, festive, troubles }: Times): (now: number, only?: SimDevice) => void {
  const periods = site.calendar.working;
  const lacking = (sim: SimDevice): boolean => sim.device.protection !== null || (sim.room !== null && PROTECTED_CLASSES.has(sim.room.space.class));

  function afterHours(now: number): boolean {
    if (!works(office.clock.day(now))) return true;
    const minute = office.clock.minute(now);
    // The noon break is no end of work: people come straight back.
    return minute < Math.min(...periods.map(([from]) => from)) - EARLY || minute >= Math.max(...periods.map(([, until]) => until)) + GRACE;
  }

  /** What only waits has no grace: it counts from the end of work to the next beginning, and its own hold is half an hour. */
  function outside(now: number): boolean {
    if (!works(office.clock.day(now))) return true;
    const minute = office.clock.minute(now);
    return minute < Math.min(...periods.map(([from]) => from)) || minute >= Math.max(...periods.map(([, until]) => until));
  }

  /** After hours people may stay where the office can see that they are there; elsewhere they ask for it first. */
  const forsaken = (room: Room | null): boolean => room === null || headcount(room) === 0 || office.inRoom(room, "presence").length === 0;
  /** Where nothing measures it, a room with a window is taken to have a fiftieth of the light outside. */
  const bright = (room: Room): boolean =>
    office.inRoom(room, "lux").length > 0
      ? room.daylight >= DAYLIGHT
      : room.space.windows !== null && office.weather().illuminance * DAYLIGHT_FACTOR >= DAYLIGHT;

  function look(now: number, sim: SimDevice, late: boolean, waiting: boolean): void {
    const { device, room, values } = sim;
    const hold = (kind: string, holds: boolean): void => office.record.hold(now, kind, device.id, device.space, holds);
    // A leak is one wherever it is; what protects a room protects it from being switched off.
    if (device.kind === "water") hold("night-flow", Number(values["flow"]) > NIGHT_FLOW);
    if (lacking(sim)) return;
    const on = values["on"] === true;
    const empty = room !== null && headcount(room) === 0;
    const lies = troubles.of(sim).some((fault) => fault.lying?.() === true);
    switch (device.kind) {
      case "ac": {
        const setpoint = Number(values["setpoint"]);
        const cools = on && values["mode"] === "cool";
        hold("cooling-floor", cools && setpoint < COOLING_FLOOR);
        hold("heating-ceiling", on && values["mode"] === "heat" && setpoint > HEATING_CEILING);
        hold("natural-air-first", cools && Math.round(office.weather().temperature * 10) / 10 <= MILD);
        hold("vacant-ac-off", on && empty);
        hold("window-open-no-ac", on && room !== null && anyOpen(room));
        hold("after-hours-shutoff", on && late && forsaken(room));
        break;
      }
      case "light": {
        const decorative = device.tags.includes("decorative");
        hold("decorative-lights-off", on && decorative && !festive(office.clock.day(now)));
        if (decorative || room === null) break;
        hold("vacant-lights-off", on && empty);
        hold("daylight-lights-off", on && bright(room));
        hold("after-hours-shutoff", on && late && forsaken(room));
        break;
      }
      case "plug":
      case "copier": {
        const watts = on ? Number(values["power"]) : 0;
        const left = forsaken(room);
        hold("standby-cut", left && waiting && watts > STANDBY_LEAST && watts <= STANDBY_MOST);
        hold("after-hours-shutoff", left && late && watts > STANDBY_MOST);
        break;
      }
      case "water":
        hold("vacant-water-off", Number(values["flow"]) > 0 && empty);
        break;
      default:
        return;
    }
    hold("off-but-draws", lies && sim.draw > LIE);
  }

  const judged = (["ac", "light", "plug", "copier", "water"] as const).flatMap((kind) => office.all(kind));
  return (now, only) => {
    const late = afterHours(now);
    const waiting = outside(now);
    for (const sim of only === undefined ? judged : [only]) look(now, sim, late, waiting);
  };
}
