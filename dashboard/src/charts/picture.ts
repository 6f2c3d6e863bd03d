/** A chart as a picture that stands alone: with its title, time, legend and source written into it, on an opaque ground. */

export interface PictureText {
  readonly title: string;
  /** Range, units, how fine. */
  readonly lines: readonly string[];
  readonly legend: readonly { readonly label: string; readonly colour: string; readonly dashed: boolean }[];
  readonly source: string;
}

const PAD = 24;
const SMALL = 20;

function loaded(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("The chart's picture could not be read."));
    image.src = url;
  });
}

/** Cuts a text into lines no wider than `width`; languages without spaces are cut anywhere. */
function wrapped(ctx: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(/[\x21-\x7e]+\s*|./gsu) ?? []) {
    if (line !== "" && ctx.measureText(line + part).width > width) {
      lines.push(line);
      line = "";
    }
    line += part;
  }
  return line === "" ? lines : [...lines, line];
}

/** A PNG of what is seen. `chart` is the picture of the lines as a data URL, `canvas` the one that they stand in. */
export async function pictureOf(canvas: HTMLCanvasElement, chart: string, { title, lines, legend, source }: PictureText): Promise<Blob> {
  const style = getComputedStyle(canvas);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  const image = await loaded(chart);
  const ratio = canvas.width / canvas.clientWidth;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const made = document.createElement("canvas");
  const ctx = made.getContext("2d")!;
  const font = (size: number, weight = 400) => `${weight} ${size}px ${style.fontFamily}`;
  ctx.font = font(13);
  const foot = wrapped(ctx, source, width);
  const head = lines.flatMap((line) => wrapped(ctx, line, width));
  const places: { x: number; row: number }[] = [];
  let x = 0;
  let row = 0;
  for (const { label } of legend) {
    const needs = ctx.measureText(label).width + 44;
    if (x > 0 && x + needs > width) {
      x = 0;
      row++;
    }
    places.push({ x, row });
    x += needs;
  }
  const legendTop = PAD + 30 + head.length * SMALL + 8;
  const chartTop = legendTop + (legend.length === 0 ? 0 : (row + 1) * SMALL + 8);
  const whole = chartTop + height + 16 + foot.length * SMALL + PAD;
  made.width = Math.round((width + 2 * PAD) * ratio);
  made.height = Math.round(whole * ratio);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = ink("--surface");
  ctx.fillRect(0, 0, width + 2 * PAD, whole);
  ctx.textBaseline = "top";
  ctx.fillStyle = ink("--text");
  ctx.font = font(19, 600);
  ctx.fillText(title, PAD, PAD);
  ctx.font = font(13);
  ctx.fillStyle = ink("--muted");
  head.forEach((line, i) => ctx.fillText(line, PAD, PAD + 30 + i * SMALL));
  legend.forEach(({ label, colour, dashed }, i) => {
    const at = places[i]!;
    const y = legendTop + at.row * SMALL;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 3;
    ctx.setLineDash(dashed ? [5, 3] : []);
    ctx.beginPath();
    ctx.moveTo(PAD + at.x, y + 8);
    ctx.lineTo(PAD + at.x + 20, y + 8);
    ctx.stroke();
    ctx.fillText(label, PAD + at.x + 26, y);
  });
  ctx.drawImage(image, PAD, chartTop, width, height);
  foot.forEach((line, i) => ctx.fillText(line, PAD, chartTop + height + 16 + i * SMALL));
  return new Promise((resolve, reject) =>
    made.toBlob((blob) => (blob === null ? reject(new Error("The browser made no picture.")) : resolve(blob)), "image/png"),
  );
}
