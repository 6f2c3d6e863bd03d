import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { plainLine } from "./test/support/plain-line.ts";

// Servers that the tests start are compiled once, not each time.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/jieyue-tests");

/** A busy machine is no fault: what hangs is told after a minute, what is slow is not. */
const patient = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  teardownTimeout: 30_000,
  expect: { poll: { timeout: 30_000 } },
  setupFiles: ["test/support/properties.ts"],
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", plainLine],
    projects: [
      {
        test: {
          ...patient,
          name: "house",
          pool: "forks",
          // Nothing in the house keeps a state of its own in a module, so files may share a process and what it has loaded.
          isolate: false,
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/{browser,peers,stories}/**"],
          sequence: { groupOrder: 0 },
        },
      },
      // Whole servers, real brokers and Chromium, each on free ports and in a folder of its own.
      {
        test: {
          ...patient,
          testTimeout: 180_000,
          hookTimeout: 600_000,
          name: "whole",
          pool: "forks",
          include: ["test/{browser,peers,stories}/**/*.test.ts"],
          globalSetup: ["test/support/compile-server.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
