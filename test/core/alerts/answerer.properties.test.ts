/** Whatever happens: every alert has one who answers and is there, nobody is told twice of one step, and the same events decide the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standInFor } from "../../../server/core/alerts/chain.ts";
import type { AlertAction } from "../../../server/core/event.ts";
import { lampOn, MAIL, PAGE_CHANNEL, ROBOT, ToldHouse } from "../../support/told-house.ts";
import { runs } from "../../support/properties.ts";

const PEOPLE = ["chief", "deputy", "director", "staff"] as const;
const LAMPS = ["light-301", "ac-301", "ac-302"] as const;

type Move =
  | { readonly kind: "lamp"; readonly lamp: string; readonly on: boolean }
  | { readonly kind: "away"; readonly person: string; readonly standIn: string | null; readonly minutes: number }
  | {
      readonly kind: "act";
      readonly by: string;
      readonly nth: number;
      readonly action: "ack" | "assign" | "shelve" | "out-of-service" | "return-to-service" | "resolve";
    }
  | { readonly kind: "wait"; readonly minutes: number }
  | { readonly kind: "restart" };

const move = fc.oneof<fc.Arbitrary<Move>[]>(
  fc.record({ kind: fc.constant("lamp" as const), lamp: fc.constantFrom(...LAMPS), on: fc.boolean() }),
  fc.record({
    kind: fc.constant("away" as const),
    person: fc.constantFrom(...PEOPLE),
    standIn: fc.option(fc.constantFrom(...PEOPLE), { nil: null }),
    minutes: fc.integer({ min: 1, max: 2000 }),
  }),
  fc.record({
    kind: fc.constant("act" as const),
    by: fc.constantFrom(...PEOPLE),
    nth: fc.nat(5),
    action: fc.constantFrom("ack" as const, "assign" as const, "shelve" as const, "out-of-service" as const, "return-to-service" as const, "resolve" as const),
  }),
  fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  fc.constant({ kind: "restart" as const }),
);

function actionOf(h: ToldHouse, kind: Extract<Move, { kind: "act" }>["action"]): AlertAction {
  const until = h.now + 30 * 60_000;
  if (kind === "assign") return { kind, to: "staff", note: null };
  if (kind === "shelve") return { kind, until, note: "x" };
  if (kind === "out-of-service") return { kind, until, note: "x" };
  return { kind, note: null };
}

function make(): ToldHouse {
  return new ToldHouse("07-01 10:00", { policies: [lampOn("high"), lampOn("low", { id: "slow", kinds: ["ac"] })], channels: [PAGE_CHANNEL, MAIL, ROBOT] });
}

function play(h: ToldHouse, m: Move): ToldHouse {
  if (m.kind === "lamp") return h.lamp(m.on, m.lamp);
  if (m.kind === "restart") return h.restart(20);
  if (m.kind === "wait") h.wait(m.minutes * 60);
  else if (m.kind === "away")
    h.ask("director", { kind: "add-absence", person: m.person, standIn: m.standIn, from: h.now, until: h.now + m.minutes * 60_000, note: "" });
  else {
    const alert = [...h.house.alerts.keys()][m.nth];
    if (alert !== undefined) h.ask(m.by, { kind: "alert", alert, action: actionOf(h, m.action) });
  }
  return h;
}

describe("whatever happens", () => {
  it("every standing alert has one who answers, and who is there if anybody of the chain is", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
        let h = make();
        for (const m of moves) {
          h = play(h, m);
          for (const a of h.house.alerts.values()) {
            expect(PEOPLE).toContain(a.assignee);
            const away = standInFor(h.house, a.assignee!, h.now) !== a.assignee;
            const nobody = ["chief", "deputy", "director"].every((p) => standInFor(h.house, p, h.now) === null);
            const assigned = a.log.some((l) => l.what === "assigned");
            if (a.state === "unacknowledged" && !assigned && !nobody) expect(away, `${a.assignee} is away`).toBe(false);
            // A clock runs only where somebody is waited for.
            if (a.climbsAt !== null) expect(a).toMatchObject({ state: "unacknowledged", clearedAt: null });
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it("nobody is told twice of one step of one alert by one channel, and only of what stands", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
        let h = make();
        const told = new Set<string>();
        for (const m of moves) {
          const from = m.kind === "restart" ? 0 : h.notices.length;
          h = play(h, m);
          for (const { notice } of h.notices.slice(from)) {
            for (const id of notice.alerts) {
              const alert = h.alerts().find((a) => a.id === id)!;
              const key = [id, alert.clockFrom, notice.channel, notice.person, notice.how === "climbed" ? alert.climbed : "", notice.id].join(" ");
              expect(told.has(key), key).toBe(false);
              told.add(key);
            }
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it("the same events give the same decisions", () => {
    fc.assert(
      fc.property(
        fc.array(
          move.filter((m) => m.kind !== "restart"),
          { maxLength: 20 },
        ),
        (moves) => {
          const decisions = [make(), make()].map((h) => {
            for (const m of moves) play(h, m);
            return JSON.stringify(h.decisions);
          });
          expect(decisions[0]).toBe(decisions[1]);
        },
      ),
      { numRuns: runs(30) },
    );
  });
});
