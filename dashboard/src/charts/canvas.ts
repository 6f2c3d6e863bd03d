/** A canvas dressed like the page around it. */
import { Chart } from "chart.js";

/** Gives Chart.js the page's letters; answers how a custom property of colour reads on this canvas. */
export function inksOf(canvas: HTMLCanvasElement): (name: string) => string {
  const style = getComputedStyle(canvas);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  Chart.defaults.font.family = style.fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.color = ink("--muted");
  return ink;
}
