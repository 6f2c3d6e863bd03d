/** Every language at once, for the server; a page loads the one that it shows. */
import { words as en } from "./en.ts";
import type { Lang } from "./languages.ts";
import type { Words } from "./zh-CN.ts";
import { words as zhCN } from "./zh-CN.ts";
import { words as zhTW } from "./zh-TW.ts";

export const WORDS: Readonly<Record<Lang, Words>> = { "zh-CN": zhCN, "zh-TW": zhTW, en };
