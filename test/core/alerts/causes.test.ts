/** One cause is one message: a gateway or a circuit fails, and what is behind it stands behind it. Wednesday 1 July 2026, working time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whoHears } from "../../../server/core/alerts/rehearsal.ts";
import type { Device } from "../../../server/core/device.ts";
import { deviceSilent } from "../../../server/core/policies/device-silent.ts";
import { supplyFailed } from "../../../server/core/policies/supply-failed.ts";
import { device, smallSite } from "../../support/small-site.ts";
import { at, ToldHouse } from "../../support/told-house.ts";
import { runs } from "../../support/properties.ts";

const SIXTY = Array.from({ length: 60 }, (_, i) => `plug-${String(i + 1).padStart(2, "0")}`);
const OTHERS = Array.from({ length: 12 }, (_, i) => `outdoor-${i + 1}`);
const MINUTE = 60_000;

interface Topology {
  readonly gateway?: string;
  readonly feeder?: string;
  /** What feeds the gateway itself. */
  readonly gatewayFeeder?: string;
}

/** A floor of sixty sockets with a gateway and its circuit's meter; somebody elsewhere speaks on, so that it is not the line that is dead. */
function floor({ gateway, feeder, gatewayFeeder }: Topology, start = "07-01 14:00"): Floor {
  const behind: Partial<Device> = { interval: 60, ...(gateway === undefined ? {} : { gateway }), ...(feeder === undefined ? {} : { feeder }) };
  const devices = [
    ...SIXTY.map((id) => device(id, "plug", "301", behind)),
    device("gateway-3", "plug", "301", { interval: 60, ...(gatewayFeeder === undefined ? {} : { feeder: gatewayFeeder }) }),
    device("meter-3", "meter", "301", { interval: 60 }),
    ...OTHERS.map((id) => device(id, "outdoor", null, { interval: 60 })),
  ];
  return new Floor(start, { policies: [deviceSilent, supplyFailed], site: smallSite({ devices }) });
}

class Floor extends ToldHouse {
  readonly quiet = new Set<string>();
  volts = 230;

  /** Everybody who is not quiet speaks once a minute, each at its own second. */
  speak(minutes: number): this {
    for (let m = 0; m < minutes; m++)
      for (let second = 0; second < 60; second++) {
        SIXTY.forEach((id, i) => i % 50 === second && !this.quiet.has(id) && this.say(id, { power: 40 }));
        if (second === 51 && !this.quiet.has("gateway-3")) this.say("gateway-3", { power: 5 });
        if (second === 52 && !this.quiet.has("meter-3")) this.say("meter-3", { voltage: this.volts, power: this.volts * 2 });
        if (second % 5 === 0) this.say(OTHERS[second / 5]!, { temperature: 28 });
        this.wait(1);
      }
    return this;
  }

  fall(...ids: readonly string[]): this {
    for (const id of ids) this.quiet.add(id);
    return this;
  }

  back(...ids: readonly string[]): this {
    for (const id of ids) this.quiet.delete(id);
    return this;
  }

  override restart(downSeconds: number): Floor {
    const next = new Floor("07-01 14:00", { policies: [deviceSilent, supplyFailed], site: this.house.site });
    for (const id of this.quiet) next.quiet.add(id);
    next.volts = this.volts;
    // The answers of the channels are a matter of the first house's own.
    const before = Object.assign(Object.create(ToldHouse.prototype), this, { options: { policies: [deviceSilent, supplyFailed], site: this.house.site } });
    const restarted = ToldHouse.prototype.restart.call(before, downSeconds);
    return Object.assign(next, {
      house: restarted.house,
      now: restarted.now,
      decisions: restarted.decisions,
      notices: restarted.notices,
      reports: this.reports,
    });
  }

  standing(state: string): string[] {
    return [...this.house.alerts.values()]
      .filter((a) => a.state === state)
      .map((a) => a.device!.slice(5))
      .sort();
  }

  one(id: string) {
    return [...this.house.alerts.values()].findLast((a) => a.device === `hall/${id}`)!;
  }

  /** To whom, and about which devices. */
  messages(): string[] {
    return this.notices.map(({ notice }) => {
      const about = notice.alerts.map((id) =>
        this.alerts()
          .find((a) => a.id === id)!
          .device!.slice(5),
      );
      return `${notice.person} ${about.length > 2 ? `${about.length} devices` : about.join()}`;
    });
  }
}

describe("a gateway falls silent", () => {
  const failed = () =>
    floor({ gateway: "hall/gateway-3" })
      .speak(10)
      .fall("gateway-3", ...SIXTY)
      .speak(25);

  it("is one message, and sixty alerts that can be seen behind it", () => {
    const h = failed();
    expect(h.messages()).toEqual(["chief gateway-3"]);
    expect(h.standing("unacknowledged")).toEqual(["gateway-3"]);
    expect(h.standing("suppressed")).toEqual(SIXTY);
    const cause = h.one("gateway-3");
    for (const id of SIXTY) expect(h.one(id)).toMatchObject({ cause: cause.id, climbsAt: null, told: [], assignee: "chief" });
  });

  it("comes back with all that is behind it: nothing stands, nobody hears more", () => {
    const h = failed()
      .back("gateway-3", ...SIXTY)
      .speak(30);
    expect(h.standing("suppressed")).toEqual([]);
    expect(h.standing("unacknowledged")).toEqual([]);
    expect(h.messages()).toEqual(["chief gateway-3"]);
  });

  it("comes back without one of them: that one has a while to follow, then stands for itself", () => {
    const others = SIXTY.filter((id) => id !== "plug-17");
    const h = failed().back("gateway-3", ...others);
    h.speak(5);
    expect(h.standing("suppressed")).toEqual(["plug-17"]);
    h.speak(2);
    expect(h.standing("unacknowledged")).toEqual(["plug-17"]);
    // What is low is told in a digest, once an hour; nobody else is waited for.
    h.speak(75);
    expect(h.messages()).toEqual(["chief gateway-3", "chief plug-17"]);
    h.back("plug-17").speak(5);
    expect(h.one("plug-17")).toMatchObject({ state: "returned-unacknowledged" });
  });

  it("does not hide what was silent for days before it", () => {
    const h = floor({ gateway: "hall/gateway-3" }, "06-29 14:00").speak(2).fall("plug-17");
    h.speak(20);
    const own = h.one("plug-17");
    expect(own).toMatchObject({ state: "unacknowledged", cause: null });
    h.fall("gateway-3", ...SIXTY).speak(25);
    expect(h.one("plug-17")).toMatchObject({ id: own.id, state: "unacknowledged", cause: null });
    expect(h.standing("suppressed")).toHaveLength(59);
  });

  it("goes on through a restart in the middle: still one message, still behind it, and free again when it is back", () => {
    const h = floor({ gateway: "hall/gateway-3" })
      .speak(10)
      .fall("gateway-3", ...SIXTY)
      .speak(10);
    expect(h.messages()).toEqual([]);
    const next = h.restart(20);
    next.speak(25);
    expect(next.messages()).toEqual(["chief gateway-3"]);
    expect([next.standing("unacknowledged"), next.standing("suppressed").length]).toEqual([["gateway-3"], 60]);
    next.back("gateway-3", ...SIXTY.slice(1)).speak(8);
    expect([next.standing("unacknowledged"), next.standing("suppressed")]).toEqual([["plug-01"], []]);
  });

  it("and was back when the server stopped: whoever stays away still stands for itself, after a while", () => {
    const h = failed()
      .back("gateway-3", ...SIXTY.slice(1))
      .speak(2);
    expect([h.standing("returned-unacknowledged"), h.standing("suppressed")]).toEqual([["gateway-3"], ["plug-01"]]);
    const next = h.restart(20).speak(7);
    expect([next.standing("unacknowledged"), next.standing("suppressed")]).toEqual([["plug-01"], []]);
  });

  it("and was back when the server stopped: a command that failed behind it stands for itself after a while too", () => {
    const h = failed();
    const ignored = { ...h.one("plug-01"), id: "ignored", title: "command.ignored", finding: null };
    h.decisions.push({ kind: "alert", alert: ignored, why: "raised" });
    const next = h
      .back("gateway-3", ...SIXTY)
      .speak(2)
      .restart(20)
      .speak(4);
    expect(next.standing("suppressed")).toEqual(["plug-01"]);
    next.speak(2);
    expect([next.standing("unacknowledged"), next.standing("suppressed")]).toEqual([["plug-01"], []]);
  });

  it("again before its devices were back: they stand behind the new alert, and nobody is told of them", () => {
    const h = failed().back("gateway-3").speak(2).fall("gateway-3").speak(12);
    expect(h.standing("suppressed")).toEqual(SIXTY);
    expect(h.one("plug-17").cause).toBe(h.one("gateway-3").id);
    expect(h.messages().filter((m) => !m.endsWith("gateway-3"))).toEqual([]);
  });
});

describe("a circuit loses its power", () => {
  it("is told at once, before anything is silent; what hangs on it stands behind it", () => {
    const h = floor({ feeder: "hall/meter-3" }).speak(10);
    h.volts = 0;
    h.fall(...SIXTY).speak(25);
    const [first] = h.timetable();
    expect(first).toMatchObject({ at: "14:11:32", who: "chief", alerts: 1 });
    expect(h.one("meter-3")).toMatchObject({ title: "policy.supply-failed.no-supply", severity: "high", evidence: { voltage: 0, limit: 50 } });
    expect(h.standing("suppressed")).toEqual(SIXTY);
    // It climbs by itself: nobody answered for a quarter of an hour.
    expect(h.messages()).toEqual(["chief meter-3", "deputy meter-3"]);
    h.volts = 231;
    h.back(...SIXTY).speak(10);
    expect([h.standing("suppressed"), h.standing("unacknowledged")]).toEqual([[], []]);
  });

  it("takes a gateway along, and what speaks through that: all stand behind the circuit", () => {
    const h = floor({ gateway: "hall/gateway-3", gatewayFeeder: "hall/meter-3" }).speak(10);
    h.volts = 0;
    h.fall("gateway-3", ...SIXTY).speak(20);
    const cause = h.one("meter-3").id;
    expect(h.standing("suppressed")).toEqual(["gateway-3", ...SIXTY]);
    for (const id of ["gateway-3", ...SIXTY]) expect(h.one(id).cause).toBe(cause);
    expect(new Set(h.messages().map((m) => m.split(" ")[1]))).toEqual(new Set(["meter-3"]));
    // The power is back and the gateway is not: it is the cause now.
    h.volts = 230;
    h.speak(30);
    expect(h.standing("unacknowledged")).toEqual(["gateway-3"]);
    expect(h.standing("suppressed")).toEqual(SIXTY);
    expect(h.one("plug-17").cause).toBe(h.one("gateway-3").id);
    h.speak(60);
    expect(h.messages().filter((m) => m.includes("devices") || m.includes("plug"))).toEqual([]);
  });

  it("whose meter falls silent with the rest still explains them", () => {
    const h = floor({ feeder: "hall/meter-3" })
      .speak(10)
      .fall("meter-3", ...SIXTY)
      .speak(25);
    expect(h.messages()).toEqual(["chief meter-3"]);
    expect(h.standing("suppressed")).toEqual(SIXTY);
  });
});

describe("without a word about what hangs on what", () => {
  it("sixty silent devices on one floor arrive as one message", () => {
    const h = floor({})
      .speak(10)
      .fall(...SIXTY)
      .speak(25);
    expect(h.messages()).toEqual(["chief 60 devices"]);
    expect(h.standing("unacknowledged")).toEqual(SIXTY);
    expect(new Set(SIXTY.map((id) => h.one(id).group)).size).toBe(1);
  });
});

it("whatever falls silent in whatever order: nobody is told of a device behind a gateway that is silent itself", () => {
  const script = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 12 }), who: fc.constantFrom("gateway-3", "meter-3", ...SIXTY.slice(0, 4)), quiet: fc.boolean() }),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(script, (steps) => {
      const h = floor({ gateway: "hall/gateway-3", gatewayFeeder: "hall/meter-3" })
        .fall(...SIXTY.slice(4))
        .speak(1);
      for (const { wait, who, quiet } of steps) (quiet ? h.fall(who) : h.back(who)).speak(wait);
      h.speak(30);
      for (const { at: when, notice } of h.notices)
        for (const id of notice.alerts) {
          const about = h.alerts().find((a) => a.id === id)!;
          const gateway = about.device?.startsWith("hall/plug") === true ? h.alerts().filter((a) => a.device === "hall/gateway-3") : [];
          // A quarter of an hour before its gateway a device's fault is its own.
          const hid = gateway.some((g) => g.raisedAt < when && (g.clearedAt ?? Infinity) > when && about.raisedAt >= g.raisedAt - 15 * MINUTE);
          expect(hid, `${about.device} at ${new Date(when).toISOString()}`).toBe(false);
        }
      // And the other way round: what is silent and stands behind nothing has somebody who answers.
      for (const a of h.house.alerts.values()) if (a.state === "unacknowledged") expect(a.assignee).not.toBeNull();
    }),
    { numRuns: runs(25) },
  );
});

it("who would hear of a device behind a silent gateway: nobody, and it says why", () => {
  const h = floor({ gateway: "hall/gateway-3" }).speak(10).fall("gateway-3").speak(10);
  const probe = { kind: "finding", severity: "low", title: "policy.device-silent.silent", device: "hall/plug-17", space: null, department: null } as const;
  expect(whoHears(h.house, probe, h.now, h.now)).toEqual({ begins: "suppressed", because: h.one("gateway-3").id, steps: [] });
  expect(whoHears(h.house, { ...probe, title: "policy.other.breach" }, h.now, at("07-01 15:00")).begins).toBe("told");
});
