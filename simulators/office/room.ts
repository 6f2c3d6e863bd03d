/** A room while the simulation runs: its heat, its light and who is in it. */
import type { Space } from "../../server/core/space.ts";
import type { RoomBody, RoomHeat } from "./rooms.ts";
import { roomBody } from "./rooms.ts";

export interface Room {
  readonly space: Space;
  readonly body: RoomBody;
  heat: RoomHeat;
  /** lx at the desks by day and by lamps. */
  daylight: number;
  lamps: number;
  /** People who are there by their own will; a story may say otherwise for a while (`staged`). */
  people: number;
  staged: number | null;
  /** Until when nobody but the story touches its devices (ms). */
  heldUntil: number;
  /** Windows that stand open. */
  windows: number;
  /** L/min drawn by people who are there, and by a tap that was left running. */
  tap: number;
  running: number;
}

/** lx at the desks per W/m² on the window (110 lm/W × 3.3 % of what falls on the glass). */
export const DESK_LUX = 3.6;

export function createRoom(space: Space, celsius: number): Room {
  return {
    space,
    body: roomBody(space),
    heat: { air: celsius, mass: celsius },
    daylight: 0,
    lamps: 0,
    people: 0,
    staged: null,
    heldUntil: 0,
    windows: 0,
    tap: 0,
    running: 0,
  };
}

/** How many people are there. */
export function headcount(room: Room): number {
  return room.staged ?? room.people;
}

/** Spaces under the open sky. */
export function isOutside(space: Pick<Space, "class">): boolean {
  return space.class === "courtyard" || space.class === "facade";
}
