/** The InfluxQL of the Grafana dashboard that we ship, as Grafana would ask it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../server/influx");

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: object;
    readonly targets: readonly { readonly query: string; readonly datasource: object }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: string; readonly datasource?: object }[] };
}
export const dashboard = JSON.parse(readFileSync(join(folder, "grafana-dashboard.json"), "utf8")) as Dashboard;

/** Each query with what it is for. */
export const queries: readonly { readonly what: string; readonly query: string }[] = [
  ...dashboard.panels.flatMap((p) => p.targets.map((t) => ({ what: p.title, query: t.query }))),
  ...dashboard.templating.list.filter((v) => v.type === "query").map((v) => ({ what: `the variable ${v.name}`, query: v.query })),
];

/** Puts in what Grafana puts in: everything chosen, from `from` to `to` (ms), ten minutes apart. */
export function filledIn(query: string, from: number, to: number): string {
  const values: Readonly<Record<string, string>> = {
    timeFilter: `time >= ${from}ms AND time <= ${to}ms`,
    __interval: "10m",
    timezone: "Asia/Shanghai",
    building: ".*",
    device: ".*",
  };
  return query.replaceAll(
    /\$(?:\{(\w+)(?::regex)?\}|(\w+))/g,
    (whole, braced: string | undefined, bare: string | undefined) => values[braced ?? bare ?? ""] ?? whole,
  );
}

/** What LAYOUT.md says is there: measurement → names, by what they are. */
export function documentedLayout(): ReadonlyMap<string, { readonly tags: readonly string[]; readonly fields: readonly string[] }> {
  const text = readFileSync(join(folder, "LAYOUT.md"), "utf8");
  const sections = text.split(/^## /m).filter((s) => s.startsWith("Measurement"));
  return new Map(
    sections.map((section) => {
      const names = (kind: string) =>
        [...section.matchAll(new RegExp(`^\\| ${kind} \\| ([^|]+) \\|`, "gm"))].flatMap((m) => [...m[1]!.matchAll(/`(\w+)`/g)].map((n) => n[1]!));
      return [/`(\w+)`/.exec(section)![1]!, { tags: names("tag"), fields: names("field") }];
    }),
  );
}
