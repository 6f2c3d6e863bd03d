/** express-session's store over the records. */
import { Store } from "express-session";
import type { SessionData } from "express-session";
import type { Credentials } from "../ports/credentials.ts";

type Done = (error?: unknown) => void;

/** What cannot be read is no session: the person signs in again. */
function sessionOf(data: string): SessionData | null {
  try {
    const read = JSON.parse(data) as SessionData | null;
    return typeof read?.cookie === "object" ? read : null;
  } catch {
    return null;
  }
}

export class RecordsSessionStore extends Store {
  private readonly credentials: Credentials;
  private readonly now: () => number;
  private readonly lifetime: number;

  constructor(credentials: Credentials, now: () => number, lifetime: number) {
    super();
    this.credentials = credentials;
    this.now = now;
    this.lifetime = lifetime;
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.credentials.session(id).then(
      (row) => done(null, row === null || row.expires <= this.now() ? null : sessionOf(row.data)),
      (error: unknown) => done(error),
    );
  }

  override set(id: string, session: SessionData, done?: Done): void {
    const person = (session as { person?: string }).person ?? null;
    this.credentials.saveSession(id, person, JSON.stringify(session), this.now() + this.lifetime).then(
      () => done?.(),
      (error: unknown) => done?.(error),
    );
  }

  override touch(id: string, _session: SessionData, done?: Done): void {
    this.credentials.touchSession(id, this.now() + this.lifetime).then(
      () => done?.(),
      (error: unknown) => done?.(error),
    );
  }

  override destroy(id: string, done?: Done): void {
    this.credentials.dropSession(id).then(
      () => done?.(),
      (error: unknown) => done?.(error),
    );
  }
}
