/** Asks a printer by SNMP v2c. */
import { createSession, isVarbindError, Version2c } from "net-snmp";
import type { Session } from "net-snmp";
import type { Column, Scalar, SnmpAnswers, SnmpValue } from "./snmp-reading.ts";
import { COLUMNS, SCALARS } from "./snmp-reading.ts";

export interface SnmpAddress {
  readonly host: string;
  readonly port: number;
  readonly community: string;
}

export interface SnmpClient {
  /** Resolves with what the printer has of it; rejects, with a sentence, when it does not answer. */
  ask(): Promise<SnmpAnswers>;
  close(): void;
}

/** Waited for an answer so long, then asked once more. */
const ANSWER_MS = 5_000;
/** All questions together may take so many times that long. */
const PATIENCE = 12;
/** Rows of a table that are read. */
const MAX_ROWS = 64;
const AT_ONCE = 16;

interface VarBind {
  readonly oid: string;
  readonly type?: number;
  readonly value?: unknown;
}

export function createSnmpClient({ host, port, community }: SnmpAddress, answerMs: number = ANSWER_MS): SnmpClient {
  let session: Session | null = null;
  // What goes to the log names no community: it is the printer's password.
  const problem = (error: { readonly message?: unknown }) => {
    // The library's messages are not always texts.
    const why = String(error.message).replaceAll(community, "…");
    return new Error(`the printer at ${host}:${port} does not answer by SNMP (${why}): is it on, and is the community right?`);
  };

  function opened(): Session {
    const fresh = createSession(host, community, { port, version: Version2c, retries: 1, timeout: answerMs, backoff: 1 });
    // Its socket's errors; what is under way hears of them by its callback, too.
    fresh.on("error", () => undefined);
    return fresh;
  }

  const get = (on: Session, oids: string[]): Promise<readonly VarBind[]> =>
    new Promise((resolve, reject) =>
      on.get(oids, (error: Error | null, binds) => (error ? reject(problem(error)) : resolve((binds as VarBind[] | undefined) ?? []))),
    );

  /** The rows of a column, at most some dozens; a table that is not there has none. */
  const column = (on: Session, oid: string): Promise<Map<string, SnmpValue>> =>
    new Promise((resolve, reject) => {
      const rows = new Map<string, SnmpValue>();
      on.subtree(
        oid,
        AT_ONCE,
        (binds) => {
          const before = rows.size;
          for (const bind of binds as VarBind[])
            if (rows.size < MAX_ROWS && bind.oid.startsWith(`${oid}.`)) rows.set(bind.oid.slice(oid.length + 1), plain(bind));
          // A printer that tells the same row again and again would be asked for ever.
          return rows.size === before || rows.size >= MAX_ROWS;
        },
        (error: Error | null | undefined) => (error ? reject(problem(error)) : resolve(rows)),
      );
    });

  async function askAll(on: Session): Promise<SnmpAnswers> {
    const binds = await get(on, Object.values(SCALARS));
    const scalars: Partial<Record<Scalar, SnmpValue>> = {};
    for (const name of Object.keys(SCALARS) as Scalar[]) {
      const bind = binds.find((b) => b.oid === SCALARS[name]);
      if (bind !== undefined) scalars[name] = plain(bind);
    }
    const columns: Partial<Record<Column, ReadonlyMap<string, SnmpValue>>> = {};
    for (const [name, oid] of Object.entries(COLUMNS) as [Column, string][]) columns[name] = await column(on, oid);
    return { scalars, columns };
  }

  return {
    async ask() {
      const on = (session ??= opened());
      let timer: NodeJS.Timeout | undefined;
      // Some garbage makes the library forget that it was asked.
      const deadline = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(problem(new Error("no end of its answers"))), answerMs * PATIENCE);
      });
      try {
        return await Promise.race([askAll(on), deadline]);
      } catch (error) {
        // A socket that met an error is not used again.
        on.close();
        session = null;
        throw error instanceof Error ? error : new Error(String(error));
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      session?.close();
      session = null;
    },
  };
}

function plain(bind: VarBind): SnmpValue {
  if (isVarbindError(bind as never)) return null;
  const { value } = bind;
  return typeof value === "number" || typeof value === "string" || value instanceof Uint8Array ? value : null;
}
