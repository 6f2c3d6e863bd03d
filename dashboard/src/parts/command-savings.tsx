/** What one command avoided, with what that rests on; or why it cannot be said. */
import { useState } from "preact/hooks";
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

/** Reckoned from weeks of readings of all its like, so only for who asks. `state`: what was said before is not of a command that went on. */
export function CommandSavings({ command, state }: { readonly command: string; readonly state: string }) {
  const [known, setKnown] = useState<{ readonly of: string; readonly said: CommandSavingsDto } | null>(null);
  const [busy, setBusy] = useState(false);
  const of = `${command}\n${state}`;
  const ask = async () => {
    if (busy) return;
    setBusy(true);
    const answer = await get<CommandSavingsDto>(`/commands/${encodeURIComponent(command)}/savings`);
    setBusy(false);
    if (answer.ok) setKnown({ of, said: answer.data });
  };
  const said = known?.of === of ? known.said : null;
  if (said === null)
    return (
      <button type="button" class="quiet small" aria-busy={busy} aria-disabled={busy} onClick={() => void ask()} data-testid="command-savings-ask">
        {t(busy ? "command-savings.reckoning" : "command-savings.ask")}
      </button>
    );
  return (
    <div class="command-savings" data-testid="command-savings" data-kind={said.kind}>
      {said.kind === "said" ? <Avoided said={said} /> : <p class="muted small">{t("command-savings.unsaid", { why: word("command-unsaid", said.why) })}</p>}
    </div>
  );
}
