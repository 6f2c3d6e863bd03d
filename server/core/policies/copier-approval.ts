/** 复印、打印10张以上的,需经主管主任批准: a job of more sheets is held until somebody who answers for it says yes; one that was printed without is found. */
import type { PolicyDefinition } from "../policy.ts";
import { fine } from "./inputs.ts";

export const copierApproval: PolicyDefinition = {
  id: "copier-approval",
  severity: "low",
  defaultMode: "enforce",
  priority: 20,
  kinds: ["copier"],
  subject: "job",
  params: [{ name: "limit", unit: "sheets", default: 10, min: 1, max: 1000 }],
  watches: { own: [] },
  judge(view) {
    const { job } = view;
    const limit = view.params["limit"]!;
    if (job === null) return fine("no-job");
    const evidence = {
      sheets: job.uncounted === true ? null : job.sheets,
      limit,
      pages: job.pages,
      copies: job.copies,
      user: job.user,
      document: job.document,
      state: job.state,
    };
    // A queue that cannot say how much it is might print anything: somebody looks at it first.
    if (job.uncounted === true) {
      return job.state === "held"
        ? { state: "breach", evidence, hold: 0, since: job.at, want: null, reason: "unknown-sheets", asks: true }
        : fine("uncounted", evidence);
    }
    if (job.sheets <= limit) return fine("within-limit", evidence);
    const breach = { state: "breach" as const, evidence, hold: 0, since: job.at, want: null };
    if (job.state === "held") return { ...breach, reason: "too-many-sheets", asks: true };
    // A copier that does not hold its jobs prints first; that is found afterwards.
    return job.state === "completed" && !view.released() ? { ...breach, reason: "unapproved" } : fine("decided", evidence);
  },
};
