/** The table of devices: what was exported and handed in again changes nothing, whatever names and tags there are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvText } from "../../server/api/csv-text.ts";
import type { Device } from "../../server/core/device.ts";
import { readSiteTable, rowOf, SITE_COLUMNS } from "../../server/core/site-table.ts";
import { readCsv } from "../../server/sheets/csv.ts";
import { PlayedHouse } from "../support/played-house.ts";
import { device, smallSite } from "../support/small-site.ts";

const written = fc
  .string({ minLength: 1, maxLength: 40 })
  .map((s) => s.replaceAll(/[\p{C}]/gu, "").trim())
  .filter((s) => s !== "" && !s.startsWith("'"));
const tags = fc.array(
  written.map((s) => s.replaceAll(/[;；,，]/g, " ").trim()).filter((s) => s !== "" && !/^[=+\-@]/.test(s)),
  { maxLength: 4 },
);

describe("the table of devices", () => {
  it("that comes out goes in again without changing anything", () => {
    fc.assert(
      fc.property(written, tags, fc.integer({ min: 1, max: 86_400 }), fc.constantFrom("301", "302", null), (name, list, interval, place) => {
        const { house } = new PlayedHouse([], smallSite({ devices: [device("plug-1", "plug", null)] }));
        const more: Partial<Device> = { name, tags: list, interval, meter: "hall/plug-1", codec: "tasmota", address: "a-1", topic: "tele/+x" };
        const state = house.devices.get("hall/plug-1")!;
        house.devices.set("hall/x", { ...state, device: device("x", "light", place, more) });
        const csv = [[...SITE_COLUMNS], rowOf(house.devices.get("hall/x")!.device, name)].map((r) => r.map(csvText).join(",")).join("\r\n");
        const read = readSiteTable(readCsv(new TextEncoder().encode(csv)), house);
        expect(read).toMatchObject({ ok: true, rows: [{ outcome: "same", changes: [], troubles: [] }] });
      }),
    );
  });

  it("meets no cell that throws", () => {
    const { house } = new PlayedHouse([]);
    const cell = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.constantFrom("hall/ac-301", "ac", "301", "__proto__", "constructor"));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 14 }), { maxLength: 6 }), (rows) => {
        const table = [[...SITE_COLUMNS], ...rows].map((cells, i) => ({ line: i + 1, cells }));
        const read = readSiteTable(table, house);
        expect(read.ok && read.rows.length).toBe(rows.length);
      }),
    );
  });

  it("may have its heads in Chinese, below a title", () => {
    const { house } = new PlayedHouse([]);
    const rows = [["设备总表"], ["设备编号", "类型", "房间", "上报间隔（秒）"], ["hall/ac-301", "ac", "301", 300]];
    const read = readSiteTable(
      rows.map((cells, i) => ({ line: i + 1, cells })),
      house,
    );
    expect(read).toMatchObject({ ok: true, rows: [{ line: 3, outcome: "same" }] });
  });
});
