/**
 * Follows one IPP queue: tells of jobs that it holds and of how jobs ended, each end once, also over our restarts and the queue's; releases and cancels
 * by a job's UUID, for ids begin anew when a spool is cleared. What its owner held back stays the owner's, unless somebody must be asked of it.
 */
import type { PrintJob } from "../core/policy.ts";
import { sidesOf } from "./document.ts";
import type { IppClient } from "./ipp-client.ts";
import { NOT_FOUND, sayStatus, worked } from "./ipp-client.ts";
import type { Asked, IppAnswer, IppAttributes, Operation } from "./ipp-message.ts";
import { numberIn, textIn } from "./ipp-message.ts";
import type { QueuedJob } from "./print-job.ts";
import { countedBy, JOB_ATTRIBUTES, queuedJob } from "./print-job.ts";

/** What was told of jobs, by the house's word for them; what the records knew before this start is in it. */
export type Told = Map<string, PrintJob>;

export interface QueueParts {
  readonly client: IppClient;
  readonly told: Told;
  readonly who: (user: string) => string;
  readonly hear: (job: PrintJob) => void;
  /** Whether a job of so many sheets (null: nobody counted it) waits for somebody's word. */
  readonly asks: (sheets: number | null) => boolean;
}

export interface QueueState {
  readonly status: "idle" | "printing" | "down" | null;
  readonly model: string | null;
  readonly uuid: string | null;
  /** True for CUPS, false for a printer that is its own queue and might be kept awake by our questions. */
  readonly server: boolean;
}

export interface Queue {
  poll(): Promise<QueueState>;
  /** Whether the lists that were read last name this id. */
  knows(id: number): boolean;
  /** Null: it has been done, or was done already. A sentence: the queue will not. Rejects when it cannot be reached. */
  decide(job: string, release: boolean): Promise<string | null>;
}

/** Ended jobs that are looked at; CUPS keeps 500, a copier 10 to 100. */
const ENDED = 200;
const MAX_DOCUMENTS = 10;
const NO_HOLD = "no-hold";
const TOLD_KEPT = 5_000;
/** A second end so much later than the first is another print of the same job. */
const AGAIN_MS = 1_500;

const PRINTER_ATTRIBUTES = ["printer-state", "printer-make-and-model", "printer-uuid", "cups-version", "job-hold-until-default"];

export function createQueue({ client, told, who, hear, asks }: QueueParts): Queue {
  /** By the house's word; what the lists said last. */
  let listed = new Map<string, QueuedJob>();
  let ids = new Set<number>();
  /** Sides of the documents of jobs that nobody else counted; null where they do not tell. */
  const counted = new Map<string, readonly number[] | null>();
  /** Jobs that we let go: pending again, they are not held once more. */
  const released = new Set<string>();
  /** Jobs that were on their way when we came: whoever let them go, it is too late to ask. */
  let first = true;
  let fresh = told.size === 0;
  /** CUPS: nobody sleeps there, and it counts nothing before it prints. */
  let server = false;

  async function ask(operation: Operation, asked: readonly Asked[]): Promise<IppAnswer> {
    const answer = await client.ask(operation, asked);
    if (!worked(answer.status) && answer.status !== NOT_FOUND) throw new Error(`the queue refuses ${operation}: ${sayStatus(answer)}`);
    return answer;
  }

  const asJob = (attributes: IppAttributes) => queuedJob(attributes, who, server);

  async function jobs(which: "not-completed" | "completed"): Promise<QueuedJob[]> {
    const answer = await ask("Get-Jobs", [
      { name: "limit", as: "integer", values: [which === "completed" ? ENDED : 2_000] },
      { name: "requested-attributes", as: "keyword", values: JOB_ATTRIBUTES },
      { name: "which-jobs", as: "keyword", values: [which] },
    ]);
    return answer.jobs.map(asJob).filter((job) => job !== null);
  }

  async function byId(id: number): Promise<QueuedJob | null> {
    const answer = await ask("Get-Job-Attributes", [
      { name: "job-id", as: "integer", values: [id] },
      { name: "requested-attributes", as: "keyword", values: JOB_ATTRIBUTES },
    ]);
    const [attributes] = answer.jobs;
    return attributes === undefined ? null : asJob(attributes);
  }

  function tell(job: PrintJob): void {
    told.delete(job.job);
    told.set(job.job, job);
    if (told.size > TOLD_KEPT) told.delete(told.keys().next().value!);
    if (!fresh || job.state === "held") hear(job);
  }

  /** CUPS does not count what it holds: its documents are looked at, once. */
  async function count(held: QueuedJob): Promise<QueuedJob["job"]> {
    const { job, id, documents } = held;
    if (job.uncounted !== true) return job;
    let sides = counted.get(job.job);
    if (sides === undefined) {
      sides = [];
      for (let n = 1; n <= documents && sides !== null; n++) {
        const answer = await client.ask("CUPS-Get-Document", [
          { name: "job-id", as: "integer", values: [id] },
          { name: "document-number", as: "integer", values: [n] },
        ]);
        const own: number | null = worked(answer.status) && n <= MAX_DOCUMENTS ? sidesOf(Buffer.from(answer.data)) : null;
        sides = own === null ? null : [...sides, own];
      }
      counted.set(job.job, sides);
    }
    return { ...job, ...(sides === null ? null : countedBy(held, sides)) };
  }

  /** Tells how a job ended, if that was not told yet. */
  function tellEnd({ stage, job }: QueuedJob): void {
    const state = stage === "completed" ? "completed" : "canceled";
    const before = told.get(job.job);
    if (before === undefined || before.state === "held") {
      const { pages, sheets, uncounted } = job.uncounted === true && before !== undefined ? before : job;
      return tell({ ...job, pages, sheets, uncounted, state });
    }
    // Printed once more from the queue's memory: another use of paper, that nobody was asked about.
    const again = `${job.job}+${job.at}`;
    if (state === "completed" && job.at > before.at + AGAIN_MS && again.length <= 100 && !told.has(again)) tell({ ...job, job: again, state });
  }

  /** A job that was held and that no list names any more: how it ended, as far as the queue still knows. */
  async function tellMissing(job: PrintJob, id: number | undefined): Promise<void> {
    const now = id === undefined ? null : await byId(id);
    if (now === null || now.job.job !== job.job) tell({ ...job, state: "canceled" });
    else if (now.stage === "completed" || now.stage === "canceled") tellEnd(now);
  }

  /** Holds a job until somebody lets it go; false where the queue will not. */
  async function hold(job: QueuedJob): Promise<boolean> {
    const answer = await ask("Hold-Job", [
      { name: "job-id", as: "integer", values: [job.id] },
      { name: "job-hold-until", as: "keyword", values: ["indefinite"] },
    ]).catch(() => null);
    return answer !== null && worked(answer.status);
  }

  /** A held job: told of, where it is for us to let it go. */
  async function takeHeld(held: QueuedJob, usual: string): Promise<void> {
    const { job, until } = held;
    // We let it go, and somebody held it again.
    if (released.has(job.job)) return;
    const owners = told.get(job.job)?.state !== "held" && (usual === NO_HOLD || (until !== null && until !== usual));
    if (owners && usual === NO_HOLD) return;
    const paper = await count(held);
    if (owners) {
      // At its owner's time the queue lets it go by itself: before that somebody is asked, where somebody must be.
      if (!asks(paper.uncounted === true ? null : paper.sheets)) return;
      await hold(held);
    }
    tell({ ...paper, state: "held" });
  }

  /** Where the queue holds by itself, a job that asked not to be held is held all the same, before it prints. */
  async function takePending(waiting: QueuedJob): Promise<void> {
    // It may print by now; then its end is told, and found.
    if (await hold(waiting)) tell({ ...(await count(waiting)), state: "held" });
  }

  return {
    async poll() {
      const printer = await ask("Get-Printer-Attributes", [{ name: "requested-attributes", as: "keyword", values: PRINTER_ATTRIBUTES }]);
      server = textIn(printer.printer, "cups-version") !== null;
      if (printer.status === NOT_FOUND) throw new Error("there is no such queue; look at the last part of its address");
      const open = await jobs("not-completed");
      const ended = await jobs("completed");
      const before = listed;
      listed = new Map([...ended, ...open].map((q) => [q.job.job, q]));
      ids = new Set([...ended, ...open].map((q) => q.id));
      for (const q of ended) tellEnd(q);
      fresh = false;
      const usual = textIn(printer.printer, "job-hold-until-default") ?? NO_HOLD;
      for (const q of open) {
        if (q.stage === "held") await takeHeld(q, usual);
        else if (q.stage === "pending" && usual !== NO_HOLD && !first && !before.has(q.job.job) && !released.has(q.job.job)) await takePending(q);
      }
      for (const [key, job] of told) if (job.state === "held" && !listed.has(key)) await tellMissing(job, before.get(key)?.id);
      first = false;
      for (const key of counted.keys()) if (!listed.has(key)) counted.delete(key);
      for (const key of released) if (!listed.has(key)) released.delete(key);
      return {
        status: statusOf(numberIn(printer.printer, "printer-state")),
        model: textIn(printer.printer, "printer-make-and-model"),
        uuid: textIn(printer.printer, "printer-uuid"),
        server,
      };
    },
    knows: (id) => ids.has(id),
    async decide(key, release) {
      let found = listed.get(key);
      if (found !== undefined) {
        const now = await byId(found.id);
        found = now?.job.job === key ? now : undefined;
      }
      // Not by the id that we knew, or not known at all: after a restart of theirs or ours it is looked for by its UUID.
      found ??= [...(await jobs("not-completed")), ...(await jobs("completed"))].find((q) => q.job.job === key);
      if (found === undefined) return "the queue has no such job any more";
      if (found.stage === "completed" || found.stage === "canceled") return null;
      if (release && (found.stage !== "held" || released.has(key))) return null;
      const before = told.get(key);
      if (release && before !== undefined) {
        const paper = await count(found);
        // It was changed after somebody was asked: it is told of as it is now, and asked about again.
        if (paper.sheets > before.sheets || paper.uncounted !== before.uncounted) return `the job has grown from ${before.sheets} sheets since it was decided`;
      }
      const operation = release ? "Release-Job" : "Cancel-Job";
      if (release) released.add(key);
      const answer = await client.ask(operation, [{ name: "job-id", as: "integer", values: [found.id] }]);
      if (worked(answer.status)) return null;
      // Somebody at the queue was quicker, or its policy does not let us.
      const after = await byId(found.id);
      if (after !== null && after.job.job === key && after.stage !== found.stage) return null;
      released.delete(key);
      return `the queue refuses ${operation}: ${sayStatus(answer)}`;
    },
  };
}

function statusOf(state: number | null): QueueState["status"] {
  if (state === 3) return "idle";
  if (state === 4) return "printing";
  return state === 5 ? "down" : null;
}

/** The last part of a queue's address, which CUPS writes into its logs. */
export function queueName(uri: string): string {
  return decodeURIComponent(new URL(uri).pathname.split("/").findLast((part) => part !== "") ?? "");
}

/** What the records know of a queue's jobs, oldest first. */
export function toldFrom(jobs: readonly PrintJob[]): Told {
  return new Map(jobs.toSorted((a, b) => a.at - b.at).map((job) => [job.job, job]));
}
