/** What could not be taken in, and why. */
import { t, word } from "../i18n.ts";
import { rejections } from "../store.ts";
import { Empty } from "./marks.tsx";
import { Table } from "./table.tsx";
import { Time } from "./time.tsx";

export function NotUnderstood() {
  const rows = rejections.value;
  return (
    <>
      <p class="lead">
        {t("devices.not-understood-explained")} <a href="/devices?tab=mappings">{t("mapping.topics")}</a>
      </p>
      {rows.length === 0 ? (
        <Empty text={t("devices.all-understood")} />
      ) : (
        <Table caption="devices.not-understood" heads={["table.raised", "table.fate", "table.topic", "table.detail", "table.excerpt"]}>
          {rows.map((r, i) => (
            <tr key={`${r.at}${i}`} data-testid="rejection">
              <td data-label={t("table.raised")} class="figures">
                <Time at={r.at} />
              </td>
              <td data-label={t("table.fate")}>{word("fate", r.fate)}</td>
              <td data-label={t("table.topic")}>
                <code>{r.topic}</code>
              </td>
              <td data-label={t("table.detail")}>{r.detail}</td>
              <td data-label={t("table.excerpt")}>
                <code>{r.excerpt}</code>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
