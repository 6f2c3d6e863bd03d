import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReader } from "../../server/influx/reader.ts";

const FROM = 1_782_864_000_000;

/** A reader whose server is told what to say; `asked` is what it was asked. */
function reading(...series: { readonly columns: string[]; readonly values: unknown[][] }[]) {
  const asked: string[] = [];
  const reader = createReader({ query: async (q) => (asked.push(q), { results: [{ statement_id: 0, series }] }) });
  return { reader, asked };
}

/** InfluxQL read by its grammar: texts in single quotes with backslash escapes; what stands outside of them. */
function split(query: string): { readonly texts: readonly string[]; readonly outside: string } {
  const texts: string[] = [];
  let outside = "";
  for (let i = 0; i < query.length; i++) {
    if (query[i] !== "'") {
      outside += query[i];
      continue;
    }
    let text = "";
    for (i++; query[i] !== "'"; i++) {
      if (i >= query.length) throw new Error("a text that does not end");
      if (query[i] === "\\") i++;
      text += query[i];
    }
    texts.push(text);
    outside += "?";
  }
  return { texts, outside };
}

describe("reading back from InfluxDB", () => {
  it("asks for one point within its time, in no more than it is asked for", async () => {
    const { reader, asked } = reading();
    expect(await reader.readings("hall/ac-301/temperature", FROM, FROM + 3_600_000, 1001)).toEqual([]);
    expect(asked).toEqual([
      `SELECT "value", "state", "text", "bad", "suspect", "delay" FROM "reading" WHERE "building" = 'hall' AND "device" = 'ac-301' AND "point" = 'temperature' AND time >= 1782864000000ms AND time < 1782867600000ms ORDER BY time ASC LIMIT 1001`,
    ]);
  });

  it("tells readings as they were", async () => {
    const columns = ["time", "value", "state", "text", "bad", "suspect", "delay"];
    const { reader } = reading({
      columns,
      values: [
        [FROM, 26.5, null, null, null, false, null],
        [FROM + 1, 1, true, null, null, true, 1500],
        [FROM + 2, null, null, "cool", null, false, null],
        [FROM + 3, 20, null, null, "99", false, null],
        [FROM + 4, null, null, null, "not json", null, null],
        ["yesterday", 1, null, null, null, false, null],
      ],
    });
    expect(await reader.readings("a/b/c", FROM, FROM + 10, 10)).toEqual([
      { at: FROM, received: FROM, value: 26.5, quality: "good" },
      { at: FROM + 1, received: FROM + 1501, value: true, quality: "suspect" },
      { at: FROM + 2, received: FROM + 2, value: "cool", quality: "good" },
      { at: FROM + 3, received: FROM + 3, value: 20, quality: "good" },
      { at: FROM + 3, received: FROM + 3, value: 99, quality: "bad" },
    ]);
  });

  it("asks for windows with the origin that they have here", async () => {
    const { reader, asked } = reading({
      columns: ["time", "v", "n"],
      values: [
        [FROM, 21.5, 3],
        [FROM + 300_000, null, 0],
      ],
    });
    expect(await reader.windows("hall/ac-301/temperature", FROM, FROM + 600_000, 300_000, "mean", FROM - 100)).toEqual([{ at: FROM, value: 21.5, count: 3 }]);
    expect(asked[0]).toMatch(
      /^SELECT mean\("value"\) AS "v", count\("value"\) AS "n" FROM "reading" WHERE .* GROUP BY time\(300000ms, 299900ms\) fill\(none\)$/,
    );
  });

  it("lets no name step out of its quotes", async () => {
    const name = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((s) => !s.includes("/")),
      fc.constantFrom("' OR 1=1 --", "\\' OR 'a'='a", "\\", "a\n'; DROP SERIES FROM x --"),
    );
    await fc.assert(
      fc.asyncProperty(name, name, name, fc.double(), fc.double(), async (a, b, c, from, to) => {
        const { reader, asked } = reading();
        const ends = Number.isNaN(from) || Number.isNaN(to);
        await reader.readings(`${a}/${b}/${c}`, from, to, 5).catch(() => expect(ends).toBe(true));
        if (ends) return;
        const { texts, outside } = split(asked[0]!);
        expect(outside.replaceAll(/-?\d+ms/g, "#")).toBe(
          'SELECT "value", "state", "text", "bad", "suspect", "delay" FROM "reading" WHERE "building" = ? AND "device" = ? AND "point" = ? AND time >= #ms AND time < #ms ORDER BY time ASC LIMIT 5'.replaceAll(
            "#ms",
            "#",
          ),
        );
        expect(texts.map((t) => t.replaceAll(/%([0-9A-F]{2})/g, (_m, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))).toEqual(
          [a, b, c].map((t) => t.toWellFormed()),
        );
      }),
    );
  });

  it("asks for roll-ups of many points in few questions, and puts them where they were asked for", async () => {
    const columns = ["time", "mean", "min", "max", "last", "total", "count", "building", "device", "point"];
    const { reader, asked } = reading({
      columns,
      values: [
        [FROM + 3_600_000, 2, 1, 3, 2, 7.5, 4, "hall", "m-1", "energy"],
        [FROM, 5, 5, 5, 5, null, 1, "hall", "m-1", "energy"],
        [FROM, 6, 6, 6, 6, 0, 1, "hall", "m-0", "energy"],
        [FROM, 9, 9, 9, 9, 9, 9, "hall", "another", "energy"],
        [null, 9, 9, 9, 9, 9, 9, "hall", "m-0", "energy"],
      ],
    });
    const points = ["nowhere", "hall/m-0/energy", "hall/m-1/energy"];
    const told = await reader.rollups({ points, from: FROM, to: FROM + 7_200_000, step: "hour" });
    expect(Array.from(told.start, (start, i) => [start - FROM, told.point[i], told.count[i], told.mean[i], told.total[i]])).toEqual([
      [0, 1, 1, 6, 0],
      [0, 2, 1, 5, Number.NaN],
      [3_600_000, 2, 4, 2, 7.5],
    ]);
    expect(asked).toEqual([
      `SELECT "mean", "min", "max", "last", "total", "count", "building", "device", "point" FROM "rollup" WHERE (("building" = 'hall' AND "device" = 'm-0' AND "point" = 'energy') OR ("building" = 'hall' AND "device" = 'm-1' AND "point" = 'energy')) AND "step" = 'hour' AND time >= 1782864000000ms AND time < 1782871200000ms`,
    ]);
    asked.length = 0;
    const many = Array.from({ length: 100 }, (_, i) => `hall/m-${i}/energy`);
    await reader.rollups({ points: many, from: FROM, to: FROM + 86_400_000, step: "day" });
    expect(asked).toHaveLength(3);
    asked.length = 0;
    // Ten years of hours are one point's.
    await reader.rollups({ points: many.slice(0, 3), from: FROM - 3650 * 86_400_000, to: FROM, step: "hour" });
    expect(asked).toHaveLength(3);
    asked.length = 0;
    expect((await reader.rollups({ points: many, from: FROM, to: FROM + 86_400_000, step: "5m" })).start).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  it.each([
    [{ results: [{ error: 'database not found: "x"' }] }, 'database not found: "x"'],
    [{ error: "unable to parse authentication credentials" }, "unable to parse authentication credentials"],
    ["<html>", "the answer is none of InfluxDB's"],
    [{ results: [{ series: [{ columns: ["time"], values: [], partial: true }] }] }, "the server cuts its answers short (max-row-limit)"],
  ])("does not take a failure for an empty answer: %j", async (said, reason) => {
    const reader = createReader({ query: async () => said });
    await expect(reader.readings("a/b/c", 0, 1, 1)).rejects.toThrow(reason);
    await expect(reader.windows("a/b/c", 0, 1, 1000, "mean", 0)).rejects.toThrow(reason);
    await expect(reader.rollups({ points: ["a/b/c"], from: 0, to: 1, step: "day" })).rejects.toThrow(reason);
  });

  it("knows nothing of an id that cannot be there, and asks nobody", async () => {
    const { reader, asked } = reading();
    expect(await reader.readings("nowhere", 0, 1, 1)).toEqual([]);
    expect(await reader.windows("//", 0, 1, 1000, "sum", 0)).toEqual([]);
    expect(asked).toEqual([]);
  });
});
