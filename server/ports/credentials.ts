import type { Millis } from "../core/reading.ts";

/** What sign-in keeps: password hashes, sessions, one-time links. */
export interface Credentials {
  passwordHash(person: string): Promise<string | null>;
  setPasswordHash(person: string, hash: string): Promise<void>;
  anyPassword(): Promise<boolean>;
  session(id: string): Promise<{ readonly data: string; readonly expires: Millis } | null>;
  saveSession(id: string, person: string | null, data: string, expires: Millis): Promise<void>;
  /** Moves a session's end on; does nothing where it was dropped meanwhile (a request under way must not bring back what sign-out ended). */
  touchSession(id: string, expires: Millis): Promise<void>;
  dropSession(id: string): Promise<void>;
  dropExpiredSessions(now: Millis): Promise<void>;
  /** Drops all sessions of a person (password changed). */
  dropSessionsOf(person: string): Promise<void>;
  /** Keeps the hash of a one-time link's token; an older one of the same purpose and person is void from now on. */
  saveToken(hash: string, purpose: string, person: string | null, expires: Millis): Promise<void>;
  /** Uses a token up: null when there is none, it was used, or its time is over. */
  takeToken(hash: string, purpose: string, now: Millis): Promise<{ readonly person: string | null; readonly expires: Millis } | null>;
}
