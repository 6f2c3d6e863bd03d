/** What a browser says to be pushed to, and what it is told of its person's devices. */
import { z } from "zod";

const endpoint = z.string().min(1).max(2000);

export const pushDto = z.object({
  /** The server's key, base64url; null where no push channel is set up. */
  key: z.string().nullable(),
  /** The asker's own devices, the oldest first. */
  subscriptions: z.array(z.object({ endpoint, at: z.string() })),
});
export type PushDto = z.infer<typeof pushDto>;

/** As `PushSubscription.toJSON()` gives it (W3C Push API); the keys by RFC 8291: an uncompressed P-256 point, and 16 bytes. */
export const subscribeRequest = z.object({
  endpoint,
  keys: z.object({
    p256dh: z.string().regex(/^B[\w-]{86}$/, "must be an uncompressed P-256 point: 65 bytes in base64url"),
    auth: z.string().regex(/^[\w-]{21}[AQgw]$/, "must be 16 bytes in base64url"),
  }),
});

export const unsubscribeRequest = z.strictObject({ endpoint });
