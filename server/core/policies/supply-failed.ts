/**
 * Power failed at a circuit: its meter measures no voltage. What hangs on it stands behind this (`devices[].feeder`), so that a tripped
 * breaker is one alert and not one for each socket. A meter that measures no voltage cannot tell: no power may be nobody's wish for any.
 */
import type { PolicyDefinition } from "../policy.ts";
import { fine, unknown } from "./inputs.ts";

export const supplyFailed: PolicyDefinition = {
  id: "supply-failed",
  severity: "high",
  defaultMode: "advise",
  priority: 10,
  kinds: ["meter"],
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [
    { name: "limit", unit: "V", default: 50, min: 0, max: 1000 },
    { name: "hold", unit: "s", default: 10, min: 0, max: 14_400 },
  ],
  // Moves with every report; meters are few, and a failed supply must not wait for the minute.
  watches: { own: ["voltage"] },
  judge(view) {
    const volts = view.point("voltage");
    if (volts === undefined || typeof volts.value !== "number") return unknown("no-voltage");
    if (!view.fresh(view.device.id)) return unknown("not-heard");
    const limit = view.params["limit"]!;
    const evidence = { voltage: volts.value, limit };
    if (volts.value >= limit) return fine("supplied", evidence);
    return {
      state: "breach",
      reason: "no-supply",
      evidence: { ...evidence, changedAt: volts.changed },
      hold: view.params["hold"]!,
      since: volts.changed,
      want: null,
      wasteShare: 0,
    };
  },
};
