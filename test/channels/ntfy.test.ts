import { describe, expect, it } from "vitest";
import { alert, channelOf, message, person } from "./messages.ts";
import type { Peer } from "./peer.ts";
import { createPeer, json } from "./peer.ts";
import type { HttpRig } from "./suite.ts";
import { httpSuite } from "./suite.ts";

const TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
const settings = (base: string) => ({ kind: "ntfy", url: base, token: TOKEN });

interface Body {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly sequence_id: string;
  readonly actions: readonly { readonly action: string; readonly label: string; readonly url: string; readonly clear: boolean }[];
}
const bodyOf = ({ body }: Peer["received"][number]) => JSON.parse(body.toString("utf8")) as Body;

const rig: HttpRig = {
  settings,
  ok: json(200, { id: "hwQ2YpKdmg", event: "message" }),
  failures: [
    { answer: json(429, { code: 42901, http: 429, error: "limit reached: too many requests" }), delivered: { ok: false, retry: true } },
    { answer: json(507, { code: 50701, http: 507 }), delivered: { ok: false, retry: true } },
    {
      answer: json(403, { code: 40301, http: 403, error: "forbidden" }),
      delivered: { ok: false, retry: false, error: expect.stringContaining("forbidden") },
    },
  ],
  statusIsEnough: true,
  secrets: [TOKEN],
  read: (received) => {
    expect(received).toMatchObject({ method: "POST", url: "/", headers: { authorization: `Bearer ${TOKEN}` } });
    const body = bodyOf(received);
    // More would be made a file of.
    expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(4096);
    expect(body.title).not.toMatch(/[\r\n]/);
    expect(body.actions.length).toBeLessThanOrEqual(3);
    expect(body.topic).toBe("chief-topic");
    return {
      seen: `${body.title}\n${body.message}\n${body.actions.map((one) => one.label).join("\n")}`,
      links: [body.click ?? [], ...body.actions.map((one) => one.url)].flat(),
    };
  },
};
httpSuite("ntfy", rig, channelOf);

describe("a message at ntfy", () => {
  const sent = async (one: ReturnType<typeof message>, more: object = {}) => {
    const peer = await createPeer();
    const delivered = await channelOf({ ...settings(`http://127.0.0.1:${peer.port}`), ...more }).send(one);
    await peer.close();
    return { delivered, body: peer.received[0] === undefined ? null : bodyOf(peer.received[0]), headers: peer.received[0]?.headers };
  };

  it("opens the alert at a touch and has a button to acknowledge and one for the console", async () => {
    expect((await sent(message())).body).toEqual({
      topic: "chief-topic",
      title: "严重:会议室 302 无人而空调开着",
      message: "会议室 302 无人而空调开着 · 三楼 · 会议室 302 · 8月3日 14:05",
      priority: 5,
      tags: ["rotating_light"],
      sequence_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      click: "https://jieyue.example/act/abc123",
      actions: [
        { action: "view", label: "打开并确认", url: "https://jieyue.example/act/abc123", clear: true },
        { action: "view", label: "在系统中查看", url: "https://jieyue.example/#/alerts?ids=a1", clear: false },
      ],
    });
  });

  it("opens the console where there are several, urges as it must, and asks without a token where there is none", async () => {
    const { body, headers } = await sent(message({ severity: "low", alerts: [alert(), alert({ id: "a2" })], count: 2 }), { token: "" });
    expect(body).toMatchObject({ priority: 2, click: "https://jieyue.example/#/alerts?ids=a1" });
    expect(headers).not.toHaveProperty("authorization");
    expect((await sent(message({ severity: "medium" }))).body?.priority).toBe(3);
  });

  it("goes to the person's topic or to the group's, and nowhere without one", async () => {
    const nobody = { ...message().person!, ntfy: null };
    expect((await sent(message({ person: nobody }))).delivered).toEqual({ ok: false, retry: false, error: "no-address" });
    expect((await sent(message({ person: null }))).delivered).toEqual({ ok: false, retry: false, error: "no-address" });
    expect((await sent(message({ person: nobody }), { topic: "office" })).body?.topic).toBe("office");
    const people = [person({ ntfy: "t" }), person({ id: "other" })];
    expect(channelOf(settings("https://ntfy.example"), { people })).toMatchObject({ personal: true, reaches: ["chief"] });
    expect(channelOf({ ...settings("https://ntfy.example"), topic: "office" }, { people })).toMatchObject({ personal: false, reaches: [] });
  });
});
