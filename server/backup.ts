/** `npm run backup`: a backup of the data folder, whether the server runs or not. */
import { join, resolve } from "node:path";
import { readFileSync } from "node:fs";
import { readArguments, wrongUse } from "./command-line.ts";
import { createDuckDbHistory } from "./history/duckdb.ts";
import type { BackupDone } from "./keeping/backup.ts";
import { makeBackup } from "./keeping/backup.ts";
import { askServer } from "./keeping/control.ts";
import { HISTORY_FILE } from "./keeping/manifest.ts";
import { createLog } from "./log.ts";
import { loadSettings } from "./settings/load.ts";

const HELP = `Makes a backup: readings with their roll-ups, records, keys, each as of one moment, with its SHA-256. The server may run meanwhile.

  npm run backup -- [options]

  --to FOLDER      where the backup's own folder is made (default ./backups); on another disk it helps more
  --data DIR       data folder (default: data.dir of the settings; the demonstration's is ./data/demo)
  --config FILE    settings (YAML); else JIEYUE_CONFIG, else ./jieyue.yaml if there
  --help           this

The settings and the site file are yours to keep; they are not in it. A backup holds keys: keep it where only you can read it.
Exit codes: 0 done (the folder is the last line), 1 it failed and nothing of it is left, 2 wrong use or settings.
`;

const OPTIONS = { to: { type: "string" }, data: { type: "string" }, config: { type: "string" }, help: { type: "boolean" } } as const;

/** Without a server the history is opened here, for as long as the copy takes. */
async function alone(dataDir: string, to: string, progress: (what: string) => void): Promise<BackupDone> {
  const history = createDuckDbHistory({ file: join(dataDir, HISTORY_FILE), log: createLog("error") });
  await history.open();
  try {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as { version: string };
    return await makeBackup({ copyHistory: (file) => history.copyTo(file), dataDir, version, now: () => Date.now() }, to, progress);
  } finally {
    await history.close();
  }
}

const args = readArguments({ options: OPTIONS }).values;
if (args.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
const loaded = loadSettings({ config: args.config, env: process.env, cwd: process.cwd() });
if (!loaded.ok) wrongUse(loaded.problems);
const dataDir = args.data ?? loaded.settings.data.dir;
const to = resolve(args.to ?? "backups");
const progress = (what: string) => void process.stderr.write(`${what}\n`);
try {
  const asked = await askServer(dataDir, { ask: "backup", to }, progress);
  const done = asked === null ? await alone(dataDir, to, progress) : (asked.result as BackupDone);
  process.stderr.write(`${(done.bytes / 1_048_576).toFixed(1)} MB\n`);
  process.stdout.write(`${done.folder}\n`);
} catch (error) {
  process.stderr.write(`The backup failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
