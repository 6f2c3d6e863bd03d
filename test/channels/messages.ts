/** Messages for channels, and the texts that somebody would try them with. */
import type { Message, MessageAlert } from "../../server/contract/message.ts";
import type { ChannelSettings } from "../../server/contract/channels.ts";
import { channelSchema } from "../../server/contract/channels.ts";
import type { Person } from "../../server/core/space.ts";
import { createChannels } from "../../server/channels/all.ts";
import type { ChannelsOptions } from "../../server/channels/all.ts";
import type { Log } from "../../server/log.ts";
import type { Channel } from "../../server/ports/channels.ts";
import type { PushSubscription, Subscriptions } from "../../server/ports/push.ts";

export const CONSOLE = "https://jieyue.example/#/alerts?ids=a1";
export const ACT = "https://jieyue.example/act/abc123";

export const alert = (changes: Partial<MessageAlert> = {}): MessageAlert => ({
  id: "a1",
  severity: "high",
  title: "会议室 302 无人而空调开着",
  where: "三楼 · 会议室 302",
  at: "8月3日 14:05",
  link: ACT,
  ...changes,
});

export const message = (changes: Partial<Message> = {}): Message => ({
  id: "notice-1",
  how: "raised",
  person: { id: "chief", name: "王芳", email: "chief@example.gov.cn", phone: "13800138000", ntfy: "chief-topic" },
  language: "zh-CN",
  severity: "high",
  subject: "严重:会议室 302 无人而空调开着",
  text: "会议室 302 无人而空调开着",
  spoken: "会议室三零二无人,空调还开着。",
  alerts: [alert()],
  count: 1,
  link: CONSOLE,
  ...changes,
});

/** As a document, a device or a person may be called by somebody who means ill. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "a header": "报告\r\nBcc: everybody@example.com\r\nX-Evil: 1\r\n\r\nbody",
  "a lone line feed": "报告\nwebhook-signature: v1,AAAA",
  "a link": "[点击确认](https://evil.example/phish) ![x](https://evil.example/p.png)",
  "a link in pieces": "](https://evil.example) [a](https://evil.example",
  "a bare address": "见 https://evil.example/login 和 www.evil.example",
  HTML: '<a href="https://evil.example">ok</a><script>alert(1)</script><font color="warning">x</font>',
  "an entity": "&lt;@all&gt; &#60;at id=all&#62;",
  everybody: '@all @所有人 <@all> <at id=all></at> <at user_id="all">所有人</at> @13900139000',
  headings: "# 一\n## 二\n> 三\n```\n四\n```\n- 五\n---\n| 六 |",
  quotes: `"},"x":"y" \\" ' \` \${1} {phone} {text} %0d%0a &phone=1 #`,
  "turned round": "\u202Egnp.exe\u202C \u2066x\u2069",
  "half a character": "\ud83d 坏 \udc00",
  families: "👨‍👩‍👧‍👦".repeat(50),
  "very long": "长".repeat(10_000),
  "many marks": `a${"\u0301".repeat(10_000)}`,
  controls: "\u0000\u0007\u001b[31m\u0085\u2028",
  nothing: "",
};

export interface Kept extends Log {
  readonly lines: string[];
}

export function keptLog(): Kept {
  const lines: string[] = [];
  const keep = (facts: object, text?: string): void => void lines.push(JSON.stringify(facts) + (text ?? ""));
  return { lines, trace: keep, debug: keep, info: keep, warn: keep, error: keep, fatal: keep };
}

export function keptSubscriptions(given: readonly PushSubscription[] = []): Subscriptions {
  const kept = new Map(given.map((one) => [one.endpoint, one]));
  return {
    pushSubscriptions: async (person) => [...kept.values()].filter((one) => person === undefined || one.person === person),
    savePushSubscription: async (one) => void kept.set(one.endpoint, one),
    dropPushSubscription: async (endpoint) => kept.delete(endpoint),
    useLink: async () => true,
    linkUsed: async () => false,
  };
}

export const person = (changes: Partial<Person> = {}): Person => ({ id: "chief", name: "王芳", role: "chief", department: null, email: null, ...changes });

/** The one channel of some settings, which are read as those of a file are. */
export function channelOf(settings: unknown, options: Partial<ChannelsOptions> = {}): Channel {
  const read: ChannelSettings = channelSchema.parse(settings);
  const [channel] = createChannels(
    { it: read },
    { people: [], dataDir: "/nonexistent", subscriptions: keptSubscriptions(), now: Date.now, log: keptLog(), withinMs: 10_000, ...options },
  );
  return channel!;
}
