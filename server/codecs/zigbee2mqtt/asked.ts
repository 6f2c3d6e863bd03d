/** Commands under way: which message is the bridge's own echo of a wish, which is the device's word, and which line of the log is a failure. */
import type { Millis, PointValue } from "../../core/reading.ts";

/** The house waits no longer than this after a command's last attempt; for a sleeper one and a half of its sleeps. */
const WAITS_MS = 90_000;
const SLEEPS = 1.5;

export interface Asked {
  readonly command: string;
  readonly changes: ReadonlyMap<string, PointValue>;
  readonly at: Millis;
  readonly until: Millis;
  /** Not yet echoed. */
  readonly waiting: Set<string>;
}

export interface Questions {
  ask(address: string, command: string, changes: Readonly<Record<string, PointValue>>, now: Millis, wakes: number): void;
  of(address: string, now: Millis): Asked | null;
  done(address: string): void;
  /** Whether any command is under way. */
  readonly some: boolean;
  /** Whose commands are under way. */
  addresses(): readonly string[];
}

export function createQuestions(): Questions {
  const asked = new Map<string, Asked>();
  return {
    get some() {
      return asked.size > 0;
    },
    ask(address, command, changes, now, wakes) {
      const until = now + Math.max(WAITS_MS, wakes * SLEEPS * 1000);
      asked.set(address, { command, changes: new Map(Object.entries(changes)), at: now, until, waiting: new Set(Object.keys(changes)) });
    },
    of(address, now) {
      const one = asked.get(address);
      if (one === undefined || now <= one.until) return one ?? null;
      asked.delete(address);
      return null;
    },
    done: (address) => void asked.delete(address),
    addresses: () => [...asked.keys()],
  };
}

/**
 * Whether a message is the bridge's echo of what was asked: it says all that was asked of what it says at all, and the device was not heard
 * since (`last_seen` stands where it stood). Without `last_seen` the first such message after each asking is the echo.
 */
export function isEcho(asked: Asked, said: (property: string) => unknown, lastSeen: { readonly told: boolean; readonly moved: boolean }): boolean {
  const about = [...asked.changes].filter(([property]) => said(property) !== undefined);
  if (about.length === 0 || !about.every(([property, value]) => said(property) === value)) return false;
  return lastSeen.told ? !lastSeen.moved : about.some(([property]) => asked.waiting.has(property));
}

const MOST = 300;

/** The log's sentence, where it says that a command to this device failed; else null. */
export function failureIn(message: string, name: string): string | null {
  const failed =
    (message.includes("Publish 'set'") && message.includes(` to '${name}' failed`)) ||
    message.includes(`Entity '${name}' is unknown`) ||
    (message.includes("No converter available for '") && message.includes(` on '${name}'`));
  if (!failed) return null;
  const sentence = message.replace(/^z2m: /, "");
  // The reason stands at its end, behind the whole frame.
  return `Zigbee2MQTT: ${sentence.length <= MOST ? sentence : `${sentence.slice(0, 150)} … ${sentence.slice(-140)}`}`;
}
