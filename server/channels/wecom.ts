/**
 * A group robot of WeCom (企业微信群机器人).
 *
 * By the vendor's document 群机器人配置说明 (developer.work.weixin.qq.com/document/path/91770): POST JSON to the address with its `key`;
 * `text` takes 2048 bytes and mentions people by `mentioned_mobile_list`; `markdown` takes 4096 bytes and knows only `<@userid>`, so
 * that whoever is to be mentioned by phone gets `text`. At most 20 messages a minute. Failure is HTTP 200 with `errcode` other than 0:
 * 45009 is the rate limit and -1 a busy system (全局错误码, path/90313), which pass; 93000 is a wrong key, 40058 a bad parameter.
 */
import type { MakeChannel } from "./channel.ts";
import { secretsOfUrl } from "./exchange.ts";
import { judgeRobot, markdownParts, plainParts } from "./robot.ts";
import type { RobotRules } from "./robot.ts";
import { countOf } from "./summary.ts";
import { fit, inBytes } from "./text.ts";
import { wordsOf } from "./words.ts";

const TEXT_BYTES = 2048;
const MARKDOWN_BYTES = 4096;

const RULES: RobotRules = {
  code: ["errcode"],
  message: ["errmsg"],
  wait: (code) => (code === 45009 ? 60_000 : code === -1 ? 5000 : null),
};

export const createWecom: MakeChannel<"wecom"> = (id, settings, { exchange }) => {
  const secrets = secretsOfUrl(settings.url);
  return {
    id,
    kind: "wecom",
    personal: false,
    perMinute: settings.perMinute,
    reaches: [],
    async send(message) {
      const { more } = wordsOf(message);
      const phone = message.person?.phone ?? null;
      const body =
        phone === null
          ? { msgtype: "markdown", markdown: { content: fit(markdownParts(message), countOf(message), more, MARKDOWN_BYTES, inBytes) } }
          : { msgtype: "text", text: { content: fit(plainParts(message), countOf(message), more, TEXT_BYTES, inBytes), mentioned_mobile_list: [phone] } };
      const answer = await exchange({ url: settings.url, headers: { "content-type": "application/json" }, body: JSON.stringify(body), secrets });
      return answer.kind === "none" ? answer.failed : judgeRobot(answer, RULES);
    },
  };
};
