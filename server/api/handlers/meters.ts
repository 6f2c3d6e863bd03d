/** Meters that people read: the round, entering, a second person's word, exchanges, tables in and out. */
import type { MeterEntryDto, TableRowDto } from "../../contract/meters.ts";
import { XLSX } from "../../contract/media-types.ts";
import { presentDoubt, presentEntry, presentMeter, presentRow } from "../../contract/meters.ts";
import { WORDS } from "../../contract/words/all.ts";
import type { Lang } from "../../contract/words/languages.ts";
import { pickText } from "../../contract/words/languages.ts";
import { doubtsNow, entryRefused } from "../../core/meters/decide.ts";
import type { MeterEntry } from "../../core/meters/entry.ts";
import { deviceOf } from "../../core/meters/entry.ts";
import { counterAt } from "../../core/meters/of-point.ts";
import { meterLines } from "../../core/meters/overview.ts";
import type { ReadRow, RowTrouble } from "../../core/meters/rows.ts";
import { readRows } from "../../core/meters/rows.ts";
import type { Actor } from "../../core/roles.ts";
import { may } from "../../core/roles.ts";
import type { ProblemDocument } from "../../errors.ts";
import { problem, refusal } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Documents } from "../../ports/reports.ts";
import type { Sheets } from "../../ports/sheets.ts";
import { csvText } from "../csv-text.ts";
import type { Ask, Handler, Handlers } from "../route.ts";
import { Download, Lines } from "../route.ts";
import { carryOut } from "./requests.ts";

const PAGE = 1000;
/** Rows of a table that are entered within one turn. */
const AT_ONCE = 100;

function departmentOf(office: Office, point: string): string | null {
  const device = deviceOf(point);
  const state = office.house.devices.get(device);
  if (state === undefined) throw problem("unknown-device", `There is no device '${device.slice(0, 200)}'; meters are listed at /api/v1/meters.`);
  return state.device.department;
}

function present(office: Office, entry: MeterEntry, iso: (at: number) => string): MeterEntryDto {
  const known = counterAt(office.house, entry.point);
  const doubts = entry.state === "entered" ? doubtsNow(office.house, entry.point, entry, entry.id) : entry.doubts;
  return presentEntry(entry, { department: known?.device.department ?? null, unit: known?.definition.unit ?? "" }, doubts, iso);
}

async function entryOf(office: Office, id: string): Promise<MeterEntry> {
  const entry = office.house.meters.waiting.get(id) ?? (await office.records.meterEntry(id));
  if (entry === null) throw problem("not-found", `There is no entry '${id.slice(0, 100)}'; see /api/v1/meters/readings.`);
  return entry;
}

/** Everybody who may enter readings anywhere may hand a table in; each row is then looked at for itself. */
function anyOwn({ actor }: { readonly actor: Actor }): string | null {
  return actor.departments[0] ?? null;
}

function decide(confirm: boolean): Handler<"confirmReading"> & Handler<"rejectReading"> {
  return {
    department: async ({ office, id }: Ask<"confirmReading"> | Ask<"rejectReading">) => departmentOf(office, (await entryOf(office, id)).point),
    async run({ office, actor, eyes, id, body }: Ask<"confirmReading"> | Ask<"rejectReading">) {
      const entry = await entryOf(office, id);
      await carryOut(office, actor, { kind: "decide-entry", entry: id, confirm, reason: body !== null && "reason" in body ? body.reason : null });
      const state = confirm ? "confirmed" : "rejected";
      const decided = { decidedBy: actor.id, decidedAt: eyes.now };
      return present(office, (await office.records.meterEntry(id)) ?? { ...entry, state, ...decided }, eyes.iso);
    },
  };
}

/** Confirms one of many; null where it did. What has a doubt is left for a look of its own. */
function confirmOne({ office, actor }: Ask<"confirmReadings">, id: string): Promise<ProblemDocument | null> {
  const { house } = office;
  const entry = house.meters.waiting.get(id);
  if (entry !== undefined) {
    const department = counterAt(house, entry.point)?.device.department ?? null;
    if (!may(actor, "confirm-reading", department))
      return Promise.resolve(problem("forbidden", "You may confirm readings of your own department's meters only.").document());
    const [doubt] = doubtsNow(house, entry.point, entry, id);
    if (entry.by !== actor.id && doubt !== undefined && !doubt.stops)
      return Promise.resolve(problem("look-first", `It is to be looked at by itself: ${doubt.kind}.`).document());
  }
  const asked = office.request(actor.id, { kind: "decide-entry", entry: id, confirm: true, reason: null });
  return asked.then((answer) => (answer.ok ? null : refusal(answer.refusal.code, answer.refusal.detail).document()));
}

/** What the house would refuse of a row, beside what is wrong with the row itself. */
function troublesOf(office: Office, actor: Actor, row: ReadRow, now: number): readonly RowTrouble[] {
  if (row.troubles.length > 0 || row.point === null || row.at === null || row.value === null) return row.troubles;
  if (!may(actor, "enter-reading", departmentOf(office, row.point)))
    return [{ code: "not-allowed", column: "meter", given: row.meter, detail: "You may enter readings of your own department's meters only." }];
  const refused = entryRefused(office.house, row.point, { kind: "reading", at: row.at, value: row.value }, now);
  if (refused === null) return [];
  const column = refused.code === "in-the-future" || refused.code === "bad-period" ? "date" : refused.code === "bad-values" ? "reading" : "meter";
  return [{ code: "refused", column, given: refused.code, detail: refused.detail }];
}

function langOf(office: Office, actor: Actor, asked: Lang | undefined): Lang {
  return asked ?? office.house.site.people.find((p) => p.id === actor.id)?.language ?? "zh-CN";
}

function heads(lang: Lang): string[] {
  const words = WORDS[lang];
  return [
    words["meters.head.meter"],
    words["meters.head.name"],
    words["meters.head.date"],
    words["meters.head.time"],
    words["meters.head.reading"],
    words["meters.head.unit"],
    words["meters.head.last"],
    words["meters.head.note"],
  ];
}

async function* exported(office: Office, lang: Lang, iso: (at: number) => string): AsyncGenerator<string> {
  const words = WORDS[lang];
  const names = ["meter", "kind", "at", "reading", "unit", "final", "initial", "state", "by", "entered", "decided-by", "decided", "note", "reason"].map(
    (h) => words[`meters.export.${h}` as keyof typeof words],
  );
  yield `﻿${names.map(csvText).join(",")}\r\n`;
  let cursor: string | undefined;
  do {
    const page = await office.records.meterEntries({}, { limit: PAGE, cursor });
    for (const entry of page.items) {
      const e = present(office, entry, iso);
      const cells = [e.point, e.kind, e.at, e.value, e.unit, e.final, e.initial, e.state, e.by, e.enteredAt, e.decidedBy, e.decidedAt, e.note, e.reason];
      yield `${cells.map((c) => (c === null ? "" : typeof c === "number" ? String(c) : csvText(c))).join(",")}\r\n`;
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

type MeterRoutes =
  | "meters"
  | "meterReadings"
  | "enterReading"
  | "enterExchange"
  | "confirmReading"
  | "confirmReadings"
  | "rejectReading"
  | "withdrawReading"
  | "importReadings"
  | "meterTemplate"
  | "exportReadings";

export function meterHandlers({ sheets, documents }: { readonly sheets: Sheets; readonly documents: Documents }): Handlers<MeterRoutes> {
  return {
    meters: { run: ({ office, eyes }) => ({ items: meterLines(office.house, eyes.now).map((m) => presentMeter(m, eyes.now, eyes.iso)), next: null }) },
    meterReadings: {
      async run({ office, eyes, query }) {
        const { cursor, limit, ...filter } = query;
        const page = await office.records.meterEntries(filter, { cursor, limit });
        return { items: page.items.map((e) => present(office, e, eyes.iso)), next: page.next };
      },
    },
    enterReading: {
      department: ({ office, body }) => departmentOf(office, body.point),
      async run({ office, actor, eyes, query, body }) {
        const offered = { kind: "reading", at: body.at ?? eyes.now, value: body.value } as const;
        const doubts = doubtsNow(office.house, body.point, offered);
        const told = doubts.map((d) => presentDoubt(d, eyes.iso));
        if (query.dry === "1") {
          const refused = entryRefused(office.house, body.point, offered, eyes.now);
          if (refused !== null) throw refusal(refused.code, refused.detail);
          return { entry: null, doubts: told };
        }
        const id = await carryOut(office, actor, { ...offered, kind: "enter-reading", point: body.point, note: body.note ?? null });
        return { entry: present(office, await entryOf(office, id), eyes.iso), doubts: told };
      },
    },
    enterExchange: {
      department: ({ office, body }) => departmentOf(office, body.point),
      async run({ office, actor, eyes, body }) {
        const { point, final, initial, reason } = body;
        const id = await carryOut(office, actor, { kind: "enter-exchange", point, at: body.at ?? eyes.now, final, initial, note: reason });
        return present(office, await entryOf(office, id), eyes.iso);
      },
    },
    confirmReading: decide(true),
    rejectReading: decide(false),
    confirmReadings: {
      department: anyOwn,
      async run(ask) {
        const { waiting } = ask.office.house.meters;
        const ids = [...new Set(ask.body.entries)];
        const order = (id: string) => waiting.get(id)?.at ?? 0;
        const late = (id: string) => Number(waiting.get(id)?.kind === "reading");
        // One after the other, so that an exchange makes room for the reading after it; what they change is committed together.
        const told = new Map(ids.toSorted((a, b) => order(a) - order(b) || late(a) - late(b)).map((id) => [id, confirmOne(ask, id)]));
        return { items: await Promise.all(ids.map(async (id) => ({ id, problem: (await told.get(id)) ?? null }))) };
      },
    },
    withdrawReading: {
      department: async ({ office, id }) => departmentOf(office, (await entryOf(office, id)).point),
      async run({ office, actor, eyes, id }) {
        const entry = await entryOf(office, id);
        await carryOut(office, actor, { kind: "withdraw-entry", entry: id });
        return present(office, (await office.records.meterEntry(id)) ?? { ...entry, state: "withdrawn" }, eyes.iso);
      },
    },
    importReadings: {
      department: anyOwn,
      async run({ office, actor, eyes, query, body }) {
        const { house } = office;
        const table = await sheets.read(body);
        const devices = [...house.devices.values()].map((s) => s.device).filter((d) => d.adopted);
        const read = readRows({ table: table.rows, from1904: table.from1904, devices, calendar: house.calendar, now: eyes.now });
        if (!read.ok) throw problem("bad-file", read.detail);
        const take = async (row: ReadRow): Promise<TableRowDto> => {
          const troubles = troublesOf(office, actor, row, eyes.now);
          const { point, at, value, note } = row;
          const unit = point === null ? "" : (counterAt(house, point)?.definition.unit ?? "");
          const shown = presentRow({ ...row, troubles }, unit, eyes.iso);
          if (troubles.length > 0 || point === null || at === null || value === null) return { ...shown, doubts: [], entry: null };
          const doubts = doubtsNow(house, point, { kind: "reading", at, value }).map((d) => presentDoubt(d, eyes.iso));
          if (query.dry === "1") return { ...shown, doubts, entry: null };
          const answer = await office.request(actor.id, { kind: "enter-reading", point, at, value, note });
          if (answer.ok) return { ...shown, doubts, entry: answer.subject };
          const refused = { code: "refused", column: "meter", given: answer.refusal.code, detail: answer.refusal.detail } as const;
          return { ...shown, troubles: [refused], doubts: [], entry: null };
        };
        const rows: TableRowDto[] = [];
        // A few at a time: what waits meanwhile has its turn.
        for (let at = 0; at < read.rows.length; at += AT_ONCE) {
          rows.push(...(await Promise.all(read.rows.slice(at, at + AT_ONCE).map(take))));
          await new Promise((resolve) => setImmediate(resolve));
        }
        const bad = rows.filter((r) => r.troubles.length > 0).length;
        return { entered: rows.filter((r) => r.entry !== null).length, good: rows.length - bad, bad, rows };
      },
    },
    meterTemplate: {
      async run({ office, actor, eyes, query }) {
        const lang = langOf(office, actor, query.lang);
        const lines = meterLines(office.house, eyes.now).filter((m) => m.every !== null && (query.all === "1" || m.due?.owed === true));
        const today = eyes.iso(eyes.now).slice(0, 10);
        const rows = lines.map((m) => [m.device.id, pickText(m.device.name, lang), today, "", "", m.unit, m.last === null ? "" : String(m.last.value), ""]);
        if (query.format === "csv") {
          const text = [heads(lang), ...rows].map((r) => `${r.map(csvText).join(",")}\r\n`).join("");
          return new Download("text/csv; charset=utf-8", `readings-${today}.csv`, new TextEncoder().encode(`﻿${text}`));
        }
        const cells = [heads(lang), ...rows].flatMap((r, row) =>
          r.map((value, column) => ({ row, column, columns: 1, style: row === 0 ? ("head" as const) : ("plain" as const), value, decimals: null })),
        );
        const model = { kind: "sheet", name: WORDS[lang]["meters.sheet"], widths: [24, 28, 14, 10, 16, 8, 16, 30], cells } as const;
        return new Download(XLSX, `readings-${today}.xlsx`, await documents.make({ as: "xlsx", model }));
      },
    },
    exportReadings: {
      run: ({ office, actor, eyes, query }) => new Lines("text/csv; charset=utf-8", exported(office, langOf(office, actor, query.lang), eyes.iso)),
    },
  };
}
