/** Debian's Chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";

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
