/** The month's account as the API, the page and its documents ask for it: readings and records in, reckoned in the core. */
import { allPages } from "./all-pages.ts";
import { createHash } from "node:crypto";
import { readHealth } from "./alarm-health.ts";
import type { Bucket, MonthPlan } from "./core/account/buckets.ts";
import { bucketAt, bucketsOf, byHour, monthAfter, planMonth } from "./core/account/buckets.ts";
import type { MonthTotals } from "./core/account/bulletin.ts";
import { bulletinOf, linesOf, totalsOf } from "./core/account/bulletin.ts";
import { canonical } from "./core/account/canonical.ts";
import { closingRefused } from "./core/account/close.ts";
import type { Conduct } from "./core/account/conduct.ts";
import { exceptionsOf, violationsOf } from "./core/account/conduct.ts";
import type { Candidate, Consumption, Measured } from "./core/account/consumption.ts";
import { bestOf, candidatesOf, consumptionOf } from "./core/account/consumption.ts";
import type { Completeness, CostedLine, MonthAccount, MonthDraft, SavingsStatement, Settlement } from "./core/account/settlement.ts";
import { basesOf, quantityAccount, rowsUsed } from "./core/account/settlement.ts";
import type { Quantity } from "./core/account/tables.ts";
import type { PersonRequest } from "./core/event.ts";
import type { Alert, Finding } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { Millis } from "./core/reading.ts";
import type { Zone } from "./core/zone.ts";
import { createZone } from "./core/zone.ts";
import type { History } from "./ports/history.ts";
import type { MonthRead, Months, MonthState } from "./ports/months.ts";
import type { Office } from "./ports/office.ts";
import type { Records } from "./ports/records.ts";

/** Quantities that devices of ours tell. */
const MEASURED: readonly Quantity[] = ["electricity", "water", "gas", "paper", "heat"];
/** Of these one without a meter is in no month: few offices buy heat by the meter. */
const WHERE_HEARD: ReadonlySet<Quantity> = new Set(["heat"]);
/** Points that are asked for at once: their hours of a month are about 20 MB. */
const POINTS_AT_ONCE = 300;
/** A draft is reckoned anew after so long. */
const DRAFT_MS = 60_000;
const LISTED_MONTHS = 120;

export interface MonthParts {
  readonly house: House;
  readonly history: Pick<History, "rollups" | "oldest" | "windows">;
  readonly records: Records;
  readonly now: () => Millis;
  readonly request: (by: string, request: PersonRequest) => ReturnType<Office["request"]>;
  /** What was saved in [from, to); absent: nobody reckons it. */
  readonly savings?: (from: Millis, to: Millis) => Promise<SavingsStatement | null>;
}

export function createMonths(parts: MonthParts): Months {
  const { house, history, records } = parts;
  const zone = createZone(house.site.timezone);
  const drafts = new Map<string, { readonly at: Millis; readonly draft: Promise<MonthDraft> }>();

  async function first(): Promise<string | null> {
    const oldest = await history.oldest();
    return [oldest === null ? null : zone.date(oldest).slice(0, 7), ...house.months.keys()].filter((m) => m !== null).toSorted()[0] ?? null;
  }

  function stateOf(month: string, since: string | null, closed: Pick<Settlement, "closedAt" | "closedBy" | "digest"> | null): MonthState {
    const plan = planMonth(zone, month);
    return {
      month,
      state: closed !== null ? "closed" : plan.to > parts.now() ? "running" : "open",
      closedAt: closed?.closedAt ?? null,
      closedBy: closed?.closedBy ?? null,
      digest: closed?.digest ?? null,
      refused: closingRefused(house.months, plan, since, parts.now()),
    };
  }

  /** The lines that count of a closed month. */
  const settled = async (month: string) => (house.months.has(month) ? linesOf(await records.monthEntries(month)) : null);

  async function totals(month: string): Promise<MonthTotals | null> {
    const lines = await settled(month);
    return lines === null ? null : totalsOf(month, lines);
  }

  /** What was used since 1 January before a month: of closed months as they stand, of others by the readings. */
  async function before(quantity: Quantity, month: string): Promise<number> {
    let used = 0;
    for (let m = `${month.slice(0, 4)}-01`; m < month; m = monthAfter(m)) {
      const lines = await settled(m);
      const plan = planMonth(zone, m);
      const amounts =
        lines !== null
          ? lines.filter((l) => l.quantity === quantity).map((l) => l.amount)
          : (await consume(parts, zone, quantity, plan, [wholeMonth(plan)])).consumption.lines.flatMap((l) => l.amounts);
      used += amounts.reduce((sum, a) => sum + a, 0);
    }
    return used;
  }

  async function reckon(month: string): Promise<MonthDraft> {
    const plan = planMonth(zone, month);
    const of = MEASURED.map((quantity) => ({ quantity, buckets: bucketsOf(house.site.account, quantity, plan) }));
    const accounts = [];
    const lines: CostedLine[] = [];
    const meters: Completeness[] = [];
    for (const { quantity, buckets } of of) {
      const { consumption, heard } = await consume(parts, zone, quantity, plan, buckets);
      if (WHERE_HEARD.has(quantity) && consumption.lines.length === 0) continue;
      const stepped = buckets.some((b) => b.tariff?.pricing.kind === "stepped");
      const reckoned = quantityAccount(quantity, buckets, consumption.lines, consumption.mains, stepped ? await before(quantity, month) : 0);
      accounts.push(reckoned.account);
      lines.push(...reckoned.lines);
      meters.push(...heard);
      await breathe();
    }
    const { account: tables, departments, spaces } = house.site;
    const lastDay = plan.dates.at(-1)!;
    const account: MonthAccount = {
      month,
      from: plan.from,
      to: plan.to,
      quantities: accounts,
      // What nobody measured was reckoned by nothing.
      rows: rowsUsed(
        tables,
        of.filter((q) => lines.some((l) => l.quantity === q.quantity)),
        lastDay,
      ),
      meters,
      bases: basesOf(
        tables,
        departments.map((d) => d.id),
        spaces,
        lastDay,
      ),
      conduct: await conductOf(parts, plan),
      savings: (await parts.savings?.(plan.from, Math.min(plan.to, parts.now()))) ?? null,
    };
    return { account, lines };
  }

  /** A draft, shared by those who ask within a minute. */
  function draftOf(month: string): Promise<MonthDraft> {
    const known = drafts.get(month);
    if (known !== undefined && parts.now() - known.at < DRAFT_MS) return known.draft;
    const draft = reckon(month);
    drafts.set(month, { at: parts.now(), draft });
    if (drafts.size > 3) drafts.delete(drafts.keys().next().value!);
    draft.catch(() => drafts.delete(month));
    return draft;
  }

  const compared = async (month: string) => ({ month: await totals(monthAfter(month, -1)), year: await totals(monthAfter(month, -12)) });

  return {
    async list() {
      const since = await first();
      const closed = new Map((await records.months()).map((m) => [m.month, m]));
      const current = zone.date(parts.now()).slice(0, 7);
      const listed: MonthState[] = [];
      for (let month = current; since !== null && month >= since && listed.length < LISTED_MONTHS; month = monthAfter(month, -1))
        listed.push(stateOf(month, since, closed.get(month) ?? null));
      return listed;
    },
    async read(month): Promise<MonthRead | null> {
      const since = await first();
      const settlement = house.months.has(month) ? await records.month(month) : null;
      if (settlement === null) {
        if (since === null || month < since || month > zone.date(parts.now()).slice(0, 7)) return null;
        const { account, lines } = await draftOf(month);
        return { ...stateOf(month, since, null), bulletin: bulletinOf({ account, lines, before: await compared(month) }), lines, entries: [], whole: null };
      }
      const entries = await records.monthEntries(month);
      const lines = linesOf(entries);
      await breathe();
      const { closedAt: _at, closedBy: _by, digest, ...account } = settlement;
      const original = entries.filter((e) => e.is === "line").map(({ entry: _e, month: _m, is: _i, of: _o, at: _a, by: _b, reason: _r, ...line }) => line);
      return {
        ...stateOf(month, since, settlement),
        bulletin: bulletinOf({ account, lines, before: await compared(month) }),
        lines,
        entries,
        whole: digestOf({ account, lines: original }) === digest,
      };
    },
    async close(by, month) {
      const since = await first();
      const refused = closingRefused(house.months, planMonth(zone, month), since, parts.now());
      if (refused !== null) return { ok: false, refusal: refused };
      const draft = await reckon(month);
      await breathe();
      return parts.request(by, { kind: "close-month", draft, first: since, digest: digestOf(draft) });
    },
    async correct(by, month, id, amount, reason) {
      const settlement = house.months.has(month) ? await records.month(month) : null;
      if (settlement === null)
        return { ok: false, refusal: { code: "month-open", detail: `${month} is open: what is wrong in it is mended at its source until it is closed.` } };
      const entry = (await records.monthEntries(month)).find((e) => e.entry === id);
      const quantity = settlement.quantities.find((q) => q.quantity === entry?.quantity);
      if (entry === undefined || quantity === undefined) return { ok: false, refusal: { code: "unknown-entry", detail: `${month} has no such entry.` } };
      return parts.request(by, { kind: "correct-month", entry, quantity, amount, reason });
    },
  };
}

/** A thousand meters are a long reckoning: what waits meanwhile has its turn. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** SHA-256 (hex) of what is closed. Lines in the order of their names, so that no store's order matters. */
function digestOf({ account, lines }: MonthDraft): string {
  const ordered = lines.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return createHash("sha256")
    .update(canonical({ account, lines: ordered }))
    .digest("hex");
}

function wholeMonth(plan: MonthPlan): Bucket {
  return { from: plan.dates[0]!, until: plan.dates.at(-1)!, period: null, tariff: null, coal: null, co2: null };
}

/** What a month's readings say of a quantity, and how well each meter was heard. */
async function consume(
  { house, history, now }: MonthParts,
  zone: Zone,
  quantity: Quantity,
  plan: MonthPlan,
  buckets: readonly Bucket[],
): Promise<{ readonly consumption: Consumption; readonly heard: readonly Completeness[] }> {
  const devices = [...house.devices.values()].map((s) => s.device).filter((d) => d.adopted);
  const candidates = candidatesOf(devices, quantity);
  const byHand = new Set(devices.filter((d) => d.manual != null).map((d) => d.id));
  const step = byHour(buckets) ? "hour" : "day";
  const bucketOf = new Map<number, number>();
  const dayOf = new Map<number, number>();
  const today = zone.date(now());
  const days = plan.dates.filter((d) => d <= today);
  const told: Measured[] = [];
  for (let at = 0; at < candidates.length; at += POINTS_AT_ONCE) {
    const asked = candidates.slice(at, at + POINTS_AT_ONCE);
    const windows = await history.rollups({ points: asked.map((c) => c.point), from: plan.from, to: plan.to, step });
    const amounts = asked.map(() => buckets.map(() => 0));
    const heard = asked.map(() => new Set<number>());
    for (let i = 0; i < windows.start.length; i++) {
      const start = windows.start[i]!;
      const point = windows.point[i]!;
      let bucket = bucketOf.get(start);
      if (bucket === undefined) {
        bucketOf.set(start, (bucket = bucketAt(buckets, zone, start)));
        dayOf.set(start, plan.dates.indexOf(zone.date(start)));
      }
      const total = windows.total[i]!;
      // Between two readings of a meter that people read nothing is missing: its use is spread over the days.
      if (windows.count[i]! > 0 || (total > 0 && byHand.has(asked[point]!.device))) heard[point]!.add(dayOf.get(start)!);
      if (bucket >= 0 && Number.isFinite(total)) amounts[point]![bucket]! += total * (asked[point] as Candidate).scale;
    }
    told.push(...asked.map((c, i): Measured => ({ device: c.device, point: c.point, amounts: amounts[i]!, days: heard[i]!.size })));
    await breathe();
  }
  const consumption = consumptionOf({ quantity, devices, spaces: house.spaces, account: house.site.account, told, buckets: buckets.length });
  const heard = [...bestOf(told).values()].map((m): Completeness => ({ quantity, device: m.device, point: m.point, days: m.days, of: days.length }));
  return { consumption, heard: heard.toSorted((a, b) => a.days - b.days || (a.device < b.device ? -1 : 1)) };
}

/** No exception lasts longer than this before a month and still reaches into it, but standing ones. */
const LONGEST_LEAVE_MS = 366 * 86_400_000;

async function conductOf({ house, history, records, now }: MonthParts, plan: MonthPlan): Promise<Conduct> {
  const { from } = plan;
  const to = Math.min(plan.to, now());
  if (to <= from) return { violations: [], faults: 0, exceptions: [], alarms: null };
  const findings = await allPages((page) => records.findings({ from, to }, page));
  const isFault = (f: Finding) => house.policies.get(f.policy)?.definition.fault === true;
  const alerts = new Map<string, Alert>();
  for (const { alert } of findings) {
    const found = alert === null || alerts.has(alert) ? null : await records.alert(alert);
    if (found !== null) alerts.set(found.id, found);
  }
  const long = (at: Millis | null) => at !== null && at < from - LONGEST_LEAVE_MS;
  const exceptions = exceptionsOf(
    {
      overrides: await allPages(
        (page) => records.overrides(undefined, page),
        (o) => long(o.from),
      ),
      exemptions: await allPages((page) => records.exemptions(page)),
      approvals: await allPages(
        (page) => records.approvals(undefined, page),
        (a) => long(a.requestedAt),
      ),
    },
    ({ device, space }) =>
      (device !== null ? house.devices.get(device)?.device.department : space !== null ? house.spaces.get(space)?.department : null) ?? null,
    from,
    to,
  );
  const { health } = await readHealth({ house, records, history }, from, to, null);
  return {
    violations: violationsOf(
      findings.filter((f) => !isFault(f)),
      alerts,
      from,
      to,
    ),
    faults: findings.filter(isFault).length,
    exceptions,
    alarms: { raised: health.alarms, quiet: health.quiet, figures: health.figures.map(({ key, value, verdict }) => ({ key, value, verdict })) },
  };
}
