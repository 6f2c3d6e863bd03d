import type { Fault } from "./fault.ts";
import { COMMANDED } from "./fault.ts";

export const slowAnswer: Fault = {
  name: "slow-answer",
  about: "does what it is told, but 4–25 s late",
  perDay: 0.03,
  minutes: [20, 240],
  kinds: COMMANDED,
  begin: (random) => ({
    answer: (answer) => {
      const late = random.between(4000, 25_000);
      return {
        ...answer,
        ackAfter: answer.ackAfter === null ? null : answer.ackAfter + late,
        applyAfter: answer.applyAfter === null ? null : answer.applyAfter + late,
      };
    },
  }),
};
