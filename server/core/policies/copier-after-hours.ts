/** 不准利用办公室设备复印、打印私人物品: jobs outside working hours, and jobs that nobody stands for. */
import type { PolicyDefinition } from "../policy.ts";
import { fine } from "./inputs.ts";

export const copierAfterHours: PolicyDefinition = {
  id: "copier-after-hours",
  severity: "low",
  defaultMode: "advise",
  priority: 20,
  kinds: ["copier"],
  subject: "job",
  params: [{ name: "grace", unit: "s", default: 1800, min: 0, max: 14_400 }],
  watches: { own: [] },
  judge(view) {
    const { job, calendar } = view;
    if (job === null) return fine("no-job");
    const day = calendar.day(job.at);
    const evidence = { sheets: job.sheets, user: job.user, document: job.document, printedAt: job.at, date: day.date, day: day.why, state: job.state };
    if (job.state === "canceled") return fine("canceled", evidence);
    const breach = (reason: string) => ({ state: "breach" as const, reason, evidence, hold: 0, since: job.at, want: null });
    if (job.user === null) return breach("nobody");
    const grace = view.params["grace"]! * 1000;
    // Grace counts on both sides: who comes early or finishes late prints for the office.
    const inHours =
      calendar.working(job.at) ||
      calendar.working(job.at - grace) ||
      calendar.working(job.at + grace) ||
      (day.working && calendar.day(calendar.nextChange(job.at)).date === day.date && calendar.offSince(job.at) > calendar.midnight(job.at));
    if (inHours) return fine("working-hours", evidence);
    return view.booking(job.at) !== null ? fine("booked", evidence) : breach("after-hours");
  },
};
