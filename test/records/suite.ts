/** What every store of records must do, whichever engine stands behind it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../../server/core/account/settlement.ts";
import type { MeterEntry, MeterReading } from "../../server/core/meters/entry.ts";
import type { SavingsEntry } from "../../server/core/savings/entry.ts";
import type { Decision } from "../../server/core/event.ts";
import type { Alert, Command, Finding } from "../../server/core/finding.ts";
import type { Credentials } from "../../server/ports/credentials.ts";
import type { Records } from "../../server/ports/records.ts";
import { alert as anAlert } from "../support/alerting.ts";

const DAY = 86_400_000;

export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    policy: "cooling-floor",
    severity: "medium",
    mode: "enforce",
    subject: { device: "hall/ac-301", space: "hall/301", department: "general", job: null },
    state: "open",
    since: 1000,
    openedAt: 1000,
    closedAt: null,
    reason: "below",
    evidence: { setpoint: 22 },
    closeReason: null,
    actAt: 1000,
    wasted: null,
    command: null,
    alert: null,
    would: null,
    ...more,
  };
}
export function command(id: string, more: Partial<Command> = {}): Command {
  return {
    id,
    device: "hall/ac-301",
    set: { setpoint: 26 },
    source: "policy",
    by: "cooling-floor",
    finding: null,
    state: "planned",
    reason: "below",
    attempts: 0,
    plannedAt: 1000,
    endedAt: null,
    before: {},
    proof: null,
    error: null,
    steps: [],
    ...more,
  };
}
const alert = (id: string, more: Partial<Alert> = {}): Alert => anAlert({ id, raisedAt: 1000, clockFrom: 0, ...more });
const found = (f: Finding): Decision => ({ kind: "finding", finding: f, why: "opened" });
const asked = (c: Command): Decision => ({ kind: "command", command: c, why: "planned" });

export function recordsSuite(name: string, make: () => Records & Credentials): void {
  describe(name, () => {
    let records: Records & Credentials;
    beforeEach(async () => {
      records = make();
      await records.open();
    });
    afterEach(() => records.close());
    const all = { limit: 100 };

    it("keeps a batch once, however often it is written", async () => {
      const batch = [found(finding("f1")), asked(command("c1")), { kind: "alert", alert: alert("a1"), why: "raised" } as const];
      await records.commit(batch);
      await records.commit(batch);
      expect((await records.findings({}, all)).items).toEqual([finding("f1")]);
      expect((await records.commands({}, all)).items).toEqual([command("c1")]);
      expect((await records.alerts({}, all)).items).toEqual([alert("a1")]);
    });

    it("gives for alarms' health what stood within a period: raised in it, ended in or after it, or standing", async () => {
      const at = (id: string, raisedAt: number, clearedAt: number | null) =>
        alert(id, { raisedAt, clearedAt, state: clearedAt === null ? "unacknowledged" : "normal" });
      const kept = [at("over", 10, 99), at("ended-in", 20, 100), at("stands", 30, null), at("in", 100, 150), at("to-come", 200, null), at("last", 199, 300)];
      await records.commit(kept.map((a) => ({ kind: "alert", alert: a, why: "raised" })));
      const found = await records.alarmRecords(100, 200);
      expect(found.map((r) => [r.id, r.raisedAt, r.clearedAt])).toEqual([
        ["ended-in", 20, 100],
        ["stands", 30, null],
        ["in", 100, 150],
        ["last", 199, 300],
      ]);
      expect(await records.alarmRecords(0, 10)).toEqual([]);
    });

    it("gives all of very many", async () => {
      const many = Array.from({ length: 1203 }, (_, i) => alert(`a${i}`, { raisedAt: i }));
      await records.commit(many.map((a) => ({ kind: "alert", alert: a, why: "raised" })));
      const found = await records.alarmRecords(2, 5000);
      expect(found.map((r) => r.raisedAt)).toEqual(many.map((a) => a.raisedAt));
    });

    it("keeps what people wrote down of meters: what waits and what was confirmed stands, what was decided is not decided again", async () => {
      const entry = (id: string, more: Partial<MeterReading> = {}): MeterReading => ({
        id,
        kind: "reading",
        point: "hall/gas-1/gas",
        at: 5,
        value: 120.5,
        by: "staff",
        enteredAt: 10,
        note: null,
        state: "entered",
        decidedBy: null,
        decidedAt: null,
        reason: null,
        doubts: [{ kind: "same-day", stops: false, evidence: { at: 4, value: 120, state: "confirmed" } }],
        ...more,
      });
      const keep = (e: MeterEntry) => records.commit([{ kind: "meter-entry", entry: e, why: e.state }]);
      const decided = { state: "confirmed", decidedBy: "chief", decidedAt: 30 } as const;
      const exchange: MeterEntry = { ...entry("x"), kind: "exchange", final: 130, initial: 0, ...decided, decidedAt: 40 };
      for (const e of [entry("a"), entry("b", { enteredAt: 11 }), entry("c", { enteredAt: 12, ...decided, state: "rejected" }), exchange]) await keep(e);
      await keep(entry("b", { enteredAt: 11, ...decided }));
      // Told a second time, or too late: nothing changes.
      await keep(entry("b", { enteredAt: 11 }));
      await keep(entry("b", { enteredAt: 11, ...decided, state: "rejected", decidedAt: 50 }));
      const page = { limit: 2 };
      const first = await records.meterEntries({}, page);
      expect(first.items.map((e) => e.id)).toEqual(["c", "b"]);
      expect((await records.meterEntries({}, { ...page, cursor: first.next! })).items.map((e) => e.id)).toEqual(["x", "a"]);
      expect((await records.meterEntries({ state: "entered", point: "hall/gas-1/gas", kind: "reading" }, page)).items).toEqual([entry("a")]);
      expect((await records.meterEntries({ point: "hall/gas-2/gas" }, page)).items).toEqual([]);
      expect(await records.meterEntry("x")).toEqual(exchange);
      expect(await records.meterEntry("y")).toBeNull();
      expect((await records.confirmedSince(0)).map((e) => e.id)).toEqual(["b", "x"]);
      expect((await records.confirmedSince(31)).map((e) => e.id)).toEqual(["x"]);
      expect((await records.standing(60)).meters.map((e) => e.id).toSorted()).toEqual(["a", "b", "x"]);
      expect((await records.standing(60 + 4 * 366 * DAY)).meters.map((e) => e.id)).toEqual(["a"]);
    });
    it("keeps a closed month and its entries as they were written first: nothing changes or takes out any of them", async () => {
      const account = {
        month: "2026-07",
        from: 0,
        to: 10,
        quantities: [],
        rows: { factors: [], tariffs: [], quotas: [] },
        meters: [],
        bases: [],
        savings: null,
      };
      const settlement = {
        ...account,
        conduct: { violations: [], faults: 0, exceptions: [], alarms: null },
        closedAt: 20,
        closedBy: "director",
        digest: "d".repeat(64),
      };
      const entry = (id: string, more: Partial<Entry> = {}): Entry => ({
        entry: id,
        id,
        month: "2026-07",
        is: "line",
        of: null,
        at: 20,
        by: "director",
        reason: null,
        quantity: "electricity",
        device: "hall/ac-301",
        point: "hall/ac-301/energy",
        part: "own",
        department: "general",
        building: "hall",
        floor: "3",
        space: "hall/301",
        kind: "ac",
        item: null,
        amounts: [5],
        amount: 5,
        cost: 4,
        coal: null,
        co2: null,
        ...more,
      });
      const closed = { kind: "settlement", month: "2026-07", settlement, entries: [entry("a"), entry("b")], why: "closed" } as const;
      await records.commit([closed]);
      await records.commit([{ ...closed, settlement: { ...settlement, closedBy: "somebody" }, entries: [entry("a", { amount: 7 })] }]);
      expect(await records.month("2026-07")).toEqual(settlement);
      expect(await records.month("2026-06")).toBeNull();
      expect(await records.months()).toEqual([{ month: "2026-07", closedAt: 20, closedBy: "director", digest: "d".repeat(64) }]);
      const correction = [entry("a reversed", { is: "reversal", of: "a", amount: -5, at: 30 }), entry("c", { is: "correction", of: "a", amount: 3, at: 30 })];
      await records.commit([{ kind: "settlement", month: "2026-07", settlement: null, entries: correction, why: "corrected" }]);
      expect((await records.monthEntries("2026-07")).map((e) => [e.entry, e.amount])).toEqual([
        ["a", 5],
        ["b", 5],
        ["a reversed", -5],
        ["c", 3],
      ]);
      expect((await records.standing(40)).months).toEqual([{ month: "2026-07", digest: "d".repeat(64), reversed: new Set(["a"]) }]);
      // A second reversal of one entry, and entries of a month that is not closed, cannot be written by anybody.
      const twice = entry("a reversed again", { is: "reversal", of: "a" });
      const nowhere = entry("x", { month: "2026-08" });
      for (const e of [twice, nowhere])
        await expect(records.commit([{ kind: "settlement", month: e.month, settlement: null, entries: [e], why: "corrected" }])).rejects.toThrow(/constraint/i);
    });

    it("keeps what was said of savings as it was written first: it is withdrawn once, and never changed", async () => {
      const base = { building: "hall", reason: "servers", by: "director" };
      const adjustment = { ...base, kind: "adjustment", id: "a", at: 10, from: "2026-06-01", until: null, kwh: 40, per: "day", source: "meter" } as const;
      const withdrawal = { ...base, kind: "withdrawal", id: "w", at: 20, of: "a" } as const;
      const choice = { ...base, kind: "baseline", id: "b", at: 30, days: { from: "2025-06-01", until: "2026-05-31" } } as const;
      const keep = (entry: SavingsEntry) => records.commit([{ kind: "savings-entry", entry, why: "entered" }]);
      for (const entry of [choice, adjustment, withdrawal, { ...adjustment, kwh: 4000 }]) await keep(entry);
      expect((await records.standing(60)).savings).toEqual([adjustment, withdrawal, choice]);
      await expect(keep({ ...withdrawal, id: "again" })).rejects.toThrow(/constraint/i);
      await expect(keep({ ...withdrawal, id: "nowhere", of: "nothing" })).rejects.toThrow(/constraint/i);
      expect((await records.standing(60)).savings).toHaveLength(3);
    });

    it("does not reopen what has ended for an older word that comes again", async () => {
      const closed = finding("f1", { state: "closed", closedAt: 2000, closeReason: "off" });
      const ended = command("c1", { state: "proven", endedAt: 2000 });
      await records.commit([found(finding("f1")), found(closed), asked(command("c1")), asked(ended)]);
      await records.commit([found(finding("f1")), asked(command("c1"))]);
      expect((await records.finding("f1"))!.state).toBe("closed");
      expect((await records.commands({}, all)).items).toEqual([ended]);
    });

    it("is all or nothing: a batch that cannot be written leaves nothing behind", async () => {
      const broken = { kind: "finding", finding: { ...finding("bad"), openedAt: "no time" as unknown as number }, why: "opened" } as const;
      await expect(records.commit([found(finding("good")), broken])).rejects.toThrow();
      expect((await records.findings({}, all)).items).toEqual([]);
      await records.commit([found(finding("next"))]);
      expect((await records.findings({}, all)).items).toHaveLength(1);
    });

    it("lists newest first, and a cursor goes on undisturbed by what comes in meanwhile", async () => {
      await records.commit(Array.from({ length: 25 }, (_, i) => found(finding(`f${String(i).padStart(2, "0")}`, { openedAt: 1000 + Math.floor(i / 3) }))));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; ; page++) {
        const { items, next } = await records.findings({}, { limit: 4, cursor });
        seen.push(...items.map((f) => f.id));
        await records.commit([found(finding(`new${page}`, { openedAt: 9000 + page }))]);
        if (next === null) break;
        cursor = next;
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `f${String(24 - i).padStart(2, "0")}`));
    });

    it("refuses a cursor that it did not give", async () => {
      for (const cursor of ["nonsense", "e30", Buffer.from('["x",1]').toString("base64url")]) {
        await expect(async () => records.findings({}, { limit: 5, cursor })).rejects.toMatchObject({ code: "invalid-parameter" });
      }
    });

    it("filters", async () => {
      await records.commit([
        found(finding("f1")),
        found(finding("f2", { policy: "vacant-lights-off", subject: { ...finding("x").subject, device: "hall/light-1" }, openedAt: 2000 })),
        found(finding("f3", { state: "closed", closedAt: 5000, openedAt: 3000 })),
        asked(command("c1", { finding: "f1" })),
        asked(command("c2", { device: "hall/light-1", state: "proven", endedAt: 5 })),
        { kind: "alert", alert: alert("a1"), why: "raised" },
        { kind: "alert", alert: alert("a2", { state: "normal" }), why: "raised" },
      ]);
      const ids = async (p: Promise<{ items: readonly { id: string }[] }>) => (await p).items.map((i) => i.id).sort();
      expect(await ids(records.findings({ state: "open" }, all))).toEqual(["f1", "f2"]);
      expect(await ids(records.findings({ policy: "vacant-lights-off" }, all))).toEqual(["f2"]);
      expect(await ids(records.findings({ device: "hall/ac-301" }, all))).toEqual(["f1", "f3"]);
      expect(await ids(records.findings({ from: 2000, to: 3000 }, all))).toEqual(["f2"]);
      expect(await ids(records.commands({ finding: "f1" }, all))).toEqual(["c1"]);
      await records.commit([asked(command("c3", { plannedAt: 90_000 }))]);
      expect(await ids(records.commands({ from: 90_000 }, all))).toEqual(["c3"]);
      expect(await ids(records.commands({ to: 90_000 }, all))).toEqual(["c1", "c2"]);
      expect(await ids(records.commands({ device: "hall/light-1", state: "proven" }, all))).toEqual(["c2"]);
      expect(await ids(records.alerts({ state: "open" }, all))).toEqual(["a1"]);
      expect(await ids(records.alerts({ state: "closed" }, all))).toEqual(["a2"]);
      expect(await ids(records.alerts({ state: "unacknowledged", device: "hall/ac-301" }, all))).toEqual(["a1"]);
    });

    it("keeps bookings and events until they are canceled, and finds those of a period", async () => {
      const booking = (id: string, from: number, canceledAt: number | null = null) =>
        ({ id, kind: "meeting", space: "hall/301", from, until: from + 10, note: "例会", source: "page", by: "clerk", uid: null, canceledAt }) as const;
      const event = { id: "e1", name: "论坛", from: "2026-07-01", until: "2026-07-02", by: "director", declaredAt: 1, canceledAt: null };
      await records.commit([
        { kind: "booking", booking: booking("b1", 100), why: "added" },
        { kind: "booking", booking: booking("b2", 200), why: "added" },
        { kind: "booking", booking: booking("b2", 205), why: "changed" },
        { kind: "booking", booking: booking("b3", 300), why: "added" },
        { kind: "booking", booking: booking("b3", 300, 5), why: "canceled" },
        { kind: "event", event, why: "declared" },
      ]);
      expect((await records.bookings(0, 1000)).map((b) => [b.id, b.from])).toEqual([
        ["b1", 100],
        ["b2", 205],
      ]);
      expect((await records.bookings(105, 110)).map((b) => b.id)).toEqual(["b1"]);
      expect(await records.bookings(110, 205)).toEqual([]);
      const standing = await records.standing(DAY);
      expect(standing.bookings).toHaveLength(2);
      expect(standing.events).toEqual([event]);
      await records.commit([{ kind: "event", event: { ...event, canceledAt: 9 }, why: "canceled" }]);
      expect((await records.standing(DAY)).events).toEqual([]);
    });

    it("gives a restart what stands", async () => {
      const device = {
        id: "hall/new",
        building: "hall",
        name: "new",
        kind: "light",
        space: null,
        department: null,
        codec: "native",
        topic: "t",
        tags: [],
        protection: null,
        interval: 300,
        standby: 5,
        adopted: true,
      } as const;
      const override = { id: "o1", device: "hall/ac-301", space: null, policy: null, set: null, reason: "r", by: "chief", from: 1, until: 9, endedAt: null };
      const approval = {
        id: "p1",
        kind: "overtime",
        device: null,
        space: "hall/301",
        department: null,
        job: null,
        sheets: null,
        document: null,
        requestedBy: "x",
        reason: "r",
        from: 1,
        until: 9,
        state: "pending",
        requestedAt: 1,
        decidedAt: null,
        decidedBy: null,
        note: null,
      } as const;
      await records.commit([
        found(finding("f1")),
        found(finding("f2", { state: "closed", closedAt: 3 })),
        asked(command("c1")),
        asked(command("c2", { state: "ignored", plannedAt: DAY, endedAt: DAY + 3 })),
        asked(command("c3", { state: "proven", plannedAt: DAY / 4, endedAt: DAY / 4 + 3 })),
        { kind: "alert", alert: alert("a1"), why: "raised" },
        { kind: "alert", alert: alert("a2", { state: "normal" }), why: "over" },
        { kind: "device", device, why: "adopted" },
        { kind: "override", override, why: "granted" },
        { kind: "override", override: { ...override, id: "o2", endedAt: 3 }, why: "ended" },
        { kind: "approval", approval, why: "requested" },
        { kind: "approval", approval: { ...approval, id: "p2", state: "granted" }, why: "granted" },
        { kind: "approval", approval: { ...approval, id: "p3", state: "refused" }, why: "refused" },
        { kind: "policy", policy: "cooling-floor", change: { mode: "advise" }, why: "changed" },
        { kind: "policy", policy: "cooling-floor", change: { mode: "observe" }, why: "changed" },
      ]);
      expect(await records.standing(DAY + 10)).toEqual({
        findings: [finding("f1")],
        commands: [command("c1")],
        // What ended within half a day still counts for limits and back-off.
        ended: [command("c2", { state: "ignored", plannedAt: DAY, endedAt: DAY + 3 })],
        alerts: [alert("a1")],
        overrides: [override],
        handsOff: [],
        months: [],
        mappings: [],
        meters: [],
        savings: [],
        notices: [],
        absences: [],
        outOfService: [],
        silences: [],
        custom: [],
        exemptions: [],
        bookings: [],
        events: [],
        approvals: [approval, { ...approval, id: "p2", state: "granted" }],
        policies: { "cooling-floor": { mode: "observe" } },
        devices: [device],
      });
      expect((await records.overrides(true, all)).items).toHaveLength(1);
      expect((await records.overrides(undefined, all)).items).toHaveLength(2);
      expect((await records.approvals("refused", all)).items.map((a) => a.id)).toEqual(["p3"]);
    });

    it("adds up", async () => {
      const wasted = { kwh: 1.5, m3: 0.25, cny: 2 };
      await records.commit([
        found(finding("f1", { state: "closed", openedAt: 0, closedAt: 3_600_000, wasted })),
        found(finding("f2", { openedAt: 3_600_000, wasted })),
        found(finding("f3", { openedAt: 99_000_000 })),
        asked(command("c1", { state: "proven", plannedAt: 10, endedAt: 20 })),
        asked(command("c2", { state: "proven", plannedAt: 5, endedAt: 20 })),
        asked(command("c3", { state: "ignored", plannedAt: 10, endedAt: 20 })),
      ]);
      expect(await records.summary(0, 7_200_000)).toEqual([{ policy: "cooling-floor", findings: 2, open: 1, hours: 2, kwh: 3, m3: 0.5, cny: 4 }]);
      expect(await records.provenSince(10)).toBe(1);
      expect(await records.firstCommandAt()).toBe(5);
    });

    it("keeps jobs once each and the audit in order", async () => {
      const job = { job: "j1", user: "u", document: "d", pages: 1, copies: 1, sheets: 1, duplex: false, color: false, state: "held", at: 5 } as const;
      await records.commit([
        { kind: "job", device: "hall/copier-1", job },
        { kind: "job", device: "hall/copier-1", job: { ...job, state: "completed" } },
        { kind: "job", device: "hall/copier-2", job },
      ]);
      expect((await records.jobs("hall/copier-1", all)).items).toEqual([{ device: "hall/copier-1", job: { ...job, state: "completed" } }]);
      await records.commit(
        Array.from({ length: 5 }, (_, i) => ({ kind: "audit", entry: { id: `a${i}`, at: i, by: "x", what: "policy", subject: "s", detail: { i } } }) as const),
      );
      const first = await records.audit({ limit: 3 });
      const second = await records.audit({ limit: 3, cursor: first.next! });
      expect([...first.items, ...second.items].map((e) => e.detail)).toEqual([4, 3, 2, 1, 0].map((i) => ({ i })));
      expect(second.next).toBeNull();
    });

    it("chains the audit: each entry once, whole from its beginning, and its end is known", async () => {
      const line = (i: number): Decision => ({ kind: "audit", entry: { id: `a${i}`, at: i, by: "x", what: "policy", subject: "s", detail: { i } } });
      expect(await records.auditHead()).toEqual({ seq: 0, hash: "0".repeat(64), at: null });
      await records.commit([line(1), line(2)]);
      await records.commit([line(2), line(3)]);
      const chain = await records.auditChain(0, 10);
      expect(chain.map((e) => [e.seq, e.id])).toEqual([
        [1, "a1"],
        [2, "a2"],
        [3, "a3"],
      ]);
      expect(chain.map((e) => e.prev)).toEqual(["0".repeat(64), chain[0]!.hash, chain[1]!.hash]);
      expect(await records.auditHead()).toEqual({ seq: 3, hash: chain[2]!.hash, at: 3 });
      expect(await records.verifyAudit(chain[1]!.hash)).toMatchObject({ entries: 3, headSeq: 3, broken: null, known: true, first: 1, last: 3 });
      expect(await records.verifyAudit("f".repeat(64))).toMatchObject({ broken: null, known: false });
      expect((await records.audit({ limit: 10 }, { subject: "other" })).items).toEqual([]);
    });

    it("takes any text as it is", async () => {
      const texts = ['it\'s "quoted"; DROP TABLE findings; --', "汉字 \u{1f33f} \u0000 end", "x".repeat(100_000)];
      await records.commit(texts.map((reason, i) => found(finding(`f${i}`, { reason, policy: reason.slice(0, 50) }))));
      for (const [i, reason] of texts.entries()) expect((await records.finding(`f${i}`))!.reason).toBe(reason);
      expect((await records.findings({ policy: texts[0]!.slice(0, 50) }, all)).items).toHaveLength(1);
    });

    it("takes commits that come at once in the order in which they came, though one of them fails", async () => {
      const broken = { kind: "finding", finding: { ...finding("bad"), openedAt: "no time" as unknown as number }, why: "opened" } as const;
      const change = (i: number): Decision[] => [
        { kind: "policy", policy: "cooling-floor", change: { params: { limit: i } }, why: "changed" },
        { kind: "audit", entry: { id: `a${i}`, at: i, by: "x", what: "policy", subject: "s", detail: { i } } },
      ];
      const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => records.commit(i === 20 ? [...change(i), broken] : change(i))));
      expect(outcomes.map((o, i) => [o.status, i]).filter(([status]) => status === "rejected")).toEqual([["rejected", 20]]);
      expect((await records.audit(all)).items.map((e) => e.at)).toEqual(Array.from({ length: 40 }, (_, i) => 39 - i).filter((i) => i !== 20));
      expect((await records.standing(DAY)).policies).toEqual({ "cooling-floor": { params: { limit: 39 } } });
    });

    it("shows nobody half of a batch", async () => {
      const commit = records.commit(Array.from({ length: 1000 }, (_, i) => found(finding(`f${i}`))));
      let done = false;
      void commit.then(() => (done = true));
      const seen = new Set<number>();
      while (!done) seen.add((await records.findings({}, { limit: 2000 })).items.length);
      expect([...seen].filter((n) => n !== 0 && n !== 1000)).toEqual([]);
      expect((await records.findings({}, { limit: 2000 })).items).toHaveLength(1000);
    });
  });
}
