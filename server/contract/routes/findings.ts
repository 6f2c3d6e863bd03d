/** Violations and what they came to. */
import { z } from "zod";
import { findingDto, summaryDto } from "../findings.ts";
import { caseDto } from "../why.ts";
import { id, list, moment, none, records, route } from "./route.ts";

export const findingRoutes = {
  findings: route({
    method: "get",
    path: "/findings",
    summary: "Violations, newest first",
    action: "view",
    query: z.strictObject({
      state: z.enum(["open", "closed"]).optional(),
      policy: id.optional(),
      device: id.optional(),
      from: moment.optional(),
      to: moment.optional(),
      ...records,
    }),
    body: null,
    status: 200,
    response: list(findingDto),
  }),
  finding: route({
    method: "get",
    path: "/findings/{id}",
    summary: "One violation",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: findingDto,
  }),
  findingWhy: route({
    method: "get",
    path: "/findings/{id}/why",
    summary: "Why a violation was found, who had allowed what then, and what followed",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: caseDto,
  }),
  summary: route({
    method: "get",
    path: "/reports/findings",
    summary: "Per policy: findings, hours and what was wasted within [from, to)",
    action: "view",
    query: z.strictObject({
      from: moment.optional().meta({ description: "30 days before `to` if absent" }),
      to: moment.optional().meta({ description: "Now if absent" }),
    }),
    body: null,
    status: 200,
    response: list(summaryDto),
  }),
} as const;
