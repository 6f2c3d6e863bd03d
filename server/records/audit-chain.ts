/**
 * The audit is a chain: each entry's hash covers the one before, so that nobody can alter, insert, reorder or take out an entry
 * without breaking every hash after it. What is cut off at the end, and a chain that was written anew as a whole, cannot be seen from the
 * chain alone; keep a head (seq and hash) elsewhere, e.g. in the log of another machine, and compare (after Haber and Stornetta, "How to time-stamp a digital document", 1991).
 */
import { createHash } from "node:crypto";
import type { AuditLine, AuditReport } from "../ports/audit.ts";

/** What the first entry has before it. */
export const GENESIS = "0".repeat(64);

/** SHA-256 (hex) over the JSON array [seq, id, at, by, what, subject, detail, prev]: one form only, whatever wrote it. */
export function hashOf(e: Omit<AuditLine, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([e.seq, e.id, e.at, e.by, e.what, e.subject, e.detail, e.prev]))
    .digest("hex");
}

export interface ChainWalk {
  /** False at the first entry that is wrong; the walk is over then. */
  add(entry: AuditLine): boolean;
  report(): AuditReport;
}

/** A walk along a chain from its beginning. `known` is a head that was noted earlier: it must be in the chain still. */
export function walkChain(known: string | null = null): ChainWalk {
  let report: AuditReport = { entries: 0, first: null, last: null, head: GENESIS, headSeq: 0, broken: null, known: known === null ? null : known === GENESIS };
  const wrong = (seq: number, what: "altered" | "missing" | "reordered", detail: string): false => {
    report = { ...report, broken: { seq, what, detail } };
    return false;
  };
  return {
    report: () => report,
    add(e) {
      const { head, headSeq } = report;
      if (report.broken !== null) return false;
      if (e.seq <= headSeq) return wrong(e.seq, "reordered", `entry ${e.seq} stands after entry ${headSeq}`);
      if (e.seq !== headSeq + 1) return wrong(e.seq, "missing", `between entry ${headSeq} and entry ${e.seq} something was taken out`);
      if (e.prev !== head)
        return wrong(e.seq, "missing", `entry ${e.seq} follows another entry than the one before it: something was taken out, put in or exchanged`);
      if (e.hash !== hashOf(e)) return wrong(e.seq, "altered", `entry ${e.seq} is not what was written (${e.what} of ${e.subject})`);
      const met = report.known === true || e.hash === known;
      report = {
        entries: report.entries + 1,
        first: report.first ?? e.at,
        last: e.at,
        head: e.hash,
        headSeq: e.seq,
        broken: null,
        known: known === null ? null : met,
      };
      return true;
    },
  };
}

/** Walks a whole chain. */
export function verifyChain(entries: Iterable<AuditLine>, known: string | null = null): AuditReport {
  const walk = walkChain(known);
  for (const e of entries) if (!walk.add(e)) break;
  return walk.report();
}
