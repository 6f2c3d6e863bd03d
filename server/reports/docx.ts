/** A document as .docx (Office Open XML): A4, headings, tables with repeated head rows. */
import {
  AlignmentType,
  BorderStyle,
  Document,
  Footer,
  HeadingLevel,
  Packer,
  PageNumber,
  PageOrientation,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from "docx";
import type { DocumentCell, DocumentModel, DocumentTable } from "../contract/document.ts";
import { plainText } from "../contract/document.ts";

/** Twentieths of a point: A4 with margins of 18 mm. */
const PAGE = { width: 11_906, height: 16_838, margin: 1020 };
const WIDTH = PAGE.width - 2 * PAGE.margin;
const FONT = { ascii: "Arial", hAnsi: "Arial", eastAsia: "SimSun", cs: "Arial" };

function written(cell: DocumentCell, lang: string): string {
  if (typeof cell === "string") return plainText(cell);
  if (cell.value === null) return plainText(cell.none);
  return new Intl.NumberFormat(lang, { minimumFractionDigits: cell.decimals, maximumFractionDigits: cell.decimals }).format(cell.value);
}

function tableOf({ columns, rows }: DocumentTable, lang: string): Table {
  const weights = columns.reduce((sum, c) => sum + c.weight, 0);
  const widths = columns.map((c) => Math.floor((WIDTH * c.weight) / weights));
  const border = { style: BorderStyle.SINGLE, size: 4, color: "B8C4BC" };
  const cell = (text: string, i: number, head: boolean) =>
    new TableCell({
      width: { size: widths[i]!, type: WidthType.DXA },
      margins: { top: 40, bottom: 40, left: 80, right: 80 },
      ...(head ? { shading: { fill: "E6EFE9" } } : {}),
      children: [
        new Paragraph({
          alignment: columns[i]!.numeric ? AlignmentType.RIGHT : AlignmentType.LEFT,
          children: [new TextRun({ text, bold: head, size: 18, font: FONT })],
        }),
      ],
    });
  return new Table({
    width: { size: WIDTH, type: WidthType.DXA },
    columnWidths: widths,
    borders: { top: border, bottom: border, left: border, right: border, insideHorizontal: border, insideVertical: border },
    rows: [
      new TableRow({ tableHeader: true, cantSplit: true, children: columns.map((c, i) => cell(plainText(c.head), i, true)) }),
      ...rows.map((row) => new TableRow({ cantSplit: true, children: columns.map((_, i) => cell(written(row[i] ?? "", lang), i, false)) })),
    ],
  });
}

export async function writeDocx(model: DocumentModel): Promise<Uint8Array> {
  const text = (of: string, size = 20, bold = false) => new TextRun({ text: plainText(of), size, bold, font: FONT });
  const children = [
    new Paragraph({ heading: HeadingLevel.TITLE, alignment: AlignmentType.CENTER, spacing: { after: 160 }, children: [text(model.title, 36, true)] }),
    ...model.lines.map((line) => new Paragraph({ alignment: AlignmentType.CENTER, spacing: { after: 60 }, children: [text(line, 18)] })),
    ...model.sections.flatMap((s) => [
      new Paragraph({ heading: HeadingLevel.HEADING_2, keepNext: true, spacing: { before: 280, after: 100 }, children: [text(s.title, 24, true)] }),
      ...s.paragraphs.map((p) => new Paragraph({ spacing: { after: 80 }, children: [text(p)] })),
      ...s.tables.flatMap((t) => [tableOf(t, model.lang), ...(t.more === null ? [] : [new Paragraph({ children: [text(t.more, 18)] })])]),
    ]),
  ];
  const document = new Document({
    title: plainText(model.title),
    creator: "Jieyue",
    sections: [
      {
        properties: {
          page: {
            size: { width: PAGE.width, height: PAGE.height, orientation: PageOrientation.PORTRAIT },
            margin: { top: PAGE.margin, bottom: PAGE.margin, left: PAGE.margin, right: PAGE.margin },
          },
        },
        footers: {
          default: new Footer({
            children: [
              new Paragraph({
                alignment: AlignmentType.CENTER,
                children: [new TextRun({ children: [PageNumber.CURRENT, " / ", PageNumber.TOTAL_PAGES], size: 16 })],
              }),
            ],
          }),
        },
        children,
      },
    ],
  });
  return new Uint8Array(await Packer.toBuffer(document));
}
