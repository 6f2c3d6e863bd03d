/** Real printing: CUPS with a queue that holds, an SNMP agent, a printer that is its own queue; the rule of ten sheets over restarts of either side. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import type { PrintJob } from "../../server/core/policy.ts";
import type { SnmpAccess } from "../../server/core/device.ts";
import { createIppClient } from "../../server/printers/ipp-client.ts";
import { createQueue } from "../../server/printers/queue.ts";
import { createSnmpClient } from "../../server/printers/snmp-client.ts";
import { readSnmp } from "../../server/printers/snmp-reading.ts";
import type { Cupsd } from "../support/cupsd.ts";
import { startCupsd } from "../support/cupsd.ts";
import type { EvePrinter } from "../support/ippeveprinter.ts";
import { startEvePrinter } from "../support/ippeveprinter.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";
import type { Snmpsim } from "../support/snmpsim.ts";
import { SNMP_USER, startSnmpsim } from "../support/snmpsim.ts";

const MIB = "1.3.6.1.2.1.43";
const HOST = "1.3.6.1.2.1.25.3";
/** A copier that sleeps, as one answers: no count since its power came, a supply of which only some is known. */
const RICOH = "1.3.6.1.4.1.367";
const COPIER = {
  "1.3.6.1.2.1.1.2.0": ["6", `${RICOH}.1.1`],
  [`${RICOH}.3.2.1.2.19.5.1.5.1`]: ["4", "Counter: Machine Total"],
  [`${RICOH}.3.2.1.2.19.5.1.5.19`]: ["4", "Total Prints: Color"],
  [`${RICOH}.3.2.1.2.19.5.1.5.20`]: ["4", "Total Prints: Black & White"],
  [`${RICOH}.3.2.1.2.19.5.1.9.1`]: ["2", 184_233],
  [`${RICOH}.3.2.1.2.19.5.1.9.19`]: ["2", 55_876],
  [`${RICOH}.3.2.1.2.19.5.1.9.20`]: ["2", 128_357],
  [`${HOST}.2.1.3.1`]: ["4", "Test MFP 3000"],
  [`${HOST}.2.1.5.1`]: ["2", 2],
  [`${HOST}.5.1.1.1`]: ["2", 1],
  [`${HOST}.5.1.2.1`]: ["4x", "80"],
  [`${MIB}.5.1.1.17.1`]: ["4", "SN-0042"],
  [`${MIB}.10.2.1.3.1.1`]: ["2", 7],
  [`${MIB}.10.2.1.4.1.1`]: ["65", 184_233],
  [`${MIB}.11.1.1.6.1.1`]: ["4", "Black toner"],
  [`${MIB}.11.1.1.8.1.1`]: ["2", 20_000],
  [`${MIB}.11.1.1.9.1.1`]: ["2", 15_000],
  [`${MIB}.11.1.1.8.1.2`]: ["2", -2],
  [`${MIB}.11.1.1.9.1.2`]: ["2", -3],
  [`${MIB}.6.1.1.3.1.1`]: ["2", 4],
  [`${MIB}.8.2.1.9.1.1`]: ["2", 500],
  [`${MIB}.8.2.1.10.1.1`]: ["2", 250],
  [`${MIB}.16.5.1.2.1.1`]: ["4", "Sleep"],
  [`${MIB}.18.1.1.2.1.1`]: ["2", 4],
  [`${MIB}.18.1.1.8.1.1`]: ["4", "Tray 2 low"],
} as const;

let folder: string;
let cups: Cupsd;
let agent: Snmpsim;
let server: ServerProcess;

const start = () => startServerProcess(folder, { JIEYUE_SITE_FILE: join(folder, "site.yaml") });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-printers-"));
  [cups, agent] = await Promise.all([startCupsd(), startSnmpsim("office-read", COPIER)]);
  cups.addQueue("copier3f", true);
  cups.addQueue("plain", false);
  const copier = { kind: "copier", codec: "printer", space: "301" };
  const snmp = { host: "127.0.0.1", port: agent.port, community: "office-read" };
  const site = {
    site: { id: "small", name: "Small", latitude: 36.6, longitude: 114.5 },
    buildings: [{ id: "hall", name: "Hall", floors: ["3"] }],
    departments: [{ id: "general", name: "General" }],
    people: [
      { id: "boss", name: "Boss", role: "director" },
      { id: "alice", name: "Alice", role: "viewer", department: "general" },
    ],
    spaces: [{ id: "301", floor: "3", name: "301", class: "office", department: "general" }],
    devices: [
      { id: "copier-3f", address: "copier-3f", ...copier, printer: { snmp, ipp: cups.uri("copier3f") } },
      { id: "copier-1f", address: "plain", ...copier, printer: { pageLog: cups.pageLog } },
    ],
  };
  writeFileSync(join(folder, "site.yaml"), stringify(site));
  server = await start();
});
afterAll(async () => {
  await server?.stop();
  await agent?.remove();
  await cups?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Job {
  readonly job: string;
  readonly user: string | null;
  readonly document: string | null;
  readonly sheets: number;
  readonly state: string;
}
interface Waiting {
  readonly id: string;
  readonly job: string;
  readonly sheets: number | null;
  readonly state: string;
  readonly requestedBy: string | null;
}
interface Command {
  readonly state: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly reason: string;
}
const jobs = async (device = "copier-3f") => (await server.get<{ items: Job[] }>(`/jobs?device=hall/${device}&limit=100`)).items;
const ended = (document: string, state: string) =>
  eventually(
    async () => (await jobs()).find((j) => j.document === document),
    (job) => job?.state === state,
    60,
  );
const approvals = async (state = "pending") => (await server.get<{ items: Waiting[] }>(`/approvals?state=${state}&limit=100`)).items;
const waits = (job: string) =>
  eventually(
    async () => (await approvals()).find((a) => a.job === job),
    (a) => a !== undefined,
    60,
  );
const proven = (job: string) =>
  eventually(
    async () => (await server.get<{ items: Command[] }>("/commands?device=hall/copier-3f&limit=100")).items.find((c) => c.set["job"] === job),
    (command) => command?.state === "proven",
    60,
  );
const held = (document: string) =>
  eventually(
    async () => (await jobs()).find((j) => j.document === document),
    (job) => job?.state === "held",
    60,
  ).then((job) => job!.job);
/** Text of so many pages, as CUPS counts lines. */
const pages = (count: number) => Array.from({ length: count }, (_, page) => `Page ${page + 1}.\n`).join("\f");

it("counters, state, supplies and alerts come by SNMP", async () => {
  const device = await eventually(
    () => server.get<{ status: string; points: { name: string; value: unknown }[] }>("/devices/hall%2Fcopier-3f"),
    (d) => d.points.some((p) => p.name === "pages"),
  );
  expect(Object.fromEntries(device.points.map((p) => [p.name, p.value]))).toMatchObject({
    pages: 184_233,
    status: "sleep",
    errors: "low-paper",
    console: "Sleep",
    "supply-1": 75,
    "supply-1-name": "Black toner",
    "supply-2": "some",
    alerts: "Tray 2 low",
    cover: "closed",
    "tray-1": 50,
    color: 55_876,
    mono: 128_357,
  });
});

it("the same is told by version 1, and by version 3 to the user who proves who it is", async () => {
  const access = { host: "127.0.0.1", port: agent.port, version: 1, community: "office-read", user: null, auth: null, privacy: null, context: "" } as const;
  const ask = async (more: Partial<SnmpAccess>, answerMs?: number) => {
    const client = createSnmpClient({ ...access, ...more }, answerMs);
    try {
      return readSnmp(await client.ask());
    } finally {
      client.close();
    }
  };
  const second = await ask({ version: "2c" });
  expect(second).toMatchObject({ maker: "Ricoh", serial: "SN-0042", values: { pages: 184_233, mono: 128_357, "supply-1": 75 } });
  expect(await ask({})).toEqual(second);
  expect(await ask({ ...SNMP_USER, context: "office-read" })).toEqual(second);
  await expect(ask({ ...SNMP_USER, privacy: { protocol: "aes", key: "not the key" }, context: "office-read" }, 500)).rejects.toThrow(/keys right/);
});

it("what has at most ten sheets is released at once, what has more waits for a word, also over our own end", async () => {
  cups.print("copier3f", "alice", "memo 1", pages(3));
  cups.print("copier3f", "bob", "a whole report", pages(24), ["sides=two-sided-long-edge"]);
  const memo = await ended("memo 1", "completed");
  expect(memo).toMatchObject({ user: "alice", sheets: 3 });
  expect(await proven(memo!.job)).toMatchObject({ set: { release: true }, reason: "within-limit" });
  const job = await held("a whole report");
  expect(await waits(job)).toMatchObject({ sheets: 12, state: "pending" });
  await server.kill();
  server = await start();
  const waiting = await waits(job);
  expect((await jobs()).find((j) => j.job === job)?.state).toBe("held");
  expect((await server.send("POST", `/approvals/${waiting!.id}/grant`, {})).status).toBe(200);
  expect(await ended("a whole report", "completed")).toMatchObject({ job, sheets: 12 });
  expect(await proven(job)).toMatchObject({ set: { release: true }, reason: "granted" });
  // Whose id the site file does not know is named by no name.
  expect((await jobs()).find((j) => j.job === job)?.user).toMatch(/^user-[0-9a-f]{12}$/);
});

it("what is refused is canceled at the queue, and what nobody can count waits", async () => {
  cups.print("copier3f", "alice", "a private album", "\u0000\u0001 no language that anybody here counts");
  const job = await held("a private album");
  const waiting = await waits(job);
  expect(waiting!.sheets).toBeNull();
  expect((await server.send("POST", `/approvals/${waiting!.id}/refuse`, { note: "not for the office" })).status).toBe(200);
  expect((await ended("a private album", "canceled"))?.job).toBe(job);
  expect(await proven(job)).toMatchObject({ set: { release: false }, reason: "refused" });
});

it("of fifty pages three are wanted; what its owner holds for the night stays", async () => {
  // Half a day away: not now, whenever this runs.
  const until = `job-hold-until=${new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16)}`;
  cups.print("copier3f", "alice", "for the night", pages(2), [until]);
  cups.print("copier3f", "alice", "much for the night", pages(30), [until]);
  cups.print("copier3f", "alice", "three of fifty", pages(50), ["page-ranges=1-3", "copies=2"]);
  expect(await ended("three of fifty", "completed")).toMatchObject({ sheets: 6 });
  expect(await waits(await held("much for the night"))).toMatchObject({ sheets: 30 });
  expect((await jobs()).filter((j) => j.document === "for the night")).toEqual([]);
});

it("of a job that grows while it waits it is asked about what will be printed", async () => {
  const id = cups.print("copier3f", "alice", "more and more", pages(12));
  const job = await held("more and more");
  expect((await waits(job))?.sheets).toBe(12);
  cups.change(id, "alice", ["copies=5"]);
  await eventually(
    async () => (await approvals()).find((a) => a.job === job)?.sheets,
    (sheets) => sheets === 60,
    60,
  );
  expect((await server.send("POST", `/approvals/${(await waits(job))!.id}/refuse`, { note: "too much" })).status).toBe(200);
  await ended("more and more", "canceled");
});

it("a queue that begins its ids anew confuses nobody", async () => {
  cups.print("copier3f", "alice", "lost with the spool", pages(30));
  const lost = await held("lost with the spool");
  await waits(lost);
  await cups.stop();
  cups.clearSpool();
  await cups.start();
  const id = cups.print("copier3f", "alice", "the first of the new ids", pages(2));
  expect(id).toBe(1);
  const fresh = await ended("the first of the new ids", "completed");
  expect(fresh!.job).not.toBe(lost);
  await ended("lost with the spool", "canceled");
  expect((await approvals()).filter((a) => a.job === lost)).toEqual([]);
});

it("without a queue to ask, the page log tells what was printed", async () => {
  cups.print("plain", "alice", "two words", pages(1));
  const [logged] = await eventually(
    () => jobs("copier-1f"),
    (list) => list.length > 0,
    60,
  );
  expect(logged).toMatchObject({ user: "alice", document: "two words", state: "completed" });
});

// It listens by both families, and ends where the machine has no IPv6 at all.
it.skipIf(!existsSync("/proc/net/if_inet6"))("a printer that is its own queue tells of its jobs and their sheets", async () => {
  const printer: EvePrinter = await startEvePrinter(12);
  const client = createIppClient(printer.uri);
  try {
    const told: PrintJob[] = [];
    const queue = createQueue({ client, told: new Map(), who: (user) => user, hear: (job) => void told.push(job), asks: () => true });
    expect(await queue.poll()).toMatchObject({ status: "idle", server: false });
    const test = join(folder, "print.test");
    const lines = [
      "{",
      "OPERATION Print-Job",
      "GROUP operation-attributes-tag",
      "ATTR charset attributes-charset utf-8",
      "ATTR language attributes-natural-language en",
      "ATTR uri printer-uri $uri",
      "ATTR name requesting-user-name alice",
      'ATTR name job-name "Q3 report"',
      "ATTR mimeMediaType document-format text/plain",
      "GROUP job-attributes-tag",
      "ATTR keyword sides two-sided-long-edge",
      "FILE $filename",
      "STATUS successful-ok",
      "}",
    ];
    writeFileSync(test, lines.join("\n"));
    execFileSync("ipptool", ["-f", join(folder, "site.yaml"), printer.uri, test], { timeout: 30_000 });
    await eventually(
      async () => {
        await queue.poll();
        return told.at(-1);
      },
      (job) => job?.state === "completed",
      60,
    );
    expect(told.at(-1)).toMatchObject({ user: "alice", document: "Q3 report", pages: 12, sheets: 6, duplex: true });
    expect(told.at(-1)!.job).toMatch(/^urn:uuid:/);
  } finally {
    client.close();
    await printer.remove();
  }
});
