import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AlarmHealthDto } from "../../server/contract/alarm-health.ts";
import type { PolicyDto } from "../../server/contract/policies.ts";
import { badWeek, keepAlarms } from "../support/bad-alarms.ts";
import { deskPage, fitsPhone, launchBrowser, PHONE } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
const troubles: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-health-"));
  mkdirSync(join(folder, "data"));
  const devices = ["ac-301", "ac-302", "light-301", "light-302", "light-101"].map((name) => `hall/${name}`);
  await keepAlarms(join(folder, "data"), badWeek(Date.now(), ["office-chief", "finance-chief", "facilities-1"], devices));
  server = await startServerProcess(folder);
  browser = await launchBrowser();
  page = await deskPage(browser, troubles);
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const standing = async () => {
  const { items } = await server.get<{ items: { title: string; evidence: Record<string, unknown> }[] }>("/alerts?state=active&limit=1000");
  return items.filter((a) => a.title === "maintenance.bad-rule").map((a) => [a.evidence["policy"], a.evidence["param"]].join(" "));
};

it("the system looked at its own rules when it started, and tells of the bad ones", async () => {
  await eventually(standing, (found) => found.length > 0);
  expect((await standing()).sort()).toEqual(["daylight-lights-off hold", "off-but-draws ", "window-open-no-ac clearAfter"]);
});

it("pictures are drawn, and every figure says its bound and the bound's source", async () => {
  await page.goto(`${server.url}/alarm-health`);
  const health = await server.get<AlarmHealthDto>("/reports/alarm-health");
  await page.getByTestId("health-sentence").waitFor();
  for (const chart of ["chart-hours", "chart-days"]) await page.locator(`[data-testid=${chart}][data-drawn=true]`).waitFor();
  for (const { key, verdict } of health.figures) {
    const tile = page.getByTestId(`figure-${key}`);
    expect(await tile.getAttribute("data-verdict"), key).toBe(verdict ?? "");
    expect(await tile.innerText(), key).toMatch(/ISA-18\.2|our goal|our chain/);
  }
  expect(await page.getByTestId("floods").innerText()).toContain("15");
  expect(await page.locator(".health-top li").count()).toBe(10);
});

it("the period and the person stand in the address", async () => {
  await page.getByTestId("days-1").click();
  await page.waitForURL(/days=1/);
  await page.getByTestId("filter-person").selectOption("facilities-1");
  await page.waitForURL(/person=facilities-1/);
  await page.reload();
  await page.getByTestId("health-sentence").waitFor();
  await expect.poll(() => page.getByTestId("filter-person").inputValue()).toBe("facilities-1");
  await page.goto(`${server.url}/alarm-health`);
});

it("a proposal is tried on the history with its change filled in", async () => {
  const card = page.locator('[data-testid=proposal][data-policy="daylight-lights-off"]');
  await card.getByTestId("try-change").first().click();
  await page.getByTestId("backtest-page").waitFor();
  const policy = await server.get<PolicyDto>("/policies/daylight-lights-off");
  const now = policy.params.find((p) => p.name === "hold")!.value;
  const filled = Number(await page.getByTestId("backtest-hold").inputValue());
  expect(filled).toBeGreaterThan(now);
  expect(Number(await page.getByTestId("backtest-limit").inputValue())).toBe(policy.params.find((p) => p.name === "limit")!.value);
  await page.goBack();
});

it("a proposal is applied: the rule has the new parameter, the card and the alert are gone", async () => {
  const card = page.locator('[data-testid=proposal][data-policy="window-open-no-ac"]');
  const change = card.locator('[data-testid=change][data-param="clearAfter"]').first();
  await change.getByTestId("apply-change").click();
  await card.waitFor({ state: "detached" });
  const policy = await server.get<PolicyDto>("/policies/window-open-no-ac");
  expect(policy.params.find((p) => p.name === "clearAfter")).toMatchObject({ value: 30, default: 0 });
  expect((await standing()).sort()).toEqual(["daylight-lights-off hold", "off-but-draws "]);
});

it("nothing is wider than a phone, in light and in dark, in all three languages", async () => {
  const phone = await (await browser.newContext({ viewport: PHONE })).newPage();
  phone.on("pageerror", (error) => troubles.push(error.message));
  const open = async () => {
    await phone.goto(`${server.url}/alarm-health`);
    await phone.locator("[data-testid=chart-days][data-drawn=true]").waitFor();
  };
  await fitsPhone(phone, [{ open, within: "[data-testid=alarm-health-page]", lacking: /health\.|health-|undefined|NaN/ }]);
});

it("the page made no complaint", () => {
  expect(troubles).toEqual([]);
});
