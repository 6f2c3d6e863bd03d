/** A form that sends once, shows its problem beside its button, and says when it is done. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { Answer } from "../api.ts";
import { t } from "../i18n.ts";
import { Problem, tellDone } from "./notice.tsx";

export function Form({
  send,
  done,
  onDone,
  button,
  tone = "primary",
  disabled = null,
  children,
  testId,
}: {
  readonly send: (form: FormData) => Promise<Answer<unknown>>;
  readonly done?: string;
  readonly onDone?: () => void;
  readonly button: string;
  readonly tone?: "primary" | "danger";
  /** Why it cannot be sent at all. */
  readonly disabled?: string | null;
  readonly children?: ComponentChildren;
  readonly testId?: string;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || disabled !== null) return;
    setBusy(true);
    const form = event.currentTarget as HTMLFormElement;
    const answer = await send(new FormData(form));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    form.reset();
    if (done !== undefined) tellDone(done);
    onDone?.();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)} data-testid={testId}>
      {children}
      <Problem problem={problem} />
      <p class="form-end">
        {disabled !== null && <span class="muted">{disabled}</span>}
        <button type="submit" class={tone} aria-disabled={busy || disabled !== null} aria-busy={busy}>
          {busy ? t("common.sending") : button}
        </button>
      </p>
    </form>
  );
}

/** A field's text, trimmed. */
export function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** As it was typed: blanks belong to a password. */
export function secret(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

export function Field({ label, hint, children }: { readonly label: string; readonly hint?: string; readonly children: ComponentChildren }) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      {children}
      {hint !== undefined && <span class="hint">{hint}</span>}
    </label>
  );
}
