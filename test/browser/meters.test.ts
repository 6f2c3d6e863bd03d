/** Meters read on a phone over the whole server: entered by one, confirmed by another, a table with a bad row, an exchange. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { App } from "../../server/app.ts";
import { followedClock } from "../../server/clock.ts";
import { fits, fitsPhone, launchBrowser, noteTroubles, DESK, PHONE } from "../support/browser.ts";
import { eventually } from "../support/server-process.ts";
import { device, smallSite } from "../support/small-site.ts";
import { openWhole } from "../support/whole-app.ts";

const at = (text: string) => Date.parse(`${text}+08:00`);
const base = smallSite();
const byHand = (id: string, point: string, zh: string, en: string) =>
  device(id, point === "volume" ? "water" : "meter", "301", {
    codec: "manual",
    interval: 31 * 86_400,
    manual: { point, every: "month" },
    name: { "zh-CN": zh, "zh-TW": zh, en },
  });
const site = smallSite({
  devices: [...base.devices, byHand("gas-1", "gas", "食堂燃气表", "Canteen gas meter"), byHand("main-water", "volume", "总水表", "Main water meter")],
});
const clock = followedClock(() => 0);
const troubles: string[] = [];
let folder: string;
let app: App;
let url: string;
let browser: Browser;
let one: Page;
let other: Page;

/** A page of one of the office's people. */
async function pageOf(person: string, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: "en-GB" });
  await context.request.post(`${url}/api/v1/auth/be`, { data: { person } });
  const page = await context.newPage();
  noteTroubles(page, troubles, /409|422/);
  return page;
}

async function confirmed(point: string, value: number, when: string): Promise<void> {
  const entered = await app.flow.request("staff", { kind: "enter-reading", point, at: at(when), value, note: null });
  if (!entered.ok) throw new Error(entered.refusal.detail);
  expect(await app.flow.request("chief", { kind: "decide-entry", entry: entered.subject, confirm: true, reason: null })).toMatchObject({ ok: true });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-meters-page-"));
  app = await openWhole({ site, folder, clock, start: at("2026-06-30T16:00:00"), webRoot: join(import.meta.dirname, "../../dist/web") });
  url = `http://127.0.0.1:${app.http}`;
  await confirmed("hall/gas-1/gas", 1000, "2026-05-29T16:00:00");
  await confirmed("hall/gas-1/gas", 1320, "2026-06-30T16:00:00");
  await confirmed("hall/main-water/volume", 50, "2026-06-30T16:00:00");
  clock.wind(at("2026-07-31T16:00:00"), 0);
  browser = await launchBrowser();
  one = await pageOf("staff", PHONE);
  other = await pageOf("chief", DESK);
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

it("a round on a phone: the last value, the difference while typing, a soft warning, one meter after another", async () => {
  await one.goto(`${url}/meters`);
  await one.getByTestId("start-round").click();
  await one.getByTestId("enter-dialog").waitFor();
  expect(await one.getByTestId("meter-last").innerText()).toContain("1,320 m³");
  const value = one.locator("[name=value]");
  expect(await value.getAttribute("inputmode")).toBe("decimal");
  await value.fill("16300");
  await one.locator("[data-testid=doubts] [data-kind=decimal-point]").waitFor();
  expect(await one.getByTestId("doubts").innerText()).toContain("is it 1,630 m³?");
  await value.fill("12x");
  expect(await one.getByTestId("meter-rise").innerText()).toMatch(/Digits/);
  await value.fill("1630");
  await one.getByTestId("doubts").waitFor({ state: "detached" });
  expect(await one.getByTestId("meter-rise").innerText()).toBe("+310 m³ · 10 m³ a day (usually 10 m³)");
  await one
    .getByTestId("reading-form")
    .getByRole("button", { name: /Save, next/ })
    .click();
  await one.getByText("Main water meter").last().waitFor();
  await fits(one);
  await one.locator("[name=value]").fill("50.5");
  await one.getByTestId("reading-form").getByRole("button", { name: "Save" }).click();
  await one.getByTestId("enter-dialog").waitFor({ state: "detached" });
  expect(app.flow.house.meters.waiting.size).toBe(2);
});

it("who entered it cannot confirm it; a second person can, and it is in the meter's history and in the month's use", async () => {
  await one.getByTestId("part-waiting").click();
  await one.getByTestId("entry-row").nth(1).waitFor();
  const own = one.getByTestId("confirm").first();
  expect(await own.getAttribute("aria-disabled")).toBe("true");
  expect(await own.getAttribute("title")).toMatch(/second person/);

  await other.goto(`${url}/meters?part=waiting`);
  const row = other.getByTestId("entry-row").filter({ hasText: "Canteen gas meter" });
  await row.getByTestId("confirm").click();
  await row.waitFor({ state: "detached" });
  const water = other.getByTestId("entry-row").filter({ hasText: "Main water meter" });
  await water.getByTestId("reject").click();
  await other.locator("[data-testid=reject-dialog] [name=reason]").fill("the glass was wet, read again");
  await other.getByTestId("reject-dialog").getByRole("button", { name: "Reject" }).click();
  await water.waitFor({ state: "detached" });
  await other.getByTestId("part-record").click();
  expect(await other.locator("[data-testid=entry-row][data-state=rejected]").innerText()).toContain("the glass was wet");

  const readings = () => app.flow.history.readings("hall/gas-1/gas", 0, at("2027-01-01T00:00:00"), 10);
  expect((await eventually(readings, (r) => r.length === 3)).map((r) => r.value)).toEqual([1000, 1320, 1630]);
  const july = await app.flow.history.rollups({ points: ["hall/gas-1/gas"], from: at("2026-07-01T00:00:00"), to: at("2026-08-01T00:00:00"), step: "day" });
  expect(july.total.reduce((a, b) => a + b, 0)).toBeCloseTo(310 - 80 / 24, 6);
  await other.goto(`${url}/devices/hall/gas-1`);
  await other.getByText("Read by hand").first().waitFor();
  expect(await other.locator("main").innerText()).toContain("1,630");
});

it("a table is previewed: the bad row says what and where; the good one is entered", async () => {
  await one.goto(`${url}/meters?part=table`);
  const text = "表号,日期,读数\n总水表,2026-07-31,62.5\n水表九,2026-07-31,1\n";
  await one.getByTestId("table-file").setInputFiles({ name: "july.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await one.getByTestId("table-preview").waitFor();
  expect(await one.getByTestId("table-preview").innerText()).toContain("Rows that can be entered: 1; that cannot: 1");
  expect(await one.getByTestId("table-row").first().innerText()).toMatch(/3[\s\S]*水表九[\s\S]*Meter: no such meter/);
  expect(app.flow.house.meters.waiting.size).toBe(0);
  await fits(one);
  await one.getByTestId("take-in").click();
  await one.getByTestId("take-in").waitFor({ state: "detached" });
  expect([...app.flow.house.meters.waiting.values()]).toMatchObject([{ point: "hall/main-water/volume", value: 62.5, by: "staff" }]);
});

it("a value below the last one leads to the exchange; until that is confirmed the reading cannot be", async () => {
  clock.wind(at("2026-08-31T16:00:00"), 0);
  await one.goto(`${url}/meters`);
  await one.getByTestId("meter-row").filter({ hasText: "Canteen gas meter" }).getByTestId("enter").click();
  await one.locator("[name=value]").fill("150");
  await one.locator("[data-kind=below-last]").waitFor();
  await one.getByTestId("was-exchanged").click();
  const form = one.getByTestId("exchange-form");
  await form.locator("[name=final]").fill("1,790");
  await form.locator("[name=at]").fill("2026-08-15T10:00");
  await form.locator("[name=reason]").fill("verification");
  await form.getByRole("button").click();
  await one.locator("[name=value]").fill("150");
  await one.getByTestId("reading-form").getByRole("button", { name: "Save" }).click();
  await one.getByTestId("enter-dialog").waitFor({ state: "detached" });

  await other.goto(`${url}/meters?part=waiting`);
  const rows = other.getByTestId("entry-row").filter({ hasText: "Canteen gas meter" });
  const reading = rows.filter({ hasText: "Less than last time" });
  expect(await reading.getByTestId("confirm").getAttribute("title")).toMatch(/exchange first/);
  await rows.filter({ hasText: "Exchange: old 1,790 m³, new 0 m³" }).getByTestId("confirm").click();
  await reading.waitFor({ state: "detached" });
  await rows.getByTestId("confirm").click();
  await rows.first().waitFor({ state: "detached" });
  const august = () => app.flow.history.rollups({ points: ["hall/gas-1/gas"], from: at("2026-08-01T00:00:00"), to: at("2026-09-01T00:00:00"), step: "day" });
  // 1630 → 1790 and 0 → 150, less what was used on 31 July after 16:00.
  const perHour = 160 / (14 * 24 + 18);
  await eventually(august, (r) => Math.abs(r.total.reduce((a, b) => a + b, 0) - (310 - 8 * perHour)) < 1e-6);
});

it("what others enter and confirm appears by itself; a second person confirms many at once and is told what was left and why", async () => {
  clock.wind(at("2026-09-30T16:00:00"), 0);
  const enter = (by: string, point: string, value: number, when: string) =>
    app.flow.request(by, { kind: "enter-reading", point, at: at(when), value, note: null });
  const rows = other.getByTestId("entry-row");
  await other.goto(`${url}/meters?part=waiting`);
  await rows.first().waitFor();
  // The water of July was entered from a table before.
  expect(await rows.count()).toBe(1);
  expect(await other.getByTestId("confirm-many").count()).toBe(0);
  await enter("staff", "hall/gas-1/gas", 460, "2026-09-30T15:00:00");
  await rows.nth(1).waitFor();
  await enter("staff", "hall/main-water/volume", 999_999, "2026-08-31T15:00:00");
  await enter("chief", "hall/main-water/volume", 88, "2026-09-30T15:00:00");
  await rows.nth(3).waitFor();

  await other.getByTestId("confirm-many").press("Enter");
  const dialog = other.getByTestId("many-dialog");
  expect(await dialog.innerText()).toMatch(/Nothing speaks against 2 of these[\s\S]*second person: 1[\s\S]*one by one[^:]*: 1/);
  await other.getByTestId("many-send").press("Enter");
  await other.getByTestId("many-left").waitFor();
  expect(await other.getByTestId("many-left").innerText()).toMatch(
    /999,999 m³[\s\S]*look at it by itself[\s\S]*88 m³[\s\S]*Nobody decides on their own request/,
  );
  // What speaks against one as it stands now is said beside it.
  await dialog.locator("[data-testid=doubts] [data-kind=too-fast]").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await rows.nth(2).waitFor({ state: "detached" });
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining("999,999"), expect.stringContaining("88 m³")]);
  expect([...app.flow.house.meters.waiting.values()].map((e) => `${e.by} ${e.kind === "reading" ? e.value : ""}`).toSorted()).toEqual([
    "chief 88",
    "staff 999999",
  ]);

  // The round on the other's phone has moved too, without a word of its own.
  await one.goto(`${url}/meters`);
  const gas = one.getByTestId("meter-row").filter({ hasText: "Canteen gas meter" });
  await gas.getByText("460 m³").waitFor();
  const next = await enter("staff", "hall/gas-1/gas", 470, "2026-09-30T15:30:00");
  await gas.getByText("1 to confirm").waitFor();
  await app.flow.request("chief", { kind: "decide-entry", entry: next.ok ? next.subject : "", confirm: true, reason: null });
  await gas.getByText("470 m³").waitFor();
});

it("nothing is wider than a phone, in light and in dark, in all three languages", async () => {
  const phone = await pageOf("chief", PHONE);
  await phone.goto(`${url}/meters?part=table`);
  expect(await phone.getByTestId("table-file").isEnabled()).toBe(true);
  const looks = ["", "waiting", "table", "record"].map((part) => ({
    open: async () => {
      await phone.goto(`${url}/meters?part=${part}`);
      await phone.getByTestId("part-record").waitFor();
    },
    within: "[data-testid=meters-page]",
    lacking: /meters?[.-][a-z]+\.|meters\.[a-z]|undefined|NaN/,
  }));
  await fitsPhone(phone, looks);
});

it("the page made no complaint", () => {
  expect(troubles).toEqual([]);
});
