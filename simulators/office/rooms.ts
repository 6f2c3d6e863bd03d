/** Heat of one room: two nodes, the air with its furniture and the mass of walls and floor (an RC model). */
import type { Space, SpaceClass } from "../../server/core/space.ts";

/** What does not change: in J/K, W/K and m². */
export interface RoomBody {
  readonly volume: number;
  readonly airCapacity: number;
  readonly massCapacity: number;
  /** W/K between air and mass. */
  readonly coupling: number;
  /** W/K from the mass through walls and roof to the outside. */
  readonly envelope: number;
  /** m² of glass that lets sun in, times what it lets through. */
  readonly aperture: number;
}

export interface RoomHeat {
  /** °C of the air and of the mass. */
  readonly air: number;
  readonly mass: number;
}

export interface RoomInputs {
  /** °C outside. */
  readonly outdoor: number;
  /** W/m² on the windows. */
  readonly sun: number;
  /** W by people, lamps and machines. */
  readonly gains: number;
  /** W put in by heating (positive) or taken out by cooling (negative). */
  readonly conditioning: number;
  /** Whether a window stands open. */
  readonly open: boolean;
}

const HEIGHT = 3;
/** J/(m³·K) of air. */
const AIR = 1206;
/** Changes of air an hour with windows shut and open. */
const EXCHANGE = { shut: 0.4, open: 6 } as const;
/** W/m² of machines that always run, by class of space. */
const BASE_LOAD: Readonly<Partial<Record<SpaceClass, number>>> = { "server-room": 220, canteen: 6, "plant-room": 10 };

/** The body of a space by its floor area (m²) and whether it has windows. */
export function roomBody(space: Pick<Space, "area" | "windows">): RoomBody {
  const area = Math.max(4, space.area);
  const volume = area * HEIGHT;
  return {
    volume,
    airCapacity: AIR * volume * 4,
    massCapacity: 180_000 * area,
    coupling: 12 * area,
    envelope: (space.windows === null ? 0.6 : 1.5) * area,
    aperture: space.windows === null ? 0 : 0.16 * area * 0.38,
  };
}

/** W of machines that always run in a space. */
export function baseLoad(space: Pick<Space, "area" | "class">): number {
  return (BASE_LOAD[space.class] ?? 0) * space.area;
}

/**
 * One step of `dt` seconds (up to 60 is accurate; any length is stable): implicit in the exchange between the nodes and
 * with the outside, so that no step can overshoot.
 */
export function stepRoom(body: RoomBody, heat: RoomHeat, inputs: RoomInputs, dt: number): RoomHeat {
  const exchange = (AIR * body.volume * (inputs.open ? EXCHANGE.open : EXCHANGE.shut)) / 3600;
  const sun = inputs.sun * body.aperture;
  const ca = body.airCapacity / dt;
  const cm = body.massCapacity / dt;
  const a11 = ca + body.coupling + exchange;
  const a22 = cm + body.coupling + body.envelope;
  const b1 = ca * heat.air + exchange * inputs.outdoor + inputs.gains + inputs.conditioning + 0.4 * sun;
  const b2 = cm * heat.mass + body.envelope * inputs.outdoor + 0.6 * sun;
  const determinant = a11 * a22 - body.coupling * body.coupling;
  return { air: (b1 * a22 + body.coupling * b2) / determinant, mass: (a11 * b2 + body.coupling * b1) / determinant };
}
