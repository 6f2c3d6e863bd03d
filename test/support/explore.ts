/** `npm run explore`: the property tests alone, by another seed each time and many times as often; a failure says the seed that repeats it. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HELP = `npm run explore -- [options] [files]

  --runs N    times as many runs as in npm test (default 50)
  --seed N    draw what a failure drew, by the seed that it says

Without files: every test file with a property that starts no server or database.
`;

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "50" }, seed: { type: "string" }, help: { type: "boolean" } },
  allowPositionals: true,
});
if (values.help === true || !(Number(values.runs) > 0) || Number.isNaN(Number(values.seed ?? 0))) {
  process.stdout.write(HELP);
  process.exit(values.help === true ? 0 : 2);
}

const root = join(import.meta.dirname, "../..");
const textOf = (file: string) => readFileSync(file, "utf8");
/** Whether a file, or one of the tests' own that it imports, draws by chance. */
function draws(file: string): boolean {
  const text = textOf(file);
  const own = [...text.matchAll(/from "(\.{1,2}\/[^"]+)"/g)].map(([, path]) => join(file, "..", path!)).filter((path) => path.startsWith(join(root, "test")));
  return [text, ...own.map(textOf)].some((each) => /from "(fast-check|[./]+\/properties\.ts)"/.test(each));
}
const drawing = () => globSync("test/**/*.test.ts", { cwd: root, exclude: ["test/{browser,peers,stories}/**"] }).filter((file) => draws(join(root, file)));
const env = { ...process.env, EXPLORE_RUNS: values.runs, ...(values.seed === undefined ? {} : { EXPLORE_SEED: values.seed }) };
const args = ["node_modules/vitest/vitest.mjs", "run", "--testTimeout=0", ...(positionals.length > 0 ? positionals : drawing())];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
