/** Holds what the house found against what the simulator knows: every planted violation once, and nothing else. */
import type { Command, Finding } from "../../server/core/finding.ts";
import type { Judged, Verdict } from "../../simulators/verdicts.ts";

export interface Precision {
  readonly policy: string;
  /** True ones that had to be found, those that might be, those behind a fault, and what was found. */
  readonly sure: number;
  readonly doubtful: number;
  readonly unknowable: number;
  readonly found: number;
  readonly missed: readonly Verdict[];
  /** Findings that are in no record, and that no fault explains. */
  readonly extra: readonly Finding[];
}

/** One policy's row of a table. */
export function rowOf(p: Precision): string {
  return `sure ${p.sure}, doubtful ${p.doubtful}, behind a fault ${p.unknowable}, found ${p.found}, missed ${p.missed.length}, extra ${p.extra.length}`;
}

/** A message and a step may lie between what is and what is known (ms). */
const SLACK = 60_000;

export function precisionOf(judged: Judged, findings: readonly Finding[], commands: readonly Command[], end: number): Precision[] {
  const policies = [...new Set([...judged.verdicts.map((v) => v.policy), ...findings.map((f) => f.policy)])].sort();
  const failed = Map.groupBy(
    commands.filter((c) => c.state === "gave-up" || c.state === "ignored" || c.state === "refused"),
    (c) => c.device,
  );
  return policies.map((policy) => {
    const verdicts = judged.verdicts.filter((v) => v.policy === policy).sort((a, b) => a.at - b.at);
    const free = Map.groupBy(
      findings.filter((f) => f.policy === policy),
      (f) => f.subject.device,
    );
    const meets = (f: Finding, v: Verdict): boolean =>
      v.job === null ? f.openedAt < v.until + SLACK && (f.closedAt ?? end) > v.at - SLACK : f.subject.job === v.job;
    const shared = (f: Finding, v: Verdict): number => Math.max(0, Math.min(f.closedAt ?? end, v.until) - Math.max(f.since, v.at));
    const missed: Verdict[] = [];
    // Those that must be found choose first.
    for (const v of [...verdicts.filter((one) => one.sure), ...verdicts.filter((one) => !one.sure)]) {
      const own = free.get(v.device) ?? [];
      const best = own.filter((f) => meets(f, v)).sort((a, b) => shared(b, v) - shared(a, v))[0];
      if (best !== undefined) own.splice(own.indexOf(best), 1);
      // What lies about being off is told by the command that failed on it, where there was one.
      else if (
        v.sure &&
        v.unknowable === null &&
        !(policy === "off-but-draws" && failed.get(v.device)?.some((c) => c.plannedAt < v.until + SLACK && c.endedAt! > v.at))
      )
        missed.push(v);
    }
    const known = verdicts.filter((v) => v.unknowable !== null);
    const extra = [...free.values()]
      .flat()
      .filter((f) => !known.some((v) => v.device === f.subject.device && meets(f, v)) && judged.lied(policy, f.subject.device, f.since, f.openedAt) === null);
    return {
      policy,
      sure: verdicts.filter((v) => v.sure && v.unknowable === null).length,
      doubtful: verdicts.filter((v) => !v.sure && v.unknowable === null).length,
      unknowable: known.length,
      found: findings.filter((f) => f.policy === policy).length,
      missed,
      extra,
    };
  });
}
