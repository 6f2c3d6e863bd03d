import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { connectAsync } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitsPhone, launchBrowser, PHONE } from "../support/browser.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

let folder: string;
let server: ServerProcess;
let browser: Browser;
let page: Page;
let line: MqttClient;
const errors: string[] = [];

/** An air conditioner that does as it is told once `obeys` is true. */
let obeys = false;
const state = { on: true, mode: "cool", setpoint: 22, temperature: 27.4, power: 900 };
const say = () => line.publishAsync("jieyue/hall/ac-301/state", JSON.stringify(state), { qos: 1 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-browser-"));
  server = await startServerProcess(folder);
  line = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`);
  await line.subscribeAsync("jieyue/+/+/set", { qos: 1 });
  line.on("message", (topic, payload) => {
    const { id, ...set } = JSON.parse(payload.toString()) as { id: string };
    if (!obeys || !topic.includes("/ac-301/")) return;
    Object.assign(state, set);
    void line.publishAsync("jieyue/hall/ac-301/ack", JSON.stringify({ id, accepted: true }), { qos: 1 }).then(say);
  });
  // Only one rule speaks in this story, whatever the hour at which the test runs.
  for (const { id } of (await server.get<{ items: { id: string }[] }>("/policies")).items)
    await server.send("PUT", `/policies/${id}`, { enabled: id === "cooling-floor" });
  await server.send("PUT", "/policies/cooling-floor", { mode: "advise", params: { hold: 1 } });
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
});

afterAll(async () => {
  await browser?.close();
  await line?.endAsync(true);
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const byId = (id: string) => page.getByTestId(id);

describe("the page, as facilities staff use it", () => {
  it("says in one sentence how the house is", async () => {
    await page.goto(server.url);
    await byId("overview-sentence").waitFor();
    expect((await byId("overview-sentence").innerText()).length).toBeGreaterThan(10);
    await byId("language-select").selectOption("en");
  });

  it("shows an alert as it is raised, without a reload", async () => {
    await byId("nav-alerts").first().click();
    expect(await byId("alert-row").count()).toBe(0);
    await say();
    await byId("alert-row").first().waitFor();
    expect(await byId("alert-row").first().innerText()).toMatch(/22/);
    expect(await byId("alert-state").first().getAttribute("data-state")).toBe("unacknowledged");
  });

  it("acknowledges it, and the server knows by whom", async () => {
    await byId("ack-button").first().click();
    await page.locator('[data-testid="alert-state"][data-state="acknowledged"]').first().waitFor();
    const { items } = await server.get<{ items: { state: string; acknowledgedBy: string }[] }>("/alerts?state=open");
    expect(items).toMatchObject([{ state: "acknowledged", acknowledgedBy: "administrator" }]);
  });

  it("leads to the device, with its points, its chart and the why", async () => {
    await byId("device-link").first().click();
    await byId("device-page").waitFor();
    expect(page.url()).toContain("/devices/hall/ac-301");
    await byId("point-setpoint").getByText(/22/).first().waitFor();
    await page.locator("canvas").first().waitFor();
    await byId("why").getByText(/26/).first().waitFor();
  });

  it("refuses a parameter out of its range and names the range", async () => {
    await byId("nav-policies").first().click();
    await byId("param-cooling-floor-limit").fill("45");
    await byId("save-cooling-floor").click();
    await page
      .getByText(/16.*30/)
      .first()
      .waitFor();
    const policy = await server.get<{ params: { name: string; value: number }[] }>("/policies/cooling-floor");
    expect(policy.params.find((p) => p.name === "limit")!.value).toBe(26);
  });

  it("changes the policy to enforce, and the command goes out and is proven before one's eyes", async () => {
    obeys = true;
    await page.reload();
    await byId("policy-mode-cooling-floor-enforce").click();
    await eventually(
      () => server.get<{ items: { state: string }[] }>("/commands?device=hall/ac-301"),
      (p) => p.items[0]?.state === "proven",
    );
    expect(state.setpoint).toBe(26);
    await byId("nav-overview").first().click();
    await page.locator('[data-testid="command-state"][data-state="proven"]').first().waitFor();
    const { items } = await server.get<{ items: { state: string; closeReason: string }[] }>("/findings?policy=cooling-floor");
    expect(items).toMatchObject([{ state: "closed" }]);
  });

  it("shows an unknown device as discovered and adopts it", async () => {
    await line.publishAsync("jieyue/hall/light-new/state", JSON.stringify({ on: true, power: 36 }), { qos: 1 });
    await page.goto(`${server.url}/devices?tab=discovered`);
    await byId("discovered").first().waitFor();
    await byId("adopt-button").first().click();
    const form = byId("adopt-form").first();
    await form.locator("select").last().selectOption({ index: 1 });
    await form.locator('button[type="submit"]').click();
    await eventually(
      () => server.get<{ status: string; kind: string }>("/devices/hall/light-new"),
      (d) => d.status === "online" && d.kind === "light",
    );
  });

  it("shows what could not be understood, with what is wrong with it", async () => {
    await line.publishAsync("jieyue/hall/ac-301/state", "{not json", { qos: 1 });
    await page.goto(`${server.url}/devices?tab=not-understood`);
    await byId("rejection").first().waitFor();
    expect(await byId("rejection").first().innerText()).toContain("jieyue/hall/ac-301/state");
    const { items } = await server.get<{ items: { fate: string; topic: string }[] }>("/rejections");
    expect(items[0]).toMatchObject({ fate: "malformed", topic: "jieyue/hall/ac-301/state" });
  });

  it("fits a phone without sideways scrolling, in every language, light and dark", async () => {
    const phone = await (await browser.newContext({ viewport: PHONE })).newPage();
    phone.on("pageerror", (error) => errors.push(error.message));
    const looks = ["/", "/spaces", "/alerts", "/findings", "/devices", "/devices/hall/ac-301", "/policies", "/approvals", "/overrides"].map((path) => ({
      open: async () => {
        await phone.goto(server.url + path);
        await phone.locator("h1").first().waitFor();
      },
      within: "main",
      lacking: /undefined|NaN/,
    }));
    await fitsPhone(phone, looks);
    await phone.context().close();
    // A theme that somebody chose stays, whatever the system's is.
    const before = await page.locator("html").getAttribute("data-theme");
    await byId("theme-toggle").click();
    await page.locator(`html[data-theme=${before === "dark" ? "light" : "dark"}]`).waitFor();
    await page.reload();
    await page.locator(`html[data-theme=${before === "dark" ? "light" : "dark"}]`).waitFor();
  });

  it("goes on by itself after the server was started again", async () => {
    await page.goto(server.url);
    await byId("overview-sentence").waitFor();
    const { http, mqtt } = server;
    await server.kill();
    await byId("connection-banner").waitFor();
    server = await startServerProcess(folder, { JIEYUE_HTTP_PORT: String(http), JIEYUE_MQTT_PORT: String(mqtt) });
    await byId("connection-banner").waitFor({ state: "detached" });
  });

  it("has met no error on the way but the cut line", () => {
    expect(errors.filter((e) => !/ERR_CONNECTION_REFUSED|422|WebSocket|Failed to load resource/.test(e))).toEqual([]);
  });
});
