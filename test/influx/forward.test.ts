import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createZone } from "../../server/core/zone.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createConnection } from "../../server/influx/connection.ts";
import { createForward, CURSOR } from "../../server/influx/forward.ts";
import { createRejectedFile } from "../../server/influx/rejected.ts";
import { createLog } from "../../server/log.ts";
import type { Forward } from "../../server/ports/forward.ts";
import type { History } from "../../server/ports/history.ts";
import type { Answer, FaultInflux } from "../support/fault-influx.ts";
import { parseError, partialWrite, startFaultInflux } from "../support/fault-influx.ts";
import { eventually } from "../support/server-process.ts";

const START = 1_782_864_000_000;
let server: FaultInflux;
let history: History;
let folder: string;
let forward: Forward;
let waits: number[];
let faults: (string | null)[];
/** This machine's time, moved on by what is waited. */
let now: number;

beforeEach(async () => {
  server = await startFaultInflux();
  history = createMemoryHistory();
  folder = mkdtempSync(join(tmpdir(), "jieyue-influx-"));
  [waits, faults, now] = [[], [], START];
  forward = make();
});
afterEach(async () => {
  await forward.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function make(more: { readonly withinMs?: number; readonly rejected?: string; readonly history?: Partial<History> } = {}): Forward {
  return createForward({
    history: { ...history, stats: () => history.stats(), ...more.history },
    connection: createConnection({ url: server.url, token: "t", org: "o", bucket: "b", withinMs: more.withinMs ?? 10_000 }),
    zone: createZone("Asia/Shanghai"),
    rejected: createRejectedFile(more.rejected ?? folder),
    now: () => now,
    houseNow: () => START + 60_000,
    random: () => 0.5,
    async wait(ms) {
      waits.push(ms);
      now += ms;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
    fault: (error) => faults.push(error?.message ?? null),
    log: createLog("silent"),
    alarmAfterMs: 300_000,
    everyMs: 10,
  });
}

function store(count: number, from = 0, value: (n: number) => PointValue = (n) => n): void {
  for (let n = from; n < from + count; n++) {
    history.append(
      { device: "hall/meter", at: START + n, received: START + n, late: false, readings: [{ name: "n", value: value(n), quality: "good" }] },
      undefined,
    );
  }
}
const caughtUp = (wanted = history.stats().rows) =>
  eventually(
    async () => ({ cursor: await history.mark(CURSOR), ...forward.status() }),
    (s) => s.cursor === wanted && s.behind === 0 && s.behindSeconds === 0,
  );
/** Waits between tries, without those for something new. */
const pauses = () => waits.filter((ms) => ms !== 10);
const rejectedLines = () =>
  readFileSync(join(folder, "influx-rejected.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as { readonly line: string; readonly reason: string });
/** Answers once each, then as a healthy server. */
function script(...answers: Answer[]): void {
  server.answer = () => answers.shift();
}

describe("the forward to InfluxDB", () => {
  it("sends everything that is stored, and what comes after, each once", async () => {
    store(12_345);
    forward.start();
    await caughtUp();
    store(10, 12_345);
    await caughtUp();
    expect(server.held.size).toBe(12_355);
    expect(server.requests.flat().length).toBe(12_355);
    expect(server.held.get(`reading,building=hall,device=meter,point=n ${START + 12_354}`)).toBe("value=12354,suspect=f");
    expect(forward.status()).toMatchObject({ behind: 0, behindSeconds: 0, sent: 12_355, rejected: 0, failingSince: null, error: null });
    expect(faults.filter((f) => f !== null)).toEqual([]);
  });

  it("goes on where it stopped, after a restart too", async () => {
    store(6_000);
    forward.start();
    await caughtUp();
    await forward.close();
    store(5, 6_000);
    forward = make();
    forward.start();
    await caughtUp();
    expect(server.requests.flat().length).toBe(6_005);
  });

  it("moves its cursor only after the server has the lines", async () => {
    store(100);
    const answered: (number | null)[] = [];
    server.answer = () => "hang";
    forward.start();
    await eventually(
      async () => server.requests.length,
      (n) => n === 1,
    );
    answered.push(await history.mark(CURSOR));
    expect(forward.status()).toMatchObject({ behind: 100, behindSeconds: 60, sent: 0 });
    await forward.close();
    answered.push(await history.mark(CURSOR));
    expect(answered).toEqual([null, null]);
    server.answer = () => undefined;
    forward = make();
    forward.start();
    await caughtUp();
    expect(server.held.size).toBe(100);
  });

  it("reads no further ahead than one slice while the server does not take anything", async () => {
    await forward.close();
    const read: number[] = [];
    forward = make({ history: { journal: (after, limit) => (read.push(after), history.journal(after, limit)) } });
    store(50_000);
    server.answer = () => ({ status: 503 });
    forward.start();
    await eventually(
      async () => server.requests.length,
      (n) => n > 20,
    );
    expect(read).toEqual([0, 5_000]);
  });

  it("survives a server that hangs, tears connections, is slow to come up and is not there", async () => {
    forward = make({ withinMs: 200 });
    store(10);
    script("hang", "reset", "hang-in-body", "reset-in-body", { status: 503 }, { status: 500, body: "x" }, { status: 502, body: "<html>" });
    forward.start();
    await caughtUp();
    expect(server.held.size).toBe(10);
    // Twice as long each time, half of it by chance (here in the middle).
    expect(pauses()).toEqual([750, 1500, 3000, 6000, 12_000, 24_000, 45_000]);
    expect(faults.filter((f) => f !== null)).toEqual([]);
  });

  it("waits as long as the server asks, in seconds as they are meant", async () => {
    store(1);
    script({ status: 429, headers: { "retry-after": "120" } }, { status: 503, headers: { "retry-after": new Date(START + 180_000).toUTCString() } });
    forward.start();
    await caughtUp();
    expect(pauses()).toEqual([120_500, 60_000]);
  });

  it.each([
    [12, []],
    [13, ["HTTP 503: engine: timeout"]],
  ])("calls somebody when nothing got through for five minutes (after %i failures), and says when all is well", async (failures, told) => {
    store(1);
    script(
      ...Array.from({ length: failures }, (): Answer => ({
        status: 503,
        body: '{"error":"engine: timeout"}',
        headers: { "content-type": "application/json" },
      })),
    );
    forward.start();
    await caughtUp();
    expect(faults).toEqual([...told, null]);
    expect(forward.status()).toMatchObject({ failingSince: null, error: "HTTP 503: engine: timeout", behind: 0 });
    // The pause before the last failure is the one that passes five minutes, or does not.
    expect(
      pauses()
        .slice(0, failures - 1)
        .reduce((a, b) => a + b, 0) >= 300_000,
    ).toBe(told.length > 0);
  });

  it.each([401, 403, 404])("keeps everything and calls somebody at once where it may not write (%i)", async (status) => {
    store(3);
    script({ status, body: '{"message":"unauthorized access"}', headers: { "content-type": "application/json" } });
    forward.start();
    await caughtUp();
    expect(faults).toEqual([`HTTP ${status}: unauthorized access`, null]);
    expect(server.held.size).toBe(3);
  });

  it.each([
    ["a partial write of InfluxDB 1", partialWrite("value=666,")],
    ["a partial write of InfluxDB 2", partialWrite("value=666,", 422)],
    ["a parse error of InfluxDB 2", parseError("value=666,")],
  ])("isolates what is poison, and only that: %s", async (_what, answer) => {
    const poison = [0, 4_999, 5_000, 7_777, 7_778];
    store(9_000, 0, (n) => (poison.includes(n) ? 666 : n === 666 ? 1 : n));
    server.answer = answer;
    forward.start();
    await caughtUp();
    expect(rejectedLines().map((r) => Number(r.line.split(" ").at(-1)) - START)).toEqual(poison);
    for (const { reason } of rejectedLines())
      expect(reason).toMatch(/^HTTP 4(00|22): (partial write: field type conflict|unable to parse 'reading,.*value=666,)/);
    expect(server.held.size).toBe(9_000 - poison.length);
    expect(forward.status()).toMatchObject({ rejected: poison.length, behind: 0 });
    // Few requests: a poisoned line costs about twice the logarithm of the chunk.
    expect(server.requests.length).toBeLessThan(2 + poison.length * 28);
  });

  it("sets a whole kind of field aside in a few requests, where somebody else made it another type", async () => {
    store(5_000, 0, (n) => (n % 10 === 0 ? `text ${n}` : n % 10 === 1 ? true : n));
    server.answer = partialWrite(" text=");
    forward.start();
    await caughtUp();
    // All at once, and then each of its three kinds.
    expect(server.requests.map((r) => r.length)).toEqual([5_000, 500, 500, 4_000]);
    expect(rejectedLines().map((r) => Number(r.line.split(" ").at(-1)) - START)).toEqual(Array.from({ length: 500 }, (_, i) => i * 10));
    expect(server.held.size).toBe(4_500);
  });

  it("does not look for poison where the server says that all of it is", async () => {
    store(4_000);
    server.answer = partialWrite("reading");
    forward.start();
    await caughtUp();
    expect(server.requests.length).toBe(1);
    expect(rejectedLines().length).toBe(4_000);
    expect(await history.mark("influx-rejected")).toBe(4_000);
  });

  it("sets aside what no line can say, with its reason", async () => {
    store(3, 0, (n) => (n === 1 ? Number.NaN : n));
    forward.start();
    await caughtUp();
    expect(rejectedLines()).toMatchObject([{ reason: "InfluxDB has no number NaN" }]);
    expect(JSON.parse(rejectedLines()[0]!.line)).toMatchObject({ point: "hall/meter/n", value: "NaN" });
    expect(server.held.size).toBe(2);
  });

  it("goes on through a failure in the middle of looking for poison", async () => {
    store(100, 0, (n) => (n === 50 ? 666 : n));
    const poison = partialWrite("value=666,");
    let count = 0;
    server.answer = (lines) => (++count % 3 === 0 ? { status: 503 } : poison(lines));
    forward.start();
    await caughtUp();
    expect(rejectedLines().length).toBe(1);
    expect(server.held.size).toBe(99);
  });

  it("sends less at a time where a proxy takes less", async () => {
    store(5_000);
    server.answer = (lines) => (lines.length > 1_000 ? { status: 413, body: "<html>" } : undefined);
    forward.start();
    await caughtUp();
    expect(server.held.size).toBe(5_000);
    const first = server.requests.length;
    expect(first).toBeLessThan(20);
    store(4_000, 5_000);
    await caughtUp();
    expect(server.held.size).toBe(9_000);
    expect(server.requests.slice(first).filter((r) => r.length > 2_000)).toEqual([]);
  });

  it("keeps a line that is too large for a server that takes nothing", async () => {
    store(2);
    script(...Array.from({ length: 4 }, (): Answer => ({ status: 413 })));
    forward.start();
    await caughtUp();
    expect(server.held.size).toBe(2);
    expect(faults.at(0)).toBe("HTTP 413 Payload Too Large");
  });

  it("does not take a server that refuses everything for poison everywhere", async () => {
    store(20);
    const mute: Answer = { status: 400, body: '{"error":"database is required"}', headers: { "content-type": "application/json" } };
    let refusing = true;
    server.answer = () => (refusing ? mute : undefined);
    forward.start();
    await eventually(
      async () => faults.length,
      (n) => n > 0,
    );
    expect(faults[0]).toBe("every line is refused: HTTP 400: database is required");
    expect(await history.mark(CURSOR)).toBeNull();
    refusing = false;
    await caughtUp();
    expect(server.held.size).toBe(20);
    expect(forward.status().rejected).toBe(0);
    expect(faults.at(-1)).toBeNull();
    // Once it is known that the server takes lines, the same words are about the one that it does not take.
    server.answer = (lines) => (lines.some((l) => l.includes("value=77,")) ? mute : undefined);
    store(1, 20, () => 77);
    await caughtUp();
    expect(forward.status().rejected).toBe(1);
  });

  it("keeps a line until its refusal is on the disk", async () => {
    await forward.close();
    forward = make({ rejected: join(folder, "full") });
    store(3, 0, (n) => (n === 1 ? 666 : n));
    server.answer = partialWrite("value=666,");
    forward.start();
    await eventually(
      async () => forward.status().failingSince,
      (since) => since !== null,
    );
    expect(await history.mark(CURSOR)).toBeNull();
    expect(forward.status().error).toContain("ENOENT");
  });

  it("waits for a history that cannot be read", async () => {
    await forward.close();
    let broken = 3;
    forward = make({ history: { journal: (after, limit) => (broken-- > 0 ? Promise.reject(new Error("disk full")) : history.journal(after, limit)) } });
    store(5);
    forward.start();
    await caughtUp();
    expect(pauses()).toEqual([750, 1500, 3000]);
    expect(server.held.size).toBe(5);
  });

  it("does not keep readings waiting for roll-ups that cannot be had", async () => {
    await forward.close();
    forward = make({ history: { latest: () => Promise.reject(new Error("no roll-ups")) } });
    store(3);
    forward.start();
    await caughtUp();
    store(3, 3);
    await caughtUp();
    expect(server.held.size).toBe(6);
    expect(forward.status().failingSince).toBeNull();
  });

  it("begins anew at its cursor after a fault of ours, and says so", async () => {
    await forward.close();
    const poisoned = { point: null } as never;
    let once = true;
    forward = make({
      history: {
        async journal(after, limit) {
          if (!once) return history.journal(after, limit);
          once = false;
          return { upTo: 5, readings: [poisoned] };
        },
      },
    });
    store(5);
    forward.start();
    await caughtUp();
    expect(faults[0]).toContain("null");
    expect(faults.at(-1)).toBeNull();
    expect(server.held.size).toBe(5);
  });

  it("ends at once while it waits or hangs, and can be closed before it began", async () => {
    await make().close();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = createForward({
      history,
      connection: createConnection({ url: server.url, token: "t", org: "o", bucket: "b", withinMs: 1e9 }),
      zone: createZone("Asia/Shanghai"),
      rejected: createRejectedFile(folder),
      now: () => now,
      houseNow: () => now,
      random: () => 0,
      wait: (_ms, signal) => new Promise((done) => (resolve(), signal.addEventListener("abort", () => done()))),
      fault: () => undefined,
      log: createLog("silent"),
      alarmAfterMs: 1e9,
      everyMs: 1e9,
    });
    waiting.start();
    await promise;
    await waiting.close();
    store(1);
    server.answer = () => "hang";
    forward = make({ withinMs: 1e8 });
    forward.start();
    await eventually(
      async () => server.requests.length,
      (n) => n === 1,
    );
    await forward.close();
    expect(await history.mark(CURSOR)).toBeNull();
  });
});
