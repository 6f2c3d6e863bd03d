import { describe, expect, it } from "vitest";
import { createZone } from "../../server/core/zone.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createLines } from "../../server/influx/line.ts";
import { createRollupForward } from "../../server/influx/rollup-forward.ts";
import { dashboard, documentedLayout, filledIn, queries } from "../support/dashboard-queries.ts";

const T = 1_782_864_000_000;
const layout = documentedLayout();

/** Names of a line without escapes. */
const namesOf = (line: string) => ({
  measurement: line.split(",")[0]!,
  tags: line
    .split(" ")[0]!
    .split(",")
    .slice(1)
    .map((t) => t.split("=")[0]!),
  fields: line
    .split(" ")[1]!
    .split(",")
    .map((f) => f.split("=")[0]!),
});

describe("the documented layout", () => {
  it("is what lines are made of: every name, and none else", async () => {
    const lineOf = createLines();
    const lines = [1, true, "x"].flatMap((value) =>
      (["good", "bad"] as const).map((quality) => {
        const written = lineOf({ point: "a/b/c", at: T, received: T + 1, value, quality });
        return written.kind === "line" ? written.line : "";
      }),
    );
    const history = createMemoryHistory();
    for (const n of [0, 1])
      history.append({ device: "a/b", at: T + n * 60_000, received: T, late: false, readings: [{ name: "c", value: n, quality: "good" }] }, undefined);
    const rollups = createRollupForward({
      history,
      zone: createZone("Asia/Shanghai"),
      houseNow: () => T + 86_400_000,
      send: async (more) => void lines.push(...more),
    });
    while (await rollups.step());
    const found = new Map<string, { tags: Set<string>; fields: Set<string> }>();
    for (const { measurement, tags, fields } of lines.map(namesOf)) {
      const known = found.get(measurement) ?? { tags: new Set(), fields: new Set() };
      for (const t of tags) known.tags.add(t);
      for (const f of fields) known.fields.add(f);
      found.set(measurement, known);
    }
    const sorted = (names: Iterable<string>) => [...names].sort();
    expect([...found].map(([m, { tags, fields }]) => [m, sorted(tags), sorted(fields)])).toEqual(
      [...layout].map(([m, { tags, fields }]) => [m, sorted(tags), sorted(fields)]),
    );
  });
});

describe("the Grafana dashboard", () => {
  it("asks the data source that is chosen at its import, and nobody else", () => {
    const sources = [
      ...dashboard.panels.flatMap((p) => [p.datasource, ...p.targets.map((t) => t.datasource)]),
      ...dashboard.templating.list.flatMap((v) => (v.datasource === undefined ? [] : [v.datasource])),
    ];
    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) expect(source).toEqual({ type: "influxdb", uid: "${DS_INFLUXDB}" });
  });

  it.each(queries)("stays inside the layout: $what", ({ query }) => {
    const [, measurement = ""] = /FROM "(\w+)"/.exec(query) ?? [];
    const { tags, fields } = layout.get(measurement)!;
    const given = [...query.matchAll(/AS "(\w+)"/g)].map((m) => m[1]!);
    const used = [...query.matchAll(/"(\w+)"/g)].map((m) => m[1]!).filter((name) => name !== measurement && !given.includes(name));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !tags.includes(name) && !fields.includes(name))).toEqual([]);
    // Only what InfluxDB 1.8, 2 and 3 all know.
    const functions = [...query.matchAll(/\b([a-z_]+)\(/g)].map((m) => m[1]!);
    expect(functions.filter((f) => !["mean", "min", "max", "count", "sum", "first", "last", "percentile", "time", "fill", "tz"].includes(f))).toEqual([]);
    expect(filledIn(query, T, T)).not.toContain("$" + "{");
    expect(filledIn(query, T, T).replaceAll("$/", "/")).not.toContain("$");
  });
});
