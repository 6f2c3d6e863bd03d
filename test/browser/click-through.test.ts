import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { connectAsync } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deskPage, fitsPhone, launchBrowser, PHONE } from "../support/browser.ts";
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
  page = await deskPage(browser, errors);
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

  it("shows unknown devices with what each probably is, and adopts many at once", async () => {
    const plug = (n: number, friendly: string) => ({
      ieee_address: `0x00158d000000000${n}`,
      type: "Router",
      friendly_name: friendly,
      interview_completed: true,
      definition: {
        model: "TS011F",
        vendor: "Maker",
        exposes: [
          { type: "switch", features: [{ type: "binary", name: "state", property: "state", access: 7, value_on: "ON", value_off: "OFF" }] },
          { type: "numeric", name: "power", property: "power", access: 5, unit: "W" },
        ],
      },
    });
    const send = (topic: string, payload: unknown) => line.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
    await send("jieyue/hall/light-new/state", { on: true, power: 36 });
    await send("zigbee2mqtt/bridge/devices", [plug(1, "Room 301 socket"), plug(2, "socket")]);
    await send("zigbee2mqtt/Room 301 socket", { state: "ON", power: 41.5, odd: null });
    await page.goto(`${server.url}/devices?tab=discovered`);
    const one = (id: string) => page.locator(`[data-testid="discovered"][data-id="${id}"]`);
    await one("hall/socket").waitFor();
    expect(await one("hall/room-301-socket").innerText()).toMatch(
      /Maker · TS011F · Zigbee2MQTT[\s\S]*Sockets · 301[\s\S]*Because its name says “socket”; its name says “301”/,
    );
    // By the keyboard: one put out of sight, the others chosen and adopted, one of them changed before.
    await one("hall/socket").getByTestId("stranger-ignore").press("Enter");
    await one("hall/socket").waitFor({ state: "detached" });
    await one("hall/light-new").getByTestId("stranger-open").press("Enter");
    await one("hall/light-new").getByTestId("stranger-space").selectOption("hall/302");
    await one("hall/light-new").getByTestId("stranger-choose").press("Space");
    await one("hall/light-new").getByTestId("stranger-choose").press("ArrowDown");
    await page.keyboard.press("Space");
    await byId("adopt-many").press("Enter");
    await one("hall/room-301-socket").waitFor({ state: "detached" });
    const { items } = await server.get<{ items: { id: string; kind: string; space: string; status: string }[] }>("/devices?limit=5000");
    expect(items.filter((d) => /light-new|socket/.test(d.id)).map((d) => [d.id, d.kind, d.space, d.status])).toEqual([
      ["hall/light-new", "light", "hall/302", "online"],
      ["hall/room-301-socket", "plug", "hall/301", "online"],
      ["hall/socket", "plug", null, "discovered"],
    ]);
    await byId("show-ignored").check();
    await one("hall/socket").waitFor();
  });

  it("shows a device's source, and its messages as they came beside what was understood, as they come", async () => {
    await page.goto(`${server.url}/devices/hall/room-301-socket`);
    await byId("raw-message").first().waitFor();
    expect(await byId("raw-messages").innerText()).toMatch(/zigbee2mqtt\/Room 301 socket[\s\S]*"power": 41.5[\s\S]*42\sW/);
    expect(await byId("source").innerText()).toMatch(/0x00158d0000000001[\s\S]*can be set/);
    await line.publishAsync("zigbee2mqtt/Room 301 socket", '{"state":"ON","power":77}', { qos: 1 });
    await byId("raw-message").first().getByText("77 W").waitFor();
  });

  it("renames and moves an adopted device, and lets it go; what the site file describes is changed there", async () => {
    await page.goto(`${server.url}/devices/hall/light-new`);
    await byId("change-device-button").press("Enter");
    const form = byId("change-form");
    await form.locator('input[name="name"]').fill("Corner lamp");
    await form.locator('select[name="space"]').selectOption("hall/303");
    await form.locator('input[name="name"]').press("Enter");
    await page.getByRole("heading", { level: 1, name: "Corner lamp" }).waitFor();
    expect(await server.get("/devices/hall/light-new")).toMatchObject({ name: "Corner lamp", space: "hall/303", interval: 300 });
    page.once("dialog", (dialog) => void dialog.accept());
    await byId("change-device-button").press("Enter");
    await byId("release-device").press("Enter");
    await byId("adopt-form").waitFor();
    expect(await server.get("/devices/hall/light-new")).toMatchObject({ status: "discovered", space: null });
    await page.goto(`${server.url}/devices/hall/ac-301`);
    await byId("change-device-button").and(page.locator('[aria-disabled="true"][title*="site file"]')).waitFor();
  });

  it("maps topics that nobody understands: clicked in a form, or as text, in step, tried as it is typed, saved, heard", async () => {
    await line.publishAsync("ems/gw1/m7/up", '{"t":1782885600,"p":1.25,"state":"--"}', { qos: 1 });
    await page.goto(`${server.url}/devices?tab=mappings`);
    await byId("unknown-topic").filter({ hasText: "ems/gw1/m7/up" }).getByTestId("topic-map").click();
    await byId("trial-point").nth(1).waitFor();
    expect(await Promise.all((await byId("topic-level").all()).map((level) => level.inputValue()))).toEqual(["word", "word", "device", "word"]);
    await byId("mapping-point-name").first().fill("power");
    await byId("mapping-point-unit").first().fill("m3");
    await byId("mapping-point")
      .first()
      .getByText(/cannot be turned into W/)
      .waitFor();
    expect(await byId("mapping-save").getAttribute("aria-disabled")).toBe("true");
    await byId("mapping-point-unit").first().fill("kW");
    await byId("mapping-point").first().getByText("1,250 W").waitFor();
    // A value that is clicked is a point, and clicked again is none.
    const state_ = page.locator('[data-testid="tree-value"][data-path="$.state"]');
    await state_.click();
    expect([await byId("mapping-point").count(), await state_.getAttribute("aria-pressed")]).toEqual([1, "false"]);
    await byId("mapping-as-text").click();
    const text = await eventually(
      () => byId("mapping-text").inputValue(),
      (written) => written.includes("unit: kW"),
    );
    expect(text).not.toContain("state");
    await byId("mapping-text").fill(text.replace("points:", "points:\n  - { point: on, path: $.state }"));
    await byId("mapping-as-form").click();
    await byId("mapping-point").nth(1).waitFor();
    await byId("trial-point").nth(1).getByText("1,250 W").waitFor();
    await byId("mapping-save").click();
    await page.locator('[data-testid="mapping"][data-id="ems"]').waitFor();
    await line.publishAsync("ems/gw1/m7/up", '{"t":1782885601,"p":2,"state":"--"}', { qos: 1 });
    await eventually(
      async () => (await server.get<{ items: { device: { id: string } }[] }>("/devices/discovered")).items.map((i) => i.device.id),
      (ids) => ids.includes("hall/m7"),
    );
  });

  it("takes the site in as a table, and says of each row what it would do", async () => {
    await page.goto(`${server.url}/devices?tab=table`);
    await byId("site-file").setInputFiles({
      name: "devices.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("id,kind,space,name\nhall/m7,meter,301,Desk meter\nhall/nobody,ac,,\nhall/ac-301,ac,302,\n"),
    });
    await byId("site-preview").waitFor();
    const rows = await byId("site-row").evaluateAll((list) => list.map((r) => r.getAttribute("data-outcome")));
    expect(rows).toEqual(["wrong", "site-file", "adopt"]);
    await byId("site-apply").click();
    await eventually(
      () => server.get<{ status: string; space: string }>("/devices/hall/m7"),
      (d) => d.status !== "discovered" && d.space === "hall/301",
    );
    // What is adopted has its code to print, whichever its dialect.
    await page.goto(`${server.url}/codes?kind=plug`);
    await byId("code-label").filter({ hasText: "Room 301 socket" }).waitFor();
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
    const tabs = (
      [
        ["discovered", "stranger-choose"],
        ["mappings", "mapping"],
        ["table", "site-file"],
      ] as const
    ).map(([tab, sign]) => ({
      open: async () => {
        await phone.goto(`${server.url}/devices?tab=${tab}&ignored=1`);
        await phone.getByTestId(sign).first().waitFor();
        if (tab !== "mappings") return;
        await phone.getByTestId("mapping-open").click();
        await phone.getByTestId("mapping-point").first().waitFor();
      },
      within: "main",
      lacking: /undefined|NaN|(?:adopt|suggest|source|mapping|site-table)\.[a-z]/,
    }));
    await fitsPhone(phone, [...looks, ...tabs]);
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
