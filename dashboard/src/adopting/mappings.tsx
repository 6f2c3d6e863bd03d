/** Mappings for devices that no codec knows: the list, topics that nobody understands, and the one that is being written. */
import { useState } from "preact/hooks";
import type { MappingDto, UnknownTopicDto } from "../../../server/contract/adopting.ts";
import type { List } from "../api.ts";
import { ask } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { t, word } from "../i18n.ts";
import { can } from "../me.ts";
import { ActionButton } from "../parts/action.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem, tellDone, tellProblem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { firstMapping } from "./first-mapping.ts";
import type { MappingStart } from "./mapping-editor.tsx";
import { MappingEditor } from "./mapping-editor.tsx";
import "../style/adopting.css";

/** `again`: what a mapping takes waits here no more. */
function Topics({ begin, again }: { readonly begin: (topic: UnknownTopicDto) => void; readonly again: string }) {
  const { data, problem } = useFetched<List<UnknownTopicDto>>("/mappings/topics", again, 5000);
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
            <button type="button" class="plain" onClick={() => begin(topic)} data-testid="topic-map">
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
  const [open, setOpen] = useState<MappingStart | null>(null);
  const may = can("manage-mappings");
  const begin = (topic: UnknownTopicDto | null) => setOpen({ text: firstMapping(topic), fixed: false, known: false, topic });
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
    // Where it began, so that the keyboard does not begin anew.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="mapping-new"]')?.focus());
  };
  return (
    <>
      <p class="lead">{t("mapping.about")}</p>
      <Problem problem={problem} />
      {open !== null && <MappingEditor key={open.text} start={open} done={close} />}
      <section class="panel" aria-labelledby="mappings-title">
        <header class="panel-head">
          <h2 id="mappings-title">{t("mapping.list")}</h2>
          <ActionButton action="manage-mappings" department={null} run={() => begin(null)} tone="primary" testId="mapping-new">
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
                  <button
                    type="button"
                    class="plain"
                    onClick={() => setOpen({ text: m.text, fixed: m.where === "site-file", known: true, topic: null })}
                    data-testid="mapping-open"
                  >
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
      {may && <Topics begin={begin} again={(data?.items ?? []).map((m) => m.topic).join(" ")} />}
    </>
  );
}
