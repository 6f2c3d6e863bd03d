/** Mappings for devices that no codec knows: the list, topics that nobody understands, and one written as text and tried as it is typed. */
import { useEffect, useState } from "preact/hooks";
import type { MappingDto, MappingTrialDto, UnknownTopicDto } from "../../../server/contract/adopting.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { List } from "../api.ts";
import { ask, post } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { t, word } from "../i18n.ts";
import { can } from "../me.ts";
import { pointText, unitOf } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem, tellDone, tellProblem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { firstMapping } from "./first-mapping.ts";
import "../style/adopting.css";

/** After the last key, before it is tried. */
const TYPED_MS = 400;
const AGAIN_MS = 3000;

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
                    <td class="number">{p.wrong === null ? <b>{pointText(p.point, p.value, unitOf(p.point))}</b> : <span class="problem">{p.wrong}</span>}</td>
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

function Editor({ start, fixed, done }: { readonly start: string; readonly fixed: boolean; readonly done: () => void }) {
  const [text, setText] = useState(start);
  const [trial, setTrial] = useState<MappingTrialDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  useEffect(() => {
    let gone = false;
    const run = async () => {
      const answer = await post<MappingTrialDto>("/mappings/try", { text });
      if (gone) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setTrial(answer.data);
    };
    const first = setTimeout(() => void run(), TYPED_MS);
    const again = setInterval(() => document.visibilityState === "visible" && void run(), AGAIN_MS);
    return () => {
      gone = true;
      clearTimeout(first);
      clearInterval(again);
    };
  }, [text]);
  const id = trial !== null && problem === null ? trial.id : idIn(text);
  const save = async () => {
    const answer = await ask<MappingDto>("PUT", `/mappings/${encodeURIComponent(id)}`, { text });
    if (!answer.ok) return setProblem(answer.problem);
    tellDone(t("mapping.saved", { id }));
    done();
  };
  return (
    <section class="panel mapping-editor" aria-labelledby="mapping-editor-title" data-testid="mapping-editor">
      <h2 id="mapping-editor-title">{t(fixed ? "mapping.looks" : "mapping.write")}</h2>
      <div class="mapping-beside">
        <div>
          <label class="field">
            <span class="label">{t("mapping.text")}</span>
            <textarea
              class="code"
              rows={22}
              value={text}
              readOnly={fixed}
              spellcheck={false}
              onInput={(e) => setText(e.currentTarget.value)}
              data-testid="mapping-text"
            />
          </label>
          <div aria-live="polite">
            <Problem problem={problem} />
          </div>
          <p class="form-end">
            <button type="button" class="quiet" onClick={done}>
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

function Topics({ begin }: { readonly begin: (text: string) => void }) {
  const { data, problem } = useFetched<List<UnknownTopicDto>>("/mappings/topics", null, 5000);
  return (
    <section class="panel mapping-topics" aria-labelledby="topics-title">
      <h2 id="topics-title">{t("mapping.topics")}</h2>
      <p class="muted">{t("mapping.topics-about")}</p>
      <Problem problem={problem} />
      {data !== null && data.items.length === 0 && <Empty text={t("mapping.no-topics")} />}
      <ul class="topic-list">
        {data?.items.map((topic) => (
          <li key={topic.topic} data-testid="unknown-topic">
            <div>
              <code>{topic.topic}</code>
              <small class="muted">
                <Time at={topic.at} how="ago" /> · {topic.payload.slice(0, 160)}
              </small>
            </div>
            <button type="button" class="plain" onClick={() => begin(firstMapping(topic))} data-testid="topic-map">
              {t("mapping.begin")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Mappings() {
  const { data, problem, reload } = useFetched<List<MappingDto>>("/mappings", null, 20_000);
  const [open, setOpen] = useState<{ readonly text: string; readonly fixed: boolean } | null>(null);
  const may = can("manage-mappings");
  const remove = async (id: string) => {
    if (!confirm(t("mapping.remove-sure", { id }))) return;
    const answer = await ask<MappingDto>("DELETE", `/mappings/${encodeURIComponent(id)}`);
    if (!answer.ok) return tellProblem(answer.problem);
    tellDone(t("mapping.removed", { id }));
    reload();
  };
  const close = () => {
    setOpen(null);
    reload();
  };
  return (
    <>
      <p class="lead">{t("mapping.about")}</p>
      <Problem problem={problem} />
      {open !== null && <Editor key={open.text} start={open.text} fixed={open.fixed} done={close} />}
      <section class="panel" aria-labelledby="mappings-title">
        <header class="panel-head">
          <h2 id="mappings-title">{t("mapping.list")}</h2>
          <ActionButton
            action="manage-mappings"
            department={null}
            run={() => setOpen({ text: firstMapping(null), fixed: false })}
            tone="primary"
            testId="mapping-new"
          >
            {t("mapping.new")}
          </ActionButton>
        </header>
        {data !== null && data.items.length === 0 && <Empty text={t("mapping.none")} />}
        <ul class="topic-list">
          {data?.items.map((m) => (
            <li key={m.id} data-testid="mapping" data-id={m.id}>
              <div>
                <b>{m.id}</b> <code>{m.topic}</code>
                <small class="muted">
                  {[
                    word("mapping-where", m.where),
                    t("mapping.devices", { n: m.devices }),
                    m.points.map((p) => word("point", p)).join(t("suggest.comma")),
                    m.commands.length === 0 ? null : t("mapping.commands", { points: m.commands.map((p) => word("point", p)).join(t("suggest.comma")) }),
                  ]
                    .filter((x) => x !== null)
                    .join(" · ")}
                </small>
              </div>
              <span class="buttons">
                {may && (
                  <button type="button" class="plain" onClick={() => setOpen({ text: m.text, fixed: m.where === "site-file" })} data-testid="mapping-open">
                    {t(m.where === "site-file" ? "mapping.look" : "adopt.change")}
                  </button>
                )}
                {m.where === "here" && (
                  <ActionButton action="manage-mappings" department={null} run={() => remove(m.id)} tone="quiet" testId="mapping-remove">
                    {t("mapping.remove")}
                  </ActionButton>
                )}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {may && <Topics begin={(text) => setOpen({ text, fixed: false })} />}
    </>
  );
}
