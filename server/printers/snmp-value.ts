/** One value of an SNMP agent. */

/** One value as it came; null where the printer has none (noSuchObject, noSuchInstance, endOfMibView). */
export type SnmpValue = number | string | Uint8Array | null;

const MAX_COUNT = 0xffff_ffff;

/** A counter or an enumeration: a whole number that fits into 32 bits. */
export function countOf(value: SnmpValue | undefined): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;
}

const decoder = new TextDecoder();

/** A text without what no panel shows; null where nothing is left. */
export function textOf(value: SnmpValue | undefined): string | null {
  const text = value instanceof Uint8Array ? decoder.decode(value.subarray(0, 300)) : typeof value === "string" ? value : "";
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\uFFFD]+/gu, " ").trim();
  return plain === "" ? null : plain.slice(0, 200);
}
