import { beforeEach, describe, expect, it } from "vitest";
import type { PrintJob } from "../../server/core/policy.ts";
import type { IppClient } from "../../server/printers/ipp-client.ts";
import { NOT_FOUND } from "../../server/printers/ipp-client.ts";
import type { Asked, IppAnswer, IppValue, Operation } from "../../server/printers/ipp-message.ts";
import type { Told } from "../../server/printers/queue.ts";
import { createQueue, queueName, toldFrom } from "../../server/printers/queue.ts";

type Attributes = Record<string, IppValue>;
const HELD = 4;
const COMPLETED = 9;

/** A queue by hand: what it has, and what it was asked. */
class Server implements IppClient {
  jobs: Attributes[] = [];
  documents = new Map<number, string>();
  holds = "indefinite";
  asked: string[] = [];
  fetched = 0;
  refuses: Partial<Record<Operation, number>> = {};

  add(id: number, more: Attributes = {}): Attributes {
    const job = { "job-id": id, "job-uuid": `urn:uuid:${id}`, "job-state": HELD, "job-impressions": 3, "date-time-at-creation": 1000 * id, ...more };
    this.jobs.push(job);
    return job;
  }

  ask(operation: Operation, asked: readonly Asked[]): Promise<IppAnswer> {
    const value = (name: string) => asked.find((a) => a.name === name)?.values[0];
    const job = this.jobs.find((j) => j["job-id"] === value("job-id"));
    const status = this.refuses[operation] ?? (value("job-id") !== undefined && job === undefined ? NOT_FOUND : 0);
    if (operation === "CUPS-Get-Document") this.fetched++;
    else if (!operation.startsWith("Get-")) this.asked.push(`${operation} ${Number(value("job-id"))}`);
    if (status === 0 && operation === "Release-Job") job!["job-state"] = 5;
    if (status === 0 && operation === "Cancel-Job") job!["job-state"] = 7;
    if (status === 0 && operation === "Hold-Job") Object.assign(job!, { "job-state": HELD, "job-hold-until": "indefinite" });
    const ended = (j: Attributes) => Number(j["job-state"]) >= 7;
    const listed = operation === "Get-Jobs" ? this.jobs.filter((j) => ended(j) === (value("which-jobs") === "completed")) : job === undefined ? [] : [job];
    const as = (a: Attributes) => new Map(Object.entries(a).map(([name, v]) => [name, [v]]));
    return Promise.resolve({
      status,
      request: 1,
      operation: new Map(),
      printer: as({ "printer-state": 3, "cups-version": "2.4.2", "job-hold-until-default": this.holds }),
      jobs: listed.map(as),
      data: new TextEncoder().encode(this.documents.get(Number(value("job-id"))) ?? ""),
    });
  }
  close() {}
}

let server: Server;
let heard: PrintJob[];
const asks = (sheets: number | null) => sheets === null || sheets > 10;
const follow = (told: Told = new Map()) => createQueue({ client: server, told, who: (user) => user, hear: (job) => void heard.push(job), asks });
const states = () => heard.splice(0).map((j) => `${j.job} ${j.state}`);
beforeEach(() => {
  server = new Server();
  heard = [];
});

describe("a queue that is followed", () => {
  it("tells of a held job at every look, and of its end once", async () => {
    const queue = follow();
    const job = server.add(1);
    await queue.poll();
    await queue.poll();
    expect(states()).toEqual(["urn:uuid:1 held", "urn:uuid:1 held"]);
    Object.assign(job, { "job-state": COMPLETED, "date-time-at-completed": 5000 });
    await queue.poll();
    await queue.poll();
    expect(states()).toEqual(["urn:uuid:1 completed"]);
  });

  it("leaves alone what had ended before it was ever met", async () => {
    server.add(1, { "job-state": COMPLETED });
    const queue = follow();
    await queue.poll();
    server.add(2, { "job-state": COMPLETED });
    await queue.poll();
    expect(states()).toEqual(["urn:uuid:2 completed"]);
  });

  it("tells after our restart how a job ended meanwhile, and nothing twice", async () => {
    const on = (id: number, state: PrintJob["state"]): PrintJob => {
      const nothing = { user: null, document: null, pages: 3, copies: 1, sheets: 3, duplex: false, color: false };
      return { ...nothing, job: `urn:uuid:${id}`, at: id * 1000, state };
    };
    server.add(1, { "job-state": COMPLETED, "date-time-at-completed": 1000 });
    server.add(2, { "job-state": COMPLETED });
    server.add(3);
    await follow(toldFrom([on(4, "held"), on(3, "held"), on(2, "held"), on(1, "completed")])).poll();
    expect(states()).toEqual(["urn:uuid:2 completed", "urn:uuid:3 held", "urn:uuid:4 canceled"]);
  });

  it("tells of the same job printed once more", async () => {
    const queue = follow();
    const job = server.add(1);
    await queue.poll();
    Object.assign(job, { "job-state": COMPLETED, "date-time-at-completed": 5000 });
    await queue.poll();
    Object.assign(job, { "date-time-at-completed": 60_000 });
    await queue.poll();
    await queue.poll();
    expect(states()).toEqual(["urn:uuid:1 held", "urn:uuid:1 completed", "urn:uuid:1+60000 completed"]);
  });

  it("takes a job for canceled that is gone with the spool, whatever has its number now", async () => {
    const queue = follow();
    server.add(1);
    await queue.poll();
    server.jobs = [];
    server.add(1, { "job-uuid": "urn:uuid:other" });
    await queue.poll();
    expect(states()).toEqual(["urn:uuid:1 held", "urn:uuid:other held", "urn:uuid:1 canceled"]);
  });

  it("counts by the document what the queue does not count, once, and keeps the count to the end", async () => {
    const queue = follow();
    const job = server.add(1, { "job-impressions": 0, copies: 2, "number-up": 2, sides: "two-sided-long-edge" });
    server.documents.set(1, "a\fb\fc\fd\fe\ff");
    await queue.poll();
    await queue.poll();
    expect(heard.splice(0).map((j) => [j.pages, j.sheets, j.uncounted])).toEqual([
      [3, 4, undefined],
      [3, 4, undefined],
    ]);
    expect(server.fetched).toBe(1);
    Object.assign(job, { "job-state": COMPLETED, "job-impressions-completed": 0 });
    await queue.poll();
    expect(heard).toMatchObject([{ state: "completed", sheets: 4 }]);
  });

  it.each([0x0501, 0x0403])("says that nobody counted, where the document is not shown (0x%s)", async (status) => {
    server.refuses["CUPS-Get-Document"] = status;
    server.add(1, { "job-impressions": 0 });
    await follow().poll();
    expect(heard).toMatchObject([{ state: "held", sheets: 0, uncounted: true }]);
  });

  it("holds what asked not to be held, where the queue holds, but nothing that was on its way before", async () => {
    const queue = follow();
    server.add(1, { "job-state": 3 });
    await queue.poll();
    server.add(2, { "job-state": 3 });
    await queue.poll();
    expect(server.asked).toEqual(["Hold-Job 2"]);
    expect(states()).toEqual(["urn:uuid:2 held"]);
    server.holds = "no-hold";
    server.add(3, { "job-state": 3 });
    await queue.poll();
    expect(server.asked).toEqual(["Hold-Job 2"]);
  });

  it("believes no count that whoever printed wrote there, and no document that will become more pages than it has", async () => {
    const queue = follow();
    const claims = { "job-impressions": 1, "job-media-sheets": 1 };
    server.documents.set(1, "a\fb\fc");
    server.add(1, claims);
    server.documents.set(2, "a\fb\fc");
    server.add(2, { ...claims, lpi: "1" });
    server.add(3, claims);
    await queue.poll();
    expect(heard.splice(0).map((j) => [j.job, j.sheets, j.uncounted])).toEqual([
      ["urn:uuid:1", 3, undefined],
      ["urn:uuid:2", 0, true],
      ["urn:uuid:3", 0, true],
    ]);
  });

  it.each([
    ["the queue's own way", "indefinite", "indefinite", 3, ["urn:uuid:1 held"], []],
    ["by its owner, for the night", "indefinite", "night", 3, [], []],
    ["by its owner, for the night, and too large", "indefinite", "night", 11, ["urn:uuid:1 held", "urn:uuid:1 held"], ["Hold-Job 1"]],
    ["by its owner, where the queue holds nothing", "no-hold", "indefinite", 11, [], []],
  ])("held %s", async (_, usual, until, pages, expected, asked) => {
    server.holds = usual;
    server.documents.set(1, Array.from({ length: pages }, () => "page").join("\f"));
    server.add(1, { "job-hold-until": until });
    const queue = follow();
    await queue.poll();
    if (expected.length !== 1) await queue.poll();
    expect(states()).toEqual(expected);
    expect(server.asked).toEqual(asked);
  });

  it("is not let go again once somebody held it after us", async () => {
    const queue = follow();
    const job = server.add(1);
    await queue.poll();
    expect(await queue.decide("urn:uuid:1", true)).toBeNull();
    Object.assign(job, { "job-state": HELD, "job-hold-until": "indefinite" });
    states();
    await queue.poll();
    expect(states()).toEqual([]);
    expect(await queue.decide("urn:uuid:1", true)).toBeNull();
    expect(server.asked).toEqual(["Release-Job 1"]);
  });

  it("does not hold again what it let go", async () => {
    const queue = follow();
    const job = server.add(1);
    await queue.poll();
    expect(await queue.decide("urn:uuid:1", true)).toBeNull();
    job["job-state"] = 3;
    await queue.poll();
    await queue.poll();
    expect(server.asked).toEqual(["Release-Job 1"]);
  });
});

describe("a decision", () => {
  it("is carried out on the job of that UUID, whatever its number is by now", async () => {
    const queue = follow();
    server.add(1);
    await queue.poll();
    server.jobs = [];
    server.add(1, { "job-uuid": "urn:uuid:other" });
    server.add(7, { "job-uuid": "urn:uuid:1" });
    expect(await queue.decide("urn:uuid:1", true)).toBeNull();
    expect(server.asked).toEqual(["Release-Job 7"]);
  });

  it("finds its job without any look before it, as after our restart", async () => {
    server.add(3);
    expect(await follow().decide("urn:uuid:3", false)).toBeNull();
    expect(server.asked).toEqual(["Cancel-Job 3"]);
  });

  it.each([
    ["is on its way", 5, true],
    ["was printed", COMPLETED, true],
    ["was canceled", 7, false],
  ])("asks nothing of a job that %s already", async (_, state, release) => {
    server.add(1, { "job-state": state });
    expect(await follow().decide("urn:uuid:1", release)).toBeNull();
    expect(server.asked).toEqual([]);
  });

  it("is not carried out on a job that has grown since", async () => {
    const queue = follow();
    const job = server.add(1);
    server.documents.set(1, "a\fb\fc");
    await queue.poll();
    job["copies"] = 200;
    expect(await queue.decide("urn:uuid:1", true)).toBe("the job has grown from 3 sheets since it was decided");
    expect(server.asked).toEqual([]);
    await queue.poll();
    expect(heard.at(-1)).toMatchObject({ state: "held", sheets: 600 });
    expect(await queue.decide("urn:uuid:1", true)).toBeNull();
    expect(server.asked).toEqual(["Release-Job 1"]);
  });

  it("that the queue refuses says so in its words", async () => {
    server.refuses["Release-Job"] = 0x0403;
    server.add(1);
    expect(await follow().decide("urn:uuid:1", true)).toBe("the queue refuses Release-Job: not-authorized");
  });

  it("of a job that is gone says that it is", async () => {
    expect(await follow().decide("urn:uuid:9", true)).toBe("the queue has no such job any more");
  });
});

it("a queue's name is the last part of its address", () => {
  expect(queueName("ipp://h:631/printers/copier%203f")).toBe("copier 3f");
  expect(queueName("ipps://h/ipp/print/")).toBe("print");
});
