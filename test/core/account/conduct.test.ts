/** What people did in a month: violations by department with who answered, exceptions within the month. */
import { describe, expect, it } from "vitest";
import { exceptionsOf, violationsOf } from "../../../server/core/account/conduct.ts";
import type { Approval, Override, StandingExemption } from "../../../server/core/finding.ts";
import { alert } from "../../support/alerting.ts";
import { finding } from "../../records/suite.ts";

const HOUR = 3_600_000;
const FROM = 1000 * HOUR;
const TO = FROM + 720 * HOUR;
const at = (hours: number) => FROM + hours * HOUR;
const of = (department: string | null) => ({ device: "hall/ac-301", space: "hall/301", department, job: null });

describe("violations", () => {
  it("count those that opened in the month, by department, the hours within it, and who answered how soon", () => {
    const findings = [
      finding("a", { subject: of("x"), since: at(1), openedAt: at(1), closedAt: at(3), alert: "1", wasted: { kwh: 2, m3: 0, cny: 1.5 } }),
      finding("b", {
        subject: of("x"),
        policy: "vacant-lights-off",
        since: at(10),
        openedAt: at(10),
        closedAt: at(11),
        alert: "2",
        wasted: { kwh: 1, m3: 0, cny: 1 },
      }),
      finding("c", { subject: of("x"), since: at(718), openedAt: at(718), closedAt: at(730), alert: "3" }),
      finding("d", { subject: of(null), since: at(5), openedAt: at(5), closedAt: at(6) }),
      finding("shadow", { subject: of("x"), mode: "shadow", since: at(5), openedAt: at(5), closedAt: at(6) }),
      finding("before", { subject: of("x"), since: at(-2), openedAt: at(-1), closedAt: at(6) }),
      finding("after", { subject: of("x"), since: at(721), openedAt: at(721), closedAt: null }),
    ];
    const answered = (id: string, raised: number, seconds: number | null) =>
      alert({ id, raisedAt: raised, acknowledgedAt: seconds === null ? null : raised + seconds * 1000, acknowledgedBy: seconds === null ? null : "chief" });
    const alerts = new Map([answered("1", at(1), 60), answered("2", at(10), 600), answered("3", at(718), null)].map((a) => [a.id, a]));
    expect(violationsOf(findings, alerts, FROM, TO)).toEqual([
      {
        department: "x",
        findings: 3,
        open: 1,
        hours: 5,
        kwh: 3,
        m3: 0,
        cny: 2.5,
        policies: [
          { policy: "cooling-floor", findings: 2 },
          { policy: "vacant-lights-off", findings: 1 },
        ],
        alerts: 3,
        acknowledged: 2,
        median: 60,
        answered: [{ person: "chief", alerts: 2 }],
      },
      expect.objectContaining({ department: null, findings: 1, alerts: 0, acknowledged: 0, median: null, answered: [] }),
    ]);
  });
});

describe("exceptions", () => {
  it("count with their hours within the month and their share of what they were estimated to cost", () => {
    const overrides = [
      { device: "d", space: null, from: at(-10), until: at(10), endedAt: null, cost: { kwh: 20, cny: 10 } },
      { device: "d", space: null, from: at(20), until: at(30), endedAt: at(25), cost: null },
      { device: "d", space: null, from: at(-20), until: at(-10), endedAt: null, cost: { kwh: 99, cny: 99 } },
    ] as unknown as Override[];
    const exemptions = [{ device: null, space: "s", from: at(-100), until: null, endedAt: null }] as unknown as StandingExemption[];
    const approvals = [
      { kind: "overtime", state: "granted", department: "y", device: null, space: "s", from: at(40), until: at(42), cost: { kwh: 4, cny: 2 } },
      { kind: "overtime", state: "refused", department: "y", device: null, space: "s", from: at(40), until: at(42), cost: null },
      { kind: "override", state: "granted", department: "y", device: null, space: "s", from: at(40), until: at(42), cost: null },
    ] as unknown as Approval[];
    expect(exceptionsOf({ overrides, exemptions, approvals }, ({ device }) => (device === null ? null : "x"), FROM, TO)).toEqual([
      { kind: "override", department: "x", count: 2, hours: 15, kwh: 10, cny: 5 },
      { kind: "exemption", department: null, count: 1, hours: 720, kwh: null, cny: null },
      { kind: "overtime", department: "y", count: 1, hours: 2, kwh: 4, cny: 2 },
    ]);
  });
});
