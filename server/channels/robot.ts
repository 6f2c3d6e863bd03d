/** What the group robots of office messengers have in common: a small Markdown without escapes, and HTTP 200 for everything. */
import type { Message } from "../contract/message.ts";
import type { Delivered } from "../core/alerts/notice.ts";
import type { Answer } from "./exchange.ts";
import { judgeStatus } from "./exchange.ts";
import type { Parts } from "./text.ts";
import { cut, linesOf, oneLine, webLink } from "./text.ts";
import { wordsOf } from "./words.ts";

/** Characters of a title, and of a place, in a robot's message. */
const TITLE = 200;
const WHERE = 100;
const SUBJECT = 120;

/**
 * None of the robots' documents knows a way to escape their Markdown, so each character that could begin a link, a heading, a mention, a
 * tag or an entity is written as its full-width twin: readable for people, nothing for the parser. An address loses what makes it one.
 */
const TWINS: Readonly<Record<string, string>> = {
  "\\": "＼",
  "`": "｀",
  "*": "＊",
  _: "＿",
  "{": "｛",
  "}": "｝",
  "[": "［",
  "]": "］",
  "<": "＜",
  ">": "＞",
  "#": "＃",
  "~": "～",
  "|": "｜",
  "!": "！",
  "@": "＠",
  "&": "＆",
  "=": "＝",
  "^": "＾",
  $: "＄",
};

export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>#~|!@&=^$]/g, (sign) => TWINS[sign]!)
    .replace(/:(?=\s*\/)/g, "：")
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}．`);
}

/** The message as Markdown that WeCom and DingTalk both understand: a bold subject, quoted places, links of our own making. */
export function markdownParts(message: Message): Parts {
  const words = wordsOf(message);
  const subject = cut(oneLine(message.subject), SUBJECT);
  const items =
    message.alerts.length === 0
      ? linesOf(message.text).map((line) => `> ${escapeMarkdown(cut(line, TITLE))}`)
      : message.alerts.map(({ title, where, at, link }) => {
          const act = webLink(link);
          const about = [escapeMarkdown(cut(oneLine(where), WHERE)), escapeMarkdown(cut(oneLine(at), WHERE)), act === null ? "" : `[${words.act}](${act})`];
          return [`> ${escapeMarkdown(cut(oneLine(title), TITLE))}`, `> ${about.filter((part) => part !== "").join(" · ")}`].join("\n");
        });
  const all = webLink(message.link);
  return { head: [`**${escapeMarkdown(subject)}**`], items, foot: all === null ? [] : [`[${words.all}](${all})`] };
}

/** The same without Markdown, for messages that can mention people by phone but know no links. */
export function plainParts(message: Message): Parts {
  const words = wordsOf(message);
  const items =
    message.alerts.length === 0
      ? linesOf(message.text).map((line) => escapeMarkdown(cut(line, TITLE)))
      : message.alerts.map(({ title, where, at, link }) => {
          const act = webLink(link);
          const lines = [
            `· ${escapeMarkdown(cut(oneLine(title), TITLE))}`,
            [where, at]
              .map((part) => escapeMarkdown(cut(oneLine(part), WHERE)))
              .filter(Boolean)
              .join(" · "),
          ];
          return [...lines, act === null ? "" : `${words.act}: ${act}`].filter((line) => line !== "").join("\n");
        });
  const all = webLink(message.link);
  return { head: [escapeMarkdown(cut(oneLine(message.subject), SUBJECT))], items, foot: all === null ? [] : [`${words.all}: ${all}`] };
}

export interface RobotRules {
  /** Keys of the answer under which the vendor puts its code, the first present counts; 0 is success. */
  readonly code: readonly string[];
  readonly message: readonly string[];
  /** Codes that pass by themselves → ms to wait at least. */
  readonly wait: (code: number, said: string) => number | null;
}

/** What a robot's vendor answered. Its code outranks the status: most failures come as 200, and some vendors send theirs with 400. */
export function judgeRobot(answer: Answer, rules: RobotRules): Delivered {
  const body = readObject(answer.text);
  const code = rules.code.map((key) => body?.[key]).find((value) => typeof value === "number");
  const failed = judgeStatus(answer);
  if (code === undefined) {
    if (failed !== null) return failed;
    // Somebody in between answered: whether the message arrived is not known.
    return { ok: false, retry: true, error: `${answer.host}: answered ${answer.status} without a code: ${answer.quote(answer.text)}` };
  }
  if (code === 0 && failed === null) return { ok: true };
  const said = rules.message.map((key) => body?.[key]).find((value) => typeof value === "string") ?? "";
  const wait = rules.wait(code, said);
  const error = `${answer.host}: ${code} ${answer.quote(said)}`.trimEnd();
  if (wait !== null) return { ok: false, retry: true, error, after: Math.max(wait, answer.after ?? 0) };
  if (failed?.retry === true) return failed;
  return { ok: false, retry: false, error };
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
