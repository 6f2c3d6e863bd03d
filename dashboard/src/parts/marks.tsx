/** Small marks that say a state by shape and word, and by colour only where a person is needed. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import type { CommandState } from "../../../server/core/finding.ts";
import { t, word } from "../i18n.ts";

export function SeverityMark({ severity }: { readonly severity: AlertDto["severity"] }) {
  return (
    <span class={`severity ${severity}`} title={word("severity", severity)}>
      <span class="sr-only">{word("severity", severity)}</span>
    </span>
  );
}

export function AlertState({ state }: { readonly state: AlertDto["state"] }) {
  return (
    <span class={`tag alert-${state}`} data-testid="alert-state" data-state={state}>
      {word("alert-state", state)}
    </span>
  );
}

export function DeviceStatus({ status }: { readonly status: DeviceDto["status"] }) {
  return <span class={`tag status-${status}`}>{word("status", status)}</span>;
}

export function ModeMark({ mode }: { readonly mode: PolicyDto["mode"] }) {
  return <span class={`tag mode-${mode}`}>{word("mode", mode)}</span>;
}

const PATH: readonly CommandState[] = ["planned", "sent", "accepted", "reported", "proven"];
const FAILED: ReadonlySet<CommandState> = new Set(["refused", "ignored", "gave-up"]);

/** How far a state is along planned → proven; a failed command stands where it got to. */
export function progressOf(state: CommandState): number {
  const at = PATH.indexOf(state);
  return at >= 0 ? at : state === "ignored" || state === "refused" ? 1 : state === "gave-up" ? 2 : 0;
}

/** A command's life as five steps and a word. */
export function Stepper({ state, compact = false }: { readonly state: CommandState; readonly compact?: boolean }) {
  const reached = progressOf(state);
  const failed = FAILED.has(state);
  return (
    <span class={`stepper ${failed ? "failed" : ""} ${state}`} data-testid="command-state" data-state={state}>
      <span class="steps" aria-hidden="true">
        {PATH.map((step, i) => (
          <i key={step} class={i < reached ? "past" : i === reached ? "here" : ""} title={word("command-state", step)} />
        ))}
      </span>
      <span class={compact ? "sr-only" : "step-word"}>{word("command-state", state)}</span>
    </span>
  );
}

export function Empty({ text }: { readonly text?: string }) {
  return <p class="empty">{text ?? t("common.nothing")}</p>;
}

/** A sentence in which `**…**` stands out. */
export function Emphasis({ of }: { readonly of: string }) {
  return <>{of.split("**").map((part, i) => (i % 2 === 1 ? <strong key={i}>{part}</strong> : part))}</>;
}
