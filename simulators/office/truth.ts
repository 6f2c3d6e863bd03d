/** Looks at the office as it truly is and writes down which rules are broken, with no hold and no grace. */
import type { Site } from "../../server/core/space.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
import type { SimDevice } from "../devices/device.ts";
import type { Office, WorkingDay } from "./office.ts";
import { anyOpen } from "./office.ts";
import { headcount } from "./room.ts";

/** °C and lx of the office's rules; the server has its own, in its policies. */
const COOLING_FLOOR = 26;
const HEATING_CEILING = 20;
const DAYLIGHT = 500;
/** Minutes after the end of work, and before its beginning, within which things may be on. */
const GRACE = 30;
const EARLY = 120;

/** Judges every device once; call it after each step. */
export function createWitness(office: Office, site: Site, works: WorkingDay): (now: number) => void {
  const periods = site.calendar.working;
  const lacking = (sim: SimDevice): boolean => sim.device.protection !== null || (sim.room !== null && PROTECTED_CLASSES.has(sim.room.space.class));

  function afterHours(now: number): boolean {
    if (!works(office.clock.day(now))) return true;
    const minute = office.clock.minute(now);
    // The noon break is no end of work: people come straight back.
    return minute < Math.min(...periods.map(([from]) => from)) - EARLY || minute >= Math.max(...periods.map(([, until]) => until)) + GRACE;
  }

  return (now) => {
    const late = afterHours(now);
    const hold = (kind: string, sim: SimDevice, holds: boolean): void => office.record.hold(now, kind, sim.device.id, sim.device.space, holds);
    for (const ac of office.all("ac")) {
      if (lacking(ac)) continue;
      const on = ac.values["on"] === true;
      const setpoint = Number(ac.values["setpoint"]);
      const empty = ac.room !== null && headcount(ac.room) === 0;
      hold("cooling-floor", ac, on && ac.values["mode"] === "cool" && setpoint < COOLING_FLOOR);
      hold("heating-ceiling", ac, on && ac.values["mode"] === "heat" && setpoint > HEATING_CEILING);
      hold("vacant-ac-off", ac, on && empty);
      hold("window-open-no-ac", ac, on && ac.room !== null && anyOpen(ac.room));
      hold("after-hours-shutoff", ac, on && late && empty);
    }
    for (const light of office.all("light")) {
      if (lacking(light)) continue;
      const on = light.values["on"] === true;
      const decorative = light.device.tags.includes("decorative");
      hold("decorative-lights-off", light, on && decorative);
      if (decorative || light.room === null) continue;
      hold("vacant-lights-off", light, on && headcount(light.room) === 0);
      hold("daylight-lights-off", light, on && light.room.daylight >= DAYLIGHT);
      hold("after-hours-shutoff", light, on && late && headcount(light.room) === 0);
    }
    for (const water of office.all("water")) {
      if (lacking(water)) continue;
      hold("vacant-water-off", water, Number(water.values["flow"]) > 0 && water.room !== null && headcount(water.room) === 0);
    }
  };
}
