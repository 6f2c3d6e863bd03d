export const LANGS = ["zh-CN", "zh-TW", "en"] as const;
export type Lang = (typeof LANGS)[number];

export const LANG_NAMES: Readonly<Record<Lang, string>> = { "zh-CN": "简体中文", "zh-TW": "繁體中文", en: "English" };

/** The language to start with: the one chosen before, else the browser's first that there is, else zh-CN. */
export function pickLang(chosen: string | null, wanted: readonly string[]): Lang {
  const known = LANGS.find((lang) => lang === chosen);
  if (known !== undefined) return known;
  for (const tag of wanted) {
    if (/^zh\b.*\b(tw|hk|mo|hant)\b/i.test(tag)) return "zh-TW";
    if (/^zh\b/i.test(tag)) return "zh-CN";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "zh-CN";
}

/** A text of the site: as it is, or in the language, or in the nearest one there is. */
export function pickText(text: string | Readonly<Record<string, string>>, lang: Lang): string {
  if (typeof text === "string") return text;
  return text[lang] ?? (lang === "zh-TW" ? text["zh-CN"] : undefined) ?? text["zh-CN"] ?? text["en"] ?? Object.values(text)[0] ?? "";
}
