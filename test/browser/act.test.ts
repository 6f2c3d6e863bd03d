import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createActLinks } from "../../server/auth/act-links.ts";
import { linkSecret } from "../../server/auth/secret.ts";
import type { AlertDto } from "../../server/contract/alerts.ts";
import { memorySubscriptions } from "../support/api.ts";
import { fits, launchBrowser, PHONE } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

const PASSWORD = "a quiet office at dusk";
const ON_A_PHONE: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
let folder: string;
let server: ServerProcess;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-act-"));
  server = await startServerProcess(folder, { JIEYUE_AUTH_MODE: "password" });
  browser = await launchBrowser();
  const said = () => Promise.resolve(/set-up\?token=([\w-]+)/.exec(server.output())?.[1]);
  const token = await eventually(said, (found) => found !== undefined);
  const signedIn = await server.send("POST", "/auth/set-up", { token, person: "administrator", password: PASSWORD });
  cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const alerts = async () => {
  const response = await fetch(`${server.url}/api/v1/alerts?state=open`, { headers: { cookie } });
  return ((await response.json()) as { items: AlertDto[] }).items;
};

/** A print job that waits for a word raises an alert at once. */
async function raise(job: string): Promise<AlertDto> {
  const known = new Set((await alerts()).map((a) => a.id));
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`);
  const held = { job, user: "office-clerk", document: "季度计划.docx", pages: 24, copies: 1, sheets: 24, duplex: false, color: false, state: "held" };
  await client.publishAsync("jieyue/hall/copier-2/job", JSON.stringify(held), { qos: 1 });
  await client.endAsync();
  const fresh = async () => (await alerts()).filter((a) => a.title === "approval.print-job" && !known.has(a.id));
  return (await eventually(fresh, (found) => found.length > 0))[0]!;
}

/** A link as the server's own messenger makes it: with the key that lies in the data folder. */
function pathOf(alert: AlertDto, notice = "n1"): string {
  const links = createActLinks({
    secret: linkSecret(join(folder, "data")),
    used: memorySubscriptions(),
    people: () => [],
    departments: () => [],
    now: () => Date.now(),
  });
  return `/act/${links.token({ alert: alert.id, person: alert.assignee!, notice })}`;
}

describe("a link from a message, on a phone", () => {
  it("shows the alert without signing in, and one press acknowledges it, with a note", async () => {
    const alert = await raise("j1");
    const page = await (await browser.newContext({ ...ON_A_PHONE, locale: "zh-CN" })).newPage();
    const failures: string[] = [];
    page.on("pageerror", (error) => failures.push(String(error)));
    page.on("console", (message) => message.type() === "error" && failures.push(message.text()));
    const response = await page.goto(server.url + pathOf(alert));
    expect([response!.headers()["cache-control"], response!.headers()["referrer-policy"]]).toEqual(["no-store", "no-referrer"]);
    await page.getByTestId("act-sentence").waitFor();
    expect((await page.getByTestId("act-sentence").innerText()).replaceAll("\u00a0", " ")).toBe("有 24张的打印任务等待审批：《季度计划.docx》");
    const button = page.getByTestId("act-ack");
    const box = (await button.boundingBox())!;
    expect(box.height).toBeGreaterThanOrEqual(56);
    expect(box.y + box.height).toBeLessThanOrEqual(844);
    await fits(page);
    await page.getByTestId("act-add-note").tap();
    await page.getByTestId("act-note").fill("在路上");
    await button.tap();
    await page.locator(".act-end.done").waitFor();
    const after = (await alerts()).find((a) => a.id === alert.id)!;
    expect(after).toMatchObject({ state: "acknowledged", acknowledgedBy: alert.assignee });
    expect(after.log.at(-1)).toMatchObject({ by: alert.assignee, note: "by-message: 在路上" });
    expect(failures).toEqual([]);
    // Nothing of the house was asked for but this alert.
    expect(await page.evaluate(() => performance.getEntriesByType("resource").map((r) => new URL(r.name).pathname))).not.toContainEqual(
      expect.stringMatching(/^\/(live|api\/v1\/(?!act\/))/),
    );
  });

  it("that was used says who acknowledged, in three languages, by day and by night", async () => {
    const alert = await raise("j2");
    const path = pathOf(alert);
    expect((await server.send("POST", `${path}/ack`, {})).status).toBe(200);
    const words: string[] = [];
    for (const locale of ["zh-CN", "zh-TW", "en-GB"])
      for (const colorScheme of ["light", "dark"] as const) {
        const context = await browser.newContext({ ...ON_A_PHONE, locale, colorScheme });
        // Chosen before on this phone: the language is the reader's, not the message's.
        await context.addInitScript((lang) => localStorage.setItem("jieyue.lang", lang), locale === "en-GB" ? "en" : locale);
        const page = await context.newPage();
        await page.goto(server.url + path);
        words.push(await page.getByTestId("act-outcome").innerText());
        expect(await page.getByTestId("act-ack").count()).toBe(0);
        expect(await page.evaluate("document.documentElement.dataset.theme")).toBe(colorScheme);
        await context.close();
      }
    expect(new Set(words).size).toBe(3);
    for (const said of words) expect(said).toMatch(/已于 \d\d:\d\d 确认|已於 \d\d:\d\d 確認|acknowledged it at \d\d:\d\d/);
  });

  it("that is forged says so in words and shows nothing", async () => {
    const page = await (await browser.newContext({ ...ON_A_PHONE, locale: "en-GB" })).newPage();
    await page.goto(`${server.url}/act/not.genuine`);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("The link leads nowhere");
    expect(await page.getByTestId("act-sentence").count()).toBe(0);
  });
});
