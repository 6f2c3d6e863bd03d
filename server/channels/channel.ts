/** What every channel is made of, and how it begins. */
import { createHash } from "node:crypto";
import type { Delivered } from "../core/alerts/notice.ts";
import type { Person } from "../core/space.ts";
import type { Log } from "../log.ts";
import type { Channel } from "../ports/channels.ts";
import type { Subscriptions } from "../ports/push.ts";
import type { Message } from "../contract/message.ts";
import type { ChannelKind, SettingsOf } from "../contract/channels.ts";
import type { Exchange } from "./exchange.ts";

export interface ChannelDeps {
  readonly people: readonly Person[];
  readonly dataDir: string;
  readonly subscriptions: Subscriptions;
  /** The wall's time, never a followed clock's: peers hold a signature's time against their own. */
  readonly now: () => number;
  readonly exchange: Exchange;
  /** Ms within which a message must be handed over or given up. */
  readonly withinMs: number;
  readonly log: Log;
}

/** Makes the channel of one kind; does nothing yet. */
export type MakeChannel<K extends ChannelKind> = (id: string, settings: SettingsOf<K>, deps: ChannelDeps) => Channel;

/** Nothing to send to: the person has no such address. */
export const NO_ADDRESS: Delivered = { ok: false, retry: false, error: "no-address" };

/** A name for a message that fits everywhere: 32 characters of 0-9 and a-f, the same for the same notice. */
export function shortName(message: Message): string {
  return createHash("sha256").update(message.id).digest("hex").slice(0, 32);
}

/** Ids of the people who have what a channel needs. */
export function peopleWith(people: readonly Person[], has: (person: Person) => string | null | undefined): readonly string[] {
  return people.filter((person) => (has(person) ?? "") !== "").map((person) => person.id);
}
