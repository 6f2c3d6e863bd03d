/** Entering readings with a thumb, one meter after another: the last value, what the typed one would mean, and a soft warning. */
import { useEffect, useState } from "preact/hooks";
import type { DoubtDto, EnteredDto, MeterDto } from "../../../server/contract/meters.ts";
import { numberOf } from "../../../server/core/meters/rows.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { post } from "../api.ts";
import { t, text } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/form.tsx";
import { Problem, tellDone } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { now } from "../store.ts";
import { Doubts } from "./doubts.tsx";
import { ExchangeFields } from "./exchange.tsx";
import { amount, isoOf, localTime, riseText } from "./words.ts";

/** Typing has stopped for so long: what speaks against it is asked for. */
const PAUSE_MS = 350;

interface Typed {
  readonly value: string;
  /** Empty: now. */
  readonly at: string;
}

interface Looked {
  readonly doubts: readonly DoubtDto[];
  /** Why it would not be taken at all. */
  readonly problem: ProblemDto | null;
}
const NOTHING: Looked = { doubts: [], problem: null };

function useDoubts(meter: MeterDto, value: number | null, at: string): Looked {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (value === null) return setFound(NOTHING);
    let gone = false;
    const pause = setTimeout(() => {
      const body = { point: meter.point, value, ...(at === "" ? {} : { at: isoOf(at) }) };
      void post<EnteredDto>("/meters/readings?dry=1", body).then((answer) => {
        if (!gone) setFound(answer.ok ? { doubts: answer.data.doubts, problem: null } : { doubts: [], problem: answer.problem });
      });
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(pause);
    };
  }, [meter.point, value, at]);
  return found;
}

function OneMeter({
  meter,
  rest,
  next,
  skip,
}: {
  readonly meter: MeterDto;
  readonly rest: number;
  readonly next: () => void;
  readonly skip: (() => void) | null;
}) {
  const [typed, setTyped] = useState<Typed>({ value: "", at: "" });
  const [exchanging, setExchanging] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const value = numberOf(typed.value);
  const looked = useDoubts(meter, value, typed.at);
  const { doubts } = looked;
  const bad = typed.value.trim() !== "" && value === null;
  const rise = value === null ? null : riseText(meter, value, typed.at === "" ? now.value : Date.parse(isoOf(typed.at)));
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (value === null || busy) return;
    setBusy(true);
    const note = new FormData(event.currentTarget as HTMLFormElement).get("note");
    const said = typeof note === "string" && note.trim() !== "" ? { note } : {};
    const answer = await post<EnteredDto>("/meters/readings", { point: meter.point, value, ...(typed.at === "" ? {} : { at: isoOf(typed.at) }), ...said });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    tellDone(t("meters.entered", { meter: text(meter.name) }));
    next();
  };
  if (exchanging) return <ExchangeFields meter={meter} done={() => setExchanging(false)} />;
  return (
    <form class="form meter-form" onSubmit={(event) => void save(event)} data-testid="reading-form">
      <p class="meter-where">
        <b>{text(meter.name)}</b>
        <small>
          {meter.point} · {spaceName(meter.space)}
        </small>
      </p>
      <p class="meter-last" data-testid="meter-last">
        {meter.last === null ? (
          t("meters.never-read")
        ) : (
          <>
            {t("meters.last")} <b>{amount(meter.last.value, meter.unit)}</b> · <Time at={meter.last.at} how="full" />
          </>
        )}
      </p>
      <Field label={t("meters.reading", { unit: meter.unit })}>
        <input
          name="value"
          class="meter-value"
          inputMode="decimal"
          autoComplete="off"
          enterKeyHint="next"
          required
          autoFocus
          maxLength={30}
          value={typed.value}
          aria-invalid={bad}
          onInput={(e) => setTyped({ ...typed, value: e.currentTarget.value })}
        />
      </Field>
      <p class={bad ? "problem" : "meter-rise"} data-testid="meter-rise">
        {bad ? t("meters.bad-number") : (rise ?? " ")}
      </p>
      <Doubts doubts={doubts} unit={meter.unit} />
      {doubts.some((d) => d.kind === "below-last") && (
        <button type="button" class="plain" onClick={() => setExchanging(true)} data-testid="was-exchanged">
          {t("meters.was-exchanged")}
        </button>
      )}
      <details>
        <summary>{t("meters.more")}</summary>
        <Field label={t("meters.at")} hint={t("meters.at-hint")}>
          <input
            name="at"
            type="datetime-local"
            max={localTime(now.peek())}
            value={typed.at}
            onInput={(e) => setTyped({ ...typed, at: e.currentTarget.value })}
          />
        </Field>
        <Field label={t("meters.note")}>
          <input name="note" maxLength={500} />
        </Field>
      </details>
      <Problem problem={problem ?? looked.problem} />
      <p class="form-end meter-buttons">
        {skip !== null && (
          <button type="button" class="plain" onClick={skip} data-testid="skip">
            {t("meters.skip")}
          </button>
        )}
        <button type="submit" class="primary" aria-disabled={busy || value === null} aria-busy={busy}>
          {rest > 0 ? t("meters.save-next", { n: rest }) : t("meters.save")}
        </button>
      </p>
    </form>
  );
}

export function EnterDialog({ meters, onClose }: { readonly meters: readonly MeterDto[]; readonly onClose: () => void }) {
  const [at, setAt] = useState(0);
  const meter = meters[at];
  const go = () => (at + 1 < meters.length ? setAt(at + 1) : onClose());
  if (meter === undefined) return null;
  const title = meters.length > 1 ? t("meters.round-at", { n: at + 1, all: meters.length }) : t("meters.enter");
  return (
    <Dialog title={title} onClose={onClose} testId="enter-dialog">
      <OneMeter key={meter.point} meter={meter} rest={meters.length - at - 1} next={go} skip={meters.length > 1 ? go : null} />
    </Dialog>
  );
}
