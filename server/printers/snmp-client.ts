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
  const problem = (error: Error) =>
    new Error(`the printer at ${host}:${port} does not answer by SNMP (${error.message}): is it on, and is the community right?`, { cause: error });

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
          for (const bind of binds as VarBind[])
            if (rows.size < MAX_ROWS && bind.oid.startsWith(`${oid}.`)) rows.set(bind.oid.slice(oid.length + 1), plain(bind));
          return rows.size >= MAX_ROWS;
        },
        (error: Error | null | undefined) => (error ? reject(problem(error)) : resolve(rows)),
      );
    });

  return {
    async ask() {
      const on = (session ??= opened());
      try {
        const names = Object.keys(SCALARS) as Scalar[];
        const binds = await get(on, Object.values(SCALARS));
        const scalars: Partial<Record<Scalar, SnmpValue>> = {};
        for (const name of names) {
          const bind = binds.find((b) => b.oid === SCALARS[name]);
          if (bind !== undefined) scalars[name] = plain(bind);
        }
        const columns: Partial<Record<Column, ReadonlyMap<string, SnmpValue>>> = {};
        for (const [name, oid] of Object.entries(COLUMNS) as [Column, string][]) columns[name] = await column(on, oid);
        return { scalars, columns };
      } catch (error) {
        // A socket that met an error is not used again.
        on.close();
        session = null;
        throw error instanceof Error ? error : new Error(String(error));
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
