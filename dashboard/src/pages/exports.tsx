/** Many points as one file: what it is to hold, how far the files are that were asked for, and fetching them. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { ExportDto } from "../../../server/contract/exports.ts";
import type { List } from "../api.ts";
import { ask, get } from "../api.ts";
import { AskExport } from "../exports/ask.tsx";
import { Runs, over } from "../exports/runs.tsx";
import { t } from "../i18n.ts";
import { notAllowed } from "../parts/action.tsx";
import { Problem, tellDone, tellProblem } from "../parts/notice.tsx";
import "../style/charts.css";
import "../style/exports.css";

/** While one is made, and else: others ask for files too. */
const MOVING_MS = 1000;
const RESTING_MS = 15_000;

export function ExportsPage() {
  const [runs, setRuns] = useState<readonly ExportDto[]>([]);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const own = useRef(new Set<string>());
  const may = notAllowed("export", null) === null;
  const load = async () => {
    const answer = await get<List<ExportDto>>("/exports");
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setRuns(answer.data.items);
    for (const run of answer.data.items) if (run.state === "done" && own.current.delete(run.id)) tellDone(t("exports.ready"));
  };
  const moving = runs.some((r) => !over(r));
  useEffect(() => {
    if (!may) return;
    void load();
    const timer = setInterval(() => void load(), moving ? MOVING_MS : RESTING_MS);
    return () => clearInterval(timer);
  }, [moving, may]);
  const asked = (run: ExportDto) => {
    own.current.add(run.id);
    setRuns([run, ...runs]);
    void load();
  };
  const cancel = async (run: ExportDto) => {
    const answer = await ask<ExportDto>("DELETE", `/exports/${encodeURIComponent(run.id)}`);
    if (!answer.ok) tellProblem(answer.problem);
    await load();
  };
  return (
    <div class="page" data-testid="exports-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("exports.title")}</h1>
      </header>
      <p class="lead">{t("exports.explained")}</p>
      <AskExport asked={asked} />
      {may && (
        <section aria-labelledby="exports-last">
          <h2 id="exports-last">{t("exports.last")}</h2>
          <p class="muted small exports-kept">{t("exports.kept")}</p>
          <Problem problem={problem} />
          <Runs runs={runs} cancel={cancel} />
        </section>
      )}
    </div>
  );
}
