import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { createVapid } from "../../server/channels/vapid.ts";
import type { PushPayload } from "../../server/contract/push.ts";
import type { PushSubscription } from "../../server/ports/push.ts";
import { makeCertificates } from "../support/certificates.ts";
import { alert, channelOf, keptLog, keptSubscriptions, message } from "./messages.ts";
import type { Peer } from "./peer.ts";
import { createPeer, json } from "./peer.ts";
import type { HttpRig } from "./suite.ts";
import { httpSuite } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-push-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dataDir = join(folder, "data");

/** A browser: its keys, and how it reads what was sent to it (RFC 8188 and 8291, by node:crypto alone). */
function createBrowser() {
  const ecdh = createECDH("prime256v1");
  const own = ecdh.generateKeys();
  const auth = randomBytes(16);
  const hkdf = (salt: Buffer, key: Buffer, info: Buffer, length: number) => Buffer.from(hkdfSync("sha256", key, salt, info, length));
  return {
    keys: { p256dh: own.toString("base64url"), auth: auth.toString("base64url") },
    read(body: Buffer): string {
      // Header of aes128gcm: salt (16), record size (4), length of the key's id (1), the id: the sender's public key.
      const salt = body.subarray(0, 16);
      const recordSize = body.readUInt32BE(16);
      const idLength = body.readUInt8(20);
      const sender = body.subarray(21, 21 + idLength);
      const record = body.subarray(21 + idLength);
      expect(idLength).toBe(65);
      expect(record.length).toBeLessThanOrEqual(recordSize);
      expect(body.length).toBeLessThanOrEqual(4096);
      const secret = ecdh.computeSecret(sender);
      const ikm = hkdf(auth, secret, Buffer.concat([Buffer.from("WebPush: info\0"), own, sender]), 32);
      const key = hkdf(salt, ikm, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
      const nonce = hkdf(salt, ikm, Buffer.from("Content-Encoding: nonce\0"), 12);
      const decipher = createDecipheriv("aes-128-gcm", key, nonce);
      decipher.setAuthTag(record.subarray(-16));
      const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
      // The last record ends in 2, then zeros.
      const end = plain.lastIndexOf(2);
      expect(plain.subarray(end + 1).every((byte) => byte === 0)).toBe(true);
      return plain.subarray(0, end).toString("utf8");
    },
  };
}
const browser = createBrowser();

/** The token of RFC 8292, verified as a push service does. */
function verifyVapid({ headers }: Peer["received"][number], origin: string): { readonly key: string; readonly claims: Record<string, unknown> } {
  const found = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(headers.authorization ?? "");
  const [, head, claims, signature, key] = found!.map(String) as [string, string, string, string, string];
  const point = Buffer.from(key, "base64url");
  expect([point.length, point[0]]).toEqual([65, 4]);
  const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  expect(verify("sha256", Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(head, "base64url").toString())).toMatchObject({ alg: "ES256", typ: "JWT" });
  const read = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
  expect(read["aud"]).toBe(origin);
  expect(Number(read["exp"]) - Date.now() / 1000).toBeGreaterThan(0);
  expect(Number(read["exp"]) - Date.now() / 1000).toBeLessThanOrEqual(86_400);
  return { key, claims: read };
}

const settings = (services: readonly string[] = ["127.0.0.1"]) => ({ kind: "push", subject: "mailto:office@example.gov.cn", services });
const PATH = "/wpush/v2/gAAAAABm-capability";
const subscriptionAt = (base: string, more: Partial<PushSubscription> = {}): PushSubscription => ({
  endpoint: `${base}${PATH}`,
  person: "chief",
  keys: browser.keys,
  at: 1,
  ...more,
});

const rig: HttpRig = {
  settings: () => settings(),
  options: ({ port }) => ({ dataDir, subscriptions: keptSubscriptions([subscriptionAt(`http://127.0.0.1:${port}`)]) }),
  ok: json(201, {}),
  failures: [
    { answer: json(413, {}), delivered: { ok: false, retry: false } },
    { answer: json(403, { reason: "BadJwtToken" }), delivered: { ok: false, retry: false, error: expect.stringContaining("BadJwtToken") } },
  ],
  statusIsEnough: true,
  secrets: ["gAAAAABm-capability", browser.keys.auth],
  read: (received) => {
    expect(received).toMatchObject({ method: "POST", url: PATH, headers: { ttl: "86400", urgency: "high", "content-encoding": "aes128gcm" } });
    expect(received.headers["topic"]).toMatch(/^[\w-]{1,32}$/);
    expect(verifyVapid(received, `http://${received.headers.host}`).claims["sub"]).toBe("mailto:office@example.gov.cn");
    const payload = JSON.parse(browser.read(received.body)) as PushPayload;
    return { seen: `${payload.title}\n${payload.body}\n${payload.actLabel}`, links: [payload.link, payload.act].filter((link) => link !== null) };
  },
};
httpSuite("Web Push", rig, channelOf);

describe("a push message", () => {
  it("says what it is, where it leads, and how it can be acknowledged", async () => {
    const peer = await createPeer();
    peer.answer = json(201, {});
    const channel = channelOf(settings(), { dataDir, subscriptions: keptSubscriptions([subscriptionAt(`http://127.0.0.1:${peer.port}`)]) });
    await channel.send(message());
    await channel.send(message({ severity: "low", alerts: [alert(), alert({ id: "a2" })], count: 2 }));
    await channel.send(message({ id: "notice-2", severity: "medium" }));
    await peer.close();
    const [first, second, third] = peer.received as [Peer["received"][0], Peer["received"][0], Peer["received"][0]];
    expect(JSON.parse(browser.read(first.body))).toEqual({
      id: "notice-1",
      how: "raised",
      severity: "high",
      language: "zh-CN",
      title: "严重:会议室 302 无人而空调开着",
      body: "会议室 302 无人而空调开着 · 三楼 · 会议室 302 · 8月3日 14:05",
      count: 1,
      link: "https://jieyue.example/#/alerts?ids=a1",
      act: "https://jieyue.example/act/abc123",
      actLabel: "打开并确认",
    });
    expect(JSON.parse(browser.read(second.body))).toMatchObject({ act: null, count: 2 });
    expect([first, second, third].map((one) => one.headers["urgency"])).toEqual(["high", "low", "normal"]);
    expect(second.headers["topic"]).toBe(first.headers["topic"]);
    expect(third.headers["topic"]).not.toBe(first.headers["topic"]);
  });

  it("goes to each of a person's browsers; one is enough; those that are no more are dropped", async () => {
    const peer = await createPeer();
    const base = `http://127.0.0.1:${peer.port}`;
    const at = (path: string, person = "chief") => subscriptionAt(base, { endpoint: `${base}/${path}`, person });
    const subscriptions = keptSubscriptions([at("gone"), at("never"), at("busy"), at("well"), at("elsewhere", "director")]);
    peer.answer = (response, { url }) => void response.writeHead({ "/gone": 410, "/never": 404, "/busy": 503 }[url] ?? 201).end();
    const channel = channelOf(settings(), { dataDir, subscriptions });
    expect(await channel.send(message())).toEqual({ ok: true });
    expect(peer.received.map(({ url }) => url).toSorted()).toEqual(["/busy", "/gone", "/never", "/well"]);
    expect((await subscriptions.pushSubscriptions()).map((one) => new URL(one.endpoint).pathname).toSorted()).toEqual(["/busy", "/elsewhere", "/well"]);
    await subscriptions.dropPushSubscription(`${base}/well`);
    expect(await channel.send(message())).toMatchObject({ ok: false, retry: true });
    await subscriptions.dropPushSubscription(`${base}/busy`);
    expect(await channel.send(message())).toEqual({ ok: false, retry: false, error: "no-address" });
    await subscriptions.savePushSubscription(at("gone"));
    expect(await channel.send(message())).toEqual({ ok: false, retry: false, error: "no-address" });
    expect(await channel.send(message({ person: null }))).toEqual({ ok: false, retry: false, error: "no-address" });
    await peer.close();
  });

  it("calls no address that the settings do not name, and takes no keys that are none", async () => {
    const peer = await createPeer();
    const base = `http://127.0.0.1:${peer.port}`;
    const to = (services: readonly string[], subscription: PushSubscription) =>
      channelOf(settings(services), { dataDir, subscriptions: keptSubscriptions([subscription]) }).send(message());
    expect(await to(["fcm.googleapis.com"], subscriptionAt(base))).toMatchObject({ ok: false, retry: false, error: expect.stringContaining("services") });
    for (const keys of [
      { p256dh: "AAAA", auth: browser.keys.auth },
      { p256dh: browser.keys.p256dh, auth: "AA" },
      { p256dh: "", auth: "" },
    ])
      expect(await to(["127.0.0.1"], subscriptionAt(base, { keys }))).toMatchObject({ ok: false, retry: false });
    await peer.close();
    expect(peer.received).toEqual([]);
  });

  it("goes encrypted to whom it knows, and not at all to whoever only says so", async () => {
    const ca = readFileSync(makeCertificates(folder), "utf8");
    const tls = { key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) };
    const peer = await createPeer(tls);
    peer.answer = json(201, {});
    const send = () =>
      channelOf(settings(["localhost"]), { dataDir, subscriptions: keptSubscriptions([subscriptionAt(`https://localhost:${peer.port}`)]) }).send(message());
    expect(await send()).toMatchObject({ ok: false, retry: false, error: expect.stringContaining("not to be trusted") });
    expect(peer.received).toEqual([]);
    const usual = getCACertificates("default");
    setDefaultCACertificates([...usual, ca]);
    expect(await send()).toEqual({ ok: true });
    setDefaultCACertificates(usual);
    expect(verifyVapid(peer.received[0]!, `https://localhost:${peer.port}`).key).toBe((await createVapid(dataDir)()).publicKey);
    await peer.close();
  });
});

describe("the server's keys for push services", () => {
  const fresh = () => mkdtempSync(join(folder, "keys-"));

  it("are made once, whoever asks first, and are for this user's eyes", async () => {
    const dir = join(fresh(), "made", "anew");
    const all = await Promise.all(Array.from({ length: 8 }, () => createVapid(dir)()));
    expect(new Set(all.map((keys) => keys.privateKey)).size).toBe(1);
    expect(statSync(join(dir, "vapid.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(["vapid.json"]);
    expect(await createVapid(dir)()).toEqual(all[0]);
    chmodSync(join(dir, "vapid.json"), 0o644);
    expect(await createVapid(dir)()).toEqual(all[0]);
    expect(statSync(join(dir, "vapid.json")).mode & 0o777).toBe(0o600);
  });

  it("are not made anew over a file that cannot be read: it says what to do, without quoting it", async () => {
    const dir = fresh();
    writeFileSync(join(dir, "vapid.json"), '{"publicKey":"x","privateKey":"a-private-key"}');
    const vapid = createVapid(dir);
    const error = await vapid().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(String(error)).toMatch(/vapid\.json holds no pair of keys: put it back from a backup/);
    expect(String(error)).not.toContain("a-private-key");
    expect(readFileSync(join(dir, "vapid.json"), "utf8")).toContain("a-private-key");
    const log = keptLog();
    const channel = channelOf(settings(), { dataDir: dir, log, subscriptions: keptSubscriptions([subscriptionAt("http://127.0.0.1:1")]) });
    expect(await channel.send(message())).toMatchObject({ ok: false, error: expect.stringContaining("vapid.json") });
    // Put right, it works without a new start.
    rmSync(join(dir, "vapid.json"));
    expect((await vapid()).publicKey).toHaveLength(87);
  });
});
