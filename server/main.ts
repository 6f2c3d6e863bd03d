/** The process: arguments, signals, exit codes. Nothing else touches `process`. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readArguments, wrongUse } from "./command-line.ts";
import type { App } from "./app.ts";
import { openApp } from "./app.ts";
import { hashPassword } from "./auth/hash-password.ts";
import { followedClock } from "./clock.ts";
import type { Calendar } from "./core/calendar.ts";
import type { Millis } from "./core/reading.ts";
import { createLog } from "./log.ts";
import { loadSettings, loadSiteApart } from "./settings/load.ts";
import { readForms, SHIPPED_FORMS } from "./settings/forms.ts";

const root = join(import.meta.dirname, "..");
const HELP = `Jieyue (节约): keeps an office thrifty, and proves it.

  npm start -- [options]     the whole product with a simulated city hall, on a hand-wound clock
  npm run serve -- [options] the product alone, for real devices

  --config FILE        settings (YAML); else JIEYUE_CONFIG, else ./jieyue.yaml if there
  --hash-password      reads a password from standard input and prints its hash for mqtt.users
  --help               this

Demonstration only (npm start):
  --speed N            simulated seconds per real second, 1 to 3600 (default 60)
  --story NAME         what happens (npm run simulate -- --help lists them; default summer-day)
  --seed N             chance, to be repeated (default 1)
  --fresh              forget the demonstration's earlier days

Every setting, with its environment variable: server/settings/SETTINGS.md
Exit codes: 0 fine, 1 failed at run time, 2 wrong use or settings.
`;

const OPTIONS = {
  config: { type: "string" },
  demo: { type: "boolean" },
  speed: { type: "string" },
  story: { type: "string" },
  seed: { type: "string" },
  fresh: { type: "boolean" },
  "hash-password": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** 2026-07-01T08:00+08:00, a Wednesday: where the demonstration begins on a new data folder. */
const FIRST_MORNING: Millis = 1_782_864_000_000;
const DAY: Millis = 86_400_000;
const CLOSE_WITHIN_MS = 10_000;

/** 08:00 of the first working day in summer after everything already told, so that time only runs forward over restarts. */
function nextMorning(calendar: Calendar, lastHeard: Millis | null): Millis {
  if (lastHeard === null) return FIRST_MORNING;
  for (let day = calendar.midnight(lastHeard) + DAY; ; day += DAY) {
    const morning = calendar.midnight(day) + 8 * 3_600_000;
    if (calendar.day(morning).working && calendar.season(morning) === "summer") return morning;
  }
}

async function readStandardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text.replace(/\r?\n$/, "");
}

async function main(): Promise<void> {
  const args = readArguments({ options: OPTIONS }).values;
  if (args.help === true) {
    process.stdout.write(HELP);
    return;
  }
  if (args["hash-password"] === true) {
    const password = await readStandardInput();
    if (password.length < 12) wrongUse(["--hash-password: give a password of at least 12 characters on standard input."]);
    process.stdout.write(`${await hashPassword(password)}\n`);
    return;
  }
  const demo = args.demo === true;
  const problems: string[] = [];
  const speed = Number(args.speed ?? 60);
  if (!(speed >= 1 && speed <= 3600)) problems.push("--speed: must be from 1 to 3600.");
  const seed = Number(args.seed ?? 1);
  if (!Number.isInteger(seed)) problems.push("--seed: must be a whole number.");
  if (!demo)
    for (const option of ["speed", "story", "seed", "fresh"] as const)
      if (args[option] !== undefined) problems.push(`--${option}: is for the demonstration (npm start).`);
  const loaded = loadSettings({ config: args.config, env: process.env, cwd: process.cwd() });
  if (!loaded.ok) problems.push(...loaded.problems);
  if (problems.length > 0 || !loaded.ok) wrongUse(problems);
  const site = await loadSiteApart(loaded.settings.site.file);
  const own = loaded.settings.site.forms;
  const forms = readForms(own === "" ? [SHIPPED_FORMS] : [SHIPPED_FORMS, own]);
  if (!site.ok || !forms.ok) wrongUse([...(site.ok ? [] : site.problems), ...(forms.ok ? [] : forms.problems)]);

  const settings = demo ? { ...loaded.settings, data: { dir: join(loaded.settings.data.dir, "demo") }, clock: { source: "follow" as const } } : loaded.settings;
  if (demo && args.fresh === true) rmSync(settings.data.dir, { recursive: true, force: true });
  const log = createLog(settings.log.level);
  const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
  const followed = settings.clock.source === "follow" ? followedClock() : null;
  let start: Millis = FIRST_MORNING;
  const app = await openApp(
    {
      settings,
      site: site.site,
      calendar: site.calendar,
      holidays: site.holidays,
      forms: forms.forms,
      followed,
      webRoot: join(root, "dist/web"),
      version,
      log,
    },
    (lastHeard) => {
      if (followed === null) return;
      start = demo ? nextMorning(site.calendar, lastHeard) : (lastHeard ?? 0);
      followed.wind(start, 0);
    },
  );
  let simulator: ChildProcess | null = null;
  stopOnSignals(app, () => simulator?.kill("SIGTERM"));
  const address = settings.http.url === "" ? `http://${settings.http.host}:${app.http}` : settings.http.url.replace(/\/$/, "");
  log.info({ http: app.http, mqtt: app.mqtt, url: address }, "listening");
  if (app.setupLink !== null)
    log.warn({ link: address + app.setupLink }, "no administrator has a password yet: open this link once, within 24 hours, to set it");
  if (demo) {
    const url = settings.mqtt.url === "" ? `mqtt://127.0.0.1:${app.mqtt}` : settings.mqtt.url;
    const flags = ["--url", url, "--speed", String(speed), "--seed", String(seed), "--start", new Date(start).toISOString()];
    if (args.story !== undefined) flags.push("--story", args.story);
    if (settings.site.file !== "") flags.push("--site", settings.site.file);
    simulator = fork(join(root, "simulators/main.ts"), flags, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    simulator.on("exit", (code) => {
      if (code !== 0 && code !== null) log.error({ code }, "the simulator stopped; the house goes on without it");
    });
  }
}

/** SIGTERM and SIGINT: stop taking in, commit, close, within ten seconds, exit 0. */
function stopOnSignals(app: App, first: () => void): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    first();
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
