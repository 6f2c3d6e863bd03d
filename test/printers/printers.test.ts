import { mkdtempSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PrinterConnection } from "../../server/core/device.ts";
import type { PrintJob } from "../../server/core/policy.ts";
import type { DeviceWord } from "../../server/ports/device-word.ts";
import type { Printer } from "../../server/printers/printer.ts";
import { createPrinter } from "../../server/printers/printer.ts";
import { createPrinters } from "../../server/printers/printers.ts";
import { PACE } from "../../server/printers/schedule.ts";
import { createWho } from "../../server/printers/who.ts";
import { device } from "../support/small-site.ts";
import { eventually } from "../support/server-process.ts";

const NOW = Date.parse("2026-07-01T09:00:00+08:00");
const quiet = { info: () => undefined, warn: () => undefined };

type Attributes = Readonly<Record<string, number | string>>;
const text = (value: string) => [...new TextEncoder().encode(value)];
const int16 = (n: number) => [n >> 8, n & 255];
const attribute = (name: string, value: number | string) => {
  const raw = typeof value === "number" ? [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255] : text(value);
  return [typeof value === "number" ? 0x21 : 0x44, ...int16(name.length), ...text(name), ...int16(raw.length), ...raw];
};
const group = (tag: number, attributes: Attributes) => [tag, ...Object.entries(attributes).flatMap(([name, value]) => attribute(name, value))];

/** A printer that speaks IPP, written independently of what reads it. */
class Peer {
  server: Server | null = null;
  port = 0;
  printer: Attributes = { "printer-state": 3, "printer-make-and-model": "MFP 3000" };
  jobs: Attributes[] = [];
  polls = 0;
  released: number[] = [];

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const asked = Buffer.concat(parts);
        const operation = asked.readUInt16BE(2);
        if (operation === 0x0b) this.polls++;
        const ended = (job: Attributes) => Number(job["job-state"]) >= 7;
        const idAt = asked.indexOf("job-id");
        const id = idAt === -1 ? null : asked.readInt32BE(idAt + 8);
        if (operation === 0x0d) {
          this.released.push(id!);
          this.jobs = this.jobs.map((job) => (job["job-id"] === id ? { ...job, "job-state": 9 } : job));
        }
        const which = asked.includes("not-completed");
        const jobs = operation === 0x0a ? this.jobs.filter((job) => ended(job) !== which) : this.jobs.filter((job) => job["job-id"] === id);
        const document = operation === 0x4027 ? Buffer.from("one\ftwo\fthree") : [];
        const answer = [2, 0, 0, 0, ...asked.subarray(4, 8), 1, ...group(4, this.printer), ...jobs.flatMap((job) => group(2, job)), 3, ...document];
        response.end(Uint8Array.from(answer));
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server === null ? resolve(null) : this.server.close(resolve)));
    this.server = null;
  }
}

let peer: Peer;
let heard: DeviceWord[];
let now: number;
let awake: boolean | null;
let marks: Map<string, number>;
let open: Printer[];

beforeEach(async () => {
  [peer, heard, now, awake, marks, open] = [new Peer(), [], NOW, null, new Map(), []];
  await peer.start();
});
afterEach(async () => {
  for (const printer of open) await printer.close();
  await peer.stop();
});

const parts = (recorded: readonly PrintJob[] = []) => ({
  now: () => now,
  awake: () => awake,
  asks: () => true,
  who: (user: string) => user,
  marks: {
    mark: (name: string) => Promise.resolve(marks.get(name) ?? null),
    setMark: (name: string, value: number) => Promise.resolve(void marks.set(name, value)),
  },
  recorded: () => Promise.resolve(recorded),
  log: quiet,
  pace: PACE,
});
const copier = device("copier-1", "copier", "301", { codec: "printer", address: "copier-1" });
function create(at: Partial<PrinterConnection> = {}): Printer {
  const printer = createPrinter(
    parts(),
    copier,
    { snmp: null, ipp: `ipp://127.0.0.1:${peer.port}/printers/q`, pageLog: null, ...at },
    (word) => void heard.push(word),
  );
  open.push(printer);
  return printer;
}
/** Looks, and waits for all that follows. */
async function look(printer: Printer): Promise<void> {
  const before = heard.length;
  printer.look();
  await eventually(
    () => Promise.resolve(heard.slice(before)),
    (words) => words.some((w) => w.kind === "availability"),
    30,
  );
}
const kinds = () => heard.splice(0).map((w) => w.kind);

describe("a printer that is its own queue", () => {
  it("is described, says its state, and answers", async () => {
    await look(create());
    expect(heard).toMatchObject([
      { kind: "described", description: { address: "copier-1", kind: "copier", model: "MFP 3000" } },
      { kind: "said", address: "copier-1", said: { ts: null, values: { status: "idle" } } },
      { kind: "availability", online: true },
    ]);
  });

  it("is asked every ten minutes while nothing says that it is awake, and every minute while its meter does", async () => {
    const printer = create();
    await look(printer);
    expect(peer.polls).toBe(1);
    now += 599_000;
    printer.look();
    awake = false;
    printer.look();
    expect(peer.polls).toBe(1);
    now += 1_000;
    await look(printer);
    expect(peer.polls).toBe(2);
    awake = true;
    now += 59_000;
    printer.look();
    now += 1_000;
    await look(printer);
    expect(peer.polls).toBe(3);
  });

  it("says what stands still once a minute, and what changes at once", async () => {
    const printer = create();
    awake = true;
    peer.printer = { ...peer.printer, "cups-version": "2.4.2" };
    await look(printer);
    kinds();
    now += PACE.server;
    await look(printer);
    expect(kinds()).toEqual(["availability"]);
    peer.printer = { ...peer.printer, "printer-state": 4 };
    now += PACE.server;
    await look(printer);
    expect(kinds()).toContain("said");
    now += 60_000;
    await look(printer);
    expect(kinds()).toContain("said");
  });

  it("that goes away is away, and is there again when it is", async () => {
    const printer = create();
    await look(printer);
    await peer.stop();
    now += PACE.gentle;
    await look(printer);
    expect(heard.at(-1)).toMatchObject({ kind: "availability", online: false });
    await peer.start();
    now += PACE.gentle;
    await look(printer);
    expect(heard.at(-1)).toMatchObject({ kind: "availability", online: true });
  });
});

describe("a queue of a print server", () => {
  const held = (id: number) => ({ "job-id": id, "job-uuid": `urn:uuid:${id}`, "job-state": 4, "job-originating-user-name": "alice" });
  beforeEach(() => {
    peer.printer = { ...peer.printer, "cups-version": "2.4.2", "job-hold-until-default": "indefinite" };
  });

  it("is asked every few seconds, and at once after a decision", async () => {
    const printer = create();
    peer.jobs = [held(1)];
    await look(printer);
    expect(heard.find((w) => w.kind === "job")).toMatchObject({ job: { job: "urn:uuid:1", sheets: 3, user: "alice", state: "held" } });
    printer.look();
    expect(peer.polls).toBe(1);
    expect(await printer.decide("urn:uuid:1", true)).toBeNull();
    expect(peer.released).toEqual([1]);
    await look(printer);
    expect(heard.findLast((w) => w.kind === "job")).toMatchObject({ job: { job: "urn:uuid:1", state: "completed" } });
    now += PACE.server;
    await look(printer);
    expect(peer.polls).toBe(3);
  });

  it("and its page log tell of a job once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jieyue-pages-"));
    try {
      const pageLog = join(folder, "page_log");
      writeFileSync(pageLog, "");
      const printer = create({ pageLog });
      await look(printer);
      peer.jobs = [{ ...held(1), "job-state": 9 }];
      const line = (queue: string, id: number) => `${queue} bob ${id} [01/Jul/2026:09:00:0${id} +0800] total ${id} - localhost doc - -\n`;
      appendFileSync(pageLog, line("q", 1) + line("q", 2) + line("other", 3));
      now += PACE.server;
      await look(printer);
      now += PACE.server;
      await look(printer);
      expect(heard.flatMap((w) => (w.kind === "job" ? [w.job.job] : []))).toEqual(["urn:uuid:1", `q-2-${NOW + 2000}`]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the port", () => {
  const address = { ...copier, printer: { snmp: null, ipp: null, pageLog: "/nowhere/page_log" } };
  it.each([
    ["copier-1", { on: false }, "name the socket"],
    ["copier-1", { job: "j", release: true }, "give it printer.ipp"],
    ["copier-9", { job: "j", release: true }, "no printer of the site file"],
  ])("answers for %s asked %o with what stands in the way", async (to, set, why) => {
    const printers = createPrinters({ ...parts(), devices: [address, device("copier-2", "copier", null)] });
    printers.start((word) => void heard.push(word));
    await printers.send(to, set, "c1");
    await printers.close();
    expect(heard.filter((w) => w.kind === "ack")).toEqual([{ kind: "ack", address: to, command: "c1", accepted: false, error: expect.stringContaining(why) }]);
  });

  it("rejects where the queue cannot be reached: it is asked again", async () => {
    await peer.stop();
    const printers = createPrinters({ ...parts(), devices: [{ ...copier, printer: { snmp: null, ipp: `ipp://127.0.0.1:${peer.port}/q`, pageLog: null } }] });
    printers.start((word) => void heard.push(word));
    await expect(printers.send("copier-1", { job: "j", release: true }, "c1")).rejects.toThrow(/does not answer/);
    await printers.close();
    expect(heard.filter((w) => w.kind === "ack")).toEqual([]);
  });
});

describe("a user's name", () => {
  const who = createWho([{ id: "Alice" }], "key");
  it.each(["alice", "ALICE", "OFFICE\\alice", "alice@office.example"])("as %s is the person's of the site file", (name) => {
    expect(who(name)).toBe("Alice");
  });

  it("that the site file does not know is one word for one name, and says nothing without the key", () => {
    expect(who("bob")).toMatch(/^user-[0-9a-f]{12}$/);
    expect(who("OFFICE\\Bob")).toBe(who("bob"));
    expect(who("bobby")).not.toBe(who("bob"));
    expect(createWho([], "another key")("bob")).not.toBe(who("bob"));
  });
});
