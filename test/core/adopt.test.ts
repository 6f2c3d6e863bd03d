/** Devices that come and go: what was found of them ends with what they were. */
import { describe, expect, it } from "vitest";
import type { DeviceKind } from "../../server/core/device.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import { PlayedHouse, rule } from "../support/played-house.ts";

const as = (kind: DeviceKind, meter?: string | null) => ({
  kind,
  space: "hall/302",
  name: null,
  interval: null,
  standby: null,
  ...(meter === undefined ? {} : { meter }),
});

/** One that is on against a rule, commanded, and measured by another device. */
function house(): PlayedHouse {
  const h = new PlayedHouse([rule({ hold: 0 })]);
  h.say("light-9", { on: false });
  h.ask("staff", { kind: "adopt", device: "hall/light-9", as: as("light", "hall/light-301") });
  h.say("light-9", { on: true });
  h.confirmSent();
  expect([h.findings()[0]?.state, h.commands()[0]?.state]).toEqual(["open", "sent"]);
  return h;
}

describe("a device that is adopted", () => {
  it("is not held to what it did before: the hold counts from then, and so does the finding", () => {
    // As the built-in rules do: what it finds lasts since the value is so.
    const judge: PolicyDefinition["judge"] = (view) => {
      const on = view.point("on");
      if (on?.value !== true) return { state: "fine", reason: "off", evidence: {} };
      return { state: "breach", reason: "is-on", evidence: {}, since: on.changed, hold: 600, want: { set: { on: false } } };
    };
    const h = new PlayedHouse([rule({ judge })]);
    h.say("light-9", { on: true });
    h.wait(3600);
    h.say("light-9", { on: true });
    h.ask("staff", { kind: "adopt", device: "hall/light-9", as: as("light") });
    const adopted = h.now;
    h.wait(590);
    expect([h.findings(), h.commands()]).toEqual([[], []]);
    h.wait(10);
    expect(h.findings()).toMatchObject([{ state: "open", since: adopted }]);
  });
});

describe("a device that is let go", () => {
  it("is a stranger again: its findings end, nothing waits for its command, nothing is asked of it", () => {
    const h = house();
    expect(h.ask("staff", { kind: "release", device: "hall/light-9" })).toEqual({ ok: true, subject: "hall/light-9" });
    const { device } = h.house.devices.get("hall/light-9")!;
    expect(device).toMatchObject({ adopted: false, space: null, department: null, kind: "light" });
    expect(device.meter).toBeUndefined();
    expect(h.house.metered.get("hall/light-301")).toEqual([]);
    expect([...(h.house.devicesBySpace.get("hall/302") ?? [])].map((d) => d.id)).not.toContain("hall/light-9");
    expect(h.findings()[0]).toMatchObject({ state: "closed", closeReason: "out-of-scope" });
    expect(h.commands()[0]).toMatchObject({ state: "canceled" });
    h.say("light-9", { on: true });
    h.wait(120);
    expect(h.sent()).toHaveLength(1);
    expect(h.house.devices.get("hall/light-9")!.points.get("on")?.value).toBe(true);
    expect(h.ask("staff", { kind: "adopt", device: "hall/light-9", as: as("light") })).toMatchObject({ ok: true });
  });

  it("is the house's own, and no site file's", () => {
    const h = house();
    const release = (device: string) => h.ask("staff", { kind: "release", device });
    expect(release("hall/light-301")).toMatchObject({ ok: false, refusal: { code: "in-site-file" } });
    expect(release("hall/nobody")).toMatchObject({ ok: false, refusal: { code: "unknown-device" } });
    release("hall/light-9");
    expect(release("hall/light-9")).toMatchObject({ ok: false, refusal: { code: "not-adopted" } });
  });
});

it("what was found of a device ends when it turns out to be of another kind", () => {
  const h = house();
  h.ask("staff", { kind: "adopt", device: "hall/light-9", as: as("presence") });
  expect(h.findings()[0]).toMatchObject({ state: "closed", closeReason: "out-of-scope" });
});
