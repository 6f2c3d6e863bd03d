/** The command line of the simulators: one table, which parses, checks and explains. */
import { STORIES } from "./stories/catalogue.ts";
import type { WireName } from "./wires/all.ts";
import { WIRE_NAMES } from "./wires/all.ts";

export interface Options {
  url: string;
  username: string | undefined;
  password: string | undefined;
  /** null = `none`: no hall, only the fleet. */
  story: string | null;
  speed: number | undefined;
  devices: number;
  rate: number | undefined;
  seed: number;
  start: string | undefined;
  site: string | undefined;
  faults: number | undefined;
  qos: 0 | 1;
  lines: boolean;
  /** undefined = our own format. */
  wire: WireName | undefined;
  replay: string | undefined;
  mapping: string | undefined;
  duration: number | undefined;
  help: boolean;
}

type Parsed = { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly problems: readonly string[] };

interface Rule {
  readonly name: keyof Options;
  readonly value: string | null;
  readonly about: string;
  /** Sets it, or says what is wrong. */
  take(options: Options, text: string): string | null;
}

function number(set: (options: Options, value: number) => void, low: number, high: number, whole = false): Rule["take"] {
  return (options, text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < low || value > high || (whole && !Number.isInteger(value))) {
      return `must be a ${whole ? "whole " : ""}number from ${String(low)} to ${String(high)}, not "${text}"`;
    }
    set(options, value);
    return null;
  };
}

function text(set: (options: Options, value: string) => void): Rule["take"] {
  return (options, value) => {
    if (value === "") return "must not be empty";
    set(options, value);
    return null;
  };
}

const START = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

const RULES: readonly Rule[] = [
  {
    name: "url",
    value: "URL",
    about: "broker, mqtt:// or mqtts:// (mqtt://127.0.0.1:1883)",
    take(options, value) {
      if (!URL.canParse(value) || !["mqtt:", "mqtts:", "ws:", "wss:"].includes(new URL(value).protocol))
        return `must be mqtt://host:port or mqtts://host:port, not "${value}"`;
      options.url = value;
      return null;
    },
  },
  { name: "username", value: "NAME", about: "user name at the broker", take: text((o, v) => (o.username = v)) },
  {
    name: "password",
    value: "WORD",
    about: "password at the broker (or JIEYUE_MQTT_PASSWORD, which others cannot read)",
    take: text((o, v) => (o.password = v)),
  },
  {
    name: "story",
    value: "NAME",
    about: "what happens (summer-day); none = no hall, only --devices; the names are below",
    take(options, value) {
      if (value !== "none" && !STORIES.some((story) => story.name === value))
        return `there is no story "${value}"; there are ${STORIES.map((s) => s.name).join(", ")}, none`;
      options.story = value === "none" ? null : value;
      return null;
    },
  },
  {
    name: "speed",
    value: "N",
    about: "simulated seconds per second; 1 without --start keeps the wall's time, else the story's time is told on jieyue/clock (1)",
    take: number((o, v) => (o.speed = v), 0.01, 3600),
  },
  { name: "devices", value: "N", about: "extra plain devices in spaces x0001 …, up to 10,000 (0)", take: number((o, v) => (o.devices = v), 0, 10_000, true) },
  {
    name: "rate",
    value: "N",
    about: "messages per real second of all plain devices together (one a minute for each, times --speed); with --replay at most so many (1000)",
    take: number((o, v) => (o.rate = v), 0.1, 1_000_000),
  },
  { name: "seed", value: "N", about: "the same seed gives the same day (1)", take: number((o, v) => (o.seed = v), 0, 2 ** 32 - 1, true) },
  {
    name: "start",
    value: "ISO",
    about: "simulated start, 2026-07-01T08:00 (local time of the site unless it has an offset); now = the wall's time",
    take(options, value) {
      const bare = value.replace(/(Z|[+-]\d\d:\d\d)$/, "");
      if (value !== "now" && (!START.test(value) || Number.isNaN(Date.parse(bare.length === 10 ? bare : `${bare}Z`))))
        return `must be a time such as 2026-07-01T08:00 or 2026-07-01T08:00+08:00, or now, not "${value}"`;
      options.start = value;
      return null;
    },
  },
  { name: "site", value: "FILE", about: "site file whose devices are played (the shipped city hall)", take: text((o, v) => (o.site = v)) },
  {
    name: "faults",
    value: "N",
    about: "how often devices misbehave, as a multiple of the usual; 0 = never (1)",
    take: number((o, v) => (o.faults = v), 0, 1000),
  },
  { name: "qos", value: "0|1", about: "quality of service of what is published (1)", take: number((o, v) => (o.qos = v === 0 ? 0 : 1), 0, 1, true) },
  {
    name: "lines",
    value: "one|each",
    about: "one connection for all, as behind a gateway, or one for each device of the hall with its will (one)",
    take(options, value) {
      if (value !== "one" && value !== "each") return `must be one or each, not "${value}"`;
      options.lines = value === "each";
      return null;
    },
  },
  {
    name: "wire",
    value: "NAME",
    about: `what the hall's plain devices speak: native, ${WIRE_NAMES.join(", ")}; the others keep our own format (native)`,
    take(options, value) {
      const wire = WIRE_NAMES.find((name) => name === value);
      if (wire === undefined && value !== "native") return `must be native, ${WIRE_NAMES.slice(0, -1).join(", ")} or ${WIRE_NAMES.at(-1)}, not "${value}"`;
      options.wire = wire;
      return null;
    },
  },
  { name: "replay", value: "FILE", about: "play a recorded CSV table instead of a story", take: text((o, v) => (o.replay = v)) },
  { name: "mapping", value: "FILE", about: "mapping file of the replay (simulators/replay/robod-room1.yaml)", take: text((o, v) => (o.mapping = v)) },
  { name: "duration", value: "S", about: "real seconds after which it ends (never)", take: number((o, v) => (o.duration = v), 0.1, 1e7) },
];

/** Reads the arguments after the program's name. Every mistake is listed, each with its option. */
export function parseOptions(args: readonly string[]): Parsed {
  const options: Options = {
    url: "mqtt://127.0.0.1:1883",
    username: undefined,
    password: undefined,
    story: STORIES[0]?.name ?? null,
    speed: undefined,
    devices: 0,
    rate: undefined,
    seed: 1,
    start: undefined,
    site: undefined,
    faults: undefined,
    qos: 1,
    lines: false,
    wire: undefined,
    replay: undefined,
    mapping: undefined,
    duration: undefined,
    help: false,
  };
  const problems: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--help" || arg === "-h") {
      options.help = true;
      continue;
    }
    const [name, inline] =
      arg.startsWith("--") && arg.includes("=") ? [arg.slice(2, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] : [arg.slice(2), undefined];
    const rule = arg.startsWith("--") ? RULES.find((r) => r.name === name) : undefined;
    if (rule === undefined) {
      problems.push(`${arg}: no such option; --help lists them`);
      // What follows an unknown option is most likely its value, not a second mistake.
      if (arg.startsWith("--") && inline === undefined && args[i + 1]?.startsWith("--") === false) i++;
      continue;
    }
    if (seen.has(name)) problems.push(`--${name}: given twice`);
    seen.add(name);
    const next = args[i + 1];
    const value = inline ?? (next === undefined || next.startsWith("--") ? undefined : next);
    if (inline === undefined && value !== undefined) i++;
    if (value === undefined) problems.push(`--${name}: needs a value (${rule.value ?? ""})`);
    else {
      const wrong = rule.take(options, value);
      if (wrong !== null) problems.push(`--${name}: ${wrong}`);
    }
  }
  if (options.replay !== undefined) {
    for (const name of ["story", "devices", "seed", "start", "site", "faults", "qos", "lines", "wire"])
      if (seen.has(name)) problems.push(`--${name}: does not go with --replay`);
  }
  if (options.replay === undefined && seen.has("mapping")) problems.push("--mapping: goes with --replay only");
  if (options.wire !== undefined && options.lines) problems.push("--wire: does not go with --lines each: a gateway has one line");
  if (options.wire !== undefined && options.story === null) problems.push("--wire: --story none leaves no hall to speak");
  if (seen.has("rate") && options.devices === 0 && options.replay === undefined) problems.push("--rate: goes with --devices or --replay only");
  if (options.story === null && options.devices === 0 && options.replay === undefined)
    problems.push("--story: none leaves nothing to simulate without --devices");
  return problems.length > 0 ? { ok: false, problems } : { ok: true, options };
}

/** The text of `--help`. */
export function helpText(): string {
  const left = (rule: Rule): string => `  --${rule.name} ${rule.value ?? ""}`.padEnd(20);
  return [
    "usage: npm run simulate -- [options]",
    "",
    "Plays a city hall, its weather and its people to an MQTT broker, in the native format of the contract or as other ecosystems speak.",
    "",
    ...RULES.map((rule) => `${left(rule)}${rule.about}`),
    "  --help            this text",
    "",
    "stories:",
    ...STORIES.map((story) => `  ${story.name.padEnd(18)}${story.about}`),
    "",
    "exit codes: 0 fine, 1 failed at run time, 2 wrong use",
    "",
  ].join("\n");
}
