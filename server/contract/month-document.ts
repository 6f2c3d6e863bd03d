/** The bulletin as a document in a person's language: what stands on the page, for paper and for sheets, with what each number is made of. */
import type { Bulletin } from "../core/account/bulletin.ts";
import type { Figure } from "../core/account/figure.ts";
import type { Entry } from "../core/account/settlement.ts";
import type { TariffRow } from "../core/account/tables.ts";
import { PERIODS } from "../core/account/tables.ts";
import type { Millis } from "../core/reading.ts";
import type { Site } from "../core/space.ts";
import type { DocumentCell, DocumentModel } from "./document.ts";
import type { MonthShown } from "./month.ts";
import { monthSpeech } from "./month-speech.ts";
import { useSections } from "./month-use.ts";
import type { Lang } from "./words/languages.ts";
import { pickText } from "./words/languages.ts";

/** Numbers whose making is told. */
const MOST_BASIS = 400;

export interface MonthDocumentQuestion {
  readonly site: Site;
  readonly shown: MonthShown & { readonly bulletin: Bulletin; readonly entries: readonly Entry[]; readonly whole: boolean | null };
  readonly lang: Lang;
  readonly iso: (at: Millis) => string;
}

export function monthDocument({ site, shown, lang, iso }: MonthDocumentQuestion): DocumentModel {
  const { bulletin } = shown;
  const { account } = bulletin;
  const speech = monthSpeech(site, lang);
  const {
    say,
    format,
    policyName,
    departmentName,
    personName,
    deviceName,
    buildingName,
    unitName,
    quantityName,
    listed,
    cell,
    number,
    column,
    table,
    section,
  } = speech;
  const monthName = new Intl.DateTimeFormat(lang, { year: "numeric", month: "long", timeZone: site.timezone }).format(account.from);
  const used = bulletin.quantities.filter((q) => q.amount.value !== null);
  const violations = account.conduct.violations;
  const { exceptions, alarms } = account.conduct;
  const verdicts = (v: string) => alarms?.figures.filter((f) => f.verdict === v).length ?? 0;
  const silent = account.meters.filter((m) => m.days < m.of);
  const sourceText = (s: { readonly title: string; readonly number: string | null; readonly clause: string | null }) =>
    [s.title, s.number, s.clause].filter((t) => t !== null).join("，");
  const rows = [...account.rows.factors, ...account.rows.tariffs, ...account.rows.quotas];
  const corrections = shown.entries.filter((e) => e.is === "correction");
  const savings = account.savings;
  const savingsRow = (key: "planned" | "measured" | "verified"): DocumentCell[] => {
    const part = savings?.[key] ?? null;
    if (part === null) return [say(`savings.${key}`), key === "verified" ? say("savings.unverified") : say("na"), "", ""];
    return [say(`savings.${key}`), number(part.kwh), `${format.number(part.low, 0)} – ${format.number(part.high, 0)}`, number(part.cny, 2)];
  };

  return {
    kind: "document",
    lang,
    title: say("title", { site: pickText(site.name, lang), month: monthName }),
    lines: [
      shown.closedAt === null
        ? `${say(`state.${shown.state}`)}${lang === "en" ? ". " : "。"}${say("draft-note")}`
        : say("closed-by", { at: format.dateTime(iso(shown.closedAt)), by: personName(shown.closedBy ?? ""), digest: (shown.digest ?? "").slice(0, 16) }),
      ...(shown.whole === null ? [] : [say(shown.whole ? "whole" : "not-whole")]),
    ],
    sections: [
      ...useSections(bulletin, site, lang, speech),
      section(
        "violations",
        violations.length === 0
          ? []
          : [
              table(
                [
                  column("department", false, 1.4),
                  column("findings"),
                  column("hours"),
                  column("kwh"),
                  column("m3"),
                  column("cny"),
                  column("answered"),
                  column("median"),
                  column("who", false, 1.6),
                  column("policies", false, 1.8),
                ],
                violations.map((v) => [
                  departmentName(v.department),
                  number(v.findings, 0),
                  number(v.hours),
                  number(v.kwh),
                  number(v.m3, 2),
                  number(v.cny, 2),
                  `${v.acknowledged} / ${v.alerts}`,
                  v.median === null ? say("na") : format.duration(v.median * 1000),
                  v.answered.map((a) => `${personName(a.person)} ${a.alerts}`).join(listed),
                  v.policies
                    .slice(0, 3)
                    .map((p) => `${policyName(p.policy)} ${p.findings}`)
                    .join(listed),
                ]),
              ),
            ],
        [
          ...(violations.length === 0 ? [say("violations.none")] : []),
          ...(account.conduct.faults > 0 ? [say("violations.faults", { n: account.conduct.faults })] : []),
        ],
      ),
      section(
        "exceptions",
        exceptions.length === 0
          ? []
          : [
              table(
                [column("kind", false), column("department", false), column("count"), column("hours"), column("estimate"), column("estimate-cny")],
                exceptions.map((e) => [
                  say(`exception.${e.kind}`),
                  departmentName(e.department),
                  number(e.count, 0),
                  number(e.hours),
                  number(e.kwh),
                  number(e.cny, 2),
                ]),
              ),
            ],
        exceptions.length === 0 ? [say("exceptions.none")] : [],
      ),
      section(
        "savings",
        savings === null
          ? []
          : [
              table(
                [column("what", false), column("saved"), column("interval", false), column("cost")],
                [savingsRow("planned"), savingsRow("measured"), savingsRow("verified")],
              ),
            ],
        savings === null
          ? [say("savings.none")]
          : [
              ...(savings.adjustments ?? []).map((a) =>
                say("savings.adjustment", {
                  building: buildingName(a.building),
                  kwh: format.number(a.kwh, 0),
                  reason: a.reason,
                  source: a.source,
                  who: personName(a.by),
                }),
              ),
              savings.method,
            ],
      ),
      section(
        "alarms",
        [],
        [
          alarms === null
            ? say("alarms.none")
            : say("alarms.line", { raised: alarms.raised, quiet: alarms.quiet, good: verdicts("good"), bad: verdicts("bad") }),
        ],
      ),
      section(
        "meters",
        silent.length === 0
          ? []
          : [
              table(
                [column("device", false, 2), column("quantity", false), column("days")],
                silent.map((m) => [deviceName(m.device), quantityName(m.quantity), `${m.days} / ${m.of}`]),
                200,
              ),
            ],
        [say(silent.length === 0 ? "meters.all" : "meters.some", { n: account.meters.length, m: silent.length })],
      ),
      ...(corrections.length === 0
        ? []
        : [
            section("corrections", [
              table(
                [column("at", false), column("device", false, 1.5), column("before"), column("after"), column("by", false), column("reason", false, 2)],
                corrections.map((c) => [
                  format.dateTime(iso(c.at)),
                  `${deviceName(c.device)} · ${quantityName(c.quantity)}`,
                  number(shown.entries.find((e) => e.entry === c.of)?.amount ?? null),
                  number(c.amount),
                  personName(c.by),
                  c.reason ?? "",
                ]),
              ),
            ]),
          ]),
      section(
        "rows",
        [
          table(
            [column("row", false, 1.4), column("value", false, 1.2), column("valid", false, 1.2), column("source", false, 3)],
            rows.map((r) => [
              r.id,
              "value" in r ? `${plain(r.value)} ${unitName(r.unit)}` : `${priceText(r)} ${unitName(r.unit)}`,
              `${r.validFrom === "0001-01-01" ? "" : r.validFrom} – ${r.validUntil ?? ""}`,
              `${r.example ? `[${say("example")}] ` : ""}${sourceText(r.source)}`,
            ]),
          ),
        ],
        [say("rows-note")],
      ),
      section(
        "basis",
        [
          table(
            [
              column("what", false, 1.6),
              column("value", true),
              column("unit", false, 0.8),
              column("formula", false, 3),
              column("row", false, 1.2),
              column("points", false, 1.8),
            ],
            basisRows(),
            MOST_BASIS,
          ),
        ],
        [],
        {},
        true,
      ),
    ],
  };

  /** As it stands in its table. */
  function plain(value: number): string {
    return String(value);
  }

  function priceText({ pricing }: TariffRow): string {
    switch (pricing.kind) {
      case "flat":
        return plain(pricing.price);
      case "time-of-use":
        return PERIODS.map((p) => `${say(`period.${p}`)} ${plain(pricing.prices[p])}`).join(listed);
      case "stepped":
        return pricing.steps.map((s) => `${s.upTo === null ? "…" : `≤ ${plain(s.upTo)}`}: ${plain(s.price)}`).join(listed);
    }
  }

  /** Every number of the use and of the departments, with what it is made of. */
  function basisRows(): DocumentCell[][] {
    const row = (what: string, f: Figure): DocumentCell[] => [
      what,
      cell(f, 3),
      unitName(f.unit),
      f.from.formula === "" ? say(`formula.${f.from.kind}`) : f.from.formula,
      f.from.rows.join(", "),
      f.from.pointCount > 3 ? `${f.from.points.slice(0, 3).join(", ")} … (${f.from.pointCount})` : f.from.points.join(", "),
    ];
    return used.flatMap((q) => {
      const name = quantityName(q.quantity);
      return [
        row(`${name} · ${say("col.amount")}`, q.amount),
        row(`${name} · ${say("col.cost")}`, q.cost),
        row(`${name} · ${say("col.per-head")}`, q.perHead),
        row(`${name} · ${say("col.per-area")}`, q.perArea),
        row(`${name} · ${say("col.coal")}`, q.coal),
        row(`${name} · ${say("col.co2")}`, q.co2),
        row(`${name} · ${say("col.vs-month")}`, q.change.month),
        row(`${name} · ${say("col.vs-year")}`, q.change.year),
        ...q.departments.flatMap((d) => [
          row(`${name} · ${departmentName(d.department)}`, d.amount),
          row(`${name} · ${departmentName(d.department)} · ${say("col.cost")}`, d.cost),
        ]),
      ];
    });
  }
}
