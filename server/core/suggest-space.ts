/**
 * In which space a device probably is, by what it is called: `ac-301`, `3F 会议室`, `Room 301`. Names, ids, floors and the words for classes of rooms are
 * weighed; the one that fits best is suggested, and none where two fit equally.
 */
import type { Space, SpaceClass } from "./space.ts";

/** A text that somebody gave the device, and where it stands. */
export interface Said {
  readonly by: "area" | "name" | "tag" | "id" | "topic";
  readonly text: string;
}

/** What of a text speaks for a space: its id, its name, the number in its name, the floor, the class of room. */
export interface SpaceReason {
  readonly by: Said["by"];
  readonly text: string;
  readonly what: "id" | "name" | "number" | "floor" | "class";
  readonly match: string;
}

/** How much each counts; a floor alone is no place. */
const WEIGHTS: Readonly<Record<SpaceReason["what"], number>> = { name: 6, id: 5, number: 5, class: 2, floor: 1 };
const ENOUGH = 2;
/** What is said of the place outweighs what it is called, and both what its topic is. */
const TRUST: Readonly<Record<Said["by"], number>> = { area: 3, name: 2, tag: 2, id: 1, topic: 1 };
const MOST_TEXTS = 20;
const LONGEST = 300;

const CLASS_WORDS: Readonly<Partial<Record<SpaceClass, readonly string[]>>> = {
  meeting: ["会议室", "會議室", "meeting", "conference", "boardroom"],
  office: ["办公室", "辦公室", "office"],
  corridor: ["走廊", "过道", "過道", "corridor", "hallway"],
  restroom: ["卫生间", "衛生間", "洗手间", "洗手間", "厕所", "廁所", "restroom", "toilet", "washroom", "wc"],
  "server-room": ["机房", "機房", "server room", "data center", "datacenter"],
  archive: ["档案", "檔案", "archive"],
  canteen: ["食堂", "餐厅", "餐廳", "canteen", "cafeteria"],
  courtyard: ["庭院", "院子", "courtyard"],
  garage: ["车库", "車庫", "停车场", "停車場", "garage", "parking"],
  clinic: ["医务室", "醫務室", "clinic"],
  lobby: ["大厅", "大廳", "大堂", "门厅", "門廳", "lobby"],
  "plant-room": ["设备间", "設備間", "配电", "配電", "锅炉房", "鍋爐房", "plant room", "boiler room"],
};
const CHINESE = "零一二三四五六七八九十";

interface Read {
  readonly text: string;
  readonly tokens: ReadonlySet<string>;
  readonly floors: ReadonlySet<string>;
  readonly classes: ReadonlyMap<SpaceClass, string>;
}

export function plainText(text: string): string {
  return text.slice(0, LONGEST).normalize("NFKC").toLowerCase().trim();
}

/** Words and numbers, taken apart also where letters meet digits or ideographs. */
function tokensOf(text: string): Set<string> {
  const whole = text.split(/[^\p{L}\p{N}]+/u);
  const parts = whole.flatMap((w) => w.match(/[a-z]+|\p{N}+|[^\p{N}a-z]+/gu) ?? []);
  return new Set([...whole, ...parts].filter((t) => t !== ""));
}

/** `3`, `b1`: how a floor is written most shortly. */
function plainFloor(text: string): string {
  const found = /^(?:f|l|level|floor)?\s*(b?-?\d{1,3})\s*(?:f|楼|樓|层|層|floor)?$/.exec(text);
  return found === null ? text : found[1]!.replace(/^-/, "b");
}

function floorsIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, at] of text.matchAll(/(?<![\p{L}\p{N}])(b?\d{1,3})\s*(?:f(?![a-z])|楼|樓|层|層)/gu)) found.add(at!);
  for (const [, at] of text.matchAll(/(?<![a-z])(?:floor|level|fl\.?|l|f)[\s_-]?(b?\d{1,3})(?!\d)/g)) found.add(at!);
  for (const [, at] of text.matchAll(/(?<![a-z\d])(b\d)(?![a-z\d])/g)) found.add(at!);
  for (const [, at] of text.matchAll(/([一二三四五六七八九十])(?:楼|樓|层|層)/g)) found.add(String(CHINESE.indexOf(at!)));
  for (const [, at] of text.matchAll(/(?<!\d)(\d{1,3})(?:st|nd|rd|th)\s*floor/g)) found.add(at!);
  return found;
}

function read(text: string): Read {
  const plain = plainText(text);
  const tokens = tokensOf(plain);
  const classes = new Map<SpaceClass, string>();
  for (const [name, words] of Object.entries(CLASS_WORDS) as [SpaceClass, readonly string[]][]) {
    const word = words.find((w) => holds(plain, tokens, w));
    if (word !== undefined) classes.set(name, word);
  }
  return { text: plain, tokens, floors: floorsIn(plain), classes };
}

/** Whether a text has a name as words of its own: `room 3` does not stand in `room 301`. */
function holds(text: string, tokens: ReadonlySet<string>, name: string): boolean {
  if (/^[a-z\d]+$/.test(name)) return tokens.has(name);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + name.length] ?? " ";
    if (!joins(before, name[0]!) && !joins(name.at(-1)!, after)) return true;
  }
  return false;
}

function joins(a: string, b: string): boolean {
  return (/[a-z]/.test(a) && /[a-z]/.test(b)) || (/\d/.test(a) && /\d/.test(b));
}

interface Known {
  readonly id: string;
  readonly local: string;
  readonly names: readonly string[];
  /** Numbers of at least three digits in its names. */
  readonly numbers: readonly string[];
  readonly floor: string;
  readonly class: SpaceClass;
}

function known(space: Space): Known {
  const names = (typeof space.name === "string" ? [space.name] : Object.values(space.name)).map(plainText).filter((n) => n.length > 1);
  const local = plainText(space.id.slice(space.building.length + 1));
  return {
    id: space.id,
    local,
    names,
    numbers: [...new Set(names.flatMap((n) => n.match(/(?<!\d)\d{3,6}(?!\d)/g) ?? []))],
    floor: plainFloor(plainText(space.floor)),
    class: space.class,
  };
}

/** A room's number is told from a device's by its length: `ac-12` is the twelfth of them, `ac-301` the one of room 301. */
function isTelling(local: string): boolean {
  return /^\d+$/.test(local) ? local.length >= 3 : local.length >= 2;
}

/** What of one text speaks for one space, or nothing where the text names another floor. */
function reasonsFor(space: Known, said: Said, { text, tokens, floors, classes }: Read): SpaceReason[] {
  const found: SpaceReason[] = [];
  const add = (what: SpaceReason["what"], match: string) => void found.push({ by: said.by, text: said.text.slice(0, LONGEST), what, match });
  const name = space.names.filter((n) => holds(text, tokens, n)).toSorted((a, b) => b.length - a.length)[0];
  if (name !== undefined) add("name", name);
  if (isTelling(space.local) && (space.local === text || holds(text, tokens, space.local))) add("id", space.local);
  else {
    const number = space.numbers.find((n) => tokens.has(n));
    if (number !== undefined && name === undefined) add("number", number);
  }
  const word = classes.get(space.class);
  if (word !== undefined && name === undefined) add("class", word);
  const numbered = found.some((r) => r.what === "id" || r.what === "number");
  if (floors.size > 0 && !floors.has(space.floor) && !numbered) return [];
  if (floors.has(space.floor)) add("floor", space.floor);
  return found;
}

export interface PlaceFound {
  readonly space: { readonly value: string; readonly why: readonly SpaceReason[] } | null;
  readonly between: readonly string[];
}

export function suggestSpace(texts: readonly Said[], spaces: readonly Space[]): PlaceFound {
  const readings = texts.slice(0, MOST_TEXTS).map((said) => ({ said, read: read(said.text) }));
  const scored = spaces
    .map((space) => {
      const about = known(space);
      // One text that says the same as another (an id made of a name) is no second witness: of each kind of reason the most trusted counts.
      const best = new Map<SpaceReason["what"], SpaceReason>();
      for (const { said, read: text } of readings)
        for (const reason of reasonsFor(about, said, text)) {
          const before = best.get(reason.what);
          if (before === undefined || TRUST[reason.by] > TRUST[before.by]) best.set(reason.what, reason);
        }
      const why = [...best.values()];
      const plain = why.reduce((sum, r) => sum + WEIGHTS[r.what], 0);
      // A longer name says more: `301 会议室` is meant before `会议室`.
      const length = best.get("name")?.match.length ?? 0;
      const score = why.reduce((sum, r) => sum + WEIGHTS[r.what] * TRUST[r.by], 0) + Math.min(length, 99) / 100;
      return { id: space.id, why, score: plain < ENOUGH ? 0 : score };
    })
    .filter((s) => s.score > 0)
    .toSorted((a, b) => b.score - a.score);
  const [first, second] = scored;
  if (first === undefined) return { space: null, between: [] };
  if (second !== undefined && second.score === first.score) {
    const ties = scored.filter((s) => s.score === first.score).map((s) => s.id);
    return { space: null, between: ties.toSorted().slice(0, 5) };
  }
  return { space: { value: first.id, why: first.why.toSorted((a, b) => WEIGHTS[b.what] - WEIGHTS[a.what]) }, between: [] };
}
