/** Settings and site, from files and the environment, with all mistakes at once. */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Settings } from "../contract/settings.ts";
import { settingsSchema } from "../contract/settings.ts";
import { problemsOf } from "../contract/mistakes.ts";
import { parseSite } from "../contract/parse-site.ts";
import type { Calendar } from "../core/calendar.ts";
import type { Holidays } from "../core/calendar.ts";
import { createCalendar } from "../core/calendar.ts";
import { POLICIES } from "../core/policies/all.ts";
import type { Site } from "../core/space.ts";
import { parseHolidays } from "./holidays.ts";
import { readAccount, withShipped } from "./account.ts";
import { readYaml } from "./read-yaml.ts";
import { SETTINGS } from "./reference.ts";
import { settle } from "./rules.ts";

export interface SettingsSources {
  /** `--config`; undefined where it was not given. */
  readonly config: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
}

export type LoadedSettings =
  /** `file` is the settings file that was read, null where there was none. */
  { readonly ok: true; readonly settings: Settings; readonly file: string | null } | { readonly ok: false; readonly problems: readonly string[] };

/** Settings of a file (`--config`, else JIEYUE_CONFIG, else ./jieyue.yaml), the environment over it; or every mistake, each as one line. */
export function loadSettings({ config, env, cwd }: SettingsSources): LoadedSettings {
  const problems: string[] = [];
  const named = config ?? nonEmpty(env["JIEYUE_CONFIG"]);
  const usual = join(cwd, "jieyue.yaml");
  const file = named !== undefined ? resolve(cwd, named) : existsSync(usual) ? usual : null;

  let fromFile: unknown = {};
  if (file !== null) {
    const read = readYaml(file);
    if (read.ok) fromFile = read.data ?? {};
    else problems.push(...read.problems);
  }
  if (!isRecord(fromFile)) {
    problems.push(`${file}: must hold settings such as "http: { port: 8026 }"`);
    fromFile = {};
  }
  const raw = structuredClone(fromFile) as Record<string, unknown>;
  const given = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith("JIEYUE_") || variable === "JIEYUE_CONFIG") continue;
    const row = SETTINGS.find((s) => s.variable === variable);
    if (row === undefined) problems.push(`${variable}: there is no such setting; server/settings/SETTINGS.md lists them all`);
    else if (nonEmpty(value) !== undefined) {
      const wrong = put(raw, row.path, row.type, value!);
      if (wrong !== null) problems.push(`${variable}: ${wrong}`);
      given.set(row.path.join("."), variable);
    }
  }
  const parsed = settingsSchema.safeParse(raw);
  if (!parsed.success) {
    for (const { path, message } of problemsOf(parsed.error)) problems.push(`${whence(path, given, file)}${path === "" ? "" : `${path}: `}${message}`);
    return { ok: false, problems };
  }
  const settled = settle(parsed.data);
  problems.push(...settled.problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: settled.settings, file };
}

const nonEmpty = (text: string | undefined): string | undefined => (text === undefined || text === "" ? undefined : text);
const isRecord = (data: unknown): data is Record<string, unknown> => typeof data === "object" && data !== null && !Array.isArray(data);

/** Which file or variable a mistake came from. */
function whence(path: string, given: ReadonlyMap<string, string>, file: string | null): string {
  for (const [setting, variable] of given) if (path === setting || path.startsWith(`${setting}[`) || path.startsWith(`${setting}.`)) return `${variable}: `;
  return file === null ? "" : `${file}: `;
}

/** Puts a variable's text at its path; answers what is wrong with it, or null. */
function put(into: Record<string, unknown>, path: readonly string[], type: string, text: string): string | null {
  let value: unknown = text;
  if (type === "list" || type === "object") {
    try {
      value = JSON.parse(text);
    } catch {
      return type === "list" ? "must be a list in JSON" : "must be an object in JSON";
    }
  }
  let at = into;
  for (const part of path.slice(0, -1)) {
    const next = at[part];
    // What is not a group of settings stays: the schema tells of it with its path.
    if (next !== undefined && next !== null && !isRecord(next)) return null;
    at = (at[part] = next ?? {}) as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
  return null;
}

/** The site file that ships: the invented city hall. */
export const SHIPPED_SITE = join(import.meta.dirname, "sites/city-hall.yaml");
/** Public holidays and make-up working days that ship; another file of the same form may stand in for it. */
export const SHIPPED_HOLIDAYS = join(import.meta.dirname, "holidays/cn.yaml");

export type LoadedSite =
  | { readonly ok: true; readonly site: Site; readonly calendar: Calendar; readonly holidays: Holidays }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What the two files say, as plain data. */
export type ReadSite = { readonly ok: true; readonly site: Site; readonly holidays: Holidays } | { readonly ok: false; readonly problems: readonly string[] };

/** A site file (empty = the shipped city hall) with its calendar, or every mistake in it and in the holiday file, each as one line. */
export function loadSite(siteFile: string, holidaysFile: string = SHIPPED_HOLIDAYS): LoadedSite {
  return withCalendar(readSite(siteFile, holidaysFile));
}

/** The same, read by a process of its own: a file of ten thousand devices takes 250 MB to read, which end with the process. */
export async function loadSiteApart(siteFile: string, holidaysFile: string = SHIPPED_HOLIDAYS): Promise<LoadedSite> {
  const reader = fork(join(import.meta.dirname, "site-reader.ts"), [siteFile, holidaysFile], { serialization: "advanced", execArgv: [] });
  return withCalendar(
    await new Promise<ReadSite>((resolve, reject) => {
      reader.once("message", (read) => resolve(read as ReadSite));
      reader.once("error", reject);
      reader.once("exit", (code) => reject(new Error(`the site file could not be read: its reader ended with ${code}`)));
    }),
  );
}

function withCalendar(read: ReadSite): LoadedSite {
  if (!read.ok) return read;
  const { site, holidays } = read;
  return { ok: true, site, holidays, calendar: createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }) };
}

export function readSite(siteFile: string, holidaysFile: string): ReadSite {
  const file = siteFile === "" ? SHIPPED_SITE : siteFile;
  const problems: string[] = [];
  const read = readYaml(file);
  const parsed = read.ok ? parseSite(read.data, POLICIES) : null;
  if (!read.ok) problems.push(...read.problems);
  if (parsed !== null && !parsed.ok) problems.push(...parsed.problems.map((p) => `${file}: ${p.path === "" ? "" : `${p.path}: `}${p.message}`));

  const days = readYaml(holidaysFile);
  const holidays = days.ok ? parseHolidays(days.data) : null;
  if (!days.ok) problems.push(...days.problems);
  if (holidays !== null && !holidays.ok) problems.push(...holidays.problems.map((p) => `${holidaysFile}: ${p}`));
  const shipped = readAccount();
  if (!shipped.ok) problems.push(...shipped.problems);
  if (parsed?.ok !== true || holidays?.ok !== true || !shipped.ok) return { ok: false, problems };
  return { ok: true, site: { ...parsed.site, account: withShipped(parsed.site.account, shipped.account) }, holidays: holidays.holidays };
}
