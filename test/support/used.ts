/** A history that was used: what every point's counter rose by, when. */
import type { Account } from "../../server/core/account/tables.ts";
import { emptyRollups } from "../../server/history/merge.ts";
import type { History } from "../../server/ports/history.ts";
import { readAccount, withShipped } from "../../server/settings/account.ts";
import { flatTariff } from "./small-site.ts";
import type { FakeOffice } from "./office.ts";

export interface Use {
  readonly point: string;
  /** ms: the start of its hour and its day alike, so that any step finds it. */
  readonly at: number;
  readonly total: number;
}

/** Roll-ups that tell these uses, each a window of its own. */
export function rolledFrom(uses: readonly Use[]): History["rollups"] {
  return async ({ points, from, to }) => {
    const places = new Map(points.map((p, i) => [p, i]));
    const found = uses.filter((u) => places.has(u.point) && u.at >= from && u.at < to).toSorted((a, b) => a.at - b.at);
    const rollups = emptyRollups(found.length);
    for (const [i, use] of found.entries()) {
      rollups.point[i] = places.get(use.point)!;
      rollups.start[i] = use.at;
      rollups.count[i] = 1;
      rollups.total[i] = use.total;
    }
    return rollups;
  };
}

const DAY = 86_400_000;

/** Two months of an office that was used, June and July 2026, as it stands on 3 August; with factors that ship, heads and a main meter. */
export function fillMonths(office: FakeOffice): void {
  const shipped = readAccount();
  if (!shipped.ok) throw new Error(shipped.problems.join("\n"));
  const { site } = office.house;
  const quota = { ...flatTariff("paper", 0), id: "paper-quota", basis: "person", per: "month", value: 450, unit: "sheets/person" } as const;
  const account: Account = {
    ...withShipped(site.account, shipped.account),
    regions: ["CN-grid-north", "CN"],
    quotas: [quota],
    headcounts: [
      { department: "general", from: "2026-01-01", people: 12, source: "test" },
      { department: "finance", from: "2026-01-01", people: 5, source: "test" },
    ],
  };
  Object.assign(site, { account });
  // A violation that somebody answered.
  office.now = Date.parse("2026-07-06T10:00:00+08:00");
  office.breach();
  office.wait(120);
  for (const a of office.alerts()) office.ask("staff", { kind: "alert", alert: a.id, action: { kind: "ack", note: null } });
  office.say("ac-301", { on: false, power: 0 });
  office.wait(600);
  const daily: readonly (readonly [string, number])[] = [
    ["hall/ac-301/energy", 11.4],
    ["hall/ac-303/energy", 9.1],
    ["hall/light-301/energy", 3.2],
    ["hall/facade-1/energy", 5],
    ["hall/water-102/volume", 1.15],
    ["hall/copier-301/pages", 240],
  ];
  const from = Date.parse("2026-06-01T00:00:00+08:00");
  const uses = Array.from({ length: 61 }, (_, day) =>
    // July was warmer, and on two days the copier was not heard.
    daily.flatMap(([point, total]) =>
      point.includes("copier") && day > 40 && day < 43 ? [] : [{ point, at: from + day * DAY + DAY / 2, total: total * (day < 30 ? 1 : 1.18) }],
    ),
  ).flat();
  office.rolled = rolledFrom(uses);
  office.oldestAt = from;
  office.now = Date.parse("2026-08-03T09:00:00+08:00");
}
