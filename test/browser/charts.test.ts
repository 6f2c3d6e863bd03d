import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deskPage, fitsPhone, launchBrowser, PHONE } from "../support/browser.ts";
import { keepCharts } from "../support/charted-office.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
const troubles: string[] = [];
/** A local midnight; the house's time stands at ten in the morning. */
const TODAY = Date.parse("2026-07-15T00:00:00+08:00");
const YESTERDAY = TODAY - 86_400_000;
const POINTS = "hall/ac-301/power,hall/ac-301/setpoint";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-charts-"));
  await keepCharts(join(folder, "data"), TODAY, TODAY + 10 * 3_600_000);
  // Nobody winds the clock: time stands at the last reading, so that no midnight comes between.
  server = await startServerProcess(folder, { JIEYUE_CLOCK_SOURCE: "follow" });
  browser = await launchBrowser();
  page = await deskPage(browser, troubles, { acceptDownloads: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const chart = () => page.getByTestId("series-chart");
/** Resolves when the picture is of what the address asks for. */
async function settled(on: Page = page): Promise<void> {
  await on.locator("[data-testid=series-panel][aria-busy=false]").waitFor();
}
const params = () => new URL(page.url()).searchParams;
/** How often the chart was drawn. */
const drawn = async () => Number((await chart().getAttribute("data-drawn")) ?? 0);
async function open(query: string): Promise<void> {
  await page.goto(`${server.url}/charts?${query}`);
  await page.locator("[data-testid=series-chart][data-drawn]").waitFor();
  await settled();
}
/** Drags over the middle of the chart, from one part of its width to another. */
async function drag(from: number, to: number): Promise<void> {
  const box = (await page.getByTestId("series-box").boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y);
  await page.mouse.move(box.x + box.width * to, y);
  await page.mouse.up();
}

it("what sections used is shown first, with sums, how fine it is and where it comes from", async () => {
  await page.goto(server.url);
  await page.getByTestId("nav-charts").click();
  await page.getByTestId("range-yesterday").click();
  await page.locator("[data-testid=series-chart][data-drawn]").waitFor();
  await page
    .getByTestId("series-source")
    .getByText(/One number per hour/)
    .waitFor();
  expect(await page.getByTestId("series-legend").innerText()).toMatch(/Finance Section[\s\S]*kWh/);
  expect(await page.getByTestId("series-source").innerText()).toMatch(/from [\d,]+ readings; counted as in the monthly bulletin/);
  // A sum is over many devices, so what happened says to which.
  expect(await page.getByTestId("series-marks").innerText()).toMatch(/Rule violated\s+Override[\s\S]*301 air conditioner[\s\S]*301 air conditioner/);
});

it("points are found by words and chosen, and the address tells them", async () => {
  await page.getByTestId("filter-show").selectOption("points");
  await page.getByTestId("charts-empty").waitFor();
  await page.getByTestId("point-search").fill("301 air");
  await page.getByTestId("take-hall/ac-301/power").click();
  await page.getByTestId("take-hall/ac-301/setpoint").click();
  await expect.poll(() => params().get("points")).toBe(POINTS);
  await page.getByTestId("point-search").fill("no such thing at all");
  await page
    .getByTestId("found-points")
    .getByText(/Nothing found/)
    .waitFor();
  await page.getByTestId("point-search").fill("");
  await page
    .getByTestId("series-legend")
    .getByText(/Setpoint/)
    .waitFor();
});

it("what was violated, excepted and commanded meanwhile stands in the picture and by name", async () => {
  for (const mark of [/Rule violated/, /Override: 漆工施工/, /Command: Setpoint 26/]) await page.getByTestId("series-marks").getByText(mark).first().waitFor();
});

it("dragging zooms in, Escape and a double click go back, keys zoom too", async () => {
  await open(`points=${POINTS}&range=yesterday`);
  const whole = await page.getByTestId("series-range").innerText();
  await drag(0.3, 0.6);
  await page.waitForURL(/range=custom/);
  const [from, to] = ["from", "to"].map((name) => Date.parse(`${params().get(name)}:00+08:00`)) as [number, number];
  expect(from).toBeGreaterThan(YESTERDAY + 4 * 3_600_000);
  expect(to).toBeLessThan(YESTERDAY + 18 * 3_600_000);
  expect(to - from).toBeGreaterThan(4 * 3_600_000);
  await settled();
  await drag(0.3, 0.6);
  await expect.poll(() => Date.parse(`${params().get("from")}:00+08:00`)).toBeGreaterThan(from);
  await page.getByTestId("series-box").press("Escape");
  await expect.poll(() => Date.parse(`${params().get("from")}:00+08:00`)).toBe(from);
  await settled();
  await page.getByTestId("series-box").dblclick();
  await page.waitForURL(/range=yesterday/);
  await expect.poll(() => page.getByTestId("series-range").innerText()).toBe(whole);
  await page.getByTestId("series-box").press("+");
  await page.waitForURL(/range=custom/);
  await page.getByTestId("zoom-back").click();
  await page.waitForURL(/range=yesterday/);
});

it("a click is no zoom", async () => {
  await drag(0.5, 0.501);
  expect(params().get("range")).toBe("yesterday");
});

it("a link shows the same chart: points, range, comparison, weather and table", async () => {
  await page.getByTestId("filter-compare").selectOption("day");
  await page.getByTestId("weather").check();
  await page.getByTestId("table").check();
  await settled();
  await drag(0.2, 0.8);
  await page.waitForURL(/range=custom/);
  await expect.poll(() => page.locator("[data-testid=series-table] thead th").count()).toBe(6);
  await settled();
  const before = {
    range: await page.getByTestId("series-range").innerText(),
    legend: await page.getByTestId("series-legend").innerText(),
    table: await page.getByTestId("series-table").innerText(),
  };
  const other = await deskPage(browser, troubles);
  await other.goto(page.url());
  await other.getByTestId("series-table").waitFor();
  await settled(other);
  expect({
    range: await other.getByTestId("series-range").innerText(),
    legend: await other.getByTestId("series-legend").innerText(),
    table: await other.getByTestId("series-table").innerText(),
  }).toEqual(before);
  expect(before.legend).toMatch(/the day before[\s\S]*Outdoor temperature/);
  await other.context().close();
});

it("what stands beside it changes the picture", async () => {
  await open(`points=hall/ac-301/power&range=yesterday`);
  const pixels = () => chart().evaluate((c) => (c as unknown as { toDataURL(): string }).toDataURL());
  const alone = await pixels();
  const times = await drawn();
  await page.getByTestId("filter-compare").selectOption("day");
  await expect.poll(drawn).toBeGreaterThan(times);
  await expect.poll(async () => (await pixels()) !== alone).toBe(true);
});

it("the picture that is saved is a PNG with something in it, larger than the chart", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-png").click()]);
  expect(download.suggestedFilename()).toMatch(/^jieyue-points-\d{4}-\d\d-\d\d\.png$/);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
  const box = (await chart().boundingBox())!;
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(box.width);
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(box.height);
  // Its ground is opaque, and there is more on it than the ground.
  const { colours, opaque } = (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${bytes.toString("base64")}";
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set();
    let opaque = true;
    for (let i = 0; i < data.length; i += 4) {
      colours.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
      opaque &&= data[i + 3] === 255;
    }
    return { colours: colours.size, opaque };
  })()`)) as { colours: number; opaque: boolean };
  expect(opaque).toBe(true);
  expect(colours).toBeGreaterThan(50);
});

it("the CSV that is saved has the numbers of the page", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-csv").click()]);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(lines[0]).toMatch(/^time,301 air conditioner hall\/ac-301\/power \[W\] mean,"301 air conditioner hall\/ac-301\/power \[W\] mean, day before"$/);
  expect(lines).toHaveLength(289);
  expect(Date.parse(lines[1]!.split(",")[0]!)).toBe(YESTERDAY);
  expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT00:00:00(\.000)?\+08:00,/);
  expect(lines[1]!.split(",").slice(1)).toEqual(["3", "3"]);
});

it("a device's page leads to its points here", async () => {
  await page.goto(`${server.url}/devices/hall/ac-301`);
  await page.getByTestId("open-charts").click();
  await page.locator("[data-testid=series-chart][data-drawn]").waitFor();
  expect(params().get("points")).toContain("hall/ac-301/power");
});

it("many points are chosen by section and kind of point, and become a file, by keyboard too", async () => {
  await page.goto(`${server.url}/charts?range=week`);
  await page.getByTestId("open-exports").click();
  await page.getByTestId("filter-department").selectOption("finance");
  await page.getByTestId("name-energy").click();
  await page.getByTestId("export-devices").click();
  await page.getByTestId("with-hall/ac-202").uncheck();
  await expect.poll(() => page.getByTestId("export-sum").innerText()).toMatch(/^1 device, 1 point, .* At most \d+ rows\.$/);
  await page.getByTestId("format-csv").click();
  await page.getByTestId("filter-q").press("Enter");
  const row = page.getByTestId("export-row");
  await row.and(page.locator("[data-state=done]")).waitFor();
  expect(await row.innerText()).toMatch(/CSV.*One number per hour[\s\S]*1 point[\s\S]*\d+ kB[\s\S]*\d+ rows/);
  await page.getByTestId("notice").getByText("The file is ready").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), row.getByTestId("export-file").click()]);
  expect(download.suggestedFilename()).toMatch(/^jieyue-hour-.*\.csv$/);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  expect(lines[0]).toBe("point,start,count,mean,min,max,last,total");
  expect(lines.slice(1).every((line) => line.startsWith("hall/ac-201/energy,"))).toBe(true);
  expect(lines.length).toBeGreaterThan(24);
});

it("an export that is under way moves, and is canceled; what failed says why in words", async () => {
  const asked = { id: "one", by: "admin", askedAt: new Date().toISOString(), points: 900, step: "raw", format: "xlsx" };
  const span = { from: "2026-01-01T00:00:00+08:00", to: "2026-02-01T00:00:00+08:00" };
  const run = { ...asked, ...span, endedAt: null, state: "running", progress: 0.2, rows: 1200, bytes: null, error: null, code: null, file: null };
  const failed = { ...run, id: "two", state: "failed", code: "too-many-rows", error: "An XLSX file takes at most 200000 rows." };
  let told: object[] = [run, failed];
  await page.route("**/api/v1/exports", (route) => route.fulfill({ json: { items: told, next: null } }));
  await page.route("**/api/v1/exports/one", (route) => {
    expect(route.request().method()).toBe("DELETE");
    told = [{ ...run, state: "canceled" }, failed];
    return route.fulfill({ json: told[0] });
  });
  await page.goto(`${server.url}/exports?range=year&step=5m`);
  await page.locator("[data-testid=export-progress][value='20']").waitFor();
  told = [{ ...run, progress: 0.7, rows: 4000 }, failed];
  await page.locator("[data-testid=export-progress][value='70']").waitFor();
  expect(await page.getByTestId("export-row").first().innerText()).toContain("70%, 4,000 rows so far");
  expect(await page.getByTestId("export-row").last().innerText()).toContain("A spreadsheet takes at most 200,000 rows");
  await page.getByTestId("export-warning").waitFor();
  await page.getByTestId("export-cancel").click();
  await page.getByTestId("export-row").getByText("Canceled").waitFor();
  await page.unroute("**/api/v1/exports");
  await page.unroute("**/api/v1/exports/one");
});

it("a time without readings and a question that is too much are said in words", async () => {
  await page.goto(`${server.url}/charts?points=hall/ac-301/power&from=2020-01-01T00:00&to=2020-01-02T00:00`);
  await page.getByTestId("charts-empty").waitFor();
  expect(await page.getByTestId("charts-empty").innerText()).toMatch(/no readings in this time/);
  await page.goto(`${server.url}/charts?points=hall/ac-301/charm&range=yesterday`);
  await page.getByText(/has no point 'charm'/).waitFor();
  // That the server refuses it is in the browser's own log.
  expect(troubles.splice(0).every((t) => t.includes("404"))).toBe(true);
});

it("nothing is wider than a phone, in light and in dark, in all three languages", async () => {
  const phone = await (await browser.newContext({ viewport: PHONE })).newPage();
  phone.on("pageerror", (error) => troubles.push(error.message));
  const charts = ["range=yesterday&compare=day&weather=1&table=1", `points=${POINTS}&range=week&compare=week`, "show=paper-head&range=week"].map((query) => ({
    open: async () => {
      await phone.goto(`${server.url}/charts?${query}`);
      await phone.locator("[data-testid=series-chart][data-drawn]").waitFor();
    },
    within: "[data-testid=charts-page]",
    lacking: /charts\.|undefined|NaN|\{\w+\}/,
  }));
  const exports = {
    open: async () => {
      await phone.goto(`${server.url}/exports?range=custom&from=2026-01-01T00:00&to=2026-06-01T00:00`);
      await phone.getByTestId("export-file").waitFor();
    },
    within: "[data-testid=exports-page]",
    lacking: /exports\.|charts\.|format\.|undefined|NaN|\{\w+\}/,
  };
  await fitsPhone(phone, [...charts, exports]);
});

it("the page made no complaint", () => {
  expect(troubles).toEqual([]);
});
