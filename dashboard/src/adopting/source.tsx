/** What a device's source says of it, what of that was not understood, and who else tells of the same hardware. */
import type { SourceDto } from "../../../server/contract/adopting.ts";
import { format, t, word } from "../i18n.ts";
import { codecName } from "./words.ts";

function Fact({ label, value }: { readonly label: string; readonly value: string | null }) {
  return value === null || value === "" ? null : (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function rangeOf({ min, max, values }: SourceDto["points"][number]): string {
  if (values !== null) return values.map(String).join(" / ");
  if (min === null && max === null) return "";
  const end = (n: number | null) => (n === null ? "…" : format.value.quantity(n, ""));
  return `${end(min)}–${end(max)}`;
}

export function SourceFacts({ source }: { readonly source: SourceDto }) {
  const seconds = (s: number | null) => (s === null ? null : format.value.duration(s * 1000));
  return (
    <div class="source" data-testid="source">
      <dl class="facts small">
        <Fact label={t("source.codec")} value={codecName(source.codec)} />
        <Fact label={t("source.address")} value={source.address} />
        <Fact label={t("source.name")} value={source.name} />
        <Fact label={t("source.maker")} value={[source.maker, source.model].filter((s) => s !== null).join(" · ")} />
        <Fact label={t("source.area")} value={source.area} />
        <Fact label={t("source.interval")} value={seconds(source.interval)} />
        <Fact label={t("source.wakes")} value={seconds(source.wakes)} />
        <Fact label={t("source.also")} value={source.also.map(codecName).join(" · ")} />
      </dl>
      {source.openLoop && <p class="muted">{t("source.open-loop")}</p>}
      {source.points.length > 0 && (
        <div class="table-box">
          <table class="compact source-points">
            <caption class="sr-only">{t("source.points")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("table.point")}</th>
                <th scope="col">{t("source.key")}</th>
                <th scope="col">{t("source.range")}</th>
              </tr>
            </thead>
            <tbody>
              {source.points.map((p, i) => (
                <tr key={`${p.name} ${p.key} ${i}`}>
                  <th scope="row">
                    {word("point", p.name)} {p.writable && <span class="tag quiet">{t("source.writable")}</span>}
                  </th>
                  <td>
                    <code>{p.key}</code>
                  </td>
                  <td>
                    {rangeOf(p)} {p.unit}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {source.unread.length > 0 && (
        <details>
          <summary>{t("source.unread", { n: source.unread.length })}</summary>
          <ul class="unread">
            {source.unread.map((u) => (
              <li key={u}>{u}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
