/** What every channel must do, whatever it speaks. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../server/ports/channels.ts";
import type { Message } from "../../server/contract/message.ts";
import type { ChannelsOptions } from "../../server/channels/all.ts";
import { alert, HOSTILE, keptLog, message } from "./messages.ts";
import type { Answering, Peer } from "./peer.ts";
import { closedPort, createPeer, endless, hang, json } from "./peer.ts";

/** A channel with a peer of its kind. */
export interface Rig {
  channel(options?: Partial<ChannelsOptions>): Promise<Channel>;
  /** A channel to where nobody listens. */
  lost(): Promise<Channel>;
  answer(how: "ok" | "temporary" | "permanent" | "hang"): void;
  /** Everything that arrived, checked as the peer's makers say: its signature, its limits; and everything a reader could see of it. */
  arrived(): readonly { readonly seen: string; readonly links: readonly string[] }[];
  close(): Promise<void>;
}

const ours = (link: string): boolean => link.startsWith("https://jieyue.example/");

/** A message in which everything that can be hostile is. */
const hostile = (text: string, id: string): Message =>
  message({
    id,
    subject: text,
    text: `${text}\n${text}`,
    spoken: text,
    alerts: [alert({ title: text, where: text, at: text }), alert({ id: "a2", title: text })],
    count: 2,
  });

export function channelSuite(name: string, make: () => Promise<Rig>): void {
  describe(name, () => {
    let rig: Rig;
    beforeEach(async () => {
      rig = await make();
    });
    afterEach(() => rig.close());

    it("delivers, and says so", async () => {
      rig.answer("ok");
      expect(await (await rig.channel()).send(message())).toEqual({ ok: true });
      expect(rig.arrived()).toHaveLength(1);
      expect(rig.arrived()[0]!.seen).toContain("302");
      expect(rig.arrived()[0]!.links.filter((link) => !ours(link))).toEqual([]);
    });

    it("tells what passes from what does not", async () => {
      const channel = await rig.channel();
      rig.answer("temporary");
      expect(await channel.send(message())).toMatchObject({ ok: false, retry: true });
      rig.answer("permanent");
      expect(await channel.send(message())).toMatchObject({ ok: false, retry: false });
    });

    it("does not wait for a peer that says nothing", async () => {
      rig.answer("hang");
      expect(await (await rig.channel({ withinMs: 400 })).send(message())).toMatchObject({
        ok: false,
        retry: true,
        error: expect.stringContaining("within 0.4 s"),
      });
    });

    it("is tried again where nobody listens", async () => {
      expect(await (await rig.lost()).send(message())).toMatchObject({ ok: false, retry: true });
    });

    it.each(Object.entries(HOSTILE))("lets nobody write in its name: %s", async (what, text) => {
      rig.answer("ok");
      const channel = await rig.channel();
      expect(await channel.send(hostile(text, `hostile-${what}`))).toEqual({ ok: true });
      const [{ seen, links }] = rig.arrived() as [{ seen: string; links: string[] }];
      expect(links.filter((link) => !ours(link))).toEqual([]);
      expect(seen.isWellFormed()).toBe(true);
      expect(seen).not.toMatch(/[[\p{Cc}--[\n\r\t]]\u202a-\u202e\u2066-\u2069]/v);
    });

    it("carries twenty long alerts of two hundred, and says how many it does not name", async () => {
      rig.answer("ok");
      const alerts = Array.from({ length: 20 }, (_, i) =>
        alert({ id: `a${i}`, title: `${i}号机房 ${"漏水".repeat(90)}`, link: `https://jieyue.example/act/${"x".repeat(60)}${i}` }),
      );
      expect(await (await rig.channel()).send(message({ alerts, count: 200, text: alerts.map((a) => a.title).join("\n") }))).toEqual({ ok: true });
      const [{ seen }] = rig.arrived() as [{ seen: string; links: string[] }];
      const named = Number(/另有 (\d+) 条/.exec(seen)?.[1]);
      const shown = new Set([...seen.matchAll(/(\d+)号机房/g)].map((found) => found[1]));
      shown.delete(undefined);
      expect(named).toBe(200 - shown.size);
    });
  });
}

export interface HttpRig {
  readonly settings: (base: string) => object;
  /** What the vendor answers when it took the message. */
  readonly ok: Answering;
  /** HTTP 200 and yet no success, with what it means; for vendors that do so. */
  readonly failures: readonly { readonly answer: Answering; readonly delivered: object }[];
  /** Whether a 200 that says nothing readable counts as taken. */
  readonly statusIsEnough: boolean;
  readonly secrets: readonly string[];
  readonly read: (received: Peer["received"][number]) => { readonly seen: string; readonly links: readonly string[] };
  readonly options?: (peer: Peer) => Partial<ChannelsOptions>;
}

export function httpSuite(name: string, http: HttpRig, channelOf: (settings: unknown, options?: Partial<ChannelsOptions>) => Channel): void {
  const rigOf = (peer: Peer): Rig => ({
    channel: async (options) => channelOf(http.settings(`http://127.0.0.1:${peer.port}`), { ...http.options?.(peer), ...options }),
    lost: async () => {
      const port = await closedPort();
      return channelOf(http.settings(`http://127.0.0.1:${port}`), http.options?.({ ...peer, port }));
    },
    answer: (how) => void (peer.answer = { ok: http.ok, temporary: json(503, {}), permanent: json(400, { error: "no" }), hang }[how]),
    arrived: () => peer.received.map(http.read),
    close: () => peer.close(),
  });
  channelSuite(name, async () => rigOf(await createPeer()));

  describe(`${name}, by HTTP`, () => {
    let peer: Peer;
    let channel: Channel;
    const log = keptLog();
    beforeEach(async () => {
      peer = await createPeer();
      channel = await rigOf(peer).channel({ log });
    });
    afterEach(() => peer.close());
    const send = (answer: Answering) => {
      peer.answer = answer;
      return channel.send(message());
    };

    it("waits as long as the peer asks, in seconds or until a date", async () => {
      expect(await send(json(429, {}, { "retry-after": "7" }))).toMatchObject({ ok: false, retry: true, after: 7000 });
      const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
      const answer = await send(json(503, {}, { "retry-after": at.toUTCString() }));
      expect(answer).toMatchObject({ ok: false, retry: true });
      const { after } = answer as { after: number };
      expect(after).toBeGreaterThan(0);
      expect(after).toBeLessThanOrEqual(61_000);
      expect(await send(json(429, {}, { "retry-after": "soon" }))).not.toHaveProperty("after");
      expect(await send(json(500, {}))).toMatchObject({ ok: false, retry: true });
    });

    it.each([401, 403, 405, 413, 422])("gives up at %i", async (status) => {
      expect(await send(json(status, {}))).toMatchObject({ ok: false, retry: false, error: expect.stringContaining(String(status)) });
    });

    it.each([301, 302, 307, 308])("follows a redirect (%i) nowhere, and says so", async (status) => {
      const other = await createPeer();
      expect(await send((response) => void response.writeHead(status, { location: `http://127.0.0.1:${other.port}/stolen` }).end())).toMatchObject({
        ok: false,
        retry: false,
        error: expect.stringContaining("leads elsewhere"),
      });
      expect(other.received).toEqual([]);
      await other.close();
    });

    it("reads no more of an answer without end than it must", async () => {
      const delivered = await send(endless(200));
      expect(delivered).toMatchObject(http.statusIsEnough ? { ok: true } : { ok: false, retry: true });
      expect(delivered).not.toMatchObject({ error: expect.stringContaining("within") });
      await expect.poll(() => peer.broken()).toBe(1);
      expect(await send(endless(400))).toMatchObject({ ok: false, retry: false });
    });

    it("judges an answer that breaks off by its status", async () => {
      const delivered = await send((response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("{", () => response.destroy());
      });
      expect(delivered).toMatchObject(http.statusIsEnough ? { ok: true } : { ok: false, retry: true });
    });

    it.each(http.failures.map((failure, i) => [i, failure] as const))("knows the vendor's failure %i for what it is", async (_, { answer, delivered }) => {
      expect(await send(answer)).toMatchObject(delivered);
    });

    it("never says a secret, even if the peer does", async () => {
      const echo =
        (status: number): Answering =>
        (response, { url, headers, body }) =>
          void response.writeHead(status).end(
            JSON.stringify({
              errcode: 1,
              code: 1,
              errmsg: `${url} ${JSON.stringify(headers)}`,
              msg: url,
              error: `${decodeURIComponent(url)} ${body.toString("latin1")}`,
            }),
          );
      const said = JSON.stringify([await send(echo(400)), await send(echo(500)), await send(echo(200)), log.lines]);
      for (const secret of http.secrets) {
        expect(said).not.toContain(secret);
        expect(said).not.toContain(encodeURIComponent(secret));
      }
    });
  });
}
