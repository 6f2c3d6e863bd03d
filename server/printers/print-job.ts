/** A job of an IPP queue in the house's words. Pure. */
import type { PrintJob } from "../core/policy.ts";
import type { Millis } from "../core/reading.ts";
import type { IppAttributes, IppRange } from "./ipp-message.ts";
import { numberIn, rangesIn, textIn } from "./ipp-message.ts";

/** job-state of RFC 8011. */
const STATES = { pending: 3, held: 4, processing: 5, stopped: 6, canceled: 7, aborted: 8, completed: 9 } as const;

/** What of a job's wishes makes more pages of its document than the document says, or other ones. */
const LAYOUT = ["lpi", "cpi", "columns", "prettyprint", "page-top", "page-bottom", "page-left", "page-right", "ppi"] as const;
const SCALES = ["scaling", "natural-scaling"] as const;

/** What is asked of jobs. */
export const JOB_ATTRIBUTES = [
  ...LAYOUT,
  ...SCALES,
  "page-ranges",
  "job-sheets",
  "job-id",
  "job-uuid",
  "job-state",
  "job-name",
  "job-originating-user-name",
  "job-hold-until",
  "job-impressions",
  "job-impressions-completed",
  "job-media-sheets",
  "job-media-sheets-completed",
  "copies",
  "sides",
  "number-up",
  "number-of-documents",
  "print-color-mode",
  "date-time-at-creation",
  "date-time-at-completed",
] as const;

export interface QueuedJob {
  readonly id: number;
  readonly documents: number;
  /** Sides of the document on one side of paper. */
  readonly numberUp: number;
  /** Which pages are wanted; none: all. */
  readonly ranges: readonly IppRange[];
  /** Sheets that the queue puts before and behind it. */
  readonly banners: number;
  /** The document alone does not say how many pages it becomes. */
  readonly laidOut: boolean;
  /** Until when it is held, in the queue's words (`indefinite`, `night`, `18:30`). */
  readonly until: string | null;
  /** Pending and processing jobs are on their way: nothing is said of them. */
  readonly stage: "pending" | "held" | "processing" | "completed" | "canceled";
  readonly job: Omit<PrintJob, "state">;
}

/**
 * What a job of the queue is; null where it lacks an id or a state. `who` gives a name its place in the house. `claimed`: the queue counts nothing before it prints, so that a
 * count which it announces is what whoever printed wrote there.
 */
export function queuedJob(attributes: IppAttributes, who: (user: string) => string, claimed = false): QueuedJob | null {
  const id = numberIn(attributes, "job-id");
  const state = numberIn(attributes, "job-state");
  const stage = state === null ? undefined : stageOf(state);
  if (id === null || stage === undefined) return null;
  const created = numberIn(attributes, "date-time-at-creation");
  const ended = stage === "completed" || stage === "canceled";
  const user = textIn(attributes, "job-originating-user-name");
  const paper = paperOf(attributes, stage === "completed", claimed);
  return {
    id,
    documents: numberIn(attributes, "number-of-documents") ?? 1,
    numberUp: Math.max(1, numberIn(attributes, "number-up") ?? 1),
    ranges: rangesIn(attributes, "page-ranges"),
    banners: (attributes.get("job-sheets") ?? []).filter((banner) => banner !== "none").length,
    laidOut: LAYOUT.some((name) => attributes.has(name)) || SCALES.some((name) => Number(attributes.get(name)?.[0] ?? 100) !== 100),
    until: textIn(attributes, "job-hold-until"),
    stage,
    job: {
      job: keyOfJob(textIn(attributes, "job-uuid"), id, created),
      // What CUPS writes where its privacy rules hide a name.
      user: user === null || user === "anonymous" || user === "unknown" ? null : who(user),
      document: textIn(attributes, "job-name"),
      ...paper,
      color: textIn(attributes, "print-color-mode") === "color",
      at: (ended ? numberIn(attributes, "date-time-at-completed") : null) ?? created ?? 0,
    },
  };
}

/** Ids begin anew when a spool is cleared; the UUID does not, and where there is none the time of its making tells two apart. */
function keyOfJob(uuid: string | null, id: number, created: Millis | null): string {
  if (uuid !== null && uuid.length <= 100) return uuid;
  return created === null ? `job-${id}` : `job-${id}-${created}`;
}

function stageOf(state: number): QueuedJob["stage"] | undefined {
  if (state === STATES.held) return "held";
  if (state === STATES.pending) return "pending";
  if (state === STATES.processing || state === STATES.stopped) return "processing";
  if (state === STATES.canceled || state === STATES.aborted) return "canceled";
  return state === STATES.completed ? "completed" : undefined;
}

const positive = (value: number | null): number | null => (value !== null && value > 0 ? value : null);

/**
 * Pages, copies and sheets. `job-media-sheets` has the copies in it, `job-impressions` has not (RFC 8011, 5.3.17), `…-completed` has. A count of 0 is
 * none: servers write it where they have not counted.
 */
export function paperOf(
  attributes: IppAttributes,
  completed: boolean,
  claimed: boolean,
): Pick<PrintJob, "pages" | "copies" | "sheets" | "duplex" | "uncounted"> {
  const count = (name: string) => positive(numberIn(attributes, name));
  const copies = count("copies") ?? 1;
  const duplex = textIn(attributes, "sides")?.startsWith("two-sided") === true;
  const printed = completed ? count("job-impressions-completed") : null;
  const announced = claimed ? null : count("job-impressions");
  const perCopy = printed === null ? announced : printed % copies === 0 ? printed / copies : null;
  const sheetsTold = (completed ? count("job-media-sheets-completed") : null) ?? (claimed ? null : count("job-media-sheets"));
  const reckoned = perCopy === null ? (printed === null ? null : onSheets(printed, duplex)) : onSheets(perCopy, duplex) * copies;
  const sheets = sheetsTold ?? reckoned;
  if (sheets === null) return { pages: 0, copies, sheets: 0, duplex, uncounted: true };
  const sides = perCopy ?? (printed === null ? Math.ceil(sheets / copies) * (duplex ? 2 : 1) : printed / copies);
  return { pages: Math.max(1, Math.round(sides)), copies, sheets, duplex };
}

/** A job that nobody counted, by the sides that each of its documents says of itself; null where that tells too little. */
export function countedBy(
  { job, numberUp, ranges, banners, laidOut }: QueuedJob,
  documents: readonly number[],
): Pick<PrintJob, "pages" | "sheets" | "uncounted"> | null {
  if (laidOut) return null;
  // Some filters take the pages before they put several on one side, others after: the greater is right in either case.
  const each = documents.map((sides) => Math.max(Math.ceil(within(ranges, sides) / numberUp), within(ranges, Math.ceil(sides / numberUp))));
  const pages = each.reduce((all, n) => all + n, 0);
  if (pages === 0) return null;
  // Each document begins on a fresh sheet, and so does each copy.
  const sheets = each.reduce((all, n) => all + onSheets(n, job.duplex), 0) * job.copies + banners;
  return { pages, sheets, uncounted: undefined };
}

/** How many of so many pages are wanted; ranges may lie over each other. */
function within(ranges: readonly IppRange[], pages: number): number {
  if (ranges.length === 0) return pages;
  let wanted = 0;
  let done = 0;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(from, done + 1);
    const end = Math.min(to, pages);
    if (end < begin) continue;
    wanted += end - begin + 1;
    done = end;
  }
  return wanted;
}

const onSheets = (sides: number, duplex: boolean): number => (duplex ? Math.ceil(sides / 2) : sides);
