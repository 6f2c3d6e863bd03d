/**
 * A program of somebody else's: each message as JSON, signed by the Standard Webhooks specification
 * (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
 *
 * Headers: `webhook-id` (the same whenever the same message comes again, so that it can be taken once), `webhook-timestamp` (Unix seconds)
 * and `webhook-signature` = `v1,` + base64(HMAC-SHA256 of `id.timestamp.body`, by the bytes that the secret's base64 after `whsec_` stands
 * for). Whoever receives it computes the same over the body as it came, compares in constant time, and refuses a timestamp more than five
 * minutes away. Any 2xx is an acceptance; 410 says that nobody is there any more.
 */
import { createHmac } from "node:crypto";
import type { MakeChannel } from "./channel.ts";
import { shortName } from "./channel.ts";
import { judgeStatus, secretsOfUrl } from "./exchange.ts";
import { linesOf } from "./text.ts";

export const createWebhook: MakeChannel<"webhook"> = (id, settings, { exchange, now }) => {
  const base64 = settings.secret.slice("whsec_".length);
  const key = Buffer.from(base64, "base64");
  const secrets = [settings.secret, base64, ...secretsOfUrl(settings.url)];
  return {
    id,
    kind: "webhook",
    personal: false,
    perMinute: settings.perMinute,
    reaches: [],
    async send(message) {
      const at = now();
      const name = `msg_${shortName(message)}`;
      const timestamp = String(Math.floor(at / 1000));
      const body = JSON.stringify({ type: `notice.${message.how}`, timestamp: new Date(at).toISOString(), data: clean(message) });
      const signature = createHmac("sha256", key).update(`${name}.${timestamp}.${body}`).digest("base64");
      const headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      };
      const answer = await exchange({ url: settings.url, headers, body, secrets });
      return answer.kind === "none" ? answer.failed : (judgeStatus(answer) ?? { ok: true });
    },
  };
};

/** The same with every text free of what would not be seen; a line feed stays one. */
function clean(node: unknown): unknown {
  if (typeof node === "string") return linesOf(node).join("\n");
  if (Array.isArray(node)) return node.map(clean);
  if (typeof node === "object" && node !== null) return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, clean(value)]));
  return node;
}
