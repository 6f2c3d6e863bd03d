/**
 * A group robot of DingTalk (钉钉自定义机器人).
 *
 * By the vendor's documents 自定义机器人接入 and 安全设置 (open.dingtalk.com/document/robots/custom-robot-access and
 * …/customize-robot-security-settings): POST JSON to the address with its `access_token`; with a signature, `timestamp` (ms, within an hour
 * of theirs) and `sign` = base64(HMAC-SHA256 by the secret of timestamp, line feed, secret) are added to the address, URL-encoded. `markdown`
 * mentions whoever stands in `at.atMobiles` and as `@phone` in the text. A message is at most 20,000 bytes. At most 20 a minute, then ten
 * minutes of nothing: 130101 and 410100 say so and pass, -1 is a busy system; 310000 is a missing keyword, a bad signature or a foreign
 * address, 400101 a wrong token, 460101 too long.
 */
import { createHmac } from "node:crypto";
import type { MakeChannel } from "./channel.ts";
import { secretsOfUrl } from "./exchange.ts";
import { escapeMarkdown, judgeRobot, markdownParts } from "./robot.ts";
import type { RobotRules } from "./robot.ts";
import { countOf } from "./summary.ts";
import { cut, fit, inBytes, oneLine } from "./text.ts";
import { wordsOf } from "./words.ts";

/** Of the text alone: the JSON around it and its escapes are within what is left of 20,000. */
const TEXT_BYTES = 15_000;
const TEN_MINUTES = 600_000;

const RULES: RobotRules = {
  code: ["errcode"],
  message: ["errmsg"],
  wait: (code) => (code === 130101 || code === 410100 ? TEN_MINUTES : code === -1 ? 5000 : null),
};

export const createDingtalk: MakeChannel<"dingtalk"> = (id, settings, { exchange, now }) => {
  const { secret } = settings;
  const secrets = [secret, ...secretsOfUrl(settings.url)];
  const address = (): string => {
    if (secret === "") return settings.url;
    const url = new URL(settings.url);
    const timestamp = String(now());
    url.searchParams.set("timestamp", timestamp);
    url.searchParams.set("sign", createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64"));
    return url.href;
  };
  return {
    id,
    kind: "dingtalk",
    personal: false,
    perMinute: settings.perMinute,
    reaches: [],
    async send(message) {
      const phone = message.person?.phone ?? null;
      const parts = markdownParts(message);
      const foot = phone === null ? parts.foot : [...parts.foot, `@${phone}`];
      // A single line feed is a blank in this Markdown, except between the lines of one item, which belong together.
      const text = fit(
        { ...parts, foot, items: parts.items.map((item) => item.replaceAll("\n", "  \n")) },
        countOf(message),
        wordsOf(message).more,
        TEXT_BYTES,
        inBytes,
        "\n\n",
      );
      const body = {
        msgtype: "markdown",
        markdown: { title: escapeMarkdown(cut(oneLine(message.subject), 100)), text },
        at: { atMobiles: phone === null ? [] : [phone], isAtAll: false },
      };
      const answer = await exchange({ url: address(), headers: { "content-type": "application/json;charset=utf-8" }, body: JSON.stringify(body), secrets });
      return answer.kind === "none" ? answer.failed : judgeRobot(answer, RULES);
    },
  };
};
