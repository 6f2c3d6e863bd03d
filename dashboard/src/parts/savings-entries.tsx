/** What people say of a building's savings: adjustments for what is no saving, and the days of its baseline. */
import { useState } from "preact/hooks";
import type { SavingsDto } from "../../../server/contract/savings.ts";
import { numberOf } from "../../../server/core/meters/rows.ts";
import { ask, post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { now } from "../store.ts";
import { ActionButton } from "./action.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, field, Form } from "./form.tsx";
import { Time } from "./time.tsx";

type Adjustment = SavingsDto["adjustments"][number];
type Open = { readonly kind: "add" } | { readonly kind: "baseline" } | { readonly kind: "withdraw"; readonly adjustment: Adjustment } | null;

const today = () => format.value.dateTime(now.peek()).slice(0, 10);
const signed = (kwh: number) => `${kwh > 0 ? "+" : ""}${format.value.quantity(kwh, "kWh")}`;

function Add({ building, done }: { readonly building: string; readonly done: () => void }) {
  const send = (form: FormData) =>
    post("/reports/savings/adjustments", {
      building,
      from: field(form, "from"),
      until: field(form, "until") || null,
      kwh: numberOf(field(form, "kwh")) ?? field(form, "kwh"),
      per: field(form, "per"),
      reason: field(form, "reason"),
      source: field(form, "source"),
    });
  return (
    <Form send={send} button={t("savings.adjust")} done={t("savings.adjusted")} onDone={done} testId="adjustment-form">
      <p>{t("savings.adjust-about")}</p>
      <Field label={t("savings.adjust-kwh")} hint={t("savings.adjust-kwh-hint")}>
        <input name="kwh" inputMode="decimal" autoComplete="off" required maxLength={30} />
      </Field>
      <Field label={t("savings.adjust-per")}>
        <select name="per">
          {(["day", "period"] as const).map((per) => (
            <option key={per} value={per}>
              {word("savings-per", per)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("savings.from")}>
        <input name="from" type="date" required defaultValue={today()} />
      </Field>
      <Field label={t("savings.until")} hint={t("savings.until-hint")}>
        <input name="until" type="date" />
      </Field>
      <Field label={t("savings.reason")}>
        <input name="reason" required maxLength={500} />
      </Field>
      <Field label={t("savings.source")} hint={t("savings.source-hint")}>
        <input name="source" required maxLength={500} />
      </Field>
    </Form>
  );
}

function Baseline({ savings, done }: { readonly savings: SavingsDto; readonly done: () => void }) {
  const { building, baseline } = savings;
  const send = (form: FormData) =>
    ask("PUT", "/reports/savings/baseline", {
      building,
      from: field(form, "from") || null,
      until: field(form, "until") || null,
      reason: field(form, "reason"),
    });
  return (
    <Form send={send} button={t("savings.choose")} done={t("savings.chosen")} onDone={done} testId="baseline-form">
      <p>{t("savings.choose-about")}</p>
      <Field label={t("savings.from")}>
        <input name="from" type="date" defaultValue={baseline.chosen?.from ?? baseline.from?.slice(0, 10) ?? ""} />
      </Field>
      <Field label={t("savings.until")} hint={t("savings.choose-hint")}>
        <input name="until" type="date" defaultValue={baseline.chosen?.until ?? ""} />
      </Field>
      <Field label={t("savings.reason")}>
        <input name="reason" required maxLength={500} />
      </Field>
    </Form>
  );
}

function Row({ adjustment: a, withdraw }: { readonly adjustment: Adjustment; readonly withdraw: () => void }) {
  return (
    <li data-testid="adjustment" data-withdrawn={String(a.withdrawn !== null)}>
      <span>
        {a.withdrawn === null ? <b>{signed(a.kwh)}</b> : <s>{signed(a.kwh)}</s>} <span class="muted">{word("savings-per", a.per)}</span>
        <br />
        {a.until === null ? t("savings.goes-on", { from: a.from }) : `${a.from} – ${a.until}`}
      </span>
      <span>
        {a.reason}
        <br />
        <span class="muted">{t("savings.said-source", { source: a.source })}</span>
      </span>
      <span class="muted">
        {personName(a.by)} <Time at={a.at} how="full" />
        {a.withdrawn === null ? (
          <ActionButton action="adjust-savings" department={null} tone="quiet" run={withdraw} testId="withdraw-adjustment">
            {t("savings.withdraw")}
          </ActionButton>
        ) : (
          <>
            <br />
            {t("savings.withdrawn", { who: personName(a.withdrawn.by), reason: a.withdrawn.reason })} <Time at={a.withdrawn.at} how="full" />
          </>
        )}
      </span>
    </li>
  );
}

export function SavingsEntries({ savings, changed }: { readonly savings: SavingsDto; readonly changed: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const { adjustments, baseline } = savings;
  const { chosen } = baseline;
  const close = () => setOpen(null);
  const done = () => {
    close();
    changed();
  };
  return (
    <section class="panel" aria-labelledby="savings-entries">
      <header class="panel-head">
        <h2 id="savings-entries">{t("savings.entries")}</h2>
        <span>
          <ActionButton action="adjust-savings" department={null} run={() => setOpen({ kind: "add" })} testId="add-adjustment">
            {t("savings.adjust")}
          </ActionButton>{" "}
          <ActionButton action="adjust-savings" department={null} tone="quiet" run={() => setOpen({ kind: "baseline" })} testId="choose-baseline">
            {t("savings.choose")}
          </ActionButton>
        </span>
      </header>
      <p data-testid="baseline-days">
        {chosen !== null
          ? t("savings.baseline-chosen", { from: chosen.from, until: chosen.until, who: personName(chosen.by), reason: chosen.reason })
          : t("savings.baseline-free")}
      </p>
      {baseline.occupancy.verdict !== null && (
        <p class="muted" data-testid="occupancy">
          {t("savings.occupancy", { verdict: word("savings-occupancy", baseline.occupancy.verdict), rooms: baseline.occupancy.rooms })}
        </p>
      )}
      {adjustments.length === 0 ? (
        <p class="muted">{t("savings.no-adjustments")}</p>
      ) : (
        <ul class="plain-list savings-rows">
          {adjustments.map((a) => (
            <Row key={a.id} adjustment={a} withdraw={() => setOpen({ kind: "withdraw", adjustment: a })} />
          ))}
        </ul>
      )}
      {open?.kind === "add" && (
        <Dialog title={t("savings.adjust")} onClose={close} testId="adjustment-dialog">
          <Add building={savings.building} done={done} />
        </Dialog>
      )}
      {open?.kind === "baseline" && (
        <Dialog title={t("savings.choose")} onClose={close} testId="baseline-dialog">
          <Baseline savings={savings} done={done} />
        </Dialog>
      )}
      {open?.kind === "withdraw" && (
        <Dialog title={t("savings.withdraw")} onClose={close} testId="withdraw-dialog">
          <Form
            send={(form) => post(`/reports/savings/adjustments/${encodeURIComponent(open.adjustment.id)}/withdraw`, { reason: field(form, "reason") })}
            button={t("savings.withdraw")}
            done={t("savings.withdrawn-done")}
            onDone={done}
            testId="withdraw-form"
          >
            <p>{t("savings.withdraw-about", { reason: open.adjustment.reason })}</p>
            <Field label={t("savings.reason")}>
              <input name="reason" required maxLength={500} />
            </Field>
          </Form>
        </Dialog>
      )}
    </section>
  );
}
