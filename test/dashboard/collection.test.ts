import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { createCollection } from "../../dashboard/src/collection.ts";
import { mergeDevice } from "../../dashboard/src/merge.ts";
import { device, point } from "./dtos.ts";

describe("a collection", () => {
  it("tells only those who watch the item that changed", () => {
    const devices = createCollection(mergeDevice);
    devices.replace([device("hall/a"), device("hall/b")]);
    let a = 0;
    let b = 0;
    const stops = [
      effect(() => {
        void devices.one("hall/a").value;
        a++;
      }),
      effect(() => {
        void devices.one("hall/b").value;
        b++;
      }),
    ];
    devices.merge([device("hall/b", { points: [point("on", true)] })]);
    expect([a, b]).toEqual([1, 2]);
    expect(devices.one("hall/b").value?.points[0]?.value).toBe(true);
    for (const stop of stops) stop();
  });

  it("lays what is heard over what is known", () => {
    const devices = createCollection(mergeDevice);
    devices.merge([device("hall/a", { points: [point("on", true), point("power", 5)] })]);
    devices.merge([device("hall/a", { points: [point("power", 7)] })]);
    expect(devices.peek("hall/a")?.points.map((p) => p.value)).toEqual([true, 7]);
  });

  it("forgets what a new snapshot does not have, and says so to who watches it", () => {
    const devices = createCollection(mergeDevice);
    devices.replace([device("hall/a")]);
    const watched = devices.one("hall/a");
    devices.replace([device("hall/b")]);
    expect(watched.value).toBeUndefined();
    expect([...devices.all()].map((d) => d.id)).toEqual(["hall/b"]);
  });

  it("is not told of nothing", () => {
    const devices = createCollection(mergeDevice);
    const before = devices.version.value;
    devices.merge([]);
    devices.drop([]);
    expect(devices.version.value).toBe(before);
    devices.merge([device("hall/a")]);
    devices.drop(["hall/a"]);
    expect(devices.size()).toBe(0);
    expect(devices.version.value).toBe(before + 2);
  });
});
