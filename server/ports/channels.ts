/** What carries messages to people. */
import type { Delivered, Notice } from "../core/alerts/notice.ts";
import type { Message } from "../contract/message.ts";

/** What carries messages to people. One file each in `channels/`; constructors do nothing. */
export interface Channel {
  readonly id: string;
  readonly kind: string;
  readonly personal: boolean;
  readonly perMinute: number;
  /** People whom it can reach at the start; null: everybody; empty for a group's robot. */
  readonly reaches: readonly string[] | null;
  /** Hands a message over, within 30 s. Never rejects: failure is an answer, with whether it is worth retrying. */
  send(message: Message): Promise<Delivered>;
  close?(): Promise<void> | void;
}

/** Makes the message of a notice and hands it to its channel. */
export interface Messenger {
  send(notice: Notice): Promise<Delivered>;
}
