/** Other calendars: files that people hand in, and feeds that are followed. */
import { answerOf, EndedUnanswered, oneAfterAnother } from "../apart.ts";
import type { House } from "../core/house.ts";
import type { Millis } from "../core/reading.ts";
import type { CalendarFeed } from "../core/calendar-settings.ts";
import type { Log } from "../log.ts";
import type { Calendars, FeedStatus, IcsQuestion, IcsRead, IcsTrouble } from "../ports/calendars.ts";
import type { Fetched } from "./fetch-text.ts";
import { fetchText, readFile } from "./fetch-text.ts";
import { CalendarError, calendarError } from "./trouble.ts";

const DAY = 86_400_000;
const BACK_MS = DAY;
const AHEAD_MS = 60 * DAY;
const READ_MS = 10_000;
const MEMORY_MB = 192;

type Answer = { readonly ok: true; readonly read: IcsRead } | { readonly ok: false; readonly trouble: IcsTrouble };

export interface CalendarDeps {
  readonly house: House;
  readonly now: () => Millis;
  readonly log: Pick<Log, "warn" | "error">;
  /** Hands a feed's bookings to the house. */
  readonly take: (source: string, read: IcsRead) => void;
  /** Says that a feed cannot be read, or (null) that all can. */
  readonly fault: (error: Error | null) => void;
}

export function createCalendars(deps: CalendarDeps): Calendars {
  const { house, log } = deps;
  const { feeds } = house.site.calendar;
  const status = new Map<string, FeedStatus>(
    feeds.map((f) => [f.id, { id: f.id, every: f.every, readAt: null, bookings: 0, skipped: [], error: null, failingSince: null }]),
  );
  const known = new Map<string, Fetched>();
  const timers = new Map<string, NodeJS.Timeout>();
  const ending = new AbortController();

  const question = (space: string | null, rooms: Readonly<Record<string, string>>): IcsQuestion => {
    const now = deps.now();
    // Rooms are also known by their own names and numbers.
    const own: Record<string, string> = {};
    for (const s of house.site.spaces) {
      own[s.id] = s.id;
      own[s.id.slice(s.building.length + 1)] = s.id;
      for (const name of typeof s.name === "string" ? [s.name] : Object.values(s.name)) own[name] = s.id;
    }
    return { timezone: house.site.timezone, from: now - BACK_MS, to: now + AHEAD_MS, space, rooms: { ...own, ...rooms } };
  };

  async function look(feed: CalendarFeed): Promise<void> {
    const before = status.get(feed.id)!;
    try {
      const fetched =
        feed.url === null ? { text: await readFile(feed.file!), etag: null, modified: null } : await fetchText(feed.url, known.get(feed.id), ending.signal);
      if (fetched.text === null) status.set(feed.id, { ...before, readAt: deps.now(), error: null, failingSince: null });
      else {
        const read = await readApart(fetched.text, question(feed.space, feed.rooms));
        known.set(feed.id, { ...fetched, text: null });
        deps.take(`feed:${feed.id}`, read);
        status.set(feed.id, { ...before, readAt: deps.now(), bookings: read.bookings.length, skipped: read.skipped, error: null, failingSince: null });
      }
    } catch (error) {
      if (ending.signal.aborted) return;
      if (!(error instanceof CalendarError)) log.error({ feed: feed.id, err: error }, "a calendar that is followed made its reader fail");
      const told = error instanceof CalendarError ? error.trouble : calendarError("reader-ended").trouble;
      log.warn({ feed: feed.id, error: told.why }, "a calendar that is followed could not be read; its last state stands");
      status.set(feed.id, { ...before, error: told, failingSince: before.failingSince ?? deps.now() });
    }
    const failing = [...status.values()].filter((s) => s.error !== null);
    deps.fault(failing.length === 0 ? null : new Error(failing.map((s) => `${s.id}: ${s.error!.why}`).join("; ")));
    if (!ending.signal.aborted) timers.set(feed.id, setTimeout(() => void look(feed), feed.every * 1000).unref());
  }

  // One file at a time: each reader may take much memory.
  const inTurn = oneAfterAnother();

  return {
    start() {
      for (const feed of feeds) void look(feed);
    },
    status: () => [...status.values()],
    read: (text, space) => inTurn(() => readApart(text, question(space, {}))),
    close() {
      ending.abort();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** Reads a text in a thread that is ended when it takes too long or too much. */
export async function readApart(text: string, question: IcsQuestion, withinMs = READ_MS): Promise<IcsRead> {
  const bounds = { withinMs, memoryMb: MEMORY_MB };
  const answer = await answerOf<Answer>(new URL("./thread.ts", import.meta.url), { text, question }, bounds).catch((error: unknown) => {
    if (error instanceof EndedUnanswered) throw error.late ? calendarError("too-slow", withinMs / 1000) : calendarError("reader-ended");
    throw calendarError("reader-ended", null, error);
  });
  if (!answer.ok) throw new CalendarError(answer.trouble);
  return answer.read;
}
