/** Keys of the page as commands of the console. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { lettersOn } from "./keys-dialog.tsx";
import type { ConsoleCommand, Focus } from "./keys.ts";
import { commandFor } from "./keys.ts";

const AFTER_G_MS = 1500;

function focusOf(target: EventTarget | null): Focus {
  if (document.querySelector("dialog:modal") !== null) return "dialog";
  if (!(target instanceof HTMLElement)) return "nowhere";
  if (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])")) return "field";
  if (target.matches("[role=treegrid]")) return "list";
  return target.matches("button, a, input, summary, [tabindex='0']") ? "control" : "nowhere";
}

/** `run` says whether it did something: then the key does nothing else. */
export function useKeys(run: (command: ConsoleCommand) => boolean): void {
  const latest = useRef(run);
  latest.current = run;
  // Before it is painted: who presses a key as soon as the list is seen must be heard.
  useLayoutEffect(() => {
    let gAt = -AFTER_G_MS;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const afterG = performance.now() - gAt < AFTER_G_MS;
      const { command, waits } = commandFor(event, focusOf(event.target), afterG, lettersOn.peek());
      if (event.key !== "Shift") gAt = waits ? performance.now() : -AFTER_G_MS;
      if (command !== null && latest.current(command)) event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
