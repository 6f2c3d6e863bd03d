/** Standing exemptions, and the month's list of every exception with what it cost. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ExceptionDto, ExemptionDto } from "../../../server/contract/exceptions.ts";
import { SPACE_CLASSES } from "../../../server/core/space.ts";
import type { List } from "../api.ts";
import { get, post } from "../api.ts";
import { format, lang, t, text, word } from "../i18n.ts";
import { can } from "../me.ts";
import { departmentName, deviceName, personName, policyName, spaceName } from "../names.ts";
import { devices, now, policies, spaces } from "../store.ts";
import { ActionButton } from "./action.tsx";
import { Dialog } from "./dialog.tsx";
import { endAt } from "./ended.ts";
import { Field, Form, field } from "./form.tsx";
import { Empty } from "./marks.tsx";
import { tellProblem } from "./notice.tsx";
import { Table } from "./table.tsx";
import { Time } from "./time.tsx";

function whereOf(e: Pick<ExemptionDto, "device" | "space"> & { readonly spaceClass: string | null }): string {
  return e.device !== null ? deviceName(e.device) : e.space !== null ? spaceName(e.space) : t("exemptions.class", { class: word("class", e.spaceClass ?? "") });
}

function ExemptDialog({ onClose }: { readonly onClose: () => void }) {
  const send = (form: FormData) => {
    const [kind, id] = field(form, "subject").split("|");
    const policy = field(form, "policy");
    const days = field(form, "days");
    return post("/exemptions", {
      [kind === "class" ? "spaceClass" : (kind ?? "")]: id,
      ...(policy === "" ? {} : { policy }),
      ...(days === "" ? {} : { until: now.peek() + Number(days) * 86_400_000 }),
      reason: field(form, "reason"),
    });
  };
  // What is protected is never commanded anyway.
  const exemptible = [...devices.peekAll()]
    .filter((d) => d.protection === null && d.status !== "discovered" && d.kind !== null)
    .sort((a, b) => deviceName(a.id).localeCompare(deviceName(b.id), lang.value));
  return (
    <Dialog title={t("exemptions.add")} onClose={onClose} testId="exempt-dialog">
      <Form
        send={send}
        button={t(can("change-policy") ? "exemptions.add" : "ask.send")}
        done={t(can("change-policy") ? "exemptions.added" : "ask.sent")}
        onDone={onClose}
      >
        <p class="muted">{t("exemptions.explained")}</p>
        <Field label={t("table.what")}>
          <select name="subject" required>
            <optgroup label={t("policies.classes")}>
              {SPACE_CLASSES.map((c) => (
                <option key={c} value={`class|${c}`}>
                  {word("class", c)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t("nav.spaces")}>
              {spaces.value.map((s) => (
                <option key={s.id} value={`space|${s.id}`}>
                  {text(s.name)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t("nav.devices")}>
              {exemptible.map((d) => (
                <option key={d.id} value={`device|${d.id}`}>
                  {deviceName(d.id)}
                </option>
              ))}
            </optgroup>
          </select>
        </Field>
        <Field label={t("override.policy")}>
          <select name="policy">
            <option value="">{t("override.all-policies")}</option>
            {[...policies.peekAll()].map((p) => (
              <option key={p.id} value={p.id}>
                {policyName(p.id)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("override.reason")}>
          <textarea name="reason" required minLength={2} maxLength={500} rows={2} />
        </Field>
        <Field label={t("override.how-long")}>
          <select name="days">
            {[7, 30, 90, 365].map((d) => (
              <option key={d} value={d} selected={d === 30}>
                {t("backtest.last-days-plain", { n: d })}
              </option>
            ))}
            <option value="">{t("hands-off.until-ended")}</option>
          </select>
        </Field>
      </Form>
    </Dialog>
  );
}

export function Exemptions() {
  const [items, setItems] = useState<readonly ExemptionDto[]>([]);
  const [dialog, setDialog] = useState(false);
  const asked = useRef(0);
  const load = async () => {
    const question = ++asked.current;
    const answer = await get<List<ExemptionDto>>("/exemptions?limit=500");
    // An answer that a later question overtook is older than what is shown.
    if (answer.ok && question === asked.current) setItems(answer.data.items);
  };
  useEffect(() => void load(), [dialog]);
  const standing = items.filter((e) => e.endedAt === null);
  const end = async (id: string) => {
    await endAt(`/exemptions/${encodeURIComponent(id)}`, t("overrides.ended"));
    await load();
  };
  return (
    <>
      <p class="buttons">
        <button type="button" class="primary" onClick={() => setDialog(true)} data-testid="exempt-button">
          {t("exemptions.add")}
        </button>
      </p>
      {standing.length === 0 ? (
        <Empty text={t("overrides.none")} />
      ) : (
        <Table caption="exemptions.title" heads={["table.what", "table.policy", "table.by", "approvals.until", "table.actions"]}>
          {standing.map((e) => (
            <tr key={e.id} data-testid="exemption-row">
              <td class="main-cell">
                {whereOf(e)}
                <small>{e.reason}</small>
              </td>
              <td data-label={t("table.policy")}>{e.policy === null ? t("override.all-policies") : policyName(e.policy)}</td>
              <td data-label={t("table.by")}>
                {e.by === "site" ? t("calendar.site-file") : personName(e.by)}
                {e.grantedBy !== null && <small> {t("overrides.granted-by", { who: personName(e.grantedBy) })}</small>}
              </td>
              <td data-label={t("approvals.until")} class="figures">
                {e.until === null ? t("hands-off.until-ended") : <Time at={e.until} />}
              </td>
              <td class="actions">
                {e.by !== "site" && (
                  <ActionButton action="change-policy" department={null} run={() => end(e.id)}>
                    {t("overrides.end")}
                  </ActionButton>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {dialog && <ExemptDialog onClose={() => setDialog(false)} />}
    </>
  );
}

export function ExceptionsOfMonth() {
  const [month, setMonth] = useState(() => format.value.dateTime(now.peek()).slice(0, 7));
  const [items, setItems] = useState<readonly ExceptionDto[] | null>(null);
  useEffect(() => {
    let gone = false;
    setItems(null);
    void get<List<ExceptionDto>>(`/overrides/summary?month=${month}`).then((answer) => {
      if (gone) return;
      if (answer.ok) setItems(answer.data.items);
      else tellProblem(answer.problem);
    });
    return () => {
      gone = true;
    };
  }, [month]);
  const departments = [...new Set((items ?? []).map((i) => i.department))];
  return (
    <>
      <div class="filters">
        <label class="filter">
          <span class="label">{t("exceptions.month")}</span>
          <input type="month" value={month} onChange={(e) => e.currentTarget.value !== "" && setMonth(e.currentTarget.value)} />
        </label>
      </div>
      {items !== null && items.length === 0 && <Empty text={t("overrides.none")} />}
      {departments.map((department) => {
        const own = items!.filter((i) => i.department === department);
        return (
          <section key={department ?? ""} data-testid="exceptions-department">
            <h2>
              {departmentName(department)}{" "}
              <small class="muted">
                {t("exceptions.sum", {
                  n: own.length,
                  hours: format.value.quantity(
                    own.reduce((sum, i) => sum + i.hours, 0),
                    "h",
                  ),
                })}
              </small>
            </h2>
            <Table
              caption="exceptions.month"
              heads={["table.what", "exceptions.kind", "table.by", "approvals.from", "exceptions.hours", "exceptions.estimated", "exceptions.used"]}
            >
              {own.map((i) => (
                <tr key={i.id}>
                  <td class="main-cell">
                    {whereOf(i)}
                    <small>{i.reason}</small>
                  </td>
                  <td data-label={t("exceptions.kind")}>{word("exception", i.kind)}</td>
                  <td data-label={t("table.by")}>
                    {i.by === null ? t("approvals.somebody") : personName(i.by)}
                    {i.grantedBy !== null && <small> {t("overrides.granted-by", { who: personName(i.grantedBy) })}</small>}
                  </td>
                  <td data-label={t("approvals.from")} class="figures">
                    <Time at={i.from} />
                  </td>
                  <td data-label={t("exceptions.hours")} class="figures">
                    {format.value.quantity(i.hours, "h")}
                  </td>
                  <td data-label={t("exceptions.estimated")} class="figures">
                    {i.estimated === null ? "—" : `${format.value.quantity(i.estimated.kwh, "kWh")} · ${format.value.money(i.estimated.cny)}`}
                  </td>
                  <td data-label={t("exceptions.used")} class="figures">
                    {i.usedKwh === null ? "—" : format.value.quantity(i.usedKwh, "kWh")}
                  </td>
                </tr>
              ))}
            </Table>
          </section>
        );
      })}
    </>
  );
}
