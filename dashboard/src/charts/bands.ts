/** Bands behind the lines of a chart: when rules were violated, when somebody had leave, when something was commanded. */
import type { Chart, Plugin } from "chart.js";

export interface Band {
  readonly kind: "finding" | "override" | "exemption" | "command";
  readonly from: number;
  readonly until: number;
  readonly name: string;
}

/** Spans that overlap are one: so that many are no darker than one. */
function united(bands: readonly Band[]): { from: number; until: number }[] {
  const spans: { from: number; until: number }[] = [];
  for (const { from, until } of bands.toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else spans.push({ from, until });
  }
  return spans;
}

const STRIP = 5;
const HATCHED = 8;

/**
 * Violations are filled, overrides hatched, exemptions a strip at the foot; commands are ticks at the head: told apart without colours.
 * Above bars, which are sums over many devices, violations and overrides are two strips at the head: something is always violated somewhere.
 */
export function bandsPlugin(bands: readonly Band[], ink: (name: string) => string, strips: boolean): Plugin<"line"> {
  const of = (kind: Band["kind"]) => bands.filter((b) => b.kind === kind);
  return {
    id: "bands",
    [strips ? "afterDatasetsDraw" : "beforeDatasetsDraw"](chart: Chart) {
      const { ctx, chartArea: area, scales } = chart;
      const x = scales["x"];
      if (x === undefined) return;
      const left = (at: number) => Math.min(area.right, Math.max(area.left, x.getPixelForValue(at)));
      ctx.save();
      for (const { from, until } of united(of("finding"))) {
        ctx.fillStyle = `${ink("--danger-mark")}26`;
        if (!strips) ctx.fillRect(left(from), area.top, Math.max(1, left(until) - left(from)), area.height);
        ctx.fillStyle = ink("--danger-mark");
        ctx.fillRect(left(from), area.top, Math.max(1, left(until) - left(from)), strips ? STRIP : 2);
      }
      for (const { from, until } of united(of("override"))) {
        const width = Math.max(1, left(until) - left(from));
        ctx.save();
        ctx.beginPath();
        const [top, height] = strips ? [area.top + STRIP + 2, HATCHED] : [area.top, area.height];
        ctx.rect(left(from), top, width, height);
        ctx.clip();
        ctx.strokeStyle = strips ? ink("--series-1") : `${ink("--series-1")}59`;
        ctx.lineWidth = 1;
        ctx.beginPath();
        for (let at = left(from) - height; at < left(from) + width; at += strips ? 4 : 9) {
          ctx.moveTo(at, top + height);
          ctx.lineTo(at + height, top);
        }
        ctx.stroke();
        ctx.restore();
      }
      for (const { from, until } of united(of("exemption"))) {
        ctx.fillStyle = ink("--faint");
        ctx.fillRect(left(from), area.bottom - STRIP, Math.max(1, left(until) - left(from)), STRIP);
      }
      ctx.fillStyle = ink("--text");
      for (const { from } of of("command")) {
        if (from < x.min || from > x.max) continue;
        const at = left(from);
        ctx.beginPath();
        ctx.moveTo(at - 4, area.top - 6);
        ctx.lineTo(at + 4, area.top - 6);
        ctx.lineTo(at, area.top + 2);
        ctx.fill();
      }
      ctx.restore();
    },
  };
}
