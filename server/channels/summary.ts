/** A message as lines, for media that have no form of their own. */
import type { Message } from "../contract/message.ts";
import type { Measure } from "./text.ts";
import { cut, fit, linesOf, oneLine } from "./text.ts";
import { wordsOf } from "./words.ts";

const TITLE = 200;

/** One line for each alert; the lines of the text where there is none. */
function alertLines(message: Message): readonly string[] {
  if (message.alerts.length === 0) return linesOf(message.text);
  return message.alerts.map(({ title, where, at }) => [cut(oneLine(title), TITLE), oneLine(where), oneLine(at)].filter((part) => part !== "").join(" · "));
}

/** How many things a message has to be counted: alerts, or nothing but its lines where it tells of none. */
export function countOf(message: Message): number {
  return message.alerts.length === 0 ? 0 : message.count;
}

/** As many lines as fit, and how many did not. */
export function summary(message: Message, limit: number, measure: Measure): string {
  return fit({ head: [], items: alertLines(message), foot: [] }, countOf(message), wordsOf(message).more, limit, measure);
}
