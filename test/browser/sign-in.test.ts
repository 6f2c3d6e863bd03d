import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

const PASSWORD = "a quiet office at dusk";
let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-sign-in-"));
  server = await startServerProcess(folder, { JIEYUE_AUTH_MODE: "password" });
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("with passwords", () => {
  it("nothing is shown and nothing is answered before somebody signs in", async () => {
    await page.goto(`${server.url}/alerts`);
    await page.getByTestId("sign-in-form").waitFor();
    expect((await fetch(`${server.url}/api/v1/devices`)).status).toBe(401);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it("the first start's link lets the first administrator set a password, once", async () => {
    const said = () =>
      Promise.resolve(
        server
          .output()
          .split("\n")
          .find((l) => l.includes("set-up?token=") && l.endsWith("}")),
      );
    const line = await eventually(said, (l) => l !== undefined);
    const { link } = JSON.parse(line!) as { link: string };
    expect(link.startsWith(server.url)).toBe(true);
    await page.goto(link);
    const form = page.getByTestId("set-up-form");
    expect(await page.getByTestId("set-up-person").inputValue()).toBe("administrator");
    await form.locator('input[type="password"]').first().fill(PASSWORD);
    await form.locator('button[type="submit"]').click();
    await page.getByTestId("overview-sentence").waitFor();
    const again = await (await browser.newContext()).newPage();
    await again.goto(link);
    await again.getByTestId("set-up-form").locator('input[name="person"]').fill("administrator");
    await again.getByTestId("set-up-form").locator('input[type="password"]').first().fill(PASSWORD);
    await again.getByTestId("set-up-form").locator('button[type="submit"]').click();
    await again.getByRole("alert").first().waitFor();
    expect(await again.getByTestId("overview-sentence").count()).toBe(0);
  });

  it("a wrong password is refused in words, the right one leads back to where one wanted to go", async () => {
    const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await other.goto(`${server.url}/policies`);
    await other.getByTestId("sign-in-person").fill("administrator");
    await other.getByTestId("sign-in-password").fill("not the password");
    await other.getByTestId("sign-in-form").locator('button[type="submit"]').click();
    await other.getByRole("alert").first().waitFor();
    await other.getByTestId("sign-in-password").fill(PASSWORD);
    await other.getByTestId("sign-in-form").locator('button[type="submit"]').click();
    await other.getByTestId("policy-cooling-floor").waitFor();
    expect(other.url()).toContain("/policies");
  });

  it("an administrator gives a colleague a link, who sets a password and later changes it", async () => {
    await page.goto(`${server.url}/people`);
    const row = page.locator('[data-testid="person-row"][data-id="office-chief"]');
    await row.getByTestId("invite-button").click();
    const link = await row.getByTestId("invite-link").inputValue();
    expect(link.startsWith(server.url)).toBe(true);
    const colleague = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await colleague.goto(link);
    const form = colleague.getByTestId("set-up-form");
    expect(await form.getByTestId("set-up-person").inputValue()).toBe("office-chief");
    await form.locator('input[name="password"]').fill("the first words of a chief");
    await form.locator('button[type="submit"]').click();
    await colleague.getByTestId("overview-sentence").waitFor();
    await colleague.goto(`${server.url}/people`);
    expect(await colleague.getByTestId("person-row").count()).toBe(0);
    const change = colleague.getByTestId("password-form");
    await change.locator('input[name="old"]').fill("the first words of a chief");
    await change.locator('input[name="new"]').fill("other words of the same chief");
    await change.locator('button[type="submit"]').click();
    await colleague.getByTestId("notice").first().waitFor();
    const answer = await fetch(`${server.url}/api/v1/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person: "office-chief", password: "other words of the same chief" }),
    });
    expect(answer.status).toBe(200);
  });
});
