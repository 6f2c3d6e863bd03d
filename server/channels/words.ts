/** The few words that channels add to a message, in its language. */
import type { Message } from "../contract/message.ts";
import { words as en } from "../contract/words/en.ts";
import { fill } from "../contract/words/template.ts";
import { words as zhCN } from "../contract/words/zh-CN.ts";
import { words as zhTW } from "../contract/words/zh-TW.ts";

const WORDS = { "zh-CN": zhCN, "zh-TW": zhTW, en } as const;

export interface ChannelWords {
  /** On the button that opens one alert and acknowledges it. */
  readonly act: string;
  /** On the link to the console. */
  readonly all: string;
  readonly more: (left: number) => string;
  /** What the links are not for. */
  readonly personal: string;
  readonly severity: Readonly<Record<Message["severity"], string>>;
}

export function wordsOf({ language }: Pick<Message, "language">): ChannelWords {
  const words = WORDS[language];
  return {
    act: words["channel.act"],
    all: words["channel.all"],
    more: (n) => fill(words["channel.more"], { n }),
    personal: words["channel.personal"],
    severity: { low: words["severity.low"], medium: words["severity.medium"], high: words["severity.high"] },
  };
}
