/**
 * The rows of the console: alerts folded by cause, in an order that holds still while it is looked at. What changes is laid over the
 * rows that stand: new rows are merged in where they belong, while those that moved or do not belong here any more keep their place
 * until the list settles. So a change costs one pass over the alerts and never a sort of all of them. Pure.
 */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { isWaiting } from "../needs.ts";
import type { Place, Sort } from "./place.ts";
import { byPlace, gravest, placeOf, samePlace } from "./place.ts";

export interface View {
  /** Another one begins the list anew. */
  readonly stamp: string;
  readonly takes: (alert: AlertDto) => boolean;
  readonly grouped: boolean;
  readonly sort: Sort;
}

/** One cause. */
export interface Row {
  readonly key: string;
  /** Its alerts, the one that the others stand behind first. */
  readonly alerts: readonly AlertDto[];
  /** Those of them that do not belong here any more. */
  readonly gone: ReadonlySet<string>;
  /** The one that speaks for the row. */
  readonly lead: AlertDto;
  /** The gravest of those that belong here. */
  readonly severity: AlertDto["severity"];
  readonly waiting: number;
  readonly count: number;
}

/** What is one line high: a row, or one alert of an unfolded one. */
export interface Line {
  readonly key: string;
  readonly depth: 0 | 1;
  readonly row: Row;
  /** null: the line stands for all alerts of its row. */
  readonly alert: AlertDto | null;
}

interface Held {
  readonly key: string;
  readonly members: Map<string, AlertDto>;
  readonly gone: Set<string>;
  place: Place;
  row: Row | null;
}

export interface Rows {
  /** Takes the alerts as they are now; tells the keys of rows that are new since (all new: none). */
  advance(alerts: () => Iterable<AlertDto>, view: View): { readonly changed: boolean; readonly fresh: readonly string[] };
  /** Whether rows wait to leave or to move. */
  unsettled(): boolean;
  /** Lets them. */
  settle(): void;
  /** Row by row, and below an open one its alerts. The same array until something changes. */
  lines(open: ReadonlySet<string>): readonly Line[];
  size(): number;
}

export function rowKey(alert: AlertDto, grouped: boolean): string {
  return grouped && alert.group !== "" ? `group ${alert.group}` : alert.id;
}

function byCause(a: AlertDto, b: AlertDto): number {
  return Number(a.cause !== null) - Number(b.cause !== null) || Date.parse(a.raisedAt) - Date.parse(b.raisedAt) || (a.id < b.id ? -1 : 1);
}

function rowOf(held: Held): Row {
  const alerts = [...held.members.values()];
  if (alerts.length > 1) alerts.sort(byCause);
  const here = alerts.filter((a) => !held.gone.has(a.id));
  const counted = here.length === 0 ? alerts : here;
  const severity = gravest(counted);
  const lead = counted.find((a) => a.cause === null && a.severity === severity) ?? counted.find((a) => a.severity === severity)!;
  return { key: held.key, alerts, gone: new Set(held.gone), lead, severity, waiting: here.filter(isWaiting).length, count: here.length };
}

/** Two lists in order as one. */
function merged(standing: readonly Held[], fresh: readonly Held[]): Held[] {
  if (fresh.length === 0) return [...standing];
  const all: Held[] = [];
  let next = 0;
  for (const held of standing) {
    while (next < fresh.length && byPlace(fresh[next]!, held) < 0) all.push(fresh[next++]!);
    all.push(held);
  }
  for (; next < fresh.length; next++) all.push(fresh[next]!);
  return all;
}

export function createRows(): Rows {
  let view: View | null = null;
  let order: Held[] = [];
  let made: { readonly open: ReadonlySet<string>; readonly lines: readonly Line[] } | null = null;
  const known = new Map<string, AlertDto>();
  const home = new Map<string, Held>();
  const rows = new Map<string, Held>();
  const pending = new Set<Held>();

  function begin(): void {
    order = [];
    for (const kept of [known, home, rows]) kept.clear();
    pending.clear();
  }

  /** Lays an alert over what is known; the rows that it touches are marked. */
  function lay(alert: AlertDto, by: View, touched: Set<Held>): void {
    known.set(alert.id, alert);
    const key = rowKey(alert, by.grouped);
    const was = home.get(alert.id);
    if (was !== undefined && was.key !== key) {
      was.members.delete(alert.id);
      was.gone.delete(alert.id);
      home.delete(alert.id);
      touched.add(was);
    }
    let held = home.get(alert.id);
    const belongs = by.takes(alert);
    if (held === undefined) {
      if (!belongs) return;
      held = rows.get(key) ?? { key, members: new Map(), gone: new Set(), place: { rank: 0, at: 0 }, row: null };
      rows.set(key, held);
      home.set(alert.id, held);
    }
    held.members.set(alert.id, alert);
    if (belongs) held.gone.delete(alert.id);
    else held.gone.add(alert.id);
    touched.add(held);
  }

  function forget(present: ReadonlySet<string>, touched: Set<Held>): void {
    for (const id of known.keys()) {
      if (present.has(id)) continue;
      known.delete(id);
      const held = home.get(id);
      if (held === undefined) continue;
      held.gone.add(id);
      touched.add(held);
    }
  }

  function refresh(touched: ReadonlySet<Held>, sort: Sort): readonly string[] {
    const fresh: Held[] = [];
    let emptied = false;
    for (const held of touched) {
      if (held.members.size === 0) {
        rows.delete(held.key);
        pending.delete(held);
        emptied = true;
        continue;
      }
      const first = held.row === null;
      held.row = rowOf(held);
      if (first) {
        held.place = placeOf(held.row.alerts, sort);
        fresh.push(held);
      } else if (held.gone.size > 0 || !samePlace(held.place, placeOf(held.row.alerts, sort))) pending.add(held);
      else pending.delete(held);
    }
    if (emptied) order = order.filter((h) => h.members.size > 0);
    order = merged(order, fresh.sort(byPlace));
    return fresh.map((h) => h.key);
  }

  return {
    advance(alerts, next) {
      const anew = view?.stamp !== next.stamp;
      if (anew) {
        begin();
        made = null;
      }
      view = next;
      const touched = new Set<Held>();
      let count = 0;
      for (const alert of alerts()) {
        count++;
        if (known.get(alert.id) !== alert) lay(alert, next, touched);
      }
      if (known.size > count) forget(new Set([...alerts()].map((a) => a.id)), touched);
      if (touched.size === 0) return { changed: anew, fresh: [] };
      const fresh = refresh(touched, next.sort);
      made = null;
      return { changed: true, fresh: anew ? [] : fresh };
    },
    unsettled: () => pending.size > 0,
    settle() {
      if (view === null || pending.size === 0) return;
      const moved: Held[] = [];
      for (const held of pending) {
        for (const id of held.gone) {
          held.members.delete(id);
          home.delete(id);
        }
        held.gone.clear();
        if (held.members.size === 0) {
          rows.delete(held.key);
          continue;
        }
        held.row = rowOf(held);
        held.place = placeOf(held.row.alerts, view.sort);
        moved.push(held);
      }
      order = merged(
        order.filter((h) => !pending.has(h)),
        moved.sort(byPlace),
      );
      pending.clear();
      made = null;
    },
    lines(open) {
      if (made !== null && made.open === open) return made.lines;
      const lines: Line[] = [];
      for (const held of order) {
        const row = held.row!;
        const one = row.alerts.length === 1 ? row.alerts[0]! : null;
        lines.push({ key: row.key, depth: 0, row, alert: one });
        if (one === null && open.has(row.key)) for (const alert of row.alerts) lines.push({ key: alert.id, depth: 1, row, alert });
      }
      made = { open, lines };
      return lines;
    },
    size: () => order.length,
  };
}
