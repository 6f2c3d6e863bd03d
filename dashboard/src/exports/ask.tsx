/** Chooses what a file is to hold: points by place, kind and words, the time, how fine, as which file. */
import { useState } from "preact/hooks";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { ExportDto } from "../../../server/contract/exports.ts";
import { EXPORT_FORMATS, MOST_XLSX_ROWS } from "../../../server/contract/export-formats.ts";
import { DEVICE_KINDS } from "../../../server/core/device.ts";
import { post } from "../api.ts";
import { questionOf } from "../chart-question.ts";
import { saysAll, wordsOf } from "../device-search.ts";
import { t, text, word } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { SearchFilter, Segments, SelectFilter } from "../parts/filters.tsx";
import { Problem } from "../parts/notice.tsx";
import { RangePicker, localTime, rangeText } from "../parts/range-picker.tsx";
import { query, setQuery } from "../router.ts";
import { deviceShape, devices, now, site, spaces } from "../store.ts";
import { EXPORT_STEPS, MOST_NAMED, bodyOf, choiceOf, inPlace, mayOverflow, mostRows, namesOf, pointsOf } from "./choice.ts";

/** Devices that are listed to leave one or the other out. */
const LISTED = 200;

/** What is usual stands in no address. */
const unlessUsual = (value: string, usual: string) => (value === usual ? "" : value);

function Names({ found, chosen }: { readonly found: readonly (readonly [string, number])[]; readonly chosen: readonly string[] }) {
  const toggle = (name: string) => setQuery({ names: (chosen.includes(name) ? chosen.filter((c) => c !== name) : [...chosen, name]).join(",") });
  return (
    <div class="chips" role="group" aria-label={t("exports.names")} data-testid="export-names">
      <button type="button" aria-pressed={chosen.length === 0} onClick={() => setQuery({ names: null })}>
        {t("exports.all-names")}
      </button>
      {found.map(([name, n]) => (
        <button type="button" key={name} aria-pressed={chosen.includes(name)} onClick={() => toggle(name)} data-testid={`name-${name}`}>
          {word("point", name)} <small>{n}</small>
        </button>
      ))}
    </div>
  );
}

/** The devices one by one, each to be left out. */
function Single({ found, left, leave }: { readonly found: readonly DeviceDto[]; readonly left: ReadonlySet<string>; readonly leave: (id: string) => void }) {
  return (
    <details class="export-devices">
      <summary data-testid="export-devices">{t("exports.one-by-one")}</summary>
      <ul>
        {found.slice(0, LISTED).map((d) => (
          <li key={d.id}>
            <label class="check">
              <input type="checkbox" checked={!left.has(d.id)} onChange={() => leave(d.id)} data-testid={`with-${d.id}`} />
              <span>
                {text(d.name)} <small class="muted">{spaceName(d.space)}</small>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > LISTED && <p class="muted small">{t("exports.more-devices", { n: found.length - LISTED })}</p>}
    </details>
  );
}

export function AskExport({ asked }: { readonly asked: (run: ExportDto) => void }) {
  void deviceShape.value;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const choice = choiceOf(query.value);
  const question = questionOf(query.value, now.peek(), localTime);
  const words = wordsOf(choice.typed);
  const there = [...devices.peekAll()].filter((d) => inPlace(d, choice) && saysAll(d, words));
  const names = namesOf(there);
  const own = choice.names.filter((n) => names.some(([name]) => name === n));
  const found = there.filter((d) => pointsOf([d], own) > 0);
  const chosen = found.filter((d) => !left.has(d.id));
  const points = pointsOf(chosen, own);
  const rows = mostRows(points, question.from, question.to, now.peek(), choice.step);
  const named = words.length > 0 || chosen.length < found.length;
  const why =
    notAllowed("export", null) ??
    (points === 0 ? t("exports.no-points") : named && chosen.length > MOST_NAMED ? t("exports.too-many-named", { n: MOST_NAMED }) : null);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (why !== null || busy) return;
    setBusy(true);
    const answer = await post<ExportDto>("/exports", bodyOf({ ...choice, names: own }, question.from, question.to, named ? chosen : null));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) asked(answer.data);
  };
  const leave = (id: string) => setLeft(left.has(id) ? new Set([...left].filter((l) => l !== id)) : new Set([...left, id]));
  return (
    <form class="panel export-form" onSubmit={(event) => void send(event)} aria-label={t("exports.title")} data-testid="export-form">
      <h2>{t("exports.which")}</h2>
      <div class="filters">
        <SearchFilter label={t("charts.find")} hint={t("charts.find-hint")} />
        <SelectFilter name="department" label={t("table.department")} options={(site.value?.departments ?? []).map((d) => [d.id, text(d.name)] as const)} />
        <SelectFilter name="space" label={t("table.space")} options={spaces.value.map((s) => [s.id, text(s.name)] as const)} />
        <SelectFilter name="kind" label={t("table.kind")} options={DEVICE_KINDS.map((k) => [k, word("kind", k)] as const)} />
      </div>
      <Names found={names} chosen={own} />
      {found.length > 0 && <Single found={found} left={left} leave={leave} />}
      <h2>{t("exports.when")}</h2>
      <RangePicker question={question} />
      <h2>{t("exports.how")}</h2>
      <div class="export-how">
        <Segments name="step" label={t("exports.step")} options={EXPORT_STEPS.map((s) => [unlessUsual(s, "hour"), t(`charts.step.${s}`)] as const)} />
        <Segments
          name="format"
          label={t("exports.format")}
          options={EXPORT_FORMATS.toReversed().map((f) => [unlessUsual(f, "xlsx"), word("export-format", f)] as const)}
        />
      </div>
      <p class="export-sum" data-testid="export-sum">
        {t("exports.sum", { devices: chosen.length, points, range: rangeText(question), n: rows })}
      </p>
      {mayOverflow(rows, choice.format) && (
        <p class="export-warning" role="status" data-testid="export-warning">
          {t("exports.too-many-rows", { n: MOST_XLSX_ROWS })}
        </p>
      )}
      <Problem problem={problem} />
      <p class="form-end">
        {why !== null && <span class="muted">{why}</span>}
        <button type="submit" class="primary" aria-disabled={why !== null || busy} aria-busy={busy} title={why ?? undefined} data-testid="export-start">
          {t("exports.start")}
        </button>
      </p>
    </form>
  );
}
