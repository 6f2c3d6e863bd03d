/** Filters that live in the address. */
import { t } from "../i18n.ts";
import { query, setQuery } from "../router.ts";

export function SelectFilter({
  name,
  label,
  options,
  all = t("common.all"),
  value,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly all?: string | null;
  /** What counts where the address does not say. */
  readonly value?: string;
}) {
  return (
    <label class="filter">
      <span class="label">{label}</span>
      <select
        name={name}
        value={query.value.get(name) ?? value ?? ""}
        onChange={(e) => setQuery({ [name]: e.currentTarget.value })}
        data-testid={`filter-${name}`}
      >
        {all !== null && <option value="">{all}</option>}
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SearchFilter({ name = "q", label, hint }: { readonly name?: string; readonly label: string; readonly hint: string }) {
  return (
    <label class="filter grow">
      <span class="label">{label}</span>
      <input
        type="search"
        value={query.value.get(name) ?? ""}
        onInput={(e) => setQuery({ [name]: e.currentTarget.value })}
        placeholder={hint}
        data-testid={`filter-${name}`}
      />
    </label>
  );
}

/** One of a few, as buttons. `value` "" is the first choice. */
export function Segments({
  name,
  label,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string, number?])[];
}) {
  const current = query.value.get(name) ?? "";
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(([value, shown, count]) => (
        <button
          type="button"
          key={value}
          aria-pressed={current === value}
          onClick={() => setQuery({ [name]: value })}
          data-testid={`${name}-${value === "" ? "default" : value}`}
        >
          {shown}
          {count !== undefined && <b>{count}</b>}
        </button>
      ))}
    </div>
  );
}
