/** Commands, why, and what they avoided. */
import { z } from "zod";
import { COMMAND_STATES } from "../../core/finding.ts";
import { commandDto } from "../commands.ts";
import { caseDto } from "../why.ts";
import { commandSavingsDto } from "../savings.ts";
import { id, list, none, records, route } from "./route.ts";

export const commandRoutes = {
  commandWhy: route({
    method: "get",
    path: "/commands/{id}/why",
    summary: "Why a command was sent, what was there before and what followed",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: caseDto,
  }),
  commandSavings: route({
    method: "get",
    path: "/commands/{id}/savings",
    summary: "What a command avoided: the load that ran until then against when it would have ended by the device's own past, or why that cannot be said",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: commandSavingsDto,
  }),
  commands: route({
    method: "get",
    path: "/commands",
    summary: "Commands, newest first",
    action: "view",
    query: z.strictObject({
      device: id.optional(),
      finding: id.optional(),
      state: z
        .enum([...COMMAND_STATES, "active"])
        .optional()
        .meta({ description: "`active` = not ended" }),
      ...records,
    }),
    body: null,
    status: 200,
    response: list(commandDto),
  }),
} as const;
