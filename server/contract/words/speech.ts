/** How the server says evidence: to be read as on the page, and to be spoken aloud. */
import type { House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import { WORDS } from "./all.ts";
import type { Evidence, Speech } from "./evidence.ts";
import type { Format } from "./format.ts";
import { createFormat } from "./format.ts";
import type { Lang } from "./languages.ts";
import { pickText } from "./languages.ts";
import { fill } from "./template.ts";
import type { WordKey } from "./zh-CN.ts";

/** Formats are costly to make and depend on the language and the zone alone. */
const FORMATS = new Map<string, Format>();

export function formatFor(lang: Lang, timezone: string): Format {
  const key = `${lang} ${timezone}`;
  let made = FORMATS.get(key);
  if (made === undefined) FORMATS.set(key, (made = createFormat(lang, timezone, { sheets: WORDS[lang]["unit.sheets"], people: WORDS[lang]["unit.people"] })));
  return made;
}

/** A message by a key that is known at run time only. */
export function lookupIn(lang: Lang): (key: string) => string | undefined {
  const words: Readonly<Record<string, string>> = WORDS[lang];
  return (key) => (Object.hasOwn(words, key) ? words[key] : undefined);
}

/** What evidence is said with: the same names, units and times as on the page. */
export function speechFor(house: House, lang: Lang, now: Millis): Speech {
  return {
    format: formatFor(lang, house.site.timezone),
    lookup: lookupIn(lang),
    now,
    policy: (id) => house.policies.get(id)?.definition,
    nameOf(id) {
      const name = house.devices.get(id)?.device.name ?? house.site.people.find((p) => p.id === id)?.name;
      return name === undefined ? undefined : pickText(name, lang);
    },
  };
}

/** A time as it is spoken. */
function spokenTime(at: number, lang: Lang, timezone: string, now: Millis): string {
  const parts = (ms: number) => formatFor(lang, timezone).dateTime(ms);
  const [date, clock] = parts(at).split(" ") as [string, string];
  const [h, m] = clock.split(":") as [string, string];
  const time = fill(WORDS[lang][m === "00" ? "spoken.hour" : "spoken.time"], { h: String(Number(h)), m });
  if (parts(now).startsWith(date)) return time;
  const day = new Intl.DateTimeFormat(lang, { timeZone: timezone, month: "long", day: "numeric" }).format(at);
  return fill(WORDS[lang]["spoken.day-time"], { time, day });
}

/** The same said aloud: units as words, times as people say them. */
export function aloud(speech: Speech, lang: Lang, timezone: string): Speech {
  const { format, lookup, now } = speech;
  return {
    ...speech,
    format: {
      ...format,
      quantity(value, unit) {
        if (value === null || !Number.isFinite(value)) return "";
        const word = lookup(`spoken-unit.${unit}`);
        return word === undefined ? format.quantity(value, unit) : format.quantity(value, unit).replace(/[^\d]*$/, "") + word;
      },
      time: (iso) => spokenTime(Date.parse(iso), lang, timezone, now),
    },
  };
}

/** What nobody wants to hear: ids without a name, addresses, error texts, file names. Those parts of a sentence fall away. */
export function speakable(evidence: Evidence, speech: Speech): Evidence {
  const { error: _, document: __, ...rest } = evidence;
  return Object.fromEntries(
    Object.entries(rest).filter(([name, value]) => {
      if (typeof value !== "string" || name.endsWith("At") || name === "set") return true;
      const known = [`value.${name}.${value}`, `${name}.${value}`, `policy.${value}.name`].some((key) => speech.lookup(key) !== undefined);
      return known || speech.nameOf(value) !== undefined || !/[/_@:\\]|\d[a-z]|[a-z]\d|^[a-z]+(-[a-z\d]+)+$/i.test(value);
    }),
  );
}

/** A word of the language, filled. */
export function sayIn(lang: Lang): (key: WordKey, filling?: Parameters<typeof fill>[1]) => string {
  return (key, filling = {}) => fill(WORDS[lang][key], filling);
}
