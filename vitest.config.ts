import { defineConfig } from "vitest/config";
import { plainLine } from "./test/support/plain-line.ts";

/** A busy machine is no fault: what hangs is told after a minute, what is slow is not. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000, teardownTimeout: 30_000 };

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
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/{browser,peers,stories}/**"],
          sequence: { groupOrder: 0 },
        },
      },
      // Whole servers, real brokers and Chromium: one after another.
      {
        test: {
          ...patient,
          testTimeout: 180_000,
          name: "whole",
          pool: "forks",
          include: ["test/{peers,stories}/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...patient,
          testTimeout: 180_000,
          name: "browser",
          pool: "forks",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
