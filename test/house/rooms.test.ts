import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { breaches, importsOf, roomOf, sourcesOf } from "./rooms.ts";

const root = join(import.meta.dirname, "../..");
const sources = sourcesOf(root);

describe("the one-way rule", () => {
  it("is kept by every file", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(breaches(sources)).toEqual([]);
  });

  it.each([
    ["server/core/house.ts", 'import { createFlow } from "../flow.ts";'],
    ["server/core/policies/vacant.ts", 'import { z } from "zod";'],
    ["server/core/step.ts", 'import type { Log } from "../log.ts";'],
    ["server/contract/devices.ts", 'import type { Office } from "../ports/office.ts";'],
    ["server/contract/devices.ts", 'import { readFileSync } from "node:fs";'],
    ["server/ports/history.ts", 'export type { Store } from "../history/store.ts";'],
    ["server/mqtt/embedded.ts", 'import { decodeNative } from "../codecs/native.ts";'],
    ["server/api/handlers/house.ts", 'import "../../records/sqlite.ts";'],
    ["server/live/live.ts", 'const { openApp } = await import("../app.ts");'],
    ["server/history/duckdb.ts", 'new Worker(new URL("../records/worker.ts", import.meta.url));'],
    ["server/flow.ts", 'import { openApp } from "./app.ts";'],
    ["simulators/office/hall.ts", 'import {\n  decodeNative,\n  encodeSet,\n} from "../../server/codecs/native.ts";'],
    ["dashboard/src/live.ts", 'import type { Flow } from "../../server/flow.ts";'],
    ["dashboard/src/live.ts", 'import { createWeather } from "../../simulators/weather.ts";'],
    ["server/utilities/strings.ts", ""],
  ])("refuses a breach planted in %s: %s", (path, planted) => {
    const own = sources.filter((source) => source.path === path);
    expect(breaches([{ path, text: `${planted}\n${own[0]?.text ?? ""}` }])).toHaveLength(1);
  });

  it.each([
    ["server/flow.ts", 'import { decodeNative } from "./codecs/native.ts";'],
    ["server/api/app.ts", 'import type { Office } from "../ports/office.ts";'],
    ["server/contract/devices.ts", 'import { z } from "zod";'],
    ["simulators/office/hall.ts", 'import type { Site } from "../../server/core/space.ts";'],
  ])("lets %s say %s", (path, line) => {
    expect(breaches([{ path, text: line }])).toEqual([]);
  });

  it("sees an import in each way it can be written, and none in a comment", () => {
    const text = [
      'import a from "./a.ts";',
      "import b, { type c } from './b.ts';",
      'export * from "./c.ts";',
      'import "./d.ts";',
      'const e = await import("./e.ts");',
      "import {\n  f,\n} from\n  './f.ts';",
      'new URL("./g.ts", import.meta.url)',
      '// import h from "./h.ts";',
      '/** import i from "./i.ts"; */',
      'const from = "./j.ts";',
    ].join("\n");
    expect(importsOf(text).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts", "./g.ts"]);
  });
});

describe("the tree is the glossary", () => {
  it("has no drawer for odds and ends", () => {
    expect(sources.map((s) => s.path).filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\.|\/)/i.test(path))).toEqual([]);
  });

  it("has a room for every file", () => {
    expect(sources.map((s) => s.path).filter((path) => roomOf(path) === null)).toEqual([]);
  });
});
