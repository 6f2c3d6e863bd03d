/** The month under somebody's hands: a draft, what its numbers are made of, closing, correcting, files, paper. */
import { readFileSync } from "node:fs";
import { strFromU8, unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deskPage, fitsPhone, launchBrowser, PHONE } from "../support/browser.ts";
import { startConsole } from "../support/console-office.ts";
import { fillMonths } from "../support/used.ts";

let browser: Browser;
let desk: Awaited<ReturnType<typeof startConsole>>;
let page: Page;
const troubles: string[] = [];
const figure = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}:`) }).first();

beforeAll(async () => {
  desk = await startConsole();
  fillMonths(desk.office);
  browser = await launchBrowser();
  page = await deskPage(browser, troubles);
});
afterAll(async () => {
  await browser?.close();
  await desk?.close();
});

it("shows the newest month that is over as a draft, and says why it cannot be closed yet", async () => {
  await page.goto(`${desk.url}/months`);
  await page.locator("[data-testid=bulletin][data-state=open]").waitFor();
  expect(await page.getByTestId("filter-month").inputValue()).toBe("2026-07");
  expect(await page.getByTestId("close-month").getAttribute("aria-disabled")).toBe("true");
  expect(await page.getByTestId("close-month").getAttribute("title")).toMatch(/earlier month.*2026-06/);
});

it("opens every number to its formula, its factors with their documents, and its readings", async () => {
  await figure("Electricity · Cost \\(CNY\\)").click();
  const dialog = page.getByTestId("figure-dialog");
  expect(await dialog.getByTestId("figure-formula").innerText()).toMatch(/kWh × 0\.8 = [\d.]+ CNY/);
  expect(await dialog.getByTestId("figure-points").locator("li").count()).toBe(4);
  await page.keyboard.press("Escape");
  await figure("Electricity · CO₂ \\(kg\\)").click();
  expect(await dialog.getByTestId("figure-rows").innerText()).toMatch(/0\.6361 kg\/kWh[\s\S]*co2-grid-north-2023[\s\S]*2023年电力二氧化碳排放因子/);
  await page.keyboard.press("Escape");
  const figures = page.getByTestId("figure");
  const count = await figures.count();
  expect(count).toBeGreaterThan(40);
  for (let i = 0; i < count; i += 7) {
    await figures.nth(i).click();
    expect(await dialog.innerText()).not.toMatch(/month\.[a-z]|undefined|NaN/);
    await page.keyboard.press("Escape");
  }
});

it("closes the months in their order, for good", async () => {
  for (const month of ["2026-06", "2026-07"]) {
    await page.getByTestId("filter-month").selectOption(month);
    await page.waitForURL(new RegExp(`month=${month}`));
    await page.locator("[data-testid=close-month][aria-disabled=false]").click();
    await page.getByTestId("close-form").getByRole("button", { name: "Close the month" }).click();
    await page.locator("[data-testid=bulletin][data-state=closed]").waitFor();
  }
  expect(await page.getByTestId("close-month").count()).toBe(0);
  expect(await page.getByTestId("bulletin").innerText()).toContain("It is what was hashed when it was closed.");
  expect(await figure("Electricity · On last month").innerText()).toMatch(/^[+−]\d/);
});

it("corrects a line with its reason; the reversal stands beside it", async () => {
  const before = await figure("Electricity · Use").innerText();
  await page.getByTestId("lines-electricity").click();
  await page.getByTestId("correct").first().click();
  await page.locator("[data-testid=correct-form] [name=amount]").fill("1");
  await page.locator("[data-testid=correct-form] [name=reason]").fill("the meter was exchanged");
  await page.getByTestId("correct-form").getByRole("button", { name: "Correct" }).click();
  await page.locator(".month-lines .reversed").nth(1).waitFor();
  expect(await page.locator(".month-lines").innerText()).toContain("the meter was exchanged");
  expect(await figure("Electricity · Use").innerText()).not.toBe(before);
});

it("hands the bulletin out as files in the page's language", async () => {
  const download = async (id: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId(id).click()]);
    return { name: file.suggestedFilename(), files: unzipSync(new Uint8Array(readFileSync(await file.path()))) };
  };
  const docx = await download("docx");
  expect(docx.name).toBe("bulletin-2026-07.docx");
  expect(strFromU8(docx.files["word/document.xml"]!)).toContain("thrift bulletin, July 2026");
  expect((await download("xlsx")).files).toHaveProperty(["xl/workbook.xml"]);
  expect((await download("form-public-institution-monthly")).name).toBe("public-institution-monthly-2026-07.xlsx");
});

it("is printed on A4 without what is of use on a screen only", async () => {
  await page.emulateMedia({ media: "print" });
  for (const gone of [".rail", ".month-actions", ".filters", ".month-lines"]) expect(await page.locator(gone).first().isVisible(), gone).toBe(false);
  expect(await page.getByTestId("month-use").isVisible()).toBe(true);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[45]\.\d+ 84[12]\.\d+\]/);
  const pages = pdf.match(/\/Type \/Page\b/g)!.length;
  expect(pages).toBeGreaterThan(1);
  expect(pages).toBeLessThan(7);
  await page.emulateMedia({ media: "screen" });
});

it("nothing is wider than a phone, in light and in dark, in all three languages", async () => {
  const phone = await (await browser.newContext({ viewport: PHONE })).newPage();
  phone.on("pageerror", (error) => troubles.push(error.message));
  const open = async () => {
    await phone.goto(`${desk.url}/months`);
    await phone.getByTestId("bulletin").waitFor();
  };
  await fitsPhone(phone, [{ open, within: "[data-testid=month-page]", lacking: /months?\.[a-z]|undefined|NaN/ }]);
});

it("the page made no complaint", () => {
  expect([...troubles, ...desk.faults]).toEqual([]);
});
