import { describe, expect, it } from "vitest";
import { createDisk } from "../../server/history/disk.ts";

const MB = 1_048_576;

describe("the disk's room", () => {
  it("is what lies above the reserve; a warning comes at twice the reserve and goes with a tenth more", async () => {
    let left = 5_000 * MB;
    const told: (string | null)[] = [];
    const disk = createDisk({ dir: ".", reserve: 500 * MB, free: async () => left, fault: (error) => told.push(error === null ? null : error.message) });
    await disk.look();
    expect(await disk.room()).toBe(4_500 * MB);
    for (left of [999 * MB, 990 * MB, 1_001 * MB, 1_099 * MB]) await disk.look();
    expect(told).toEqual([null, "999 MB / 500 MB"]);
    left = 1_101 * MB;
    await disk.look();
    expect(told).toEqual([null, "999 MB / 500 MB", null]);
    left = 300 * MB;
    expect(await disk.room()).toBe(-200 * MB);
  });
});
