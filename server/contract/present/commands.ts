/** Commands as the border shows them. */
import type { Command } from "../../core/finding.ts";
import type { CommandDto } from "../commands.ts";
import type { Eyes } from "./eyes.ts";
import { orNull } from "./eyes.ts";

function measuredDto(eyes: Eyes, { point, value, at, device }: NonNullable<Command["proof"]>): NonNullable<CommandDto["proof"]> {
  return { point, value, at: eyes.iso(at), ...(device === undefined ? {} : { device }) };
}

export function commandDto(eyes: Eyes, command: Command): CommandDto {
  return {
    id: command.id,
    device: command.device,
    set: { ...command.set },
    source: command.source,
    by: command.by,
    finding: command.finding,
    state: command.state,
    reason: command.reason,
    attempts: command.attempts,
    plannedAt: eyes.iso(command.plannedAt),
    endedAt: orNull(eyes, command.endedAt),
    before: { ...command.before },
    proof: command.proof === null ? null : measuredDto(eyes, command.proof),
    stayed: command.stayed == null ? null : measuredDto(eyes, command.stayed),
    short: command.short == null ? null : { ...measuredDto(eyes, command.short), gives: { ...command.short.gives.set }, until: eyes.iso(command.short.until) },
    error: command.error,
    steps: command.steps.map((s) => ({ state: s.state, at: eyes.iso(s.at), note: s.note })),
  };
}
