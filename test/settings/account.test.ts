/** The tables that ship, and a table file that somebody broke. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EMPTY_ACCOUNT, tariffOn } from "../../server/core/account/tables.ts";
import { readAccount, withShipped } from "../../server/settings/account.ts";
import { flatTariff } from "../support/small-site.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-account-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "tables.yaml");
const problems = (text: string): readonly string[] => {
  writeFileSync(file, text);
  const read = readAccount(file);
  return read.ok ? [] : read.problems.map((p) => p.replace(file, "FILE"));
};
const shipped = () => {
  const read = readAccount();
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.account;
};

describe("the tables of factors, tariffs and quotas", () => {
  it("say where each number comes from, and no example holds unless a site asks for examples", () => {
    const tables = shipped();
    for (const row of [...tables.factors, ...tables.tariffs, ...tables.quotas]) {
      expect(row.source.title, row.id).not.toBe("");
      expect(row.example, row.id).toBe(row.region === "example");
      expect(row.source.title.startsWith("示例"), row.id).toBe(row.example);
    }
    const site = withShipped({ ...EMPTY_ACCOUNT, regions: ["CN-grid-east", "CN"] }, tables);
    for (const quantity of ["electricity", "water", "gas", "paper"] as const) expect(tariffOn(site, quantity, "2026-07-01"), quantity).toBeNull();
    expect(tariffOn({ ...site, regions: ["example"] }, "electricity", "2026-07-01")).toMatchObject({ pricing: { kind: "time-of-use" } });
  });

  it("are replaced row by row by a site's own of the same id", () => {
    const own = flatTariff("gas", 9, { id: "example-gas", region: "example" });
    const site = withShipped({ ...EMPTY_ACCOUNT, regions: ["example"], tariffs: [own] }, shipped());
    expect(tariffOn(site, "gas", "2026-07-01")).toBe(own);
    expect(site.tariffs.filter((t) => t.id === "example-gas")).toHaveLength(1);
  });

  it("that are broken say so with the file and the place", () => {
    expect(problems("factors: [")[0]).toMatch(/^FILE: .*line 1/);
    expect(problems("surprise: 1")).toEqual(['FILE: Unrecognized key: "surprise"']);
    expect(problems("factors: [{ id: a, quantity: coal, concept: co2, value: 1, unit: kg/kWh, source: s }]")[0]).toMatch(/^FILE: factors\[0\]\.quantity: /);
    expect(problems("factors: [{ id: a, quantity: electricity, concept: co2, value: -1, unit: kg/kWh, source: s }]")[0]).toMatch(
      /^FILE: factors\[0\]\.value: /,
    );
    expect(problems("factors: [{ id: a, quantity: electricity, concept: co2, value: .inf, unit: kg/kWh, source: s }]")[0]).toMatch(
      /^FILE: factors\[0\]\.value: /,
    );
    expect(problems("factors: [{ id: a, quantity: electricity, concept: co2, value: 530.6, unit: g/kWh, source: s }]")).toEqual([
      'FILE: factors[0].unit: must be "kg/kWh" for electricity, not "g/kWh": the value would be read wrongly',
    ]);
    expect(problems("factors: [{ id: a, quantity: electricity, concept: co2, value: 1, unit: kg/kWh, source: { title: s, url: 'javascript:x' } }]")[0]).toMatch(
      /^FILE: factors\[0\]\.source/,
    );
    expect(readAccount(join(folder, "gone.yaml"))).toMatchObject({ ok: false, problems: [expect.stringContaining("there is no such file")] });
  });
});
