/** The live channel: a snapshot, then changes; after a break only what was missed. */
import { signal } from "@preact/signals";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import type { Changes, PageMessage, Snapshot } from "../../server/contract/live.ts";
import { takeChanges, takeSnapshot } from "./store.ts";

interface FromServer {
  snapshot(data: Snapshot): void;
  changes(data: Changes): void;
  message(data: PageMessage): void;
}

export type Connection = "connecting" | "connected" | "lost";
export const connection = signal<Connection>("connecting");
/** Real time (ms) at which the newest data came; null before the first. */
export const heardAt = signal<number | null>(null);

const RETRY_MS = 2000;

let socket: Socket<FromServer> | null = null;
let cursor: string | undefined;

function hear(next: string): void {
  cursor = next;
  heardAt.value = Date.now();
  connection.value = "connected";
}

let hearMessage: (message: PageMessage) => void = () => {};

/** Who is told of each message. */
export function onMessage(hear: (message: PageMessage) => void): void {
  hearMessage = hear;
}

/** Listens, as whoever is signed in. `onRefused` is called when nobody is. */
export function startLive(onRefused: () => void): void {
  stopLive();
  connection.value = heardAt.value === null ? "connecting" : "lost";
  const opened: Socket<FromServer> = io({
    path: "/live",
    transports: ["websocket", "polling"],
    reconnectionDelayMax: 5000,
    auth: (give) => give(cursor === undefined ? {} : { cursor }),
  });
  socket = opened;
  opened.on("snapshot", (data) => {
    takeSnapshot(data);
    hear(data.cursor);
  });
  opened.on("changes", (data) => {
    takeChanges(data);
    hear(data.cursor);
  });
  opened.on("message", (message) => hearMessage(message));
  opened.on("disconnect", (reason) => {
    connection.value = "lost";
    // The client comes back by itself, except when the server closed the door on purpose (its session is looked at anew).
    if (reason === "io server disconnect") setTimeout(() => socket === opened && opened.connect(), RETRY_MS);
  });
  opened.on("connect_error", (error) => {
    if (error.message === "not-signed-in") onRefused();
    else {
      connection.value = "lost";
      if (!opened.active) setTimeout(() => socket === opened && opened.connect(), RETRY_MS);
    }
  });
}

/** Stops listening and forgets the place: the next person gets a snapshot of what they may see. */
export function stopLive(): void {
  socket?.close();
  socket = null;
  cursor = undefined;
}
