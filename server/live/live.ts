/** The live channel (socket.io, path `/live`): a snapshot, then changes, at most ten a second, encoded once for all who see the same. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { ServerResponse } from "node:http";
import type { Socket } from "socket.io";
import { Server } from "socket.io";
import type { Changes, PageMessage, Snapshot } from "../contract/live.ts";
import type { Eyes } from "../contract/present/eyes.ts";
import type { Actor } from "../core/roles.ts";
import type { Gatekeeper } from "../ports/gatekeeper.ts";
import type { Office } from "../ports/office.ts";
import { ChangeLog } from "./changes.ts";
import { classOf, composeChanges, composeSnapshot, eyesOf, overviewNow } from "./compose.ts";

export interface LiveDeps {
  readonly server: HttpServer;
  readonly office: Office;
  readonly gatekeeper: Pick<Gatekeeper, "session" | "actorOf" | "sameOrigin">;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** ms as ISO 8601 with the site's offset. */
  readonly iso: (at: number) => string;
  /** Calls back every `ms` until stopped; a test winds it by hand. */
  readonly every?: (ms: number, tick: () => void) => () => void;
}

export interface Live {
  /** Reads what was lately recorded and starts to listen. */
  open(): Promise<void>;
  stats(): { readonly clients: number; readonly closedSlow: number; readonly snapshots: number; readonly changes: number };
  /** Gives a message to every page that this person has open; returns to how many. */
  tell(person: string, message: PageMessage): number;
  close(): Promise<void>;
}

const TICK_MS = 100;
/** The time and the overview move once a second. */
const HEARTBEAT_TICKS = 10;
/** Whoever signed out, or may see less now, is let go within a minute. */
const RECHECK_TICKS = 600;
/** Sets of changes that may wait for one reader (10 s), and how long its snapshot may take (60 s). */
const MOST_WAITING = 100;
const MOST_CATCHING_UP_TICKS = 600;
const DAY_MS = 86_400_000;

interface ToClient {
  snapshot(data: Snapshot): void;
  changes(data: Changes): void;
  message(data: PageMessage): void;
}
type LiveSocket = Socket<Record<string, never>, ToClient>;

/** waiting: gets a snapshot at the next tick. catching-up: its snapshot is under way. following: gets every set of its class. */
interface Reader {
  readonly socket: LiveSocket;
  readonly actor: Actor;
  readonly room: string;
  state: "waiting" | "catching-up" | "following";
  /** The last set that it has, until it follows. */
  seq: number;
  /** Ticks in this state. */
  ticks: number;
}

const realTimer = (ms: number, tick: () => void): (() => void) => {
  const timer = setInterval(tick, ms);
  return () => clearInterval(timer);
};

/** What is written for a socket and has not left yet, in packets. */
function backlogOf(socket: LiveSocket): number {
  const { conn } = socket;
  return (conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length + (conn.transport.writable ? 0 : 1);
}

export function createLive(deps: LiveDeps): Live {
  const { server, office, gatekeeper, log, iso } = deps;
  const epoch = randomUUID().slice(0, 8);
  const changes = new ChangeLog((id) => office.house.findings.get(id));
  const readers = new Map<string, Reader>();
  const counts = { closedSlow: 0, snapshots: 0, changes: 0 };
  let io: Server<Record<string, never>, ToClient> | null = null;
  let ticks = 0;
  let stops: (() => void)[] = [];

  const cursorNow = () => `${epoch}-${changes.seq}`;

  function resumable(cursor: unknown): number | null {
    const match = typeof cursor === "string" && cursor.length < 60 ? /^([0-9a-f]{8})-(\d{1,15})$/.exec(cursor) : null;
    return match === null || match[1] !== epoch ? null : Number(match[2]);
  }

  /** Lets a reader go. It comes back with its cursor, is judged anew, and gets what it missed. */
  function letGo(reader: Reader, why: string): void {
    readers.delete(reader.socket.id);
    log.warn({ person: reader.actor.id, why }, "a live reader was closed");
    reader.socket.conn.close(true);
  }

  function connected(socket: LiveSocket): void {
    const actor = gatekeeper.actorOf(socket.request);
    if (actor === null) {
      socket.disconnect(true);
      return;
    }
    const seq = resumable(socket.handshake.auth["cursor"]);
    const known = seq !== null && changes.since(seq) !== null;
    // Who resumes is already caught up with its snapshot: it gets what it missed at the next tick.
    readers.set(socket.id, { socket, actor, room: `class ${classOf(actor)}`, state: known ? "catching-up" : "waiting", seq: seq ?? 0, ticks: 0 });
    socket.once("disconnect", () => readers.delete(socket.id));
  }

  function tick(): void {
    if (io === null) return;
    const set = changes.seal();
    ticks++;
    if (readers.size === 0) return;
    // More happened in one beat than the log keeps: a set with gaps is worse than a new beginning.
    if (set !== null && !changes.complete(changes.seq - 1)) for (const reader of readers.values()) if (reader.state === "following") beginAnew(reader);
    const heartbeat = ticks % HEARTBEAT_TICKS === 0;
    const overview = heartbeat ? overviewNow(office) : null;
    const eyes = new Map<string, Eyes>();
    const eyesFor = (reader: Reader) => {
      let own = eyes.get(reader.room);
      if (own === undefined) eyes.set(reader.room, (own = eyesOf(office, reader.actor, iso)));
      return own;
    };

    const rooms = new Map<string, Reader>();
    const waiting = new Map<string, Reader[]>();
    for (const reader of readers.values()) {
      reader.ticks++;
      if (reader.state === "following") {
        if (backlogOf(reader.socket) > MOST_WAITING) {
          counts.closedSlow++;
          letGo(reader, "it could not keep up");
        } else if (set !== null || heartbeat) rooms.set(reader.room, reader);
      } else if (reader.state === "waiting") waiting.set(reader.room, [...(waiting.get(reader.room) ?? []), reader]);
      else catchUp(reader, eyesFor(reader));
    }
    for (const [room, reader] of rooms) {
      io.to(room).emit("changes", composeChanges(office, changes, eyesFor(reader), cursorNow(), set, overview));
      counts.changes++;
    }
    for (const group of waiting.values()) {
      const snapshot = composeSnapshot(office, changes, eyesFor(group[0]!), cursorNow(), overview ?? overviewNow(office));
      // One emission to all of them: a thousand pages that come back after a restart cost one encoding.
      io.to(group.map((r) => r.socket.id)).emit("snapshot", snapshot);
      counts.snapshots += group.length;
      for (const reader of group) {
        reader.state = "catching-up";
        reader.seq = changes.seq;
        reader.ticks = 0;
      }
    }
    if (ticks % RECHECK_TICKS === 0) for (const reader of readers.values()) recheck(reader);
  }

  function beginAnew(reader: Reader): void {
    void reader.socket.leave(reader.room);
    reader.state = "waiting";
    reader.ticks = 0;
  }

  function follow(reader: Reader): void {
    void reader.socket.join(reader.room);
    reader.state = "following";
  }

  /** Once its snapshot has left, a reader gets what happened meanwhile in one set, and then goes with its class. */
  function catchUp(reader: Reader, eyes: Eyes): void {
    if (backlogOf(reader.socket) > 0) {
      if (reader.ticks <= MOST_CATCHING_UP_TICKS) return;
      counts.closedSlow++;
      letGo(reader, "its snapshot did not get through");
      return;
    }
    const missed = changes.since(reader.seq);
    if (missed === null) {
      reader.state = "waiting";
      return;
    }
    reader.socket.emit("changes", composeChanges(office, changes, eyes, cursorNow(), missed, null));
    counts.changes++;
    reader.seq = changes.seq;
    follow(reader);
  }

  /** Reads the session of a reader anew, on a copy of its request that has not been through the door yet. */
  function recheck(reader: Reader): void {
    const probe = Object.create(reader.socket.request, { session: { value: undefined, writable: true } }) as IncomingMessage;
    gatekeeper.session(probe as never, new ServerResponse(probe) as never, (error?: unknown) => {
      if (error !== undefined && error !== null) log.error({ err: error }, "a live reader's session could not be read");
      else {
        const actor = gatekeeper.actorOf(probe);
        if (readers.has(reader.socket.id) && (actor === null || actor.id !== reader.actor.id || classOf(actor) !== classOf(reader.actor)))
          letGo(reader, "its session changed");
      }
    });
  }

  async function recall(): Promise<void> {
    const { records } = office;
    const page = { limit: 200 };
    const [findings, commands, alerts] = await Promise.all([
      records.findings({ from: office.clock.now() - DAY_MS }, page),
      records.commands({}, page),
      records.alerts({}, page),
    ]);
    const known = new Set(commands.items.map((c) => c.id));
    const older = [];
    for (const f of findings.items)
      if (f.command !== null && !known.has(f.command)) older.push(...(await records.commands({ finding: f.id }, page)).items.filter((c) => c.id === f.command));
    changes.seed(findings.items.toReversed(), [...older, ...commands.items.toReversed()], alerts.items.toReversed());
  }

  return {
    async open() {
      // Listening first: what is decided while the records are read is not lost, and is newer than what is read.
      stops.push(office.onTurn((turn) => changes.take(turn)));
      await recall();
      io = new Server(server, {
        path: "/live",
        transports: ["websocket", "polling"],
        maxHttpBufferSize: 16_384,
        serveClient: false,
        allowRequest: (request, decide) => decide(gatekeeper.sameOrigin(request) ? null : "foreign-origin", gatekeeper.sameOrigin(request)),
      });
      io.engine.use(gatekeeper.session);
      io.use((socket, next) => {
        if (gatekeeper.actorOf(socket.request) !== null) next();
        else next(Object.assign(new Error("not-signed-in"), { data: { code: "not-signed-in" } }));
      });
      io.on("connection", connected);
      stops.push(
        (deps.every ?? realTimer)(TICK_MS, () => {
          try {
            tick();
          } catch (error) {
            // The page must not take the house down with it; the next tick tries again.
            log.error({ err: error }, "the live channel missed a beat");
          }
        }),
      );
    },
    tell(person, message) {
      const open = [...readers.values()].filter((r) => r.actor.id === person && backlogOf(r.socket) <= MOST_WAITING).map((r) => r.socket.id);
      // Without a name socket.io would tell everybody.
      if (io === null || open.length === 0) return 0;
      io.to(open).emit("message", message);
      return open.length;
    },
    stats: () => ({ clients: readers.size, ...counts }),
    async close() {
      for (const stop of stops) stop();
      stops = [];
      readers.clear();
      const opened = io;
      io = null;
      if (opened === null) return;
      opened.disconnectSockets(true);
      // `Server.close` would close the HTTP server too; that belongs to who opened it.
      opened.engine.close();
    },
  };
}
