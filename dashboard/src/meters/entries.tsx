/** What people wrote down: what waits for a second person, and what became of the rest. */
import { useState } from "preact/hooks";
import type { MeterEntryDto } from "../../../server/contract/meters.ts";
import { post } from "../api.ts";
import { t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { deviceName, personName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field, field, Form } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { tellDone, tellProblem } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Doubts } from "./doubts.tsx";
import { entryText } from "./words.ts";

const api = (e: MeterEntryDto, what: string) => `/meters/readings/${encodeURIComponent(e.id)}/${what}`;

function Decide({ entry, reject, changed }: { readonly entry: MeterEntryDto; readonly reject: () => void; readonly changed: () => void }) {
  const own = me.value?.person?.id === entry.by;
  const stop = entry.doubts.find((d) => d.stops);
  const send = async (what: "confirm" | "withdraw") => {
    const answer = await post(api(entry, what));
    if (!answer.ok) return tellProblem(answer.problem);
    tellDone(t(what === "confirm" ? "meters.confirmed" : "meters.withdrawn"));
    changed();
  };
  const second = own ? t("meters.second-person") : null;
  return (
    <span class="buttons">
      <ActionButton
        action="confirm-reading"
        department={entry.department}
        tone="primary"
        blocked={second ?? (stop === undefined ? null : t("meters.does-not-fit"))}
        run={() => send("confirm")}
        testId="confirm"
      >
        {t("meters.confirm")}
      </ActionButton>
      {own ? (
        <ActionButton action="enter-reading" department={entry.department} run={() => send("withdraw")} testId="withdraw">
          {t("meters.withdraw")}
        </ActionButton>
      ) : (
        <ActionButton action="confirm-reading" department={entry.department} run={reject} testId="reject">
          {t("meters.reject")}
        </ActionButton>
      )}
    </span>
  );
}

export function Entries({
  entries,
  waiting,
  changed,
}: {
  readonly entries: readonly MeterEntryDto[];
  readonly waiting: boolean;
  readonly changed: () => void;
}) {
  const [rejecting, setRejecting] = useState<MeterEntryDto | null>(null);
  if (entries.length === 0) return <Empty text={t(waiting ? "meters.none-waiting" : "meters.none-entered")} />;
  return (
    <>
      <Table caption="nav.meters" heads={["meters.meter", "meters.what", "meters.at", "meters.by", waiting ? "table.actions" : "table.state"]}>
        {entries.map((e) => (
          <tr key={e.id} data-testid="entry-row" data-state={e.state}>
            <td class="main-cell">
              <b>{deviceName(e.device)}</b>
              <small>{e.point}</small>
            </td>
            <td data-label={t("meters.what")} class="meter-what">
              <b>{entryText(e)}</b>
              {e.note !== null && <small>{e.note}</small>}
              {waiting && <Doubts doubts={e.doubts} unit={e.unit} />}
            </td>
            <td data-label={t("meters.at")}>
              <Time at={e.at} how="full" />
            </td>
            <td data-label={t("meters.by")}>{personName(e.by)}</td>
            {waiting ? (
              <td class="actions">
                <Decide entry={e} reject={() => setRejecting(e)} changed={changed} />
              </td>
            ) : (
              <td data-label={t("table.state")}>
                <span class={`tag meter-${e.state}`}>{word("meter-state", e.state)}</span>
                {e.decidedBy !== null && <small>{personName(e.decidedBy)}</small>}
                {e.reason !== null && <small>{e.reason}</small>}
              </td>
            )}
          </tr>
        ))}
      </Table>
      {rejecting !== null && (
        <Dialog title={t("meters.reject-title", { meter: deviceName(rejecting.device) })} onClose={() => setRejecting(null)} testId="reject-dialog">
          <Form
            send={(form) => post(api(rejecting, "reject"), { reason: field(form, "reason") })}
            button={t("meters.reject")}
            tone="danger"
            done={t("meters.rejected")}
            onDone={() => {
              setRejecting(null);
              changed();
            }}
          >
            <p>{entryText(rejecting)}</p>
            <Field label={t("meters.why")}>
              <input name="reason" required maxLength={500} />
            </Field>
          </Form>
        </Dialog>
      )}
    </>
  );
}
