/** 人走灯灭、人走空调关: what runs in a room that people have left. One rule, once for lamps and once for air conditioners. */
import type { DeviceKind } from "../device.ts";
import type { PolicyDefinition } from "../policy.ts";
import { fine, numberOf, running, unknown } from "./inputs.ts";

function vacantOff(id: string, kind: DeviceKind, hold: number): PolicyDefinition {
  return {
    id,
    severity: "low",
    defaultMode: "enforce",
    priority: 40,
    kinds: [kind],
    subject: "device",
    params: [{ name: "hold", unit: "s", default: hold, min: 0, max: 14_400 }],
    watches: { own: kind === "ac" ? ["on", "mode"] : ["on"], neighbours: { presence: ["occupied", "count"] } },
    judge(view) {
      // What must run day and night is tagged so.
      if (view.device.tags.includes("always-on")) return fine("not-governed");
      const state = running(view);
      if (state === null) return unknown("no-state");
      if (!state.on) return fine("off");
      if (view.neighbours("presence").length === 0) return fine("no-sensor");
      const people = view.occupancy();
      if (people === null) return unknown("no-presence");
      const evidence = { power: numberOf(view, "power"), occupied: people.occupied, sinceAt: people.since, onAt: state.since };
      if (people.occupied) return fine("occupied", evidence);
      return {
        state: "breach",
        reason: "empty",
        evidence,
        hold: view.params["hold"]!,
        since: Math.max(people.since, state.since),
        want: { set: { on: false } },
      };
    },
  };
}

export const vacantLightsOff = vacantOff("vacant-lights-off", "light", 600);
export const vacantAcOff = vacantOff("vacant-ac-off", "ac", 1200);
