/** What a key does in the console, and when it is none of the console's business. Pure. */

export type ConsoleCommand =
  | { readonly kind: "move"; readonly by: number; readonly extend: boolean }
  | { readonly kind: "page"; readonly by: 1 | -1 }
  | { readonly kind: "edge"; readonly to: "first" | "last" }
  | { readonly kind: "go"; readonly to: Goal }
  | {
      readonly kind: "open" | "select" | "select-all" | "unfold" | "fold" | "ack" | "shelve" | "comment" | "out-of-service" | "search" | "help" | "close";
    };

/** What the letter after `g` leads to. */
export const GOALS = {
  a: "open",
  w: "waiting",
  k: "acknowledged",
  s: "shelved",
  u: "suppressed",
  o: "out-of-service",
  n: "over",
  h: "high",
  m: "mine",
  c: "grouped",
  x: "clear",
  g: "first",
} as const;
export type Goal = (typeof GOALS)[keyof typeof GOALS];

export interface Stroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** An input method is at work: the keys are its own. */
  readonly isComposing: boolean;
}

/** Where the focus is: in something one types into, under a modal dialog, on a button or link, in the list, or nowhere. */
export type Focus = "field" | "dialog" | "control" | "list" | "nowhere";

const LETTERS: Readonly<Record<string, ConsoleCommand>> = {
  j: { kind: "move", by: 1, extend: false },
  k: { kind: "move", by: -1, extend: false },
  J: { kind: "move", by: 1, extend: true },
  K: { kind: "move", by: -1, extend: true },
  G: { kind: "edge", to: "last" },
  x: { kind: "select" },
  a: { kind: "ack" },
  s: { kind: "shelve" },
  c: { kind: "comment" },
  o: { kind: "out-of-service" },
  l: { kind: "unfold" },
  h: { kind: "fold" },
  "/": { kind: "search" },
  "?": { kind: "help" },
};

/** Keys that a button, a link or the page's scrolling use themselves. */
const OF_THE_LIST: Readonly<Record<string, ConsoleCommand>> = {
  ArrowRight: { kind: "unfold" },
  ArrowLeft: { kind: "fold" },
  Enter: { kind: "open" },
  " ": { kind: "select" },
  Home: { kind: "edge", to: "first" },
  End: { kind: "edge", to: "last" },
  PageDown: { kind: "page", by: 1 },
  PageUp: { kind: "page", by: -1 },
};

/**
 * The command of a key. `afterG`: the key before was a `g`; `waits`: the next one belongs to it. `letters` false: keys without a
 * modifier do nothing outside the list, for those whose speech input types them (WCAG 2.1.4).
 */
export function commandFor(
  stroke: Stroke,
  focus: Focus,
  afterG: boolean,
  letters: boolean,
): { readonly command: ConsoleCommand | null; readonly waits: boolean } {
  const nothing = { command: null, waits: false };
  const does = (command: ConsoleCommand | null) => ({ command, waits: false });
  if (focus === "field" || focus === "dialog" || stroke.isComposing || stroke.altKey) return nothing;
  if (stroke.ctrlKey || stroke.metaKey) return does(focus === "list" && stroke.key.toLowerCase() === "a" && !stroke.shiftKey ? { kind: "select-all" } : null);
  if (stroke.key === "Escape") return does({ kind: "close" });
  const mayType = letters || focus === "list";
  if (afterG && mayType) {
    const goal = GOALS[stroke.key as keyof typeof GOALS] as Goal | undefined;
    return does(goal === undefined ? null : goal === "first" ? { kind: "edge", to: "first" } : { kind: "go", to: goal });
  }
  if (stroke.key === "g" && mayType) return { command: null, waits: true };
  if (stroke.key === "ArrowDown" || stroke.key === "ArrowUp")
    return focus === "control" ? nothing : does({ kind: "move", by: stroke.key === "ArrowDown" ? 1 : -1, extend: stroke.shiftKey });
  if (Object.hasOwn(OF_THE_LIST, stroke.key)) return focus === "list" ? does(OF_THE_LIST[stroke.key]!) : nothing;
  return mayType && Object.hasOwn(LETTERS, stroke.key) ? does(LETTERS[stroke.key]!) : nothing;
}
