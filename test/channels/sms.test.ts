import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { channelSchema } from "../../server/contract/channels.ts";
import type { SmsValues } from "../../server/channels/sms-template.ts";
import { fillBody, fillUrl } from "../../server/channels/sms-template.ts";
import { channelOf, message, person } from "./messages.ts";
import type { Peer } from "./peer.ts";
import { createPeer, json } from "./peer.ts";
import type { HttpRig } from "./suite.ts";
import { httpSuite } from "./suite.ts";
import { runs } from "../support/properties.ts";

type Received = Peer["received"][number];
const KEY = "apikey-0f9e8d7c";
const BODY = JSON.stringify({
  account: "jieyue",
  password: "gateway-password",
  to: "{phone}",
  params: JSON.stringify({ what: "{text}", say: "{spoken}" }),
  ref: "{id}",
});
const settings = (base: string) => ({
  kind: "sms",
  url: `${base}/send/{phone}?key=${KEY}&title={subject}`,
  headers: { authorization: "APPCODE 83359fd73fe948" },
  body: BODY,
  success: '"code":0',
});

interface Body {
  readonly account: string;
  readonly to: string;
  readonly params: string;
  readonly ref: string;
}

const rig: HttpRig = {
  settings,
  ok: json(200, { code: 0 }),
  failures: [{ answer: json(200, { code: 7, message: "余额不足" }), delivered: { ok: false, retry: false, error: expect.stringContaining("余额不足") } }],
  statusIsEnough: false,
  secrets: [KEY, "gateway-password", "83359fd73fe948"],
  read: ({ url, body, headers }: Received) => {
    expect(headers.authorization).toBe("APPCODE 83359fd73fe948");
    const asked = new URL(url, "http://gateway");
    expect(asked.pathname).toBe("/send/13800138000");
    expect([...asked.searchParams.keys()]).toEqual(["key", "title"]);
    expect(asked.searchParams.get("key")).toBe(KEY);
    const { params, ...rest } = JSON.parse(body.toString("utf8")) as Body;
    expect(rest).toEqual({ account: "jieyue", password: "gateway-password", to: "13800138000", ref: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const inner = JSON.parse(params) as { what: string; say: string };
    expect(Object.keys(inner)).toEqual(["what", "say"]);
    expect(Math.max(inner.what.length, inner.say.length)).toBeLessThanOrEqual(300);
    return { seen: `${asked.searchParams.get("title")}\n${inner.what}\n${inner.say}`, links: [] };
  },
};
httpSuite("a gateway for text messages", rig, channelOf);

describe("what a template takes", () => {
  const wrong = (changes: object) => {
    const read = channelSchema.safeParse({ ...settings("https://gw.example"), ...changes });
    return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  };
  it.each([
    [{ url: "https://{phone}.example/" }, /^url: .*host/],
    [{ url: "https://gw.example{phone}/" }, /^url: /],
    [{ url: "https://gw.example/{text}?p={phone}" }, /^url: .*after the \?/],
    [{ url: "https://user:pass@gw.example/?p={phone}" }, /^url: .*user name/],
    [{ url: "https://gw.example/a b?p={phone}" }, /^url: /],
    [{ url: "ftp://gw.example/?p={phone}" }, /^url: .*http/],
    [{ body: '{"to": {phone}}' }, /^body: must be JSON/],
    [{ method: "GET" }, /^body: cannot be sent with GET/],
    [{ headers: { "x-key": "a\r\nx: y" } }, /^headers.x-key: /],
    [{ headers: { "x key": "a" } }, /^headers.x key: /],
    [{ headers: { Host: "other" } }, /^headers.Host: /],
    [{ url: "https://gw.example/", body: "{}" }, /^url: .*nobody/],
  ])("is refused with where and why: %j", (changes, told) => expect(wrong(changes)).toEqual([expect.stringMatching(told)]));

  it("may be a plain call by GET, which then has no body", async () => {
    const peer = await createPeer();
    const given = { kind: "sms", method: "GET", url: `http://127.0.0.1:${peer.port}/s?to={phone}&t={text}&u={link}` };
    expect(await channelOf(given).send(message())).toEqual({ ok: true });
    await peer.close();
    const [{ method, url, body }] = peer.received as [Received];
    expect([method, body.length]).toEqual(["GET", 0]);
    expect(Object.fromEntries(new URL(url, "http://x").searchParams)).toEqual({
      to: "13800138000",
      t: "会议室 302 无人而空调开着 · 三楼 · 会议室 302 · 8月3日 14:05",
      u: "https://jieyue.example/act/abc123",
    });
  });

  it("reaches whoever has a phone", async () => {
    const channel = channelOf(settings("https://gw.example"), { people: [person({ phone: "13800138000" }), person({ id: "other" })] });
    expect(channel).toMatchObject({ personal: true, reaches: ["chief"] });
    expect(await channel.send(message({ person: { ...message().person!, phone: null } }))).toEqual({ ok: false, retry: false, error: "no-address" });
    expect(await channel.send(message({ person: { ...message().person!, phone: "1&to=2" } }))).toMatchObject({ ok: false, retry: false });
  });
});

describe("what is filled in", () => {
  const anything = fc
    .oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...Array.from(`"'\\{}[]&=?#%/+:; ,\r\n<>{phone}`), "{text}", "{id}", "\ud83d", "节") }),
    )
    .map((s) => s.toWellFormed());
  const values: fc.Arbitrary<SmsValues> = fc.record({
    phone: fc.stringMatching(/^\+?[0-9]{5,15}$/),
    text: anything,
    spoken: anything,
    subject: anything,
    link: anything,
    id: fc.stringMatching(/^[0-9a-f]{32}$/),
  });

  it("arrives as it is, in an address, in JSON within JSON, in JSON within a form; and never as anything else", () => {
    fc.assert(
      fc.property(values, (v) => {
        const url = new URL(fillUrl("https://gw.example/a/{phone}/{id}?x=1&t={text}&b={subject}-{spoken}#f", v));
        expect([url.origin, url.pathname, url.hash]).toEqual(["https://gw.example", `/a/${encodeURIComponent(v.phone)}/${v.id}`, ""]);
        expect([...url.searchParams]).toEqual([
          ["x", "1"],
          ["t", v.text],
          ["b", `${v.subject}-${v.spoken}`],
        ]);

        const body = JSON.stringify({
          a: "{text}",
          n: 1,
          l: ["{phone}", { k: "x{subject}y" }],
          inner: JSON.stringify({ t: "{text}", deep: JSON.stringify(["{spoken}"]) }),
        });
        const filled = JSON.parse(fillBody({ contentType: "application/json", body }, v)) as { inner: string };
        const inner = JSON.parse(filled.inner) as { deep: string };
        expect(filled).toEqual({ a: v.text, n: 1, l: [v.phone, { k: `x${v.subject}y` }], inner: expect.any(String) });
        expect({ ...inner, deep: JSON.parse(inner.deep) as unknown }).toEqual({ t: v.text, deep: [v.spoken] });

        const form = fillBody({ contentType: "application/x-www-form-urlencoded", body: 'u=me&p={"t":"{text}"}&to={phone}&raw={link}' }, v);
        const read = [...new URLSearchParams(form)];
        expect(read.map(([key]) => key)).toEqual(["u", "p", "to", "raw"]);
        expect([JSON.parse(read[1]![1]), read[2]![1], read[3]![1]]).toEqual([{ t: v.text }, v.phone, v.link]);

        expect(fillBody({ contentType: "text/plain", body: "{phone} {text}" }, v)).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: runs(1000) },
    );
  });
});
