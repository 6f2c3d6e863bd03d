/**
 * Web Push: a notification of the browser, on the phone too, while no page is open.
 *
 * RFC 8030: POST to the browser's endpoint with `TTL` (s; how long it is worth delivering), `Urgency`, and `Topic` (at most 32 characters
 * of base64url: a later message with the same takes the place of one not yet delivered). RFC 8291: the body is encrypted for the browser
 * alone, one record of at most 4,096 bytes, of which 3,993 are ours. RFC 8292: a token signed by our key names us and whom to ask.
 * 404 and 410 say that the subscription is no more; 429 and 5xx pass. The library `web-push` encrypts and signs; the request is ours.
 */
import webPush from "web-push";
import type { RequestOptions } from "web-push";
import type { Delivered } from "../core/alerts/notice.ts";
import type { Message } from "../contract/message.ts";
import type { PushPayload } from "../contract/push.ts";
import { isPushEndpoint } from "../contract/push.ts";
import type { PushSubscription } from "../ports/push.ts";
import type { MakeChannel } from "./channel.ts";
import { NO_ADDRESS, shortName } from "./channel.ts";
import type { Failed } from "./exchange.ts";
import { hostOf, judgeStatus, secretsOfUrl } from "./exchange.ts";
import { summary } from "./summary.ts";
import type { Measure } from "./text.ts";
import { cut, inBytes, oneLine, webLink } from "./text.ts";
import { createVapid } from "./vapid.ts";
import { wordsOf } from "./words.ts";

const PAYLOAD_BYTES = 3993;
const URGENCIES = { low: "low", medium: "normal", high: "high" } as const;
/** A day: whoever was out of reach for longer reads it on the page. */
const TTL_SECONDS = 86_400;

const jsonBytes: Measure = (text) => inBytes(JSON.stringify(text));

/** As JSON, within what one record holds. */
export function pushPayload(message: Message): string {
  const [alert] = message.alerts;
  const payload = (body: string): string =>
    JSON.stringify({
      id: message.id,
      how: message.how,
      severity: message.severity,
      language: message.language,
      title: cut(oneLine(message.subject), 120),
      body,
      count: message.count,
      link: webLink(message.link) ?? "",
      act: message.count === 1 && alert !== undefined ? webLink(alert.link) : null,
      actLabel: wordsOf(message).act,
    } satisfies PushPayload);
  return payload(summary(message, PAYLOAD_BYTES - inBytes(payload("")), jsonBytes));
}

export const createPush: MakeChannel<"push"> = (id, settings, { exchange, dataDir, subscriptions, log }) => {
  const keys = createVapid(dataDir);

  /** null: the browser's service took it. "gone": there is no such subscription any more. */
  const sendTo = async ({ endpoint, keys: own }: PushSubscription, payload: string, options: RequestOptions): Promise<Failed | "gone" | null> => {
    const host = hostOf(endpoint);
    const failed = (error: string): Failed => ({ ok: false, retry: false, error: `${host}: ${error}` });
    if (!isPushEndpoint(endpoint, settings.services)) return failed("is no push service of this channel's setting services");
    let request: ReturnType<typeof webPush.generateRequestDetails>;
    try {
      request = webPush.generateRequestDetails({ endpoint, keys: own }, payload, options);
    } catch (error) {
      return failed(`the browser's keys are of no use: ${error instanceof Error ? error.message : String(error)}`);
    }
    // fetch counts the body itself.
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (/^content-length$/i.test(name) ? [] : [[name, String(value)]])),
    );
    // The path of an endpoint is all that anybody needs to send to it.
    const answer = await exchange({
      url: endpoint,
      headers,
      body: new Uint8Array(request.body ?? []),
      secrets: [...secretsOfUrl(endpoint), own.auth, own.p256dh],
    });
    if (answer.kind === "none") return answer.failed;
    return answer.status === 404 || answer.status === 410 ? "gone" : judgeStatus(answer);
  };

  return {
    id,
    kind: "push",
    personal: true,
    perMinute: settings.perMinute,
    // Browsers come and go while the server runs.
    reaches: null,
    async send(message): Promise<Delivered> {
      try {
        const own = message.person === null ? [] : await subscriptions.pushSubscriptions(message.person.id);
        if (own.length === 0) return NO_ADDRESS;
        const options: RequestOptions = {
          vapidDetails: { subject: settings.subject, ...(await keys()) },
          TTL: TTL_SECONDS,
          urgency: URGENCIES[message.severity],
          topic: shortName(message),
          contentEncoding: "aes128gcm",
        };
        const payload = pushPayload(message);
        const ends = await Promise.all(own.map(async (subscription) => ({ subscription, end: await sendTo(subscription, payload, options) })));
        for (const { subscription, end } of ends)
          if (end === "gone") {
            await subscriptions.dropPushSubscription(subscription.endpoint);
            log.info({ channel: id, person: subscription.person, service: hostOf(subscription.endpoint) }, "a browser's push subscription is no more; dropped");
          }
        if (ends.some(({ end }) => end === null)) return { ok: true };
        const failures = ends.flatMap(({ end }) => (end === null || end === "gone" ? [] : [end]));
        return failures.find((failure) => failure.retry) ?? failures[0] ?? NO_ADDRESS;
      } catch (error) {
        return { ok: false, retry: true, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
};
