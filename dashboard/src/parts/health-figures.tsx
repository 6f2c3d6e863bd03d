/** Alarms' figures, each beside its bound and the bound's source. */
import type { AlarmHealthDto } from "../../../server/contract/alarm-health.ts";
import { format, t, word } from "../i18n.ts";
import { alarmName, deviceName } from "../names.ts";
import { pathTo } from "../router.ts";
import { Empty, SeverityMark } from "./marks.tsx";

type Figure = AlarmHealthDto["figures"][number];
const SEVERITIES = ["low", "medium", "high"] as const;

function amount(value: number, unit: string): string {
  if (unit === "%") return format.value.number(value, value > 0 && value < 10 ? 1 : 0);
  return format.value.number(value, Number.isInteger(value) ? 0 : value < 0.1 ? 2 : 1);
}

/** Where a value lies between nothing and twice what can be managed, as share of the bar. */
function Bullet({ figure: { value, good, manageable, verdict } }: { readonly figure: Figure }) {
  if (good === null || manageable === null) return null;
  const end = Math.max(manageable * 2, 1);
  const share = (n: number) => `${Math.min(100, (n / end) * 100)}%`;
  return (
    <span class="bullet" aria-hidden="true">
      <i class="bullet-good" style={{ width: share(good) }} />
      <i class="bullet-fair" style={{ left: share(good), width: `calc(${share(manageable)} - ${share(good)})` }} />
      <b class={verdict ?? ""} style={{ width: share(value) }} />
    </span>
  );
}

function FigureTile({ figure: f }: { readonly figure: Figure }) {
  const unit = word("health-unit", f.unit);
  const bound =
    f.key === "in-time"
      ? t("health.own-chain")
      : f.good === null
        ? word("health-source", f.source)
        : t("health.bound", { value: f.unit === "%" ? format.value.quantity(f.good, "%") : f.good, source: word("health-source", f.source) });
  return (
    <li class={`health-figure ${f.verdict ?? "unjudged"}`} data-testid={`figure-${f.key}`} data-verdict={f.verdict ?? ""}>
      <span class="label">{word("health-figure", f.key)}</span>
      <span class="figure-value">
        {amount(f.value, f.unit)}
        <small>{unit}</small>
      </span>
      <Bullet figure={f} />
      <span class="health-bound">
        {f.verdict !== null && <b class={`verdict ${f.verdict}`}>{word("health-verdict", f.verdict)}</b>}
        <span>{bound}</span>
      </span>
    </li>
  );
}

export function HealthFigures({ health }: { readonly health: AlarmHealthDto }) {
  return (
    <ul class="health-figures" aria-label={t("health.figures")}>
      {health.figures.map((f) => (
        <FigureTile key={f.key} figure={f} />
      ))}
    </ul>
  );
}

export function TopAlarms({ health }: { readonly health: AlarmHealthDto }) {
  const most = Math.max(1, ...health.top.map((a) => a.count));
  return (
    <section class="panel" aria-labelledby="health-top">
      <header class="panel-head">
        <h2 id="health-top">{t("health.top")}</h2>
      </header>
      {health.top.length === 0 ? (
        <Empty text={t("health.none")} />
      ) : (
        <ol class="health-top">
          {health.top.map((a) => (
            <li key={`${a.alarm} ${a.device ?? ""}`}>
              <SeverityMark severity={a.severity} />
              <span class="health-top-name">
                {alarmName(a.alarm)}
                {a.device !== null && <a href={pathTo("devices", a.device)}>{deviceName(a.device)}</a>}
              </span>
              <span class="bar" aria-hidden="true">
                <i style={{ width: `${(a.count / most) * 100}%` }} />
              </span>
              <span class="figures">
                <b>{format.value.number(a.count)}</b> <small class="muted">{format.value.quantity(a.share, "%")}</small>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Mixed({ label, percent }: { readonly label: string; readonly percent: Readonly<Record<(typeof SEVERITIES)[number], number>> }) {
  return (
    <>
      <span class="label">{label}</span>
      <span class="mix" role="img" aria-label={SEVERITIES.map((s) => `${word("severity", s)} ${format.value.quantity(percent[s], "%")}`).join(", ")}>
        {SEVERITIES.map((s) => (
          <i key={s} class={s} style={{ width: `${percent[s]}%` }}>
            {percent[s] >= 8 ? format.value.quantity(percent[s], "%") : ""}
          </i>
        ))}
      </span>
    </>
  );
}

export function SeverityMix({ health: { mix, alarms } }: { readonly health: AlarmHealthDto }) {
  return (
    <section class="panel" aria-labelledby="health-mix">
      <header class="panel-head">
        <h2 id="health-mix">{t("health.mix")}</h2>
        {mix.verdict !== null && <b class={`verdict ${mix.verdict}`}>{word("health-verdict", mix.verdict)}</b>}
      </header>
      <div class="mixes">
        {alarms > 0 && <Mixed label={t("health.mix-here")} percent={mix.percent} />}
        <Mixed label={t("health.mix-ideal", { source: word("health-source", mix.source) })} percent={mix.ideal} />
      </div>
      <ul class="legend">
        {SEVERITIES.map((s) => (
          <li key={s}>
            <i class={`mix-${s}`} />
            {word("severity", s)} <b>{format.value.number(mix.count[s])}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A second to a week, each step ten times the one before. */
const LONGEST = Math.log10(7 * 86_400);
const place = (seconds: number) => `${Math.min(100, (Math.log10(Math.max(1, seconds)) / LONGEST) * 100)}%`;
const SCALE = [1, 60, 3600, 86_400] as const;

export function Times({ health, of }: { readonly health: AlarmHealthDto; readonly of: "acknowledge" | "clear" }) {
  const spreads = health[of];
  return (
    <section class="panel" aria-labelledby={`health-${of}`}>
      <header class="panel-head">
        <h2 id={`health-${of}`}>{t(`health.${of}`)}</h2>
      </header>
      {spreads.all.count === 0 ? (
        <Empty text={t("health.none-answered")} />
      ) : (
        <div class="times">
          {(["all", "high", "medium", "low"] as const).map((s) => {
            const { count, median, p90 } = spreads[s];
            if (median === null || p90 === null) return null;
            const say = (seconds: number) => format.value.duration(seconds * 1000);
            return (
              <div key={s} class="times-row" title={t("health.of", { n: count })}>
                <span class="label">{s === "all" ? t("common.all") : word("severity", s)}</span>
                <span class="span" aria-hidden="true">
                  <i style={{ left: place(median), width: `max(4px, calc(${place(p90)} - ${place(median)}))` }} />
                  <b style={{ left: place(median) }} />
                </span>
                <span class="times-said">
                  {t("health.median", { value: say(median) })} <small class="muted">{t("health.p90", { value: say(p90) })}</small>
                </span>
              </div>
            );
          })}
          <div class="times-row times-scale" aria-hidden="true">
            <span />
            <span class="span">
              {SCALE.map((s) => (
                <em key={s} style={{ left: place(s) }}>
                  {format.value.duration(s * 1000)}
                </em>
              ))}
            </span>
          </div>
        </div>
      )}
    </section>
  );
}
