/** Alerts and what people do to them; commands, print jobs and the audit as they were recorded. */
import { alertDto } from "../../contract/present/alerts.ts";
import { commandDto } from "../../contract/present/commands.ts";
import { jobDto } from "../../contract/present/devices.ts";
import type { AlertAction } from "../../core/event.ts";
import type { Alert } from "../../core/finding.ts";
import type { Millis } from "../../core/reading.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import { pageOf } from "../lists.ts";
import type { Ask, Handlers } from "../route.ts";
import { Lines } from "../route.ts";
import { carryOut, endOf } from "./requests.ts";

export async function alertOf(office: Office, id: string): Promise<Alert> {
  const alert = office.house.alerts.get(id) ?? (await office.records.alert(id));
  if (alert === null) throw problem("not-found", `There is no alert '${id.slice(0, 100)}'; see /api/v1/alerts.`);
  return alert;
}

type Acting = "ack" | "shelve" | "comment" | "assign" | "resolve" | "outOfService" | "returnToService";

/** Who answers for an alert, as a stand-in or by hand, may say that they heard of it, whatever their role. */
export const OWN: ReadonlySet<AlertAction["kind"]> = new Set(["ack", "comment"]);

/** One way to act on an alert: `read` makes the core's action of the body. */
function act<N extends Acting>(read: (body: Ask<N>["body"], now: Millis) => AlertAction) {
  return {
    department: async ({ office, id }: Ask<N>) => (await alertOf(office, id)).department,
    own: async ({ office, actor, eyes, id, body }: Ask<N>) => OWN.has(read(body, eyes.now).kind) && (await alertOf(office, id)).assignee === actor.id,
    async run({ office, actor, eyes, id, body }: Ask<N>) {
      await carryOut(office, actor, { kind: "alert", alert: id, action: read(body, eyes.now) });
      return alertDto(eyes, await alertOf(office, id));
    },
  };
}

const EXPORT_PAGE = 1000;

async function* auditLines({ records }: Office): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const page = await records.auditChain(after, EXPORT_PAGE);
    for (const e of page) yield `${JSON.stringify(e)}\n`;
    if (page.length < EXPORT_PAGE) return;
    after = page.at(-1)!.seq;
  }
}

export const alertHandlers: Handlers<"alerts" | "alert" | Acting | "commands" | "jobs" | "audit" | "auditHead" | "verifyAudit" | "exportAudit"> = {
  alerts: {
    async run({ office, eyes, query }) {
      const { state, device, cursor, limit } = query;
      if (state === "open" || state === "active") {
        const standing = [...office.house.alerts.values()].filter(
          (a) => (device === undefined || a.device === device) && (state === "open" || a.clearedAt === null),
        );
        const page = pageOf(standing, (a) => [a.raisedAt, a.id], cursor, limit);
        return { items: page.items.map((a) => alertDto(eyes, a)), next: page.next };
      }
      const page = await office.records.alerts({ state, device }, { cursor, limit });
      return { items: page.items.map((a) => alertDto(eyes, a)), next: page.next };
    },
  },
  alert: { run: async ({ office, eyes, id }) => alertDto(eyes, await alertOf(office, id)) },
  ack: act<"ack">((body) => ({ kind: "ack", note: body.note ?? null })),
  shelve: act<"shelve">((body, now) => ({ kind: "shelve", note: body.note, until: endOf(now, body) })),
  comment: act<"comment">((body) => ({ kind: "comment", note: body.note })),
  assign: act<"assign">((body) => ({ kind: "assign", to: body.to, note: body.note ?? null })),
  outOfService: act<"outOfService">((body, now) => ({
    kind: "out-of-service",
    note: body.note,
    until: body.until === undefined && body.minutes === undefined ? null : endOf(now, body),
  })),
  returnToService: act<"returnToService">((body) => ({ kind: "return-to-service", note: body.note ?? null })),
  resolve: act<"resolve">((body) => ({ kind: "resolve", note: body.note ?? null })),
  commands: {
    async run({ office, eyes, query }) {
      const { state, device, finding, cursor, limit } = query;
      if (state === "active") {
        const standing = [...office.house.commands.values()].filter(
          (c) => (device === undefined || c.device === device) && (finding === undefined || c.finding === finding),
        );
        const page = pageOf(standing, (c) => [c.plannedAt, c.id], cursor, limit);
        return { items: page.items.map((c) => commandDto(eyes, c)), next: page.next };
      }
      const page = await office.records.commands({ device, finding, state }, { cursor, limit });
      return { items: page.items.map((c) => commandDto(eyes, c)), next: page.next };
    },
  },
  jobs: {
    async run({ office, eyes, query }) {
      const page = await office.records.jobs(query.device, { cursor: query.cursor, limit: query.limit });
      return {
        items: page.items.map(({ device, job }) => jobDto(eyes, device, job, office.house.devices.get(device)?.device.department ?? null)),
        next: page.next,
      };
    },
  },
  auditHead: {
    async run({ office, eyes }) {
      const { seq, hash, at } = await office.records.auditHead();
      return { seq, hash, at: at === null ? null : eyes.iso(at) };
    },
  },
  verifyAudit: {
    async run({ office, eyes, query }) {
      const report = await office.records.verifyAudit(query.head ?? null);
      const time = (at: number | null) => (at === null ? null : eyes.iso(at));
      return { ...report, first: time(report.first), last: time(report.last), broken: report.broken === null ? null : { ...report.broken } };
    },
  },
  exportAudit: { run: ({ office }) => new Lines("application/x-ndjson", auditLines(office)) },
  audit: {
    async run({ office, eyes, query }) {
      const { cursor, limit, ...filter } = query;
      const page = await office.records.audit({ cursor, limit }, filter);
      return {
        items: page.items.map((e) => ({ seq: e.seq, hash: e.hash, at: eyes.iso(e.at), by: e.by, what: e.what, subject: e.subject, detail: { ...e.detail } })),
        next: page.next,
      };
    },
  },
};
