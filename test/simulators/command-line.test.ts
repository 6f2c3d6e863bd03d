import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { helpText, parseOptions } from "../../simulators/options.ts";
import { STORIES } from "../../simulators/stories/catalogue.ts";
import type { TestBroker } from "./broker.ts";
import { startBroker } from "./broker.ts";

const MAIN = fileURLToPath(new URL("../../simulators/main.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program; `stopWhen` resolving sends it SIGTERM. */
function run(args: readonly string[], stopWhen?: Promise<unknown>): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.on("close", (code) => resolve({ code, out, err }));
    void stopWhen?.then(() => child.kill("SIGTERM"));
  });
}

describe("the options", () => {
  const problems = (...args: string[]): readonly string[] => {
    const parsed = parseOptions(args);
    return parsed.ok ? [] : parsed.problems;
  };

  it("have defaults, and are taken with a space or an equals sign", () => {
    expect(parseOptions([])).toMatchObject({ ok: true, options: { url: "mqtt://127.0.0.1:1883", story: "summer-day", seed: 1, devices: 0, qos: 1 } });
    expect(parseOptions(["--speed=60", "--seed", "7", "--story", "none", "--devices=10000", "--rate", "500"])).toMatchObject({
      ok: true,
      options: { speed: 60, seed: 7, story: null, devices: 10_000, rate: 500 },
    });
  });

  it("are all judged, and every mistake is told with its option", () => {
    const found = problems(
      "--speed",
      "fast",
      "--story",
      "fairy-tale",
      "--devices",
      "10001",
      "--colour",
      "blue",
      "--url",
      "http://x",
      "--seed",
      "--start",
      "noon",
      "--qos",
      "2",
      "--seed",
      "-1",
      "loose",
    );
    for (const text of [
      "--speed: must be a number",
      '--story: there is no story "fairy-tale"',
      "--devices: must be a whole number from 0 to 10000",
      "--colour: no such option",
      "--url: must be mqtt://",
      "--seed: needs a value",
      "--start: must be a time",
      "--qos: must be",
      "--seed: given twice",
      "loose: no such option",
    ]) {
      expect(found.some((problem) => problem.startsWith(text))).toBe(true);
    }
  });

  it("that do not go together are told", () => {
    expect(problems("--replay", "t.csv", "--story", "leak", "--seed", "2")).toEqual([
      "--story: does not go with --replay",
      "--seed: does not go with --replay",
    ]);
    expect(problems("--mapping", "m.yaml")).toEqual(["--mapping: goes with --replay only"]);
    expect(problems("--rate", "5")).toEqual(["--rate: goes with --devices or --replay only"]);
    expect(problems("--wire", "carrier-pigeon")).toEqual(['--wire: must be native, zigbee2mqtt, tasmota or shelly, not "carrier-pigeon"']);
    expect(problems("--wire", "tasmota", "--lines", "each")).toEqual(["--wire: does not go with --lines each: a gateway has one line"]);
    expect(problems("--wire", "native")).toEqual([]);
    expect(problems("--story", "none")).toEqual(["--story: none leaves nothing to simulate without --devices"]);
  });

  it("are explained, each one and each story", () => {
    for (const option of ["url", "username", "password", "story", "speed", "devices", "seed", "start", "site", "replay", "mapping", "duration", "rate", "help"])
      expect(helpText()).toContain(`--${option} `);
    for (const story of STORIES) expect(helpText()).toContain(story.name);
  });
});

describe("the program", () => {
  let broker: TestBroker;
  let folder: string;
  beforeAll(async () => {
    broker = await startBroker();
    folder = await mkdtemp(join(tmpdir(), "jieyue-simulate-"));
  });
  afterAll(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  it("shows its help on stdout and ends with 0", async () => {
    expect(await run(["--help"])).toEqual({ code: 0, out: helpText(), err: "" });
  });

  it("ends with 2 and every mistake on stderr when it is used wrongly", async () => {
    const ended = await run(["--speed", "0", "--story", "x"]);
    expect(ended.code).toBe(2);
    expect(ended.out).toBe("");
    expect(ended.err.trim().split("\n")).toHaveLength(2);
  });

  it("ends with 2 when a file is missing or wrong", async () => {
    const site = join(folder, "site.yaml");
    await writeFile(site, "site: { id: x }\nbuildings: []\n");
    const [wrong, none, table] = await Promise.all([
      run(["--site", site]),
      run(["--site", join(folder, "none.yaml")]),
      run(["--replay", join(folder, "none.csv"), "--url", broker.url]),
    ]);
    expect([wrong.code, none.code, table.code]).toEqual([2, 2, 2]);
    expect(wrong.err).toMatch(/--site: .*site\.name/);
    expect(none.err).toMatch(/--site: .*no such file/);
    expect(table.err).toMatch(/--replay: there is no file/);
  });

  it("plays the shipped hall until it is told to stop, and ends with 0", async () => {
    const ended = await run(
      ["--url", broker.url, "--speed", "60"],
      broker.until((m) => m.topic === "jieyue/hall/ac-301/state"),
    );
    expect(ended.code).toBe(0);
    expect(broker.heard.find((m) => m.topic === "jieyue/hall/ac-301/state")?.payload).toContain('"ts":"2026-07-01T08:0');
    expect(ended.err).toContain('"msg":"stopped"');
  });
});
