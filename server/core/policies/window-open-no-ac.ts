/** No open windows while the air conditioner runs. */
import type { PolicyDefinition } from "../policy.ts";
import { fine, numberOf, running, unknown } from "./inputs.ts";

export const windowOpenNoAc: PolicyDefinition = {
  id: "window-open-no-ac",
  severity: "medium",
  defaultMode: "enforce",
  priority: 60,
  kinds: ["ac"],
  subject: "device",
  params: [{ name: "hold", unit: "s", default: 180, min: 0, max: 3600 }],
  watches: { own: ["on", "mode"], neighbours: { contact: ["open"] } },
  judge(view) {
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const windows = view.neighbours("contact");
    if (windows.length === 0) return fine("no-sensor");
    // Contacts report when they change: one that was never heard is unknown, one that is silent keeps its last word for the house's freshness rule.
    let open: { readonly id: string; readonly since: number } | null = null;
    let known = false;
    for (const w of windows) {
      const point = view.point("open", w.id);
      if (point === undefined || !view.fresh(w.id)) continue;
      known = true;
      if (point.value === true && (open === null || point.changed < open.since)) open = { id: w.id, since: point.changed };
    }
    if (open === null) return known ? fine("closed") : unknown("no-contact");
    return {
      state: "breach",
      reason: "open",
      evidence: { window: open.id, openAt: open.since, power: numberOf(view, "power"), temperature: numberOf(view, "temperature") },
      hold: view.params["hold"]!,
      since: Math.max(open.since, state.since),
      want: { set: { on: false } },
    };
  },
};
