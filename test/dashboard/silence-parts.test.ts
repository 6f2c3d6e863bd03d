/** What the form of a planned silence holds: places that fit one another, and what is sent of them. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../dashboard/src/alerting/silence-parts.ts";
import { ANY, bodyOf, changed, partsAround, reachesOf, silencedBy } from "../../dashboard/src/alerting/silence-parts.ts";
import { alert } from "./dtos.ts";

const room = (building: string, floor: string, space: string) => ({ building, floor, space });
const SPACES = { "hall/301": room("hall", "3", "hall/301"), "hall/302": room("hall", "3", "hall/302"), "annex/101": room("annex", "1", "annex/101") };
const DEVICES = { "hall/ac-301": SPACES["hall/301"], "hall/roof": room("hall", "", "") };
const plan: Plan = { space: (id) => SPACES[id as keyof typeof SPACES], device: (id) => DEVICES[id as keyof typeof DEVICES] };
const lamp = { title: "policy.vacant-ac-off.empty", device: "hall/ac-301", space: "hall/301", department: "general" };
const device = changed(ANY, { device: "hall/ac-301" }, plan);

describe("the form of a planned silence", () => {
  it("a chosen device brings its room along, a chosen room its floor", () => {
    expect(device).toEqual({ ...ANY, ...SPACES["hall/301"], device: "hall/ac-301" });
    expect(changed(ANY, { space: "annex/101" }, plan)).toEqual({ ...ANY, ...SPACES["annex/101"] });
    expect(changed(device, { device: "hall/roof" }, plan)).toEqual({ ...ANY, building: "hall", device: "hall/roof" });
  });

  it("gives up what is not where the rest says any more, and nothing else", () => {
    expect(changed(device, { severity: "low" }, plan)).toEqual({ ...device, severity: "low" });
    expect(changed(device, { space: "hall/302" }, plan)).toEqual({ ...ANY, ...SPACES["hall/302"] });
    expect(changed(device, { device: "" }, plan)).toEqual({ ...device, device: "" });
    expect(changed(device, { space: "" }, plan)).toEqual({ ...ANY, building: "hall", floor: "3" });
    expect(changed(device, { floor: "2" }, plan)).toEqual({ ...ANY, building: "hall", floor: "2" });
    // A floor of every building is a part of the house, too.
    expect(changed(device, { building: "" }, plan)).toEqual({ ...ANY, floor: "3" });
  });

  it("sends the narrowest place alone, and what is any not at all", () => {
    expect(bodyOf({ ...device, alarm: "command" })).toEqual({ device: "hall/ac-301", alarm: "command" });
    expect(bodyOf({ ...device, device: "" })).toEqual({ space: "hall/301" });
    expect(bodyOf({ ...ANY, building: "hall", floor: "3", severity: "low" })).toEqual({ building: "hall", floor: "3", severity: "low" });
    expect(bodyOf(ANY)).toEqual({});
  });

  it("goes around an alert as far as is chosen; beyond a room it stays in the department of who may not more", () => {
    const around = (reach: "device" | "space" | "floor" | "everywhere", own = false) => bodyOf(partsAround(lamp, reach, own, plan));
    const alarm = "policy.vacant-ac-off";
    expect(around("device", true)).toEqual({ device: "hall/ac-301", alarm });
    expect(around("space", true)).toEqual({ space: "hall/301", alarm });
    expect(around("floor")).toEqual({ building: "hall", floor: "3", alarm });
    expect(around("floor", true)).toEqual({ building: "hall", floor: "3", alarm, department: "general" });
    expect(around("everywhere")).toEqual({ alarm });
    expect(around("everywhere", true)).toEqual({ alarm, department: "general" });
    expect(reachesOf(lamp)).toEqual(["device", "space", "floor", "everywhere"]);
    expect(reachesOf({ device: null, space: null })).toEqual(["everywhere"]);
  });
});

describe("an alert on the shelf", () => {
  const entry = (what: string) => ({ at: "2026-07-01T09:00:00+08:00", by: "staff", what, note: what });

  it("was put there by a silence where that was the last to do so", () => {
    const by = (state: "shelved" | "unacknowledged", ...log: string[]) => silencedBy(alert({ state, log: log.map(entry) }))?.note ?? null;
    expect(by("shelved", "raised", "silenced", "comment")).toBe("silenced");
    expect(by("shelved", "silenced", "unshelved", "shelved")).toBeNull();
    expect(by("shelved", "shelved", "unshelved", "silenced")).toBe("silenced");
    expect(by("unacknowledged", "silenced", "unshelved")).toBeNull();
  });
});
