/** A small hall for the simulators' tests, read through the site file's own parser. */
import { parseSite } from "../../server/contract/parse-site.ts";
import type { Site } from "../../server/core/space.ts";

/** Eight offices, a meeting room, two restrooms, corridors and what else a hall has; every kind of device. */
export function smallSite(): Site {
  const spaces: object[] = [];
  const devices: object[] = [];
  for (const floor of ["2", "3"]) {
    for (const n of ["01", "02", "03", "05"]) {
      const room = `${floor}${n}`;
      spaces.push({ id: room, floor, name: room, class: "office", department: floor === "3" ? "general" : "finance", area: 30, windows: n === "05" ? 0 : 180 });
      for (const kind of ["ac", "light", "presence", "contact", "plug"]) devices.push({ id: `${kind}-${room}`, kind, space: room, interval: 60 });
    }
    spaces.push(
      { id: `${floor}f-restroom`, floor, name: "restroom", class: "restroom", area: 18 },
      { id: `${floor}f-corridor`, floor, name: "corridor", class: "corridor", area: 60 },
    );
    devices.push(
      { id: `water-${floor}f`, kind: "water", space: `${floor}f-restroom`, interval: 60 },
      { id: `light-${floor}f-restroom`, kind: "light", space: `${floor}f-restroom`, interval: 60 },
      { id: `presence-${floor}f-restroom`, kind: "presence", space: `${floor}f-restroom`, interval: 60 },
      { id: `light-${floor}f-corridor`, kind: "light", space: `${floor}f-corridor`, interval: 60, protection: "escape route" },
      { id: `copier-${floor}`, kind: "copier", space: `${floor}01`, interval: 60 },
      { id: `lux-${floor}01`, kind: "lux", space: `${floor}01`, interval: 60 },
      { id: `meter-${floor}`, kind: "meter", interval: 60 },
    );
  }
  spaces.push(
    { id: "210", floor: "2", name: "meeting", class: "meeting", area: 50, windows: 180 },
    { id: "facade", floor: "2", name: "facade", class: "facade", area: 100 },
    { id: "server-room", floor: "2", name: "servers", class: "server-room", area: 20 },
    { id: "plant", floor: "2", name: "plant", class: "plant-room", area: 40 },
  );
  devices.push(
    { id: "ac-210", kind: "ac", space: "210", interval: 60 },
    { id: "light-210", kind: "light", space: "210", interval: 60 },
    { id: "presence-210", kind: "presence", space: "210", interval: 60 },
    { id: "light-facade", kind: "light", space: "facade", interval: 60, tags: ["decorative"] },
    { id: "ac-server", kind: "ac", space: "server-room", interval: 60, protection: "server room" },
    { id: "boiler-1", kind: "boiler", space: "plant", interval: 60 },
    { id: "outdoor-1", kind: "outdoor", interval: 60 },
    { id: "meter-main", kind: "meter", interval: 60 },
  );
  const parsed = parseSite({
    site: { id: "small", name: "small", latitude: 36.6, longitude: 117 },
    buildings: [{ id: "hall", name: "hall", floors: ["2", "3"] }],
    departments: [
      { id: "general", name: "general" },
      { id: "finance", name: "finance" },
    ],
    people: [{ id: "wang", name: "Wang", role: "chief", department: "general" }],
    spaces,
    devices,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.site;
}

/** 2026-07-01 08:00 in the site's zone, a Wednesday. */
export const SUMMER_MORNING = Date.parse("2026-07-01T08:00:00+08:00");
