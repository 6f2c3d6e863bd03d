/**
 * A group robot of Feishu (飞书自定义机器人).
 *
 * By the vendor's document 自定义机器人使用指南 (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): POST JSON to the address; with a
 * signature, `timestamp` (seconds, within an hour of theirs) and `sign` = base64(HMAC-SHA256 of nothing, by the key timestamp, line feed,
 * secret) stand in the body. At most 20 KB, 100 messages a minute and 5 a second; 11232 says that there were too many, or that it is the full
 * or half hour, and passes, as does 9499 where it says so (else 9499 is a body that cannot be read); 19001 is a wrong address, 19021 a
 * bad signature, 19022 a foreign address, 19024 a missing keyword. A card's `plain_text` is not interpreted, so nothing has to be escaped.
 * Custom robots mention people only by open_id or user_id (富文本组件, card-components/content-components/rich-text), never by phone.
 */
import { createHmac } from "node:crypto";
import type { Message } from "../contract/message.ts";
import type { MakeChannel } from "./channel.ts";
import { secretsOfUrl } from "./exchange.ts";
import { judgeRobot } from "./robot.ts";
import type { RobotRules } from "./robot.ts";
import { countOf } from "./summary.ts";
import { cut, inBytes, linesOf, oneLine, webLink } from "./text.ts";
import { wordsOf } from "./words.ts";

/** The whole request may have 20 KB. */
const BODY_BYTES = 19_000;
/** Characters of a title and of a place. */
const TITLE = 200;
const WHERE = 100;
const COLOURS = { low: "blue", medium: "orange", high: "red" } as const;

const RULES: RobotRules = {
  code: ["code", "StatusCode"],
  message: ["msg", "StatusMessage"],
  wait: (code, said) => ([11232, 230020, 99991400].includes(code) || (code === 9499 && /too many/i.test(said)) ? 60_000 : null),
};

const plain = (content: string) => ({ tag: "div", text: { tag: "plain_text", content } });
const button = (content: string, url: string, type: "primary" | "default") => ({
  tag: "action",
  actions: [{ tag: "button", text: { tag: "plain_text", content }, type, url }],
});

/** One alert, as elements of a card. */
function elementsOf(message: Message): readonly (readonly object[])[] {
  const words = wordsOf(message);
  if (message.alerts.length === 0) return linesOf(message.text).map((line) => [plain(cut(line, TITLE))]);
  return message.alerts.map(({ title, where, at, link }) => {
    const act = webLink(link);
    const about = [where, at].map((part) => cut(oneLine(part), WHERE)).filter((part) => part !== "");
    return [plain([cut(oneLine(title), TITLE), about.join(" · ")].filter(Boolean).join("\n")), ...(act === null ? [] : [button(words.act, act, "primary")])];
  });
}

export const createFeishu: MakeChannel<"feishu"> = (id, settings, { exchange, now }) => {
  const { secret, mentions } = settings;
  const secrets = [secret, ...secretsOfUrl(settings.url)];
  const signature = (): object => {
    if (secret === "") return {};
    const timestamp = String(Math.floor(now() / 1000));
    return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).digest("base64") };
  };
  const write = (message: Message, items: readonly (readonly object[])[], shown: number): string => {
    const words = wordsOf(message);
    const left = Math.max(countOf(message), items.length) - shown;
    const all = webLink(message.link);
    const mentioned = message.person === null || !Object.hasOwn(mentions, message.person.id) ? undefined : mentions[message.person.id];
    const name = message.person === null ? "" : cut(oneLine(message.person.name), 50);
    return JSON.stringify({
      ...signature(),
      msg_type: "interactive",
      card: {
        config: { wide_screen_mode: true },
        header: { template: COLOURS[message.severity], title: { tag: "plain_text", content: cut(oneLine(message.subject), 120) } },
        elements: [
          ...items.slice(0, shown).flat(),
          ...(left > 0 ? [plain(words.more(left))] : []),
          ...(mentioned === undefined ? (name === "" ? [] : [plain(name)]) : [{ tag: "markdown", content: `<at id=${mentioned}></at>` }]),
          ...(all === null ? [] : [button(words.all, all, "default")]),
        ],
      },
    });
  };
  return {
    id,
    kind: "feishu",
    personal: false,
    perMinute: settings.perMinute,
    reaches: [],
    async send(message) {
      const items = elementsOf(message);
      let shown = items.length;
      while (shown > 0 && inBytes(write(message, items, shown)) > BODY_BYTES) shown--;
      const answer = await exchange({
        url: settings.url,
        headers: { "content-type": "application/json; charset=utf-8" },
        body: write(message, items, shown),
        secrets,
      });
      return answer.kind === "none" ? answer.failed : judgeRobot(answer, RULES);
    },
  };
};
