/** Debian's Chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "./server-process.ts";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts a headless browser; throws with what to install where there is none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find(existsSync);
  if (executablePath === undefined) throw new Error("There is no Chromium on this machine: apt-get install chromium.");
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync", "--disable-component-update"],
  });
}

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

/** From now on what breaks in a page, and what its browser complains of (but for `passing`), stands in `troubles`. */
export function noteTroubles(page: Page, troubles: string[], passing?: RegExp): void {
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && passing?.test(message.text()) !== true && troubles.push(message.text()));
}

/** A page at a desk, in English, with a context of its own; what breaks in it stands in `troubles`. */
export async function deskPage(browser: Browser, troubles: string[], options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport: DESK, locale: "en-GB", ...options })).newPage();
  noteTroubles(page, troubles);
  return page;
}

/** Waits until the page is no wider than its window: what draws itself anew for another width may take a moment. */
export async function fits(page: Page): Promise<void> {
  // Asked from here: the page's own security policy lets nothing that is evaluated in it ask twice.
  const fit = () => page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth");
  await eventually(fit, (narrow) => narrow, 30).catch(async () => {
    const wide = await page.evaluate(
      `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((e) => e.outerHTML.slice(0, 160))`,
    );
    throw new Error(`${page.url()} is wider than its window: ${JSON.stringify(wide)}`);
  });
}

export interface PhoneLook {
  /** Opens one part of the page and resolves when it is there. */
  readonly open: (phone: Page) => Promise<void>;
  /** The element (its selector) that is read through for words that are missing. */
  readonly within: string;
  readonly lacking: RegExp;
}

/** Parts of the page on a phone (whose page follows its system's theme), in all three languages, by day and by night: no wider than the screen, and no text without its words. */
export async function fitsPhone(phone: Page, looks: readonly PhoneLook[]): Promise<void> {
  for (const lang of ["zh-CN", "zh-TW", "en"]) {
    await phone.addInitScript((l) => localStorage.setItem("jieyue.lang", l), lang);
    for (const { open, within, lacking } of looks) {
      await open(phone);
      await phone.locator(`html[lang="${lang}"]`).waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await phone.emulateMedia({ colorScheme });
        await phone.locator(`html[data-theme="${colorScheme}"]`).waitFor();
        await fits(phone);
      }
      expect(await phone.locator(within).innerText()).not.toMatch(lacking);
    }
  }
}
