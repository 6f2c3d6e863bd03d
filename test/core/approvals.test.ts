import { describe, expect, it } from "vitest";
import { waitsForWord } from "../../server/core/approvals.ts";
import { copierApproval } from "../../server/core/policies/copier-approval.ts";
import type { PolicyDefinition, PrintJob } from "../../server/core/policy.ts";
import { PlayedHouse } from "../support/played-house.ts";

const tenSheets: PolicyDefinition = {
  id: "copier-approval",
  severity: "low",
  defaultMode: "enforce",
  priority: 10,
  kinds: ["copier"],
  subject: "job",
  params: [{ name: "limit", unit: "sheets", default: 10, min: 1, max: 100 }],
  watches: { own: [] },
  judge: ({ job, params }) =>
    job !== null && job.state === "held" && job.sheets > params["limit"]!
      ? { state: "breach", reason: "too-many", evidence: { sheets: job.sheets }, hold: 0, want: null, asks: true }
      : { state: "fine", reason: "within", evidence: {} },
};
const atNight: PolicyDefinition = {
  ...tenSheets,
  id: "copier-after-hours",
  defaultMode: "advise",
  judge: ({ job }) =>
    job?.user === null ? { state: "breach", reason: "nobody", evidence: {}, hold: 0, want: null } : { state: "fine", reason: "known", evidence: {} },
};

const job = (more: Partial<PrintJob>): PrintJob => ({
  job: "j1",
  user: "clerk",
  document: "plan.docx",
  pages: 24,
  copies: 1,
  sheets: 12,
  duplex: true,
  color: false,
  state: "held",
  at: 0,
  ...more,
});
const print = (h: PlayedHouse, more: Partial<PrintJob>) => h.enter({ kind: "job", device: "hall/copier-301", job: job({ at: h.now, ...more }) });
const approvals = (h: PlayedHouse) => h.decisions.filter((d) => d.kind === "approval").map((d) => d.approval);

describe("a print job", () => {
  it("of at most ten sheets is released at once", () => {
    const h = new PlayedHouse([tenSheets, atNight]);
    print(h, { sheets: 10 });
    expect(h.sent()).toMatchObject([{ device: "hall/copier-301", set: { job: "j1", release: true }, source: "approval" }]);
    expect(approvals(h)).toEqual([]);
    print(h, { sheets: 10, state: "completed" });
    expect(h.commands()).toMatchObject([{ state: "proven", proof: { point: "job", value: "completed" } }]);
  });

  it("of more waits for the word of one who answers for it, and is then released", () => {
    const h = new PlayedHouse([tenSheets, atNight]);
    print(h, { sheets: 11 });
    expect(h.sent()).toEqual([]);
    expect(approvals(h)).toMatchObject([{ state: "pending", sheets: 11, requestedBy: "clerk", department: "general", job: "j1" }]);
    expect(h.alerts().find((a) => a.kind === "approval")).toMatchObject({ state: "unacknowledged", assignee: "chief" });
    const id = approvals(h)[0]!.id;
    expect(h.alerts()).toHaveLength(1);
    expect(h.findings()[0]!.alert).toBe(h.alerts()[0]!.id);
    expect(h.ask("clerk", { kind: "decide-approval", approval: id, grant: true, note: null })).toMatchObject({ ok: false, refusal: { code: "own-request" } });
    expect(h.ask("chief", { kind: "decide-approval", approval: id, grant: true, note: null }).ok).toBe(true);
    expect(h.sent()).toMatchObject([{ set: { job: "j1", release: true } }]);
    expect(h.alerts().find((a) => a.kind === "approval")!.state).toBe("normal");
    print(h, { sheets: 11, state: "completed" });
    expect(h.commands()[0]!.state).toBe("proven");
    expect(h.findings()).toMatchObject([{ policy: "copier-approval", state: "closed", subject: { job: "j1" } }]);
    expect(h.ask("chief", { kind: "decide-approval", approval: id, grant: false, note: null })).toMatchObject({ ok: false, refusal: { code: "not-pending" } });
  });

  it("that grows while it waits is asked about as it is now, and one that grows past the limit is asked about at all", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 11 });
    print(h, { sheets: 11 });
    print(h, { sheets: 600, copies: 50 });
    expect(approvals(h).map((a) => [a.state, a.sheets])).toEqual([
      ["pending", 11],
      ["pending", 600],
    ]);
    expect(new Set(approvals(h).map((a) => a.id)).size).toBe(1);
    expect(h.findings()).toHaveLength(1);
    expect(h.ask("chief", { kind: "decide-approval", approval: approvals(h)[0]!.id, grant: false, note: null }).ok).toBe(true);
    expect(h.sent()).toMatchObject([{ set: { job: "j1", release: false } }]);
  });

  it("that is refused is canceled at the copier", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 40 });
    h.ask("deputy", { kind: "decide-approval", approval: approvals(h)[0]!.id, grant: false, note: "send it by mail" });
    expect(h.sent()).toMatchObject([{ set: { job: "j1", release: false } }]);
    print(h, { sheets: 40, state: "canceled" });
    expect(h.commands()[0]!.state).toBe("proven");
  });

  it("that its owner cancels meanwhile withdraws its request", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 40 });
    print(h, { sheets: 40, state: "canceled" });
    expect(approvals(h).at(-1)).toMatchObject({ state: "withdrawn" });
    expect(h.house.approvals.size).toBe(0);
  });

  it("announced twice is one job, one finding, one request", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 40 });
    print(h, { sheets: 40 });
    expect(h.findings()).toHaveLength(1);
    expect(approvals(h)).toHaveLength(1);
  });

  it("is released where the policy only advises", () => {
    const h = new PlayedHouse([{ ...tenSheets, defaultMode: "advise" }]);
    print(h, { sheets: 40 });
    expect(h.findings()).toHaveLength(1);
    expect(h.sent()).toMatchObject([{ set: { release: true } }]);
  });

  it("by nobody is found when it is done, and its alert waits to be acknowledged", () => {
    const h = new PlayedHouse([tenSheets, atNight]);
    print(h, { user: null, sheets: 2, state: "completed" });
    expect(h.findings()).toMatchObject([{ policy: "copier-after-hours", state: "closed", closeReason: "job-completed" }]);
    expect(h.alerts()[0]!.state).toBe("returned-unacknowledged");
  });
});

describe("a job that its queue tells of again and again", () => {
  const decide = (h: PlayedHouse, grant: boolean) =>
    h.ask("chief", { kind: "decide-approval", approval: approvals(h).findLast((a) => a.state === "pending")!.id, grant, note: null });

  it("is not asked about once more after somebody decided", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, {});
    decide(h, true);
    print(h, {});
    print(h, {});
    expect(h.sent()).toHaveLength(1);
    expect(approvals(h).map((a) => a.state)).toEqual(["pending", "granted"]);
  });

  it.each([true, false])("is asked again, ten minutes later, what was decided and did not come through (granted: %s)", (grant) => {
    const h = new PlayedHouse([tenSheets]);
    print(h, {});
    decide(h, grant);
    const [command] = h.sent();
    h.enter({ kind: "ack", device: "hall/copier-301", command: command!.id, accepted: false, error: "not-authorized" });
    print(h, {});
    expect(h.sent()).toHaveLength(1);
    h.wait(600);
    print(h, {});
    expect(h.sent().map((c) => c.set)).toEqual([
      { job: "j1", release: grant },
      { job: "j1", release: grant },
    ]);
    expect(approvals(h)).toHaveLength(2);
  });

  it("is not lost where its copier was away while somebody decided", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, {});
    h.enter({ kind: "availability", device: "hall/copier-301", online: false });
    decide(h, true);
    expect(h.sent()).toEqual([]);
    h.enter({ kind: "availability", device: "hall/copier-301", online: true });
    print(h, {});
    expect(h.sent()).toMatchObject([{ set: { job: "j1", release: true } }]);
  });

  it("does not flood a queue that refuses", () => {
    const h = new PlayedHouse([tenSheets]);
    for (let minute = 0; minute < 9; minute++) {
      print(h, { sheets: 3 });
      const command = h.sent().at(-1)!;
      h.enter({ kind: "ack", device: "hall/copier-301", command: command.id, accepted: false, error: "not-authorized" });
      h.wait(60);
    }
    expect(h.sent()).toHaveLength(1);
  });

  it("that grew past the limit before its queue let it go is asked about, not let go", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 3 });
    h.enter({ kind: "ack", device: "hall/copier-301", command: h.sent()[0]!.id, accepted: false, error: "the job has grown" });
    print(h, { sheets: 600 });
    h.wait(7200);
    print(h, { sheets: 600 });
    expect(h.sent()).toHaveLength(1);
    expect(approvals(h)).toMatchObject([{ state: "pending", sheets: 600 }]);
  });

  it("may print for an hour behind others, once its queue took it", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 3 });
    h.enter({ kind: "ack", device: "hall/copier-301", command: h.sent()[0]!.id, accepted: true, error: null });
    h.wait(3600);
    expect(h.commands()[0]).toMatchObject({ state: "accepted" });
    print(h, { sheets: 3, state: "completed" });
    expect(h.commands()[0]).toMatchObject({ state: "proven" });
  });

  it("and never prints, is given up after two hours", () => {
    const h = new PlayedHouse([tenSheets]);
    print(h, { sheets: 3 });
    h.enter({ kind: "ack", device: "hall/copier-301", command: h.sent()[0]!.id, accepted: true, error: null });
    h.wait(7201);
    expect(h.commands()[0]).toMatchObject({ state: "gave-up" });
  });
});

describe("a job that nobody counted", () => {
  it("waits for a word, which is told without any number", () => {
    const h = new PlayedHouse([copierApproval]);
    print(h, { pages: 0, sheets: 0, uncounted: true });
    expect(h.sent()).toEqual([]);
    expect(approvals(h)).toMatchObject([{ state: "pending", sheets: null, reason: "unknown-sheets" }]);
    expect(h.findings()).toMatchObject([{ policy: "copier-approval", evidence: { sheets: null } }]);
  });

  it("is no finding where it was printed before anybody could ask", () => {
    const h = new PlayedHouse([copierApproval]);
    print(h, { pages: 0, sheets: 0, uncounted: true, state: "completed" });
    expect(h.findings()).toEqual([]);
  });
});

describe("whether a job waits for a word", () => {
  const ID = "copier-approval";
  const exemption = { kind: "exemption", device: null, space: "hall/301", spaceClass: null, policy: ID, reason: "r", until: null, asks: false } as const;
  const waits = (h: PlayedHouse, sheets: number | null) => waitsForWord(h.house, "hall/copier-301", sheets, h.now);

  it.each([
    [10, false],
    [11, true],
    [null, true],
  ])("is told by its %s sheets", (sheets, expected) => {
    expect(waits(new PlayedHouse([tenSheets]), sheets)).toBe(expected);
  });

  it.each<[string, (h: PlayedHouse) => void]>([
    ["only advises", (h) => h.ask("director", { kind: "policy", policy: ID, change: { mode: "advise" } })],
    ["is switched off", (h) => h.ask("director", { kind: "policy", policy: ID, change: { enabled: false } })],
    ["lies elsewhere", (h) => h.ask("director", { kind: "policy", policy: ID, change: { scope: { spaces: ["hall/302"] } } })],
    ["has an exemption there", (h) => h.ask("director", exemption)],
  ])("nobody's where the rule %s", (_, change) => {
    const h = new PlayedHouse([tenSheets]);
    expect(waits(h, 11)).toBe(true);
    change(h);
    expect(waits(h, 11)).toBe(false);
  });
});

describe("overtime", () => {
  it("is asked for, granted by another, and covers its space for its time", () => {
    const h = new PlayedHouse([]);
    const asked = h.ask("clerk", { kind: "request-approval", space: "hall/301", from: h.now + 3_600_000, until: h.now + 7_200_000, reason: "year's end" });
    const id = asked.ok ? asked.subject : "";
    expect(h.ask("clerk", { kind: "decide-approval", approval: id, grant: true, note: null })).toMatchObject({ ok: false });
    h.ask("chief", { kind: "decide-approval", approval: id, grant: true, note: null });
    expect(h.house.approvals.get(id)).toMatchObject({ state: "granted" });
    h.wait(7200);
    expect(h.house.approvals.size).toBe(0);
  });

  it("refuses a period that makes no sense", () => {
    const h = new PlayedHouse([]);
    for (const [from, until] of [
      [10, 5],
      [-100, -50],
      [0, 25 * 3600],
    ] as const) {
      expect(
        h.ask("clerk", { kind: "request-approval", space: "hall/301", from: h.now + from * 1000, until: h.now + until * 1000, reason: "x y" }),
      ).toMatchObject({ ok: false, refusal: { code: "bad-period" } });
    }
    expect(h.ask("clerk", { kind: "request-approval", space: "hall/nowhere", from: h.now, until: h.now + 1000, reason: "x y" })).toMatchObject({
      ok: false,
      refusal: { code: "unknown-space" },
    });
  });
});
