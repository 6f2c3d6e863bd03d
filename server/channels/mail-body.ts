/** A message as a letter: plain text, and the same as HTML that reads well on light and on dark ground. */
import type { Message } from "../contract/message.ts";
import { countOf } from "./summary.ts";
import { cut, linesOf, oneLine, webLink } from "./text.ts";
import { wordsOf } from "./words.ts";

const TITLE = 500;
const COLOURS = { low: "#2f7dd1", medium: "#c77700", high: "#d13438" } as const;

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign]!);

export function mailText(message: Message): string {
  const words = wordsOf(message);
  const left = countOf(message) - message.alerts.length;
  const blocks = message.alerts.map(({ severity, title, where, at, link }) => {
    const act = webLink(link);
    const about = [oneLine(where), oneLine(at)].filter((part) => part !== "").join(" · ");
    return [`[${words.severity[severity]}] ${cut(oneLine(title), TITLE)}`, about, act === null ? "" : `${words.act}: ${act}`]
      .filter((line) => line !== "")
      .join("\n");
  });
  const all = webLink(message.link);
  return [
    ...(blocks.length === 0 ? [linesOf(message.text).join("\n")] : blocks),
    ...(left > 0 ? [words.more(left)] : []),
    ...(all === null ? [] : [`${words.all}: ${all}`]),
    ...(hasActs(message) ? [words.personal] : []),
  ].join("\n\n");
}

const hasActs = (message: Message): boolean => message.alerts.some(({ link }) => webLink(link) !== null);

const button = (label: string, url: string, filled: boolean): string =>
  `<a href="${escapeHtml(url)}" style="display:inline-block;padding:8px 16px;border-radius:6px;text-decoration:none;font-weight:600;border:1px solid #1a66c2;${
    filled ? "background:#1a66c2;color:#ffffff" : "color:inherit"
  }">${escapeHtml(label)}</a>`;

/** No colours of the ground and none of the text: both are the reader's own, light or dark. Nothing is loaded from anywhere. */
export function mailHtml(message: Message): string {
  const words = wordsOf(message);
  const left = countOf(message) - message.alerts.length;
  const blocks = message.alerts.map(({ severity, title, where, at, link }) => {
    const act = webLink(link);
    const about = [oneLine(where), oneLine(at)].filter((part) => part !== "").join(" · ");
    return [
      `<div style="margin:0 0 16px;padding:4px 0 4px 12px;border-left:4px solid ${COLOURS[severity]}">`,
      `<div style="font-weight:600">${escapeHtml(cut(oneLine(title), TITLE))}</div>`,
      `<div style="opacity:.75;margin:2px 0 8px">${escapeHtml([words.severity[severity], about].filter((part) => part !== "").join(" · "))}</div>`,
      ...(act === null ? [] : [button(words.act, act, true)]),
      "</div>",
    ].join("\n");
  });
  const paragraphs = message.alerts.length === 0 ? linesOf(message.text).map((line) => `<p style="margin:0 0 8px">${escapeHtml(line)}</p>`) : [];
  const all = webLink(message.link);
  return [
    "<!doctype html>",
    `<html lang="${message.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(oneLine(message.subject))}</title></head>`,
    "<body style=\"margin:0;padding:16px;font:16px/1.5 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif\"><div style=\"max-width:600px\">",
    `<h1 style="font-size:18px;margin:0 0 16px">${escapeHtml(oneLine(message.subject))}</h1>`,
    ...paragraphs,
    ...blocks,
    ...(left > 0 ? [`<p style="margin:0 0 16px">${escapeHtml(words.more(left))}</p>`] : []),
    ...(all === null ? [] : [`<p style="margin:0 0 16px">${button(words.all, all, false)}</p>`]),
    ...(hasActs(message) ? [`<p style="font-size:13px;opacity:.75;margin:0">${escapeHtml(words.personal)}</p>`] : []),
    "</div></body></html>",
    "",
  ].join("\n");
}
