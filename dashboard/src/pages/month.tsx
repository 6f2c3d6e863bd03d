/** Months: which there are, the bulletin of one as draft or closed, its files, and closing it. */
import { useEffect, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { FormDto, MonthDto, MonthStateDto } from "../../../server/contract/month.ts";
import type { List } from "../api.ts";
import { get, post } from "../api.ts";
import { lang, t, text, word } from "../i18n.ts";
import { ActionButton, notAllowed } from "../parts/action.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { SelectFilter } from "../parts/filters.tsx";
import { Form } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { BulletinView } from "../parts/month-bulletin.tsx";
import { MonthEntries } from "../parts/month-entries.tsx";
import { FigureDialog } from "../parts/month-figure.tsx";
import { Problem, problemText } from "../parts/notice.tsx";
import { query } from "../router.ts";
import "../style/month.css";

const api = (month: string, rest = "") => `/reports/months/${month}${rest}`;

/** A file, where one may have it. */
function Download({ href, name, testId }: { readonly href: string; readonly name: string; readonly testId: string }) {
  const why = notAllowed("export", null);
  return why === null ? (
    <a class="button plain" href={`/api/v1${href}`} download data-testid={testId}>
      {name}
    </a>
  ) : (
    <span class="button plain" aria-disabled="true" title={why} data-testid={testId}>
      {name}
    </span>
  );
}

function Actions({ month, forms, changed }: { readonly month: MonthDto; readonly forms: readonly FormDto[]; readonly changed: (month: MonthDto) => void }) {
  const [closing, setClosing] = useState(false);
  const blocked = month.refused === null ? null : problemText({ type: "", title: "", status: 409, ...month.refused });
  const language = `lang=${lang.value}`;
  return (
    <p class="month-actions no-print">
      <button type="button" class="plain" onClick={() => print()} data-testid="print">
        {t("months.print")}
      </button>
      <Download href={api(month.month, `/bulletin.docx?${language}`)} name={t("months.docx")} testId="docx" />
      <Download href={api(month.month, `/bulletin.xlsx?${language}`)} name={t("months.xlsx")} testId="xlsx" />
      {forms.map((f) => (
        <Download key={f.id} href={api(month.month, `/form.xlsx?form=${f.id}&${language}`)} name={text(f.name)} testId={`form-${f.id}`} />
      ))}
      {month.state !== "closed" && (
        <ActionButton action="settle-month" department={null} tone="primary" blocked={blocked} run={() => setClosing(true)} testId="close-month">
          {t("months.close")}
        </ActionButton>
      )}
      {closing && (
        <Dialog title={t("months.close-title", { month: month.month })} onClose={() => setClosing(false)} testId="close-dialog">
          <Form
            button={t("months.close")}
            done={t("months.closed-done", { month: month.month })}
            testId="close-form"
            send={async () => {
              const answer = await post<MonthDto>(api(month.month, "/close"));
              if (answer.ok) {
                setClosing(false);
                changed(answer.data);
              }
              return answer;
            }}
          >
            <p>{t("months.close-warn")}</p>
          </Form>
        </Dialog>
      )}
    </p>
  );
}

export function MonthPage() {
  const [months, setMonths] = useState<readonly MonthStateDto[] | null>(null);
  const [forms, setForms] = useState<readonly FormDto[]>([]);
  const [month, setMonth] = useState<MonthDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [again, setAgain] = useState(0);
  // Without a word the newest month that is over.
  const usual = months?.find((m) => m.state !== "running") ?? months?.[0];
  const chosen = query.value.get("month") ?? usual?.month ?? null;
  useEffect(() => {
    void get<List<MonthStateDto>>("/reports/months").then((answer) => (answer.ok ? setMonths(answer.data.items) : setProblem(answer.problem)));
    void get<List<FormDto>>("/reports/forms").then((answer) => answer.ok && setForms(answer.data.items));
  }, [again]);
  useEffect(() => {
    if (chosen === null) return;
    let gone = false;
    void get<MonthDto>(api(chosen)).then((answer) => {
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      setMonth(answer.ok ? answer.data : null);
    });
    return () => {
      gone = true;
    };
  }, [chosen]);
  const changed = (next: MonthDto) => {
    setMonth(next);
    setAgain(again + 1);
  };
  return (
    <div class="page" data-testid="month-page">
      <header class="page-head no-print">
        <h1 tabIndex={-1}>{t("month.heading")}</h1>
      </header>
      {months !== null && months.length > 0 && (
        <div class="filters no-print">
          <SelectFilter
            name="month"
            label={t("months.which")}
            all={null}
            value={chosen ?? ""}
            options={months.map((m) => [m.month, `${m.month} · ${word("month.state", m.state)}`] as const)}
          />
        </div>
      )}
      <Problem problem={problem} />
      {months !== null && months.length === 0 && <Empty text={t("months.none")} />}
      {chosen !== null && month?.month !== chosen && problem === null && (
        <p class="muted" role="status" aria-busy="true">
          {t("months.loading", { month: chosen })}
        </p>
      )}
      {month !== null && month.month === chosen && (
        <>
          <Actions month={month} forms={forms} changed={changed} />
          <BulletinView month={month} />
          <MonthEntries month={month} corrected={changed} />
          <FigureDialog month={month} />
        </>
      )}
    </div>
  );
}
