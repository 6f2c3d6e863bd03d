/** What happens now: each finding with what was asked of its device and whether it worked, in one row that moves on by itself. */
import type { FindingDto } from "../../../server/contract/findings.ts";
import { format, t } from "../i18n.ts";
import { newestFirst } from "../merge.ts";
import { closeSentence, departmentName, deviceName, policyName, reasonSentence } from "../names.ts";
import { pathTo } from "../router.ts";
import { findings } from "../store.ts";
import { Empty, SeverityMark, Stepper } from "./marks.tsx";
import { Since, Time } from "./time.tsx";

const SHOWN = 12;

/** What became of a finding, in a word or two. */
function Outcome({ finding }: { readonly finding: FindingDto }) {
  if (finding.command !== null) return <Stepper state={finding.command.state} />;
  if (finding.state === "closed")
    return (
      <span class="tag quiet" title={closeSentence(finding.policy, finding.closeReason)}>
        {t("stream.over")}
      </span>
    );
  if (finding.actAt !== null)
    return (
      <span class="tag">
        {t("stream.warned")} <Time at={finding.actAt} />
      </span>
    );
  return <span class="tag">{t(finding.mode === "observe" ? "stream.observed" : "stream.told")}</span>;
}

/** What a finding wasted, with units; "" where that is next to nothing. */
/** What one thing used, wasted or avoided: with more digits where it is little. */
export function fineAmount(value: number, unit: "kWh" | "m³"): string {
  const size = Math.abs(value);
  const decimals = unit === "kWh" ? (size < 10 ? 2 : 1) : size < 1 ? 3 : 2;
  return `${format.value.number(value, decimals)}\u00a0${unit}`;
}

export function waste(of: FindingDto): string {
  const { wasted } = of;
  if (wasted === null || (wasted.kwh < 0.005 && wasted.m3 < 0.0005)) return "";
  const parts = [wasted.kwh >= 0.005 ? fineAmount(wasted.kwh, "kWh") : "", wasted.m3 >= 0.0005 ? fineAmount(wasted.m3, "m³") : ""];
  return parts.filter((s) => s !== "").join(" · ");
}

function Row({ id }: { readonly id: string }) {
  const finding = findings.one(id).value;
  if (finding === undefined) return null;
  const { device } = finding.subject;
  return (
    <li class={finding.state} data-testid="stream-row">
      <span class="stream-time">
        <Time at={finding.openedAt} />
      </span>
      <SeverityMark severity={finding.severity} />
      <div class="stream-what">
        <p>
          <a href={pathTo("devices", device)} data-testid="device-link">
            {deviceName(device)}
          </a>{" "}
          <span class="policy-name">{policyName(finding.policy)}</span>
        </p>
        <small>{reasonSentence(finding.policy, finding.reason, finding.evidence)}</small>
      </div>
      <span class="stream-where">
        {departmentName(finding.subject.department)}
        <small>
          {finding.state === "open" ? (
            <>
              {t("stream.since")} <Since at={finding.since} />
            </>
          ) : (
            waste(finding)
          )}
        </small>
      </span>
      <span class="stream-outcome">
        <Outcome finding={finding} />
      </span>
    </li>
  );
}

export function Stream() {
  const newest = newestFirst(findings.all(), (f) => f.openedAt).slice(0, SHOWN);
  return (
    <section class="panel stream" aria-labelledby="stream-title">
      <header class="panel-head">
        <h2 id="stream-title">{t("stream.title")}</h2>
        <a href="/findings">{t("stream.all")}</a>
      </header>
      {newest.length === 0 ? (
        <Empty text={t("stream.none")} />
      ) : (
        <ol>
          {newest.map((f) => (
            <Row key={f.id} id={f.id} />
          ))}
        </ol>
      )}
    </section>
  );
}
