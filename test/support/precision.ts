/** Holds what the house found against what the simulator knows: every planted violation once, and nothing else. */
import type { Command, Finding } from "../../server/core/finding.ts";
import type { Verdict } from "../../simulators/verdicts/verdict.ts";

export interface Precision {
  readonly policy: string;
  /** True ones that had to be found. */
  readonly sure: number;
  /** Those that a faulty sensor told of, and that had to be found, too. */
  readonly lies: number;
  /** Those that ended on the boundary, and those behind a fault that kept words away; and how many of them were found. */
  readonly boundary: Share;
  readonly unknowable: Share;
  readonly found: number;
  readonly missed: readonly Verdict[];
  /** Findings that are in no record: each verdict answers for one at most. */
  readonly extra: readonly Finding[];
}

interface Share {
  readonly all: number;
  readonly found: number;
}

/** One policy's row of a table. */
export function rowOf(p: Precision): string {
  const share = ({ all, found }: Share) => `${all} (${found} found)`;
  return `sure ${p.sure}, told by a lie ${p.lies}, on the boundary ${share(p.boundary)}, behind a fault ${share(p.unknowable)}, found ${p.found}, missed ${p.missed.length}, extra ${p.extra.length}`;
}

/** A turn lies between what is told and what is judged (ms). */
const SLACK = 1000;
/** A command that failed is told of so long (ms) after what it was about. */
const FAILED_MS = 60_000;

export function precisionOf(verdicts: readonly Verdict[], findings: readonly Finding[], commands: readonly Command[], end: number): Precision[] {
  const policies = [...new Set([...verdicts.map((v) => v.policy), ...findings.map((f) => f.policy)])].sort();
  const failed = Map.groupBy(
    commands.filter((c) => c.state === "gave-up" || c.state === "ignored" || c.state === "refused"),
    (c) => c.device,
  );
  return policies.map((policy) => {
    const own = verdicts.filter((v) => v.policy === policy).sort((a, b) => a.at - b.at);
    const free = Map.groupBy(
      findings.filter((f) => f.policy === policy),
      (f) => f.subject.device,
    );
    const meets = (f: Finding, v: Verdict): boolean =>
      v.job === null ? f.openedAt < v.until + SLACK && (f.closedAt ?? end) > v.at - SLACK : f.subject.job === v.job;
    const shared = (f: Finding, v: Verdict): number => Math.max(0, Math.min(f.closedAt ?? end, v.until) - Math.max(f.since, v.at));
    const owed = (v: Verdict): boolean => v.sure && v.unknowable === null;
    const met = new Set<Verdict>();
    const missed: Verdict[] = [];
    // Those that must be found choose first.
    for (const v of [...own.filter(owed), ...own.filter((one) => !owed(one))]) {
      const of = free.get(v.device) ?? [];
      const best = of.filter((f) => meets(f, v)).sort((a, b) => shared(b, v) - shared(a, v))[0];
      if (best !== undefined) {
        of.splice(of.indexOf(best), 1);
        met.add(v);
      }
      // What lies about being off is told by the command that failed on it, where there was one.
      else if (owed(v) && !(policy === "off-but-draws" && failed.get(v.device)?.some((c) => c.plannedAt < v.until + FAILED_MS && c.endedAt! > v.at)))
        missed.push(v);
    }
    const share = (of: readonly Verdict[]): Share => ({ all: of.length, found: of.filter((v) => met.has(v)).length });
    return {
      policy,
      sure: own.filter((v) => owed(v) && v.lie === null).length,
      lies: own.filter((v) => owed(v) && v.lie !== null).length,
      boundary: share(own.filter((v) => !v.sure && v.unknowable === null)),
      unknowable: share(own.filter((v) => v.unknowable !== null)),
      found: findings.filter((f) => f.policy === policy).length,
      missed,
      extra: [...free.values()].flat(),
    };
  });
}
