/** Meters over the API: entering, the second person, tables in and out, and who may. */
import { expect, it } from "vitest";
import { device } from "../support/small-site.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { placeDevice } from "../../server/core/house.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { readXlsx } from "../../server/sheets/xlsx.ts";

const GAS = "hall/gas-1/gas";
const CSV = { "content-type": "text/csv" };

async function start() {
  const api = await startApi({ mode: "password" });
  const { timezone, calendar } = api.office.house.site;
  Object.assign(api.office.house, { calendar: createCalendar({ timezone, settings: calendar, holidays: {} }) });
  const manual = { point: "gas", every: "month" } as const;
  placeDevice(api.office.house, device("gas-1", "meter", "301", { codec: "manual", manual, name: { "zh-CN": "=燃气表", en: "Gas" } }));
  placeDevice(api.office.house, device("gas-2", "meter", "303", { codec: "manual", manual, department: "finance" }));
  const table = (text: string, as = "staff", dry = "") => api.post(`/meters/readings/import${dry}`, text, { as, headers: CSV });
  return { ...api, table };
}

it("what one person enters counts once a second one confirmed it", async () => {
  const { get, post, office } = await start();
  const dry = await post("/meters/readings?dry=1", { point: GAS, value: 100 }, { as: "staff" });
  expect(dry.body).toEqual({ entry: null, doubts: [] });
  expect(office.house.meters.waiting.size).toBe(0);
  const entered = await post("/meters/readings", { point: GAS, value: 100, note: "dim" }, { as: "staff" });
  expect(entered.body.entry).toMatchObject({
    kind: "reading",
    point: GAS,
    value: 100,
    unit: "m³",
    by: "staff",
    state: "entered",
    note: "dim",
    department: "general",
  });
  const path = `/meters/readings/${entered.body.entry.id}`;
  expectProblem(await post(`${path}/confirm`, undefined, { as: "staff" }), 403, "own-request");
  expectProblem(await post(`${path}/confirm`, undefined, { as: "clerk" }), 403, "forbidden");
  expectProblem(await post(`${path}/confirm`, undefined, { as: "treasurer" }), 403, "forbidden");
  expect((await get("/meters", { as: "clerk" })).body.items[0]).toMatchObject({ point: GAS, every: "month", last: null, waiting: 1 });
  expect((await post(`${path}/confirm`, undefined, { as: "chief" })).body).toMatchObject({ state: "confirmed", decidedBy: "chief" });
  expectProblem(await post(`${path}/confirm`, undefined, { as: "admin" }), 409, "not-pending");
  expect((await get("/meters", { as: "clerk" })).body.items[0]).toMatchObject({ last: { value: 100, by: "staff" }, waiting: 0 });
  expect((await get("/meters/readings?state=confirmed", { as: "clerk" })).body.items).toHaveLength(1);
  expect((await get(`/meters/readings?point=${GAS}&kind=exchange`, { as: "clerk" })).body.items).toEqual([]);
});

it("doubts come with what they are made of; what stops it is refused with what to do", async () => {
  const { post, office } = await start();
  const first = await post("/meters/readings", { point: GAS, value: 100 }, { as: "staff" });
  await post(`/meters/readings/${first.body.entry.id}/confirm`, undefined, { as: "chief" });
  office.now += 86_400_000;
  const low = await post("/meters/readings", { point: GAS, value: 5 }, { as: "staff" });
  expect(low.body.doubts).toEqual([{ kind: "below-last", stops: true, evidence: { last: 100, lastAt: "2026-07-01T08:00:00.000+08:00" } }]);
  expectProblem(await post(`/meters/readings/${low.body.entry.id}/confirm`, undefined, { as: "chief" }), 409, "does-not-fit", /exchanged/);
  const exchange = await post("/meters/exchanges", { point: GAS, final: 110, initial: 0, reason: "calibration" }, { as: "staff" });
  expect(exchange.body).toMatchObject({ kind: "exchange", final: 110, initial: 0, note: "calibration", value: null });
  expect((await post(`/meters/readings/${exchange.body.id}/reject`, { reason: "wrong meter" }, { as: "chief" })).body).toMatchObject({
    state: "rejected",
    reason: "wrong meter",
  });
  expectProblem(await post(`/meters/readings/${low.body.entry.id}/reject`, { reason: " " }, { as: "chief" }), 422, "invalid-body");
  expect((await post(`/meters/readings/${low.body.entry.id}/withdraw`, undefined, { as: "staff" })).body).toMatchObject({ state: "withdrawn" });
});

it("many are confirmed at once: not one's own, nor another section's, nor what something speaks against; an exchange makes room first", async () => {
  const { post, office } = await start();
  const enter = async (point: string, value: number, date: string, as = "staff") =>
    (await post("/meters/readings", { point, value, at: `${date}T08:00:00+08:00` }, { as })).body.entry.id as string;
  for (const [value, date] of [
    [100, "2026-04-01"],
    [130, "2026-05-01"],
  ] as const)
    await post(`/meters/readings/${await enter(GAS, value, date)}/confirm`, undefined, { as: "chief" });
  const after = await enter(GAS, 20, "2026-06-15");
  const exchange = await post(
    "/meters/exchanges",
    { point: GAS, final: 160, initial: 0, at: "2026-06-01T08:00:00+08:00", reason: "calibration" },
    { as: "staff" },
  );
  const [far, own, foreign, same] = [
    await enter(GAS, 9000, "2026-06-20"),
    await enter(GAS, 25, "2026-06-21", "chief"),
    await enter("hall/gas-2/gas", 7, "2026-06-21"),
    await enter(GAS, 26, "2026-06-21"),
  ];
  const asked = [far, own, foreign, after, "nothing", exchange.body.id, same, far];
  expectProblem(await post("/meters/readings/confirm", { entries: asked }, { as: "clerk" }), 403, "forbidden");
  expectProblem(await post("/meters/readings/confirm", { entries: [] }, { as: "chief" }), 422, "invalid-body");
  const answer = await post("/meters/readings/confirm", { entries: asked }, { as: "chief" });
  expect(answer.status).toBe(200);
  const codes = answer.body.items.map((i: { id: string; problem: { code: string } | null }) => [i.id, i.problem?.code ?? null]);
  expect(codes).toEqual([
    [far, "look-first"],
    [own, "own-request"],
    [foreign, "forbidden"],
    [after, null],
    ["nothing", "not-pending"],
    [exchange.body.id, null],
    [same, "look-first"],
  ]);
  expect([...office.house.meters.waiting.keys()].sort()).toEqual([far, own, foreign, same].sort());
  expect(
    office.house.meters.confirmed
      .get(GAS)
      ?.map((e) => [e.id, e.decidedBy])
      .slice(2),
  ).toEqual([
    [exchange.body.id, "chief"],
    [after, "chief"],
  ]);
});

it("refuses by name", async () => {
  const { post } = await start();
  expectProblem(await post("/meters/readings", { point: "hall/no/gas", value: 1 }, { as: "staff" }), 404, "unknown-device");
  expectProblem(await post("/meters/readings", { point: "hall/ac-301/power", value: 1 }, { as: "staff" }), 422, "not-a-counter");
  expectProblem(await post("/meters/readings?dry=1", { point: GAS, value: 1, at: "2030-01-01T00:00:00+08:00" }, { as: "staff" }), 422, "in-the-future");
  expectProblem(await post("/meters/readings", { point: GAS, value: "1" }, { as: "staff" }), 422, "invalid-body");
  expectProblem(await post("/meters/readings", { point: GAS, value: 1 }, { as: "clerk" }), 403, "forbidden");
  expectProblem(await post("/meters/readings", { point: GAS, value: 1 }, { as: "treasurer" }), 403, "forbidden");
  expectProblem(await post("/meters/readings/nothing/confirm", undefined, { as: "staff" }), 404, "not-found");
});

it("a table: the preview says of each row what is wrong and what is doubtful; then the good rows are entered and the others told again", async () => {
  const { table, office, get } = await start();
  const text = "表号;日期;读数;备注\ngas-1;2026-06-29;100;\ngas-1;2026-06-30;90;rain\ngas-9;2026-06-30;5;\nhall/gas-2;2026-06-30;1,5;\ngas-2;2030-01-01;7;";
  const preview = await table(text, "staff", "?dry=1");
  expect(preview.body).toMatchObject({ entered: 0, good: 2, bad: 3 });
  expect(
    preview.body.rows.map((r: { line: number; troubles: { code: string; column: string; given: string }[] }) => [
      r.line,
      ...r.troubles.map((t) => `${t.column} ${t.code} ${t.given}`),
    ]),
  ).toEqual([[2], [3], [4, "meter unknown-meter gas-9"], [5, "reading bad-reading 1,5"], [6, "date refused in-the-future"]]);
  expect(office.house.meters.waiting.size).toBe(0);
  const done = await table(text);
  expect(done.body).toMatchObject({ entered: 2, good: 2, bad: 3 });
  expect([...office.house.meters.waiting.values()].map((e) => [e.point, e.by, e.note])).toEqual([
    [GAS, "staff", null],
    [GAS, "staff", "rain"],
  ]);
  // Handed in once more, everything is there already.
  expect((await table(text)).body).toMatchObject({ entered: 0, good: 0, bad: 5 });
  const exported = await get("/meters/readings/export?lang=en", { as: "staff" });
  expect(exported.text.split("\r\n")[1]).toMatch(/^hall\/gas-1\/gas,reading,2026-06-\d\dT17:30:00.000\+08:00,\d+,m³,,,entered,staff,/);
  // A chief enters the readings of their own meters.
  const chief = await table("meter,date,reading\ngas-1,2026-06-28,80\ngas-2,2026-06-28,80", "treasurer");
  expect(chief.body.rows.map((r: { troubles: { code: string }[] }) => r.troubles.map((t) => t.code))).toEqual([["not-allowed"], []]);
});

it("files that cannot be read are told with how to mend them", async () => {
  const { table, post } = await start();
  expectProblem(await table("a,b\n1,2"), 422, "bad-file", /表号/);
  expectProblem(await table('"'), 422, "bad-file", /quotation/);
  expectProblem(await table("a".repeat(2_200_000)), 413, "body-too-large");
  expectProblem(await post("/meters/readings/import", "{}", { as: "staff" }), 415, "unsupported-media-type");
  expectProblem(await post("/meters/readings/import", undefined, { as: "staff", headers: CSV }), 422, "invalid-body");
  expectProblem(await table("meter,date,reading", "clerk"), 403, "forbidden");
});

it("the template of what is due is filled in, handed in again, and no name in it becomes a formula", async () => {
  const { get, office, origin, table } = await start();
  expect((await get("/meters/template?format=csv&lang=en", { as: "staff" })).text.trim().split("\r\n")).toHaveLength(1);
  office.now = Date.parse("2026-07-31T16:00:00+08:00");
  const csv = await get("/meters/template?format=csv&all=1", { as: "staff" });
  const [head, first] = csv.text.replace("﻿", "").split("\r\n");
  expect(head).toBe("表号,名称,日期,时间,读数,单位,上次读数,备注");
  expect(first).toBe("hall/gas-1,'=燃气表,2026-07-31,,,m³,,");
  expect((await table(csv.text)).body).toEqual({ entered: 0, good: 0, bad: 0, rows: [] });
  const filled = csv.text.replace("2026-07-31,,,m³", "2026-07-31,15:30,123.4,m³");
  expect((await table(filled)).body).toMatchObject({ entered: 1, rows: [{ point: GAS, value: 123.4 }] });
  const response = await fetch(`${origin}/api/v1/meters/template?all=1&lang=en`, { headers: { "x-person": "staff" } });
  const { rows } = readXlsx(new Uint8Array(await response.arrayBuffer()));
  expect(rows[0]!.cells).toEqual(["Meter", "Name", "Date", "Time", "Reading", "Unit", "Last reading", "Note"]);
  expect(rows.map((r) => r.cells[0])).toEqual(["Meter", "hall/gas-1", "hall/gas-2"]);
});
