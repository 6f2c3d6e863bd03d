/** A topic's levels, each as it is, any, or one that a name is given to; beside it the pattern that they make. */
import { readTopic } from "../../../server/core/mapping.ts";
import { t } from "../i18n.ts";
import { Field } from "../parts/form.tsx";
import type { LevelAs } from "./mapping-draft.ts";
import { levelAs, PLACES, withLevel } from "./mapping-draft.ts";

export interface TopicLevelsProps {
  readonly pattern: string;
  readonly change: (pattern: string) => void;
  /** A topic that was heard, whose words a level can go back to; null where none was. */
  readonly heard: string | null;
  /** Other topics to begin with. */
  readonly topics: readonly string[];
}

const DEVICE = "device";

function Level({
  part,
  heard,
  at,
  change,
}: {
  readonly part: string;
  readonly heard: string | undefined;
  readonly at: number;
  readonly change: (level: LevelAs) => void;
}) {
  const as = levelAs(part);
  const own = as.kind === "word" ? as.word : (heard ?? "");
  const label = t("mapping.level", { n: at + 1 });
  const chosen = as.kind === "named" ? (as.name === DEVICE ? DEVICE : "named") : as.kind;
  return (
    <span class="topic-level">
      <select
        aria-label={label}
        value={chosen}
        onChange={(e) => {
          const { value } = e.currentTarget;
          if (value === "word") change({ kind: "word", word: own });
          else if (value === "any") change({ kind: "any" });
          else change({ kind: "named", name: value === DEVICE ? DEVICE : `level${at + 1}` });
        }}
        data-testid="topic-level"
      >
        <option value="word" disabled={own === ""}>
          {own === "" ? "—" : own}
        </option>
        <option value={DEVICE}>{t("mapping.level-device")}</option>
        <option value="named">{t("mapping.level-named")}</option>
        <option value="any">{t("mapping.level-any")}</option>
      </select>
      {chosen === "named" && as.kind === "named" && (
        <input
          value={as.name}
          aria-label={t("mapping.level-name", { n: at + 1 })}
          spellcheck={false}
          onInput={(e) => change({ kind: "named", name: e.currentTarget.value })}
        />
      )}
      {heard !== undefined && as.kind !== "word" && <small class="muted">{heard}</small>}
    </span>
  );
}

export function TopicLevels({ pattern, change, heard, topics }: TopicLevelsProps) {
  const parts = pattern.split("/");
  const words = heard?.split("/") ?? [];
  const wrong = readTopic(pattern);
  return (
    <fieldset class="topic-levels">
      <legend>{t("mapping.topic")}</legend>
      <div class="topic-row">
        {parts.map((part, i) => (
          <span key={i} class="topic-part">
            {i > 0 && <i aria-hidden="true">/</i>}
            <Level part={part} heard={words[i]} at={i} change={(level) => change(withLevel(pattern, i, level))} />
          </span>
        ))}
      </div>
      <div class="field-row">
        <Field label={t("mapping.pattern")} {...("wrong" in wrong ? {} : { hint: t("mapping.pattern-hint", PLACES) })}>
          <input class="code" value={pattern} spellcheck={false} onInput={(e) => change(e.currentTarget.value)} data-testid="mapping-topic" />
        </Field>
        {topics.length > 0 && (
          <Field label={t("mapping.heard")}>
            <select value="" onChange={(e) => e.currentTarget.value !== "" && change(e.currentTarget.value)} data-testid="mapping-heard">
              <option value="">{t("common.choose")}</option>
              {topics.map((topic) => (
                <option key={topic} value={topic}>
                  {topic}
                </option>
              ))}
            </select>
          </Field>
        )}
      </div>
      {"wrong" in wrong && <p class="problem">{wrong.wrong}</p>}
    </fieldset>
  );
}
