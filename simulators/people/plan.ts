/** A person's day as a list of moves: pure, drawn once per person and day. */
import type { Random } from "../random.ts";

/** What somebody is like. Probabilities are per occasion. */
export interface Habits {
  /** °C they set in summer and in winter. */
  readonly coolTo: number;
  readonly heatTo: number;
  readonly forgetsLight: number;
  readonly forgetsAc: number;
  readonly forgetsTap: number;
  /** Turns the lights on although it is bright. */
  readonly lovesLamps: number;
  readonly opensWindows: number;
  /** Sets the old value again when the system corrected it. */
  readonly stubborn: number;
}

export interface Person {
  readonly id: string;
  /** The account their print jobs carry. */
  readonly account: string;
  readonly department: string | null;
  /** Where their desk is: `<building>/<space>`. */
  readonly desk: string;
  readonly habits: Habits;
}

export interface Meeting {
  readonly space: string;
  /** Minutes after midnight. */
  readonly from: number;
  readonly until: number;
  readonly who: ReadonlySet<string>;
}

export interface Move {
  readonly minute: number;
  /** `<building>/<space>`; null = out of the house. */
  readonly to: string | null;
  /** Whether the day ends here for this person (or the lunch hour begins). */
  readonly leaving: "day" | "lunch" | null;
}

export interface DayPlan {
  readonly moves: readonly Move[];
  /** Minutes after midnight at which they print, and whether under their account. */
  readonly prints: readonly { readonly minute: number; readonly named: boolean }[];
}

export interface Surroundings {
  readonly restroom: string | null;
  readonly canteen: string | null;
  readonly meetings: readonly Meeting[];
}

/** Habits of one person: most are careful, some are not. */
export function drawHabits(random: Random): Habits {
  return {
    coolTo: random.pick([22, 22, 23, 24, 24, 25, 26, 26, 26, 27]),
    heatTo: random.pick([18, 20, 20, 20, 22, 22, 24]),
    forgetsLight: random.between(0.03, 0.45),
    forgetsAc: random.between(0.02, 0.35),
    forgetsTap: 0.006,
    lovesLamps: random.chance(0.2) ? 0.6 : 0.05,
    opensWindows: random.between(0.01, 0.2),
    stubborn: random.chance(0.15) ? 0.12 : 0.01,
  };
}

/** A working day (or the few who come on a day off). */
export function planDay(person: Person, working: boolean, around: Surroundings, random: Random): DayPlan {
  if (!random.chance(working ? 0.94 : 0.03)) return { moves: [], prints: [] };
  const arrive = working ? 480 + random.between(2, 50) : random.between(540, 660);
  const late = random.chance(0.07);
  const leave = late ? random.between(1170, 1350) : working ? Math.min(1140, 1040 + Math.abs(random.normal()) * 28) : arrive + random.between(60, 240);
  const stays: [number, number][] = [];
  if (working) stays.push([arrive, 720 + random.between(0, 16)], [810 + random.between(0, 32), leave]);
  else stays.push([arrive, leave]);
  if (working && !late && random.chance(0.05)) {
    const back = random.between(1170, 1230);
    stays.push([back, back + random.between(30, 100)]);
  }

  const moves: Move[] = [];
  const prints: { minute: number; named: boolean }[] = [];
  for (const [index, [from, until]] of stays.entries()) {
    moves.push({ minute: from, to: person.desk, leaving: null });
    const trips = around.meetings
      .filter((m) => m.who.has(person.id) && m.from > from + 5 && m.until < until - 5)
      .map((m) => ({ from: m.from, until: m.until, to: m.space }));
    if (around.restroom !== null) {
      for (let n = random.int(1, 2); n > 0; n--) {
        const at = random.between(from + 10, until - 10);
        trips.push({ from: at, until: at + random.between(2, 5), to: around.restroom });
      }
    }
    let free = from;
    for (const trip of trips.sort((a, b) => a.from - b.from)) {
      if (trip.from <= free || trip.until >= until) continue;
      moves.push({ minute: trip.from, to: trip.to, leaving: null }, { minute: trip.until, to: person.desk, leaving: null });
      free = trip.until;
    }
    const lunch = working && index === 0;
    if (lunch && around.canteen !== null && random.chance(0.6)) {
      const eaten = until + random.between(15, 35);
      moves.push({ minute: until, to: around.canteen, leaving: "lunch" }, { minute: eaten, to: null, leaving: null });
    } else moves.push({ minute: until, to: null, leaving: lunch ? "lunch" : "day" });
    if (until - from > 20 && random.chance(index < 2 ? 0.35 : 0.5)) prints.push({ minute: random.between(from + 5, until - 5), named: random.chance(0.93) });
  }
  return { moves, prints };
}
