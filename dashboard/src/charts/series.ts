/** Series over time with Chart.js: lines or stacked bars, what they are held against in dashes, the weather, bands behind. Loaded with the first chart. */
import type { ChartDataset, Plugin, TooltipItem } from "chart.js";
import { BarController, BarElement, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import type { Sample } from "../series.ts";
import type { Band } from "./bands.ts";
import { bandsPlugin } from "./bands.ts";
import { inksOf } from "./canvas.ts";

Chart.register(BarController, BarElement, LineController, LineElement, PointElement, LinearScale, Tooltip);

export interface Drawn {
  readonly label: string;
  readonly unit: string;
  /** 1–8, 0 grey, −1 the weather. */
  readonly ink: number;
  readonly how: "line" | "steps" | "bars";
  readonly dashed: boolean;
  readonly samples: readonly Sample[];
}

export interface SeriesPlot {
  readonly drawn: readonly Drawn[];
  readonly from: number;
  readonly to: number;
  /** Length of a window, ms; null for raw readings. */
  readonly window: number | null;
  readonly bands: readonly Band[];
  readonly ticks: readonly number[];
  readonly tickText: (at: number) => string;
  readonly titleText: (at: number) => string;
  readonly valueText: (value: number, unit: string) => string;
  /** A mark of an axis; the highest says the unit. */
  readonly markText: (value: number, unit: string, highest: boolean) => string;
}

export interface SeriesChart {
  draw(plot: SeriesPlot): void;
  /** Where the lines stand within the canvas, CSS px. */
  area(): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } | null;
  /** The instant at a place, CSS px from the canvas's left. */
  timeAt(px: number): number | null;
  /** The picture alone, as a data URL. */
  image(): string;
  close(): void;
}

const BELIEVED_MS = 900_000;
const MOST_NAMED = 6;

/** A point that stands between two gaps is drawn as a dot: a line of one point is nothing. */
function alone(samples: readonly Sample[], i: number): boolean {
  return samples[i]?.y != null && samples[i - 1]?.y == null && samples[i + 1]?.y == null;
}

function datasetOf(d: Drawn, plot: SeriesPlot, axis: string, ink: (name: string) => string): ChartDataset<"line" | "bar", Sample[]> {
  const colour = d.ink === -1 ? ink("--text") : d.ink === 0 ? ink(d.dashed ? "--text" : "--faint") : ink(`--series-${d.ink}`);
  const data = [...d.samples];
  const shared = { label: d.label, data, yAxisID: axis, borderColor: colour, backgroundColor: colour };
  if (d.how === "bars") return { ...shared, type: "bar", stack: "whole", order: 2, borderWidth: 0, barPercentage: 0.92, categoryPercentage: 0.92 };
  const few = data.length <= 40 && !d.dashed && d.ink !== -1;
  return {
    ...shared,
    type: "line",
    order: d.dashed || d.ink === -1 ? 0 : 1,
    borderWidth: d.dashed ? 1.5 : 2,
    borderDash: d.ink === -1 ? [2, 3] : d.dashed ? [6, 4] : [],
    stepped: d.how === "steps" ? "before" : false,
    pointRadius: (c) => (few ? 2.5 : alone(data, c.dataIndex) ? 1.8 : 0),
    pointHitRadius: 6,
    spanGaps: plot.window === null ? (d.how === "steps" ? true : 2 * BELIEVED_MS) : Math.max(BELIEVED_MS, plot.window * 1.5),
  };
}

/** Draws into a canvas; `draw` again to change it. */
export function createSeriesChart(canvas: HTMLCanvasElement): SeriesChart {
  let chart: Chart<"line" | "bar", Sample[]> | null = null;
  return {
    draw(plot) {
      const ink = inksOf(canvas);
      chart?.destroy();
      const units = [...new Set(plot.drawn.map((d) => d.unit))];
      // Before the first drawing the canvas itself has a width of its own.
      const narrow = (canvas.parentElement ?? canvas).clientWidth < 480;
      const stacked = plot.drawn.some((d) => d.how === "bars");
      const axis = (unit: string, index: number) => ({
        type: "linear" as const,
        position: index === 0 ? ("left" as const) : ("right" as const),
        display: index < (narrow ? 2 : 3),
        stacked: stacked && plot.drawn.some((d) => d.unit === unit && d.how === "bars"),
        border: { display: false },
        grid: { color: ink("--line"), drawOnChartArea: index === 0 },
        ...(unit === ""
          ? { min: 0, max: 1.05 }
          : unit === "°C"
            ? { grace: "8%" as const }
            : { suggestedMin: 0, ...(stacked && plot.bands.length > 0 ? { grace: "8%" as const } : {}) }),
        ticks: {
          maxTicksLimit: narrow ? 5 : 7,
          callback: (value: string | number, i: number, all: readonly unknown[]) => plot.markText(Number(value), unit, i === all.length - 1),
        },
      });
      chart = new Chart<"line" | "bar", Sample[]>(canvas, {
        type: "line",
        data: { datasets: plot.drawn.map((d) => datasetOf(d, plot, `y${units.indexOf(d.unit)}`, ink)) },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          parsing: false,
          layout: { padding: { top: 8 } },
          interaction: { mode: plot.window === null ? "nearest" : "index", axis: "x", intersect: false },
          scales: {
            x: {
              type: "linear",
              min: plot.from,
              max: plot.to,
              offset: false,
              border: { color: ink("--line") },
              grid: { display: false },
              afterBuildTicks: (scale) => {
                scale.ticks = plot.ticks.map((value) => ({ value }));
              },
              ticks: { autoSkip: false, maxRotation: 0, callback: (value) => plot.tickText(Number(value)) },
            },
            ...Object.fromEntries(units.map((unit, i) => [`y${i}`, axis(unit, i)])),
          },
          plugins: {
            tooltip: {
              filter: (item: TooltipItem<"line" | "bar">) => item.parsed.y !== null,
              callbacks: {
                title: (items) => (items[0] === undefined ? "" : plot.titleText(items[0].parsed.x ?? 0)),
                label: (item) => `${item.dataset.label ?? ""} ${plot.valueText(item.parsed.y ?? 0, plot.drawn[item.datasetIndex]?.unit ?? "")}`,
                afterBody: (items) => namesAt(plot, items[0]?.parsed.x ?? Number.NaN),
              },
            },
          },
        },
        plugins: [bandsPlugin(plot.bands, ink, stacked) as Plugin<"line" | "bar">],
      });
    },
    area() {
      if (chart === null) return null;
      const { left, right, top, bottom } = chart.chartArea;
      return { left, right, top, bottom };
    },
    timeAt: (px) => chart?.scales["x"]?.getValueForPixel(px) ?? null,
    image: () => chart?.toBase64Image("image/png", 1) ?? "",
    close() {
      chart?.destroy();
      chart = null;
    },
  };
}

/** What happened at an instant, or in its window, by name. */
function namesAt({ bands, window }: SeriesPlot, at: number): string[] {
  const half = (window ?? 60_000) / 2;
  const names = [...new Set(bands.filter((b) => b.from <= at + half && b.until >= at - half).map((b) => b.name))];
  return names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), "…"] : names;
}
