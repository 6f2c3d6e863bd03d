const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A deterministic 80-bit name for a decision: the same parts give the same key, so deciding twice records once.
 * The mixing is cyrb128 (public domain, after bryc's hash notes); it is no secret and needs none.
 */
export function keyOf(...parts: readonly (string | number | null)[]): string {
  const text = parts.join("\n");
  let a = 1779033703,
    b = 3144134277,
    c = 1013904242,
    d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  a ^= b ^ c ^ d;
  b ^= a;
  c ^= a;
  d ^= a;
  let key = "";
  for (const word of [a, b, c, d]) for (let shift = 0; shift < 20; shift += 5) key += ALPHABET[(word >>> shift) & 31];
  return key;
}
