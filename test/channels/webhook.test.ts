import { createHmac, timingSafeEqual } from "node:crypto";
import { describe, expect, it } from "vitest";
import { channelSchema } from "../../server/contract/channels.ts";
import { channelOf, message } from "./messages.ts";
import type { Peer } from "./peer.ts";
import { createPeer, json } from "./peer.ts";
import type { HttpRig } from "./suite.ts";
import { httpSuite } from "./suite.ts";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SECRET = `whsec_${KEY.toString("base64")}`;
const settings = (base: string) => ({ kind: "webhook", url: `${base}/hooks/T024BE7LD8Q?token=very-secret-token`, secret: SECRET });

/** As the specification tells a receiver to: over the raw body, in constant time, five minutes, any of several signatures. */
function verify({ headers, body }: Peer["received"][number]): void {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => String(headers[name]));
  expect(id).toMatch(/^[^.\s]{1,255}$/);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300);
  const expected = createHmac("sha256", KEY)
    .update(Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]))
    .digest();
  const matches = signatures!.split(" ").some((one) => {
    const [version, value = ""] = one.split(",");
    const given = Buffer.from(value, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
  expect(matches).toBe(true);
}

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: ReturnType<typeof message>;
}
const bodyOf = ({ body }: Peer["received"][number]) => JSON.parse(body.toString("utf8")) as Body;

const rig: HttpRig = {
  settings,
  ok: json(202, {}),
  failures: [
    { answer: json(204, {}), delivered: { ok: true } },
    { answer: json(410, {}), delivered: { ok: false, retry: false } },
    { answer: json(500, { error: "x".repeat(10_000) }), delivered: { ok: false, retry: true, error: expect.stringMatching(/^.{1,260}$/) } },
  ],
  statusIsEnough: true,
  secrets: [SECRET, KEY.toString("base64"), "very-secret-token", "T024BE7LD8Q"],
  read: (received) => {
    verify(received);
    expect(received.headers["content-type"]).toBe("application/json");
    const { data } = bodyOf(received);
    const seen = [data.subject, data.text, data.spoken, ...data.alerts.flatMap((one) => [one.title, one.where, one.at])].join("\n");
    return {
      seen: data.count > data.alerts.length ? `${seen}\n另有 ${data.count - data.alerts.length} 条` : seen,
      links: [data.link, ...data.alerts.flatMap((one) => one.link ?? [])],
    };
  },
};
httpSuite("a webhook", rig, channelOf);

describe("a webhook's message", () => {
  it("has the same id whenever it comes, another for another notice, and says what it is", async () => {
    const peer = await createPeer();
    const channel = channelOf(settings(`http://127.0.0.1:${peer.port}`));
    await channel.send(message());
    await channel.send(message());
    await channel.send(message({ id: "notice-2", how: "climbed" }));
    await peer.close();
    const ids = peer.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(peer.received.map((one) => bodyOf(one).type)).toEqual(["notice.raised", "notice.raised", "notice.climbed"]);
    expect(bodyOf(peer.received[0]!).data).toEqual(message());
    expect(Date.parse(bodyOf(peer.received[0]!).timestamp)).toBeGreaterThan(0);
  });

  it("is signed as the specification's example is", async () => {
    // The example of the specification's own libraries: id, time, body and secret give this signature.
    const expected = createHmac("sha256", Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"))
      .update('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}')
      .digest("base64");
    expect(expected).toBe("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it.each(["", "secret", "whsec_", "whsec_c2hvcnQ=", `whsec_${Buffer.alloc(65).toString("base64")}`, `whsec_${"!".repeat(40)}`, KEY.toString("base64")])(
    "takes no secret like %j",
    (secret) => expect(channelSchema.safeParse({ ...settings("https://x.example"), secret }).success).toBe(false),
  );
});
