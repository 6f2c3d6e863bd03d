/** Brings lines to the server: keeps on while it cannot take them, looks for those that it will not take. */
import type { Millis } from "../core/reading.ts";
import type { Log } from "../log.ts";
import { MAX_LINES } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { judge } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

export interface RefusedLine {
  readonly line: string;
  readonly reason: string;
}

export interface DeliverDeps {
  readonly connection: Pick<Connection, "write">;
  /** This machine's time, ms. */
  readonly now: () => Millis;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after so many ms, or at once when the signal says so. */
  readonly wait: (ms: Millis, signal: AbortSignal) => Promise<void>;
  /** Begins (with what is wrong) and ends (null) what somebody should be told. */
  readonly fault: (error: Error | null) => void;
  readonly log: Pick<Log, "info" | "warn">;
  /** Failing for so long is worth an alert, ms. */
  readonly alarmAfterMs: Millis;
  readonly ending: AbortSignal;
}

export interface Delivery {
  /** Resolves with the lines that the server will never take; the others it has. Rejects with `Ending` only. */
  deliver(lines: readonly string[]): Promise<readonly RefusedLine[]>;
  /** Does something that may fail for now (a disk, the history) until it holds, as patiently. Rejects with `Ending` only. */
  persist<T>(action: () => Promise<T>): Promise<T>;
  readonly state: { readonly lastSuccess: Millis | null; readonly failingSince: Millis | null; readonly error: string | null };
}

/** The forward is being closed; what was under way will be sent again at the next start. */
export class Ending extends Error {}

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;
const MAX_CHARACTERS = 2_000_000;
/** A shorter line that is "too large" is not what is too large. */
const LONG_LINE = 65_536;

type Fault = Extract<Verdict, { readonly kind: "lines" | "size" }>;
interface Found extends RefusedLine {
  readonly explicit: boolean;
}

export function createDelivery(deps: DeliverDeps): Delivery {
  const { connection, now, random, wait, fault, log, alarmAfterMs, ending } = deps;
  let lastSuccess: Millis | null = null;
  let failingSince: Millis | null = null;
  let error: string | null = null;
  let attempts = 0;
  let told: string | null | undefined;
  /** Lines that a request holds: fewer where a proxy in between takes less. */
  let most = MAX_LINES;
  /** A line that this server took: whether it takes anything at all is asked by it. */
  let proof: string | null = null;

  function tell(reason: string | null): void {
    if (told === reason) return;
    told = reason;
    fault(reason === null ? null : new Error(reason));
  }

  function well(): void {
    if (failingSince !== null) log.info({ attempts }, "readings are forwarded to InfluxDB again");
    [failingSince, attempts] = [null, 0];
    tell(null);
  }

  async function failed({ reason, alarm, after }: { readonly reason: string; readonly alarm: boolean; readonly after: Millis | null }): Promise<void> {
    if (ending.aborted) throw new Ending();
    const at = now();
    if (failingSince === null) log.warn({ error: reason }, "readings cannot be forwarded to InfluxDB; they are kept and tried again");
    failingSince ??= at;
    error = reason;
    if (alarm || told != null || at - failingSince >= alarmAfterMs) tell(reason);
    const step = Math.min(FIRST_WAIT_MS * 2 ** attempts++, MOST_WAIT_MS);
    // Half of it by chance, so that many of us do not come back to a server at once.
    await wait(Math.max(step / 2 + (random() * step) / 2, (after ?? 0) + (after === null ? 0 : random() * FIRST_WAIT_MS)), ending);
    if (ending.aborted) throw new Ending();
  }

  /** Until the server has the lines (null) or finds fault with some of them. */
  async function send(lines: readonly string[]): Promise<Fault | null> {
    for (;;) {
      if (ending.aborted) throw new Ending();
      let verdict: Verdict;
      try {
        await connection.write(lines);
        verdict = { kind: "kept" };
      } catch (thrown) {
        if (ending.aborted) throw new Ending();
        verdict = judge(thrown, now());
      }
      switch (verdict.kind) {
        case "kept":
          well();
          lastSuccess = now();
          proof = lines[0]!;
          return null;
        case "lines":
          return verdict;
        case "size":
          if (lines.length > 1 || lines[0]!.length > LONG_LINE) return verdict;
          await failed({ reason: verdict.reason, alarm: true, after: null });
          break;
        case "refused":
          await failed({ reason: verdict.reason, alarm: true, after: null });
          break;
        case "later":
          await failed({ reason: verdict.reason, alarm: false, after: verdict.after });
          break;
      }
    }
  }

  /**
   * Parts what is refused until each line at fault stands alone; what is sent twice overwrites itself. A field of another type is the
   * fault of all lines that have it, so those are told apart first; then it is halves.
   */
  async function isolate(lines: readonly string[]): Promise<Found[]> {
    const found = await send(lines);
    if (found === null) return [];
    const all = lines.length === 1 || (found.kind === "lines" && found.dropped === lines.length);
    if (all) return lines.map((line) => ({ line, reason: found.reason, explicit: found.kind === "size" || found.explicit }));
    const half = Math.ceil(lines.length / 2);
    if (found.kind === "size") most = Math.min(most, half);
    const kinds = found.kind === "size" ? [] : [...Map.groupBy(lines, fieldsIn).values()];
    const parts = kinds.length > 1 ? kinds : [lines.slice(0, half), lines.slice(half)];
    const refused: Found[] = [];
    for (const part of parts) for (const f of await isolate(part)) refused.push(f);
    return refused;
  }

  /** Whether the server takes a line that it took before: else it is not the lines that are at fault. */
  async function takesAnything(): Promise<boolean> {
    return proof !== null && (await send([proof])) === null;
  }

  /** Sends all lines in requests that are not too large; what is refused, one by one. */
  async function sendAll(lines: readonly string[]): Promise<Found[]> {
    const found: Found[] = [];
    for (let i = 0; i < lines.length;) {
      let end = i;
      for (let size = 0; end < lines.length && end - i < most && (end === i || size + lines[end]!.length < MAX_CHARACTERS); end++) size += lines[end]!.length;
      const refused = await isolate(lines.slice(i, end));
      if (refused.length === 0 && most < MAX_LINES) most = Math.min(MAX_LINES, most + Math.ceil(most / 16));
      for (const f of refused) found.push(f);
      i = end;
    }
    return found;
  }

  return {
    async deliver(lines) {
      for (;;) {
        const found = await sendAll(lines);
        const doubtful = found.filter((f) => !f.explicit);
        if (doubtful.length === 0) return found;
        // In words that may be about anything it is only believed while the server takes other lines, and when it says so twice.
        if (await takesAnything()) return [...found.filter((f) => f.explicit), ...(await sendAll(doubtful.map((f) => f.line)))];
        await failed({ reason: `every line is refused: ${doubtful[0]!.reason}`, alarm: true, after: null });
      }
    },
    async persist(action) {
      for (let failures = 0; ; failures++) {
        if (ending.aborted) throw new Ending();
        try {
          const done = await action();
          if (failures > 0) well();
          return done;
        } catch (thrown) {
          if (thrown instanceof Ending) throw thrown;
          await failed({ reason: thrown instanceof Error ? thrown.message : String(thrown), alarm: false, after: null });
        }
      }
    },
    get state() {
      return { lastSuccess, failingSince, error };
    },
  };
}

/** Which fields a line of ours has, as far as their types go. */
function fieldsIn(line: string): string {
  const [, first = "", state = ""] = /^(?:\\.|[^ \\])+ (\w+)=(?:[^",]*(,state=))?/.exec(line) ?? [];
  return first + state;
}
