/** For tests of codecs: what a message means to one, a device to command, and mutations of real messages. */
import { expect } from "vitest";
import type { Addressed, Codec, Heard } from "../../server/codecs/codec.ts";
import type { DeviceKind } from "../../server/core/device.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { createRandom } from "../../simulators/random.ts";
import { runs, SEED } from "./properties.ts";

const NOW = Date.parse("2026-07-01T14:00:00+08:00");

/** Bytes, or text, or JSON of whatever else it is. */
function bytesOf(payload: unknown): Uint8Array {
  return payload instanceof Uint8Array ? payload : new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload));
}

export function hear(codec: Codec, topic: string, payload: unknown, { now = NOW, retained = false } = {}): readonly Heard[] | null {
  return codec.decode({ topic, payload: bytesOf(payload), now, retained });
}

export function addressed(address: string, kind: DeviceKind | null, values: Readonly<Record<string, PointValue>> = {}): Addressed {
  return { address, kind, value: (point) => values[point] };
}

const NASTY = [
  "__proto__",
  "constructor",
  "prototype",
  "null",
  "NaN",
  "1e999",
  "-32768",
  '{"__proto__":{"polluted":1}}',
  "[".repeat(200),
  "\u0000",
  "+",
  "#",
  "/",
];

/**
 * Feeds a codec mutations of real messages, some hundred to each of its lives so that what it remembers grows too: it must not throw, must
 * answer with what a codec may answer, must not touch any prototype, and must say why it refuses.
 */
export function fuzz(create: () => Codec, messages: readonly (readonly [topic: string, payload: unknown])[], ordinary = 100_000): void {
  const chance = createRandom(SEED);
  const random = () => chance.next();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const real = messages.map(([topic, payload]) => ({ topic, bytes: bytesOf(payload) }));
  let codec = create();
  for (let run = 0; run < runs(ordinary); run++) {
    if (run % 500 === 0) codec = create();
    const { topic, bytes } = pick(real);
    const mutated = mutate(bytes, random, pick);
    const name = random() < 0.8 ? topic : mutateText(topic, random, pick);
    const heard = codec.decode({ topic: name, payload: mutated, now: NOW + run * 1000, retained: random() < 0.1 });
    if (heard === null) continue;
    // `expect` a hundred thousand times would take longer than what it looks at.
    const wrong = heard.length >= 20_000 ? "says too much" : (heard.map(fault).find((f) => f !== null) ?? null);
    if (wrong !== null) expect.fail(`${wrong} (seed ${SEED}) of ${name}: ${new TextDecoder().decode(mutated).slice(0, 300)}`);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
}

function fault(heard: Heard): string | null {
  if (heard.kind === "rejected") return heard.detail.length > 10 ? null : "gives no reason for a refusal";
  if (!("address" in heard)) return null;
  return typeof heard.address === "string" && heard.address.length <= 1000 ? null : "has no address that can be kept";
}

function mutate(bytes: Uint8Array, random: () => number, pick: <T>(list: readonly T[]) => T): Uint8Array {
  const how = random();
  if (how < 0.1) return bytes;
  if (how < 0.5) return new TextEncoder().encode(mutateText(new TextDecoder().decode(bytes), random, pick));
  const copy = Uint8Array.from(bytes);
  if (how < 0.8)
    for (let n = 1 + Math.floor(random() * 4); n > 0 && copy.length > 0; n--) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return how > 0.7 ? copy.subarray(0, Math.floor(random() * copy.length)) : copy;
}

function mutateText(text: string, random: () => number, pick: <T>(list: readonly T[]) => T): string {
  const at = Math.floor(random() * (text.length + 1));
  const until = Math.min(text.length, at + Math.floor(random() * 12));
  const how = random();
  if (how < 0.3) return text.slice(0, at) + pick(NASTY) + text.slice(until);
  if (how < 0.6) return text.replace(/-?\d+(\.\d+)?/, () => pick(NASTY));
  if (how < 0.8) return text.replace(/"[^"]*"/, () => JSON.stringify(pick(NASTY)));
  return text.slice(0, at) + text.slice(until);
}

/** The last thing that a device said among what was heard. */
export function lastSaid(heard: readonly Heard[] | null): { readonly ts: number | null; readonly values: Readonly<Record<string, unknown>> } {
  const said = heard?.findLast((h) => h.kind === "said");
  if (said === undefined) throw new Error(`nothing was said: ${JSON.stringify(heard)}`);
  return said.said;
}
