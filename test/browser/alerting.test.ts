/** "Who is told" in a browser: trying it out, going away, sending a test, and a phone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deskPage, fits, launchBrowser, PHONE } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
const errors: string[] = [];
const byId = (id: string) => page.getByTestId(id);
const settled = () => page.evaluate<void>("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
const steps = async () => (await byId("hearing-step").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-told-"));
  server = await startServerProcess(folder);
  browser = await launchBrowser();
  page = await deskPage(browser, errors);
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
    await eventually(steps, (shown) => shown.length === 4 && shown[0]!.startsWith("10:00:30"));
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
    await page.waitForResponse((response) => response.url().endsWith("/absences"));
    await settled();
    expect(await form.locator("[name=until]").inputValue()).toBe("2099-01-01T08:00");
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

  it("plans a silence of a part of the house, lists it in words, and ends it", async () => {
    await byId("add-silence").click();
    const form = byId("silence-form");
    const button = form.locator("button[type=submit]");
    expect([await button.getAttribute("aria-disabled"), await form.locator(".form-end").innerText()]).toEqual([
      "true",
      expect.stringContaining("Name at least one part"),
    ]);
    await form.locator("[name=space]").selectOption("hall/301");
    // The room brings its floor along; another floor gives it up.
    expect([await form.locator("[name=building]").inputValue(), await form.locator("[name=floor]").inputValue()]).toEqual(["hall", "3"]);
    await form.locator("[name=floor]").selectOption("2");
    expect(await form.locator("[name=space]").inputValue()).toBe("");
    await form.locator("[name=severity]").selectOption("low");
    const later = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    await form.locator("[name=from]").fill(`${later}T08:00`);
    await form.locator("[name=until]").fill(`${later}T07:00`);
    await form.locator("[name=reason]").fill("painters");
    await button.click();
    // What ends before it begins is refused, and nothing that was typed is lost, though the page beneath asks every few seconds.
    await form.locator("[role=alert]").waitFor();
    await page.waitForResponse((response) => response.url().includes("/silences?"));
    await settled();
    expect([await form.locator("[name=from]").inputValue(), await form.locator("[name=reason]").inputValue()]).toEqual([`${later}T08:00`, "painters"]);
    await form.locator("[name=until]").fill(`${later}T18:00`);
    await button.click();
    await byId("silences").waitFor();
    expect(await byId("silences").locator("li").innerText()).toMatch(
      new RegExp(`Main building · Floor 2 · severity: low[^]*to come[^]*${later} 08:00 – ${later} 18:00[^]*painters[^]*Yue Changning`, "i"),
    );
    const { items } = await server.get<{ items: object[] }>("/silences");
    expect(items).toMatchObject([{ building: "hall", floor: "2", space: null, alarm: null, severity: "low", from: `${later}T08:00:00+08:00` }]);
    await byId("end-silence").click();
    await byId("silences").waitFor({ state: "detached" });
    expect(await server.get("/silences")).toMatchObject({ items: [] });
  });

  it("a chief silences the own section only, a clerk nothing, and both see why", async () => {
    const { id } = (await (await server.send("POST", "/silences", { floor: "3", reason: "painters", minutes: 60 })).json()) as { id: string };
    await byId("silences").waitFor();
    await byId("person-select").selectOption("office-chief");
    await page.locator("[data-testid=end-silence][aria-disabled=true]").waitFor();
    expect(await byId("end-silence").getAttribute("title")).toBe("A section chief may not shelve alerts here");
    await byId("add-silence").click();
    const form = byId("silence-form");
    const button = form.locator("button[type=submit]");
    expect([await form.locator("[name=department]").inputValue(), await button.getAttribute("aria-disabled")]).toEqual(["office", "false"]);
    await form.locator("[name=department]").selectOption("finance");
    expect([await button.getAttribute("aria-disabled"), await form.locator(".form-end").innerText()]).toEqual([
      "true",
      expect.stringContaining("A section chief may not shelve alerts here"),
    ]);
    await page.keyboard.press("Escape");
    await byId("person-select").selectOption("office-clerk");
    await byId("silence-why-not").waitFor();
    expect(await byId("silence-why-not").innerText()).toMatch(/may not shelve alerts here/);
    expect(await byId("add-silence").getAttribute("aria-disabled")).toBe("true");
    await byId("person-select").selectOption("administrator");
    await byId("silence-why-not").waitFor({ state: "detached" });
    await server.send("DELETE", `/silences/${id}`);
    await byId("silences").waitFor({ state: "detached" });
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
    await page.setViewportSize(PHONE);
    await fits(page);
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const lang of ["zh-CN", "zh-TW", "en"]) {
      await byId("language-select").selectOption(lang);
      await page.locator(`html[lang="${lang}"]`).waitFor();
      expect(await page.locator("main").innerText()).not.toMatch(/\b(alerting\.(?!routes)|(notice-\w+|channel-kind|console-level|silence)\.)[a-z]/);
    }
    // What the absence that is too long was refused with, and the silence that ends before it begins.
    expect(errors).toEqual([expect.stringMatching(/status of 422/), expect.stringMatching(/status of 422/)]);
  });
});
