/** `npm run simulate`: arguments, files and signals of the simulators; nothing else here touches `process`. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { parseSite } from "../server/contract/parse-site.ts";
import type { Site } from "../server/core/space.ts";
import { startSimulation } from "./connect.ts";
import { createLocalClock } from "./local-time.ts";
import type { Options } from "./options.ts";
import { helpText, parseOptions } from "./options.ts";
import type { Mapping } from "./replay/mapping.ts";
import { parseMapping } from "./replay/mapping.ts";
import { runReplay } from "./replay/run.ts";
import { STORIES } from "./stories/catalogue.ts";

/** Wrong use: each line is one mistake. */
class UsageError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function readYaml(option: string, file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError([`--${option}: ${file}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`]);
  }
}

async function readSite(file: string | undefined): Promise<Site> {
  const path = file ?? here("../server/settings/sites/city-hall.yaml");
  const parsed = parseSite(await readYaml("site", path));
  if (!parsed.ok) throw new UsageError(parsed.problems.map((problem) => `--site: ${path}: ${problem.path}: ${problem.message}`));
  return parsed.site;
}

async function readMapping(file: string | undefined): Promise<Mapping> {
  const path = file ?? here("./replay/robod-room1.yaml");
  const parsed = parseMapping(await readYaml("mapping", path));
  if (!parsed.ok) throw new UsageError(parsed.problems.map((problem) => `--mapping: ${path}: ${problem}`));
  return parsed.mapping;
}

/** The start in ms: as given, else the story's where time is wound by hand, else null (the wall's). */
function startOf(options: Options, site: Site): number | null {
  if (options.start === "now") return null;
  const story = STORIES.find((s) => s.name === options.story);
  const text = options.start ?? (options.speed === undefined || options.speed === 1 ? undefined : story?.start);
  if (text === undefined) return null;
  if (/(Z|[+-]\d\d:\d\d)$/.test(text) && text.includes("T")) return Date.parse(text);
  const local = Date.parse(text.includes("T") ? `${text}Z` : `${text}T08:00Z`);
  const clock = createLocalClock(site.timezone);
  return local - clock.offset(local - clock.offset(local));
}

async function replay(options: Options, file: string, stop: AbortSignal): Promise<void> {
  const mapping = await readMapping(options.mapping);
  const result = await runReplay(
    {
      url: options.url,
      username: options.username,
      password: options.password,
      file,
      mapping,
      speed: options.speed ?? null,
      rate: options.rate ?? 1000,
      log: say,
    },
    stop,
  ).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new UsageError([`--replay: there is no file ${file}`]);
    throw error;
  });
  say(JSON.stringify({ msg: result.finished ? "replayed" : "stopped", ...result }));
}

async function simulate(options: Options, stop: AbortSignal): Promise<void> {
  const site = options.story === null && options.site === undefined ? null : await readSite(options.site);
  const story = STORIES.find((s) => s.name === options.story);
  const speed = options.speed ?? 1;
  const rate = options.rate ?? (options.devices / 60) * speed;
  const simulation = await startSimulation(
    {
      url: options.url,
      username: options.username,
      password: options.password,
      site: options.story === null ? null : site,
      story,
      seed: options.seed,
      start: site === null ? null : startOf(options, site),
      speed,
      faults: options.faults,
      qos: options.qos,
      lines: options.lines,
      wire: options.wire,
      log: say,
      fleet: options.devices === 0 ? undefined : { count: options.devices, rate },
    },
    stop,
  );
  say(JSON.stringify({ msg: "simulating", story: options.story, speed, now: new Date(simulation.now()).toISOString(), url: options.url }));
  await new Promise<void>((resolve) => (stop.aborted ? resolve() : stop.addEventListener("abort", () => resolve(), { once: true })));
  await simulation.close();
  say(JSON.stringify({ msg: "stopped", messages: simulation.sent(), now: new Date(simulation.now()).toISOString() }));
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args);
  if (!parsed.ok) throw new UsageError(parsed.problems);
  const { options } = parsed;
  if (options.help) {
    process.stdout.write(helpText());
    return 0;
  }
  options.password ??= process.env["JIEYUE_MQTT_PASSWORD"];
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once("SIGTERM", onSignal).once("SIGINT", onSignal);
  // Started by the demonstration, it ends with it, however that ends.
  process.once("disconnect", onSignal);
  const timer = options.duration === undefined ? null : setTimeout(onSignal, options.duration * 1000);
  try {
    await (options.replay === undefined ? simulate(options, stop.signal) : replay(options, options.replay, stop.signal));
    return 0;
  } catch (error) {
    // Told to stop before it had begun is no failure.
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    if (timer !== null) clearTimeout(timer);
    if (process.connected) process.disconnect?.();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) for (const problem of error.problems) say(problem);
  else say(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
