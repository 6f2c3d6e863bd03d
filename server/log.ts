/** One line of JSON per message on stdout. */
import type { DestinationStream } from "pino";
import { pino } from "pino";
import type { Settings } from "./contract/settings.ts";

/** `log.error({ err, device }, "what happened")`: facts first, then a sentence. */
export interface Log {
  trace(facts: object, message?: string): void;
  debug(facts: object, message?: string): void;
  info(facts: object, message?: string): void;
  warn(facts: object, message?: string): void;
  error(facts: object, message?: string): void;
  fatal(facts: object, message?: string): void;
}

/** Names whose values never reach the log, at any of the first three depths. */
const SECRETS = ["password", "passwordHash", "token", "secret", "cookie", "authorization"].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A logger of a level (`info`) on stdout, or on `to`. Written at once, so that nothing is lost when the process ends. */
export function createLog(level: Settings["log"]["level"], to?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS, censor: "…" },
  };
  return to === undefined ? pino(options) : pino(options, to);
}
