/** Bars with one line that must not be crossed, by Chart.js: only the parts that are used. This module is loaded with the first such chart. */
import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import { inksOf } from "./canvas.ts";

Chart.register(BarController, BarElement, LineController, LineElement, PointElement, CategoryScale, LinearScale, Tooltip);

export interface LoadPlot {
  readonly names: readonly string[];
  /** How a name is written under the axis; "" leaves it out. */
  readonly ticks: readonly string[];
  readonly bars: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** Bars stand in one another instead of side by side; the later ones in front. */
  readonly within: boolean;
  readonly bound: { readonly label: string; readonly value: number };
}

const INKS = ["--chart-1", "--chart-3", "--chart-4", "--part-light", "--part-plug"];

/** Draws into a canvas; `draw` again to change it. */
export function createLoadChart(canvas: HTMLCanvasElement): { draw(plot: LoadPlot): void; close(): void } {
  let chart: Chart | null = null;
  return {
    draw(plot) {
      const ink = inksOf(canvas);
      chart?.destroy();
      const colour = (i: number) => (plot.within && i === 0 ? ink("--line-strong") : ink(INKS[(plot.within ? i - 1 : i) % INKS.length]!));
      chart = new Chart(canvas, {
        type: "bar",
        data: {
          labels: [...plot.names],
          datasets: [
            {
              type: "line" as const,
              label: plot.bound.label,
              order: 0,
              data: plot.names.map(() => plot.bound.value),
              borderColor: ink("--danger-mark"),
              borderDash: [6, 4],
              borderWidth: 1.5,
              pointRadius: 0,
              pointHitRadius: 0,
            },
            ...plot.bars.map(({ label, values }, i) => ({
              type: "bar" as const,
              label,
              data: [...values],
              backgroundColor: colour(i),
              grouped: !plot.within,
              order: plot.within ? plot.bars.length - i : i + 1,
              borderRadius: 2,
              categoryPercentage: plot.names.length > 60 ? 1 : 0.8,
              barPercentage: plot.within && i > 0 ? 0.6 : 0.9,
              maxBarThickness: 28,
            })),
          ],
        },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          interaction: { mode: "index", axis: "x", intersect: false },
          scales: {
            x: {
              border: { color: ink("--line") },
              grid: { display: false },
              ticks: { autoSkip: false, maxRotation: 0, callback: (_value, index) => plot.ticks[index] ?? "" },
            },
            y: {
              beginAtZero: true,
              suggestedMax: plot.bound.value * 1.2,
              border: { display: false },
              grid: { color: ink("--line") },
              ticks: { maxTicksLimit: 6, precision: 0 },
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
