/** Browsers that subscribed for messages, and links that were used. */
import type { Millis } from "../core/reading.ts";

/** What browsers subscribed for (RFC 8030). */
export interface PushSubscription {
  readonly endpoint: string;
  readonly person: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly at: Millis;
}

/** Subscriptions, and links that were used: kept beside the records. */
export interface Subscriptions {
  pushSubscriptions(person?: string): Promise<readonly PushSubscription[]>;
  savePushSubscription(subscription: PushSubscription): Promise<void>;
  /** False where there was none. */
  dropPushSubscription(endpoint: string): Promise<boolean>;
  /** True the first time, false ever after (until `expires`, when the link is worth nothing anyway). */
  useLink(id: string, at: Millis, expires: Millis): Promise<boolean>;
  linkUsed(id: string): Promise<boolean>;
}

/** What the API must know of Web Push to let browsers subscribe. */
export interface PushDesk {
  readonly subscriptions: Pick<Subscriptions, "pushSubscriptions" | "savePushSubscription" | "dropPushSubscription">;
  /** The channel; null where none is set up. */
  readonly channel: {
    readonly id: string;
    /** The server's VAPID key (RFC 8292), base64url. */
    readonly publicKey: string;
    /** Hosts at which a browser may have its push service. */
    readonly services: readonly string[];
  } | null;
  /** A person can be reached by it from now on, or not any more. */
  reach(person: string, reachable: boolean): void;
}
