/** The lines of a closed month, and how one is corrected: taken back, with another in its place and the reason. */
import { useEffect, useState } from "preact/hooks";
import type { EntryDto, MonthDto } from "../../../server/contract/month.ts";
import type { List } from "../api.ts";
import { get, post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { departmentName, deviceName, personName } from "../names.ts";
import { ActionButton } from "./action.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, field, Form } from "./form.tsx";
import { Sheet } from "./month-sheet.tsx";
import { unitText } from "./month-figure.tsx";
import { tellDone, tellProblem } from "./notice.tsx";

const SHOWN = 1000;

function Lines({ month, quantity, corrected }: { readonly month: MonthDto; readonly quantity: string; readonly corrected: (month: MonthDto) => void }) {
  const [entries, setEntries] = useState<readonly EntryDto[]>([]);
  const [open, setOpen] = useState<EntryDto | null>(null);
  const unit = unitText(month.quantities.find((q) => q.quantity === quantity)?.unit ?? "");
  useEffect(() => {
    let gone = false;
    void get<List<EntryDto>>(`/reports/months/${month.month}/entries?quantity=${quantity}&limit=${SHOWN}`).then((answer) => {
      if (gone) return;
      if (answer.ok) setEntries(answer.data.items);
      else tellProblem(answer.problem);
    });
    return () => {
      gone = true;
    };
  }, [month, quantity]);
  const reversed = new Set(entries.flatMap((e) => (e.is === "reversal" ? [e.of] : [])));
  return (
    <>
      <Sheet
        heads={["month.col.device", "month.col.department", "month.col.by", "month.col.reason", "month.col.amount", "month.col.cost", "table.actions"]}
        figures={3}
      >
        {entries.map((e) => (
          <tr key={e.entry} class={e.is === "reversal" || reversed.has(e.entry) ? "reversed" : undefined}>
            <th scope="row">
              {deviceName(e.device)}
              {e.part === "rest" && ` · ${t("month.unmetered")}`}
            </th>
            <td>{e.department === null ? t("month.common") : departmentName(e.department)}</td>
            <td>{e.is === "line" ? "" : personName(e.by)}</td>
            <td>{e.reason ?? ""}</td>
            <td class="number">{format.value.number(e.amount, 1)}</td>
            <td class="number">{e.cost === null ? t("month.na") : format.value.number(e.cost, 2)}</td>
            <td class="number">
              {e.is !== "reversal" && !reversed.has(e.entry) ? (
                <ActionButton action="settle-month" department={null} tone="quiet" testId="correct" run={() => setOpen(e)}>
                  {t("months.correct")}
                </ActionButton>
              ) : (
                t("months.taken-back")
              )}
            </td>
          </tr>
        ))}
      </Sheet>
      {open !== null && (
        <Dialog title={t("months.correct-title", { device: deviceName(open.device) })} onClose={() => setOpen(null)} testId="correct-dialog">
          <p>{t("months.correct-about", { amount: `${format.value.number(open.amount, 1)} ${unit}` })}</p>
          <Form
            button={t("months.correct")}
            testId="correct-form"
            send={async (form) => {
              const body = { entry: open.entry, amount: Number(field(form, "amount")), reason: field(form, "reason") };
              const answer = await post<MonthDto>(`/reports/months/${month.month}/corrections`, body);
              if (answer.ok) {
                setOpen(null);
                corrected(answer.data);
                tellDone(t("months.corrected"));
              }
              return answer;
            }}
          >
            <Field label={t("months.amount", { unit })}>
              <input name="amount" type="number" min="0" step="any" required defaultValue={String(open.amount)} />
            </Field>
            <Field label={t("months.reason")}>
              <input name="reason" required maxLength={500} />
            </Field>
          </Form>
        </Dialog>
      )}
    </>
  );
}

export function MonthEntries({ month, corrected }: { readonly month: MonthDto; readonly corrected: (month: MonthDto) => void }) {
  const [quantity, setQuantity] = useState<string | null>(null);
  if (month.state !== "closed") return null;
  return (
    <section class="panel no-print month-lines" aria-labelledby="month-lines">
      <header class="panel-head">
        <h2 id="month-lines">{t("months.lines")}</h2>
        <div class="segments" role="group" aria-label={t("months.lines")}>
          {month.quantities
            .filter((q) => q.amount.value !== null)
            .map((q) => (
              <button
                type="button"
                key={q.quantity}
                aria-pressed={quantity === q.quantity}
                onClick={() => setQuantity(quantity === q.quantity ? null : q.quantity)}
                data-testid={`lines-${q.quantity}`}
              >
                {word("month.quantity", q.quantity)}
              </button>
            ))}
        </div>
      </header>
      {quantity !== null && <Lines month={month} quantity={quantity} corrected={corrected} />}
    </section>
  );
}
