/** What an exception would cost, before it is asked for. */
import { useEffect, useState } from "preact/hooks";
import type { EstimateDto } from "../../../server/contract/exceptions.ts";
import { get } from "../api.ts";
import { format, t } from "../i18n.ts";

export type CostSubject = { readonly device: string } | { readonly space: string };

/** `minutes` 0 or less: nothing to say yet. */
export function Cost({ subject, minutes, setpoint = null }: { readonly subject: CostSubject; readonly minutes: number; readonly setpoint?: number | null }) {
  const [known, setKnown] = useState<{ readonly search: string; readonly estimate: EstimateDto } | null>(null);
  const asked = { ...subject, minutes: String(minutes), ...(setpoint === null ? {} : { setpoint: String(setpoint) }) };
  const search = new URLSearchParams(asked as Record<string, string>).toString();
  useEffect(() => {
    if (!(minutes > 0)) return;
    let gone = false;
    void get<EstimateDto>(`/estimate?${search}`).then((answer) => !gone && answer.ok && setKnown({ search, estimate: answer.data }));
    return () => {
      gone = true;
    };
  }, [search]);
  if (known?.search !== search) return <p class="ask-cost muted">…</p>;
  const { kwh, cny, basis } = known.estimate;
  if (basis.length === 0) return <p class="ask-cost">{t("ask.no-cost")}</p>;
  const worst = basis.some((b) => b.source === "nominal") ? "nominal" : basis.some((b) => b.source === "mean") ? "mean" : "measured";
  return (
    <p class="ask-cost" data-testid="ask-cost">
      <b>{t("ask.cost", { kwh: format.value.quantity(kwh.value, "kWh"), cny: format.value.money(cny.value) })}</b>
      <small class="muted">
        {t("ask.cost-range", { low: format.value.quantity(kwh.low, "kWh"), high: format.value.quantity(kwh.high, "kWh"), basis: t(`ask.basis.${worst}`) })}
      </small>
    </p>
  );
}
