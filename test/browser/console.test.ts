/** The alert console under somebody's hands: ten thousand alerts, keys, many at once, nothing that jumps, a bell that rings once. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PageMessage } from "../../server/contract/live.ts";
import { alert } from "../support/alerting.ts";
import { fits, launchBrowser, noteTroubles, DESK, PHONE } from "../support/browser.ts";
import { startConsole } from "../support/console-office.ts";
import { T0 } from "../support/played-house.ts";
import { eventually } from "../support/server-process.ts";

let browser: Browser;
let context: BrowserContext;
let desk: Awaited<ReturnType<typeof startConsole>>;
let page: Page;
const errors: string[] = [];

const named = (n: number) => `a${String(n).padStart(5, "0")}`;
/** So many alerts, the first the oldest, each of a cause of its own. */
const many = (count: number, over: Parameters<typeof alert>[0] = {}) =>
  Array.from({ length: count }, (_, i) => alert({ id: named(i), severity: "medium", raisedAt: T0 + i * 1000, ...over }));
const stateOf = (id: string) => desk.office.house.alerts.get(id)?.state ?? "normal";
const byId = (id: string) => page.getByTestId(id);
const row = (id: string) => page.locator(`[data-id="${id}"]`);
const active = () => byId("console").getAttribute("aria-activedescendant");
const rows = () => page.locator("[data-testid=console] [role=row]").count();
const settled = () => page.evaluate<void>("new Promise((done) => setTimeout(done, 300))");

async function open(path = "/alerts", own: BrowserContext = context): Promise<Page> {
  const opened = await own.newPage();
  noteTroubles(opened, errors);
  await opened.goto(desk.url + path);
  await opened.getByTestId("console").waitFor();
  return opened;
}

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  desk = await startConsole();
  desk.office.now = T0 + 3_600_000;
  context = await browser.newContext({ viewport: DESK, locale: "en-GB", reducedMotion: "reduce" });
  await context.addInitScript(`
    window.rung = 0;
    window.spoken = [];
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.rung++; return make.call(this); };
    speechSynthesis.speak = (words) => { window.spoken.push([words.lang, words.text]); words.onend?.(); };
  `);
});
afterEach(async () => {
  await context.close();
  await desk.close();
  const wrong = [...errors.splice(0), ...desk.faults.map((fault) => JSON.stringify(fault))];
  if (wrong.length > 0) throw new Error(`the page or its server complained: ${wrong.join("; ")}`);
});

describe("the console with ten thousand alerts", () => {
  it("renders what is seen, and walks all of it by keys", async () => {
    desk.put(...many(10_000));
    page = await open();
    expect(await byId("console").getAttribute("aria-rowcount")).toBe("10001");
    expect(await rows()).toBeLessThan(200);
    await page.keyboard.press("j");
    expect(await active()).toBe(`line-${named(0)}`);
    for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowDown");
    expect(await active()).toBe(`line-${named(40)}`);
    expect(await row(named(40)).isVisible()).toBe(true);
    await page.keyboard.press("Shift+G");
    expect(await active()).toBe(`line-${named(9999)}`);
    const last = (await row(named(9999)).boundingBox())!;
    const box = (await byId("console").boundingBox())!;
    expect(last.y + last.height).toBeLessThanOrEqual(box.y + box.height + 1);
    expect(await rows()).toBeLessThan(200);
    await page.keyboard.press("g");
    await page.keyboard.press("g");
    expect(await active()).toBe(`line-${named(0)}`);
    // What is taken up elsewhere changes on this page too, far away from where one is.
    desk.put(alert({ id: named(5000), severity: "medium", raisedAt: T0 + 5_000_000, state: "acknowledged" }));
    await page.getByTestId("state-acknowledged").getByText("1", { exact: true }).waitFor();
    expect(await active()).toBe(`line-${named(0)}`);
  });

  it("finds among them by words, and keeps every filter in the address", async () => {
    desk.put(...many(3000), alert({ id: "needle", severity: "high", title: "system.history", kind: "system", device: null, space: null, department: null }));
    page = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("stored");
    await row("needle").waitFor();
    await eventually(rows, (n) => n === 1);
    // What is typed is no command.
    expect([stateOf("needle"), await byId("act-dialog").count()]).toEqual(["unacknowledged", 0]);
    await page.keyboard.press("Enter");
    expect(await active()).toBe("line-needle");
    await byId("filter-severity").selectOption("high");
    await byId("filter-sort").selectOption("newest");
    await byId("group-toggle").click();
    await expect.poll(() => new URL(page.url()).search).toBe("?q=stored&severity=high&sort=newest&group=off");
    await page.reload();
    await row("needle").waitFor();
    expect([await rows(), await byId("filter-q").inputValue(), await byId("filter-severity").inputValue()]).toEqual([1, "stored", "high"]);
    await byId("clear-filters").click();
    await eventually(rows, (n) => n > 10);
  });
});

describe("acting", () => {
  it("on what is chosen by keys, with one request, and says what was refused", async () => {
    desk.put(...many(6), alert({ id: "finance", severity: "low", department: "finance", raisedAt: T0 }));
    await context.setExtraHTTPHeaders({ "x-person": "chief" });
    page = await open();
    const asked: string[] = [];
    page.on("request", (request) => request.method() === "POST" && asked.push(new URL(request.url()).pathname));
    await byId("console").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+J");
    expect(await page.locator("[role=row][aria-selected=true]").count()).toBe(3);
    await page.keyboard.press("a");
    await eventually(
      async () => [0, 1, 2, 3].map((n) => stateOf(named(n))),
      (states) => states.join() === "acknowledged,acknowledged,acknowledged,unacknowledged",
    );
    expect(asked).toEqual(["/api/v1/alerts/bulk"]);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("s");
    await page.getByTestId("bulk-shelve-form").locator("select").selectOption("120");
    // The letters are the reason's now.
    await page.keyboard.type("as soon as parts come");
    await page.getByTestId("bulk-shelve-form").locator("button[type=submit]").click();
    await eventually(
      async () => stateOf(named(5)),
      (state) => state === "shelved",
    );
    expect(stateOf("finance")).toBe("unacknowledged");
    await page.getByText(/1 not done/).waitFor();
    expect(asked).toEqual(["/api/v1/alerts/bulk", "/api/v1/alerts/bulk"]);
  });

  it("is open to who answers for an alert, whatever their role, and for no other", async () => {
    desk.put(alert({ id: "own", assignee: "clerk" }), alert({ id: "foreign", severity: "low" }));
    await context.setExtraHTTPHeaders({ "x-person": "clerk" });
    page = await open();
    expect(await row("foreign").getByTestId("ack-button").getAttribute("aria-disabled")).toBe("true");
    await row("own").getByTestId("ack-button").click();
    await eventually(
      async () => [stateOf("own"), stateOf("foreign")],
      (states) => states.join() === "acknowledged,unacknowledged",
    );
  });

  it("on a cause as one, folded or not", async () => {
    const group = { group: "vacant 3F@1", severity: "low" } as const;
    desk.put(
      alert({ id: "first", ...group, raisedAt: T0 }),
      alert({ id: "second", ...group, cause: "first", severity: "high" }),
      alert({ id: "third", ...group, cause: "first" }),
      ...many(3),
    );
    page = await open();
    expect([await byId("group-count").innerText(), await rows()]).toEqual(["3", 4]);
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowRight");
    await row("third").waitFor();
    expect(await byId("group-row").getAttribute("aria-expanded")).toBe("true");
    expect(await page.locator("[role=row] .severity.high").first().isVisible()).toBe(true);
    await page.keyboard.press("ArrowLeft");
    await row("third").waitFor({ state: "detached" });
    await byId("group-row").getByTestId("ack-button").click();
    await eventually(
      async () => ["first", "second", "third"].map(stateOf),
      (states) => states.every((s) => s === "acknowledged"),
    );
    expect(stateOf(named(0))).toBe("unacknowledged");
  });

  it("silences what is alike as far around as is chosen, and says on the shelf that a silence put it there", async () => {
    desk.put(
      alert({ id: "here" }),
      alert({ id: "next", device: "hall/ac-302", space: "hall/302", department: "finance" }),
      alert({ id: "other", title: "policy.vacant-ac-off.empty" }),
    );
    page = await open("/alerts?alert=here");
    await byId("do-silence").click();
    const reached: string[][] = [];
    for (const reach of ["device", "space", "floor", "everywhere"]) {
      await byId(`reach-${reach}`).click();
      reached.push(
        await byId("silence-form")
          .locator(".field-row select")
          .evaluateAll((selects) => selects.map((s) => (s as unknown as { value: string }).value)),
      );
    }
    expect(reached).toEqual([
      ["hall", "3", "hall/301", "hall/ac-301", "", ""],
      ["hall", "3", "hall/301", "", "", ""],
      ["hall", "3", "", "", "", ""],
      ["", "", "", "", "", ""],
    ]);
    await byId("reach-floor").click();
    expect(await byId("silence-form").locator("[name=alarm]").inputValue()).toBe("policy.cooling-floor");
    // The letters are the reason's: none of them is a key of the console.
    await byId("silence-form").locator("[name=reason]").pressSequentially("as painters work");
    await byId("silence-form").locator("button[type=submit]").click();
    await byId("silence-dialog").waitFor({ state: "detached" });
    desk.office.wait(1);
    await byId("panel-silence").waitFor();
    expect(await byId("panel-silence").innerText()).toMatch(/管理员[^]*as painters work/);
    expect(await byId("alert-timeline").innerText()).toMatch(/管理员 had planned a silence here/);
    expect([stateOf("here"), stateOf("next"), stateOf("other")]).toEqual(["shelved", "shelved", "unacknowledged"]);
  });

  it("shows who may not silence why, and silences no request", async () => {
    desk.put(alert({ id: "lamp" }), alert({ id: "print", kind: "approval", title: "approval.print-job" }));
    await context.setExtraHTTPHeaders({ "x-person": "clerk" });
    page = await open("/alerts?alert=lamp");
    await byId("do-silence").click();
    expect(await byId("silence-form").locator(".form-end").innerText()).toMatch(/may not shelve alerts here/);
    expect(await byId("silence-form").locator("button[type=submit]").getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Escape");
    await byId("silence-dialog").waitFor({ state: "detached" });
    expect(await byId("alert-panel").count()).toBe(1);
    await page.goto(`${desk.url}/alerts?alert=print`);
    await byId("do-comment").waitFor();
    expect(await byId("do-silence").count()).toBe(0);
  });

  it("shows one alert beside the list: who answers, who was told and whether it arrived, and what was done", async () => {
    const told = { at: T0 + 30_000, person: "chief", channel: "mail", how: "raised", notice: "n1", state: "failed", error: "550 no such mailbox" } as const;
    const chain = [
      { level: "chief", person: "chief", at: T0 + 30_000 },
      { level: "deputy", person: "deputy", at: T0 + 900_000 },
      { level: "director", person: "director", at: T0 + 7_200_000 },
    ] as const;
    const log = [
      { at: T0, by: null, what: "raised", note: null },
      { at: T0 + 900_000, by: null, what: "climbed", note: "deputy" },
    ];
    desk.put(alert({ id: "one", told: [told], chain, climbed: 1, climbsAt: T0 + 7_200_000, assignee: "deputy", log }), ...many(2));
    page = await open();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await byId("alert-panel").waitFor();
    expect(
      await byId("chain")
        .locator("li")
        .evaluateAll((items) => items.map((li) => (li as unknown as { dataset: { state: string } }).dataset.state)),
    ).toEqual(["passed", "now", "next"]);
    expect(await byId("chain").innerText()).toMatch(/主任\n.*in 1 h|主任[^]*in 59 min/);
    expect(await byId("alert-timeline").innerText()).toMatch(/climbed to[^]*副主任[^]*科长[^]*did not arrive[^]*550 no such mailbox[^]*raised the alert/);
    // The list stays in use beside it.
    await page.keyboard.press("j");
    await eventually(
      async () => new URL(page.url()).searchParams.get("alert"),
      (id) => id === named(0),
    );
    await page.keyboard.press("Escape");
    await byId("alert-panel").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await byId("keys-dialog").waitFor();
    await page.keyboard.press("Escape");
    await byId("keys-dialog").waitFor({ state: "detached" });
  });
});

describe("nothing jumps", () => {
  const yOf = async (id: string) => (await row(id).boundingBox())!.y;

  it("while one is further down: new ones wait above, and a pill leads to them", async () => {
    desk.put(...many(200));
    page = await open();
    await byId("console").hover();
    await page.mouse.wheel(0, 54 * 50);
    await row(named(55)).waitFor();
    // The wheel's way is smooth: where it ends is where the list stays.
    await expect.poll(() => byId("console").evaluate((box) => (box as unknown as { scrollTop: number }).scrollTop)).toBe(54 * 50);
    const before = await yOf(named(55));
    desk.put(alert({ id: "grave-1", severity: "high" }), alert({ id: "grave-2", severity: "high" }));
    await byId("new-above").waitFor();
    expect(await byId("new-above").innerText()).toBe("2 new");
    expect(await yOf(named(55))).toBe(before);
    await byId("new-above").click();
    await row("grave-1").waitFor();
    await byId("new-above").waitFor({ state: "detached" });
  });

  it("under the pointer at the top, in a list that is shorter than its box, and under the active line", async () => {
    desk.put(...many(4));
    page = await open();
    await row(named(1)).getByTestId("ack-button").hover();
    const before = await yOf(named(1));
    desk.put(alert({ id: "grave", severity: "high" }));
    await byId("new-above").waitFor();
    expect(await yOf(named(1))).toBe(before);
    await page.mouse.click((await row(named(1)).getByTestId("ack-button").boundingBox())!.x + 5, before + 25);
    await eventually(
      async () => stateOf(named(1)),
      (state) => state === "acknowledged",
    );
    expect(stateOf("grave")).toBe("unacknowledged");
  });

  it("when rows leave: they fade where they are, and go when nobody is at them", async () => {
    desk.put(...many(6));
    page = await open("/alerts?state=waiting");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const below = await yOf(named(2));
    // Looked at by the page itself in the moment in which the row leaves: a slow machine would come too late.
    const left = page.evaluate<number>(`new Promise((done) => {
      const look = () => document.querySelector('[data-id="${named(1)}"].leaving') && done(document.querySelector('[data-id="${named(2)}"]').getBoundingClientRect().y);
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    })`);
    await page.keyboard.press("a");
    expect(await left).toBe(below);
    await row(named(1)).waitFor({ state: "detached" });
    // The one that took its place is next.
    expect(await active()).toBe(`line-${named(2)}`);
  });
});

describe("the bell", () => {
  const message = (id: string): PageMessage => ({
    id,
    how: "raised",
    severity: "high",
    subject: `Feeder ${id}`,
    spoken: `Feeder ${id} failed`,
    language: "en",
    alerts: ["a"],
    count: 1,
    link: `/alerts?notice=${id}`,
  });
  const rung = (of: Page) => of.evaluate<number>("window.rung");
  const spoken = (of: Page) => of.evaluate<[string, string][]>("window.spoken");

  it("is off until somebody turns it on, sounds once per cause and speaks once per message, over all tabs", async () => {
    desk.put(...many(2));
    page = await open();
    desk.put(alert({ id: "before", severity: "high" }));
    await row("before").waitFor();
    expect(desk.live.tell("admin", message("m0"))).toBe(1);
    await byId("message").getByText("Feeder m0").waitFor();
    expect([await rung(page), await spoken(page)]).toEqual([0, []]);

    await byId("sound-toggle").click();
    await byId("speech-toggle").click();
    await byId("bell-try").click();
    await eventually(
      () => rung(page),
      (n) => n === 4,
    );
    await eventually(
      () => spoken(page),
      (said) => said.length === 1,
    );
    // The choice is remembered; another tab wants one touch, as browsers do.
    const second = await open();
    expect(await second.getByTestId("sound-toggle").getAttribute("aria-pressed")).toBe("true");
    await second.locator("h1").click();
    await second.locator("[data-testid=sound-toggle]", { hasText: /^Sound$/ }).waitFor();

    const [own, other] = [await rung(page), await rung(second)];
    const group = { group: "feeder@1", severity: "low" } as const;
    desk.put(alert({ id: "f1", ...group }), alert({ id: "f2", ...group }));
    const more = async () => (await rung(page)) - own + (await rung(second)) - other;
    await eventually(more, (n) => n === 1);
    desk.put(alert({ id: "f3", ...group }));
    desk.live.tell("admin", message("m1"));
    await second.getByTestId("message").getByText("Feeder m1").waitFor();
    await byId("message").getByText("Feeder m1").waitFor();
    const heard = async () => [...(await spoken(page)), ...(await spoken(second))].filter(([, text]) => text === "Feeder m1 failed");
    await eventually(heard, (said) => said.length > 0);
    await settled();
    expect([await more(), await heard()]).toEqual([1, [["en", "Feeder m1 failed"]]]);
    await byId("message").getByText("Feeder m1").click();
    await expect.poll(() => new URL(page.url()).search).toBe("?notice=m1");
  });
});

describe("on a phone", () => {
  it("is cards of its own, acted on with a thumb, and nothing is wider than the screen", async () => {
    desk.put(...many(2000), alert({ id: "grave", severity: "high" }));
    const phone = await browser.newContext({ viewport: PHONE, locale: "zh-CN", isMobile: true, hasTouch: true });
    page = await open("/alerts", phone);
    await fits(page);
    expect(await rows()).toBeLessThan(60);
    await row("grave").getByTestId("ack-button").tap();
    await eventually(
      async () => stateOf("grave"),
      (state) => state === "acknowledged",
    );
    await row(named(0)).getByTestId("choose").tap();
    await byId("bulk-bar").waitFor();
    await byId("bulk-ack").tap();
    await eventually(
      async () => stateOf(named(0)),
      (state) => state === "acknowledged",
    );
    await row(named(1)).getByTestId("alert-open").tap();
    await page.locator("dialog[data-testid=alert-panel]").waitFor();
    await phone.close();
  });
});
