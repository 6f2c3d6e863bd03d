/** How each kind of decision is kept: written twice it changes nothing, and what has ended stays ended. */
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { AuditEntry, Decision } from "../core/event.ts";
import { hashOf } from "./audit-chain.ts";
import type { Tables } from "./tables.ts";

/** Where the audit's chain ends: the last entry's number and hash. Moved on by each entry; read anew after a transaction that failed. */
export interface ChainEnd {
  seq: number;
  hash: string;
}

async function appendAudit(db: Kysely<Tables>, entry: AuditEntry, chain: ChainEnd): Promise<void> {
  const { id, at, by, what, subject } = entry;
  const e = { seq: chain.seq + 1, id, at, by, what, subject, detail: JSON.stringify(entry.detail), prev: chain.hash };
  const hash = hashOf(e);
  const done = await db
    .insertInto("audit")
    .values({ ...e, hash })
    .onConflict((c) => c.column("id").doNothing())
    .executeTakeFirst();
  if (done.numInsertedOrUpdatedRows === 0n) return;
  chain.seq = e.seq;
  chain.hash = hash;
}

/** Lines of a month that are written in one go. */
const BREATHE_EVERY = 100;

/** Tables of what has an id of its own and may change. */
type Kept = { [T in keyof Tables]: Tables[T] extends { readonly id: string; body: unknown } ? T : never }[keyof Tables];

/** Writes a row, or writes it anew; with `open`, what has ended (another value there) stays as it is. */
async function upsert<T extends Kept>(
  db: Kysely<Tables>,
  table: T,
  id: string,
  row: Omit<Tables[T], "id">,
  open: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  // The row was held against its own table above; Kysely cannot follow a table that is a parameter.
  const any = db as unknown as Kysely<Record<string, Record<string, string | number | null>>>;
  const values = row as Readonly<Record<string, string | number | null>>;
  await any
    .insertInto(table as string)
    .values({ ...values, id })
    .onConflict((c) => {
      let set = c.column("id").doUpdateSet(values);
      for (const [column, value] of Object.entries(open)) set = set.where(sql.ref(`${table}.${column}`), value === null ? "is" : "=", sql.val(value));
      return set;
    })
    .execute();
}

/** Writes a row that is never changed: the same one again changes nothing. */
async function insertOnce<T extends "months" | "month_entries" | "savings_entries">(db: Kysely<Tables>, table: T, row: Tables[T]): Promise<void> {
  const any = db as unknown as Kysely<Record<string, Record<string, string | number | null>>>;
  await any
    .insertInto(table as string)
    .values({ ...row })
    .onConflict((c) => c.column("id").doNothing())
    .execute();
}

export async function writeDecision(db: Kysely<Tables>, decision: Decision, chain: ChainEnd): Promise<void> {
  switch (decision.kind) {
    case "finding": {
      const { finding: f } = decision;
      const row = {
        at: f.openedAt,
        state: f.state,
        policy: f.policy,
        device: f.subject.device,
        closed_at: f.closedAt,
        kwh: f.wasted?.kwh ?? 0,
        m3: f.wasted?.m3 ?? 0,
        cny: f.wasted?.cny ?? 0,
        body: JSON.stringify(f),
      };
      return upsert(db, "findings", f.id, row, { state: "open" });
    }
    case "command": {
      const { command: c } = decision;
      const row = { at: c.plannedAt, state: c.state, device: c.device, finding: c.finding, ended_at: c.endedAt, body: JSON.stringify(c) };
      return upsert(db, "commands", c.id, row, { ended_at: null });
    }
    case "alert": {
      const { alert: a } = decision;
      const row = {
        at: a.raisedAt,
        state: a.state,
        device: a.device,
        severity: a.severity,
        title: a.title,
        assignee: a.assignee,
        acknowledged_at: a.acknowledgedAt,
        cleared_at: a.clearedAt,
        body: JSON.stringify(a),
      };
      return upsert(db, "alerts", a.id, row);
    }
    case "notice": {
      const { notice: n } = decision;
      const row = { at: n.plannedAt, state: n.state, channel: n.channel, person: n.person, ended_at: n.endedAt, body: JSON.stringify(n) };
      return upsert(db, "notices", n.id, row);
    }
    case "absence": {
      const { absence: a } = decision;
      const row = { at: a.from, ended_at: a.endedAt, body: JSON.stringify(a) };
      return upsert(db, "absences", a.id, row, { ended_at: null });
    }
    case "silence": {
      const { silence: s } = decision;
      const row = { at: s.from, ended_at: s.endedAt, body: JSON.stringify(s) };
      return upsert(db, "silences", s.id, row, { ended_at: null });
    }
    case "out-of-service": {
      const { service: o } = decision;
      const row = { at: o.from, ended_at: o.endedAt, body: JSON.stringify(o) };
      return upsert(db, "out_of_service", o.id, row, { ended_at: null });
    }
    case "override": {
      const { override: o } = decision;
      const row = { at: o.from, until: o.until, ended_at: o.endedAt, body: JSON.stringify(o) };
      return upsert(db, "overrides", o.id, row, { ended_at: null });
    }
    case "exemption": {
      const { exemption: e } = decision;
      const row = { at: e.from, ended_at: e.endedAt, body: JSON.stringify(e) };
      return upsert(db, "exemptions", e.id, row, { ended_at: null });
    }
    case "approval": {
      const { approval: a } = decision;
      const row = { at: a.requestedAt, state: a.state, until: a.until, body: JSON.stringify(a) };
      return upsert(db, "approvals", a.id, row, { state: "pending" });
    }
    case "hands-off": {
      const { handsOff: h } = decision;
      const row = { at: h.from, ended_at: h.endedAt, body: JSON.stringify(h) };
      return upsert(db, "hands_off", h.id, row, { ended_at: null });
    }
    case "booking": {
      const { booking: b } = decision;
      const row = { at: b.from, until: b.until, canceled_at: b.canceledAt, body: JSON.stringify(b) };
      return upsert(db, "bookings", b.id, row);
    }
    case "event": {
      const { event: e } = decision;
      const row = { canceled_at: e.canceledAt, body: JSON.stringify(e) };
      return upsert(db, "events", e.id, row);
    }
    case "custom-policy": {
      const body = decision.document === null ? null : JSON.stringify(decision.document);
      return upsert(db, "custom_policies", decision.id, { body });
    }
    case "policy": {
      const body = JSON.stringify(decision.change);
      return upsert(db, "policies", decision.policy, { body });
    }
    case "mapping": {
      const body = decision.mapping === null ? null : JSON.stringify(decision.mapping);
      return upsert(db, "mappings", decision.id, { body });
    }
    case "device": {
      const row = { adopted: decision.device.adopted ? 1 : 0, body: JSON.stringify(decision.device) };
      return upsert(db, "devices", decision.device.id, row);
    }
    case "settlement": {
      const { settlement: s, entries } = decision;
      if (s !== null) await insertOnce(db, "months", { id: s.month, at: s.closedAt, closed_by: s.closedBy, digest: s.digest, body: JSON.stringify(s) });
      for (const [i, e] of entries.entries()) {
        await insertOnce(db, "month_entries", { id: e.entry, month: e.month, at: e.at, kind: e.is, of: e.of, body: JSON.stringify(e) });
        // One decision with thousands of lines: what waits meanwhile has its turn.
        if (i % BREATHE_EVERY === BREATHE_EVERY - 1) await new Promise((resolve) => setImmediate(resolve));
      }
      return;
    }
    case "meter-entry": {
      const { entry: e } = decision;
      const row = { at: e.enteredAt, point: e.point, kind: e.kind, state: e.state, decided_at: e.decidedAt, body: JSON.stringify(e) };
      return upsert(db, "meter_entries", e.id, row, { decided_at: null });
    }
    case "savings-entry": {
      const { entry: e } = decision;
      const of = e.kind === "withdrawal" ? e.of : null;
      return insertOnce(db, "savings_entries", { id: e.id, at: e.at, building: e.building, kind: e.kind, of, body: JSON.stringify(e) });
    }
    case "job": {
      const { device, job } = decision;
      const row = { at: job.at, device, body: JSON.stringify(job) };
      return upsert(db, "jobs", `${device}\n${job.job}`, row);
    }
    case "audit":
      await appendAudit(db, decision.entry, chain);
      return;
    case "send":
    case "tell":
  }
}
