import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkdown } from "../../server/channels/robot.ts";
import { alert, channelOf, message } from "./messages.ts";
import type { Answering, Peer } from "./peer.ts";
import { createPeer, json } from "./peer.ts";
import { httpSuite } from "./suite.ts";
import { runs } from "../support/properties.ts";

type Received = Peer["received"][number];
interface Body {
  readonly msgtype?: string;
  readonly msg_type?: string;
  readonly text?: { readonly content: string; readonly mentioned_list?: unknown; readonly mentioned_mobile_list?: readonly string[] };
  readonly markdown?: { readonly content: string; readonly text: string; readonly title: string };
  readonly at?: { readonly atMobiles: readonly string[]; readonly isAtAll: boolean };
  readonly card?: { readonly elements: readonly object[] };
  readonly timestamp?: string;
  readonly sign?: string;
}
const bodyOf = ({ body }: Received) => JSON.parse(body.toString("utf8")) as Body;

/** What a client of these robots would make a link or a mention of. */
function readMarkdown(text: string): { readonly seen: string; readonly links: readonly string[] } {
  const links = [...text.matchAll(/\[[^\]]*\]\(([^)]*)\)/g)].map((found) => found[1]!);
  const bare = [...text.matchAll(/\b(?:https?:\/\/|www\.)[^\s)\]]+/gi)].map((found) => found[0]);
  const mentions = [...text.matchAll(/<@[^>]*>|<at\b|@(?:all|所有人|\d+)/g)].map((found) => `mention:${found[0]}`);
  return { seen: text, links: [...links, ...bare, ...mentions] };
}

const wecomUrl = (base: string) => `${base}/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa`;
const wecom = {
  settings: (base: string) => ({ kind: "wecom", url: wecomUrl(base) }),
  ok: json(200, { errcode: 0, errmsg: "ok" }),
  statusIsEnough: false,
  secrets: ["693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"],
  failures: [
    {
      answer: json(200, { errcode: 93000, errmsg: "invalid webhook url, hint: [1]" }),
      delivered: { ok: false, retry: false, error: expect.stringContaining("93000 invalid webhook url") },
    },
    { answer: json(200, { errcode: 40058, errmsg: "markdown.content exceed max length 4096" }), delivered: { ok: false, retry: false } },
    { answer: json(200, { errcode: 45009, errmsg: "api freq out of limit" }), delivered: { ok: false, retry: true, after: 60_000 } },
    { answer: json(200, { errcode: -1, errmsg: "system busy" }), delivered: { ok: false, retry: true } },
    { answer: json(200, {}), delivered: { ok: false, retry: true } },
    { answer: ((response) => void response.end("<html>a portal</html>")) satisfies Answering, delivered: { ok: false, retry: true } },
  ],
  read: (received: Received) => {
    expect(received).toMatchObject({ method: "POST", url: "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa" });
    const body = bodyOf(received);
    const content: string = body.msgtype === "text" ? body.text!.content : body.markdown!.content;
    expect(Buffer.byteLength(content, "utf8")).toBeLessThanOrEqual(body.msgtype === "text" ? 2048 : 4096);
    expect(body.text?.mentioned_list).toBeUndefined();
    expect(body.text?.mentioned_mobile_list ?? []).not.toContain("@all");
    return readMarkdown(content);
  },
};
httpSuite("WeCom, to one by phone", wecom, channelOf);
/** As a group hears it: nobody named. */
const toGroup: typeof channelOf = (settings, options) => {
  const channel = channelOf(settings, options);
  return { ...channel, send: (one) => channel.send({ ...one, person: null }) };
};
httpSuite("WeCom, to a group", wecom, toGroup);

const DING_SECRET = "SEC10d6e79b42bd94be0d0d603843651aa2";
const dingtalk = {
  settings: (base: string) => ({ kind: "dingtalk", url: `${base}/robot/send?access_token=e9a8118c8a3dc685fab41df25b9d`, secret: DING_SECRET }),
  ok: json(200, { errcode: 0, errmsg: "ok" }),
  statusIsEnough: false,
  secrets: [DING_SECRET, "e9a8118c8a3dc685fab41df25b9d"],
  failures: [
    {
      answer: json(200, { errcode: 310000, errmsg: "keywords not in content" }),
      delivered: { ok: false, retry: false, error: expect.stringContaining("keywords not in content") },
    },
    { answer: json(200, { errcode: 310000, errmsg: "sign not match" }), delivered: { ok: false, retry: false } },
    { answer: json(200, { errcode: 400101, errmsg: "token is not exist" }), delivered: { ok: false, retry: false } },
    { answer: json(200, { errcode: 130101, errmsg: "send too fast, exceed 20 times per minute" }), delivered: { ok: false, retry: true, after: 600_000 } },
    { answer: json(200, { errcode: 410100, errmsg: "speed too fast" }), delivered: { ok: false, retry: true, after: 600_000 } },
    { answer: json(200, { errcode: -1, errmsg: "system busy" }), delivered: { ok: false, retry: true } },
  ],
  read: (received: Received) => {
    // 安全设置, 加签: the key is the secret, the text is timestamp + "\n" + secret, base64, then URL-encoded; ms, within an hour.
    const query = received.url
      .slice(received.url.indexOf("?") + 1)
      .split("&")
      .map((pair) => pair.split("="));
    const value = (name: string) => decodeURIComponent(query.find(([key]) => key === name)?.[1] ?? "");
    const timestamp = value("timestamp");
    expect(timestamp).toMatch(/^\d{13}$/);
    expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(3_600_000);
    const mac = createHmac("sha256", Buffer.from(DING_SECRET, "utf8"));
    mac.update(Buffer.from(`${timestamp}\n${DING_SECRET}`, "utf8"));
    expect(value("sign")).toBe(mac.digest().toString("base64"));
    expect(value("access_token")).toBe("e9a8118c8a3dc685fab41df25b9d");
    expect(received.body.length).toBeLessThanOrEqual(20_000);
    const body = bodyOf(received);
    expect(body.at!.isAtAll).toBe(false);
    const { text, title } = body.markdown!;
    expect(readMarkdown(title).links).toEqual([]);
    const read = readMarkdown(text);
    return { seen: read.seen, links: read.links.filter((link) => link !== `mention:@${body.at!.atMobiles[0]}`) };
  },
};
httpSuite("DingTalk", dingtalk, channelOf);

const LARK_SECRET = "Qwerty123asdfghZXCVBN";
const feishu = {
  settings: (base: string) => ({
    kind: "feishu",
    url: `${base}/open-apis/bot/v2/hook/1c2d3e4f-aaaa-bbbb-cccc-0123456789ab`,
    secret: LARK_SECRET,
    mentions: { chief: "ou_84aad35d084aa403" },
  }),
  ok: json(200, { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" }),
  statusIsEnough: false,
  secrets: [LARK_SECRET, "1c2d3e4f-aaaa-bbbb-cccc-0123456789ab"],
  failures: [
    {
      answer: json(200, { code: 19021, msg: "sign match fail or timestamp is not within one hour from current time" }),
      delivered: { ok: false, retry: false, error: expect.stringContaining("19021 sign match fail") },
    },
    { answer: json(200, { code: 19024, msg: "Key Words Not Found" }), delivered: { ok: false, retry: false } },
    { answer: json(200, { code: 9499, msg: "Bad Request", data: {} }), delivered: { ok: false, retry: false } },
    { answer: json(400, { code: 9499, msg: "too many request", data: {} }), delivered: { ok: false, retry: true, after: 60_000 } },
    { answer: json(200, { code: 11232, msg: "frequency limited psm[...]" }), delivered: { ok: false, retry: true, after: 60_000 } },
    { answer: json(200, { StatusCode: 0, StatusMessage: "success", Extra: null }), delivered: { ok: true } },
  ],
  read: (received: Received) => {
    expect(received.url).toBe("/open-apis/bot/v2/hook/1c2d3e4f-aaaa-bbbb-cccc-0123456789ab");
    expect(received.body.length).toBeLessThanOrEqual(20 * 1024);
    const body = bodyOf(received);
    // 签名校验: the key is timestamp + "\n" + secret, what is signed is empty; seconds, within an hour.
    const { timestamp, sign } = body;
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(3600);
    expect(sign).toBe(
      createHmac("sha256", Buffer.from(`${timestamp}\n${LARK_SECRET}`))
        .update(Buffer.alloc(0))
        .digest("base64"),
    );
    const seen: string[] = [];
    const links: string[] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { tag, content, url } = node as { tag?: string; content?: string; url?: string };
      if (tag === "plain_text") seen.push(content!);
      // Only our own mention may be interpreted.
      if ((tag === "markdown" || tag === "lark_md") && content !== "<at id=ou_84aad35d084aa403></at>") links.push(`interpreted:${content}`);
      if (url !== undefined) links.push(url);
      Object.values(node).forEach(walk);
    };
    expect(body.msg_type).toBe("interactive");
    walk(body.card);
    return { seen: seen.join("\n"), links };
  },
};
httpSuite("Feishu", feishu, channelOf);

describe("what a group reads", () => {
  const sent = async (settings: (base: string) => object, ok: Answering, one = message()) => {
    const peer = await createPeer();
    peer.answer = ok;
    expect(await channelOf(settings(`http://127.0.0.1:${peer.port}`)).send(one)).toEqual({ ok: true });
    await peer.close();
    return { body: bodyOf(peer.received[0]!), url: peer.received[0]!.url };
  };

  it("at WeCom: who has a phone is mentioned by it in a text, else it is Markdown", async () => {
    expect((await sent(wecom.settings, wecom.ok)).body.text).toEqual({
      content: [
        "严重:会议室 302 无人而空调开着",
        "· 会议室 302 无人而空调开着",
        "三楼 · 会议室 302 · 8月3日 14:05",
        "打开并确认: https://jieyue.example/act/abc123",
        "在系统中查看: https://jieyue.example/#/alerts?ids=a1",
      ].join("\n"),
      mentioned_mobile_list: ["13800138000"],
    });
    const { body } = await sent(wecom.settings, wecom.ok, message({ person: null, language: "en", alerts: [alert({ link: null })], count: 3 }));
    expect(body.markdown!.content.split("\n")).toEqual([
      "**严重:会议室 302 无人而空调开着**",
      "> 会议室 302 无人而空调开着",
      "> 三楼 · 会议室 302 · 8月3日 14:05",
      "and 2 more",
      "[See it in the system](https://jieyue.example/#/alerts?ids=a1)",
    ]);
  });

  it("at DingTalk: the phone stands in the text and in the list; without a secret nothing is signed", async () => {
    const { body } = await sent(dingtalk.settings, dingtalk.ok);
    expect(body.at).toEqual({ atMobiles: ["13800138000"], isAtAll: false });
    expect(body.markdown!.text).toMatch(/\n\n@13800138000$/);
    expect(body.markdown!.text).toContain("[打开并确认](https://jieyue.example/act/abc123)");
    const open = await sent((base) => ({ ...dingtalk.settings(base), secret: "" }), dingtalk.ok);
    expect(open.url).toBe("/robot/send?access_token=e9a8118c8a3dc685fab41df25b9d");
  });

  it("at Feishu: mentions only whom the settings know, names the others", async () => {
    const elements = async (one: ReturnType<typeof message>) => (await sent(feishu.settings, feishu.ok, one)).body.card!.elements;
    expect(await elements(message())).toContainEqual({ tag: "markdown", content: "<at id=ou_84aad35d084aa403></at>" });
    const other = await elements(message({ person: { ...message().person!, id: "constructor", name: "<at id=all></at>" } }));
    expect(other).toContainEqual({ tag: "div", text: { tag: "plain_text", content: "<at id=all></at>" } });
    expect(JSON.stringify(other)).not.toContain('"markdown"');
  });

  it("without alerts reads the text; a link that is none is left out", async () => {
    const { body } = await sent(
      wecom.settings,
      wecom.ok,
      message({ person: null, how: "channel", alerts: [], count: 0, text: "mail 不通\n自 14:05 起", link: "javascript:alert(1)" }),
    );
    expect(body.markdown!.content.split("\n").slice(1)).toEqual(["> mail 不通", "> 自 14:05 起"]);
  });
});

describe("Markdown that somebody else wrote", () => {
  it("comes out readable, on one line, and means nothing", () => {
    expect(escapeMarkdown("报告_2026 [看](https://e.example) <@all>")).toBe("报告＿2026 ［看］(https：//e.example) ＜＠all＞");
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(...Array.from("[]()<>@#*_`~|!\\&:/ .w\n\ra1中😀\u202e")) })),
        (text) => {
          const out = escapeMarkdown(text);
          expect(out).not.toMatch(/[\\`*_{}[\]<>#~|!@&\n\r]/);
          expect(readMarkdown(`> ${out}`).links).toEqual([]);
          expect(out.isWellFormed()).toBe(true);
          // Full-width twins fold back to what was written: nothing is lost.
          const fold = (s: string) =>
            s
              .toWellFormed()
              .normalize("NFKC")
              .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]/gu, "");
          expect(fold(out)).toBe(fold(text));
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});
