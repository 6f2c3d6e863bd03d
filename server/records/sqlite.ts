/** The office's records in SQLite (`node:sqlite`), asked through Kysely, so that PostgreSQL can stand in its place later. */
import { Kysely } from "kysely";
import type { SelectQueryBuilder } from "kysely";
import { REMEMBERED_MS } from "../core/command-memory.ts";
import type { AuditEntry } from "../core/event.ts";
import type { Device } from "../core/device.ts";
import type { Mapping } from "../core/mapping.ts";
import type { OfficeEvent, StoredBooking } from "../core/booking.ts";
import type { CustomPolicy } from "../core/custom/document.ts";
import type { ClosedMonth } from "../core/account/settlement.ts";
import type { Entry, Settlement } from "../core/account/settlement.ts";
import type { MeterEntry } from "../core/meters/entry.ts";
import type { SavingsEntry } from "../core/savings/entry.ts";
import type { AlarmRecord } from "../core/alerts/alarm-record.ts";
import { alarmRecord } from "../core/alerts/alarm-record.ts";
import type { Absence, Notice, OutOfService, Silence } from "../core/alerts/notice.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override, StandingExemption } from "../core/finding.ts";
import type { PolicyOverrides, PrintJob } from "../core/policy.ts";
import type { Credentials } from "../ports/credentials.ts";
import type { Subscriptions } from "../ports/push.ts";
import type { Page, PageRequest, Records } from "../ports/records.ts";
import { createCredentials } from "./credentials.ts";
import { createDialect, openDatabase } from "./dialect.ts";
import { migrate } from "./migrate.ts";
import { decodeCursor, encodeCursor } from "./paging.ts";
import { createSubscriptions } from "./subscriptions.ts";
import type { Tables } from "./tables.ts";
import { GENESIS, walkChain } from "./audit-chain.ts";
import type { ChainEnd } from "./write.ts";
import { writeDecision } from "./write.ts";

const BREATHE_EVERY = 200;

const read = <T>(row: { readonly body: string }) => JSON.parse(row.body) as T;

/** What was told within this counts on after a restart (the longest window of a flood that is sensible). */
const LATELY_MS = 3_600_000;

/** Entries of the audit that are walked at a time. */
const VERIFY_PAGE = 2000;

/** Confirmed readings of meters that the house remembers: three years. */
const REMEMBERED_METERS_MS = 3 * 366 * 86_400_000;

/** Closed months that are listed: ten years. */
const MOST_MONTHS = 120;

/** Alerts that are read at a time. */
const HEALTH_PAGE = 500;

type Listed =
  | "findings"
  | "commands"
  | "alerts"
  | "notices"
  | "absences"
  | "silences"
  | "overrides"
  | "approvals"
  | "hands_off"
  | "jobs"
  | "exemptions"
  | "meter_entries";

/** A page of a table, newest first. */
async function pageOf<T>(
  query: SelectQueryBuilder<Tables, Listed, { at: number; id: string; body: string }>,
  { cursor, limit }: PageRequest,
  present: (row: { id: string; body: string }) => T,
): Promise<Page<T>> {
  let q = query
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(cursor);
    q = q.where((e) => e.or([e("at", "<", at), e.and([e("at", "=", at), e("id", "<", id)])]));
  }
  const rows = await q.execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(present), next: rows.length > limit && last !== undefined ? encodeCursor(last) : null };
}

export function createSqliteRecords(options: { readonly file: string }): Records & Credentials & Subscriptions {
  let db!: Kysely<Tables>;
  let last: Promise<unknown> = Promise.resolve();
  let chain: ChainEnd | null = null;
  const chainEnd = async (): Promise<ChainEnd> =>
    (await db.selectFrom("audit").select(["seq", "hash"]).orderBy("seq", "desc").limit(1).executeTakeFirst()) ?? { seq: 0, hash: GENESIS };
  const column = (table: Listed) =>
    db.selectFrom(table).select(["at", "id", "body"]) as unknown as SelectQueryBuilder<Tables, Listed, { at: number; id: string; body: string }>;
  const one = async <T>(table: "findings" | "alerts" | "commands" | "meter_entries", id: string) => {
    const row = await db.selectFrom(table).select("body").where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : read<T>(row);
  };
  return {
    ...createCredentials(() => db),
    ...createSubscriptions(() => db),
    async open() {
      const database = openDatabase(options.file);
      db = new Kysely<Tables>({ dialect: createDialect(database) });
      try {
        await migrate(db);
      } catch (error) {
        await db.destroy();
        throw error;
      }
    },
    commit(decisions) {
      const run = last.then(async () => {
        if (decisions.length === 0) return;
        chain ??= await chainEnd();
        const end = { ...chain };
        await db.transaction().execute(async (tx) => {
          for (const [i, decision] of decisions.entries()) {
            await writeDecision(tx, decision, end);
            // At six in the evening ten thousand decisions come at once: the wire and the page must not wait for the last of them.
            if (i % BREATHE_EVERY === BREATHE_EVERY - 1) await new Promise((resolve) => setImmediate(resolve));
          }
        });
        chain = end;
      });
      last = run.catch(() => undefined);
      return run;
    },
    async standing(now) {
      const lately = async (): Promise<Notice[]> => {
        const { last } = await db
          .selectFrom("notices")
          .select((e) => e.fn.max("at").as("last"))
          .executeTakeFirstOrThrow();
        const recent = db
          .selectFrom("notices")
          .select("body")
          .where((e) => e.or([e("ended_at", "is", null), e("at", ">", (last ?? 0) - LATELY_MS)]));
        return (await recent.orderBy("at").orderBy("id").limit(100_000).execute()).map((r) => read<Notice>(r));
      };
      const bodies = async <T>(rows: Promise<{ body: string }[]>) => (await rows).map((r) => read<T>(r));
      const closedMonths = async (): Promise<ClosedMonth[]> => {
        const heads = await db.selectFrom("months").select(["id", "digest"]).orderBy("id").execute();
        const reversals = await db.selectFrom("month_entries").select(["month", "of"]).where("kind", "=", "reversal").execute();
        return heads.map(({ id, digest }) => ({
          month: id,
          digest,
          reversed: new Set(reversals.flatMap((e) => (e.month === id && e.of !== null ? [e.of] : []))),
        }));
      };
      const policies = await db.selectFrom("policies").select(["id", "body"]).execute();
      return {
        findings: await bodies<Finding>(db.selectFrom("findings").select("body").where("state", "=", "open").orderBy("at").orderBy("id").execute()),
        commands: await bodies<Command>(db.selectFrom("commands").select("body").where("ended_at", "is", null).orderBy("at").orderBy("id").execute()),
        ended: await bodies<Command>(
          db
            .selectFrom("commands")
            .select("body")
            .where("at", ">", now - REMEMBERED_MS)
            .where("ended_at", "is not", null)
            .orderBy("at")
            .orderBy("id")
            .execute(),
        ),
        alerts: await bodies<Alert>(db.selectFrom("alerts").select("body").where("state", "!=", "normal").orderBy("at").orderBy("id").execute()),
        overrides: await bodies<Override>(db.selectFrom("overrides").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        exemptions: await bodies<StandingExemption>(db.selectFrom("exemptions").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        approvals: await bodies<Approval>(
          db
            .selectFrom("approvals")
            .select("body")
            .where((e) => e.or([e("state", "=", "pending"), e.and([e("state", "=", "granted"), e("until", "is not", null)])]))
            .orderBy("at")
            .execute(),
        ),
        notices: await lately(),
        absences: await bodies<Absence>(db.selectFrom("absences").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        silences: await bodies<Silence>(db.selectFrom("silences").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        outOfService: await bodies<OutOfService>(db.selectFrom("out_of_service").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        handsOff: await bodies<HandsOff>(db.selectFrom("hands_off").select("body").where("ended_at", "is", null).orderBy("at").execute()),
        months: await closedMonths(),
        meters: await bodies<MeterEntry>(
          db
            .selectFrom("meter_entries")
            .select("body")
            .where((e) => e.or([e("state", "=", "entered"), e.and([e("state", "=", "confirmed"), e("decided_at", ">", now - REMEMBERED_METERS_MS)])]))
            .orderBy("at")
            .orderBy("id")
            .execute(),
        ),
        savings: await bodies<SavingsEntry>(db.selectFrom("savings_entries").select("body").orderBy("at").orderBy("id").execute()),
        bookings: await bodies<StoredBooking>(
          db.selectFrom("bookings").select("body").where("canceled_at", "is", null).orderBy("at", "desc").limit(100_000).execute(),
        ),
        events: await bodies<OfficeEvent>(db.selectFrom("events").select("body").where("canceled_at", "is", null).execute()),
        mappings: (await db.selectFrom("mappings").select("body").where("body", "is not", null).orderBy("id").execute()).map((r) =>
          read<Mapping>({ body: r.body! }),
        ),
        custom: (await db.selectFrom("custom_policies").select(["id", "body"]).where("body", "is not", null).orderBy("id").execute()).map((r) =>
          read<CustomPolicy>({ body: r.body! }),
        ),
        policies: Object.fromEntries(policies.map((r) => [r.id, read<PolicyOverrides>(r)])),
        devices: await bodies<Device>(db.selectFrom("devices").select("body").orderBy("id").execute()),
      };
    },
    findings(filter, page) {
      let q = column("findings") as SelectQueryBuilder<Tables, "findings", { at: number; id: string; body: string }>;
      if (filter.state !== undefined) q = q.where("state", "=", filter.state);
      if (filter.policy !== undefined) q = q.where("policy", "=", filter.policy);
      if (filter.device !== undefined) q = q.where("device", "=", filter.device);
      if (filter.from !== undefined) q = q.where("at", ">=", filter.from);
      if (filter.to !== undefined) q = q.where("at", "<", filter.to);
      return pageOf(q as never, page, read<Finding>);
    },
    finding: (id) => one<Finding>("findings", id),
    commands(filter, page) {
      let q = column("commands") as SelectQueryBuilder<Tables, "commands", { at: number; id: string; body: string }>;
      if (filter.device !== undefined) q = q.where("device", "=", filter.device);
      if (filter.finding !== undefined) q = q.where("finding", "=", filter.finding);
      if (filter.state !== undefined) q = q.where("state", "=", filter.state);
      if (filter.from !== undefined) q = q.where("at", ">=", filter.from);
      if (filter.to !== undefined) q = q.where("at", "<", filter.to);
      return pageOf(q as never, page, read<Command>);
    },
    alerts(filter, page) {
      let q = column("alerts") as SelectQueryBuilder<Tables, "alerts", { at: number; id: string; body: string }>;
      if (filter.state === "open" || filter.state === "active") q = q.where("state", "!=", "normal");
      else if (filter.state === "closed") q = q.where("state", "=", "normal");
      else if (filter.state !== undefined) q = q.where("state", "=", filter.state);
      if (filter.device !== undefined) q = q.where("device", "=", filter.device);
      return pageOf(q as never, page, read<Alert>);
    },
    command: (id) => one<Command>("commands", id),
    alert: (id) => one<Alert>("alerts", id),
    async alarmRecords(from, to) {
      const found: AlarmRecord[] = [];
      // Raised within the period, ended within or after it, or standing: each by its own index.
      const ids = await db
        .selectFrom("alerts")
        .select(["id", "at"])
        .where("at", ">=", from)
        .where("at", "<", to)
        .union(db.selectFrom("alerts").select(["id", "at"]).where("cleared_at", ">=", from).where("at", "<", from))
        .union(db.selectFrom("alerts").select(["id", "at"]).where("cleared_at", "is", null).where("at", "<", from))
        .orderBy("at")
        .orderBy("id")
        .execute();
      for (let i = 0; i < ids.length; i += HEALTH_PAGE) {
        const page = ids.slice(i, i + HEALTH_PAGE).map((r) => r.id);
        const rows = await db.selectFrom("alerts").select("body").where("id", "in", page).orderBy("at").orderBy("id").execute();
        for (const row of rows) found.push(alarmRecord(read<Alert>(row)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return found;
    },
    overrides(active, page) {
      let q = column("overrides") as SelectQueryBuilder<Tables, "overrides", { at: number; id: string; body: string }>;
      if (active !== undefined) q = q.where("ended_at", active ? "is" : "is not", null);
      return pageOf(q as never, page, read<Override>);
    },
    notices(filter, page) {
      let q = column("notices") as SelectQueryBuilder<Tables, "notices", { at: number; id: string; body: string }>;
      if (filter.state !== undefined) q = q.where("state", "=", filter.state);
      if (filter.channel !== undefined) q = q.where("channel", "=", filter.channel);
      if (filter.person !== undefined) q = q.where("person", "=", filter.person);
      return pageOf(q as never, page, read<Notice>);
    },
    silences(page) {
      return pageOf(column("silences") as never, page, read<Silence>);
    },
    absences(page) {
      return pageOf(column("absences") as never, page, read<Absence>);
    },
    exemptions(page) {
      return pageOf(column("exemptions") as never, page, read<StandingExemption>);
    },
    handsOff(page) {
      return pageOf(column("hands_off") as never, page, read<HandsOff>);
    },
    async bookings(from, to) {
      const rows = await db
        .selectFrom("bookings")
        .select("body")
        .where("at", "<", to)
        .where("until", ">", from)
        .where("canceled_at", "is", null)
        .orderBy("at")
        .limit(10_000)
        .execute();
      return rows.map((r) => read<StoredBooking>(r));
    },
    approvals(state, page) {
      let q = column("approvals") as SelectQueryBuilder<Tables, "approvals", { at: number; id: string; body: string }>;
      if (state !== undefined) q = q.where("state", "=", state);
      return pageOf(q as never, page, read<Approval>);
    },
    async months() {
      const rows = await db.selectFrom("months").select(["id", "at", "closed_by", "digest"]).orderBy("id", "desc").limit(MOST_MONTHS).execute();
      return rows.map((r) => ({ month: r.id, closedAt: r.at, closedBy: r.closed_by, digest: r.digest }));
    },
    async month(id) {
      const row = await db.selectFrom("months").select("body").where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : read<Settlement>(row);
    },
    async monthEntries(month) {
      const rows = await db.selectFrom("month_entries").select("body").where("month", "=", month).orderBy("at").orderBy("id").execute();
      return rows.map((r) => read<Entry>(r));
    },
    meterEntries(filter, page) {
      let q = column("meter_entries") as unknown as SelectQueryBuilder<Tables, "meter_entries", { at: number; id: string; body: string }>;
      if (filter.state !== undefined) q = q.where("state", "=", filter.state);
      if (filter.point !== undefined) q = q.where("point", "=", filter.point);
      if (filter.kind !== undefined) q = q.where("kind", "=", filter.kind);
      return pageOf(q as never, page, read<MeterEntry>);
    },
    meterEntry: (id) => one<MeterEntry>("meter_entries", id),
    async confirmedSince(decidedAt) {
      const rows = await db
        .selectFrom("meter_entries")
        .select("body")
        .where("state", "=", "confirmed")
        .where("decided_at", ">=", decidedAt)
        .orderBy("decided_at")
        .orderBy("id")
        .execute();
      return rows.map((r) => read<MeterEntry>(r));
    },
    jobs(device, page) {
      let q = column("jobs") as SelectQueryBuilder<Tables, "jobs", { at: number; id: string; body: string }>;
      if (device !== undefined) q = q.where("device", "=", device);
      return pageOf(q as never, page, (row) => ({ device: row.id.slice(0, row.id.indexOf("\n")), job: read<PrintJob>(row) }));
    },
    async auditHead() {
      const end = await db.selectFrom("audit").select(["seq", "hash", "at"]).orderBy("seq", "desc").limit(1).executeTakeFirst();
      return end ?? { seq: 0, hash: GENESIS, at: null };
    },
    async auditChain(after, limit) {
      return db.selectFrom("audit").selectAll().where("seq", ">", after).orderBy("seq").limit(limit).execute();
    },
    async verifyAudit(known = null) {
      const walk = walkChain(known);
      // What somebody put in before the first entry is walked, too.
      for (let after = Number.MIN_SAFE_INTEGER; ;) {
        const page = await db.selectFrom("audit").selectAll().where("seq", ">", after).orderBy("seq").limit(VERIFY_PAGE).execute();
        for (const e of page) if (!walk.add(e)) return walk.report();
        if (page.length < VERIFY_PAGE) return walk.report();
        after = page.at(-1)!.seq;
        // A long audit is walked beside everything else.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async audit({ cursor, limit }, filter = {}) {
      let q = db
        .selectFrom("audit")
        .selectAll()
        .orderBy("seq", "desc")
        .limit(limit + 1);
      if (cursor !== undefined) q = q.where("seq", "<", decodeCursor(cursor).at);
      if (filter.what !== undefined) q = q.where("what", "=", filter.what);
      if (filter.by !== undefined) q = q.where("by", "=", filter.by);
      if (filter.subject !== undefined) q = q.where("subject", "=", filter.subject);
      const rows = await q.execute();
      const items = rows.slice(0, limit).map((r) => ({
        seq: r.seq,
        id: r.id,
        hash: r.hash,
        at: r.at,
        by: r.by,
        what: r.what,
        subject: r.subject,
        detail: JSON.parse(r.detail) as AuditEntry["detail"],
      }));
      const end = items.at(-1);
      return { items, next: rows.length > limit && end !== undefined ? encodeCursor({ at: end.seq, id: "" }) : null };
    },
    async summary(from, to) {
      const rows = await db
        .selectFrom("findings")
        .select((e) => [
          "policy",
          e.fn.countAll<number>().as("findings"),
          e.fn.sum<number>(e.case().when("state", "=", "open").then(1).else(0).end()).as("open"),
          e.fn.sum<number>(e(e.fn.coalesce("closed_at", e.val(to)), "-", e.ref("at"))).as("ms"),
          e.fn.sum<number>("kwh").as("kwh"),
          e.fn.sum<number>("m3").as("m3"),
          e.fn.sum<number>("cny").as("cny"),
        ])
        .where("at", ">=", from)
        .where("at", "<", to)
        .groupBy("policy")
        .orderBy("policy")
        .execute();
      return rows.map(({ ms, ...row }) => ({ ...row, hours: Math.max(0, ms) / 3_600_000 }));
    },
    async provenSince(from) {
      const row = await db
        .selectFrom("commands")
        .select((e) => e.fn.countAll<number>().as("n"))
        .where("at", ">=", from)
        .where("state", "=", "proven")
        .executeTakeFirstOrThrow();
      return row.n;
    },
    async firstCommandAt() {
      const row = await db
        .selectFrom("commands")
        .select((e) => e.fn.min<number | null>("at").as("at"))
        .executeTakeFirst();
      return row?.at ?? null;
    },
    async close() {
      await last;
      await db.destroy();
    },
  };
}
