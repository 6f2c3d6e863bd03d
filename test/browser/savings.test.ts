/** The page of savings: three kinds apart, gates in words, two charts; what the server answers is put in its place, for a year of readings is not played here. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CommandDto } from "../../server/contract/commands.ts";
import type { CommandSavingsDto, SavingsDto } from "../../server/contract/savings.ts";
import { deskPage, fits, launchBrowser, PHONE } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
let real: SavingsDto;
const troubles: string[] = [];

const days = Array.from({ length: 30 }, (_, i) => ({
  date: new Date(Date.UTC(2026, 6, 1 + i)).toISOString().slice(0, 10),
  measured: 900 + (i % 7 < 5 ? 200 : 0),
  expected: 1000 + (i % 7 < 5 ? 250 : 0),
  cusum: 130 * (i + 1),
}));
const modelled = { amount: { value: 3900, low: 2900, high: 4900 }, share: 0.11, uncertainty: 0.13, expected: 35_000, measured: 31_100, adjusted: 0, days };

const said: CommandSavingsDto = {
  kind: "said",
  command: "",
  device: "hall/light-301",
  at: "2026-07-03T18:00:00+08:00",
  before: 120,
  quantity: "kwh",
  amount: { value: 0.48, low: 0.3, high: 0.9 },
  cny: { value: 0.384, low: 0.24, high: 0.72 },
  hours: 4,
  until: "2026-07-04T08:00:00+08:00",
  endedBy: "runs-again",
  rebound: 0,
  basis: "own",
  pasts: { own: 10, others: 0 },
};

/** What the server says, with commands and a model. */
function filled(verified: boolean): SavingsDto {
  return {
    ...real,
    planned: { kwh: { value: 12, low: 0, high: 12 }, findings: 4 },
    measured: {
      kwh: { value: 3200, low: 2500, high: 4100 },
      m3: { value: 0, low: 0, high: 0 },
      commands: 310,
      byPolicy: [{ policy: "vacant-lights-off", quantity: "kwh", commands: 310, amount: { value: 3200, low: 2500, high: 4100 } }],
      largest: [
        {
          command: "c1",
          device: "hall/light-301",
          policy: "vacant-lights-off",
          at: "2026-07-03T18:10:00+08:00",
          until: "runs-again",
          quantity: "kwh",
          amount: { value: 12, low: 2, high: 70 },
          hours: 9,
          rebound: 0,
          basis: "own",
          pasts: { own: 10, others: 30 },
        },
      ],
    },
    verified: verified ? modelled : null,
    unverified: verified ? null : modelled,
    gates: real.gates.map((g) => ({ ...g, value: g.sense === "at-least" ? g.limit : g.limit / 2, ok: verified || g.gate !== "length" })),
    baseline: {
      ...real.baseline,
      refused: null,
      model: { coolingFrom: 22, heatingFrom: null, terms: [], days: 340, effectiveDays: 201, r2: 0.91, cvRmse: 0.08, nmbe: 0.004, autocorrelation: 0.26 },
    },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-savings-"));
  mkdirSync(join(folder, "data"));
  server = await startServerProcess(folder);
  real = await server.get<SavingsDto>("/reports/savings");
  browser = await launchBrowser();
  page = await deskPage(browser, troubles);
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const answer = async (dto: SavingsDto) => {
  await page.unroute("**/api/v1/reports/savings*");
  await page.route("**/api/v1/reports/savings*", (route) => route.fulfill({ json: dto }));
  await page.goto(`${server.url}/savings`);
  await page.getByTestId("verified").waitFor();
};

it("of a new office says that nothing is verified, and why there is no model", async () => {
  await page.goto(`${server.url}/savings`);
  expect(await page.getByTestId("verified").innerText()).toContain("Not verified");
  expect(await page.getByTestId("refused").innerText()).toContain("before the first command");
  expect(await page.getByTestId("gate-length").getAttribute("data-ok")).toBe("false");
});

it("takes an adjustment with its reason and source, shows who entered it, and withdraws it", async () => {
  await page.getByTestId("add-adjustment").click();
  const form = page.getByTestId("adjustment-form");
  for (const [name, value] of [
    ["kwh", "40"],
    ["from", "2026-01-05"],
    ["reason", "a room of servers"],
    ["source", "their own meter"],
  ] as const)
    await form.locator(`[name=${name}]`).fill(value);
  await form.getByRole("button").click();
  const row = page.locator("[data-testid=adjustment][data-withdrawn=false]");
  await row.waitFor();
  expect(await row.innerText()).toMatch(/\+40\skWh[\s\S]*from 2026-01-05 on[\s\S]*a room of servers[\s\S]*Source: their own meter/);
  expect((await server.get<SavingsDto>("/reports/savings")).adjustments).toMatchObject([{ kwh: 40, per: "day", until: null }]);
  await row.getByTestId("withdraw-adjustment").click();
  await page.getByTestId("withdraw-form").locator("[name=reason]").fill("counted twice");
  await page.getByTestId("withdraw-form").getByRole("button").click();
  const withdrawn = page.locator("[data-testid=adjustment][data-withdrawn=true]");
  await withdrawn.waitFor();
  expect(await withdrawn.innerText()).toContain("counted twice");
});

it("takes the days of a baseline, and says why where they cannot be", async () => {
  await page.getByTestId("choose-baseline").click();
  const form = page.getByTestId("baseline-form");
  const choose = async (from: string, until: string) => {
    for (const [name, value] of [
      ["from", from],
      ["until", until],
      ["reason", "before the roof was mended"],
    ] as const)
      await form.locator(`[name=${name}]`).fill(value);
    await form.getByRole("button").click();
  };
  // What the browser says of an answer 422 by itself is no trouble of the page.
  const before = troubles.length;
  await choose("2098-01-01", "2098-12-31");
  await form.getByText("is over").waitFor();
  troubles.splice(before);
  await choose("2024-01-01", "2024-12-31");
  await page.getByTestId("baseline-days").getByText("2024-12-31").waitFor();
  expect(await page.getByTestId("baseline-days").innerText()).toContain("before the roof was mended");
});

it("says on a command what it avoided, and why where it cannot be said", async () => {
  const commanded = async (on: boolean): Promise<string> =>
    ((await (await server.send("POST", "/devices/hall%2Flight-301/commands", { set: { on }, reason: "a look" })).json()) as CommandDto).id;
  await page.goto(`${server.url}/devices/hall/light-301`);
  await page.getByRole("heading", { level: 1, name: /301/ }).waitFor();
  // The second one takes the first one's place, which is over then and waits to be opened.
  const id = await commanded(false);
  await commanded(true);
  const card = page.locator(`[data-testid=command][data-id="${id}"]`);
  const saying = card.getByTestId("command-savings");
  await card.and(page.locator(":not([open])")).locator("summary").click();
  await card.getByTestId("command-savings-ask").click();
  await saying.waitFor();
  expect(await saying.innerText()).toContain("no rule asked for it");
  await page.route("**/commands/*/savings", (route) => route.fulfill({ json: { ...said, command: id } }));
  for (const _ of ["closed", "opened"]) await card.locator("summary").click();
  await card.getByTestId("command-savings-ask").click();
  await saying.and(page.locator("[data-kind=said]")).waitFor();
  expect(await saying.innerText()).toMatch(
    /Avoided 0\.48\skWh[\s\S]*0\.38[\s\S]*95 %: 0\.30\skWh to 0\.90\skWh[\s\S]*120\sW until then[\s\S]*would have gone on for 4\shr of this time[\s\S]*its own past \(10\)/,
  );
  await page.unroute("**/commands/*/savings");
});

it("shows a model that failed a gate as not verified, with the gate's number and its source", async () => {
  await answer(filled(false));
  expect(await page.getByTestId("verified").innerText()).toMatch(/Not verified[\s\S]*has not passed every gate/);
  expect(await page.getByTestId("gate-length").innerText()).toContain("CalTRACK");
  expect(await page.getByTestId("measured").innerText()).toMatch(/3,200[\s\S]*95 %: 2,500[\s\S]*4,100/);
  expect(await page.getByTestId("largest").innerText()).toContain("its own past (40)");
});

it("shows one that passed as verified, and draws model, measurement and CUSUM, also on a phone", async () => {
  await answer(filled(true));
  expect(await page.getByTestId("verified").innerText()).toContain("3,900");
  for (const chart of ["chart-model", "chart-cusum"]) await page.locator(`[data-testid=${chart}][data-drawn=true]`).waitFor();
  expect(await page.getByTestId("model-figures").innerText()).toContain("0.91");
  await page.setViewportSize(PHONE);
  await fits(page);
  expect(troubles).toEqual([]);
});
