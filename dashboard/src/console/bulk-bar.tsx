/** What can be done with the chosen alerts. */
import { t, word } from "../i18n.ts";
import { canOn } from "../me.ts";
import { notAllowed, OpenButton } from "../parts/action.tsx";
import { alerts } from "../store.ts";
import type { Asking } from "./act-dialog.tsx";

const MAY = { ack: "acknowledge", shelve: "shelve", comment: "comment", "out-of-service": "shelve" } as const;

export function BulkBar({
  ids,
  onAck,
  onAsk,
  onClear,
}: {
  readonly ids: readonly string[];
  readonly onAck: () => void;
  readonly onAsk: (asking: Asking) => void;
  readonly onClear: () => void;
}) {
  /** Why none of them can be treated so. */
  const blocked = (doing: keyof typeof MAY) => {
    const chosen = ids.flatMap((id) => alerts.peek(id) ?? []);
    return chosen.some((a) => canOn(MAY[doing], a)) ? null : notAllowed(MAY[doing], chosen[0]?.department ?? null);
  };
  const button = (doing: keyof typeof MAY, run: () => void) => {
    const why = blocked(doing);
    return (
      <OpenButton why={why} open={run} tone={doing === "ack" ? "primary" : "plain"} testId={`bulk-${doing}`}>
        {word("alert-do", doing)}
      </OpenButton>
    );
  };
  return (
    <div class="bulk-bar" role="toolbar" aria-label={t("console.chosen", { n: ids.length })} data-testid="bulk-bar">
      <b role="status">{t("console.chosen", { n: ids.length })}</b>
      {button("ack", onAck)}
      {button("shelve", () => onAsk("shelve"))}
      {button("comment", () => onAsk("comment"))}
      {button("out-of-service", () => onAsk("out-of-service"))}
      <button type="button" class="quiet" onClick={onClear} data-testid="bulk-clear">
        {t("console.clear-choice")}
      </button>
    </div>
  );
}
