/** A mapping as a form: the topic's levels, the newest message to click values in, points, commands, and the rest. */
import type { MappingTrialDto, UnknownTopicDto } from "../../../server/contract/adopting.ts";
import { t } from "../i18n.ts";
import { Field } from "../parts/form.tsx";
import { KindOptions } from "./device-options.tsx";
import { pointName, timeIn, unitFor } from "./first-mapping.ts";
import { Commands } from "./mapping-commands.tsx";
import type { MappingDraft } from "./mapping-draft.ts";
import { NO_POINT, PLACES, wrongAt } from "./mapping-draft.ts";
import type { Problems } from "./mapping-points.tsx";
import { PointRow, Suggestions } from "./mapping-points.tsx";
import type { Leaf } from "./message-tree.ts";
import { leavesOf, treeOf } from "./message-tree.ts";
import { TopicLevels } from "./topic-levels.tsx";
import { PlainValue, Tree } from "./tree.tsx";

export interface MappingFormProps {
  readonly draft: MappingDraft;
  readonly change: (draft: MappingDraft) => void;
  readonly trial: MappingTrialDto | null;
  /** The message that it began with: shown until one on its own topic was heard. */
  readonly begun: UnknownTopicDto | null;
  readonly topics: readonly string[];
  readonly problems: Problems;
  /** The id of a mapping that is written already stays. */
  readonly known: boolean;
}

/** The draft with a value of the message taken in as a point, or taken out where it was one. */
export function picked(draft: MappingDraft, leaf: Leaf): MappingDraft {
  if (draft.points.some((p) => p.bytes === null && p.path === leaf.path))
    return { ...draft, points: draft.points.filter((p) => p.bytes !== null || p.path !== leaf.path) };
  const point = pointName(leaf.key, new Set(draft.points.map((p) => p.point)));
  const made = { ...NO_POINT, point, path: leaf.path, unit: unitFor(point, leaf) ?? "" };
  // A row that nobody filled is this one.
  return { ...draft, points: [...draft.points.filter((p) => p.bytes !== null || p.point !== "" || p.path !== ""), made] };
}

function Message({ message, draft, change }: { readonly message: UnknownTopicDto } & Pick<MappingFormProps, "draft" | "change">) {
  const tree = message.binary ? null : treeOf(message.payload);
  const picks = {
    of: (path: string) => draft.points.filter((p) => p.bytes === null && p.path === path).map((p) => p.point),
    pick: (leaf: Leaf) => change(picked(draft, leaf)),
  };
  if (message.binary)
    return (
      <ol class="bytes" start={0} aria-label={t("mapping.message")}>
        {message.payload.split(" ").map((byte, at) => (
          <li key={at}>
            <button
              type="button"
              class="tree-value"
              aria-pressed={draft.points.some((p) => p.bytes?.at === String(at))}
              title={t("mapping.pick-byte", { at })}
              onClick={() => {
                const name = pointName("value", new Set(draft.points.map((p) => p.point)));
                change({ ...draft, points: [...draft.points, { ...NO_POINT, point: name, bytes: { at: String(at), type: "u16", order: "ABCD" } }] });
              }}
            >
              <small class="muted">{at}</small> <code>{byte}</code>
            </button>
          </li>
        ))}
      </ol>
    );
  if (tree === null) return message.cut ? <p class="muted">{t("mapping.too-long")}</p> : <PlainValue text={message.payload} picks={picks} />;
  return <Tree branch={tree} picks={picks} />;
}

export function MappingForm({ draft: d, change, trial, begun, topics, problems, known }: MappingFormProps) {
  const tried = trial?.messages.find((m) => m.topic === begun?.topic) ?? trial?.messages[0];
  const message = tried ?? begun;
  const put = (part: Partial<MappingDraft>) => change({ ...d, ...part });
  const understood = tried?.points ?? [];
  const times = leavesOf(message === null || message.binary ? null : treeOf(message.payload));
  const wrong = (path: string) => wrongAt(problems, path);
  const setTime = (path: string) => {
    const leaf = times.find((l) => l.path === path);
    const as = leaf === undefined ? null : typeof leaf.value === "string" ? "iso" : timeIn({ ...leaf, key: "t" });
    put({ timePath: path, timeAs: as ?? d.timeAs });
  };
  const general = ["id", "device", "name", "interval", "time", "availability"].flatMap((path) => wrong(path) ?? []);
  return (
    <div class="mapping-form" data-testid="mapping-form">
      <Suggestions />
      <TopicLevels pattern={d.topic} change={(topic) => put({ topic })} heard={message?.topic ?? null} topics={topics} />
      {message !== null && (
        <fieldset>
          <legend>{t("mapping.message")}</legend>
          <p class="muted">{t("mapping.message-hint")}</p>
          <Message message={message} draft={d} change={change} />
        </fieldset>
      )}
      <fieldset>
        <legend>{t("mapping.points")}</legend>
        <ul class="point-rows">
          {d.points.map((p, i) => (
            <PointRow
              key={i}
              draft={p}
              index={i}
              understood={understood[i]?.point === p.point ? understood[i] : undefined}
              problems={problems}
              change={(point) => put({ points: d.points.map((x, j) => (j === i ? point : x)) })}
              drop={() => put({ points: d.points.filter((_, j) => j !== i) })}
            />
          ))}
        </ul>
        {wrong("points") !== null && d.points.length === 0 && <p class="problem">{t("mapping.no-points")}</p>}
        <button type="button" class="plain small" onClick={() => put({ points: [...d.points, NO_POINT] })} data-testid="add-point">
          {t("mapping.add-point")}
        </button>
      </fieldset>
      <fieldset>
        <legend>{t("mapping.what")}</legend>
        <div class="field-row">
          <Field label={t("mapping.id")} hint={t("mapping.id-hint")}>
            <input value={d.id} readOnly={known} spellcheck={false} onInput={(e) => put({ id: e.currentTarget.value })} data-testid="mapping-id" />
          </Field>
          <Field label={t("table.kind")}>
            <select value={d.kind} onChange={(e) => put({ kind: e.currentTarget.value })} data-testid="mapping-kind">
              <option value="">{t("mapping.kind-guessed")}</option>
              <KindOptions chosen={d.kind} />
            </select>
          </Field>
          <Field label={t("source.interval-s")}>
            <input inputMode="numeric" value={d.interval} onInput={(e) => put({ interval: e.currentTarget.value })} />
          </Field>
          <Field label={t("mapping.time")}>
            <select value={d.timePath} onChange={(e) => setTime(e.currentTarget.value)} data-testid="mapping-time">
              <option value="">{t("mapping.no-time")}</option>
              {[...new Set([...(d.timePath === "" ? [] : [d.timePath]), ...times.map((l) => l.path)])].map((path) => (
                <option key={path} value={path}>
                  {path}
                </option>
              ))}
            </select>
          </Field>
          {d.timePath !== "" && (
            <Field label={t("mapping.time-as")}>
              <select value={d.timeAs} onChange={(e) => put({ timeAs: e.currentTarget.value as MappingDraft["timeAs"] })}>
                <option value="s">{t("mapping.time-s")}</option>
                <option value="ms">{t("mapping.time-ms")}</option>
                <option value="iso">{t("mapping.time-iso")}</option>
              </select>
            </Field>
          )}
        </div>
        <details open={d.availability.topic !== "" || d.openLoop || d.name !== "" || (d.device !== "" && d.device !== "{device}")}>
          <summary>{t("mapping.more")}</summary>
          <div class="field-row">
            <Field label={t("mapping.device-of")} hint={t("mapping.device-hint", PLACES)}>
              <input class="code" value={d.device} spellcheck={false} onInput={(e) => put({ device: e.currentTarget.value })} />
            </Field>
            <Field label={t("mapping.name-of")}>
              <input class="code" value={d.name} spellcheck={false} onInput={(e) => put({ name: e.currentTarget.value })} />
            </Field>
          </div>
          <div class="field-row">
            <Field label={t("mapping.availability")}>
              <input
                class="code"
                value={d.availability.topic}
                spellcheck={false}
                onInput={(e) => put({ availability: { ...d.availability, topic: e.currentTarget.value } })}
              />
            </Field>
            <Field label={t("mapping.online")}>
              <input value={d.availability.online} onInput={(e) => put({ availability: { ...d.availability, online: e.currentTarget.value } })} />
            </Field>
            <Field label={t("mapping.offline")}>
              <input value={d.availability.offline} onInput={(e) => put({ availability: { ...d.availability, offline: e.currentTarget.value } })} />
            </Field>
          </div>
          <label class="check">
            <input type="checkbox" checked={d.openLoop} onChange={(e) => put({ openLoop: e.currentTarget.checked })} />
            {t("mapping.open-loop")}
          </label>
        </details>
        {general.map((text) => (
          <p key={text} class="problem">
            {text}
          </p>
        ))}
      </fieldset>
      <Commands draft={d} change={put} problems={problems} />
    </div>
  );
}
