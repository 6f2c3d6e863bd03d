/** Asks a printer by SNMP: by a community (versions 1 and 2c), or by a user who proves who it is and hides what is said (version 3). */
import { AuthProtocols, createSession, createV3Session, isVarbindError, PrivProtocols, SecurityLevel, Version1, Version2c } from "net-snmp";
import type { Session } from "net-snmp";
import type { SnmpAccess } from "../core/device.ts";
import type { MakerAnswers } from "./maker-counters.ts";
import { makerOf, oidsOf } from "./maker-counters.ts";
import type { Column, Scalar, SnmpAnswers } from "./snmp-reading.ts";
import type { SnmpValue } from "./snmp-value.ts";
import { COLUMNS, SCALARS } from "./snmp-reading.ts";

export interface SnmpClient {
  /** Resolves with what the printer has of it; rejects, with a sentence, when it does not answer. */
  ask(): Promise<SnmpAnswers>;
  close(): void;
}

/** Waited for an answer so long, then asked once more. */
const ANSWER_MS = 5_000;
/** All questions together may take so many times that long. */
const PATIENCE = 12;
/** Rows of a table that are read; a maker's own has hundreds. */
const MAX_ROWS = 64;
const MAX_MAKER_ROWS = 400;
const AT_ONCE = 16;
const NO_SUCH_NAME = 2;

interface VarBind {
  readonly oid: string;
  readonly type?: number;
  readonly value?: unknown;
}

export function createSnmpClient(access: SnmpAccess, answerMs: number = ANSWER_MS): SnmpClient {
  const { host, port, version, community, user, auth, privacy } = access;
  let session: Session | null = null;
  const secrets = [community, auth?.key, privacy?.key].filter((secret) => secret != null);
  const right = version === 3 ? `are the user "${user ?? ""}" and its keys right` : "is the community right";
  // What goes to the log names no community and no key: they are the printer's passwords.
  const problem = (error: { readonly message?: unknown }) => {
    // The library's messages are not always texts.
    const why = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), String(error.message));
    return new Error(`the printer at ${host}:${port} does not answer by SNMP (${why}): is it on, and ${right}?`);
  };

  function opened(): Session {
    const fresh = sessionFor(access, answerMs);
    // Its socket's errors; what is under way hears of them by its callback, too.
    fresh.on("error", () => undefined);
    return fresh;
  }

  const getAll = (on: Session, oids: readonly string[]): Promise<readonly VarBind[]> =>
    new Promise((resolve, reject) =>
      on.get([...oids], (error: Error | null, binds) => {
        if (error === null) resolve((binds as VarBind[] | undefined) ?? []);
        // Version 1 has no other word for what a printer does not have, and says it of the whole question.
        else if (version === 1 && (error as { status?: unknown }).status === NO_SUCH_NAME) resolve([]);
        else reject(problem(error));
      }),
    );

  async function get(on: Session, oids: readonly string[]): Promise<ReadonlyMap<string, SnmpValue>> {
    const questions = version === 1 ? oids.map((oid) => [oid]) : oids.length === 0 ? [] : [oids];
    const told = new Map<string, SnmpValue>();
    for (const question of questions) for (const bind of await getAll(on, question)) told.set(bind.oid, plain(bind));
    return told;
  }

  /** The rows of a column, at most `most`; a table that is not there has none. */
  const column = (on: Session, oid: string, most: number = MAX_ROWS): Promise<Map<string, SnmpValue>> =>
    new Promise((resolve, reject) => {
      const rows = new Map<string, SnmpValue>();
      on.subtree(
        oid,
        AT_ONCE,
        (binds) => {
          const before = rows.size;
          for (const bind of binds as VarBind[]) if (rows.size < most && bind.oid.startsWith(`${oid}.`)) rows.set(bind.oid.slice(oid.length + 1), plain(bind));
          // A printer that tells the same row again and again would be asked for ever.
          return rows.size === before || rows.size >= most;
        },
        (error: Error | null | undefined) => (error ? reject(problem(error)) : resolve(rows)),
      );
    });

  async function askMaker(on: Session, object: SnmpValue | undefined): Promise<MakerAnswers | undefined> {
    const maker = makerOf(object);
    if (maker === null) return undefined;
    const { table } = maker;
    const rows = (oid: string | undefined) => (oid === undefined ? new Map<string, SnmpValue>() : column(on, oid, MAX_MAKER_ROWS));
    return { scalars: await get(on, oidsOf(maker)), names: await rows(table?.names), values: await rows(table?.values) };
  }

  async function askAll(on: Session): Promise<SnmpAnswers> {
    const told = await get(on, Object.values(SCALARS));
    const scalars: Partial<Record<Scalar, SnmpValue>> = {};
    for (const name of Object.keys(SCALARS) as Scalar[]) {
      const value = told.get(SCALARS[name]);
      if (value !== undefined) scalars[name] = value;
    }
    const columns: Partial<Record<Column, ReadonlyMap<string, SnmpValue>>> = {};
    for (const [name, oid] of Object.entries(COLUMNS) as [Column, string][]) columns[name] = await column(on, oid);
    return { scalars, columns, maker: await askMaker(on, scalars.object) };
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

function sessionFor({ host, port, version, community, user, auth, privacy, context }: SnmpAccess, timeout: number): Session {
  const patience = { port, retries: 1, timeout, backoff: 1 };
  if (version !== 3) return createSession(host, community ?? "", { ...patience, version: version === 1 ? Version1 : Version2c });
  const level = privacy !== null ? SecurityLevel.authPriv : auth !== null ? SecurityLevel.authNoPriv : SecurityLevel.noAuthNoPriv;
  const proved = auth === null ? {} : { authProtocol: AuthProtocols[auth.protocol], authKey: auth.key };
  const hidden = privacy === null ? {} : { privProtocol: PrivProtocols[privacy.protocol], privKey: privacy.key };
  return createV3Session(host, { name: user ?? "", level, ...proved, ...hidden }, { ...patience, context });
}

function plain(bind: VarBind): SnmpValue {
  if (isVarbindError(bind as never)) return null;
  const { value } = bind;
  return typeof value === "number" || typeof value === "string" || value instanceof Uint8Array ? value : null;
}
