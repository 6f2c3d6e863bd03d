/** The office's instant voice message: what a message says, said aloud, by one open page of the person's browser. */
import { signal } from "@preact/signals";
import type { PageMessage } from "../../server/contract/live.ts";
import { recall, remember } from "./remember.ts";

export const speaking = signal(recall("speak") === "on");

/** Whether this browser can speak at all. */
export const canSpeak = "speechSynthesis" in globalThis;

export function setSpeaking(on: boolean): void {
  speaking.value = on;
  remember("speak", on ? "on" : "off");
  if (!on && canSpeak) speechSynthesis.cancel();
}

export function say(text: string, language: string): void {
  if (!canSpeak) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language;
  speechSynthesis.speak(utterance);
}

const HEARD_MS = 10_000;

/** Says a message once, however many pages of this browser hear it. */
export function hear({ id, spoken, language }: PageMessage): void {
  if (!speaking.value) return;
  if (!("locks" in navigator)) {
    say(spoken, language);
    return;
  }
  void navigator.locks.request(`spoken ${id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    say(spoken, language);
    // The lock is held until every other page has heard the message too.
    await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
  });
}
