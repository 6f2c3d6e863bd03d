import { describe, expect, it } from "vitest";
import { copierPace, isAwake, nextPoll, PACE } from "../../server/printers/schedule.ts";
import { PlayedHouse } from "../support/played-house.ts";
import { device, smallSite } from "../support/small-site.ts";

describe("a copier", () => {
  it("is asked at once at the start, then so often as it may be", () => {
    expect(nextPoll(null, 5_000, PACE.gentle)).toBe(5_000);
    expect(nextPoll(5_000, 6_000, PACE.gentle)).toBe(605_000);
    expect(nextPoll(5_000, 6_000, PACE.awake)).toBe(65_000);
  });

  it("is not silenced by a clock that was set back", () => {
    expect(nextPoll(9_000_000, 6_000, PACE.gentle)).toBe(6_000);
  });

  it("may sleep: ten minutes between two questions, unless a meter says that it is awake", () => {
    expect(copierPace(null)).toBe(600_000);
    expect(copierPace(false)).toBe(600_000);
    expect(copierPace(true)).toBe(60_000);
  });
});

describe("whether it is awake", () => {
  const played = () => {
    const { devices, ...site } = smallSite();
    const copier = device("copier-1", "copier", "301", { codec: "printer", address: "copier-1", meter: "hall/plug-1", standby: 10 });
    return new PlayedHouse([], { ...site, devices: [...devices, copier, device("plug-1", "plug", "301", { interval: 60 })] });
  };
  const awake = (h: PlayedHouse) => isAwake(h.house, h.house.devices.get("hall/copier-1")!, h.now);

  it("is what its socket's meter says, against its standby", () => {
    const h = played();
    h.say("plug-1", { power: 340 });
    expect(awake(h)).toBe(true);
    h.say("plug-1", { power: 10 });
    expect(awake(h)).toBe(false);
  });

  it("is not known where nothing measures it, or the meter has been quiet, or is not believed", () => {
    const h = played();
    expect(awake(h)).toBeNull();
    h.say("plug-1", { power: 340 });
    h.now += 180_000;
    expect(awake(h)).toBe(true);
    h.now += 1_000;
    expect(awake(h)).toBeNull();
    h.say("plug-1", { power: 340 }, "bad");
    expect(awake(h)).toBeNull();
  });
});
