/** "Who is told" in a browser: trying it out, going away, sending a test, and a phone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
const errors: string[] = [];
const byId = (id: string) => page.getByTestId(id);
const steps = async () => (await byId("hearing-step").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-told-"));
  server = await startServerProcess(folder);
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("who is told", () => {
  it("shows the chain of a hypothetical alert as a line of people and times", async () => {
    await page.goto(`${server.url}/alerting`);
    await byId("language-select").selectOption("en");
    await byId("time-line").waitFor();
    await byId("try-saturday").click();
    await eventually(steps, (shown) => shown.length === 4);
    // On a Saturday whoever has duty is told at once, and the chain waits for Monday.
    const [duty, chief, deputy, director] = await steps();
    expect(duty).toMatch(/^10:00:30 after 30 sec On duty /);
    expect(chief).toMatch(/08:30:30 .* Section chief He Zhiping/);
    expect(deputy).toMatch(/08:45:00 .* Deputy director Lin Jingyi/);
    expect(director).toMatch(/09:15:00 .* Director Zhou Mingyuan/);
    expect(await byId("hearing").first().innerText()).toMatch(/the page/);
  });

  it("takes an absence with its stand-in, and the answer is another at once", async () => {
    await byId("add-absence").click();
    const form = page.locator("[data-testid=absence-form]");
    await form.locator("[name=person]").selectOption("office-chief");
    await form.locator("[name=standIn]").selectOption("administration-chief");
    await form.locator("[name=until]").fill("2099-01-01T08:00");
    await form.locator("button[type=submit]").click();
    // Longer than anybody is away: said beside the button, and nothing is lost.
    await form.locator("[role=alert]").waitFor();
    const soon = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await form.locator("[name=until]").fill(`${soon}T08:00`);
    await form.locator("[name=note]").fill("training");
    await form.locator("button[type=submit]").click();
    await byId("absences").waitFor();
    expect(await byId("absences").innerText()).toMatch(/He Zhiping[^]*Meng Qinghe[^]*training/);
    await eventually(steps, (shown) => shown.some((s) => s.includes("Meng Qinghe stands in for He Zhiping, who is away")));
    await byId("end-absence").click();
    await byId("absences").waitFor({ state: "detached" });
    await eventually(steps, (shown) => shown.some((s) => s.includes("He Zhiping") && !s.includes("stands in")));
  });

  it("sends a test to oneself, and shows what became of it", async () => {
    await byId("channel-page").getByTestId("try-channel").click();
    await byId("notices").locator("li").first().waitFor();
    expect(await byId("notices").locator("li").first().innerText()).toMatch(/Yue Changning · the page · test/);
  });

  it("says where the table is written, and how", async () => {
    expect(await page.getByTestId("climb-table").innerText()).toMatch(/High\s+30 sec\s+15 min\s+45 min/);
    await byId("example-button").click();
    expect(await page.locator("#alerting-example").innerText()).toMatch(/^alerting:/);
  });

  it("fits a phone, and lacks no sentence in any language", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const lang of ["zh-CN", "zh-TW", "en"]) {
      await byId("language-select").selectOption(lang);
      await page.locator(`html[lang="${lang}"]`).waitFor();
      expect(await page.locator("main").innerText()).not.toMatch(/\b(alerting\.(?!routes)|(notice-\w+|channel-kind|console-level)\.)[a-z]/);
    }
    // One is what the absence that is too long was refused with.
    expect(errors).toEqual([expect.stringMatching(/status of 422/)]);
  });
});
