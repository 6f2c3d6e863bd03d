/** A meter without a wire is read when it is due: one that nobody read is told of, so that the month's account has no gap. */
import type { PolicyDefinition } from "../policy.ts";
import { fine, unknown } from "./inputs.ts";

export const readingDue: PolicyDefinition = {
  id: "reading-due",
  severity: "low",
  defaultMode: "advise",
  priority: 10,
  kinds: ["meter", "water", "boiler", "copier", "plug"],
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  // Nine o'clock of the morning after the day on which it was due.
  params: [{ name: "grace", unit: "s", default: 32_400, min: 0, max: 2_592_000 }],
  watches: { own: [] },
  judge(view) {
    const due = view.readingDue();
    if (due === null) return fine("has-wire");
    const { lastAt, owedSince, from, date } = due;
    // One that was never read has no rhythm yet: the round shows it, and nobody is called.
    if (lastAt === null) return unknown("never-read", { date });
    const evidence = { date, lastAt, every: view.device.manual?.every ?? null };
    if (owedSince === null) return fine("read", evidence, from);
    const since = owedSince + view.params["grace"]! * 1000;
    if (view.now < since) return fine("due", evidence, since);
    return { state: "breach", reason: "overdue", evidence, hold: 0, since, want: null, wasteShare: 0 };
  },
};
