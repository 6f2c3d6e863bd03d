/** A department's paper for the month: one quota, however many copiers it has. */
import type { PolicyDefinition } from "../policy.ts";
import { fine } from "./inputs.ts";

/** The counter moves without being watched; it is looked at so often. */
const AGAIN_MS = 60_000;

export const copierQuota: PolicyDefinition = {
  id: "copier-quota",
  severity: "low",
  defaultMode: "advise",
  priority: 20,
  kinds: ["copier"],
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [{ name: "limit", unit: "sheets", default: 5000, min: 10, max: 1_000_000 }],
  watches: { own: [] },
  judge(view) {
    const month = view.calendar.day(view.now).date.slice(0, 7);
    const { sheets, first } = view.departmentPaper();
    const limit = view.params["limit"]!;
    const evidence = { sheets: Math.round(sheets), limit, month };
    const recheckAt = view.now + AGAIN_MS;
    if (view.device.department === null) return fine("no-department");
    // A department has one quota, however many copiers: its first one answers for it.
    if (first !== view.device.id) return fine("told-elsewhere", { ...evidence, copier: first });
    if (sheets <= limit) return fine("within-quota", evidence, recheckAt);
    return { state: "breach", reason: "over-quota", evidence, hold: 0, want: null, wasteShare: 0, recheckAt };
  },
};
