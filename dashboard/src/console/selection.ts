/** Which alerts are chosen for one action. Pure. */
import type { Line } from "./rows.ts";

export type Selection = ReadonlySet<string>;

/** The alerts that a line stands for and that still belong to the list. */
export function idsOf(line: Line): readonly string[] {
  const alerts = line.alert === null ? line.row.alerts : [line.alert];
  return alerts.filter((a) => !line.row.gone.has(a.id)).map((a) => a.id);
}

/** all: the whole line is chosen; some: part of a folded one. */
export function chosenOf(line: Line, selection: Selection): "all" | "some" | "none" {
  const ids = idsOf(line);
  const chosen = ids.filter((id) => selection.has(id)).length;
  return chosen === 0 ? "none" : chosen === ids.length ? "all" : "some";
}

/** Chooses a line, or lets it go if all of it was chosen. */
export function toggled(selection: Selection, line: Line): Selection {
  const next = new Set(selection);
  const drop = chosenOf(line, selection) === "all";
  for (const id of idsOf(line)) {
    if (drop) next.delete(id);
    else next.add(id);
  }
  return next;
}

/** Adds every line from one key to another, whichever comes first; a key that left the list counts as the other. */
export function extended(selection: Selection, lines: readonly Line[], from: string, to: string): Selection {
  const ends = [from, to].map((key) => lines.findIndex((l) => l.key === key)).filter((i) => i >= 0);
  if (ends.length === 0) return selection;
  const next = new Set(selection);
  for (const line of lines.slice(Math.min(...ends), Math.max(...ends) + 1)) for (const id of idsOf(line)) next.add(id);
  return next;
}

export function all(lines: readonly Line[]): Selection {
  return new Set(lines.flatMap(idsOf));
}

/** Without what is not there any more; the same set where nothing is missing. */
export function pruned(selection: Selection, exists: (id: string) => boolean): Selection {
  for (const id of selection) if (!exists(id)) return new Set([...selection].filter(exists));
  return selection;
}
