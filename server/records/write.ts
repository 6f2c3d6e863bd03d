/** How each kind of decision is kept: written twice it changes nothing, and what has ended stays ended. */
import type { Kysely } from "kysely";
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
      const insert = db.insertInto("findings").values({ id: f.id, ...row });
      await insert.onConflict((c) => c.column("id").doUpdateSet(row).where("findings.state", "=", "open")).execute();
      return;
    }
    case "command": {
      const { command: c } = decision;
      const row = { at: c.plannedAt, state: c.state, device: c.device, finding: c.finding, ended_at: c.endedAt, body: JSON.stringify(c) };
      await db
        .insertInto("commands")
        .values({ id: c.id, ...row })
        .onConflict((o) => o.column("id").doUpdateSet(row).where("commands.ended_at", "is", null))
        .execute();
      return;
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
      await db
        .insertInto("alerts")
        .values({ id: a.id, ...row })
        .onConflict((o) => o.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "notice": {
      const { notice: n } = decision;
      const row = { at: n.plannedAt, state: n.state, channel: n.channel, person: n.person, ended_at: n.endedAt, body: JSON.stringify(n) };
      await db
        .insertInto("notices")
        .values({ id: n.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "absence": {
      const { absence: a } = decision;
      const row = { at: a.from, ended_at: a.endedAt, body: JSON.stringify(a) };
      await db
        .insertInto("absences")
        .values({ id: a.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("absences.ended_at", "is", null))
        .execute();
      return;
    }
    case "silence": {
      const { silence: s } = decision;
      const row = { at: s.from, ended_at: s.endedAt, body: JSON.stringify(s) };
      await db
        .insertInto("silences")
        .values({ id: s.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("silences.ended_at", "is", null))
        .execute();
      return;
    }
    case "out-of-service": {
      const { service: o } = decision;
      const row = { at: o.from, ended_at: o.endedAt, body: JSON.stringify(o) };
      await db
        .insertInto("out_of_service")
        .values({ id: o.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("out_of_service.ended_at", "is", null))
        .execute();
      return;
    }
    case "override": {
      const { override: o } = decision;
      const row = { at: o.from, until: o.until, ended_at: o.endedAt, body: JSON.stringify(o) };
      await db
        .insertInto("overrides")
        .values({ id: o.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("overrides.ended_at", "is", null))
        .execute();
      return;
    }
    case "exemption": {
      const { exemption: e } = decision;
      const row = { at: e.from, ended_at: e.endedAt, body: JSON.stringify(e) };
      await db
        .insertInto("exemptions")
        .values({ id: e.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("exemptions.ended_at", "is", null))
        .execute();
      return;
    }
    case "approval": {
      const { approval: a } = decision;
      const row = { at: a.requestedAt, state: a.state, until: a.until, body: JSON.stringify(a) };
      await db
        .insertInto("approvals")
        .values({ id: a.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("approvals.state", "=", "pending"))
        .execute();
      return;
    }
    case "hands-off": {
      const { handsOff: h } = decision;
      const row = { at: h.from, ended_at: h.endedAt, body: JSON.stringify(h) };
      await db
        .insertInto("hands_off")
        .values({ id: h.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row).where("hands_off.ended_at", "is", null))
        .execute();
      return;
    }
    case "booking": {
      const { booking: b } = decision;
      const row = { at: b.from, until: b.until, canceled_at: b.canceledAt, body: JSON.stringify(b) };
      await db
        .insertInto("bookings")
        .values({ id: b.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "event": {
      const { event: e } = decision;
      const row = { canceled_at: e.canceledAt, body: JSON.stringify(e) };
      await db
        .insertInto("events")
        .values({ id: e.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "custom-policy": {
      const body = decision.document === null ? null : JSON.stringify(decision.document);
      await db
        .insertInto("custom_policies")
        .values({ id: decision.id, body })
        .onConflict((c) => c.column("id").doUpdateSet({ body }))
        .execute();
      return;
    }
    case "policy": {
      const body = JSON.stringify(decision.change);
      await db
        .insertInto("policies")
        .values({ id: decision.policy, body })
        .onConflict((c) => c.column("id").doUpdateSet({ body }))
        .execute();
      return;
    }
    case "device": {
      const row = { adopted: decision.device.adopted ? 1 : 0, body: JSON.stringify(decision.device) };
      await db
        .insertInto("devices")
        .values({ id: decision.device.id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "job": {
      const { device, job } = decision;
      const row = { at: job.at, device, body: JSON.stringify(job) };
      await db
        .insertInto("jobs")
        .values({ id: `${device}\n${job.job}`, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
      return;
    }
    case "audit":
      await appendAudit(db, decision.entry, chain);
      return;
    case "send":
    case "tell":
  }
}
