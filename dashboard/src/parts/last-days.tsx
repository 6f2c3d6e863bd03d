/** Reports over the last days: how many, kept in the address, and the report asked for anew when they change. */
import { useEffect, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { get } from "../api.ts";
import { t } from "../i18n.ts";
import { query } from "../router.ts";
import { now } from "../store.ts";
import { Segments } from "./filters.tsx";

const DAY = 86_400_000;

/** The report at a path of the last so many days of `choices`, else `usual`; `rest` are its other parameters. What was shown stays until the next has come. */
export function useLastDays<T>(path: string, choices: readonly number[], usual: number, rest: Readonly<Record<string, string | null>>) {
  const wanted = Number(query.value.get("days") ?? usual);
  const days = choices.find((d) => d === wanted) ?? usual;
  const more = Object.entries(rest)
    .map(([name, value]) => (value === null ? "" : `&${name}=${encodeURIComponent(value)}`))
    .join("");
  const [report, setReport] = useState<T | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    const to = Math.round(now.peek());
    void get<T>(`${path}?from=${to - days * DAY}&to=${to}${more}`).then((answer) => {
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setReport(answer.data);
    });
    return () => {
      gone = true;
    };
  }, [path, days, more, turn]);
  return { report, problem, reload: () => setTurn((n) => n + 1) };
}

export function LastDays({ choices, usual }: { readonly choices: readonly number[]; readonly usual: number }) {
  return (
    <Segments
      name="days"
      label={t("backtest.period")}
      options={choices.map((d) => [d === usual ? "" : String(d), t("backtest.last-days", { n: d })] as const)}
    />
  );
}
