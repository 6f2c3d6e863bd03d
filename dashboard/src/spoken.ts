/** The office's instant voice message: what a message says, said aloud, by one open page of the person's browser. */
import { signal } from "@preact/signals";
import type { PageMessage } from "../../server/contract/live.ts";
import { claim } from "./console/once.ts";
import { thisTab } from "./console/tabs.ts";
import { recall, remember } from "./remember.ts";

export const speaking = signal(recall("speak") === "on");

/** Whether this browser can speak at all. */
export const canSpeak = "speechSynthesis" in globalThis;

export function setSpeaking(on: boolean): void {
  speaking.value = on;
  remember("speak", on ? "on" : "off");
  if (!on && canSpeak) speechSynthesis.cancel();
}

const MOST_QUEUED = 2;
let queued = 0;

export function say(text: string, language: string): void {
  if (!canSpeak) return;
  const utterance = new SpeechSynthesisUtterance(text);
  const voice = speechSynthesis.getVoices().find((v) => v.lang.replace("_", "-").toLowerCase() === language.toLowerCase());
  if (voice !== undefined) utterance.voice = voice;
  utterance.lang = language;
  // Who listens wants what is the matter now, not what was when the queue began.
  if (queued >= MOST_QUEUED) {
    speechSynthesis.cancel();
    queued = 0;
  }
  queued++;
  utterance.onend = utterance.onerror = () => (queued = Math.max(0, queued - 1));
  speechSynthesis.speak(utterance);
}

/** Long enough for every other page to have heard the message too. */
const CLAIM_MS = 60_000;

/** Says a message once, however many pages of this browser hear it. A page that nobody touched yet may not speak and leaves it to the others. */
export async function speak({ id, spoken, language }: PageMessage): Promise<void> {
  const touched = (navigator as Partial<Pick<Navigator, "userActivation">>).userActivation?.hasBeenActive ?? true;
  if (!speaking.peek() || !canSpeak || !touched || spoken === "") return;
  if (await claim(thisTab(), `message ${id}`, CLAIM_MS)) say(spoken, language);
}
