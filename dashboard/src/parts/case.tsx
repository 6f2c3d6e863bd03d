/** Why a finding came about, afterwards: inputs then, exceptions then, who changed the rule, and what the measurement did. */
import { useEffect, useState } from "preact/hooks";
import type { CaseDto } from "../../../server/contract/why.ts";
import { get } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { deviceName, personName, pointText, policyName } from "../names.ts";
import { now } from "../store.ts";
import { dayText } from "./day.ts";

const WIDTH = 320;
const HEIGHT = 72;

function Effect({ of }: { readonly of: NonNullable<CaseDto["effect"]> }) {
  const values = of.series.flatMap((s) => (s.value === null ? [] : [{ at: Date.parse(s.at), value: s.value }]));
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return null;
  const most = Math.max(...values.map((v) => v.value), 1);
  const x = (at: number) => ((at - first.at) / (last.at - first.at)) * WIDTH;
  const y = (value: number) => HEIGHT - 4 - (value / most) * (HEIGHT - 8);
  const path = values.map((v, i) => `${i === 0 ? "M" : "L"}${x(v.at).toFixed(1)} ${y(v.value).toFixed(1)}`).join("");
  const say = (value: number | null) => (value === null ? "—" : format.value.quantity(value, of.unit));
  return (
    <figure class="effect">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("case.effect", { before: say(of.before), after: say(of.after) })}
      >
        <path d={path} fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke" />
      </svg>
      <figcaption>
        {t("case.effect", { before: say(of.before), after: say(of.after) })} <small class="muted">{of.point}</small>
      </figcaption>
    </figure>
  );
}

export function Case({ path }: { readonly path: string }) {
  const [known, setKnown] = useState<CaseDto | null>(null);
  useEffect(() => {
    let gone = false;
    setKnown(null);
    void get<CaseDto>(path).then((answer) => !gone && answer.ok && setKnown(answer.data));
    return () => {
      gone = true;
    };
  }, [path]);
  if (known === null) return null;
  const at = (iso: string) => format.value.time(iso, now.peek());
  return (
    <section class="case" data-testid="case">
      <h3>{t("case.title", { at: at(known.at) })}</h3>
      <p>
        {dayText(known.day)} · {t(known.day.workingNow ? "day.in-hours" : "day.out-of-hours")} · {word("season", known.day.season)}
      </p>
      {known.inputs.length > 0 && (
        <ul class="plain-list inputs">
          {known.inputs.map((i) => {
            const cut = i.point.lastIndexOf("/");
            const name = i.point.slice(cut + 1);
            return (
              <li key={i.point}>
                {i.point.slice(0, cut) === known.device ? "" : `${deviceName(i.point.slice(0, cut))} · `}
                {word("point", name)} <b>{pointText(name, i.value, i.unit)}</b> <small class="muted">{at(i.at)}</small>
              </li>
            );
          })}
        </ul>
      )}
      {known.exemption !== null && <p>{t("case.exemption", { reason: word("protection", known.exemption) })}</p>}
      {known.overrides.map((o) => (
        <p key={o.id}>
          {t("case.override", { who: personName(o.by), reason: o.reason, policy: o.policy === null ? t("override.all-policies") : policyName(o.policy) })}
        </p>
      ))}
      {known.approvals.map((a) => (
        <p key={a.id}>{t("case.approval", { who: personName(a.decidedBy), reason: a.reason })}</p>
      ))}
      {known.handsOff.map((h) => (
        <p key={h.id}>{t("case.hands-off", { who: personName(h.by), reason: h.reason })}</p>
      ))}
      {known.overrides.length + known.approvals.length + known.handsOff.length === 0 && known.exemption === null && (
        <p class="muted">{t("case.no-exceptions")}</p>
      )}
      {known.changes.slice(0, 3).map((c) => (
        <p key={c.at + c.what}>{t("case.changed", { who: personName(c.by), at: at(c.at) })}</p>
      ))}
      {known.effect !== null && <Effect of={known.effect} />}
    </section>
  );
}
