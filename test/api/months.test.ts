/** Months over the API: drafts, closing, correcting, and documents that are read back. */
import { strFromU8, unzipSync } from "fflate";
import readXlsx from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import type { EntryDto, MonthDto } from "../../server/contract/month.ts";
import type { FakeOffice } from "../support/office.ts";
import { flatTariff } from "../support/small-site.ts";
import { expectProblem, startApi } from "../support/api.ts";
import type { Use } from "../support/used.ts";
import { rolledFrom } from "../support/used.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2026-06-01T00:00:00+08:00 */
const JUNE = Date.parse("2026-06-01T00:00:00+08:00");

/** Every day of a month from `from` the device used so much (kWh, m³). */
function used(office: FakeOffice, device: string, point: string, aDay: number, from = JUNE): void {
  const uses = ofOffice.get(office) ?? [];
  ofOffice.set(office, uses);
  for (let day = 0; day < 30; day++) uses.push({ point: `hall/${device}/${point}`, at: from + day * DAY + 9 * HOUR, total: aDay });
  office.rolled = rolledFrom(uses);
  office.oldestAt = Math.min(...uses.map((u) => u.at));
}
const ofOffice = new WeakMap<FakeOffice, Use[]>();

async function june() {
  const api = await startApi();
  used(api.office, "ac-301", "energy", 10);
  used(api.office, "ac-303", "energy", 4);
  used(api.office, "water-102", "volume", 0.5);
  return api;
}

async function download(origin: string, path: string) {
  const response = await fetch(`${origin}/api/v1${path}`);
  expect(response.status).toBe(200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, type: response.headers.get("content-type"), disposition: response.headers.get("content-disposition") };
}

describe("GET /reports/months", () => {
  it("lists the months from the first readings on, and why each cannot be closed", async () => {
    const { get } = await june();
    const { body } = await get("/reports/months");
    expect(body.items.map((m: MonthDto) => [m.month, m.state, m.refused?.code ?? null])).toEqual([
      ["2026-07", "running", "month-not-over"],
      ["2026-06", "open", null],
    ]);
  });

  it("tells a draft: use, cost, changes that are not known, and what each number is made of", async () => {
    const { get } = await june();
    const { body } = (await get("/reports/months/2026-06")) as { body: MonthDto };
    const [electricity, water, gas] = body.quantities;
    expect(electricity).toMatchObject({
      quantity: "electricity",
      amount: { value: 420, unit: "kWh", from: { points: ["hall/ac-301/energy", "hall/ac-303/energy"], formula: "300 + 120 = 420 kWh" } },
      cost: { value: 336, from: { rows: ["site-electricity"], formula: "420 kWh × 0.8 = 336 CNY" } },
      perHead: { value: null, why: "no-headcount" },
      change: { month: { value: null, why: "not-settled" } },
      heard: 100,
    });
    expect(electricity!.departments.map((d) => [d.department, d.amount.value])).toEqual([
      ["general", 300],
      ["finance", 120],
    ]);
    expect([water!.amount.value, water!.cost.value, gas!.amount.why]).toEqual([15, 60, "no-readings"]);
    expect(body.total.cost.value).toBe(396);
    expect(body.rows.tariffs.map((t) => [t.id, t.source.title])).toEqual([
      ["site-electricity", "test"],
      ["site-water", "test"],
    ]);
  });

  it("knows no month before the first and none that is no month", async () => {
    const { get } = await june();
    for (const id of ["2026-05", "2026-08", "2026-13", "june", "2026-6"]) expectProblem(await get(`/reports/months/${id}`), 404, "not-found");
  });
});

describe("closing and correcting", () => {
  it("closes once, for good: later readings change nothing, and only a correction with a reason does", async () => {
    const { get, post, office } = await june();
    expectProblem(await post("/reports/months/2026-07/close"), 409, "month-not-over");
    const closed = (await post("/reports/months/2026-06/close")).body as MonthDto;
    expect(closed).toMatchObject({ state: "closed", closedBy: "admin", whole: true, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expectProblem(await post("/reports/months/2026-06/close"), 409, "closed-already");

    used(office, "ac-301", "energy", 100);
    office.wait(120);
    const later = (await get("/reports/months/2026-06")).body as MonthDto;
    expect(later.quantities).toEqual(closed.quantities);

    const { items } = (await get("/reports/months/2026-06/entries?quantity=electricity")).body as { items: EntryDto[] };
    expect(items.map((e) => [e.is, e.device, e.amount])).toEqual([
      ["line", "hall/ac-301", 300],
      ["line", "hall/ac-303", 120],
    ]);
    const ask = { entry: items[0]!.entry, amount: 250, reason: "the meter was exchanged on the 12th" };
    expectProblem(await post("/reports/months/2026-06/corrections", { ...ask, reason: " " }), 422, "invalid-body", /say why/);
    expectProblem(await post("/reports/months/2026-06/corrections", { ...ask, entry: "nothing" }), 404, "unknown-entry");
    expectProblem(await post("/reports/months/2026-07/corrections", ask), 409, "month-open");
    const { status, body } = await post("/reports/months/2026-06/corrections", ask);
    expect(status).toBe(201);
    expect(body.quantities[0].amount).toMatchObject({ value: 370 });
    expect(body.corrections.map((c: EntryDto) => [c.is, c.amount, c.reason])).toEqual([
      ["reversal", -300, ask.reason],
      ["correction", 250, ask.reason],
    ]);
    expect(body.digest).toBe(closed.digest);
    expect(body.whole).toBe(true);
    expectProblem(await post("/reports/months/2026-06/corrections", { ...ask, amount: 1 }), 409, "reversed-already");
  });

  it("is for the director and the administrator; whoever is signed in may read", async () => {
    const { get, post, office } = await startApi({ mode: "password" });
    used(office, "ac-301", "energy", 10);
    for (const as of ["clerk", "chief", "deputy", "staff"]) {
      expectProblem(await post("/reports/months/2026-06/close", undefined, { as }), 403, "forbidden");
      expect((await get("/reports/months/2026-06", { as })).status).toBe(200);
    }
    expectProblem(await get("/reports/months"), 401, "not-signed-in");
    expect((await post("/reports/months/2026-06/close", undefined, { as: "director" })).body.closedBy).toBe("director");
  });
});

describe("a stepped tariff", () => {
  it("goes by what was used since January: by the readings, and once a month is closed by what stands there", async () => {
    const { get, post, office } = await startApi();
    const steps = [
      { upTo: 20, price: 1 },
      { upTo: null, price: 3 },
    ];
    Object.assign(office.house.site, { account: { ...office.house.site.account, tariffs: [flatTariff("water", 0, { pricing: { kind: "stepped", steps } })] } });
    // 15 m³ in May and as much in June: five at the first step, ten at the second.
    used(office, "water-102", "volume", 0.5, Date.parse("2026-05-01T00:00:00+08:00"));
    used(office, "water-102", "volume", 0.5);
    const june = async () => ((await get("/reports/months/2026-06")).body as MonthDto).quantities.find((q) => q.quantity === "water")!;
    expect((await june()).cost.value).toBe(5 * 1 + 10 * 3);
    await post("/reports/months/2026-05/close");
    office.wait(120);
    expect((await june()).cost.value).toBe(35);
    const { items } = (await get("/reports/months/2026-05/entries")).body as { items: EntryDto[] };
    await post("/reports/months/2026-05/corrections", { entry: items[0]!.entry, amount: 25, reason: "misread" });
    office.wait(120);
    expect((await june()).cost.value).toBe(45);
    expect((await june()).change.month).toMatchObject({ value: -40 });
  });
});

describe("documents", () => {
  it("the bulletin as .docx has the numbers, in the language that was asked for", async () => {
    const { origin } = await june();
    for (const [lang, title, amount, price] of [
      ["zh-CN", "2026年6月节约型机关月通报", "用量", "0.8 元/kWh"],
      ["zh-TW", "2026年6月節約型機關月通報", "用量", "0.8 元/kWh"],
      ["en", "thrift bulletin, June 2026", "Use", "0.8 CNY/kWh"],
    ] as const) {
      const { bytes, type, disposition } = await download(origin, `/reports/months/2026-06/bulletin.docx?lang=${lang}`);
      expect(type).toContain("wordprocessingml");
      expect(disposition).toBe('attachment; filename="bulletin-2026-06.docx"');
      const text = strFromU8(unzipSync(bytes)["word/document.xml"]!).replaceAll(/<[^>]+>/g, "|");
      expect(text).toContain(title);
      for (const part of [amount, "420.0", "336.00", "site-electricity", "300 + 120 = 420 kWh", price]) expect(text).toContain(part);
      expect(text).not.toMatch(/month\.[a-z]|undefined|NaN|\[object/);
    }
  });

  it("the bulletin as .xlsx has numbers as numbers, and names that begin like formulas as texts", async () => {
    const { origin, office } = await june();
    const [first] = office.house.site.departments;
    Object.assign(first!, { name: '=HYPERLINK("http://x","y")' });
    const { bytes } = await download(origin, "/reports/months/2026-06/bulletin.xlsx?lang=en");
    const sheets = await readXlsx(Buffer.from(bytes));
    const use = sheets[0]!.data;
    expect(use.find((row) => String(row[0]).startsWith("Electricity"))!.slice(1, 3)).toEqual([420, 336]);
    const electricity = sheets.find((s) => s.sheet.startsWith("Electricity"))!;
    expect(electricity.data.flat()).toContain('=HYPERLINK("http://x","y")');
    const files = unzipSync(bytes);
    for (const [name, content] of Object.entries(files)) if (name.startsWith("xl/worksheets/")) expect(strFromU8(content), name).not.toMatch(/<f[ >]/);
    expect(sheets.at(-1)!.data.flat()).toContain("420 kWh × 0.8 = 336 CNY");
  });

  it("the prescribed form is filled from its layout, and says what is not closed yet", async () => {
    const { origin, post, get } = await june();
    const read = async (form: string) =>
      (await readXlsx(Buffer.from((await download(origin, `/reports/months/2026-06/form.xlsx?form=${form}&lang=zh-CN`)).bytes)))[0]!.data;
    const draft = await read("public-institution-monthly");
    expect(draft[1]!.slice(0, 2)).toEqual(["填报单位", "Small hall"]);
    expect(draft[2]![1]).toBe("含未结算月份（草稿数）：2026-06");
    expect(draft[5]).toEqual(["电", "千瓦时", "01", 420, 336, 420, 336]);
    expect(draft[6]).toEqual(["水", "立方米", "02", 15, 60, 15, 60]);
    expect(draft[7]!.slice(0, 4)).toEqual(["天然气", "立方米", "03", null]);
    expect(draft[14]!.slice(3, 4)).toEqual([100]);
    await post("/reports/months/2026-06/close");
    expect((await read("public-institution-monthly"))[2]![1]).toBe("各月均已结算");
    const quarterly = await read("public-institution-quarterly");
    // April and May have no readings: the quarter's sum is not known, the year's begins with June.
    expect(quarterly[5]).toEqual(["电", "千瓦时", "01", null, null, 420, null, null, 420, 336]);
    expect((await get("/reports/forms")).body.items.map((f: { id: string }) => f.id)).toEqual(["public-institution-monthly", "public-institution-quarterly"]);
    expectProblem(await get("/reports/months/2026-06/form.xlsx?form=nope"), 400, "invalid-parameter", /public-institution-monthly/);
  });

  it("are for those who may export", async () => {
    const { get, office } = await startApi({ mode: "password" });
    used(office, "ac-301", "energy", 10);
    for (const path of ["bulletin.docx", "bulletin.xlsx", "form.xlsx?form=public-institution-monthly"])
      expectProblem(await get(`/reports/months/2026-06/${path}`, { as: "clerk" }), 403, "forbidden");
  });
});
