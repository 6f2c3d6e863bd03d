/** A device's last messages as they came, each beside what was understood of it, and what was not. It moves with the device. */
import type { DeviceDto } from "../../../server/contract/devices.ts";
import type { MessageDto } from "../../../server/contract/adopting.ts";
import type { List } from "../api.ts";
import { deviceApi } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { format, lookup, t, word } from "../i18n.ts";
import { pointText, unitOf } from "../names.ts";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";

const AGAIN_MS = 5000;

/** JSON as one reads it; everything else as it is. */
function Payload({ message: m }: { readonly message: MessageDto }) {
  if (m.payload === null) return <p class="muted">{t("raw.hidden")}</p>;
  let shown = m.payload;
  try {
    if (!m.binary && !m.cut && m.size < 1500) shown = JSON.stringify(JSON.parse(m.payload), null, 1);
  } catch {
    shown = m.payload;
  }
  return (
    <>
      <pre tabIndex={0}>{shown}</pre>
      {m.cut && <small class="muted">{t("raw.cut", { size: m.size })}</small>}
    </>
  );
}

function Value({ value: v, unit }: { readonly value: MessageDto["values"][number]; readonly unit: string }) {
  const taken = v.fate === "taken" || v.fate === "late";
  const doubted = v.quality !== null && v.quality !== "good";
  const why = [
    v.fate === "taken" ? null : word("fate", v.fate),
    doubted && v.quality !== null ? word("quality", v.quality) : null,
    v.doubt === null ? null : (lookup(`value.doubt.${v.doubt}`) ?? v.doubt),
    v.reason,
  ].filter((w) => w !== null);
  return (
    <tr class={taken && !doubted ? "" : "doubtful"}>
      <th scope="row">{word("point", v.name)}</th>
      <td class="number">{taken ? pointText(v.name, v.value, unitOf(v.name, unit)) : v.value === null ? "—" : String(v.value)}</td>
      <td>{why.length > 0 && <span class="tag attention">{why.join(" · ")}</span>}</td>
    </tr>
  );
}

function Understood({ message: m, device }: { readonly message: MessageDto; readonly device: DeviceDto }) {
  if (m.values.length === 0 && m.facts.length === 0) return <p class="muted">{t("raw.nothing")}</p>;
  return (
    <>
      {m.facts.map((f, i) => (
        <p key={i} class={f.kind === "rejected" || f.kind === "refused" ? "problem" : "muted"}>
          {word("raw-fact", f.kind)}
          {f.detail !== null && <>: {f.detail}</>}
        </p>
      ))}
      {m.values.length > 0 && (
        <table class="compact" aria-label={t("raw.understood")}>
          <tbody>
            {m.values.map((v) => (
              <Value key={v.name} value={v} unit={device.points.find((p) => p.name === v.name)?.unit ?? ""} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

export function RawMessages({ device }: { readonly device: DeviceDto }) {
  const { data, problem } = useFetched<List<MessageDto>>(deviceApi(device.id, "/messages"), device.seenAt, AGAIN_MS);
  return (
    <section class="panel raw" aria-labelledby="raw-title" data-testid="raw-messages">
      <h2 id="raw-title">{t("raw.title")}</h2>
      <Problem problem={problem} />
      {data !== null && data.items.length === 0 && <Empty text={t(device.codec === "native" ? "raw.none-native" : "raw.none")} />}
      {data?.items.map((m) => (
        <article key={`${m.at} ${m.topic} ${m.payload ?? ""}`} data-testid="raw-message">
          <header>
            <code>{m.topic}</code>
            <span class="muted">
              <Time at={m.at} /> · {t("raw.size", { size: format.value.number(m.size) })}
              {m.retained && <> · {t("raw.retained")}</>}
            </span>
          </header>
          <div class="raw-beside">
            <div>
              <h3>{t("raw.came")}</h3>
              <Payload message={m} />
            </div>
            <div>
              <h3>{t("raw.understood")}</h3>
              <Understood message={m} device={device} />
            </div>
          </div>
        </article>
      ))}
    </section>
  );
}
