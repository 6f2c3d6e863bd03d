/** 打印校对稿一律使用"二次"用纸: drafts go on once-used paper, or at least on both sides. */
import type { PolicyDefinition } from "../policy.ts";
import { fine } from "./inputs.ts";

/** Words in a document's name that make it a draft, and those that make it the final copy to the leaders. */
const DRAFT = /草稿|初稿|校对|校對|征求意见|徵求意見|讨论稿|討論稿|修改稿|送审稿|送審稿|\b(?:draft|proof|review)\b/i;
const FINAL = /终稿|終稿|定稿|正式稿|呈批|\bfinal\b/i;

export const copierDuplex: PolicyDefinition = {
  id: "copier-duplex",
  severity: "low",
  defaultMode: "advise",
  priority: 20,
  kinds: ["copier"],
  subject: "job",
  params: [
    { name: "from-pages", unit: "sheets", default: 2, min: 2, max: 100 },
    { name: "every-job", unit: "", default: 0, min: 0, max: 1 },
  ],
  watches: { own: [] },
  judge(view) {
    const { job } = view;
    if (job === null) return fine("no-job");
    const evidence = { sheets: job.sheets, pages: job.pages, user: job.user, document: job.document };
    if (job.state === "canceled") return fine("canceled", evidence);
    const name = job.document ?? "";
    if (FINAL.test(name) || (view.params["every-job"]! < 1 && !DRAFT.test(name))) return fine("no-draft", evidence);
    if (job.duplex || job.reused === true) return fine("thrifty", evidence);
    if (job.pages < view.params["from-pages"]!) return fine("one-page", evidence);
    return { state: "breach", reason: "single-sided", evidence, hold: 0, since: job.at, want: null };
  },
};
