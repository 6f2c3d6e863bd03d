/** A button for something that not everybody may do: where it is not allowed it stays visible and says why. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Action } from "../../../server/core/roles.ts";
import { t, word } from "../i18n.ts";
import { can, me } from "../me.ts";

export function notAllowed(action: Action, department: string | null): string | null {
  if (can(action, department)) return null;
  const role = me.value?.person?.role;
  return role === undefined ? t("action.nobody") : t("action.not-allowed", { role: word("role", role), action: word("may", action) });
}

/** Opens what a person is asked in; where `why` says that it cannot be, it stays visible and says so. */
export function OpenButton(props: {
  readonly why: string | null;
  readonly open: () => void;
  readonly children: ComponentChildren;
  readonly tone?: string;
  readonly testId?: string;
}) {
  const { why } = props;
  return (
    <button
      type="button"
      class={props.tone ?? "plain"}
      aria-disabled={why !== null}
      title={why ?? undefined}
      onClick={() => why === null && props.open()}
      data-testid={props.testId}
    >
      {props.children}
    </button>
  );
}

export function ActionButton(props: {
  readonly action: Action;
  readonly department: string | null;
  readonly run: () => Promise<unknown> | void;
  readonly children: ComponentChildren;
  readonly tone?: "primary" | "quiet" | "plain" | "danger";
  readonly testId?: string;
  /** Another reason why it cannot be done now. */
  readonly blocked?: string | null;
  readonly label?: string;
  /** Whose it is may do it whatever their role. */
  readonly own?: boolean;
  /** Within something that holds the focus itself. */
  readonly unfocusable?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const why = (props.own === true ? null : notAllowed(props.action, props.department)) ?? props.blocked ?? null;
  const click = async () => {
    if (why !== null || busy) return;
    setBusy(true);
    await props.run();
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={props.tone ?? "plain"}
      aria-disabled={why !== null || busy}
      aria-busy={busy}
      aria-label={props.label}
      tabIndex={props.unfocusable === true ? -1 : undefined}
      title={why ?? undefined}
      data-testid={props.testId}
      onClick={() => void click()}
    >
      {props.children}
    </button>
  );
}
