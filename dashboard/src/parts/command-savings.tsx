/** What one command avoided, with what that rests on; or why it cannot be said. */
import { useEffect, useState } from "preact/hooks";
import type { CommandSavingsDto } from "../../../server/contract/savings.ts";
import { get } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { now } from "../store.ts";
import { fineAmount } from "./stream.tsx";

type Said = Extract<CommandSavingsDto, { kind: "said" }>;

function Avoided({ said }: { readonly said: Said }) {
  const { amount, cny, hours } = said;
  const [unit, load] = said.quantity === "kwh" ? (["kWh", "W"] as const) : (["m³", "L/min"] as const);
  const quantity = (value: number) => fineAmount(value, unit);
  return (
    <>
      <p>
        {t("command-savings.avoided")} <b>{quantity(amount.value)}</b>
        {cny === null ? "" : ` · ${format.value.money(cny.value)}`}{" "}
        <span class="muted">
          {t("savings.range", { low: quantity(amount.low), high: quantity(amount.high) })}
          {cny === null ? "" : ` · ${format.value.money(cny.low)} – ${format.value.money(cny.high)}`}
        </span>
      </p>
      <p class="muted small">
        {[
          t("command-savings.before", { load: format.value.quantity(said.before, load) }),
          ...(hours === null ? [] : [t("command-savings.hours", { lasts: format.value.duration(hours * 3_600_000) })]),
          t("command-savings.until", { ended: word("command-savings-ended", said.endedBy), at: format.value.time(said.until, now.peek()) }),
          ...(said.rebound > 0 ? [t("command-savings.rebound", { amount: quantity(said.rebound) })] : []),
          t("savings.basis", { basis: word("savings-basis", said.basis), n: said.pasts.own + said.pasts.others }),
        ].join(" · ")}
      </p>
    </>
  );
}

/** `state`: asked anew when the command comes on. */
export function CommandSavings({ command, state }: { readonly command: string; readonly state: string }) {
  const [known, setKnown] = useState<CommandSavingsDto | null>(null);
  useEffect(() => {
    let gone = false;
    void get<CommandSavingsDto>(`/commands/${encodeURIComponent(command)}/savings`).then((answer) => !gone && answer.ok && setKnown(answer.data));
    return () => {
      gone = true;
    };
  }, [command, state]);
  if (known === null) return null;
  return (
    <div class="command-savings" data-testid="command-savings" data-kind={known.kind}>
      {known.kind === "said" ? <Avoided said={known} /> : <p class="muted small">{t("command-savings.unsaid", { why: word("command-unsaid", known.why) })}</p>}
    </div>
  );
}
