/** One discovered device in the list: what it says, what it probably is and why, and the same to be changed before it is adopted. */
import { useState } from "preact/hooks";
import type { DiscoveredDto } from "../../../server/contract/adopting.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { format, t, text, word } from "../i18n.ts";
import { officeFirst, pointText, pointWord, spaceName, unitOf } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Field } from "../parts/form.tsx";
import { Icon } from "../parts/icon.tsx";
import { Problem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../router.ts";
import { devices } from "../store.ts";
import { KindOptions, SpaceOptions } from "./device-options.tsx";
import type { Draft } from "./draft.ts";
import { SourceFacts } from "./source.tsx";
import { because, judgedBy, sourceLine } from "./words.ts";

const POINTS_SHOWN = 6;

export interface StrangerProps {
  readonly found: DiscoveredDto;
  readonly draft: Draft;
  readonly chosen: boolean;
  readonly problem: ProblemDto | null;
  readonly choose: (chosen: boolean, range: boolean) => void;
  readonly change: (part: Partial<Draft>) => void;
  readonly adopt: () => Promise<void>;
  readonly ignore: (ignored: boolean) => Promise<void>;
}

function Edit({ found, draft, change }: Pick<StrangerProps, "found" | "draft" | "change">) {
  const { device } = found;
  return (
    <div class="field-row" data-testid="stranger-edit">
      <Field label={t("table.kind")}>
        <select value={draft.kind} onChange={(e) => change({ kind: e.currentTarget.value as Draft["kind"] })} data-testid="stranger-kind">
          <option value="">{t("common.choose")}</option>
          <KindOptions chosen={draft.kind} />
        </select>
      </Field>
      <Field label={t("table.space")}>
        <select value={draft.space} onChange={(e) => change({ space: e.currentTarget.value })} data-testid="stranger-space">
          <SpaceOptions building={device.building} chosen={draft.space} />
        </select>
      </Field>
      <Field label={t("table.name")}>
        <input value={draft.name} maxLength={100} placeholder={text(device.name)} onInput={(e) => change({ name: e.currentTarget.value })} />
      </Field>
      <Field label={t("source.interval-s")}>
        <input type="number" min={1} max={86_400} value={draft.interval} onInput={(e) => change({ interval: e.currentTarget.value })} />
      </Field>
    </div>
  );
}

export function Stranger({ found, draft, chosen, problem, choose, change, adopt, ignore }: StrangerProps) {
  const [open, setOpen] = useState(false);
  const { id } = found.device;
  const device = devices.one(id).value ?? found.device;
  const { source, suggestion } = found;
  const why = because(suggestion);
  const interval = suggestion.interval;
  return (
    <article class={`panel stranger ${chosen ? "chosen" : ""}`} data-testid="discovered" data-id={id}>
      <header>
        <input
          type="checkbox"
          checked={chosen}
          aria-label={t("adopt.choose", { device: text(device.name) })}
          onClick={(e) => choose(e.currentTarget.checked, e.shiftKey)}
          data-testid="stranger-choose"
        />
        <Icon name={draft.kind === "" ? "unknown" : draft.kind} />
        <div>
          <h2>
            <a href={pathTo("devices", id)}>{text(device.name)}</a>
          </h2>
          <p class="muted">
            {sourceLine(device.codec, source)} · <code>{id}</code>
            {device.seenAt !== null && (
              <>
                {" · "}
                {t("device.seen")} <Time at={device.seenAt} how="ago" />
              </>
            )}
          </p>
        </div>
      </header>
      <div class="stranger-what">
        <p>
          <b data-testid="stranger-is">
            {draft.kind === "" ? t("adopt.kind-unknown") : word("kind", draft.kind)} · {draft.space === "" ? t("common.no-space") : spaceName(draft.space)}
          </b>
          {interval !== null && draft.interval !== "" && (
            <span class="muted">
              {" "}
              ·{" "}
              {t(interval.by === "heard" ? "suggest.interval-heard" : "suggest.interval-said", { every: format.value.duration(Number(draft.interval) * 1000) })}
            </span>
          )}
        </p>
        {why !== null && <p class="muted stranger-why">{why}</p>}
        <p class="stranger-points">
          {officeFirst(device.points)
            .slice(0, POINTS_SHOWN)
            .map((p) => (
              <span key={p.name}>
                {pointWord(p.name)} <b>{pointText(p.name, p.value, unitOf(p.name, p.unit))}</b>
              </span>
            ))}
          {device.points.length > POINTS_SHOWN && <span class="muted">{t("adopt.more-points", { n: device.points.length - POINTS_SHOWN })}</span>}
        </p>
      </div>
      {open && (
        <>
          <Edit found={found} draft={draft} change={change} />
          <p class="muted stranger-why">{judgedBy(suggestion)}</p>
          {source !== null && <SourceFacts source={source} />}
        </>
      )}
      <Problem problem={problem} />
      <p class="form-end">
        <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="stranger-open">
          {t(open ? "adopt.less" : "adopt.change")}
        </button>
        <ActionButton action="adopt-device" department={null} run={() => ignore(device.ignored !== true)} tone="quiet" testId="stranger-ignore">
          {t(device.ignored === true ? "adopt.see-again" : "adopt.ignore")}
        </ActionButton>
        <ActionButton
          action="adopt-device"
          department={null}
          run={adopt}
          tone="primary"
          testId="adopt-button"
          blocked={draft.kind === "" ? t("adopt.needs-kind") : null}
        >
          {t("devices.adopt")}
        </ActionButton>
      </p>
    </article>
  );
}
