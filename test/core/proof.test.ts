/** What proves a command, and what does not: told with devices that lie, fall silent, buffer, and are undone. */
import { describe, expect, it } from "vitest";
import type { PointValue } from "../../server/core/reading.ts";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";
import { device, smallSite } from "../support/small-site.ts";

const off = rule({ hold: 0 });

/** A lamp that is on and has just been told to go off. */
function told(devices = smallSite().devices, said: Record<string, PointValue> = { on: true, power: 100 }): PlayedHouse {
  const h = new PlayedHouse([off], smallSite({ devices }));
  h.say("light-301", said);
  h.confirmSent();
  h.wait(1);
  return h;
}
const failed = (h: PlayedHouse) => h.alerts().find((a) => a.kind === "command");
/** As `say`, but measured `ago` seconds earlier than it arrives. */
function sayLate(h: PlayedHouse, name: string, values: Record<string, PointValue>, ago: number): void {
  const readings = Object.entries(values).map(([point, value]) => ({ name: point, value, quality: "good" as const }));
  h.enter({
    kind: "report",
    topic: `jieyue/hall/${name}/state`,
    codec: "native",
    report: { device: `hall/${name}`, at: h.now - ago * 1000, received: h.now, late: false, readings },
  });
}

describe("a device that says off and draws on", () => {
  it("has three minutes, then it is said what it burns an hour", () => {
    const h = told();
    h.say("light-301", { on: false, power: 800 });
    h.wait(60);
    h.say("light-301", { on: false, power: 800 });
    h.wait(119);
    expect(h.commands()[0]!.state).toBe("reported");
    h.wait(1);
    expect(h.commands()[0]).toMatchObject({ state: "gave-up" });
    expect(failed(h)).toMatchObject({ title: "command.no-effect", evidence: { power: 800, cnyPerHour: 0.64 } });
  });

  it("is not accused by what was measured while it ran down: its next word is waited for, two intervals at most", () => {
    const h = told();
    h.say("light-301", { on: false, power: 800 });
    h.wait(300);
    expect(h.commands()[0]!.state).toBe("reported");
    h.say("light-301", { on: false, power: 0 });
    expect(h.commands()[0]!.state).toBe("proven");
    const silent = told();
    silent.say("light-301", { on: false, power: 800 });
    silent.wait(600);
    expect(silent.commands()[0]).toMatchObject({ state: "gave-up" });
  });
});

describe("no proof is", () => {
  it("a measurement from before it was asked, whenever that arrives", () => {
    const h = told();
    h.wait(19);
    h.say("light-301", { on: false });
    // The gateway empties its buffer: no power was drawn half a minute ago, before the lamp was switched on.
    sayLate(h, "light-301", { power: 0 }, 30);
    expect(h.commands()[0]!.state).toBe("reported");
    sayLate(h, "light-301", { power: 0 }, 5);
    expect(h.commands()[0]!.state).toBe("proven");
  });

  it("the power in the very report that led to it", () => {
    const h = told(smallSite().devices, { on: true, power: 0 });
    h.say("light-301", { on: false });
    expect(h.commands()[0]!.state).toBe("reported");
    h.wait(1);
    h.say("light-301", { power: 0 });
    expect(h.commands()[0]!.state).toBe("proven");
  });

  it("a state that the device said before it was asked", () => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: false });
    h.wait(60);
    h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: false }, reason: "make sure" });
    h.confirmSent();
    h.wait(1);
    h.say("light-301", { brightness: 10 });
    expect(h.commands()[0]!.state).toBe("sent");
    h.wait(80);
    // It was so and nothing says otherwise: nobody is called, and nothing is claimed.
    expect(h.commands()[0]).toMatchObject({ state: "reported", proof: null });
    expect(failed(h)).toBeUndefined();
  });

  it("that a lamp says on and draws nothing", () => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: false, power: 0 });
    h.wait(1);
    h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: true }, reason: "inspection" });
    h.confirmSent();
    h.wait(1);
    h.say("light-301", { on: true, power: 0 });
    expect(h.commands()[0]!.state).toBe("reported");
    h.wait(1);
    h.say("light-301", { on: true, power: 40 });
    expect(h.commands()[0]).toMatchObject({ state: "proven", proof: { point: "power", value: 40 } });
  });
});

describe("a clock that runs behind ours", () => {
  it("is forgiven what it was always behind", () => {
    const h = new PlayedHouse([off]);
    sayLate(h, "light-301", { on: false, power: 0 }, 600);
    h.wait(60);
    sayLate(h, "light-301", { on: true, power: 90 }, 600);
    h.confirmSent();
    h.wait(2);
    sayLate(h, "light-301", { on: false, power: 0 }, 600);
    expect(h.commands()[0]!.state).toBe("proven");
  });
});

describe("a separate meter", () => {
  const metered = (...more: string[]) => [
    device("light-301", "light", "301", { meter: "hall/plug-9" }),
    device("plug-9", "plug", "301"),
    ...more.map((id) => device(id, "light", "301", { meter: "hall/plug-9" })),
  ];

  it("that fell silent accuses nobody of drawing what it last said", () => {
    const h = new PlayedHouse([off], smallSite({ devices: metered() }));
    h.say("plug-9", { power: 800 });
    h.wait(10);
    h.say("light-301", { on: true });
    h.confirmSent();
    h.wait(1);
    h.say("light-301", { on: false });
    h.wait(1000);
    expect(h.commands()[0]).toMatchObject({ state: "reported", proof: null });
    expect(h.commands()[0]!.endedAt).not.toBeNull();
    expect(failed(h)).toBeUndefined();
  });

  it("that measures two of them proves nothing of one", () => {
    const h = new PlayedHouse([off], smallSite({ devices: metered("light-302") }));
    h.say("plug-9", { power: 800 });
    h.say("light-301", { on: true });
    h.confirmSent();
    h.wait(1);
    h.say("light-301", { on: false });
    expect(h.commands().find((c) => c.device === "hall/light-301")).toMatchObject({ state: "proven", proof: { point: "on" } });
  });
});

describe("undone before its effect could be measured", () => {
  it("is no failure of the device: it is asked again at once, and counts as undone", () => {
    const h = told();
    for (let i = 0; i < 2; i++) {
      h.say("light-301", { on: false, power: 60 });
      h.wait(1);
      h.say("light-301", { on: true, power: 100 });
      h.confirmSent();
      h.wait(1);
    }
    expect(h.commands().map((c) => [c.state, c.steps.at(-1)!.note])).toEqual([
      ["canceled", "undone"],
      ["canceled", "undone"],
      ["sent", null],
    ]);
    expect(failed(h)).toBeUndefined();
    h.say("light-301", { on: false, power: 60 });
    h.wait(1);
    h.say("light-301", { on: true, power: 100 });
    expect(h.commands()).toHaveLength(3);
    expect(h.alerts().find((a) => a.title === "conflict.undone")).toMatchObject({ evidence: { times: 3 } });
  });

  it("an open loop that people switch back is given up to them too", () => {
    const h = new PlayedHouse([off], smallSite({ devices: [device("light-301", "light", "301", { openLoop: true, interval: 60 })] }));
    for (let i = 0; i < 4; i++) {
      h.say("light-301", { on: true });
      h.confirmSent();
      h.wait(1);
      for (let minute = 0; minute < 7; minute++) {
        h.say("light-301", { on: false });
        h.wait(60);
      }
    }
    expect(h.sent()).toHaveLength(3);
    expect(h.alerts().filter((a) => a.title === "conflict.undone")).toHaveLength(1);
  });
});

describe("a command to a device that is gone", () => {
  it("is no failure of the device, and is asked anew the moment it is back", () => {
    const h = told();
    h.enter({ kind: "availability", device: "hall/light-301", online: false });
    h.wait(100);
    expect(h.commands()[0]).toMatchObject({ state: "canceled" });
    expect(failed(h)).toBeUndefined();
    expect(h.sent()).toHaveLength(1);
    h.enter({ kind: "availability", device: "hall/light-301", online: true });
    expect(h.sent()).toHaveLength(2);
    expect(h.now).toBeLessThan(T0 + 600_000);
  });

  it("without a word of farewell fails, but its back-off ends when it speaks again", () => {
    const known = smallSite().devices.map((d) => (d.id === "hall/light-301" ? { ...d, interval: 60 } : d));
    const h = told(known);
    h.wait(300);
    expect(h.commands()[0]).toMatchObject({ state: "ignored" });
    expect(h.house.devices.get("hall/light-301")!.silent).toBe(true);
    h.say("light-301", { on: true, power: 100 });
    expect(h.commands()).toHaveLength(2);
  });
});

describe("a server that lost the lease", () => {
  it("does not go on asking, and blames no device for it", () => {
    const h = told();
    h.enter({ kind: "lead", leads: false, holder: "other" });
    h.wait(100);
    expect(h.sent()).toHaveLength(1);
    expect(h.commands()[0]).toMatchObject({ state: "canceled" });
    expect(failed(h)).toBeUndefined();
    h.enter({ kind: "lead", leads: true, holder: null });
    expect(h.commands()).toHaveLength(2);
  });
});
