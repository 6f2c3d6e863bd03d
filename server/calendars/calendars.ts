/** Other calendars: files that people hand in, and feeds that are followed. */
import { open } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { House } from "../core/house.ts";
import type { Millis } from "../core/reading.ts";
import type { CalendarFeed } from "../core/space.ts";
import type { Log } from "../log.ts";
import type { Calendars, FeedStatus, IcsQuestion, IcsRead } from "../ports.ts";

const DAY = 86_400_000;
const BACK_MS = DAY;
const AHEAD_MS = 60 * DAY;
const MOST_BYTES = 5_000_000;
const FETCH_MS = 10_000;
const READ_MS = 10_000;
const REDIRECTS = 3;
const MEMORY_MB = 192;

export interface CalendarDeps {
  readonly house: House;
  readonly now: () => Millis;
  readonly log: Pick<Log, "warn" | "info">;
  /** Hands a feed's bookings to the house. */
  readonly take: (source: string, read: IcsRead) => void;
  /** Says that a feed cannot be read, or (null) that all can. */
  readonly fault: (error: Error | null) => void;
}

/** What a server answered: the text, or that nothing changed. */
interface Fetched {
  readonly text: string | null;
  readonly etag: string | null;
  readonly modified: string | null;
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
      // The address may carry a key: only the feed's name is told.
      const message = error instanceof Error ? error.message : String(error);
      log.warn({ feed: feed.id, error: message }, "a calendar that is followed could not be read; its last state stands");
      status.set(feed.id, { ...before, error: message, failingSince: before.failingSince ?? deps.now() });
    }
    const failing = [...status.values()].filter((s) => s.error !== null);
    deps.fault(failing.length === 0 ? null : new Error(failing.map((s) => `${s.id}: ${s.error}`).join("; ")));
    if (!ending.signal.aborted) timers.set(feed.id, setTimeout(() => void look(feed), feed.every * 1000).unref());
  }

  return {
    start() {
      for (const feed of feeds) void look(feed);
    },
    status: () => [...status.values()],
    read: (text, space) => readApart(text, question(space, {})),
    close() {
      ending.abort();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

async function readFile(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > MOST_BYTES) throw new Error(`the file is larger than ${MOST_BYTES / 1e6} MB`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Reads an address within limits of time, size and redirects. Errors say what was wrong, without the address. */
export async function fetchText(address: string, known: Fetched | undefined, ending: AbortSignal): Promise<Fetched> {
  const signal = AbortSignal.any([ending, AbortSignal.timeout(FETCH_MS)]);
  const asked = new URL(address);
  const headers: Record<string, string> = { accept: "text/calendar" };
  if (asked.username !== "" || asked.password !== "") {
    headers["authorization"] = `Basic ${Buffer.from(`${decodeURIComponent(asked.username)}:${decodeURIComponent(asked.password)}`).toString("base64")}`;
    asked.username = "";
    asked.password = "";
  }
  if (known?.etag != null) headers["if-none-match"] = known.etag;
  else if (known?.modified != null) headers["if-modified-since"] = known.modified;
  let url = asked;
  for (let hop = 0; ; hop++) {
    const response = await fetch(url, { headers, redirect: "manual", signal }).catch((error: unknown) => {
      throw new Error(signal.aborted && !ending.aborted ? `no answer within ${FETCH_MS / 1000} s` : `cannot be reached (${causeOf(error)})`, { cause: error });
    });
    if (response.status === 304) return { text: null, etag: known?.etag ?? null, modified: known?.modified ?? null };
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      if (hop === REDIRECTS) throw new Error(`redirected more than ${REDIRECTS} times`);
      const next = new URL(location, url);
      if (next.protocol !== "https:" && next.protocol !== "http:") throw new Error("redirected to what is no web address");
      // A key is for whom it was given to.
      if (next.origin !== url.origin) delete headers["authorization"];
      url = next;
      continue;
    }
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > MOST_BYTES) throw new Error(`larger than ${MOST_BYTES / 1e6} MB`);
      parts.push(Buffer.from(part));
    }
    return { text: Buffer.concat(parts).toString("utf8"), etag: response.headers.get("etag"), modified: response.headers.get("last-modified") };
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code ?? (error instanceof Error ? error.name : "unknown");
}

/** Reads a text in a thread that is ended when it takes too long or too much. */
export function readApart(text: string, question: IcsQuestion, withinMs = READ_MS): Promise<IcsRead> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./thread.ts", import.meta.url), {
      workerData: { text, question },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      name: "calendar",
    });
    const timer = setTimeout(() => finish(() => reject(new Error(`the calendar could not be read within ${withinMs / 1000} s`))), withinMs);
    const finish = (tell: () => void) => {
      clearTimeout(timer);
      tell();
      void thread.terminate();
    };
    thread.once("message", (m: { readonly ok: true; readonly read: IcsRead } | { readonly ok: false; readonly error: string }) =>
      finish(() => (m.ok ? resolve(m.read) : reject(new Error(m.error)))),
    );
    thread.once("error", (error: Error) => finish(() => reject(new Error(`the calendar could not be read: ${error.message}`))));
    thread.once("exit", () => finish(() => reject(new Error("the calendar's reader ended"))));
  });
}
