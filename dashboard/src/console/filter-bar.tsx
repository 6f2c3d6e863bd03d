/** The console's filters; all of them live in the address. */
import { useState } from "preact/hooks";
import { phone } from "../media.ts";
import { t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { departmentName, policyName } from "../names.ts";
import { SearchFilter, Segments, SelectFilter } from "../parts/filters.tsx";
import { policies, site } from "../store.ts";
import { query, setQuery } from "../router.ts";
import type { ConsoleFilter, ConsoleState } from "./filter.ts";
import { CLEARED, CONSOLE_STATES, narrows } from "./filter.ts";
import { SORTS } from "./place.ts";

const KINDS = ["finding", "command", "approval", "device", "system"] as const;

function stateWord(state: ConsoleState): string {
  if (state === "") return t("alerts.active");
  if (state === "waiting") return t("alerts.waiting");
  return state === "over" ? t("alerts.over") : word("alert-state", state);
}

export function FilterBar({
  filter,
  counts,
  onEnter,
}: {
  readonly filter: ConsoleFilter;
  readonly counts: Readonly<Record<ConsoleState, number>>;
  readonly onEnter: () => void;
}) {
  const [more, setMore] = useState(false);
  const known = [...policies.all()].map((p) => [p.id, policyName(p.id)] as const).sort((a, b) => a[1].localeCompare(b[1]));
  const grouped = (
    <label class="check">
      <input type="checkbox" checked={filter.grouped} onChange={() => setQuery({ group: filter.grouped ? "off" : null })} data-testid="group-toggle" />
      {t("console.grouped")}
    </label>
  );
  return (
    <div class="console-filters">
      <div class="filters">
        <Segments
          name="state"
          label={t("table.state")}
          options={CONSOLE_STATES.map((s) => (s === "over" ? [s, stateWord(s)] : [s, stateWord(s), counts[s]]))}
        />
        {!phone.value && grouped}
        <button type="button" class="plain only-phone" aria-expanded={more} onClick={() => setMore(!more)} data-testid="more-filters">
          {t("console.filters")}
          {narrows(filter) && <b class="badge">●</b>}
        </button>
      </div>
      {/* Enter leads from the search to what was found. */}
      <div
        class={`filters narrowing ${more ? "more" : ""}`}
        onKeyDown={(event) => event.key === "Enter" && !event.isComposing && event.target instanceof HTMLInputElement && onEnter()}
      >
        <SearchFilter label={t("common.search")} hint={t("console.search")} />
        <SelectFilter name="severity" label={t("table.severity")} options={(["high", "medium", "low"] as const).map((s) => [s, word("severity", s)])} />
        <SelectFilter name="department" label={t("table.department")} options={(site.value?.departments ?? []).map((d) => [d.id, departmentName(d.id)])} />
        <SelectFilter name="kind" label={t("console.kind")} options={KINDS.map((k) => [k, word("alert-kind", k)])} />
        <SelectFilter name="policy" label={t("table.policy")} options={known} />
        {me.value?.person != null && <SelectFilter name="who" label={t("table.assignee")} all={t("console.anybody")} options={[["mine", t("console.mine")]]} />}
        <SelectFilter name="sort" label={t("console.sort")} all={null} value={filter.sort} options={SORTS.map((s) => [s, word("console-sort", s)])} />
        {phone.value && grouped}
        {narrows(filter) && (
          <button type="button" class="quiet" onClick={() => setQuery({ ...CLEARED, state: query.value.get("state") })} data-testid="clear-filters">
            {t("console.clear")}
          </button>
        )}
      </div>
      {filter.notice !== null && (
        <p class="console-told muted" data-testid="told-of">
          {t("console.told-of")}{" "}
          <button type="button" class="link" onClick={() => setQuery({ notice: null })}>
            {t("console.show-all")}
          </button>
        </p>
      )}
    </div>
  );
}
