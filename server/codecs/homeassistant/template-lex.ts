/** The words of a template: text outside the braces, and what stands within them. */

/** A template that is outside of what is read here; its message is a sentence's end for people. */
export class TemplateFault extends Error {
  override name = "TemplateFault";
}

export interface Token {
  readonly kind: "text" | "open" | "close" | "name" | "number" | "string" | "op";
  readonly text: string;
}

/** Characters. The longest of 3,500 Zigbee models' templates has 800. */
const MAX_TEMPLATE = 4_096;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /==|!=|<=|>=|\/\/|[-+*/%~<>()[\]{}|.,:=]/y;
const BLANK = /\s+/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Throws a `TemplateFault` for what is no template at all. */
export function lex(template: string): readonly Token[] {
  if (template.length > MAX_TEMPLATE) throw new TemplateFault(`the template has ${template.length} characters; at most ${MAX_TEMPLATE} are read`);
  const tokens: Token[] = [];
  let at = 0;
  /** `-%}` eats the blanks after it. */
  let eat = false;
  while (at < template.length) {
    const open = /\{[{%#]/g;
    open.lastIndex = at;
    const begin = open.exec(template)?.index ?? template.length;
    let text = template.slice(at, begin);
    if (eat) text = text.trimStart();
    if (template[begin + 2] === "-") text = text.trimEnd();
    if (text !== "") tokens.push({ kind: "text", text });
    if (begin === template.length) break;
    if (template[begin + 1] === "#") {
      const end = template.indexOf("#}", begin + 2);
      if (end === -1) throw new TemplateFault("a {# remark #} has no end");
      eat = template[end - 1] === "-";
      at = end + 2;
      continue;
    }
    const spelled = template.slice(begin, begin + 2);
    tokens.push({ kind: "open", text: spelled });
    at = begin + (template[begin + 2] === "-" ? 3 : 2);
    ({ at, eat } = inside(template, at, spelled === "{{" ? "}}" : "%}", tokens));
  }
  return tokens;
}

/** What stands between the braces, up to and with their end; `}}` within an open `{` ends only that. */
function inside(template: string, from: number, end: string, tokens: Token[]): { readonly at: number; readonly eat: boolean } {
  let at = from;
  let braces = 0;
  while (at < template.length) {
    at += match(BLANK, template, at)?.length ?? 0;
    if (braces === 0) {
      const eat = template.startsWith(`-${end}`, at);
      if (eat || template.startsWith(end, at)) {
        tokens.push({ kind: "close", text: end });
        return { at: at + (eat ? 3 : 2), eat };
      }
    }
    const quote = template[at];
    if (quote === '"' || quote === "'") {
      at = quoted(template, at, quote, tokens);
      continue;
    }
    const number = match(NUMBER, template, at);
    const name = number === null ? match(NAME, template, at) : null;
    const word = number ?? name ?? match(OPERATOR, template, at);
    if (word === null) {
      if (at >= template.length) break;
      throw new TemplateFault(`"${template.slice(at, at + 10)}" is not known here`);
    }
    tokens.push({ kind: number !== null ? "number" : name !== null ? "name" : "op", text: word });
    if (word === "{") braces++;
    if (word === "}") braces--;
    at += word.length;
  }
  throw new TemplateFault(`"${end}" is missing`);
}

function quoted(template: string, from: number, quote: string, tokens: Token[]): number {
  let text = "";
  for (let at = from + 1; at < template.length; at++) {
    const c = template[at]!;
    if (c === quote) {
      tokens.push({ kind: "string", text });
      return at + 1;
    }
    if (c === "\\") {
      at++;
      const escaped = template[at] ?? "";
      text += ESCAPES.get(escaped) ?? escaped;
    } else text += c;
  }
  throw new TemplateFault("a text has no closing quote");
}
