/** A copier: counts every side, holds jobs of more than ten sheets until they are released, falls asleep when idle. */
import type { Agenda } from "../agenda.ts";
import type { Making, SimDevice } from "./device.ts";
import { counted } from "./device.ts";

/** A job as the contract's `…/job` topic carries it. */
export interface Job {
  readonly job: string;
  readonly user: string | null;
  readonly document: string | null;
  readonly pages: number;
  readonly copies: number;
  readonly sheets: number;
  readonly duplex: boolean;
  readonly color: boolean;
  readonly state: "held" | "completed" | "canceled";
}

export type JobOrder = Omit<Job, "state" | "sheets">;

export interface SimCopier extends SimDevice {
  /** Somebody prints: held when it is more than ten sheets, else printed at once. */
  submit(order: JobOrder, now: number): Job;
  /** Somebody copies at the glass: the counter rises, and no job says who it was. */
  copy(sides: number, now: number): void;
  /** Whether a job waits here. */
  holds(job: string): boolean;
  /** Releases (true) or refuses (false) a held job; null when done, else why not. */
  release(job: string, yes: boolean, now: number): string | null;
}

export interface CopierMaking extends Making {
  readonly agenda: Agenda;
  /** A job's new state is to be published. */
  readonly tell: (job: Job, now: number) => void;
  /** Its points changed outside a step. */
  readonly changed: (now: number) => void;
}

/** Sheets from which a job waits for somebody's consent. */
export const FREE_SHEETS = 10;
const SECONDS_PER_SHEET = 2.5;
const SLEEPS_AFTER = 15 * 60_000;
/** A held job is forgotten after so long. */
const FORGOTTEN = 8 * 3_600_000;
const WATTS: Readonly<Record<string, number>> = { idle: 95, printing: 720, sleep: 3, down: 0 };

/** Sheets of paper that a job takes. */
export function sheetsOf(order: Pick<JobOrder, "pages" | "copies" | "duplex">): number {
  return order.copies * (order.duplex ? Math.ceil(order.pages / 2) : order.pages);
}

export function createCopier({ device, room, random, agenda, tell, changed }: CopierMaking): SimCopier {
  const mono = random.int(20_000, 200_000);
  const color = random.int(1000, 30_000);
  const values = { on: true, pages: mono + color, color, mono, duplex: random.int(2000, 60_000), status: "sleep", power: 3, energy: random.between(60, 900) };
  const held = new Map<string, Job>();
  let busyUntil = -Infinity;
  let usedAt = -Infinity;

  function print(job: Job, now: number): void {
    const start = Math.max(now, busyUntil);
    busyUntil = start + job.sheets * SECONDS_PER_SHEET * 1000;
    values.status = "printing";
    changed(now);
    agenda.at(busyUntil, (done) => {
      const sides = job.pages * job.copies;
      values.pages += sides;
      if (job.color) values.color += sides;
      else values.mono += sides;
      if (job.duplex) values.duplex += job.sheets;
      usedAt = done;
      if (done >= busyUntil) values.status = values.on ? "idle" : "down";
      tell({ ...job, state: "completed" }, done);
      changed(done);
    });
  }

  const self: SimCopier = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ dt, now }) {
      if (values.status === "idle" && now - usedAt > SLEEPS_AFTER) values.status = "sleep";
      values.power = values.on ? (WATTS[values.status] ?? 0) : 0.5;
      self.draw = values.power;
      self.heat = values.power;
      values.energy = counted(values.energy, values.power, dt);
    },
    set(change, now) {
      if (typeof change["on"] !== "boolean") return null;
      if (!change["on"] && values.status === "printing") return "a job is being printed";
      values.on = change["on"];
      values.status = values.on ? "idle" : "down";
      usedAt = now;
      return null;
    },
    submit(order, now) {
      const sheets = sheetsOf(order);
      if (!values.on) self.set({ on: true }, now);
      if (sheets <= FREE_SHEETS) {
        const job: Job = { ...order, sheets, state: "completed" };
        print(job, now);
        return job;
      }
      const job: Job = { ...order, sheets, state: "held" };
      held.set(job.job, job);
      tell(job, now);
      agenda.at(now + FORGOTTEN, (late) => {
        if (held.delete(job.job)) tell({ ...job, state: "canceled" }, late);
      });
      return job;
    },
    copy(sides, now) {
      if (!values.on) self.set({ on: true }, now);
      busyUntil = Math.max(now, busyUntil) + sides * SECONDS_PER_SHEET * 1000;
      values.status = "printing";
      changed(now);
      agenda.at(busyUntil, (done) => {
        values.pages += sides;
        values.mono += sides;
        usedAt = done;
        if (done >= busyUntil) values.status = values.on ? "idle" : "down";
        changed(done);
      });
    },
    holds: (id) => held.has(id),
    release(id, yes, now) {
      const job = held.get(id);
      if (job === undefined) return `no held job ${id}`;
      held.delete(id);
      if (yes) print(job, now);
      else tell({ ...job, state: "canceled" }, now);
      return null;
    },
  };
  return self;
}
