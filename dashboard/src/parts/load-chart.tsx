/** A picture of how much came when, with the bound that counts; what it shows is also said. */
import { useEffect, useRef } from "preact/hooks";
import type { createLoadChart, LoadPlot } from "../charts/load.ts";
import { dark } from "../theme.ts";

export function LoadChart({ plot, label, testId }: { readonly plot: LoadPlot; readonly label: string; readonly testId: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<ReturnType<typeof createLoadChart> | null>(null);
  useEffect(() => {
    let gone = false;
    void import("../charts/load.ts").then((module) => {
      if (gone || canvas.current === null) return;
      chart.current ??= module.createLoadChart(canvas.current);
      chart.current.draw(plot);
      canvas.current.dataset["drawn"] = "true";
    });
    return () => {
      gone = true;
    };
  }, [plot, dark.value]);
  useEffect(() => () => chart.current?.close(), []);
  return (
    <div class="canvas-box">
      <canvas ref={canvas} role="img" aria-label={label} data-testid={testId} />
    </div>
  );
}
