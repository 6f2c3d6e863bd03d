/** From a stranger to a device of the house over the API: what it says, what it probably is, many at once, a table, a mapping. */
import { describe, expect, it } from "vitest";
import type { Description } from "../../server/core/description.ts";
import { expectProblem, startApi } from "../support/api.ts";

const description: Description = {
  address: "0x1",
  aliases: [],
  name: "3F 会议室 空调",
  hardware: ["ieee:0x1"],
  maker: "Maker",
  model: "M1",
  area: "Room 302",
  kind: "ac",
  points: [{ name: "setpoint", key: "sp", unit: "°C", writable: true, min: 16, max: 30 }],
  topic: "z/ac",
  interval: 60,
  openLoop: false,
  unread: ["fan: the office has no word for it"],
};

async function start() {
  const api = await startApi();
  const { office } = api;
  for (const [id, kind] of [
    ["hall/stranger-1", "ac"],
    ["hall/light-302x", "light"],
    ["hall/odd", null],
  ] as const)
    office.enter({
      kind: "described",
      device: id,
      as: { codec: "zigbee2mqtt", address: `addr-${id.slice(5)}`, topic: "z/ac", name: id.slice(5), guess: kind, interval: null, openLoop: false },
    });
  office.source = (id) => (id === "hall/stranger-1" ? { codec: "zigbee2mqtt", address: "0x1", description, also: ["homeassistant"] } : null);
  return api;
}
const devices = (...list: object[]) => ({ devices: list });

describe("a stranger", () => {
  it("is shown with its source's words and a suggestion with its reasons", async () => {
    const { get } = await start();
    const one = (await get("/devices/hall/stranger-1")).body;
    expect(one.source).toMatchObject({ codec: "zigbee2mqtt", address: "0x1", maker: "Maker", area: "Room 302", also: ["homeassistant"] });
    expect(one.source.points).toEqual([{ name: "setpoint", key: "sp", unit: "°C", writable: true, min: 16, max: 30, values: null }]);
    expect(one.suggestion).toMatchObject({
      kind: { value: "ac", by: "source" },
      space: { value: "hall/302", why: expect.arrayContaining([{ by: "area", text: "Room 302", what: "id", match: "302" }]) },
      interval: { value: 60, by: "source" },
      policies: ["cooling-floor"],
    });
    expect((await get("/devices/hall/ac-301")).body).toMatchObject({ source: null, suggestion: null });
    const { items } = (await get("/devices/discovered?limit=2")).body;
    expect(items.map((i: { device: { id: string } }) => i.device.id)).toEqual(["hall/light-302x", "hall/odd"]);
  });

  it("that is ignored is out of sight until it is asked for; what is adopted cannot be", async () => {
    const { get, post } = await start();
    expect((await post("/devices/hall/odd/ignore", { ignored: true }, { as: "staff" })).body).toMatchObject({ ignored: true });
    expect((await get("/devices/discovered")).body.items).toHaveLength(2);
    expect((await get("/devices/discovered?ignored=1")).body.items).toHaveLength(3);
    expect((await post("/devices/hall/odd/ignore", { ignored: false }, { as: "staff" })).body.ignored).toBeUndefined();
    expectProblem(await post("/devices/hall/ac-301/ignore", { ignored: true }, { as: "staff" }), 409, "adopted-already");
    expectProblem(await post("/devices/hall/odd/ignore", { ignored: true }, { as: "clerk" }), 403, "forbidden");
  });
});

describe("an adopted device", () => {
  it("is renamed, moved, measured by another, and let go, by those who may; the site file's own is changed there", async () => {
    const { get, post } = await start();
    const adopted = { kind: "light", space: "hall/302", name: "Desk lamp", interval: 120, standby: 3, meter: "hall/ac-301", openLoop: true };
    expect((await post("/devices/hall/light-302x/adopt", adopted, { as: "staff" })).body).toMatchObject({ name: "Desk lamp", space: "hall/302" });
    expect((await get("/devices/hall/light-302x")).body).toMatchObject({ fixed: false, interval: 120, standby: 3, meter: "hall/ac-301", openLoop: true });
    await post("/devices/hall/light-302x/adopt", { kind: "light", space: "hall/301", meter: null }, { as: "staff" });
    expect((await get("/devices/hall/light-302x")).body).toMatchObject({ name: "Desk lamp", space: "hall/301", interval: 120, meter: null, openLoop: true });
    await post("/devices/hall/light-302x/adopt", { kind: "light", space: "hall/301", openLoop: false }, { as: "staff" });
    expect((await get("/devices/hall/light-302x")).body.openLoop).toBe(false);
    expectProblem(await post("/devices/hall/light-302x/release", undefined, { as: "clerk" }), 403, "forbidden");
    expect((await post("/devices/hall/light-302x/release", undefined, { as: "staff" })).body).toMatchObject({ status: "discovered", space: null });
    expect((await get("/devices/hall/ac-301")).body.fixed).toBe(true);
    expectProblem(await post("/devices/hall/ac-301/release", undefined, { as: "staff" }), 409, "in-site-file");
  });
});

describe("many at once", () => {
  const good = { id: "hall/stranger-1", kind: "ac", space: "hall/302", interval: 60 };

  it("are adopted where they can be, the others told why, and the same again changes nothing", async () => {
    const { office, post } = await start();
    const body = devices(
      good,
      { id: "hall/light-302x", kind: "light", space: "hall/999" },
      { id: "hall/nobody", kind: "ac", space: null },
      {
        id: "hall/ac-301",
        kind: "ac",
        space: null,
      },
    );
    const first = (await post("/devices/adopt", body, { as: "staff" })).body;
    expect(first.adopted).toBe(1);
    expect(first.items.map((i: { outcome: string; problem: { code: string } | null }) => [i.outcome, i.problem?.code])).toEqual([
      ["adopted", undefined],
      ["refused", "unknown-space"],
      ["refused", "unknown-device"],
      ["refused", "in-site-file"],
    ]);
    expect(office.house.devices.get("hall/stranger-1")?.device).toMatchObject({ adopted: true, space: "hall/302", interval: 60, department: "general" });
    const before = office.decisions.length;
    expect((await post("/devices/adopt", body, { as: "staff" })).body.items[0]).toMatchObject({ outcome: "unchanged" });
    expect(office.decisions.length).toBe(before);
  });

  it("all or none: one that cannot be holds the others back", async () => {
    const { office, post } = await start();
    const answer = await post("/devices/adopt", { ...devices(good, { id: "hall/nobody", kind: "ac", space: null }), only: "all" }, { as: "staff" });
    expect(answer.body).toMatchObject({ adopted: 0, items: [{ outcome: "held" }, { outcome: "refused" }] });
    expect(office.house.devices.get("hall/stranger-1")?.device.adopted).toBe(false);
    expectProblem(await post("/devices/adopt", devices(good), { as: "clerk" }), 403, "forbidden");
  });
});

describe("the site as a table", () => {
  const csv = { "content-type": "text/csv" };

  it("comes out, goes in again without changing anything, and adopts what was filled in", async () => {
    const { office, call, get } = await start();
    const out = (await get("/devices/table?format=csv", { as: "staff" })).text;
    const [head, ...lines] = out.replace("\uFEFF", "").trim().split("\r\n");
    expect(head).toBe("id,adopt,kind,space,department,name,codec,address,topic,interval,standby,meter,tags");
    expect(lines.find((l) => l.startsWith("hall/facade-1,"))).toMatch(/decorative; A3$/);
    const send = (body: string, dry = "") => call("POST", `/api/v1/devices/import${dry}`, { as: "staff", body, headers: csv });
    // Strangers wait for a yes: what they are suggested as stands beside it.
    expect(lines.find((l) => l.startsWith("hall/stranger-1,"))).toMatch(/^hall\/stranger-1,,ac,hall\/302,/);
    expect(lines.find((l) => l.startsWith("hall/facade-1,"))).toMatch(/^hall\/facade-1,yes,/);
    const same = (await send([head, ...lines].join("\n"))).body;
    expect(same).toMatchObject({ adopted: 0, changed: 0, bad: 0 });
    expect(same.rows.every((r: { outcome: string }) => r.outcome === "same")).toBe(true);

    const asked = lines.map((l) => l.replace(/^(hall\/(?:stranger-1|odd)),,/, "$1,是,").replace(/^(hall\/light-302x),,/, "$1,perhaps,"));
    const would = (await send([head, ...asked].join("\n"), "?dry=1")).body.rows as { id: string; outcome: string; troubles: { code: string }[] }[];
    expect(would.filter((r) => r.outcome !== "same").map((r) => [r.id, r.outcome, ...r.troubles.map((t) => t.code)])).toEqual([
      ["hall/light-302x", "wrong", "adopt-word"],
      ["hall/odd", "wrong", "no-kind"],
      ["hall/stranger-1", "adopt"],
    ]);

    // Without that column whatever is handed in is meant.
    const plain = head!.replace(",adopt", "");
    const filled = [
      plain,
      "hall/stranger-1,ac,302,,会议室空调,,,,60,8,hall/plug-301,new; big",
      ",light,Hall 9,,,zigbee2mqtt,addr-light-302x,,,,,",
      "hall/odd,,,,,,,,,,,",
      "hall/ac-301,ac,hall/302,,,,,,,,,",
      "hall/nobody,ac,,,,,,,,,,",
      "hall/stranger-1,ac,,,,,,,,,,",
      'hall/odd,plug,,finance,,tasmota,,,"1,5x",,,',
    ].join("\n");
    const dry = (await send(filled, "?dry=1")).body;
    expect(dry).toMatchObject({ adopted: 1, changed: 0, same: 1, bad: 5 });
    expect(dry.rows.map((r: { line: number; outcome: string; troubles: { code: string }[] }) => [r.line, r.outcome, ...r.troubles.map((t) => t.code)])).toEqual(
      [
        [2, "adopt"],
        [3, "wrong", "unknown-space"],
        [4, "wrong", "no-kind"],
        [5, "site-file"],
        [6, "wrong", "unknown-device"],
        [7, "wrong", "twice"],
        [8, "wrong", "twice", "not-its-department", "bad-number", "not-here"],
      ],
    );
    expect(dry.rows[0].changes).toContainEqual({ column: "space", from: "", to: "hall/302" });
    expect(office.house.devices.get("hall/stranger-1")?.device.adopted).toBe(false);
    expect((await send(filled)).body).toMatchObject({ adopted: 1, bad: 5 });
    expect(office.house.devices.get("hall/stranger-1")?.device).toMatchObject({
      kind: "ac",
      name: "会议室空调",
      standby: 8,
      meter: "hall/plug-301",
      tags: ["new", "big"],
    });
    expect(office.house.metered.get("hall/plug-301")).toEqual(["hall/stranger-1"]);
    expect(office.house.devices.get("hall/ac-301")?.device.space).toBe("hall/301");
    const again = (await send(filled.split("\n").slice(0, 2).join("\n"))).body;
    expect(again).toMatchObject({ adopted: 0, changed: 0, same: 1 });
    const moved = (await send(`${plain}\nhall/stranger-1,ac,301,,,,,,,,,`)).body;
    expect(moved.rows[0]).toMatchObject({ outcome: "change" });
    expect(office.house.metered.get("hall/plug-301")).toEqual([]);
    expectProblem(await send("a,b\n1,2"), 422, "bad-file");
    expectProblem(await call("POST", "/api/v1/devices/import", { as: "clerk", body: filled, headers: csv }), 403, "forbidden");
  });

  it("is a workbook too", async () => {
    const { call, origin } = await start();
    const bytes = await (await fetch(`${origin}/api/v1/devices/table`, { headers: { "x-person": "staff" } })).arrayBuffer();
    const response = await fetch(`${origin}/api/v1/devices/import?dry=1`, {
      method: "POST",
      body: bytes,
      headers: { "x-person": "staff", "content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    });
    const read = (await response.json()) as { rows: { id: string; outcome: string }[] };
    expect(read.rows.find((r) => r.id === "hall/ac-301")?.outcome).toBe("same");
    expect(read.rows.find((r) => r.id === "hall/stranger-1")?.outcome).toBe("same");
    expect((await call("GET", "/api/v1/devices/table?format=csv", { as: "clerk" })).status).toBe(403);
  });
});

describe("a mapping over the API", () => {
  const yaml = "id: ems\ntopic: ems/{device}/up\npoints:\n  - { point: power, path: $.p, unit: kW }\n";
  const boss = { as: "boss" };
  async function asBoss() {
    const api = await startApi({
      gatekeeper: {
        actorOf: (r) =>
          r.headers["x-person"] === "boss" ? { id: "boss", role: "administrator", departments: [] } : { id: "staff", role: "staff", departments: [] },
      },
    });
    api.office.book.stray({ topic: "ems/m7/up", payload: Buffer.from('{"p":1.25}') }, api.office.now);
    return api;
  }
  const put = (api: Awaited<ReturnType<typeof asBoss>>, id: string, text: string) => api.call("PUT", `/api/v1/mappings/${id}`, { ...boss, body: { text } });

  it("is tried, written as YAML, JSON or an object, listed, and taken back, by administrators only", async () => {
    const api = await asBoss();
    const { get, post, call } = api;
    expect((await get("/mappings/topics", boss)).body.items).toMatchObject([{ topic: "ems/m7/up", payload: '{"p":1.25}' }]);
    const tried = (await post("/mappings/try", { text: yaml }, boss)).body;
    expect(tried).toMatchObject({
      id: "ems",
      filter: "ems/+/up",
      messages: [{ device: "m7", points: [{ point: "power", raw: "1.25", value: 1250, wrong: null }] }],
    });
    expect((await get("/mappings", boss)).body.items).toEqual([]);
    const written = (await put(api, "ems", `mappings:\n  - ${yaml.trim().replaceAll("\n", "\n    ")}`)).body;
    expect(written).toMatchObject({ id: "ems", where: "here", points: ["power"], devices: 0 });
    expect((await post("/mappings/try", { text: written.text }, boss)).body.messages[0].points[0].value).toBe(1250);
    expect((await put(api, "ems", JSON.stringify({ id: "ems", topic: "ems/{device}/up", points: [{ point: "energy", path: "$.p" }] }))).body.points).toEqual([
      "energy",
    ]);
    expect((await get("/mappings")).body.items).toHaveLength(1);
    for (const refused of [get("/mappings/topics"), post("/mappings/try", { text: yaml }), call("DELETE", "/api/v1/mappings/ems")])
      expectProblem(await refused, 403, "forbidden");
    expect((await call("DELETE", "/api/v1/mappings/ems", boss)).status).toBe(200);
    expectProblem(await call("DELETE", "/api/v1/mappings/ems", boss), 404, "not-found");
  });

  it.each([
    ["a: [", /neither YAML nor JSON/],
    ["- a\n- b", /one mapping at a time/],
    [`${yaml}extra: 1\n`, /extra/],
    [yaml.replace("kW", "m3"), /points\.0\.unit: "m3" cannot be turned into W/],
    ["&a [*a, *a]", /./],
    [`a: &a [1,2]\nb: &b [${"*a,".repeat(9)}*a]\nc: &c [${"*b,".repeat(9)}*b]\nd: [${"*c,".repeat(9)}*c]`, /aliases/],
    [yaml.replace("ems/{device}/up", "jieyue/{device}/state"), /is not for mappings/],
  ])("that makes no sense is told with its place: %j", async (text, detail) => {
    const api = await asBoss();
    expectProblem(await api.post("/mappings/try", { text }, boss), 422, "bad-mapping", detail);
    expectProblem(await put(api, "ems", text), 422, "bad-mapping", detail);
  });
});
