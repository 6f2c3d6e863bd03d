import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPeers, PEERS } from "../support/peers.ts";

const root = join(import.meta.dirname, "../..");
const read = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), "utf8")) as T;

interface Entry {
  readonly version: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = read<{
  readonly scripts: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}>("package.json");
const lock = read<{ readonly packages: Readonly<Record<string, Entry>> }>("package-lock.json").packages;

describe("the package", () => {
  it("has the commands that the contract names", () => {
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(["start", "serve", "simulate", "bench", "check", "dev", "test", "build"]));
  });

  it("pins every dependency exactly", () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect(lock[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  it("lets no package run a script at its installation but the one that brings Node", () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
    expect(allowed).toEqual([["node", true]]);
  });
});

describe("the lock file", () => {
  it("names no registry", () => {
    expect(Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  // npm 11's `ci` refuses a lock file that lacks another platform's part, and an install on one platform leaves the others' out.
  it("has an entry for the optional parts of every platform", () => {
    const absent = Object.entries(lock).flatMap(([path, entry]) =>
      Object.entries(entry.optionalDependencies ?? {})
        .filter(([name, version]) => /^\d/.test(version) && lock[`node_modules/${name}`] === undefined && lock[`${path}/node_modules/${name}`] === undefined)
        .map(([name]) => name),
    );
    expect(absent).toEqual([]);
  });
});

describe("the tests' peers", () => {
  it("are all here, or npm test would not have come so far", () => {
    expect(missingPeers()).toEqual([]);
  });

  it("are named when they are missing", () => {
    const absent = [
      { package: "no-such", what: "nothing", program: "no-such-program" },
      { package: "no-file", what: "nothing", file: join(root, "no-such-file") },
    ];
    expect(missingPeers([...PEERS, ...absent]).map((p) => p.package)).toEqual(["no-such", "no-file"]);
  });
});
