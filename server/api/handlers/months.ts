/** Months: their account, their bulletin as page and file, the prescribed forms; closing one, correcting a closed one. */
import { monthDocument } from "../../contract/month-document.ts";
import { presentEntry, presentMonth, presentMonthState } from "../../contract/month.ts";
import type { SheetModel } from "../../contract/document.ts";
import { createFormat } from "../../contract/words/format.ts";
import { WORDS } from "../../contract/words/all.ts";
import type { Lang } from "../../contract/words/languages.ts";
import { pickText } from "../../contract/words/languages.ts";
import { fill } from "../../contract/words/template.ts";
import { DOCX, XLSX } from "../../contract/media-types.ts";
import type { FormLayout, FormMonth } from "../../core/account/form.ts";
import { fillForm, formMonths } from "../../core/account/form.ts";
import type { Quantity } from "../../core/account/tables.ts";
import type { Actor } from "../../core/roles.ts";
import { problem, refusal } from "../../errors.ts";
import type { MonthRead } from "../../ports/months.ts";
import type { Office } from "../../ports/office.ts";
import type { ReportDesk } from "../../ports/reports.ts";
import type { Handlers } from "../route.ts";
import { Download } from "../route.ts";

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

async function monthOf(office: Office, id: string): Promise<MonthRead> {
  const read = MONTH.test(id) ? await office.months.read(id) : null;
  if (read === null)
    throw problem("not-found", `There is no month '${id.slice(0, 40)}' with readings; months are written YYYY-MM and listed at /api/v1/reports/months.`);
  return read;
}

/** The language of a document: as asked, else the person's own. */
function langOf(office: Office, actor: Actor, asked: Lang | undefined): Lang {
  return asked ?? office.house.site.people.find((p) => p.id === actor.id)?.language ?? "zh-CN";
}

function formMonthOf(read: MonthRead): FormMonth {
  const { bulletin } = read;
  const site = bulletin.account.bases.find((b) => b.department === null);
  return {
    month: read.month,
    closed: read.state === "closed",
    amounts: new Map(
      bulletin.quantities.map((q): [Quantity, { amount: number | null; cost: number | null; coal: number | null; co2: number | null }] => [
        q.quantity,
        { amount: q.amount.value, cost: q.cost.value, coal: q.coal.value, co2: q.co2.value },
      ]),
    ),
    people: site?.people ?? null,
    area: site?.area ?? null,
  };
}

/** The prescribed form of the period that a month lies in. */
async function formModel(office: Office, layout: FormLayout, month: string, person: string, lang: Lang, iso: (at: number) => string): Promise<SheetModel> {
  const { site } = office.house;
  const period = formMonths(layout, month);
  const last = period.at(-1)!;
  const months: FormMonth[] = [];
  for (let n = 1; n <= Number(last.slice(5)); n++) {
    const read = await office.months.read(`${last.slice(0, 5)}${String(n).padStart(2, "0")}`);
    if (read !== null) months.push(formMonthOf(read));
  }
  const open = period.filter((m) => months.find((k) => k.month === m)?.closed !== true);
  const words = WORDS[lang];
  const format = createFormat(lang, site.timezone, { sheets: words["unit.sheets"], people: words["unit.people"] });
  const name = site.people.find((p) => p.id === person)?.name;
  const cells = fillForm(
    layout,
    month,
    months,
    {
      siteName: pickText(site.name, lang),
      period: period.length === 1 ? month : `${period[0]} – ${last}`,
      state: open.length === 0 ? words["month.form.closed"] : fill(words["month.form.open"], { months: open.join(", ") }),
      person: name === undefined ? person : pickText(name, lang),
      date: format.dateTime(iso(office.clock.now())).slice(0, 10),
    },
    (text) => pickText(text, lang),
  );
  return { kind: "sheet", name: layout.sheet, widths: layout.widths, cells };
}

type MonthRoutes = "months" | "month" | "monthEntries" | "closeMonth" | "correctMonth" | "bulletinDocx" | "bulletinXlsx" | "forms" | "monthForm";

export function monthHandlers({ documents, forms }: ReportDesk): Handlers<MonthRoutes> {
  return {
    months: {
      async run({ office, eyes }) {
        return { items: (await office.months.list()).map((m) => presentMonthState(m, eyes.iso)), next: null };
      },
    },
    month: {
      async run({ office, eyes, id }) {
        return presentMonth(await monthOf(office, id), office.house.site.account.items, eyes.iso);
      },
    },
    monthEntries: {
      async run({ office, eyes, id, query }) {
        const read = await monthOf(office, id);
        const entries = read.entries.filter((e) => (query.quantity ?? e.quantity) === e.quantity && (query.department ?? e.department) === e.department);
        const from = query.cursor === undefined ? 0 : Number(query.cursor);
        if (!Number.isInteger(from) || from < 0 || from > entries.length)
          throw problem("invalid-parameter", "cursor: use the `next` of an earlier answer, unchanged.");
        const items = entries.slice(from, from + query.limit).map((e) => presentEntry(e, eyes.iso));
        return { items, next: from + query.limit < entries.length ? String(from + query.limit) : null };
      },
    },
    closeMonth: {
      async run({ office, actor, eyes, id }) {
        if (!MONTH.test(id)) throw problem("not-found", `There is no month '${id.slice(0, 40)}'; months are written YYYY-MM.`);
        const answer = await office.months.close(actor.id, id);
        if (!answer.ok) throw refusal(answer.refusal.code, answer.refusal.detail);
        return presentMonth(await monthOf(office, id), office.house.site.account.items, eyes.iso);
      },
    },
    correctMonth: {
      async run({ office, actor, eyes, id, body }) {
        const answer = await office.months.correct(actor.id, id, body.entry, body.amount, body.reason);
        if (!answer.ok) throw refusal(answer.refusal.code, answer.refusal.detail);
        return presentMonth(await monthOf(office, id), office.house.site.account.items, eyes.iso);
      },
    },
    bulletinDocx: {
      async run({ office, actor, eyes, id, query }) {
        const model = monthDocument({ site: office.house.site, shown: await monthOf(office, id), lang: langOf(office, actor, query.lang), iso: eyes.iso });
        return new Download(DOCX, `bulletin-${id}.docx`, await documents.make({ as: "docx", model }));
      },
    },
    bulletinXlsx: {
      async run({ office, actor, eyes, id, query }) {
        const model = monthDocument({ site: office.house.site, shown: await monthOf(office, id), lang: langOf(office, actor, query.lang), iso: eyes.iso });
        return new Download(XLSX, `bulletin-${id}.xlsx`, await documents.make({ as: "xlsx", model }));
      },
    },
    forms: { run: () => ({ items: forms.map(({ id, name, source, period }) => ({ id, name, source, period })), next: null }) },
    monthForm: {
      async run({ office, actor, eyes, id, query }) {
        const layout = forms.find((f) => f.id === query.form);
        if (layout === undefined)
          throw problem("invalid-parameter", `form: there is no '${query.form.slice(0, 100)}'; there are ${forms.map((f) => f.id).join(", ") || "none"}.`);
        await monthOf(office, id);
        const model = await formModel(office, layout, id, actor.id, langOf(office, actor, query.lang), eyes.iso);
        return new Download(XLSX, `${layout.id}-${id}.xlsx`, await documents.make({ as: "xlsx", model }));
      },
    },
  };
}
