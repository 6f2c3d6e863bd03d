/** `tasmota/discovery/<MAC>/config`: where a device speaks, in which words, and what it switches. */
import { isObject, own, shortText } from "../codec.ts";

export interface Relay {
  /** From 1, as its commands count. */
  readonly index: number;
  readonly light: boolean;
  readonly name: string;
}

export interface Box {
  /** Twelve hexadecimal digits, small. */
  readonly mac: string;
  readonly name: string;
  readonly module: string | null;
  readonly topic: string;
  /** Topics up to their last level. */
  readonly cmnd: string;
  readonly stat: string;
  readonly tele: string;
  readonly on: string;
  readonly off: string;
  readonly online: string;
  readonly offline: string;
  readonly relays: readonly Relay[];
  /** Whether its light is dimmed. */
  readonly dims: boolean;
  /** Switch inputs' names by their place; null where it tells none. */
  readonly switches: readonly (string | null)[];
  /** Those that say when they are pushed and never when they are let go (SwitchMode 13 and 14), from 1. */
  readonly pulses: readonly number[];
  /** It sleeps deeply between its messages. */
  readonly sleeps: boolean;
}

const MAX_RELAYS = 32;
const MAX_TOPIC = 400;

const texts = (value: unknown): readonly (string | null)[] => (Array.isArray(value) ? value.slice(0, MAX_RELAYS).map((v) => shortText(v, 100)) : []);

/** The device, or the sentence that says what is wrong with its description. */
export function boxOf(mac: string, config: unknown): Box | string {
  if (!isObject(config)) return "A Tasmota config is a JSON object.";
  const topic = shortText(own(config, "t"), 100);
  const full = shortText(own(config, "ft"), 200);
  const prefixes = texts(own(config, "tp"));
  const [cmnd, stat, tele] = prefixes;
  if (topic === null || full === null || cmnd == null || stat == null || tele == null) return "A Tasmota config needs `t`, `ft` and three `tp`.";
  if (!full.includes("%prefix%")) return "Its FullTopic has no %prefix%: commands and answers would be one. Set it in Tasmota (FullTopic %prefix%/%topic%/).";
  const at = (prefix: string) => {
    const filled = full
      .replaceAll("%prefix%", () => prefix)
      .replaceAll("%topic%", () => topic)
      .replaceAll("%hostname%", () => shortText(own(config, "hn"), 100) ?? "")
      .replaceAll("%id%", () => mac.slice(-6).toUpperCase());
    return filled.endsWith("/") ? filled : `${filled}/`;
  };
  const bases = [at(cmnd), at(stat), at(tele)];
  if (bases.some((b) => b.length > MAX_TOPIC || /[+#\0]/.test(b) || /^\/?(?:jieyue|\$)/.test(b)))
    return `Its topics cannot be listened to: ${bases[1]!.slice(0, 80)}.`;
  if (new Set(bases).size < 2 || bases[0] === bases[1] || bases[0] === bases[2])
    return "Its prefixes (Prefix1 to 3) must differ: commands and answers would be one.";
  const name = shortText(own(config, "dn"), 100) ?? topic;
  const [off, on] = texts(own(config, "state"));
  const names = texts(own(config, "fn"));
  const kinds = own(config, "rl");
  const modes = own(config, "swc");
  const all = (Array.isArray(kinds) ? kinds.slice(0, MAX_RELAYS) : []).map((kind: unknown, i) => ({ kind, index: i + 1 }));
  // 3 is a shutter's motor: nothing that is left on.
  const relays = all.filter(({ kind }) => kind === 1 || kind === 2);
  const { length } = relays;
  return {
    mac,
    name,
    module: shortText(own(config, "md"), 100),
    topic,
    cmnd: bases[0]!,
    stat: bases[1]!,
    tele: bases[2]!,
    on: on ?? "ON",
    off: off ?? "OFF",
    online: shortText(own(config, "onln"), 40) ?? "Online",
    offline: shortText(own(config, "ofln"), 40) ?? "Offline",
    relays: relays.map(({ kind, index }) => ({ index, light: kind === 2, name: names[index - 1] ?? (length === 1 ? name : `${name} ${index}`) })),
    dims: relays.some((r) => r.kind === 2) && Number(own(config, "lt_st")) > 0,
    switches: texts(own(config, "swn")),
    pulses: (Array.isArray(modes) ? modes.slice(0, MAX_RELAYS) : []).flatMap((mode: unknown, i) => (mode === 13 || mode === 14 ? [i + 1] : [])),
    sleeps: own(config, "dslp") === 1,
  };
}
