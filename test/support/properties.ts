/**
 * Chance for the property tests, in every test process before its tests (`setupFiles`). In an ordinary run they draw what they drew
 * yesterday: a test that fails has met a change, not a rare draw. `npm run explore` draws anew, and many times as often.
 */
import fc from "fast-check";

const ORDINARY_SEED = 20_260_701;
const { EXPLORE_RUNS, EXPLORE_SEED } = process.env;
const exploring = EXPLORE_RUNS !== undefined;

/** How many runs a property gets that gets so many in an ordinary run. */
export function runs(ordinary: number): number {
  return exploring ? Math.ceil(ordinary * Number(EXPLORE_RUNS)) : ordinary;
}

/** What a test with a chance of its own draws by. */
export const SEED = EXPLORE_SEED !== undefined ? Number(EXPLORE_SEED) : exploring ? Math.floor(Math.random() * 2 ** 31) : ORDINARY_SEED;

fc.configureGlobal({ numRuns: runs(100), seed: SEED });
