/** Messages as they came beside what was made of them, over the whole flow; bounded, and nothing of our own format unless somebody looks. */
import { afterEach, describe, expect, it } from "vitest";
import { createCodecs } from "../server/codecs/all.ts";
import { createMappingCodec } from "../server/codecs/mapping.ts";
import { presentMessage } from "../server/contract/adopting.ts";
import { mappingSchema } from "../server/contract/mapping.ts";
import { sourcesSchema } from "../server/contract/sources.ts";
import { createMessageBook } from "../server/message-book.ts";
import type { Fact } from "../server/sources.ts";
import { shanghai } from "./support/office.ts";
import { alwaysWorking } from "./support/played-house.ts";
import type { PlayedOffice } from "./support/played-office.ts";
import { playOffice } from "./support/played-office.ts";
import { smallSite } from "./support/small-site.ts";

const START = Date.parse("2026-07-01T09:00:00+08:00");
const POWER = "ems/m7/up";
const mapping = mappingSchema.parse({
  id: "ems",
  topic: "ems/{device}/up",
  kind: "meter",
  points: [
    { point: "power", path: "$.p", unit: "kW" },
    { point: "energy", path: "$.e" },
  ],
});

let office: PlayedOffice;
afterEach(() => office?.close());
const open = async (site = smallSite({ mappings: [mapping] })) => {
  const codecs = createCodecs(sourcesSchema.parse(undefined), createMappingCodec(site.mappings ?? []));
  office = await playOffice(site, alwaysWorking, START, { policies: [], codecs });
  await office.flow.start();
};
const messages = (device: string) => office.flow.messages(device);

describe("the messages of a device", () => {
  it("are kept with what was understood of each value, and why another was not", async () => {
    await open();
    await office.publish(POWER, { p: 1.5, e: 2e9 });
    const [m] = messages("hall/m7");
    expect(m).toMatchObject({ topic: POWER, at: START, payload: '{"p":1.5,"e":2000000000}', binary: false, cut: false, retained: false });
    expect(m?.values).toEqual([
      { name: "power", value: 1500, quality: "good", doubt: null, fate: "taken", reason: null },
      { name: "energy", value: 2e9, quality: "suspect", doubt: "bounds", fate: "taken", reason: null },
    ]);
    expect(m?.facts).toEqual([{ kind: "described", detail: "m7" }]);
  });

  it("are the last three, newest first; one that cannot be read is its who spoke there last, with why", async () => {
    await open();
    for (const p of [1, 2, 3, 4]) {
      await office.publish(POWER, { p });
      await office.wait(60, 60);
    }
    await office.publish(POWER, "{broken");
    expect(messages("hall/m7").map((m) => m.payload)).toEqual(["{broken", '{"p":4}', '{"p":3}']);
    expect(messages("hall/m7")[0]?.facts).toMatchObject([{ kind: "rejected", detail: expect.stringMatching(/^Mapping ems: Not JSON/) }]);
    expect(office.flow.suggestion("hall/m7")).toMatchObject({ kind: { value: "meter", why: { by: "source" } }, interval: { value: 60, by: "heard" } });
  });

  it("are no more than three a second: a flood is not copied", async () => {
    await open();
    for (let n = 0; n < 9; n++) await office.publish(POWER, { p: n });
    const noted = () => messages("hall/m7").map((m) => JSON.parse(Buffer.from(m.payload, "latin1").toString()) as unknown);
    expect(noted()).toEqual([{ p: 2 }, { p: 1 }, { p: 0 }]);
    await office.wait(1);
    await office.publish(POWER, { p: 9 });
    expect(noted()[0]).toEqual({ p: 9 });
  });

  it("of our own format are noted only after somebody looked, and for ten minutes", async () => {
    await open();
    const state = "jieyue/hall/ac-301/state";
    await office.publish(state, { ts: START, setpoint: 24 });
    expect(messages("hall/ac-301")).toEqual([]);
    await office.publish(state, { ts: START + 1000, setpoint: 25, power: "x", mode: null });
    expect(messages("hall/ac-301")).toHaveLength(1);
    expect(messages("hall/ac-301")[0]?.values).toMatchObject([
      { name: "setpoint", value: 25, fate: "taken" },
      { name: "power", value: "x", quality: null, fate: "wrong-type" },
      { name: "mode", value: null, quality: null, fate: "empty-value" },
    ]);
    await office.publish("jieyue/hall/ac-302/state", { setpoint: 24 });
    expect(messages("hall/ac-302")).toEqual([]);
    await office.wait(700, 700);
    await office.publish(state, { ts: START + 700_000, setpoint: 20 });
    expect(messages("hall/ac-301")).toHaveLength(1);
  });

  it("say that a message told nothing new", async () => {
    await open();
    messages("hall/ac-301");
    for (let i = 0; i < 2; i++) await office.publish("jieyue/hall/ac-301/state", { ts: START, setpoint: 24 });
    expect(messages("hall/ac-301").map((m) => m.values[0]?.fate)).toEqual(["duplicate", "taken"]);
  });

  it("hide from who may not see people's doings the text of print jobs, and names in every other", async () => {
    await open();
    messages("hall/copier-301");
    const job = { job: "j1", user: "clerk", document: "plan.docx", pages: 2, copies: 1, duplex: true, color: false, state: "completed" };
    await office.publish("jieyue/hall/copier-301/job", job);
    await office.publish("jieyue/hall/copier-301/state", '{"pages": 5, "user" : "cle\\"rk", "owner":7}');
    const seen = (role: "viewer" | "staff") =>
      messages("hall/copier-301").map((m) => presentMessage({ actor: { id: "x", role, departments: [] }, now: START, iso: shanghai }, m, "general"));
    expect(seen("viewer").map((m) => m.payload)).toEqual(['{"pages": 5, "user" : "***", "owner":"***"}', null]);
    expect(JSON.stringify(seen("viewer"))).not.toMatch(/cle|plan/);
    expect(JSON.parse(seen("staff")[1]!.payload!)).toEqual(job);
    expect(seen("staff")[0]?.values.find((v) => v.name === "user")?.value).toBe('cle"rk');
  });
});

describe("topics that nobody understands", () => {
  it("are kept with their newest message; a mapping is tried against them before it counts", async () => {
    await open(smallSite());
    await office.publish(POWER, { p: 1, e: 5 });
    await office.publish(POWER, { p: 2, e: null, q: 1 });
    await office.publish("other/x", Buffer.from([1, 2, 255]));
    expect(office.flow.unknownTopics()).toMatchObject([
      { topic: "other/x", payload: "01 02 ff", binary: true, size: 3 },
      { topic: POWER, payload: '{"p":2,"e":null,"q":1}', cut: false },
    ]);
    const tried = office.flow.tryMapping(mapping);
    expect(tried).toMatchObject({ filter: "ems/+/up", listening: true, messages: [{ topic: POWER, device: "m7", wrong: null }] });
    expect(tried.messages[0]?.points).toEqual([
      { point: "power", raw: "2", value: 2000, unit: "W", wrong: null, why: null },
      { point: "energy", raw: "null", value: null, unit: "kWh", wrong: "the device says that it has no value", why: "none" },
    ]);
    expect(office.listened).toContain("ems/+/up");
    expect(office.flow.house.devices.has("hall/m7")).toBe(false);
  });

  it("are understood from the moment on that a mapping is written, and after a restart; taken back, no more", async () => {
    await open(smallSite());
    await office.publish(POWER, { p: 0 });
    expect(office.flow.unknownTopics()).toHaveLength(1);
    expect(await office.flow.request("boss", { kind: "write-mapping", mapping })).toEqual({ ok: true, subject: "ems" });
    expect(office.flow.unknownTopics()).toEqual([]);
    expect(office.listened).toContain("ems/+/up");
    await office.publish(POWER, { p: 1 });
    expect(office.flow.house.devices.get("hall/m7")?.points.get("power")?.value).toBe(1000);
    expect(office.flow.unknownTopics()).toEqual([]);
    const remembered = await office.flow.records.standing(START);
    expect(remembered.mappings).toEqual([mapping]);
    const audit = await office.flow.records.audit({ limit: 5 }, { what: "write-mapping" });
    expect(audit.items[0]).toMatchObject({ by: "boss", subject: "ems", detail: { mapping: { topic: "ems/{device}/up" } } });
    expect(await office.flow.request("boss", { kind: "remove-mapping", mapping: "ems" })).toMatchObject({ ok: true });
    expect(office.listened).not.toContain("ems/+/up");
    await office.publish(POWER, { p: 3 });
    expect(office.flow.house.devices.get("hall/m7")?.points.get("power")?.value).toBe(1000);
    expect((await office.flow.records.standing(START)).mappings).toEqual([]);
    expect(office.flow.unknownTopics()).toHaveLength(1);
  });

  it("the site file's mappings are changed there", async () => {
    await open();
    for (const request of [{ kind: "write-mapping", mapping } as const, { kind: "remove-mapping", mapping: "ems" } as const])
      expect(await office.flow.request("boss", request)).toMatchObject({ ok: false, refusal: { code: "in-site-file" } });
  });
});

describe("the book of messages is bounded", () => {
  const observed = (device: string): Fact => ({
    kind: "observation",
    codec: "tasmota",
    observation: { device: `hall/${device}`, ts: null, values: { power: 1 } },
  });

  it("as a whole: who was unheard longest is forgotten first", () => {
    const book = createMessageBook();
    const payload = new Uint8Array(60_000);
    for (let i = 0; i < 300; i++) book.note({ topic: `t/${i}`, payload, retained: false }, [observed(`d${i}`)], [null], i);
    const kept = Array.from({ length: 300 }, (_, i) => book.of(`hall/d${i}`).length).map((n, i) => [i, n] as const);
    expect(kept.filter(([, n]) => n > 0).length).toBeLessThan(150);
    expect(kept.at(-1)?.[1]).toBe(1);
    expect(kept[0]?.[1]).toBe(0);
    expect(book.of("hall/d299")[0]).toMatchObject({ size: 60_000 });
    expect(book.of("hall/d299")[0]?.payload).toHaveLength(2048);
  });

  it("in what comes within a second; but what a device says is not lost behind how it described itself", () => {
    const book = createMessageBook();
    const as = { codec: "homeassistant", address: "x", topic: "x", name: "x", guess: null, interval: null, openLoop: false };
    const note = (topic: string, fact: Fact) => book.note({ topic, payload: new Uint8Array(1), retained: false }, [fact], [null], 1);
    for (const topic of ["config/1", "config/2", "config/3"]) note(topic, { kind: "described", device: "hall/x", as });
    for (const topic of ["state/1", "state/2", "state/3", "state/4"]) note(topic, observed("x"));
    expect(book.of("hall/x").map((m) => m.topic)).toEqual(["state/3", "state/2", "state/1"]);
  });

  it("in a flood of all devices: a part is noted, nobody is always left out, and no interval is made of what is left", () => {
    const book = createMessageBook();
    const say = (at: number) => {
      for (let d = 0; d < 1000; d++) book.note({ topic: `t/${d}`, payload: new Uint8Array(1), retained: false }, [observed(`d${d}`)], [null], at);
    };
    const noted = () => Array.from({ length: 1000 }, (_, d) => book.of(`hall/d${d}`).length);
    say(1);
    expect(noted().filter((n) => n > 0).length).toBeLessThan(600);
    for (let i = 0; i < 50; i++) for (let second = 0; second < 4; second++) say(1000 * (1 + i) + 250 * second);
    expect(noted().every((n) => n > 0)).toBe(true);
    expect(book.gaps("hall/d999")).toEqual([]);
    for (const at of [100_000, 160_000, 220_000]) book.note({ topic: "t/999", payload: new Uint8Array(1), retained: false }, [observed("d999")], [null], at);
    expect(book.gaps("hall/d999")).toEqual([60_000, 60_000]);
  });

  it("in topics that nobody understood, and in devices that are looked at", () => {
    const book = createMessageBook();
    for (let i = 0; i < 400; i++) book.stray({ topic: `s/${i}`, payload: new Uint8Array(20_000) }, i);
    expect(book.strays()).toHaveLength(300);
    expect(book.strays()[0]).toMatchObject({ topic: "s/399", size: 20_000 });
    expect(book.strays()[0]?.payload).toHaveLength(8192);
    for (let i = 0; i < 1000; i++) book.watch(`hall/${i}`, 10);
    expect(book.watched).toBe(200);
    expect([book.watches("hall/999", 9), book.watches("hall/999", 10), book.watched]).toEqual([true, false, 199]);
  });
});
