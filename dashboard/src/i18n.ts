/** The language of the page: chosen once, kept in the browser, loaded on its own. */
import { computed, signal } from "@preact/signals";
import { createFormat } from "../../server/contract/words/format.ts";
import type { Lang } from "../../server/contract/words/languages.ts";
import { pickLang, pickText } from "../../server/contract/words/languages.ts";
import type { Key, Messages } from "./locales/zh-CN.ts";
import { recall, remember } from "./remember.ts";
import type { Filling } from "../../server/contract/words/template.ts";
import { fill } from "../../server/contract/words/template.ts";

const LOADERS: Readonly<Record<Lang, () => Promise<{ readonly messages: Messages }>>> = {
  "zh-CN": () => import("./locales/zh-CN.ts"),
  "zh-TW": () => import("./locales/zh-TW.ts"),
  en: () => import("./locales/en.ts"),
};

export const lang = signal<Lang>(pickLang(recall("lang"), navigator.languages));
export const timezone = signal("Asia/Shanghai");
const messages = signal<Messages | null>(null);

export async function useLanguage(next: Lang): Promise<void> {
  const loaded = await LOADERS[next]();
  messages.value = loaded.messages;
  lang.value = next;
  document.documentElement.lang = next;
}

export function chooseLanguage(next: Lang): void {
  remember("lang", next);
  void useLanguage(next);
}

/** A message of the language; the key must be one that every locale has. */
export function t(key: Key, filling: Filling = {}): string {
  return fill(messages.value?.[key] ?? key, filling, (n) => format.value.number(n));
}

/** A message by a key that is only known at run time; undefined when there is none. */
export function lookup(key: string): string | undefined {
  return (messages.value as Readonly<Record<string, string>> | null)?.[key];
}

/** The word for a value at run time, or the value itself, made readable. */
export function word(group: string, value: string): string {
  return lookup(`${group}.${value}`) ?? value.replaceAll("-", " ");
}

export const format = computed(() => createFormat(lang.value, timezone.value, { sheets: t0("unit.sheets"), people: t0("unit.people") }));

function t0(key: Key): string {
  return messages.value?.[key] ?? key;
}

/** A text of the site (a name) in the page's language. */
export function text(of: string | Readonly<Record<string, string>>): string {
  return pickText(of, lang.value);
}
