/** What people did in a month: violations and who answered them, exceptions and what they cost. */
import type { Alert, Approval, Finding, Override, StandingExemption } from "../finding.ts";
import type { Millis } from "../reading.ts";

export interface Violations {
  /** null: nobody's in particular. */
  readonly department: string | null;
  readonly findings: number;
  readonly open: number;
  /** Within the month. */
  readonly hours: number;
  readonly kwh: number;
  readonly m3: number;
  readonly cny: number;
  readonly policies: readonly { readonly policy: string; readonly findings: number }[];
  /** Alerts of these findings, how many a person acknowledged, and after how many seconds (median). */
  readonly alerts: number;
  readonly acknowledged: number;
  readonly median: number | null;
  readonly answered: readonly { readonly person: string; readonly alerts: number }[];
}

export const EXCEPTIONS = ["override", "exemption", "overtime"] as const;

export interface Exceptions {
  readonly kind: (typeof EXCEPTIONS)[number];
  readonly department: string | null;
  readonly count: number;
  /** Within the month. */
  readonly hours: number;
  /** Estimated when they were asked for, their share of the month; null where none was. */
  readonly kwh: number | null;
  readonly cny: number | null;
}

export interface Conduct {
  readonly violations: readonly Violations[];
  /** Findings that something is broken: they accuse nobody. */
  readonly faults: number;
  readonly exceptions: readonly Exceptions[];
  /** Figures of alarms' health, by their key. */
  readonly alarms: {
    readonly raised: number;
    readonly quiet: number;
    readonly figures: readonly { readonly key: string; readonly value: number; readonly verdict: string | null }[];
  } | null;
}

const HOUR = 3_600_000;
const round = (value: number) => Math.round(value * 1e4) / 1e4;

/** Hours of [from, until) within [start, end). */
function hoursWithin(from: Millis, until: Millis, start: Millis, end: Millis): number {
  return Math.max(0, Math.min(until, end) - Math.max(from, start)) / HOUR;
}

function grouped<T>(items: readonly T[], of: (item: T) => string | null): Map<string | null, T[]> {
  const groups = new Map<string | null, T[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}

function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** Violations (no faults) that opened in [from, to), by department; `alerts` by their id. Shadowed ones accuse nobody. */
export function violationsOf(findings: readonly Finding[], alerts: ReadonlyMap<string, Alert>, from: Millis, to: Millis): Violations[] {
  const counting = findings.filter((f) => f.mode !== "shadow" && f.openedAt >= from && f.openedAt < to);
  const sections = [...grouped(counting, (f) => f.subject.department)].map(([department, found]): Violations => {
    const raised = found.flatMap((f) => (f.alert === null ? [] : (alerts.get(f.alert) ?? [])));
    const answered = raised.filter((a) => a.acknowledgedAt !== null && a.acknowledgedBy !== null);
    const waits = answered.map((a) => (a.acknowledgedAt! - a.raisedAt) / 1000).toSorted((a, b) => a - b);
    const sum = (of: (f: Finding) => number) => round(found.reduce((total, f) => total + of(f), 0));
    return {
      department,
      findings: found.length,
      open: found.filter((f) => f.closedAt === null || f.closedAt >= to).length,
      hours: sum((f) => hoursWithin(f.since, f.closedAt ?? to, from, to)),
      kwh: sum((f) => f.wasted?.kwh ?? 0),
      m3: sum((f) => f.wasted?.m3 ?? 0),
      cny: sum((f) => f.wasted?.cny ?? 0),
      policies: counted(found.map((f) => f.policy)).map(([policy, n]) => ({ policy, findings: n })),
      alerts: raised.length,
      acknowledged: answered.length,
      median: waits.length === 0 ? null : waits[Math.ceil(waits.length / 2) - 1]!,
      answered: counted(answered.map((a) => a.acknowledgedBy!)).map(([person, n]) => ({ person, alerts: n })),
    };
  });
  return sections.toSorted((a, b) => b.findings - a.findings || ((a.department ?? "") < (b.department ?? "") ? -1 : 1));
}

interface Leave {
  readonly kind: Exceptions["kind"];
  readonly department: string | null;
  readonly from: Millis;
  readonly until: Millis;
  readonly planned: Millis;
  readonly cost: { readonly kwh: number; readonly cny: number } | null;
}

/** Exceptions that were in force at some time of [from, to), by kind and department. */
export function exceptionsOf(
  given: { readonly overrides: readonly Override[]; readonly exemptions: readonly StandingExemption[]; readonly approvals: readonly Approval[] },
  departmentOf: (at: { readonly device: string | null; readonly space: string | null }) => string | null,
  from: Millis,
  to: Millis,
): Exceptions[] {
  const leaves: Leave[] = [
    ...given.overrides.map((o): Leave => ({
      kind: "override",
      department: departmentOf(o),
      from: o.from,
      until: o.endedAt ?? o.until,
      planned: o.until,
      cost: o.cost ?? null,
    })),
    ...given.exemptions.map((e): Leave => ({
      kind: "exemption",
      department: departmentOf(e),
      from: e.from,
      until: e.endedAt ?? e.until ?? to,
      planned: e.until ?? to,
      cost: null,
    })),
    ...given.approvals.flatMap((a): Leave[] =>
      a.kind === "overtime" && a.state === "granted" && a.from !== null && a.until !== null
        ? [{ kind: "overtime", department: a.department ?? departmentOf(a), from: a.from, until: a.until, planned: a.until, cost: a.cost ?? null }]
        : [],
    ),
  ].filter((l) => l.from < to && l.until > from);
  return [...grouped(leaves, (l) => `${l.kind}\n${l.department ?? ""}`).values()]
    .map((group): Exceptions => {
      const { kind, department } = group[0]!;
      const costed = group.flatMap((l) => {
        const share = l.planned > l.from ? (hoursWithin(l.from, l.until, from, to) * HOUR) / (l.planned - l.from) : 0;
        return l.cost === null ? [] : [{ kwh: l.cost.kwh * share, cny: l.cost.cny * share }];
      });
      return {
        kind,
        department,
        count: group.length,
        hours: round(group.reduce((sum, l) => sum + hoursWithin(l.from, l.until, from, to), 0)),
        kwh: costed.length === 0 ? null : round(costed.reduce((sum, c) => sum + c.kwh, 0)),
        cny: costed.length === 0 ? null : round(costed.reduce((sum, c) => sum + c.cny, 0)),
      };
    })
    .toSorted((a, b) => (a.kind === b.kind ? ((a.department ?? "") < (b.department ?? "") ? -1 : 1) : EXCEPTIONS.indexOf(a.kind) - EXCEPTIONS.indexOf(b.kind)));
}
