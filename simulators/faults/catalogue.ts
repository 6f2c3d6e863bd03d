import { counterDip } from "./counter-dip.ts";
import { duplicate } from "./duplicate.ts";
import type { Fault } from "./fault.ts";
import { lostAnswer } from "./lost-answer.ts";
import { malformed } from "./malformed.ts";
import { noClock } from "./no-clock.ts";
import { offline } from "./offline.ts";
import { refuses } from "./refuses.ts";
import { saysOff } from "./says-off.ts";
import { slowAnswer } from "./slow-answer.ts";
import { stuck } from "./stuck.ts";
import { wrongZone } from "./wrong-zone.ts";

export const FAULTS: readonly Fault[] = [slowAnswer, lostAnswer, refuses, saysOff, stuck, noClock, wrongZone, duplicate, offline, malformed, counterDip];
