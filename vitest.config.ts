import { defineConfig } from "vitest/config";

/** The browser and the benchmarks measure time by themselves; two machines' cores must not be shared out four ways under them. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000, teardownTimeout: 30_000 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: { ...patient, name: "house", pool: "forks", include: ["test/**/*.test.{ts,tsx}"], exclude: ["test/{browser,peers,stories}/**"], sequence: { groupOrder: 0 } },
      },
      // Whole servers, real brokers and Chromium: one after another.
      { test: { ...patient, testTimeout: 180_000, name: "whole", pool: "forks", include: ["test/{peers,stories}/**/*.test.ts"], fileParallelism: false, sequence: { groupOrder: 1 } } },
      { test: { ...patient, testTimeout: 180_000, name: "browser", pool: "forks", include: ["test/browser/**/*.test.ts"], fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
