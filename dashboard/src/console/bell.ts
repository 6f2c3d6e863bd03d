/** A sound for each new cause: off until a person turns it on, and then in one tab only. */
import { effect, signal } from "@preact/signals";
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { lang } from "../i18n.ts";
import { recall, remember } from "../remember.ts";
import { say, speaking } from "../spoken.ts";
import { waiting } from "../waiting.ts";
import { newCauses } from "./causes.ts";
import { claim } from "./once.ts";
import { thisTab } from "./tabs.ts";

type Severity = AlertDto["severity"];

export const soundOn = signal(recall("sound") === "on");
/** Browsers let a page sound only after a person touched it. */
export const audible = signal(false);

const SOUND_CLAIM_MS = 10_000;

/** Hz and seconds, one tone after another: the graver, the higher, the more and the longer. */
const TONES: Readonly<Record<Severity, readonly (readonly [hz: number, seconds: number])[]>> = {
  low: [[587, 0.16]],
  medium: [
    [659, 0.14],
    [880, 0.2],
  ],
  high: [
    [880, 0.12],
    [1175, 0.12],
    [880, 0.12],
    [1175, 0.28],
  ],
};
const LOUDNESS = 0.22;

let context: AudioContext | null = null;

function audio(): AudioContext {
  if (context === null) {
    context = new AudioContext();
    context.onstatechange = () => (audible.value = context?.state === "running");
  }
  return context;
}

function play(severity: Severity): void {
  const out = audio();
  let at = out.currentTime + 0.02;
  for (const [hz, seconds] of TONES[severity]) {
    const tone = out.createOscillator();
    const loud = out.createGain();
    tone.type = "triangle";
    tone.frequency.value = hz;
    // Rises and falls softly, so that it does not click.
    loud.gain.setValueAtTime(0, at);
    loud.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
    loud.gain.setValueAtTime(LOUDNESS, at + seconds - 0.04);
    loud.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(loud).connect(out.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.05;
  }
}

/** To be called from a click or a key: that is what browsers ask for. */
export async function turnSound(on: boolean): Promise<void> {
  soundOn.value = on;
  remember("sound", on ? "on" : "off");
  if (on) await audio().resume();
}

/** From a click: what is on is heard. */
export async function tryBell(severity: Severity, sample: string): Promise<void> {
  if (soundOn.value) {
    await audio().resume();
    play(severity);
  }
  if (speaking.value) say(sample, lang.peek());
}

/** Listens for new causes as long as the page lives. */
export function startBell(): void {
  let standing: ReadonlyMap<string, Severity> | null = null;
  const sound = async (causes: ReturnType<typeof newCauses>["fresh"]) => {
    const won = await Promise.all(causes.map((c) => claim(thisTab(), `cause ${c.severity} ${c.cause}`, SOUND_CLAIM_MS)));
    const first = causes.find((_, i) => won[i] === true);
    if (first !== undefined) play(first.severity);
  };
  effect(() => {
    const { known, mine } = waiting.value;
    if (!known) return;
    const found = newCauses(mine, standing);
    standing = found.standing;
    // A tab that may not sound yet leaves it to one that may.
    if (found.fresh.length > 0 && soundOn.peek() && audible.peek()) void sound(found.fresh.slice(0, 20));
  });
  const wake = () => {
    if (soundOn.peek() && !audible.peek()) void audio().resume();
  };
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
}
