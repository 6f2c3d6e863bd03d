/** Documents are written apart: one at a time, few may wait, and what one cannot do stops no other. */
import { strFromU8, unzipSync } from "fflate";
import readXlsx from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import type { DocumentModel, SheetModel } from "../../server/contract/document.ts";
import { plainText } from "../../server/contract/document.ts";
import type { DocumentQuestion } from "../../server/ports/reports.ts";
import { createDocuments } from "../../server/reports/documents.ts";

const model = (more: Partial<DocumentModel> = {}): DocumentModel => ({
  kind: "document",
  lang: "en",
  title: "Title",
  lines: ["a line"],
  sections: [
    {
      title: "Section",
      paragraphs: ["said"],
      tables: [
        {
          columns: [
            { head: "a", weight: 1, numeric: false },
            { head: "b", weight: 1, numeric: true },
          ],
          rows: [["x", { value: 1.5, decimals: 1, none: "n/a" }]],
          more: null,
        },
      ],
      appendix: false,
    },
  ],
  ...more,
});
const sheet: SheetModel = { kind: "sheet", name: "S", widths: [10], cells: [{ row: 1, column: 0, columns: 1, style: "plain", value: "v", decimals: null }] };

describe("documents", () => {
  it("are written in a thread of their own, in their order; one that cannot be written says so and stops none", async () => {
    const documents = createDocuments();
    const [first, wrong, last] = await Promise.allSettled([
      documents.make({ as: "xlsx", model: sheet }),
      documents.make({ as: "docx", model: sheet }),
      documents.make({ as: "docx", model: model() }),
    ]);
    expect(first.status).toBe("fulfilled");
    expect(wrong).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("a prescribed sheet is no text") } });
    expect(last.status).toBe("fulfilled");
  });

  it("that are too many to wait are refused at once", async () => {
    let go!: () => void;
    const open = new Promise<void>((resolve) => (go = resolve));
    const asked: DocumentQuestion[] = [];
    const documents = createDocuments(async (question) => {
      asked.push(question);
      await open;
      return new Uint8Array();
    });
    const waiting = Array.from({ length: 8 }, () => documents.make({ as: "docx", model: model() }));
    await expect(documents.make({ as: "docx", model: model() })).rejects.toMatchObject({ code: "too-many-requests" });
    go();
    await Promise.all(waiting);
    expect(asked).toHaveLength(8);
    expect(await documents.make({ as: "docx", model: model() })).toEqual(new Uint8Array());
  });

  it("hold what XML forbids, names like formulas, and names that no sheet may have", async () => {
    const hostile = "\u0000=1+1\uFFFF<b>&\u0007";
    const title = "a/b:c*d?[e]'f' and far longer than any sheet's name may be";
    const twice = {
      ...model().sections[0]!,
      title,
      paragraphs: [hostile],
      tables: [
        {
          ...model().sections[0]!.tables[0]!,
          rows: [
            [hostile, "+x"],
            ["-y", "@z"],
          ],
        },
      ],
    };
    const bytes = await createDocuments().make({ as: "xlsx", model: model({ title: hostile, sections: [twice, twice] }) });
    const sheets = await readXlsx(Buffer.from(bytes));
    expect(sheets.map((s) => s.sheet)).toEqual([expect.stringMatching(/^a b c d {2}e /), expect.stringMatching(/\(2\)$/)]);
    expect(sheets[1]!.data.flat().filter((v) => v !== null)).toEqual([title, "=1+1<b>&", "a", "b", "=1+1<b>&", "+x", "-y", "@z"]);
    for (const [name, content] of Object.entries(unzipSync(bytes))) if (name.startsWith("xl/worksheets/")) expect(strFromU8(content)).not.toMatch(/<f[ >]/);
    const docx = unzipSync(await createDocuments().make({ as: "docx", model: model({ title: hostile, sections: [twice] }) }));
    expect(strFromU8(docx["word/document.xml"]!)).toContain("=1+1&lt;b&gt;&amp;");
    expect(plainText("a\u{1F600}\uD800b")).toBe("a\u{1F600}\uFFFDb");
  });
});
