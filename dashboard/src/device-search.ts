/** Finding devices by words: of their ids, names, spaces, departments, kinds and tags. */
import type { DeviceDto } from "../../server/contract/devices.ts";
import { text, word } from "./i18n.ts";
import { departmentName, spaceName } from "./names.ts";

export function wordsOf(typed: string): string[] {
  return typed
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
}

/** Whether every word is said of a device. */
export function saysAll(d: DeviceDto, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const kind = d.kind === null ? "" : word("kind", d.kind);
  const said = `${d.id} ${text(d.name)} ${spaceName(d.space)} ${departmentName(d.department)} ${kind} ${d.tags.join(" ")}`.toLowerCase();
  return words.every((w) => said.includes(w));
}
