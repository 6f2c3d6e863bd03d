/** The rooms of the house and who may know whom: the one-way rule as a table. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

export interface Source {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

interface Room {
  /** Paths that belong to it: a folder ends with a slash. */
  readonly holds: readonly string[];
  /** Rooms it may import from, besides itself. */
  readonly knows: readonly string[];
  /** Packages and `node:` modules it may import; absent = any. */
  readonly packages?: readonly string[];
}

const EDGES = [
  "codecs",
  "mqtt",
  "history",
  "influx",
  "records",
  "commands",
  "channels",
  "api",
  "live",
  "auth",
  "settings",
  "scale",
  "backtest",
  "calendars",
  "reports",
  "sheets",
  "keeping",
  "printers",
] as const;
const SEAMS = ["core", "contract", "ports"];

export const ROOMS: Readonly<Record<string, Room>> = {
  core: { holds: ["server/core/"], knows: [], packages: [] },
  contract: { holds: ["server/contract/"], knows: ["core"], packages: ["zod"] },
  ports: { holds: ["server/ports/", "server/errors.ts", "server/log.ts", "server/clock.ts", "server/apart.ts"], knows: ["core", "contract"] },
  ...Object.fromEntries(EDGES.map((edge) => [edge, { holds: [`server/${edge}/`], knows: SEAMS }])),
  flow: {
    holds: [
      "server/flow.ts",
      "server/citizen.ts",
      "server/sparkplug-host.ts",
      "server/alarm-health.ts",
      "server/all-pages.ts",
      "server/intake.ts",
      "server/lapses.ts",
      "server/message-book.ts",
      "server/message-desk.ts",
      "server/messenger.ts",
      "server/meter-teller.ts",
      "server/month.ts",
      "server/savings.ts",
      "server/outbox.ts",
      "server/sources.ts",
      "server/unsaid.ts",
      "server/savings-past.ts",
      "server/building-model.ts",
      "server/recall.ts",
      "server/startup-audit.ts",
      "server/trial-topics.ts",
    ],
    knows: [...SEAMS, ...EDGES],
  },
  app: { holds: ["server/app.ts"], knows: [...SEAMS, ...EDGES, "flow"] },
  main: {
    holds: ["server/main.ts", "server/command-line.ts", "server/verify-audit.ts", "server/backup.ts", "server/restore.ts"],
    knows: [...SEAMS, ...EDGES, "flow", "app"],
  },
  "page builder": { holds: ["server/build-page.js"], knows: [] },
  simulators: { holds: ["simulators/"], knows: ["core", "contract"] },
  dashboard: { holds: ["dashboard/"], knows: ["core", "contract"] },
  test: { holds: ["test/", "vitest.config.ts"], knows: [...SEAMS, ...EDGES, "flow", "app", "main", "simulators", "dashboard"] },
};

/** The room of a path, or null for a file that belongs to none. */
export function roomOf(path: string): string | null {
  for (const [name, room] of Object.entries(ROOMS)) if (room.holds.some((held) => (held.endsWith("/") ? path.startsWith(held) : path === held))) return name;
  return null;
}

/** What a source imports, in every way it can be written: static, re-exported, for its effect, dynamic, by URL (a worker), as a type. */
export function importsOf(text: string): string[] {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const ways = [
    /(?:^|[\s;}])(?:import|export)\s[^"';]*?\sfrom\s*["']([^"']+)["']/g,
    /(?:^|[\s;])import\s*["']([^"']+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g,
    /\bnew URL\(\s*["'](\.[^"']+\.(?:ts|tsx|js|mjs))["']\s*,\s*import\.meta\.url/g,
  ];
  return ways.flatMap((way) => [...bare.matchAll(way)].map((match) => match[1]!));
}

/** Every import that breaks the rule, as a sentence; a file without a room is one too. */
export function breaches(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const name = roomOf(path);
    if (name === null) return [`${path} stands in no room: give it one in test/house/rooms.ts`];
    const room = ROOMS[name]!;
    return importsOf(text).flatMap((target) => {
      if (!target.startsWith("."))
        return room.packages === undefined || room.packages.some((p) => target === p || target.startsWith(`${p}/`))
          ? []
          : [`${path} (${name}) must not import the package ${target}`];
      const other = roomOf(posix.normalize(posix.join(posix.dirname(path), target)));
      return other === name || (other !== null && room.knows.includes(other)) ? [] : [`${path} (${name}) must not import ${target} (${other ?? "no room"})`];
    });
  });
}

/** Every source file of the project under some folders or files of its root. */
export function sourcesOf(root: string, under: readonly string[] = ["server", "simulators", "dashboard", "test"]): Source[] {
  return under.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|js|mjs|cjs)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: posix.normalize(file.slice(root.length + 1).replaceAll("\\", "/")), text: readFileSync(file, "utf8") })),
  );
}
