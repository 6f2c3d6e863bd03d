/** One finding: the rule, what was seen, what it cost, what was asked of the device. */
import { useEffect, useState } from "preact/hooks";
import type { CommandDto } from "../../../server/contract/commands.ts";
import type { FindingDto } from "../../../server/contract/findings.ts";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { closeSentence, departmentName, deviceName, evidenceTerms, policyName, policyRule, reasonSentence, spaceName } from "../names.ts";
import { pathTo } from "../router.ts";
import { commands, findings } from "../store.ts";
import { Case } from "./case.tsx";
import { CommandCard } from "./command-card.tsx";
import { Dialog } from "./dialog.tsx";
import { ModeMark, SeverityMark } from "./marks.tsx";
import { waste } from "./stream.tsx";
import { Time } from "./time.tsx";

function CommandOf({ finding: f }: { readonly finding: FindingDto }) {
  const id = f.command?.id ?? "";
  const live = commands.one(id).value;
  const [asked, setAsked] = useState<CommandDto | null>(null);
  useEffect(() => {
    if (id === "" || live !== undefined) return;
    void get<List<CommandDto>>(`/commands?finding=${encodeURIComponent(f.id)}`).then(
      (answer) => answer.ok && setAsked(answer.data.items.find((c) => c.id === id) ?? null),
    );
  }, [id, live === undefined]);
  const command = live ?? asked;
  return command === null ? <p class="muted">{word("mode-effect", f.mode)}</p> : <CommandCard command={command} open />;
}

export function FindingPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const live = findings.one(id).value;
  const [asked, setAsked] = useState<FindingDto | null>(null);
  useEffect(() => {
    if (live === undefined) void get<FindingDto>(`/findings/${encodeURIComponent(id)}`).then((answer) => answer.ok && setAsked(answer.data));
  }, [id, live === undefined]);
  const f = live ?? asked;
  if (f === null) return null;
  const { wasted } = f;
  return (
    <Dialog
      side
      title={
        <>
          <SeverityMark severity={f.severity} /> {policyName(f.policy)}
        </>
      }
      onClose={onClose}
      testId="finding-panel"
    >
      <blockquote class="rule">{policyRule(f.policy)}</blockquote>
      <p class="sentence">{reasonSentence(f.policy, f.reason, f.evidence)}</p>
      <dl class="facts small">
        <div>
          <dt>{t("table.device")}</dt>
          <dd>
            <a href={pathTo("devices", f.subject.device)}>{deviceName(f.subject.device)}</a>
          </dd>
        </div>
        <div>
          <dt>{t("table.space")}</dt>
          <dd>{f.subject.space === null ? "—" : <a href={pathTo("spaces", f.subject.space)}>{spaceName(f.subject.space)}</a>}</dd>
        </div>
        <div>
          <dt>{t("table.department")}</dt>
          <dd>{departmentName(f.subject.department)}</dd>
        </div>
        <div>
          <dt>{t("table.mode")}</dt>
          <dd>
            <ModeMark mode={f.mode} />
          </dd>
        </div>
        <div>
          <dt>{t("table.began")}</dt>
          <dd>
            <Time at={f.since} how="full" />
          </dd>
        </div>
        <div>
          <dt>{t("table.opened")}</dt>
          <dd>
            <Time at={f.openedAt} how="full" />
          </dd>
        </div>
        {f.closedAt !== null && (
          <div>
            <dt>{t("table.closed")}</dt>
            <dd>
              <Time at={f.closedAt} how="full" />
            </dd>
          </div>
        )}
        {f.closeReason !== null && (
          <div class="wide">
            <dt>{t("table.closed-because")}</dt>
            <dd>{closeSentence(f.policy, f.closeReason)}</dd>
          </div>
        )}
        {wasted !== null && (
          <div class="wide">
            <dt>{t("table.wasted")}</dt>
            <dd>{[waste(f), format.value.money(wasted.cny)].filter((s) => s !== "").join(" · ")}</dd>
          </div>
        )}
      </dl>
      <h3>{t("findings.evidence")}</h3>
      <dl class="facts small">
        {evidenceTerms(f.evidence, f.policy).map((e) => (
          <div key={e.name}>
            <dt>{e.term}</dt>
            <dd>{e.description}</dd>
          </div>
        ))}
      </dl>
      <h3>{t("table.command")}</h3>
      <CommandOf finding={f} />
      <Case path={`/findings/${encodeURIComponent(f.id)}/why`} />
    </Dialog>
  );
}
