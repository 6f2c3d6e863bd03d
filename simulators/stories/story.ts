/** A story: a day and its weather, and what is planted when. One file per story; `holiday.ts` is the shortest to copy. */

/** What somebody does in a room, named by its local id (`301`), or in the next best room that has what is needed. */
export type Scene =
  /** People are there and set the air conditioner. */
  | { readonly kind: "setpoint"; readonly room: string; readonly to: number; readonly mode?: "cool" | "heat"; readonly minutes: number }
  /** The air conditioner runs and somebody opens the window. */
  | { readonly kind: "window"; readonly room: string; readonly minutes: number }
  /** The lamps are on in a bright room with people. */
  | { readonly kind: "bright-lamps"; readonly room: string; readonly minutes: number }
  /** Everybody leaves and forgets what is named. */
  | { readonly kind: "forgets"; readonly room: string; readonly what: readonly ("light" | "ac")[]; readonly minutes: number }
  /** A tap runs in an empty restroom; with `leak`, a pipe does, and nobody can shut it but at the valve. */
  | { readonly kind: "tap"; readonly room: string; readonly flow: number; readonly minutes: number; readonly leak?: boolean }
  /** The lights on the building and in the courtyard that only decorate. */
  | { readonly kind: "decorative"; readonly on: boolean }
  | { readonly kind: "print"; readonly copier: string; readonly pages: number; readonly nameless?: boolean; readonly document?: string }
  /** Somebody copies at the glass, under no account. */
  | { readonly kind: "copies"; readonly copier: string; readonly pages: number }
  /** The boiler crew sets the supply. */
  | { readonly kind: "boiler"; readonly to: number }
  /** A device misbehaves. */
  | { readonly kind: "fault"; readonly device: string; readonly fault: string; readonly minutes: number };

export interface Plant {
  /** Local time `HH:MM`. Every working day of the run, only on the first, or on every n-th day counted from it (n, offset). */
  readonly at: string;
  readonly firstDayOnly?: boolean;
  readonly every?: readonly [days: number, offset: number];
  readonly scene: Scene;
}

export interface Story {
  readonly name: string;
  readonly about: string;
  /** Local date and time at which it starts, without zone: the site's own. */
  readonly start: string;
  readonly weather?: { readonly warmer?: number; readonly cloud?: number };
  /** Nobody works on its days. */
  readonly holiday?: boolean;
  /** How often devices misbehave by chance, as a multiple of the usual. */
  readonly faults?: number;
  readonly plants: readonly Plant[];
}
