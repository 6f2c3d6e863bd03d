/** `npm run restore`: a backup back into the data folder. */
import { connect } from "node:net";
import { readArguments, wrongUse } from "./command-line.ts";
import { controlPath } from "./keeping/control.ts";
import { restoreBackup } from "./keeping/restore.ts";
import { loadSettings } from "./settings/load.ts";

const HELP = `Puts a backup back. Every file is held against the backup's digests before anything is touched. Stop the server first.

  npm run restore -- FOLDER [options]

  --data DIR       data folder (default: data.dir of the settings; the demonstration's is ./data/demo)
  --replace        where data lie there already: move them aside (DIR.before-…), nothing is deleted
  --config FILE    settings (YAML); else JIEYUE_CONFIG, else ./jieyue.yaml if there
  --help           this

Exit codes: 0 done, 1 it failed, 2 wrong use or settings.
`;

const OPTIONS = { data: { type: "string" }, replace: { type: "boolean" }, config: { type: "string" }, help: { type: "boolean" } } as const;

function serverRuns(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(controlPath(dataDir));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

const { values, positionals } = readArguments({ options: OPTIONS, allowPositionals: true });
if (values.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
const [backup] = positionals;
if (backup === undefined || positionals.length > 1) wrongUse(["Name one backup: the folder that npm run backup printed."]);
const loaded = loadSettings({ config: values.config, env: process.env, cwd: process.cwd() });
if (!loaded.ok) wrongUse(loaded.problems);
const dataDir = values.data ?? loaded.settings.data.dir;
try {
  if (await serverRuns(dataDir)) throw new Error(`a server runs on ${dataDir}: stop it first.`);
  const progress = (what: string) => void process.stderr.write(`${what}\n`);
  const { manifest, aside } = await restoreBackup(backup, dataDir, { replace: values.replace === true, now: () => Date.now(), progress });
  process.stdout.write(`${dataDir} is as it was at ${manifest.madeAt}.${aside === null ? "" : ` What was there lies in ${aside}.`}\n`);
} catch (error) {
  process.stderr.write(`Nothing was put back: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
