/** The run's last line in words that any reader of logs counts: `Tests: 412 passed, 0 failed`. */
import type { Reporter, TestModule } from "vitest/node";

export const plainLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((s) => s === state).length;
    // A file that could not be collected has no test of its own that failed.
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const skipped = count("skipped");
    process.stdout.write(
      `\nTests: ${count("passed")} passed, ${count("failed") + broken + errors.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
    );
  },
};
