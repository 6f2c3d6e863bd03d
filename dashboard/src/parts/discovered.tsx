/** What speaks to the house without being known to it, and what could not be understood. */
import { useState } from "preact/hooks";
import { t, word } from "../i18n.ts";
import { pointText } from "../names.ts";
import { pathTo } from "../router.ts";
import { devices, rejections } from "../store.ts";
import { AdoptForm } from "./adopt-form.tsx";
import { Icon } from "./icon.tsx";
import { Empty } from "./marks.tsx";
import { Time } from "./time.tsx";
import { Table } from "./table.tsx";

function One({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const device = devices.one(id).value;
  if (device === undefined) return null;
  return (
    <article class="panel found" data-testid="discovered">
      <header class="panel-head">
        <h2>
          <Icon name={device.kind ?? "unknown"} /> <a href={pathTo("devices", id)}>{id}</a>
        </h2>
        <button type="button" class="primary" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="adopt-button">
          {t("devices.adopt")}
        </button>
      </header>
      <p class="muted">
        <code>{device.topic}</code> · {device.codec}
        {device.seenAt !== null && (
          <>
            {" "}
            · {t("device.seen")} <Time at={device.seenAt} how="ago" />
          </>
        )}
      </p>
      <dl class="facts small">
        {device.points.map((p) => (
          <div key={p.name}>
            <dt>{word("point", p.name)}</dt>
            <dd>{pointText(p.name, p.value, p.unit)}</dd>
          </div>
        ))}
      </dl>
      {open && <AdoptForm device={device} onDone={() => setOpen(false)} />}
    </article>
  );
}

export function Discovered({ devices: ids }: { readonly devices: readonly string[] }) {
  return (
    <>
      <p class="lead">{t("devices.discovered-explained")}</p>
      {ids.length === 0 ? (
        <Empty text={t("devices.none-discovered")} />
      ) : (
        <div class="found-list">
          {ids.map((id) => (
            <One key={id} id={id} />
          ))}
        </div>
      )}
    </>
  );
}

export function NotUnderstood() {
  const rows = rejections.value;
  return (
    <>
      <p class="lead">{t("devices.not-understood-explained")}</p>
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
