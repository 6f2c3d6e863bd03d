/** 复印、打印10张以上的,需经主管主任批准: a job of more sheets is held until somebody who answers for it says yes. */
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
  asks: true,
  judge(view) {
    const { job } = view;
    const limit = view.params["limit"]!;
    if (job === null) return fine("no-job");
    const evidence = { sheets: job.sheets, limit, pages: job.pages, copies: job.copies, user: job.user, document: job.document, state: job.state };
    if (job.sheets <= limit) return fine("within-limit", evidence);
    return job.state === "held" ? { state: "breach", reason: "too-many-sheets", evidence, hold: 0, since: job.at, want: null } : fine("decided", evidence);
  },
};
