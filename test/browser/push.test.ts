import { createECDH } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { PushPayload } from "../../server/contract/push.ts";
import type { PushDto } from "../../server/contract/push-desk.ts";
import { launchBrowser } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-push-"));
  server = await startServerProcess(folder);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const ENDPOINT = "https://fcm.googleapis.com/fcm/send/this-browser";
const payload: PushPayload = {
  id: "n1",
  how: "raised",
  severity: "high",
  language: "zh-CN",
  title: "【严重】301 办公室 空调：制冷设定 22 °C，低于 26 °C",
  body: "1 条告警由您负责",
  count: 1,
  link: "https://jieyue.example/alerts?notice=n1",
  act: "https://jieyue.example/act/some.token",
  actLabel: "查看并确认",
};

/** The page of messages in a browser that was (or was not) given leave. No push service can be reached from here: what it would give is given by hand. */
async function messagesPage(leave: "granted" | "default") {
  const context = await browser.newContext({ locale: "en-GB" });
  onTestFinished(() => context.close());
  if (leave === "granted") await context.grantPermissions(["notifications"], { origin: server.url });
  const kept: PushDto = { key: createECDH("prime256v1").generateKeys("base64url"), subscriptions: [] };
  const sent: { method: string; body: unknown }[] = [];
  await context.route("**/api/v1/push**", async (route) => {
    const method = route.request().method();
    const body: unknown = method === "GET" ? null : route.request().postDataJSON();
    if (method !== "GET") sent.push({ method, body });
    if (method === "POST") kept.subscriptions.push({ endpoint: ENDPOINT, at: "2026-07-01T08:00:00+08:00" });
    if (method === "DELETE") kept.subscriptions.length = 0;
    await route.fulfill({ status: method === "POST" ? 201 : 200, json: kept });
  });
  await context.addInitScript(`
    let given = null;
    const made = () => ({
      endpoint: ${JSON.stringify(ENDPOINT)},
      toJSON: () => ({ endpoint: ${JSON.stringify(ENDPOINT)}, expirationTime: null, keys: { p256dh: "B${"k".repeat(86)}", auth: "${"a".repeat(21)}A" } }),
      unsubscribe: async () => { given = null; return true; },
    });
    PushManager.prototype.subscribe = async (options) => { globalThis.askedWith = options; return (given = made()); };
    PushManager.prototype.getSubscription = async () => given;
  `);
  const page = await context.newPage();
  await page.goto(`${server.url}/messages`);
  return { context, page, sent, kept };
}

/**
 * Delivers a push as the browser does when its service hands one over, until what is shown is as wanted: a worker that is just
 * starting or stopping may miss one, and a push service delivers again too.
 */
async function pusher(context: BrowserContext, page: Page) {
  const devtools: CDPSession = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find((r) => r.scopeURL.startsWith(server.url) && !r.isDeleted);
      if (own !== undefined) resolve(own.registrationId);
    }),
  );
  await devtools.send("ServiceWorker.enable");
  const registrationId = await registered;
  return (said: unknown, wanted: (shown: readonly Shown[]) => boolean) =>
    eventually(async () => {
      await devtools.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data: JSON.stringify(said) });
      return shownIn(page);
    }, wanted);
}

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly lang: string;
  readonly data: unknown;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
}
const shownIn = (page: Page) =>
  page.evaluate<Shown[]>(`navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((list) =>
    list.map(({ title, body, tag, lang, data, actions }) => ({ title, body, tag, lang, data, actions: actions.map(({ action, title }) => ({ action, title })) })))`);

describe("a browser with leave to notify", () => {
  it("registers its worker for the whole page, gives the server its address, is listed, and is forgotten again", async () => {
    const { page, sent } = await messagesPage("granted");
    await page.getByTestId("push-subscribe").click();
    await page.getByTestId("push-on").waitFor();
    expect(sent).toEqual([{ method: "POST", body: { endpoint: ENDPOINT, keys: { p256dh: `B${"k".repeat(86)}`, auth: `${"a".repeat(21)}A` } } }]);
    expect(await page.evaluate("[askedWith.userVisibleOnly, askedWith.applicationServerKey.length, askedWith.applicationServerKey[0]]")).toEqual([true, 65, 4]);
    expect(await page.evaluate("navigator.serviceWorker.ready.then((r) => [r.scope, r.active.scriptURL])")).toEqual([
      `${server.url}/`,
      `${server.url}/push-worker.js`,
    ]);
    expect(await page.getByTestId("push-devices").innerText()).toContain("This device");
    await page.getByTestId("push-remove").click();
    await page.getByTestId("push-subscribe").waitFor();
    expect(sent.at(-1)).toEqual({ method: "DELETE", body: { endpoint: ENDPOINT } });
  });

  it("shows what is pushed, once however often it comes, with links into this very page", async () => {
    const { context, page } = await messagesPage("granted");
    await page.getByTestId("push-subscribe").click();
    await page.getByTestId("push-on").waitFor();
    const push = await pusher(context, page);
    await push(payload, (list) => list.length === 1);
    await push(payload, (list) => list.length === 1);
    const shown = await push({ ...payload, id: "n2", title: "second", act: null }, (list) => list.some((n) => n.tag === "n2"));
    expect(shown.filter((n) => n.tag === "n1")).toEqual([
      {
        title: payload.title,
        body: payload.body,
        tag: "n1",
        lang: "zh-CN",
        data: { link: "/alerts?notice=n1", act: "/act/some.token" },
        actions: [{ action: "act", title: "查看并确认" }],
      },
    ]);
    expect(shown).toHaveLength(2);
    expect(shown.find((n) => n.tag === "n2")).toMatchObject({ title: "second", data: { act: null }, actions: [] });
  });

  it("shows something for what it cannot read, and follows no link elsewhere", async () => {
    const { context, page } = await messagesPage("granted");
    await page.getByTestId("push-subscribe").click();
    await page.getByTestId("push-on").waitFor();
    const push = await pusher(context, page);
    await push("no object", (list) => list.some((n) => n.tag === ""));
    const astray = { ...payload, id: "n3", link: "javascript:alert(1)", act: "https://evil.example//elsewhere.example/x" };
    const shown = await push(astray, (list) => list.some((n) => n.tag === "n3"));
    expect(shown.find((n) => n.tag === "")).toMatchObject({ title: "节约 Jieyue", data: { link: "/alerts", act: null } });
    for (const { data } of shown as { data: { link: string; act: string | null } }[])
      for (const link of [data.link, data.act]) if (link !== null) expect(new URL(link, server.url).origin).toBe(server.url);
  });
});

describe("a browser without leave", () => {
  it("is told in words, in each language, how to give it", async () => {
    const context = await browser.newContext({ locale: "en-GB" });
    onTestFinished(() => context.close());
    // Chromium's own rule for automation: what is not among the leaves that are given is denied.
    await context.grantPermissions(["geolocation"], { origin: server.url });
    const page = await context.newPage();
    await page.route("**/api/v1/push", (route) => route.fulfill({ json: { key: "BKey", subscriptions: [] } }));
    for (const [lang, words] of [
      ["en", "Notifications of this page are blocked in the browser."],
      ["zh-CN", "浏览器里已禁止本页的通知。"],
      ["zh-TW", "瀏覽器裡已禁止本頁的通知。"],
    ] as const) {
      await page.addInitScript(`localStorage.setItem("jieyue.lang", "${lang}")`);
      await page.goto(`${server.url}/messages`);
      expect(await page.getByTestId("push-hindrance").innerText()).toContain(words);
    }
    expect(await page.getByTestId("push-subscribe").count()).toBe(0);
  });

  it("that says no when it is asked gets no worker, and reads why nothing happened", async () => {
    const { page, sent } = await messagesPage("granted");
    await page.evaluate(`Notification.requestPermission = async () => "denied"`);
    await page.getByTestId("push-subscribe").click();
    expect(await page.getByTestId("push-trouble").innerText()).toContain("You did not allow notifications");
    expect(sent).toEqual([]);
    expect(await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")).toBe(0);
  });
});

describe("a server without a push channel", () => {
  it("says so", async () => {
    const context = await browser.newContext({ locale: "en-GB" });
    onTestFinished(() => context.close());
    await context.grantPermissions(["notifications"], { origin: server.url });
    const page = await context.newPage();
    await page.goto(`${server.url}/messages`);
    expect(await page.getByTestId("push-hindrance").innerText()).toContain("has not set up a push channel");
  });
});
