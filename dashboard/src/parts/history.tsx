/** How a device's points were: chosen points over a chosen range, with least, mean and most in words beside the picture. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeviceDto, ReadingDto } from "../../../server/contract/devices.ts";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import type { createHistoryChart, Line } from "../charts/history.ts";
import { format, lang, lookup, t, word } from "../i18n.ts";
import type { Range, Sample } from "../series.ts";
import { RANGES, STEPPED, drawable, extentOf, height, offsetOf, samplesOf } from "../series.ts";
import { clockNow, now } from "../store.ts";
import { dark } from "../theme.ts";
import { Empty } from "./marks.tsx";
import { tellProblem } from "./notice.tsx";

const AGAIN_MS = 20_000;
const MOST_POINTS = 4;

type Chart = ReturnType<typeof createHistoryChart>;

async function load(device: string, point: string, range: Range, to: number): Promise<Sample[]> {
  const { ms, every } = RANGES[range];
  const span = `&from=${Math.round(to - ms)}&to=${Math.round(to)}`;
  const path = `/readings?point=${encodeURIComponent(`${device}/${point}`)}${span}&limit=10000`;
  const answer = await get<List<ReadingDto>>(every === null || STEPPED.has(point) ? path : `${path}&every=${every}&fn=mean`);
  if (answer.ok) return samplesOf(answer.data.items);
  tellProblem(answer.problem);
  return [];
}

export function History({ device }: { readonly device: DeviceDto }) {
  const possible = drawable(device.points);
  const [range, setRange] = useState<Range>("1h");
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [lines, setLines] = useState<readonly (Line & { readonly name: string })[] | null>(null);
  const [window, setWindow] = useState<{ readonly from: number; readonly to: number }>({ from: 0, to: 1 });
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart | null>(null);
  const names = chosen ?? possible.slice(0, 3).map((p) => p.name);
  const key = names.join(" ");

  useEffect(() => {
    let gone = false;
    const run = async () => {
      const to = now.peek();
      const loaded = await Promise.all(
        names.map(async (name) => {
          const point = device.points.find((p) => p.name === name);
          const samples = await load(device.id, name, range, to);
          // What is known now goes to the picture's edge.
          const last = height(point?.value ?? null);
          const drawn = STEPPED.has(name) && last !== null ? [...samples, { x: to, y: last }] : samples;
          return { name, label: word("point", name), unit: point?.unit ?? "", stepped: STEPPED.has(name), samples: drawn };
        }),
      );
      if (gone) return;
      setLines(loaded);
      setWindow({ from: to - RANGES[range].ms, to });
    };
    void run();
    const timer = setInterval(() => void run(), AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [device.id, key, range, lang.value]);

  useEffect(() => {
    if (lines === null || canvas.current === null) return;
    let gone = false;
    void import("../charts/history.ts").then((module) => {
      if (gone || canvas.current === null) return;
      chart.current ??= module.createHistoryChart(canvas.current);
      chart.current.draw({
        lines,
        ...window,
        offset: offsetOf(clockNow.peek()?.now ?? ""),
        timeText: (at) => (RANGES[range].ms > 86_400_000 ? format.value.dateTime(at).slice(5, 10) : format.value.dateTime(at).slice(11, 16)),
        fullTimeText: (at) => format.value.dateTime(at),
        valueText: (value, unit) => (unit === "" ? (lookup(value >= 0.5 ? "value.yes" : "value.no") ?? "") : format.value.quantity(value, unit)),
      });
    });
    return () => {
      gone = true;
    };
  }, [lines, window, dark.value]);
  useEffect(() => () => chart.current?.close(), []);

  const toggle = (name: string) => setChosen(names.includes(name) ? names.filter((n) => n !== name) : [...names, name].slice(-MOST_POINTS));
  return (
    <section class="panel history" aria-labelledby="history-title">
      <header class="panel-head">
        <h2 id="history-title">{t("history.title")}</h2>
        {names.length > 0 && (
          <a class="more-link" href={`/charts?points=${names.map((n) => encodeURIComponent(`${device.id}/${n}`)).join(",")}`} data-testid="open-charts">
            {t("history.more")}
          </a>
        )}
        <div class="segments small" role="group" aria-label={t("history.range")}>
          {(Object.keys(RANGES) as Range[]).map((r) => (
            <button type="button" key={r} aria-pressed={r === range} onClick={() => setRange(r)}>
              {format.value.duration(RANGES[r].ms)}
            </button>
          ))}
        </div>
      </header>
      {possible.length === 0 ? (
        <Empty text={t("device.never-heard")} />
      ) : (
        <>
          <div class="chips" role="group" aria-label={t("history.points")}>
            {possible.map((p) => (
              <button
                type="button"
                key={p.name}
                aria-pressed={names.includes(p.name)}
                onClick={() => toggle(p.name)}
                class={names.includes(p.name) ? `ink-${names.indexOf(p.name) + 1}` : ""}
              >
                {word("point", p.name)}
              </button>
            ))}
          </div>
          <div class="canvas-box">
            <canvas ref={canvas} role="img" aria-label={t("history.label", { points: names.map((n) => word("point", n)).join(", ") })} />
          </div>
          {lines !== null && (
            <table class="compact extents">
              <caption class="sr-only">{t("history.title")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("table.point")}</th>
                  <th scope="col" class="number">
                    {t("history.min")}
                  </th>
                  <th scope="col" class="number">
                    {t("history.mean")}
                  </th>
                  <th scope="col" class="number">
                    {t("history.max")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {lines
                  .filter((l) => l.unit !== "")
                  .map((l) => {
                    const extent = extentOf(l.samples);
                    return (
                      <tr key={l.name}>
                        <th scope="row">{l.label}</th>
                        {(["min", "mean", "max"] as const).map((k) => (
                          <td key={k} class="number">
                            {extent === null ? "—" : format.value.quantity(extent[k], l.unit, true)}
                          </td>
                        ))}
                      </tr>
                    );
                  })}
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  );
}
