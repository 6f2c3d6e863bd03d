import { coldRoom } from "./cold-room.ts";
import { forgottenEvening } from "./forgotten-evening.ts";
import { holiday } from "./holiday.ts";
import { leak } from "./leak.ts";
import { plainDay } from "./plain-day.ts";
import type { Story } from "./story.ts";
import { summer } from "./summer.ts";
import { summerDay } from "./summer-day.ts";
import { windows } from "./windows.ts";

/** The first is the default. */
export const STORIES: readonly Story[] = [summerDay, forgottenEvening, coldRoom, holiday, windows, leak, summer, plainDay];
