/** What carries messages to people. */
import type { ChannelDefinition, Delivered, Notice } from "../core/alerts/notice.ts";
import type { Message } from "../contract/message.ts";

/** What carries messages to people. One file each in `channels/`; constructors do nothing. */
export interface Channel extends ChannelDefinition {
  /** Hands a message over, within 30 s. Never rejects: failure is an answer, with whether it is worth retrying. */
  send(message: Message): Promise<Delivered>;
  close?(): Promise<void> | void;
}

/** Makes the message of a notice and hands it to its channel. */
export interface Messenger {
  send(notice: Notice): Promise<Delivered>;
}
