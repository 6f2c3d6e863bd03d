/** How the commands of `npm run` take their arguments. */
import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";

/** Says on standard error what is wrong, a problem a line, and ends the process with 2. */
export function wrongUse(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write("Try --help.\n");
  process.exit(2);
}

/** The arguments as the options say; ends the process with 2 where they are others. */
export function readArguments<const C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return wrongUse([error instanceof Error ? error.message : String(error)]);
  }
}
