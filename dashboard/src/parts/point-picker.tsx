/** Chooses points for a chart: found by the name of a device, a space or a department; taken away again one by one. */
import { useMemo, useState } from "preact/hooks";
import { MOST_CHOSEN } from "../chart-question.ts";
import { saysAll, wordsOf } from "../device-search.ts";
import { lang, t, text, word } from "../i18n.ts";
import { deviceName, spaceName } from "../names.ts";
import { drawable } from "../series.ts";
import { deviceShape, devices } from "../store.ts";
import { Icon } from "./icon.tsx";

const MOST_FOUND = 8;

/** A point by its device's and its own name. */
export function pointLabel(id: string): string {
  const cut = id.lastIndexOf("/");
  return `${deviceName(id.slice(0, cut))} · ${word("point", id.slice(cut + 1))}`;
}

export function PointPicker({ chosen, onChange }: { readonly chosen: readonly string[]; readonly onChange: (points: readonly string[]) => void }) {
  const [wanted, setWanted] = useState("");
  const words = wordsOf(wanted);
  const found = useMemo(() => {
    void deviceShape.value;
    if (words.length === 0) return [];
    return [...devices.peekAll()].filter((d) => saysAll(d, words)).slice(0, MOST_FOUND);
  }, [wanted, deviceShape.value, lang.value]);
  const full = chosen.length >= MOST_CHOSEN;
  return (
    <section class="point-picker" aria-label={t("charts.points")}>
      <label class="filter grow">
        <span class="label">{t("charts.find")}</span>
        <input type="search" value={wanted} placeholder={t("charts.find-hint")} onInput={(e) => setWanted(e.currentTarget.value)} data-testid="point-search" />
      </label>
      {chosen.length > 0 && (
        <ul class="chosen-points" aria-label={t("charts.chosen")}>
          {chosen.map((id) => (
            <li key={id}>
              <button
                type="button"
                class="chip"
                onClick={() => onChange(chosen.filter((c) => c !== id))}
                aria-label={t("charts.remove", { point: pointLabel(id) })}
              >
                {pointLabel(id)} <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {full && <p class="muted small">{t("charts.full", { n: MOST_CHOSEN })}</p>}
      {words.length > 0 && (
        <ul class="found-points" data-testid="found-points">
          {found.length === 0 && <li class="muted">{t("charts.none-found")}</li>}
          {found.map((d) => (
            <li key={d.id}>
              <span>
                <b>{text(d.name)}</b> <small class="muted">{spaceName(d.space)}</small>
              </span>
              <span class="chips">
                {drawable(d.points).map((p) => {
                  const id = `${d.id}/${p.name}`;
                  const on = chosen.includes(id);
                  return (
                    <button
                      type="button"
                      key={p.name}
                      aria-pressed={on}
                      disabled={full && !on}
                      onClick={() => onChange(on ? chosen.filter((c) => c !== id) : [...chosen, id])}
                      data-testid={`take-${id}`}
                    >
                      {word("point", p.name)}
                    </button>
                  );
                })}
                {drawable(d.points).length === 0 && <small class="muted">{t("device.never-heard")}</small>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
