/** 人走水关: water that runs where nobody is. The valve is closed where there is one, else somebody is told. */
import type { PolicyDefinition } from "../policy.ts";
import { fine, unknown } from "./inputs.ts";

/** L/min below which a meter's noise is not a flow. */
const NO_FLOW = 0.05;

export const vacantWaterOff: PolicyDefinition = {
  id: "vacant-water-off",
  severity: "medium",
  defaultMode: "enforce",
  priority: 40,
  kinds: ["water"],
  subject: "device",
  params: [{ name: "hold", unit: "s", default: 300, min: 0, max: 14_400 }],
  watches: { own: ["flow", "valve"], neighbours: { presence: ["occupied", "count"] } },
  judge(view) {
    const flow = view.point("flow");
    if (flow === undefined || typeof flow.value !== "number" || !view.fresh(view.device.id)) return unknown("no-flow-reading");
    if (flow.value <= NO_FLOW) return fine("no-flow", { flow: flow.value });
    if (view.neighbours("presence").length === 0) return fine("no-sensor", { flow: flow.value });
    const people = view.occupancy();
    if (people === null) return unknown("no-presence", { flow: flow.value });
    const evidence = { flow: flow.value, occupied: people.occupied, sinceAt: people.since };
    if (people.occupied) return fine("occupied", evidence);
    const valve = view.point("valve");
    return {
      state: "breach",
      reason: "running",
      evidence: { ...evidence, valve: valve?.value ?? null },
      hold: view.params["hold"]!,
      want: valve === undefined ? null : { set: { valve: "closed" } },
    };
  },
};
