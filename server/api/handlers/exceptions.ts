/** Asking for leave: what it would cost, overrides and exemptions asked for or given, and the month's list. */
import { approvalDto, exemptionDto, overrideDto } from "../../contract/present/exceptions.ts";
import { estimatedDevices } from "../../core/estimate.ts";
import type { StandingExemption } from "../../core/finding.ts";
import type { House } from "../../core/house.ts";
import type { Millis, PointId } from "../../core/reading.ts";
import { may } from "../../core/roles.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Page, PageRequest } from "../../ports/records.ts";
import type { Handlers } from "../route.ts";
import { estimate, roughCost } from "./estimate.ts";
import { deviceOf } from "./house.ts";
import { carryOut, endOf, spaceDepartment } from "./requests.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const PAGE = 500;
/** Overrides whose energy is looked up in the history for one month. */
const MOST_MEASURED = 200;

type Subject = { readonly device?: string | undefined; readonly space?: string | undefined };

function departmentOf(house: House, { device, space }: Subject): string | null {
  if ((device === undefined) === (space === undefined)) throw problem("bad-subject", "Name a device or a space, one of the two.");
  return device === undefined ? spaceDepartment(house, space!) : deviceOf(house, device).device.department;
}

function exemptionOf(house: House, id: string): StandingExemption {
  const exemption = house.exemptions.get(id);
  if (exemption === undefined) throw problem("not-found", `There is no exemption '${id.slice(0, 100)}' that was given here; see /api/v1/exemptions.`);
  return exemption;
}

async function newer<T>(read: (page: PageRequest) => Promise<Page<T>>, at: (item: T) => Millis, since: Millis): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    const last = page.items.at(-1);
    if (page.next === null || last === undefined || at(last) < since) return found;
    cursor = page.next;
  }
}

/** kWh that the devices of a subject really used in a period, by their own power; null where nothing measures them. */
async function used(
  { house, history }: Office,
  subject: { readonly device: string | null; readonly space: string | null },
  from: Millis,
  to: Millis,
): Promise<number | null> {
  const states = estimatedDevices(house, { ...subject, minutes: 0, setpoint: null }).filter((s) => s.points.has("power"));
  if (states.length === 0 || to <= from) return null;
  const step = 5 * 60_000;
  const sums = await Promise.all(
    states.map(async ({ device }) => {
      const point: PointId = `${device.id}/power`;
      const windows = await history.windows(point, from, to, step, "mean", from);
      return windows.reduce((sum, w) => sum + ((w.value ?? 0) / 1000) * (Math.min(step, to - w.at) / HOUR), 0);
    }),
  );
  return Math.round(sums.reduce((a, b) => a + b, 0) * 100) / 100;
}

export const exceptionHandlers: Handlers<"estimate" | "askOverride" | "exemptions" | "addExemption" | "endExemption" | "exceptionsOfMonth"> = {
  estimate: {
    async run({ office, eyes, query }) {
      departmentOf(office.house, query);
      const { minutes } = query;
      const { basis, ...figures } = await estimate(
        office,
        { device: query.device ?? null, space: query.space ?? null, minutes, setpoint: query.setpoint ?? null },
        eyes.now,
      );
      return { ...figures, basis: [...basis] };
    },
  },
  askOverride: {
    async run({ office, actor, eyes, body }) {
      const { house } = office;
      const department = departmentOf(house, body);
      const until = endOf(eyes.now, body);
      const device = body.device ?? null;
      const space = body.space ?? null;
      const setpoint = typeof body.set?.["setpoint"] === "number" ? body.set["setpoint"] : null;
      const cost = await roughCost(office, { device, space, minutes: Math.max(0, until - eyes.now) / 60_000, setpoint }, eyes.now);
      const asks = !may(actor, "override", department);
      const id = await carryOut(office, actor, {
        kind: "override",
        device,
        space,
        policy: body.policy ?? null,
        set: body.set ?? null,
        reason: body.reason,
        until,
        asks,
        cost,
      });
      const approval = house.approvals.get(id);
      const override = house.overrides.get(id);
      return { override: override === undefined ? null : overrideDto(eyes, override), approval: approval === undefined ? null : approvalDto(eyes, approval) };
    },
  },
  exemptions: {
    async run({ office, eyes, query }) {
      const page = await office.records.exemptions({ cursor: query.cursor, limit: query.limit });
      const site = query.cursor !== undefined ? [] : office.house.site.exemptions;
      return {
        items: [
          ...site.map((e, n) => exemptionDto(eyes, { ...e, id: `site-${n}`, by: "site", grantedBy: null, from: 0, until: null, endedAt: null })),
          ...page.items.map((e) => exemptionDto(eyes, e)),
        ],
        next: page.next,
      };
    },
  },
  addExemption: {
    async run({ office, actor, eyes, body }) {
      const { house } = office;
      const asks = !may(actor, "change-policy", null);
      const { device = null, space = null, spaceClass = null, policy = null, reason, until = null } = body;
      const id = await carryOut(office, actor, { kind: "exemption", device, space, spaceClass, policy, reason, until, asks });
      const approval = house.approvals.get(id);
      const exemption = house.exemptions.get(id);
      return {
        exemption: exemption === undefined ? null : exemptionDto(eyes, exemption),
        approval: approval === undefined ? null : approvalDto(eyes, approval),
      };
    },
  },
  endExemption: {
    async run({ office, actor, eyes, id }) {
      const before = exemptionOf(office.house, id);
      await carryOut(office, actor, { kind: "end-exemption", exemption: id });
      return exemptionDto(eyes, { ...before, endedAt: eyes.now });
    },
  },
  exceptionsOfMonth: {
    async run({ office, eyes, query }) {
      const { house, records } = office;
      const { calendar } = house;
      const month = query.month ?? calendar.day(eyes.now).date.slice(0, 7);
      const from = calendar.instant(`${month}-01`, 0);
      const [year = 0, number = 0] = month.split("-").map(Number);
      const to = calendar.instant(number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, "0")}-01`, 0);
      const overrides = (
        await newer(
          (page) => records.overrides(undefined, page),
          (o) => o.from,
          from - WEEK,
        )
      ).filter((o) => o.from < to && Math.min(o.until, o.endedAt ?? Infinity) > from);
      const overtime = (
        await newer(
          (page) => records.approvals("granted", page),
          (a) => a.requestedAt,
          from - 60 * DAY,
        )
      ).filter((a) => a.kind === "overtime" && a.from !== null && a.until !== null && a.from < to && a.until > from);
      const exemptions = (
        await newer(
          (page) => records.exemptions(page),
          (e) => e.from,
          0,
        )
      ).filter((e) => e.from < to && Math.min(e.until ?? Infinity, e.endedAt ?? Infinity) > from);
      const within = (a: Millis, b: Millis) => Math.max(0, Math.min(b, to, eyes.now) - Math.max(a, from));
      const department = (s: { readonly device: string | null; readonly space: string | null }) =>
        s.device !== null
          ? (house.devices.get(s.device)?.device.department ?? null)
          : s.space !== null
            ? (house.spaces.get(s.space)?.department ?? null)
            : null;
      const rows = [
        ...overrides.map((o) => ({
          kind: "override" as const,
          o,
          end: Math.min(o.until, o.endedAt ?? Infinity),
          by: o.by,
          grantedBy: o.grantedBy ?? null,
          cost: o.cost ?? null,
          spaceClass: null,
        })),
        ...overtime.map((a) => ({
          kind: "overtime" as const,
          o: { ...a, from: a.from!, policy: null },
          end: a.until!,
          by: a.requestedBy ?? "",
          grantedBy: a.decidedBy,
          cost: a.cost ?? null,
          spaceClass: null,
        })),
        ...exemptions.map((e) => ({
          kind: "exemption" as const,
          o: e,
          end: Math.min(e.until ?? Infinity, e.endedAt ?? Infinity),
          by: e.by,
          grantedBy: e.grantedBy,
          cost: null,
          spaceClass: e.spaceClass,
        })),
      ];
      const items = await Promise.all(
        rows.map(async ({ kind, o, end, by, grantedBy, cost, spaceClass }, n) => ({
          kind,
          id: o.id,
          device: o.device,
          space: o.space,
          spaceClass,
          policy: o.policy,
          department: department(o),
          reason: o.reason,
          by: may(eyes.actor, "view-personal", department(o)) || by === eyes.actor.id ? by : null,
          grantedBy,
          from: eyes.iso(o.from),
          until: end === Infinity ? null : eyes.iso(end),
          hours: Math.round((within(o.from, end) / HOUR) * 100) / 100,
          estimated: cost,
          usedKwh: kind === "exemption" || n >= MOST_MEASURED ? null : await used(office, o, Math.max(o.from, from), Math.min(end, to, eyes.now)),
        })),
      );
      return { items: items.sort((a, b) => (a.from < b.from ? -1 : 1)), next: null };
    },
  },
};
