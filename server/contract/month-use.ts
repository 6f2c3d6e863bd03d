/** What was used, by whom, by what, against when: the bulletin's tables of amounts. */
import type { Bulletin } from "../core/account/bulletin.ts";
import type { Site } from "../core/space.ts";
import type { DocumentSection } from "./document.ts";
import type { MonthSpeech } from "./month-speech.ts";
import type { Lang } from "./words/languages.ts";
import { pickText } from "./words/languages.ts";

export function useSections(bulletin: Bulletin, site: Site, lang: Lang, speech: MonthSpeech): DocumentSection[] {
  const { say, format, named, departmentName, deviceName, unitName, quantityName, withUnit, cell, number, percent, column, table, section } = speech;
  const used = bulletin.quantities.filter((q) => q.amount.value !== null);
  const use = section("use", [
    table(
      [column("quantity", false, 1.4), column("amount"), column("cost"), column("per-head"), column("per-area"), column("vs-month"), column("vs-year")],
      [
        ...bulletin.quantities.map((q) => [
          withUnit(q),
          cell(q.amount),
          cell(q.cost),
          cell(q.perHead, 2),
          cell(q.perArea, 2),
          percent(q.change.month),
          percent(q.change.year),
        ]),
        [say("total"), "", cell(bulletin.cost), "", "", "", ""],
      ],
    ),
  ]);
  const departments = used.map((q) =>
    section(
      "departments",
      [
        table(
          [
            column("rank", true, 0.6),
            column("department", false, 1.6),
            column("amount"),
            column("cost"),
            column("per-head"),
            column("vs-month"),
            column("vs-year"),
          ],
          q.departments.map((d) => [
            d.rank === null ? "" : number(d.rank, 0),
            departmentName(d.department),
            cell(d.amount),
            cell(d.cost),
            cell(d.perHead, 2),
            percent(d.change.month),
            percent(d.change.year),
          ]),
        ),
      ],
      [],
      { quantity: withUnit(q) },
    ),
  );
  const electricity = used.find((q) => q.quantity === "electricity");
  const items = site.account.items;
  const itemName = (code: string | null) => {
    const item = items.find((i) => i.code === code);
    return code === null ? say("no-item") : item === undefined ? code : `${code} ${pickText(item.name, lang)}`;
  };
  const byItem =
    electricity === undefined
      ? []
      : [
          section("items", [
            table(
              [column("item", false, 2), column("amount"), column("share")],
              electricity.items.map((i) => [itemName(i.key), cell(i.amount), number(i.share)]),
            ),
          ]),
        ];
  const floorName = (key: string | null) => {
    if (key === null) return say("no-place");
    const building = key.slice(0, key.indexOf("/"));
    return `${named(site.buildings, building)} ${key.slice(building.length + 1)}`;
  };
  const byFloor =
    electricity === undefined
      ? []
      : [
          section("floors", [
            table(
              [column("floor", false, 2), column("amount"), column("share")],
              electricity.floors.map((f) => [floorName(f.key), cell(f.amount), number(f.share)]),
            ),
          ]),
        ];
  const quotas = used.flatMap((q) => q.quotas.map((u) => [withUnit(q), `${format.number(u.quota)} ${unitName(u.unit)}`, number(u.used.value), u.row]));
  const mains = used.flatMap((q) =>
    q.mains.map((m) => [`${quantityName(q.quantity)} · ${deviceName(m.meter)}`, number(m.measured), number(m.behind), number(m.rest), number(m.excess)]),
  );
  return [
    use,
    ...departments,
    ...byItem,
    ...byFloor,
    ...(quotas.length === 0
      ? []
      : [
          section("quotas", [
            table([column("quantity", false, 1.4), column("quota"), { ...column("used"), head: `${say("col.used")} (%)` }, column("row", false, 1.4)], quotas),
          ]),
        ]),
    ...(mains.length === 0
      ? []
      : [section("mains", [table([column("meter", false, 2), column("measured"), column("behind"), column("rest"), column("excess")], mains)])]),
    section("carbon", [
      table(
        [column("quantity", false), column("coal"), column("co2")],
        [...used.map((q) => [quantityName(q.quantity), cell(q.coal, 1), cell(q.co2, 1)]), [say("total"), cell(bulletin.coal, 1), cell(bulletin.co2, 1)]],
      ),
    ]),
  ];
}
