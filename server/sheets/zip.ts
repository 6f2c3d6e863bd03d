/** Parts of a zip file (APPNOTE 6.3) by the list at its end, each inflated within bounds: what a part says of its own size is not believed. */
import { inflateRawSync } from "node:zlib";
import { BadSheet } from "./limits.ts";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** A comment at the end may be so long. */
const COMMENT = 65_535;
const MOST_ENTRIES = 2000;

export interface Zip {
  readonly names: readonly string[];
  /** A part's bytes, at most `most` of them; null where there is none of this name. */
  read(name: string, most: number): Buffer | null;
}

export function openZip(bytes: Uint8Array): Zip {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = () => new BadSheet("The file is damaged, or is no .xlsx; open it, save it as .xlsx again, and try once more.");
  let end = data.length - 22;
  while (end >= 0 && end >= data.length - 22 - COMMENT && data.readUInt32LE(end) !== END) end--;
  if (end < 0 || data.readUInt32LE(end) !== END) throw broken();
  const count = data.readUInt16LE(end + 10);
  if (count > MOST_ENTRIES) throw new BadSheet("The workbook has too many parts; copy the readings into an empty one.");
  const parts = new Map<string, { readonly method: number; readonly size: number; readonly at: number }>();
  let at = data.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (at + 46 > data.length || data.readUInt32LE(at) !== ENTRY) throw broken();
    const [name, extra, comment] = [data.readUInt16LE(at + 28), data.readUInt16LE(at + 30), data.readUInt16LE(at + 32)];
    if ((data.readUInt16LE(at + 8) & 1) !== 0) throw new BadSheet("The workbook is protected by a password; take it off, or save the table as CSV.");
    const named = data.subarray(at + 46, at + 46 + name).toString("utf8");
    parts.set(named.replace(/^\//, ""), { method: data.readUInt16LE(at + 10), size: data.readUInt32LE(at + 20), at: data.readUInt32LE(at + 42) });
    at += 46 + name + extra + comment;
  }
  return {
    names: [...parts.keys()],
    read(name, most) {
      const part = parts.get(name);
      if (part === undefined) return null;
      if (part.at + 30 > data.length || data.readUInt32LE(part.at) !== LOCAL) throw broken();
      const begin = part.at + 30 + data.readUInt16LE(part.at + 26) + data.readUInt16LE(part.at + 28);
      const packed = data.subarray(begin, begin + part.size);
      const large = () => new BadSheet("The sheet is too large; leave only the readings in it.");
      if (part.method === 0) {
        if (packed.length > most) throw large();
        return packed;
      }
      if (part.method !== 8) throw broken();
      try {
        return inflateRawSync(packed, { maxOutputLength: most });
      } catch (error) {
        throw error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? large() : broken();
      }
    },
  };
}
