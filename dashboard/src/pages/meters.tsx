/** Meters that people read: the round, what waits for a second person, tables, and what was written down. */
import { useEffect, useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { MeterDto, MeterEntryDto } from "../../../server/contract/meters.ts";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import { lang, t, text, word } from "../i18n.ts";
import { ConfirmMany } from "../meters/confirm-many.tsx";
import { Entries } from "../meters/entries.tsx";
import { EnterDialog } from "../meters/enter.tsx";
import { ExchangeDialog } from "../meters/exchange.tsx";
import { TablePart } from "../meters/table.tsx";
import { amount } from "../meters/words.ts";
import { spaceName } from "../names.ts";
import { ActionButton, notAllowed } from "../parts/action.tsx";
import { Segments } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo, query } from "../router.ts";
import { metersChanged } from "../store.ts";
import "../style/meters.css";

type Open = { readonly kind: "enter"; readonly meters: readonly MeterDto[] } | { readonly kind: "exchange"; readonly meter: MeterDto | null } | null;

function DueMark({ due }: { readonly due: NonNullable<MeterDto["due"]> }) {
  const state = due.overdue ? "overdue" : due.owed ? "owed" : "later";
  return <span class={`tag meter-due-${state}`}>{t(`meters.due-${state}`, { date: due.date })}</span>;
}

function Round({ meters, open }: { readonly meters: readonly MeterDto[]; readonly open: (what: Open) => void }) {
  if (meters.length === 0) return <Empty text={t("meters.none")} />;
  return (
    <Table caption="nav.meters" heads={["meters.meter", "meters.last-head", "meters.usual", "meters.due", "table.actions"]}>
      {meters.map((m) => (
        <tr key={m.point} data-testid="meter-row">
          <td class="main-cell">
            <a href={pathTo("devices", m.device)}>{text(m.name)}</a>
            <small>
              {m.point} · {spaceName(m.space)}
            </small>
          </td>
          <td data-label={t("meters.last-head")}>
            {m.last === null ? (
              t("meters.never-read")
            ) : (
              <>
                <b>{amount(m.last.value, m.unit)}</b>
                <small>
                  <Time at={m.last.at} />
                </small>
              </>
            )}
          </td>
          <td data-label={t("meters.usual")}>{m.usual === null ? "—" : t("meters.per-day", { amount: amount(m.usual, m.unit) })}</td>
          <td data-label={t("meters.due")}>
            {m.due !== null && <DueMark due={m.due} />}
            {m.waiting > 0 && <small>{t("meters.waits", { n: m.waiting })}</small>}
            {m.suspected !== null && (
              <small class="meter-suspected">
                {t("meters.suspected", { before: amount(m.suspected.before, m.unit), value: amount(m.suspected.value, m.unit) })}
              </small>
            )}
          </td>
          <td class="actions">
            <span class="buttons">
              {m.every !== null && (
                <ActionButton
                  action="enter-reading"
                  department={m.department}
                  tone={m.due?.owed === true ? "primary" : "plain"}
                  run={() => open({ kind: "enter", meters: [m] })}
                  testId="enter"
                >
                  {t("meters.enter")}
                </ActionButton>
              )}
              <ActionButton action="enter-reading" department={m.department} tone="quiet" run={() => open({ kind: "exchange", meter: m })} testId="exchange">
                {t("meters.exchange")}
              </ActionButton>
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function MetersPage() {
  const [meters, setMeters] = useState<readonly MeterDto[] | null>(null);
  const [waiting, setWaiting] = useState<readonly MeterEntryDto[]>([]);
  const [past, setPast] = useState<readonly MeterEntryDto[]>([]);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const [again, setAgain] = useState(0);
  const part = query.value.get("part") ?? "";
  const changed = () => setAgain((n) => n + 1);
  const elsewhere = metersChanged.value;
  useEffect(() => {
    let gone = false;
    void get<List<MeterDto>>("/meters").then((answer) => {
      if (gone) return;
      if (answer.ok) setMeters(answer.data.items);
      setProblem(answer.ok ? null : answer.problem);
    });
    void get<List<MeterEntryDto>>("/meters/readings?state=entered&limit=500").then((answer) => !gone && answer.ok && setWaiting(answer.data.items));
    return () => {
      gone = true;
    };
  }, [again, elsewhere]);
  useEffect(() => {
    if (part !== "record") return;
    let gone = false;
    void get<List<MeterEntryDto>>("/meters/readings?limit=200").then((answer) => !gone && answer.ok && setPast(answer.data.items));
    return () => {
      gone = true;
    };
  }, [part, again, elsewhere]);
  const byHand = meters?.filter((m) => m.every !== null) ?? [];
  const due = byHand.filter((m) => m.due?.owed === true && notAllowed("enter-reading", m.department) === null);
  const close = () => {
    setOpen(null);
    changed();
  };
  return (
    <div class="page" data-testid="meters-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.meters")}</h1>
        {due.length > 0 && (
          <button type="button" class="primary" onClick={() => setOpen({ kind: "enter", meters: due })} data-testid="start-round">
            {t("meters.start-round", { n: due.length })}
          </button>
        )}
      </header>
      <div class="filters">
        <Segments
          name="part"
          label={t("nav.meters")}
          options={[
            ["", t("meters.round"), byHand.length],
            ["waiting", t("meters.waiting"), waiting.length],
            ["table", t("meters.table")],
            ["record", t("meters.record")],
          ]}
        />
      </div>
      <Problem problem={problem} />
      {part === "" && meters !== null && <Round meters={meters} open={setOpen} />}
      {part === "waiting" && (
        <>
          <ConfirmMany entries={waiting} changed={changed} />
          <Entries entries={waiting} waiting changed={changed} />
        </>
      )}
      {part === "table" && <TablePart changed={changed} />}
      {part === "record" && (
        <>
          <p class="meter-links">
            {notAllowed("export", null) === null && (
              <a class="button plain" href={`/api/v1/meters/readings/export?lang=${lang.value}`} download="readings.csv">
                {word("meters", "export")}
              </a>
            )}
          </p>
          <Entries entries={past} waiting={false} changed={changed} />
        </>
      )}
      {open?.kind === "enter" && <EnterDialog meters={open.meters} onClose={close} />}
      {open?.kind === "exchange" && <ExchangeDialog meters={meters ?? []} chosen={open.meter} onClose={close} />}
    </div>
  );
}
