/**
 * How many sides a document has at most, by its own words: PDF, PostScript, Apple raster, plain text and pictures. CUPS does not count what it holds, so the
 * document itself must tell. Pure and bounded; what cannot be told is null, never a guess that is too small for an honest document.
 */
import { inflateSync } from "node:zlib";

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_INFLATED = 4 * 1024 * 1024;
const MAX_INFLATED_ALL = 16 * 1024 * 1024;
const MAX_OBJECT_STREAMS = 2_000;
/** Bytes on either side of a word within which its dictionary is looked for. */
const DICTIONARY = 4_000;
/** Counts that are looked at beside their dictionaries. */
const MAX_COUNTS = 20_000;
const MAX_PAGES = 100_000;
/** CUPS prints text at 6 lines an inch and 10 characters an inch: on A4 about so much, with its margins. */
const TEXT_LINES = 60;
const TEXT_COLUMNS = 80;

export function sidesOf(document: Buffer): number | null {
  if (document.length > MAX_DOCUMENT_BYTES) return null;
  const begin = document.subarray(0, 1024).toString("latin1");
  const pages = begin.includes("%PDF-")
    ? pdfPages(document)
    : isPostscript(begin)
      ? postscriptPages(document)
      : begin.startsWith("UNIRAST\0")
        ? rasterPages(document)
        : picture(document)
          ? 1
          : textPages(document);
  return pages === null || pages < 1 || pages > MAX_PAGES ? null : pages;
}

/** Also behind an end-of-transmission, as some drivers begin, or a printer's own job language. */
function isPostscript(begin: string): boolean {
  return begin.startsWith("%!") || begin.startsWith("\u0004%!") || (begin.startsWith("\u001b%-12345X") && begin.includes("%!"));
}

/** Page objects in the file and in its compressed object streams, or what its page trees say: the greater. Null where a part cannot be read. */
function pdfPages(document: Buffer): number | null {
  // What is enciphered has its objects enciphered too.
  if (document.includes("/Encrypt")) return null;
  const parts: Buffer[] = [document];
  let inflated = 0;
  let streams = 0;
  let raws = 0;
  for (let at = document.indexOf("/ObjStm"); at !== -1; at = document.indexOf("/ObjStm", at + 7)) {
    const begin = document.indexOf("stream", at);
    if (begin === -1) break;
    if (++streams > MAX_OBJECT_STREAMS) return null;
    const from = begin + 6 + (document[begin + 6] === 0x0d ? 2 : 1);
    if (begin - at > DICTIONARY) return null;
    const before = document.subarray(Math.max(0, at - DICTIONARY), at);
    const dictionary = document.subarray(at - before.length + Math.max(0, before.lastIndexOf("obj")), begin).toString("latin1");
    const end = document.indexOf("endstream", from);
    if (end === -1) return null;
    const raw = document.subarray(from, end);
    // Streams lie one behind the other: together they are no longer than the file.
    raws += raw.length;
    if (raws > document.length) return null;
    if (!dictionary.includes("/Filter")) parts.push(raw);
    else if (!dictionary.includes("/FlateDecode")) return null;
    else {
      const plain = inflated > MAX_INFLATED_ALL ? null : inflate(raw);
      if (plain === null) return null;
      inflated += plain.length;
      parts.push(plain);
    }
  }
  let pages = 0;
  let told = 0;
  let counts = 0;
  for (const part of parts) {
    for (let at = part.indexOf("/Type"); at !== -1; at = part.indexOf("/Type", at + 5)) {
      const after = part.subarray(at + 5, at + 24).toString("latin1");
      if (/^\s*\/Page(?![A-Za-z])/.test(after)) pages++;
    }
    for (let at = part.indexOf("/Count"); at !== -1; at = part.indexOf("/Count", at + 6)) {
      const count = Number(/^\s+(\d{1,6})\b/.exec(part.subarray(at + 6, at + 24).toString("latin1"))?.[1] ?? 0);
      if (count <= told) continue;
      if (++counts > MAX_COUNTS) return null;
      // An outline has counts, too, but stands in no dictionary of kids.
      const around = part.subarray(Math.max(0, at - DICTIONARY), at + DICTIONARY).toString("latin1");
      if (/\/Type\s*\/Pages/.test(around)) told = count;
    }
  }
  return Math.max(pages, told);
}

function inflate(raw: Buffer): Buffer | null {
  try {
    return inflateSync(raw, { maxOutputLength: MAX_INFLATED });
  } catch {
    return null;
  }
}

/** The structuring comments (DSC); a file without them says nothing. */
function postscriptPages(document: Buffer): number | null {
  let pages: number | null = null;
  for (let at = document.indexOf("%%Pages:"); at !== -1; at = document.indexOf("%%Pages:", at + 8)) {
    const told = /^%%Pages:\s*(\d{1,6})/.exec(document.subarray(at, at + 40).toString("latin1"))?.[1];
    if (told !== undefined) pages = Math.max(pages ?? 0, Number(told));
  }
  let begun = 0;
  for (let at = document.indexOf("%%Page:"); at !== -1; at = document.indexOf("%%Page:", at + 7)) begun++;
  return pages === null && begun === 0 ? null : Math.max(pages ?? 0, begun);
}

const rasterPages = (document: Buffer): number | null => (document.length < 12 ? null : document.readUInt32BE(8));

function picture(document: Buffer): boolean {
  return document.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) || document.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
}

function textPages(document: Buffer): number | null {
  if (document.length === 0 || document.includes(0)) return null;
  let lines = 0;
  let pages = 1;
  let column = 0;
  for (const byte of document) {
    // Bytes of no text: some printer's own language.
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20)) return null;
    if (byte === 0x0c) {
      pages++;
      lines = column = 0;
    } else if (byte === 0x0a || ++column > TEXT_COLUMNS) {
      column = byte === 0x0a ? 0 : 1;
      if (++lines >= TEXT_LINES) {
        pages++;
        lines = 0;
      }
    }
  }
  return pages;
}
