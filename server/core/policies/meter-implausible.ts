/** A counter that falls or jumps, a value that cannot be: the device is told of, and what it said is marked suspect. */
import { DEVICE_KINDS, POINTS } from "../device.ts";
import type { PolicyDefinition } from "../policy.ts";
import { fine } from "./inputs.ts";

export const meterImplausible: PolicyDefinition = {
  id: "meter-implausible",
  fault: true,
  severity: "low",
  defaultMode: "advise",
  priority: 10,
  kinds: DEVICE_KINDS,
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [{ name: "settle", unit: "s", default: 900, min: 0, max: 86_400 }],
  watches: { own: [], quality: true },
  judge(view) {
    const { kind } = view.device;
    const doubtedAt = view.doubtedAt();
    if (doubtedAt === null || kind === null) return fine("plausible");
    const over = doubtedAt + view.params["settle"]! * 1000;
    for (const { name } of POINTS[kind]) {
      const state = view.raw(name);
      if (state?.doubt === undefined || state.doubt === "retained" || state.doubt === "fault") continue;
      const evidence = { point: name, value: state.value, before: state.trusted?.value ?? null, doubt: state.doubt };
      return { state: "breach", reason: "implausible", evidence, hold: 0, want: null, wasteShare: 0, recheckAt: Math.max(over, view.now) + 1 };
    }
    if (view.now >= over) return fine("plausible");
    return { state: "breach", reason: "settling", evidence: { doubtedAt }, hold: 0, want: null, wasteShare: 0, recheckAt: over };
  },
};
