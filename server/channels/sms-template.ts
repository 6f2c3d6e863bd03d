/**
 * A gateway's request as a template. What is filled in is encoded for where it stands, not by replacing in text but by taking the template
 * apart first: a value can therefore never become a key, a parameter, a header or the end of a string. Where a value itself holds JSON (as
 * the template parameters of many gateways do), what stands inside is encoded twice.
 */
import type { SettingsOf } from "../contract/channels.ts";
import { secretsOfUrl } from "./exchange.ts";
import { oneLine } from "./text.ts";

export const SMS_VALUES = ["phone", "text", "spoken", "subject", "link", "id"] as const;
export type SmsValues = Readonly<Record<(typeof SMS_VALUES)[number], string>>;

const GAP = /\{(phone|text|spoken|subject|link|id)\}/g;

const fillPlain = (template: string, values: SmsValues): string => template.replace(GAP, (_, name: keyof SmsValues) => values[name]);

/** A value of a form or of a JSON document, perhaps JSON itself. */
function fillValue(template: string, values: SmsValues): string {
  const inner = /^\s*[{[]/.test(template) ? parse(template) : undefined;
  return typeof inner === "object" && inner !== null ? JSON.stringify(fillJson(inner, values)) : fillPlain(template, values);
}

function fillJson(node: unknown, values: SmsValues): unknown {
  if (typeof node === "string") return fillValue(node, values);
  if (Array.isArray(node)) return node.map((item) => fillJson(item, values));
  if (typeof node === "object" && node !== null) return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fillJson(value, values)]));
  return node;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fillForm(template: string, values: SmsValues): string {
  const filled = [...new URLSearchParams(template)].map(([key, value]): [string, string] => [key, fillValue(value, values)]);
  // Every gateway reads %20; not every one reads + as a blank.
  return new URLSearchParams(filled).toString().replaceAll("+", "%20");
}

export function fillUrl(template: string, values: SmsValues): string {
  const url = new URL(template);
  const path = url.pathname.replace(/%7B(phone|id)%7D/gi, (_, name: "phone" | "id") => encodeURIComponent(values[name]));
  const query = url.search === "" ? "" : `?${fillForm(url.search.slice(1), values)}`;
  return `${url.origin}${path}${query}`;
}

export function fillBody({ body, contentType }: Pick<SettingsOf<"sms">, "body" | "contentType">, values: SmsValues): string {
  if (contentType === "application/json") return JSON.stringify(fillJson(JSON.parse(body), values));
  if (contentType === "application/x-www-form-urlencoded") return fillForm(body, values);
  return fillPlain(body, Object.fromEntries(SMS_VALUES.map((name) => [name, oneLine(values[name])])) as unknown as SmsValues);
}

/** Everything in the template that is no placeholder and may be a secret: values of the address, of headers and of the body. */
export function secretsOf({ url, headers, body, contentType }: SettingsOf<"sms">): readonly string[] {
  const leaves = (node: unknown): string[] => {
    if (typeof node === "string") {
      const inner = /^\s*[{[]/.test(node) ? parse(node) : undefined;
      return typeof inner === "object" && inner !== null ? leaves(inner) : [node];
    }
    return typeof node === "object" && node !== null ? Object.values(node).flatMap(leaves) : [];
  };
  const ofBody = contentType === "application/json" ? leaves(parse(body)) : [...new URLSearchParams(body).values()].flatMap(leaves);
  return [...secretsOfUrl(url).flatMap(leaves), ...Object.values(headers), ...ofBody].filter((text) => text.length >= 4 && !/[{]|%7b/i.test(text));
}
