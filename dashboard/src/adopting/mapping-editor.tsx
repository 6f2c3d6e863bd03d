/** A mapping that is being written: as a form or as text, both in step, and tried against the last messages as it is typed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { MappingDto, MappingTrialDto, UnknownTopicDto } from "../../../server/contract/adopting.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { Mapping } from "../../../server/core/mapping.ts";
import type { List } from "../api.ts";
import { ask, post } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { lang, lookup, t, word } from "../i18n.ts";
import { pointText } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Problem, tellDone } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import type { MappingDraft } from "./mapping-draft.ts";
import { draftOfMapping, textOfDraft } from "./mapping-draft.ts";
import { MappingForm } from "./mapping-form.tsx";
import { trialWrong } from "./mapping-points.tsx";

/** After the last key, before it is tried. */
const TYPED_MS = 400;
const AGAIN_MS = 3000;

export interface MappingStart {
  readonly text: string;
  /** The site file's, which is only looked at. */
  readonly fixed: boolean;
  /** Whether it is written already. */
  readonly known: boolean;
  readonly topic: UnknownTopicDto | null;
}

function idIn(text: string): string {
  return /^\s*(?:-\s*)?["']?id["']?\s*:\s*["']?([a-z][a-z0-9-]*)/m.exec(text)?.[1] ?? "";
}

function Tried({ trial }: { readonly trial: MappingTrialDto }) {
  if (trial.messages.length === 0) return <p class="muted">{t(trial.listening ? "mapping.listening" : "mapping.no-messages", { filter: trial.filter })}</p>;
  return (
    <>
      {trial.messages.map((m) => (
        <article key={m.topic} class="trial" data-testid="trial-message">
          <header>
            <code>{m.topic}</code>
            <span class="muted">
              <Time at={m.at} how="ago" />
              {m.device !== null && <> · {t("mapping.device", { device: m.device })}</>}
              {m.ts !== null && (
                <>
                  {" · "}
                  {t("mapping.its-time")} <Time at={m.ts} how="full" />
                </>
              )}
            </span>
          </header>
          {m.wrong !== null && <p class="problem">{m.wrong}</p>}
          {m.points.length > 0 && (
            <table class="compact">
              <caption class="sr-only">{m.topic}</caption>
              <tbody>
                {m.points.map((p, i) => (
                  <tr key={i} class={p.wrong === null ? "" : "doubtful"} data-testid="trial-point">
                    <th scope="row">{word("point", p.point)}</th>
                    <td>
                      <code>{p.raw === "" ? "—" : p.raw}</code>
                    </td>
                    <td aria-hidden="true">→</td>
                    <td class="number">{p.wrong === null ? <b>{pointText(p.point, p.value, p.unit)}</b> : <span class="problem">{trialWrong(p)}</span>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <pre tabIndex={0}>{m.payload}</pre>
        </article>
      ))}
    </>
  );
}

/** Each mistake with its place; before the server's own words the rule in the page's language. */
function mistakes(problem: ProblemDto | null): readonly { readonly path: string; readonly message: string }[] {
  return (problem?.errors ?? []).map(({ path, message }) => {
    const rule =
      lang.value === "en"
        ? undefined
        : lookup(
            `mapping-rule.${path
              .replaceAll(/\.?\d+/g, "")
              .split(".")
              .slice(0, 2)
              .join(".")}`,
          );
    return { path, message: rule === undefined ? message : t("problem.with-detail", { known: rule, detail: message }) };
  });
}

export function MappingEditor({ start, done }: { readonly start: MappingStart; readonly done: () => void }) {
  const { fixed } = start;
  const topics = useFetched<List<UnknownTopicDto>>("/mappings/topics", null, 10_000).data?.items ?? [];
  const [text, setText] = useState(start.text);
  const [draft, setDraft] = useState<MappingDraft | null>(null);
  const [asText, setAsText] = useState(false);
  const [tried, setTried] = useState<{ readonly text: string; readonly trial: MappingTrialDto } | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  /** Who wrote last: the other one follows. */
  const by = useRef<"text" | "form">("text");
  const top = useRef<HTMLElement>(null);
  useEffect(() => {
    top.current?.scrollIntoView({ block: "start" });
    top.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    let gone = false;
    let first = true;
    const run = async () => {
      const answer = await post<MappingTrialDto>("/mappings/try", { text });
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      if (!answer.ok) return;
      setTried({ text, trial: answer.data });
      if (first && by.current === "text") setDraft(draftOfMapping(answer.data.mapping as unknown as Mapping));
      first = false;
    };
    const typed = setTimeout(() => void run(), draft === null ? 0 : TYPED_MS);
    const again = setInterval(() => document.visibilityState === "visible" && void run(), AGAIN_MS);
    return () => {
      gone = true;
      clearTimeout(typed);
      clearInterval(again);
    };
  }, [text]);
  const write = (next: MappingDraft) => {
    by.current = "form";
    setDraft(next);
    setText(textOfDraft(next));
  };
  const trial = tried?.trial ?? null;
  const id = trial !== null && problem === null ? trial.id : idIn(text);
  const save = async () => {
    const answer = await ask<MappingDto>("PUT", `/mappings/${encodeURIComponent(id)}`, { text });
    if (!answer.ok) return setProblem(answer.problem);
    tellDone(t("mapping.saved", { id }));
    done();
  };
  // What the form wrote is shown as one would write it, as soon as it can be read.
  const shown = by.current === "form" && problem === null && tried?.text === text ? tried.trial.text : text;
  return (
    <section class="panel mapping-editor" aria-labelledby="mapping-editor-title" data-testid="mapping-editor" ref={top} tabIndex={-1}>
      <header class="panel-head">
        <h2 id="mapping-editor-title">{t(fixed ? "mapping.looks" : "mapping.write")}</h2>
        {!fixed && (
          <div class="segments" role="group" aria-label={t("mapping.write")}>
            <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)} data-testid="mapping-as-form">
              {t("mapping.as-form")}
            </button>
            <button type="button" aria-pressed={asText} onClick={() => setAsText(true)} data-testid="mapping-as-text">
              {t("mapping.text")}
            </button>
          </div>
        )}
      </header>
      <div class="mapping-beside">
        <div>
          {fixed || asText ? (
            <label class="field">
              <span class="label">{t("mapping.text")}</span>
              <textarea
                class="code"
                rows={22}
                value={shown}
                readOnly={fixed}
                spellcheck={false}
                onInput={(e) => {
                  by.current = "text";
                  setText(e.currentTarget.value);
                }}
                data-testid="mapping-text"
              />
            </label>
          ) : draft === null ? (
            problem !== null && <p class="muted">{t("mapping.no-form")}</p>
          ) : (
            <>
              {by.current === "text" && problem !== null && <p class="problem">{t("mapping.no-form")}</p>}
              <MappingForm
                draft={draft}
                change={write}
                trial={problem === null ? trial : null}
                begun={start.topic}
                topics={topics.map((x) => x.topic)}
                problems={mistakes(problem)}
                known={start.known}
              />
            </>
          )}
          <div aria-live="polite">
            <Problem problem={problem} />
          </div>
          <p class="form-end">
            <button type="button" class="quiet" onClick={() => (text === start.text || confirm(t("mapping.leave-sure"))) && done()} data-testid="mapping-close">
              {t("common.close")}
            </button>
            {!fixed && (
              <ActionButton
                action="manage-mappings"
                department={null}
                run={save}
                tone="primary"
                testId="mapping-save"
                blocked={problem !== null || trial === null ? t("mapping.not-yet") : null}
              >
                {t("common.save")}
              </ActionButton>
            )}
          </p>
        </div>
        <div class="mapping-tried" data-testid="mapping-tried">
          <h3>{t("mapping.tried")}</h3>
          {trial !== null && <Tried trial={trial} />}
        </div>
      </div>
    </section>
  );
}
