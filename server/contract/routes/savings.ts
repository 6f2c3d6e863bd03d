/** What was saved, and what people say of it. */
import { z } from "zod";
import { adjustmentDto, adjustmentRequest, baselineChoiceDto, baselineRequest, withdrawalRequest } from "../savings-entries.ts";
import { savingsDto } from "../savings.ts";
import { id, moment, none, route } from "./route.ts";

export const savingsRoutes = {
  savings: route({
    method: "get",
    path: "/reports/savings",
    summary: "What was saved at a building within [from, to): planned, measured and verified, never one for the other",
    action: "view",
    query: z.strictObject({
      from: moment.optional().meta({ description: "30 days before `to` if absent; at most 92 days" }),
      to: moment.optional().meta({ description: "Now if absent" }),
      building: id.optional().meta({ description: "The first of the site if absent" }),
    }),
    body: null,
    status: 200,
    response: savingsDto,
  }),
  addAdjustment: route({
    method: "post",
    path: "/reports/savings/adjustments",
    summary: "Enter what changes a building's use and is no saving (a non-routine adjustment of the IPMVP), with its reason and its source",
    action: "adjust-savings",
    query: none,
    body: adjustmentRequest,
    status: 201,
    response: adjustmentDto,
  }),
  withdrawAdjustment: route({
    method: "post",
    path: "/reports/savings/adjustments/{id}/withdraw",
    summary: "Withdraw an adjustment, with the reason: it counts no longer and stays on record",
    action: "adjust-savings",
    query: none,
    body: withdrawalRequest,
    status: 200,
    response: adjustmentDto,
  }),
  chooseBaseline: route({
    method: "put",
    path: "/reports/savings/baseline",
    summary: "Choose the days of a building's baseline, all before the first command; null: a year before it at most",
    action: "adjust-savings",
    query: none,
    body: baselineRequest,
    status: 200,
    response: baselineChoiceDto,
  }),
} as const;
