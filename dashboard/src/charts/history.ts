/** Lines over time with Chart.js: only the parts that are used. This module is loaded with the first chart. */
import { Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import type { Sample } from "../series.ts";
import { timeTicks } from "../series.ts";
import { inksOf } from "./canvas.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Filler);

export interface Line {
  readonly label: string;
  readonly unit: string;
  /** Drawn as steps: switches, setpoints and counters keep their value between readings. */
  readonly stepped: boolean;
  readonly samples: readonly Sample[];
}

export interface Plot {
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  /** The site's offset from UTC in ms. */
  readonly offset: number;
  readonly timeText: (at: number) => string;
  readonly fullTimeText: (at: number) => string;
  readonly valueText: (value: number, unit: string) => string;
}

/** Quantities whose nothing is zero: their axis begins there. */
const FROM_ZERO: ReadonlySet<string> = new Set(["W", "L/min", "lx", "people", "%", "A"]);
const INKS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4"];

/** Draws into a canvas; `draw` again to change it. */
export function createHistoryChart(canvas: HTMLCanvasElement): { draw(plot: Plot): void; close(): void } {
  let chart: Chart<"line", Sample[]> | null = null;
  return {
    draw(plot) {
      const ink = inksOf(canvas);
      const units = [...new Set(plot.lines.map((l) => l.unit))];
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      chart?.destroy();
      const axis = (unit: string, index: number) => ({
        type: "linear" as const,
        position: index === 0 ? ("left" as const) : ("right" as const),
        display: index < 2 && unit !== "",
        border: { display: false },
        grid: { color: ink("--line"), drawOnChartArea: index === 0 },
        ...(unit === "" ? { min: 0, max: 1.08 } : FROM_ZERO.has(unit) ? { suggestedMin: 0 } : { grace: "8%" as const }),
        ticks: { maxTicksLimit: 6, callback: (value: string | number) => plot.valueText(Number(value), unit) },
      });
      chart = new Chart(canvas, {
        type: "line",
        data: {
          datasets: plot.lines.map((line, i) => ({
            label: line.label,
            data: [...line.samples],
            yAxisID: `y${units.indexOf(line.unit)}`,
            borderColor: ink(INKS[i % INKS.length]!),
            backgroundColor: `${ink(INKS[i % INKS.length]!)}1f`,
            fill: line.unit === "" ? "origin" : false,
            stepped: line.stepped ? "before" : false,
            borderWidth: line.unit === "" ? 1 : 2,
            pointRadius: line.samples.length > 1 ? 0 : 3,
            pointHitRadius: 8,
            spanGaps: false,
          })),
        },
        options: {
          animation: false,
          ...(still ? { transitions: {} } : {}),
          responsive: true,
          maintainAspectRatio: false,
          parsing: false,
          normalized: true,
          interaction: { mode: "index", axis: "x", intersect: false },
          scales: {
            x: {
              type: "linear",
              min: plot.from,
              max: plot.to,
              border: { color: ink("--line") },
              grid: { display: false },
              afterBuildTicks: (scale) => {
                scale.ticks = timeTicks(plot.from, plot.to, plot.offset, canvas.clientWidth < 480 ? 4 : 8).map((value) => ({ value }));
              },
              ticks: { autoSkip: false, maxRotation: 0, callback: (value) => plot.timeText(Number(value)) },
            },
            ...Object.fromEntries(units.map((unit, i) => [`y${i}`, axis(unit, units.filter((u) => u !== "").indexOf(unit))])),
          },
          plugins: {
            tooltip: {
              callbacks: {
                title: (items) => (items[0] === undefined ? "" : plot.fullTimeText(items[0].parsed.x ?? 0)),
                label: (item) => `${item.dataset.label ?? ""} ${plot.valueText(item.parsed.y ?? 0, plot.lines[item.datasetIndex]?.unit ?? "")}`,
              },
            },
          },
        },
      });
    },
    close() {
      chart?.destroy();
      chart = null;
    },
  };
}
