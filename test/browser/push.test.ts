import { createECDH, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { PushPayload } from "../../server/contract/push.ts";
import type { PushDto } from "../../server/contract/push-desk.ts";
import { listen } from "../support/api.ts";
import { launchBrowser } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-push-"));
  service = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => void (bytes += chunk.length));
    request.on("end", () => {
      handed.push({ headers: request.headers, bytes });
      response.writeHead(201).end();
    });
  });
  endpoint = `${await listen(service)}/push/this-browser`;
  const push = { kind: "push", subject: "mailto:office@example.org", services: ["127.0.0.1"] };
  server = await startServerProcess(folder, { JIEYUE_CHANNELS: JSON.stringify({ browsers: push }) });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.kill();
  service?.close();
  rmSync(folder, { recursive: true, force: true });
});

const KEYS = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
/** What the push service of the test was handed. */
const handed: { readonly headers: IncomingHttpHeaders; readonly bytes: number }[] = [];
let service: Server;
let endpoint: string;
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

/** The page of messages in a browser that was given leave. No push service can be reached from here: what it would give is given by hand, and it is played by a server of the test's. */
async function messagesPage() {
  const context = await browser.newContext({ locale: "en-GB" });
  onTestFinished(async () => {
    await context.close();
    await server.send("DELETE", "/push/subscriptions", { endpoint });
  });
  await context.grantPermissions(["notifications"], { origin: server.url });
  await context.addInitScript(`
    let given = null;
    const made = () => ({
      endpoint: ${JSON.stringify(endpoint)},
      toJSON: () => ({ endpoint: ${JSON.stringify(endpoint)}, expirationTime: null, keys: ${JSON.stringify(KEYS)} }),
      unsubscribe: async () => { given = null; return true; },
    });
    PushManager.prototype.subscribe = async (options) => { globalThis.askedWith = options; return (given = made()); };
    PushManager.prototype.getSubscription = async () => given;
  `);
  const page = await context.newPage();
  await page.goto(`${server.url}/messages`);
  return { context, page };
}

const known = () => server.get<PushDto>("/push");

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
  it("registers its worker for the whole page, gives the server its address, is sent a test, and is forgotten again", async () => {
    const { page } = await messagesPage();
    await page.getByTestId("push-subscribe").click();
    await page.getByTestId("push-on").waitFor();
    const { key, subscriptions } = await known();
    expect(subscriptions.map((s) => s.endpoint)).toEqual([endpoint]);
    expect(await page.evaluate("[askedWith.userVisibleOnly, askedWith.applicationServerKey.toBase64?.({ alphabet: 'base64url', omitPadding: true })]")).toEqual(
      [true, key],
    );
    expect(await page.evaluate("navigator.serviceWorker.ready.then((r) => [r.scope, r.active.scriptURL])")).toEqual([
      `${server.url}/`,
      `${server.url}/push-worker.js`,
    ]);
    expect(await page.getByTestId("push-devices").innerText()).toContain("This device");
    await page.getByTestId("push-test").click();
    const [test] = await eventually(
      () => Promise.resolve(handed),
      (all) => all.length > 0,
    );
    expect(test!.headers).toMatchObject({ "content-encoding": "aes128gcm", authorization: expect.stringMatching(/^vapid /) });
    expect(test!.bytes).toBeGreaterThan(100);
    await page.getByTestId("push-remove").click();
    await page.getByTestId("push-subscribe").waitFor();
    expect((await known()).subscriptions).toEqual([]);
    // Nobody has a browser left: the channel reaches them no more, and says so.
    expect(await (await server.send("POST", "/push/test")).json()).toMatchObject({ code: "no-address" });
  });

  it("shows what is pushed, once however often it comes, with links into this very page", async () => {
    const { context, page } = await messagesPage();
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
    const { context, page } = await messagesPage();
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
    const { page } = await messagesPage();
    await page.evaluate(`Notification.requestPermission = async () => "denied"`);
    await page.getByTestId("push-subscribe").click();
    expect(await page.getByTestId("push-trouble").innerText()).toContain("You did not allow notifications");
    expect((await known()).subscriptions).toEqual([]);
    expect(await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")).toBe(0);
  });
});

describe("a server without a push channel", () => {
  it("says so", async () => {
    const context = await browser.newContext({ locale: "en-GB" });
    onTestFinished(() => context.close());
    await context.grantPermissions(["notifications"], { origin: server.url });
    const page = await context.newPage();
    await page.route("**/api/v1/push", (route) => route.fulfill({ json: { key: null, subscriptions: [] } satisfies PushDto }));
    await page.goto(`${server.url}/messages`);
    expect(await page.getByTestId("push-hindrance").innerText()).toContain("has not set up a push channel");
  });
});
