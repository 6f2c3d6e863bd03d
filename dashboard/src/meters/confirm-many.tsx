/** Many readings confirmed at once by a second person: what nothing speaks against; what is left is said, with the reason. */
import { useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { BulkDto } from "../../../server/contract/alert-bulk.ts";
import type { MeterEntryDto } from "../../../server/contract/meters.ts";
import { post } from "../api.ts";
import { lookup, t } from "../i18n.ts";
import { can, me } from "../me.ts";
import { deviceName } from "../names.ts";
import { OpenButton } from "../parts/action.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Problem, tellDone } from "../parts/notice.tsx";
import { Doubts } from "./doubts.tsx";
import { entryText } from "./words.ts";

interface Left {
  readonly entry: MeterEntryDto;
  readonly problem: ProblemDto;
}

function sorted(entries: readonly MeterEntryDto[]) {
  const own = entries.filter((e) => e.by === me.value?.person?.id);
  const others = entries.filter((e) => !own.includes(e));
  const foreign = others.filter((e) => !can("confirm-reading", e.department));
  const mine = others.filter((e) => !foreign.includes(e));
  return { own, foreign, doubted: mine.filter((e) => e.doubts.length > 0), ready: mine.filter((e) => e.doubts.length === 0) };
}

/** `current`: the same as they stand by now, where they still wait. */
function Asking({
  entries,
  current,
  done,
  changed,
}: {
  readonly entries: readonly MeterEntryDto[];
  readonly current: readonly MeterEntryDto[];
  readonly done: () => void;
  readonly changed: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [left, setLeft] = useState<readonly Left[] | null>(null);
  const { own, foreign, doubted, ready } = sorted(entries);
  const send = async () => {
    if (busy || ready.length === 0) return;
    setBusy(true);
    const answer = await post<BulkDto>("/meters/readings/confirm", { entries: entries.map((e) => e.id) });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    const still = answer.data.items.flatMap(({ id, problem: why }) => {
      const entry = entries.find((e) => e.id === id);
      return why === null || entry === undefined ? [] : [{ entry, problem: why }];
    });
    tellDone(t("meters.many-done", { n: entries.length - still.length }));
    changed();
    if (still.length === 0) return done();
    setLeft(still);
  };
  if (left !== null)
    return (
      <div class="form">
        <p role="status">{t("meters.many-left", { n: left.length })}</p>
        <ul class="meter-left" data-testid="many-left">
          {left.map(({ entry, problem: why }) => (
            <li key={entry.id}>
              <b>{deviceName(entry.device)}</b> {entryText(entry)}
              <small>{lookup(`problem.${why.code}`) ?? why.detail}</small>
              <Doubts doubts={why.code === "own-request" ? [] : (current.find((e) => e.id === entry.id)?.doubts ?? [])} unit={entry.unit} />
            </li>
          ))}
        </ul>
        <p class="form-end">
          <button type="button" class="primary" onClick={done}>
            {t("common.close")}
          </button>
        </p>
      </div>
    );
  return (
    <div class="form">
      <p>{t("meters.many-ready", { n: ready.length })}</p>
      <ul class="plain-list">
        {own.length > 0 && <li>{t("meters.many-own", { n: own.length })}</li>}
        {doubted.length > 0 && <li>{t("meters.many-doubted", { n: doubted.length })}</li>}
        {foreign.length > 0 && <li>{t("meters.many-foreign", { n: foreign.length })}</li>}
      </ul>
      <p class="muted">{t("meters.many-sure")}</p>
      <Problem problem={problem} />
      <p class="form-end">
        <button
          type="button"
          class="primary"
          autoFocus
          aria-disabled={busy || ready.length === 0}
          aria-busy={busy}
          onClick={() => void send()}
          data-testid="many-send"
        >
          {t("meters.many-confirm", { n: ready.length })}
        </button>
      </p>
    </div>
  );
}

export function ConfirmMany({ entries, changed }: { readonly entries: readonly MeterEntryDto[]; readonly changed: () => void }) {
  const [asked, setAsked] = useState<readonly MeterEntryDto[] | null>(null);
  const { ready } = sorted(entries);
  const why = ready.length === 0 ? t("meters.many-none") : null;
  return (
    <div class="meter-links">
      {entries.length > 1 && (
        <OpenButton why={why} open={() => setAsked(entries)} testId="confirm-many">
          {t("meters.many")} <b>{ready.length}</b>
        </OpenButton>
      )}
      {entries.length > 1 && why !== null && <span class="muted">{why}</span>}
      {asked !== null && (
        <Dialog title={t("meters.many")} onClose={() => setAsked(null)} testId="many-dialog">
          <Asking entries={asked} current={entries} done={() => setAsked(null)} changed={changed} />
        </Dialog>
      )}
    </div>
  );
}
