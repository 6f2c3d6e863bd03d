import type { Fault } from "./fault.ts";
import { COMMANDED } from "./fault.ts";

export const lostAnswer: Fault = {
  name: "lost-answer",
  about: "half of the commands get lost, and every ack",
  perDay: 0.02,
  minutes: [15, 180],
  kinds: COMMANDED,
  begin: (random) => ({ answer: (answer) => ({ ...answer, ackAfter: null, applyAfter: random.chance(0.5) ? null : answer.applyAfter }) }),
};
