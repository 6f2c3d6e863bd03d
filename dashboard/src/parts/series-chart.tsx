/** The chart itself: drawn, brushed with the pointer, and moved with the keys. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { createSeriesChart, SeriesPlot } from "../charts/series.ts";
import { t } from "../i18n.ts";
import { dark } from "../theme.ts";

/** Narrower than this, CSS px, is a click. */
const LEAST_BRUSH = 8;

export interface ChartHandle {
  readonly canvas: HTMLCanvasElement;
  readonly chart: ReturnType<typeof createSeriesChart>;
}

interface Brush {
  readonly from: number;
  readonly to: number;
}

/** Moves of the span by keys: how far its two ends go, in its own length. */
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  "+": [0.25, -0.25],
  "=": [0.25, -0.25],
  "-": [-0.5, 0.5],
  ArrowLeft: [-0.25, -0.25],
  ArrowRight: [0.25, 0.25],
};

export function SeriesChart({
  plot,
  label,
  handle,
  onSpan,
  onBack,
}: {
  readonly plot: SeriesPlot;
  readonly label: string;
  readonly handle: { current: ChartHandle | null };
  readonly onSpan: (from: number, to: number) => void;
  readonly onBack: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState<Brush | null>(null);
  useEffect(() => {
    let gone = false;
    void import("../charts/series.ts").then((module) => {
      if (gone || canvas.current === null) return;
      handle.current ??= { canvas: canvas.current, chart: module.createSeriesChart(canvas.current) };
      handle.current.chart.draw(plot);
      canvas.current.dataset["drawn"] = String(Number(canvas.current.dataset["drawn"] ?? 0) + 1);
    });
    return () => {
      gone = true;
    };
  }, [plot, dark.value]);
  useEffect(
    () => () => {
      handle.current?.chart.close();
      handle.current = null;
    },
    [],
  );

  const within = (event: PointerEvent) => {
    const area = handle.current?.chart.area();
    const px = event.clientX - canvas.current!.getBoundingClientRect().left;
    return area == null ? null : { area, px: Math.min(area.right, Math.max(area.left, px)), inside: px >= area.left && px <= area.right };
  };
  const begin = (event: PointerEvent) => {
    const at = event.button === 0 ? within(event) : null;
    if (at?.inside !== true) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    setBrush({ from: at.px, to: at.px });
  };
  const move = (event: PointerEvent) => {
    const at = brush === null ? null : within(event);
    if (at !== null && brush !== null) setBrush({ ...brush, to: at.px });
  };
  const end = () => {
    const chart = handle.current?.chart;
    if (brush !== null && chart !== undefined && Math.abs(brush.to - brush.from) >= LEAST_BRUSH) {
      const [from, to] = [chart.timeAt(Math.min(brush.from, brush.to)), chart.timeAt(Math.max(brush.from, brush.to))];
      if (from !== null && to !== null) onSpan(from, to);
    }
    setBrush(null);
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      setBrush(null);
      onBack();
      return;
    }
    const by = KEYS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const length = plot.to - plot.from;
    onSpan(plot.from + by[0] * length, plot.to + by[1] * length);
  };
  const area = handle.current?.chart.area();
  return (
    <div
      class="series-box"
      tabIndex={0}
      role="group"
      aria-label={t("charts.keys")}
      aria-keyshortcuts="+ - ArrowLeft ArrowRight Escape"
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => setBrush(null)}
      onDblClick={onBack}
      onKeyDown={key}
      data-testid="series-box"
    >
      <canvas ref={canvas} role="img" aria-label={label} data-testid="series-chart" />
      {brush !== null && area != null && (
        <i
          class="brush"
          style={{
            left: `${Math.min(brush.from, brush.to)}px`,
            width: `${Math.abs(brush.to - brush.from)}px`,
            top: `${area.top}px`,
            height: `${area.bottom - area.top}px`,
          }}
        />
      )}
    </div>
  );
}
