/** One situation of waste for every rule of the office that acts, told in time: what is said, and when it is due. */
import type { PointValue } from "../../server/core/reading.ts";
import type { SpaceClass } from "../../server/core/space.ts";

export interface Situation {
  readonly policy: string;
  readonly subject: string;
  readonly start: string;
  /** What is said at the start: waste, if it lasts. */
  readonly said: Readonly<Record<string, Readonly<Record<string, PointValue>>>>;
  /** Seconds from the start until it is a finding. */
  readonly due: number;
  /** Parameters under which it is due only after an hour, longer than anybody's silence is believed. */
  readonly slow: Readonly<Record<string, number>>;
  readonly spaceClass: SpaceClass | null;
}

const MORNING = "2026-07-01T10:00:00";
const EMPTY = { "presence-301": { occupied: false } };
const office = { spaceClass: "office", slow: { hold: 3600 } } as const;
export const SITUATIONS: readonly Situation[] = [
  { ...office, policy: "cooling-floor", subject: "ac-301", start: MORNING, said: { "ac-301": { on: true, mode: "cool", setpoint: 25.9 } }, due: 60 },
  { ...office, policy: "heating-ceiling", subject: "ac-301", start: MORNING, said: { "ac-301": { on: true, mode: "heat", setpoint: 20.1 } }, due: 60 },
  { ...office, policy: "window-open-no-ac", subject: "ac-301", start: MORNING, said: { "contact-301": { open: true }, "ac-301": { on: true } }, due: 180 },
  { ...office, policy: "vacant-lights-off", subject: "light-301", start: MORNING, said: { ...EMPTY, "light-301": { on: true } }, due: 600 },
  { ...office, policy: "vacant-ac-off", subject: "ac-301", start: MORNING, said: { ...EMPTY, "ac-301": { on: true } }, due: 1200 },
  {
    ...office,
    policy: "daylight-lights-off",
    subject: "light-301",
    start: MORNING,
    said: { "lux-301": { illuminance: 900 }, "light-301": { on: true } },
    due: 600,
  },
  {
    policy: "vacant-water-off",
    subject: "water-102",
    start: MORNING,
    said: { "presence-102": { occupied: false }, "water-102": { flow: 6, valve: "open" } },
    due: 300,
    slow: { hold: 3600 },
    spaceClass: "restroom",
  },
  {
    ...office,
    policy: "after-hours-shutoff",
    subject: "ac-301",
    start: "2026-07-01T17:50:00",
    said: { "ac-301": { on: true } },
    due: 600,
    slow: { grace: 4800 },
  },
  {
    ...office,
    policy: "natural-air-first",
    subject: "ac-301",
    start: MORNING,
    said: { "outdoor-1": { temperature: 24 }, "ac-301": { on: true, mode: "cool", setpoint: 26 } },
    due: 900,
    slow: { hold: 3600 },
  },
  {
    policy: "boiler-follows-weather",
    subject: "boiler-1",
    start: "2026-12-01T10:00:00",
    said: { "outdoor-1": { temperature: 0 }, "boiler-1": { on: true, supply: 64.1, setpoint: 65 } },
    due: 1800,
    slow: { hold: 3600 },
    spaceClass: null,
  },
  { ...office, policy: "standby-cut", subject: "plug-301", start: "2026-07-01T19:00:00", said: { "plug-301": { on: true, power: 30 } }, due: 1800 },
  { policy: "decorative-lights-off", subject: "facade-1", start: MORNING, said: { "facade-1": { on: true } }, due: 0, slow: { hold: 3600 }, spaceClass: null },
];
