/**
 * CUPS's page log: who printed how much, one line a job (`… total 12 …`) or, from older filters, one a page (`… 3 2 …`: page 3, two copies of it).
 * The lines are read as CUPS's own documentation writes them, with `PageLogFormat %p %u %j %T %P %C %{job-billing} %{job-originating-host-name}
 * %{job-name} %{media} %{sides}`; nothing in them is quoted, so a user or a job with blanks is found by what stands around it. Pure.
 */
import type { PrintJob } from "../core/policy.ts";
import type { Millis } from "../core/reading.ts";

interface PageLine {
  readonly printer: string;
  readonly user: string | null;
  readonly id: number;
  readonly at: Millis;
  /** Sides: all of the job (`whole`), or of one of its pages. */
  readonly sides: number;
  readonly whole: boolean;
  readonly document: string | null;
  readonly duplex: boolean;
}

export interface LoggedJob {
  readonly printer: string;
  /** CUPS's number, which begins anew when its spool is cleared. */
  readonly id: number;
  readonly job: PrintJob;
}

const LINE =
  /^(\S{1,200}) (.{1,200}?) (\d{1,9}) \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] (total|\d{1,9}) (\d{1,9})(?: (.*))?$/;
const SIDES = / (one-sided|two-sided-long-edge|two-sided-short-edge)(?: |$)/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MAX_LINE = 2000;
/** Pages of one job are added up while they come at least so often. */
export const QUIET_MS = 60_000;

/** What a line says; null for what is none of a job. */
export function readPageLine(line: string): PageLine | null {
  const found = line.length > MAX_LINE ? null : LINE.exec(line);
  if (found === null) return null;
  const [, printer = "", user = "", id, day, month = "", year, hour, minute, second, sign, offH, offM, what, count, rest = ""] = found;
  const monthAt = MONTHS.indexOf(month);
  if (monthAt === -1) return null;
  const offset = (sign === "-" ? -1 : 1) * (Number(offH) * 60 + Number(offM)) * 60_000;
  const at = Date.UTC(Number(year), monthAt, Number(day), Number(hour), Number(minute), Number(second)) - offset;
  return {
    printer,
    user: user === "-" ? null : user,
    id: Number(id),
    at,
    sides: Number(count),
    whole: what === "total",
    document: documentIn(rest),
    duplex: SIDES.exec(` ${rest}`)?.[1]?.startsWith("two-sided") === true,
  };
}

/** The job's name in `<billing> <host> <name> <media> <sides>…` (`-` where nobody chose): what stands between the host and the paper, blanks and all. */
function documentIn(rest: string): string | null {
  const sides = SIDES.exec(` ${rest}`);
  const words = (sides === null ? rest : rest.slice(0, Math.max(0, sides.index - 1))).split(" ");
  const name = words
    .slice(2, sides === null ? -2 : -1)
    .join(" ")
    .trim();
  return name === "" || name === "-" ? null : name.slice(0, 300);
}

export interface PageTally {
  /** Takes lines in; answers the jobs that are known whole by them. */
  take(lines: readonly string[]): readonly LoggedJob[];
  /** The jobs that nothing more was said of for a while. */
  rest(now: Millis): readonly LoggedJob[];
}

/** Adds up pages to jobs. `who` gives a name its place in the house. */
export function createPageTally(who: (user: string) => string): PageTally {
  /** By printer: the job whose pages come in. */
  const open = new Map<string, { readonly first: PageLine; sides: number; at: Millis }>();

  const whole = (line: PageLine, sides: number, at: Millis): LoggedJob => {
    const { printer, id, user, document, duplex } = line;
    const sheets = duplex ? Math.ceil(sides / 2) : sides;
    const job = `${printer}-${id}-${at}`.slice(0, 100);
    const counted = sides > 0 ? { pages: sides, sheets } : { pages: 0, sheets: 0, uncounted: true };
    return {
      printer,
      id,
      job: { job, user: user === null ? null : who(user), document, copies: 1, duplex, color: false, state: "completed", at, ...counted },
    };
  };

  return {
    take(lines) {
      const done: LoggedJob[] = [];
      for (const text of lines) {
        const line = readPageLine(text);
        if (line === null) continue;
        const before = open.get(line.printer);
        const same = before?.first.id === line.id;
        if (before !== undefined && (!same || line.whole)) {
          open.delete(line.printer);
          // A total that follows the pages of its own job says the same once more.
          if (!same) done.push(whole(before.first, before.sides, before.at));
        }
        if (line.whole) done.push(whole(line, line.sides, line.at));
        else if (same) Object.assign(before, { sides: before.sides + line.sides, at: line.at });
        else open.set(line.printer, { first: line, sides: line.sides, at: line.at });
      }
      return done;
    },
    rest(now) {
      const over = [...open].filter(([, job]) => now - job.at >= QUIET_MS);
      return over.map(([printer, { first, sides, at }]) => {
        open.delete(printer);
        return whole(first, sides, at);
      });
    },
  };
}
