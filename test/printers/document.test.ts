import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DOCUMENT_BYTES, sidesOf } from "../../server/printers/document.ts";
import { runs } from "../support/properties.ts";

const pdf = (...objects: readonly (string | Buffer)[]) =>
  Buffer.concat([Buffer.from("%PDF-1.7\n"), ...objects.map((o) => (typeof o === "string" ? Buffer.from(o, "latin1") : o)), Buffer.from("\n%%EOF\n")]);
const page = (n: number) => `${n} 0 obj\n<< /Type /Page /Parent 1 0 R >>\nendobj\n`;
const compressed = (n: number, text: string, filter = "/Filter /FlateDecode") => {
  const data = deflateSync(Buffer.from(text));
  return Buffer.concat([
    Buffer.from(`${n} 0 obj\n<< /Type /ObjStm /N 2 /First 10 ${filter} /Length ${data.length} >>\nstream\r\n`),
    data,
    Buffer.from("\nendstream\nendobj\n"),
  ]);
};

describe("a document's sides", () => {
  it.each([
    ["a PDF of plain objects", pdf(page(3), page(4), "1 0 obj\n<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>\nendobj\n"), 2],
    ["a PDF without blanks", pdf("3 0 obj<</Type/Page>>endobj 4 0 obj<</Type/Page/Parent 1 0 R>>endobj"), 2],
    [
      "a PDF whose pages lie in compressed streams",
      pdf(compressed(9, "<</Type/Page>> <</Type/Page>>"), compressed(10, "<</Type/Page>> <</Type/Pages/Count 3>>")),
      3,
    ],
    ["a PDF whose tree says more than is found", pdf(page(3), "1 0 obj\n<</Type/Pages/Count 40>>\nendobj\n"), 40],
    ["PostScript that says it at the end", Buffer.from("%!PS-Adobe-3.0\n%%Pages: (atend)\n%%Page: 1 1\n%%Page: 2 2\n%%Trailer\n%%Pages: 2\n"), 2],
    ["PostScript behind a printer's own job language", Buffer.from("\x1b%-12345X@PJL JOB\n@PJL ENTER LANGUAGE=POSTSCRIPT\n%!PS-Adobe-3.0\n%%Pages: 14\n"), 14],
    ["Apple raster", Buffer.from([...Buffer.from("UNIRAST\0"), 0, 0, 0, 23]), 23],
    ["a photograph", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 1],
    ["a text of 61 lines", Buffer.from("a line\n".repeat(61)), 2],
    ["a text with form feeds", Buffer.from("one\ftwo\fthree"), 3],
    ["a text of one endless line", Buffer.from("x".repeat(80 * 60 * 2 + 1)), 3],
  ])("are counted in %s", (_, document, sides) => {
    expect(sidesOf(document)).toBe(sides);
  });

  it.each([
    ["an enciphered PDF", pdf(page(3), "trailer << /Encrypt 9 0 R >>")],
    ["a PDF with a stream that cannot be inflated", pdf(page(3), "9 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\nnot deflated\nendstream\n")],
    ["a PDF with a stream of another filter", pdf(page(3), compressed(9, "<</Type/Page>>", "/Filter /LZWDecode"))],
    ["a PDF that is cut off in a stream", pdf("9 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\nabc")],
    ["a PDF that swells", pdf(page(3), compressed(9, "0".repeat(5_000_000)))],
    ["a PDF whose streams lie in each other", pdf("3 0 obj <</Type/ObjStm>> stream\n".repeat(3), page(9), "x".repeat(9_000), "\nendstream\n")],
    ["a PDF with more counts than any has pages", pdf(page(3), Array.from({ length: 20_002 }, (_, n) => `/Count ${n} `).join(""))],
    ["a PDF without pages", pdf("1 0 obj<</Type/Catalog>>endobj")],
    ["PostScript without its comments", Buffer.from("%!\nshowpage\n")],
    ["a printer's own language", Buffer.from("\x1bE\x1b&l2S\u0000")],
    ["nothing", Buffer.alloc(0)],
    ["what is too large to be looked at", Buffer.alloc(MAX_DOCUMENT_BYTES + 1, 0x20)],
  ])("are not guessed of %s", (_, document) => {
    expect(sidesOf(document)).toBeNull();
  });

  it("are a number or nothing, whatever the bytes", () => {
    const begun = fc.constantFrom("%PDF-1.4\n/ObjStm stream", "%!PS\n%%Pages:", "UNIRAST\0", "", "/Type/Page");
    fc.assert(
      fc.property(begun, fc.uint8Array({ maxLength: 400 }), fc.constantFrom("", "/Type/Pages/Count ", "endstream", "/ObjStm"), (head, middle, tail) => {
        const sides = sidesOf(Buffer.concat([Buffer.from(head), middle, Buffer.from(tail), middle]));
        expect(sides === null || (Number.isInteger(sides) && sides > 0)).toBe(true);
      }),
      { numRuns: runs(2000) },
    );
  });
});
