/** Light, dark, or as the system has it. */
import { effect, signal } from "@preact/signals";
import { recall, remember } from "./remember.ts";

export type Theme = "system" | "light" | "dark";

const kept = recall("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", (event) => (systemDark.value = event.matches));

export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");
export const dark = signal(false);

effect(() => {
  dark.value = theme.value === "dark" || (theme.value === "system" && systemDark.value);
  document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
});

/** Turns to the other one of what is shown now. */
export function toggleTheme(): void {
  theme.value = dark.value ? "light" : "dark";
  remember("theme", theme.value);
}
