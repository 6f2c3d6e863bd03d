/** What says that it is off and draws power all the same burns money that nobody sees. */
import type { PolicyDefinition } from "../policy.ts";
import { fine, running, unknown } from "./inputs.ts";

/** A load moves without being watched. */
const AGAIN_MS = 60_000;

export const offButDraws: PolicyDefinition = {
  id: "off-but-draws",
  severity: "high",
  defaultMode: "advise",
  priority: 10,
  kinds: ["ac", "light", "plug", "copier"],
  subject: "device",
  tellsOnly: true,
  params: [
    { name: "limit", unit: "W", default: 60, min: 1, max: 5000 },
    { name: "hold", unit: "s", default: 300, min: 60, max: 14_400 },
  ],
  watches: { own: ["on"], ownOf: { ac: ["mode"] } },
  judge(view) {
    const recheckAt = view.now + AGAIN_MS;
    const state = running(view);
    const power = view.measuredPower();
    if (state === null) return unknown("no-state", {}, recheckAt);
    if (state.on) return fine("on");
    if (power === null) return unknown("no-power", {}, recheckAt);
    const limit = Math.max(view.params["limit"]!, view.device.standby);
    const evidence = { power, limit, cnyPerHour: Math.round((power / 10) * view.price("electricity")) / 100 };
    if (power <= limit) return fine("draws-nothing", evidence, recheckAt);
    // The command that should have switched it off has told of it already.
    if (view.commandFailed()) return fine("told", evidence, recheckAt);
    return { state: "breach", reason: "draws", evidence, hold: view.params["hold"]!, since: state.since, want: null, recheckAt };
  },
};
