import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../server/core/finding.ts";
import type { Turn } from "../../server/ports/office.ts";
import { ChangeLog } from "../../server/live/changes.ts";

const turn = (more: Partial<Turn>): Turn => ({ devices: new Map(), decisions: [], rejections: [], ...more });
const heard = (...devices: (readonly [string, ...string[]])[]) => turn({ devices: new Map(devices.map(([id, ...points]) => [id, new Set(points)])) });
const finding = (id: string, state: Finding["state"] = "open") => ({ id, policy: "p", state }) as Finding;
const found = (f: Finding) => turn({ decisions: [{ kind: "finding", finding: f, why: "test" }] });
const allowed = (id: string) => turn({ decisions: [{ kind: "override", override: { id }, why: "test" } as never] });

describe("the log of changes", () => {
  it("seals one set of what many turns touched, and none when nothing happened", () => {
    const log = new ChangeLog(() => undefined);
    expect(log.seal()).toBeNull();
    log.take(heard(["a", "on"], ["b", "power"]));
    log.take(heard(["a", "setpoint"]));
    expect(log.seal()!.devices).toEqual(
      new Map([
        ["a", new Set(["on", "setpoint"])],
        ["b", new Set(["power"])],
      ]),
    );
    expect([log.seq, log.seal()]).toEqual([1, null]);
  });

  it("gives a device whole when it was itself touched, by an empty set or an empty name", () => {
    const log = new ChangeLog(() => undefined);
    log.take(heard(["a"], ["b", "", "on"], ["c", "on"]));
    expect(log.seal()!.devices).toEqual(
      new Map<string, Set<string> | null>([
        ["a", null],
        ["b", null],
        ["c", new Set(["on"])],
      ]),
    );
    log.take(heard(["a", "on"]));
    expect(log.seal()!.devices).toEqual(new Map([["a", new Set(["on"])]]));
  });

  it("names meters of which people wrote something down", () => {
    const log = new ChangeLog(() => undefined);
    const entered = (point: string) => turn({ decisions: [{ kind: "meter-entry", entry: { point }, why: "entered" } as never] });
    log.take(entered("hall/gas-1/gas"));
    expect(log.seal()!.meters).toEqual(new Set(["hall/gas-1/gas"]));
    log.take(entered("hall/gas-2/gas"));
    log.take(entered("hall/gas-2/gas"));
    expect(log.seal()!.meters).toEqual(new Set(["hall/gas-2/gas"]));
    expect(log.since(0)!.meters).toEqual(new Set(["hall/gas-1/gas", "hall/gas-2/gas"]));
    expect(log.since(2)!.meters).toEqual(new Set());
  });

  it("merges what is newer than a cursor, each object once in its newest state", () => {
    const log = new ChangeLog(() => undefined);
    log.take(found(finding("f")));
    log.take(heard(["a", "on"]));
    log.seal();
    log.take(found(finding("f", "closed")));
    log.take(heard(["a", "power"]));
    log.seal();
    log.take(heard(["b", "on"]));
    log.seal();
    expect(log.since(0)).toMatchObject({
      findings: [finding("f", "closed")],
      devices: new Map([
        ["a", new Set(["on", "power"])],
        ["b", new Set(["on"])],
      ]),
      policies: new Set(["p"]),
    });
    expect(log.since(2)).toMatchObject({ findings: [], devices: new Map([["b", new Set(["on"])]]) });
    expect(log.since(3)!.devices.size).toBe(0);
    expect(log.since(4)).toBeNull();
  });

  it("cannot resume from before what it has forgotten", () => {
    const log = new ChangeLog(() => undefined);
    for (let i = 0; i < 501; i++) {
      log.take(allowed(`o${i}`));
      log.seal();
    }
    expect(log.since(0)).toBeNull();
    expect(log.since(1)!.overrides).toHaveLength(500);
  });

  it("keeps a flood of alerts whole, and says so where one beat held more than it keeps", () => {
    const log = new ChangeLog(() => undefined);
    const flood = Array.from({ length: 10_000 }, (_, i) => ({ kind: "alert", alert: { id: `a${i}`, finding: null }, why: "test" }) as never);
    log.take(turn({ decisions: flood }));
    expect(log.seal()!.alerts).toHaveLength(10_000);
    expect(log.complete(0)).toBe(true);
    for (let i = 0; i < 501; i++) log.take(allowed(`o${i}`));
    log.seal();
    expect([log.complete(1), log.complete(2), log.complete(3)]).toEqual([false, true, false]);
  });

  it("shows a finding again when its command moves", () => {
    const open = finding("f");
    const log = new ChangeLog((id) => (id === "f" ? open : undefined));
    log.take(turn({ decisions: [{ kind: "command", command: { id: "c", finding: "f", state: "sent" } as never, why: "test" }] }));
    expect(log.seal()).toMatchObject({ findings: [{ id: "f" }], commands: [{ id: "c", state: "sent" }] });
  });

  it("loses nothing, whatever is touched when: sets from any cursor, merged, are what was touched since", () => {
    const touches = fc.array(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("", "on", "power")), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(touches, fc.nat(12), (sets, from) => {
        const log = new ChangeLog(() => undefined);
        const sealed: (readonly (readonly [string, string])[])[] = [];
        for (const set of sets) {
          for (const [id, point] of set) log.take(heard([id, point]));
          if (log.seal() !== null) sealed.push(set);
        }
        const cursor = Math.min(from, sealed.length);
        const wanted = new Map<string, Set<string> | null>();
        for (const [id, point] of sealed.slice(cursor).flat()) {
          if (point === "") wanted.set(id, null);
          else if (wanted.get(id) !== null) wanted.set(id, (wanted.get(id) ?? new Set()).add(point));
        }
        expect(log.since(cursor)!.devices).toEqual(wanted);
      }),
    );
  });
});
