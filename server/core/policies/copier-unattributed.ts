/** A life counter cannot say who copied: what rose without a job is shown as unattributed. */
import type { PolicyDefinition } from "../policy.ts";
import { unattributed } from "../paper-tally.ts";
import { fine } from "./inputs.ts";

/** The counter moves without being watched; it is looked at so often. */
const AGAIN_MS = 60_000;

export const copierUnattributed: PolicyDefinition = {
  id: "copier-unattributed",
  severity: "low",
  defaultMode: "advise",
  priority: 20,
  kinds: ["copier"],
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [
    { name: "limit", unit: "sheets", default: 20, min: 0, max: 10_000 },
    { name: "hold", unit: "s", default: 900, min: 0, max: 14_400 },
  ],
  watches: { own: [] },
  judge(view) {
    const paper = view.paper();
    const { date } = view.calendar.day(view.now);
    const recheckAt = view.now + AGAIN_MS;
    if (paper === null || paper.day.key !== date) return fine("nothing-printed", {}, recheckAt);
    const pages = unattributed(paper.day);
    const limit = view.params["limit"]!;
    const evidence = { pages, limit, counted: paper.day.counted, explained: paper.day.explained, date };
    if (pages <= limit) return fine("explained", evidence, recheckAt);
    return { state: "breach", reason: "unattributed", evidence, hold: view.params["hold"]!, since: paper.at, want: null, wasteShare: 0, recheckAt };
  },
};
