/** How a mapped device is commanded: which points, on which topic, with which payload, in its own words; and where it answers. */
import { officePoint } from "../../../server/core/description.ts";
import { t, word } from "../i18n.ts";
import { Field } from "../parts/form.tsx";
import type { CommandDraft, MappingDraft } from "./mapping-draft.ts";
import { NO_COMMAND, PLACES, wrongAt } from "./mapping-draft.ts";
import type { Problems } from "./mapping-points.tsx";
import { Words } from "./mapping-points.tsx";

/** Points that somebody may want to command though the device does not tell them. */
const USUAL = ["on", "setpoint", "mode", "brightness", "valve"];

/** What a device most likely takes: an object of the points' values, words in quotation marks. */
function usualPayload(points: readonly string[]): string {
  if (points.length === 0) return "";
  return `{${points.map((p) => `"${p}":${["number", "boolean"].includes(officePoint(p)?.type ?? "") ? `{${p}}` : `"{${p}}"`}`).join(",")}}`;
}

function Command({
  draft: c,
  points,
  wrong,
  change,
  drop,
}: {
  readonly draft: CommandDraft;
  readonly points: readonly string[];
  readonly wrong: string | null;
  readonly change: (command: CommandDraft) => void;
  readonly drop: () => void;
}) {
  const toggle = (point: string) => {
    const chosen = c.points.includes(point) ? c.points.filter((p) => p !== point) : [...c.points, point];
    const untouched = c.payload === "" || c.payload === usualPayload(c.points);
    change({ ...c, points: chosen, payload: untouched ? usualPayload(chosen) : c.payload });
  };
  return (
    <li class="point-row" data-testid="mapping-command">
      <div class="chips" role="group" aria-label={t("mapping.command-points")}>
        {points.map((p) => (
          <button type="button" key={p} aria-pressed={c.points.includes(p)} onClick={() => toggle(p)} data-testid={`command-point-${p}`}>
            {word("point", p)}
          </button>
        ))}
        <button type="button" class="quiet" aria-label={t("mapping.drop-command")} onClick={drop}>
          ×
        </button>
      </div>
      <div class="field-row">
        <Field label={t("mapping.command-topic")}>
          <input
            class="code"
            value={c.topic}
            spellcheck={false}
            placeholder="…/{device}/set"
            onInput={(e) => change({ ...c, topic: e.currentTarget.value })}
            data-testid="command-topic"
          />
        </Field>
        <Field label={t("mapping.command-payload")} hint={t("mapping.command-hint", PLACES)}>
          <input
            class="code"
            value={c.payload}
            spellcheck={false}
            placeholder={'{"cmd":"{on}","seq":"{id}"}'}
            onInput={(e) => change({ ...c, payload: e.currentTarget.value })}
            data-testid="command-payload"
          />
        </Field>
      </div>
      {c.points.map((p) => (
        <div key={p}>
          <span class="label">{t("mapping.command-words", { point: word("point", p) })}</span>
          <Words point={p} reverse rows={c.values[p] ?? []} change={(rows) => change({ ...c, values: { ...c.values, [p]: rows } })} />
        </div>
      ))}
      {wrong !== null && <p class="problem">{wrong}</p>}
    </li>
  );
}

export function Commands({
  draft,
  change,
  problems,
}: {
  readonly draft: MappingDraft;
  readonly change: (part: Partial<MappingDraft>) => void;
  readonly problems: Problems;
}) {
  const { commands, ack } = draft;
  const points = [...new Set([...draft.points.map((p) => p.point), ...commands.flatMap((c) => c.points), ...USUAL])].filter((p) => p !== "");
  const levels = draft.topic.split("/");
  /** A topic that the device may hear on, as a beginning. */
  const down = [...levels.slice(0, -1), "set"].join("/");
  return (
    <fieldset>
      <legend>{t("mapping.commands-title")}</legend>
      <ul class="point-rows">
        {commands.map((c, i) => (
          <Command
            key={i}
            draft={c}
            points={points}
            wrong={wrongAt(problems, `commands.${i}`)}
            change={(command) => change({ commands: commands.map((x, j) => (j === i ? command : x)) })}
            drop={() => change({ commands: commands.filter((_, j) => j !== i) })}
          />
        ))}
      </ul>
      <button type="button" class="plain small" onClick={() => change({ commands: [...commands, { ...NO_COMMAND, topic: down }] })} data-testid="add-command">
        {t("mapping.add-command")}
      </button>
      {commands.length > 0 && (
        <details open={ack.topic !== ""}>
          <summary>{t("mapping.answer")}</summary>
          <div class="field-row">
            <Field label={t("mapping.answer-topic")}>
              <input class="code" value={ack.topic} spellcheck={false} onInput={(e) => change({ ack: { ...ack, topic: e.currentTarget.value } })} />
            </Field>
            <Field label={t("mapping.answer-id")}>
              <input
                class="code"
                value={ack.id}
                spellcheck={false}
                placeholder="$.seq"
                onInput={(e) => change({ ack: { ...ack, id: e.currentTarget.value } })}
              />
            </Field>
            <Field label={t("mapping.answer-path")}>
              <input
                class="code"
                value={ack.path}
                spellcheck={false}
                placeholder="$.ok"
                onInput={(e) => change({ ack: { ...ack, path: e.currentTarget.value } })}
              />
            </Field>
            <Field label={t("mapping.answer-is")}>
              <input value={ack.is} placeholder="true" onInput={(e) => change({ ack: { ...ack, is: e.currentTarget.value } })} />
            </Field>
          </div>
        </details>
      )}
    </fieldset>
  );
}
