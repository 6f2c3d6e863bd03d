/** Temporary exceptions: who asked for which, why, and until when. */
import type { OverrideDto } from "../../../server/contract/exceptions.ts";
import { t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { newestFirst } from "../merge.ts";
import { deviceName, personName, policyName, setText, spaceName, spaceOf } from "../names.ts";
import { ExceptionsOfMonth, Exemptions } from "../parts/exceptions.tsx";
import { ActionButton } from "../parts/action.tsx";
import { endAt } from "../parts/ended.ts";
import { Segments } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { OlderButton, together, useOlder } from "../parts/older.tsx";
import { Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { pathTo, query } from "../router.ts";
import { devices, now, overrides } from "../store.ts";

async function end(id: string): Promise<void> {
  await endAt(`/overrides/${encodeURIComponent(id)}`, t("overrides.ended"));
}

function Row({ override: o, active }: { readonly override: OverrideDto; readonly active: boolean }) {
  const department = o.device === null ? (spaceOf(o.space)?.department ?? null) : (devices.peek(o.device)?.department ?? null);
  return (
    <tr data-testid="override-row">
      <td class="main-cell">
        {o.device === null ? (
          <a href={pathTo("spaces", o.space ?? "")}>{spaceName(o.space)}</a>
        ) : (
          <a href={pathTo("devices", o.device)}>{deviceName(o.device)}</a>
        )}
        <small>{o.reason}</small>
      </td>
      <td data-label={t("table.policy")}>{o.policy === null ? t("override.all-policies") : policyName(o.policy)}</td>
      <td data-label={t("overrides.wants")}>{o.set === null ? t("overrides.left-alone") : setText(o.set)}</td>
      <td data-label={t("table.by")}>
        {personName(o.by)}
        {o.grantedBy !== null && <small> {t("overrides.granted-by", { who: personName(o.grantedBy) })}</small>}
      </td>
      <td data-label={t("approvals.from")} class="figures">
        <Time at={o.from} />
      </td>
      <td data-label={t("approvals.until")} class="figures">
        <Time at={o.endedAt ?? o.until} />
      </td>
      <td class="actions">
        {active && (
          <ActionButton
            action={o.by === me.value?.person?.id ? "request-approval" : "override"}
            department={department}
            run={() => end(o.id)}
            testId="end-override"
          >
            {t("overrides.end")}
          </ActionButton>
        )}
      </td>
    </tr>
  );
}

export function Overrides() {
  const state = query.value.get("state") ?? "";
  const older = useOlder<OverrideDto>("/overrides?active=false&limit=100");
  const isActive = (o: OverrideDto) => o.endedAt === null && Date.parse(o.until) > now.value;
  const live = [...overrides.all()];
  const rows = newestFirst(together(live, older.items), (o) => o.from).filter((o) => isActive(o) === (state === ""));
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.overrides")}</h1>
        <a class="button plain" href="/codes" data-testid="codes-link">
          {t("codes.title")}
        </a>
      </header>
      <p class="lead">{t("overrides.explained")}</p>
      <div class="filters">
        <Segments
          name="state"
          label={t("table.state")}
          options={[
            ["", t("overrides.active"), live.filter(isActive).length],
            ["ended", word("finding-state", "closed")],
            ["exemptions", t("exemptions.title")],
            ["month", t("exceptions.month")],
          ]}
        />
      </div>
      {state === "exemptions" ? (
        <Exemptions />
      ) : state === "month" ? (
        <ExceptionsOfMonth />
      ) : rows.length === 0 ? (
        <Empty text={t("overrides.none")} />
      ) : (
        <Table
          caption="nav.overrides"
          heads={["table.what", "table.policy", "overrides.wants", "table.by", "approvals.from", "approvals.until", "table.actions"]}
        >
          {rows.map((o) => (
            <Row key={o.id} override={o} active={isActive(o)} />
          ))}
        </Table>
      )}
      {state === "ended" && <OlderButton older={older} />}
    </div>
  );
}
