/** One command with its life. */
import { useState } from "preact/hooks";
import type { CommandDto } from "../../../server/contract/commands.ts";
import { format, t, word } from "../i18n.ts";
import { personName, policyName, pointText, setText } from "../names.ts";
import { CommandSavings } from "./command-savings.tsx";
import { Stepper } from "./marks.tsx";
import { Time } from "./time.tsx";

/** Who asked for it. */
export function askedBy(c: Pick<CommandDto, "source" | "by">): string {
  if (c.source === "policy") return policyName(c.by);
  if (c.source === "person") return personName(c.by);
  return word("source", c.source);
}

const UNITS: Readonly<Record<string, string>> = {
  setpoint: "°C",
  roomSetpoint: "°C",
  brightness: "%",
  power: "W",
  temperature: "°C",
  flow: "L/min",
  illuminance: "lx",
};

/** A measured point in words. */
function saidOf({ point, value }: NonNullable<CommandDto["proof"]>): { readonly point: string; readonly value: string } {
  return { point: word("point", point), value: pointText(point, value, UNITS[point] ?? "") };
}

export function CommandCard({ command: c, open = false }: { readonly command: CommandDto; readonly open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details class="command" open={open} data-testid="command" data-id={c.id} onToggle={(e) => setShown(e.currentTarget.open)}>
      <summary>
        <span class="figures">
          <Time at={c.plannedAt} />
        </span>
        <b>{setText(c.set) || word("source", c.source)}</b>
        <span class="muted">{askedBy(c)}</span>
        <Stepper state={c.state} />
      </summary>
      <ol class="timeline">
        {c.steps.map((step, i) => (
          <li key={i}>
            <Time at={step.at} how="full" />
            <p>
              {word("command-state", step.state)}
              {step.note === null ? "" : ` — ${word("step-note", step.note)}`}
            </p>
          </li>
        ))}
      </ol>
      <p class="muted small">
        {[
          t("commands.attempts", { n: c.attempts }),
          ...Object.entries(c.before)
            .filter(([, v]) => v !== null)
            .map(([point, v]) => t("commands.before", { point: word("point", point), value: pointText(point, v, UNITS[point] ?? "") })),
          ...(c.proof === null ? [] : [t("commands.proof", saidOf(c.proof))]),
          ...(c.stayed === null ? [] : [t("commands.stayed", saidOf(c.stayed))]),
          ...(c.short === null ? [] : [t("commands.short", { ...saidOf(c.short), set: setText(c.short.gives), until: format.value.time(c.short.until) })]),
          ...(c.error === null ? [] : [t("commands.error", { error: word("step-note", c.error) })]),
        ].join(" · ")}
      </p>
      {shown && <CommandSavings command={c.id} state={c.state} />}
    </details>
  );
}
