/** All devices as a table: out, changed with a spreadsheet, and in again. */
import type { SiteRowDto } from "../../contract/adopting.ts";
import { XLSX } from "../../contract/media-types.ts";
import { pickText } from "../../contract/words/languages.ts";
import type { SiteRow } from "../../core/site-table.ts";
import { readSiteTable, rowOf, SITE_COLUMNS } from "../../core/site-table.ts";
import type { Suggestion } from "../../core/suggest.ts";
import { problem } from "../../errors.ts";
import type { Documents } from "../../ports/reports.ts";
import type { Sheets } from "../../ports/sheets.ts";
import { csvText } from "../csv-text.ts";
import type { Handlers } from "../route.ts";
import { Download } from "../route.ts";

const AT_ONCE = 50;
const WIDTHS = [28, 8, 10, 18, 14, 28, 16, 28, 36, 10, 10, 24, 24];

function suggestedAs(suggestion: Suggestion | null): { readonly kind: string | null; readonly space: string | null } | null {
  return suggestion === null ? null : { kind: suggestion.kind?.value ?? null, space: suggestion.space?.value ?? null };
}

export function siteTableHandlers({ sheets, documents }: { readonly sheets: Sheets; readonly documents: Documents }): Handlers<"siteTable" | "importDevices"> {
  return {
    siteTable: {
      async run({ office, actor, eyes, query }) {
        const { house } = office;
        const lang = query.lang ?? house.site.people.find((p) => p.id === actor.id)?.language ?? "zh-CN";
        const devices = [...house.devices.values()].map((s) => s.device).filter((d) => d.ignored !== true);
        // What belongs to the house comes first; strangers wait below for their kind and place.
        const ordered = devices.toSorted((a, b) => Number(b.adopted) - Number(a.adopted) || (a.id < b.id ? -1 : 1));
        const rows = [[...SITE_COLUMNS], ...ordered.map((d) => rowOf(d, pickText(d.name, lang), suggestedAs(office.suggestion(d.id))))];
        const name = `devices-${eyes.iso(eyes.now).slice(0, 10)}`;
        if (query.format === "csv") {
          const text = rows.map((r) => `${r.map(csvText).join(",")}\r\n`).join("");
          return new Download("text/csv; charset=utf-8", `${name}.csv`, new TextEncoder().encode(`\uFEFF${text}`));
        }
        const cells = rows.flatMap((r, row) =>
          r.map((value, column) => ({ row, column, columns: 1, style: row === 0 ? ("head" as const) : ("plain" as const), value, decimals: null })),
        );
        const model = { kind: "sheet", name: "devices", widths: WIDTHS, cells } as const;
        return new Download(XLSX, `${name}.xlsx`, await documents.make({ as: "xlsx", model }));
      },
    },
    importDevices: {
      async run({ office, actor, query, body }) {
        const table = await sheets.read(body);
        const read = readSiteTable(table.rows, office.house);
        if (!read.ok) throw problem("bad-file", read.detail);
        const take = async (row: SiteRow): Promise<SiteRowDto> => {
          const { line, id, outcome, changes, troubles, device, as } = row;
          const told = { line, id, outcome, changes: changes.map((c) => ({ ...c })), troubles: troubles.map((t) => ({ ...t })) };
          if (query.dry === "1" || device === null || as === null || (outcome !== "adopt" && outcome !== "change")) return told;
          const answer = await office.request(actor.id, { kind: "adopt", device, as });
          if (answer.ok) return told;
          const refused = { code: "refused" as const, column: "id" as const, given: answer.refusal.code, detail: answer.refusal.detail };
          return { ...told, outcome: "wrong", changes: [], troubles: [refused] };
        };
        const rows: SiteRowDto[] = [];
        for (let at = 0; at < read.rows.length; at += AT_ONCE) rows.push(...(await Promise.all(read.rows.slice(at, at + AT_ONCE).map(take))));
        const count = (...outcomes: SiteRowDto["outcome"][]) => rows.filter((r) => outcomes.includes(r.outcome)).length;
        return { adopted: count("adopt"), changed: count("change"), same: count("same", "site-file"), bad: count("wrong"), rows };
      },
    },
  };
}
