/** Which number stands for which point and which text in the columns. The main thread gives the numbers out, the worker stores them. */
import type { PointId } from "../core/reading.ts";
import type { Batch } from "./columns.ts";

/** So many texts are remembered by their number; past it the memory starts anew, and a text may get a second number. */
const WORDS_REMEMBERED = 20_000;

export interface Dictionary {
  /** Numbers of a device's points by name; ask once a report. */
  pointsOf(device: string): Map<string, number>;
  /** Gives a new point its number; it is stored with the batch's commit. */
  addPoint(points: Map<string, number>, device: string, name: string, batch: Batch): number;
  /** A text's number, new or known. */
  word(text: string, batch: Batch): number;
  /** The number of `<building>/<device>/<point>`; undefined where nothing was ever stored of it. */
  find(point: PointId): number | undefined;
  device(id: number): string;
  name(id: number): string;
}

/** `points` as stored, in the order of their numbers from 0; `words` the newest ones; `nextWord` the first number that is free. */
export function createDictionary(
  points: { readonly devices: readonly string[]; readonly names: readonly string[] },
  words: readonly { readonly id: number; readonly text: string }[],
  nextWord: number,
): Dictionary {
  const byDevice = new Map<string, Map<string, number>>();
  const devices = [...points.devices];
  const names = [...points.names];
  let freeWord = nextWord;
  const wordIds = new Map(words.map((w) => [w.text, w.id]));

  function pointsOf(device: string): Map<string, number> {
    let known = byDevice.get(device);
    if (known === undefined) {
      known = new Map();
      byDevice.set(device, known);
    }
    return known;
  }
  devices.forEach((device, id) => pointsOf(device).set(names[id] ?? "", id));

  return {
    pointsOf,
    addPoint(known, device, name, batch) {
      const id = names.length;
      devices.push(device);
      names.push(name);
      known.set(name, id);
      batch.points.push({ id, device, name });
      return id;
    },
    word(text, batch) {
      const known = wordIds.get(text);
      if (known !== undefined) return known;
      // Texts come from outside: whoever sends a new one with every message must not fill our memory.
      if (wordIds.size >= WORDS_REMEMBERED) wordIds.clear();
      const id = freeWord++;
      wordIds.set(text, id);
      batch.words.push({ id, text });
      return id;
    },
    find(point) {
      for (let slash = point.lastIndexOf("/"); slash > 0; slash = point.lastIndexOf("/", slash - 1)) {
        const id = byDevice.get(point.slice(0, slash))?.get(point.slice(slash + 1));
        if (id !== undefined) return id;
      }
      return undefined;
    },
    device: (id) => devices[id] ?? "",
    name: (id) => names[id] ?? "",
  };
}
