import type { Fault } from "./fault.ts";

export const saysOff: Fault = {
  name: "says-off",
  about: "told to switch off it says that it is off, and draws power all the same",
  perDay: 0.008,
  minutes: [60, 300],
  kinds: ["ac", "light", "plug"],
  begin: () => {
    let lying = false;
    return {
      answer(answer, set) {
        if (typeof set["on"] === "boolean") lying = !set["on"];
        return lying ? { ...answer, applyAfter: null } : answer;
      },
      lying: () => lying,
      report: (draft) => [lying && "on" in draft.values ? { ...draft, values: { ...draft.values, on: false } } : draft],
    };
  },
};
