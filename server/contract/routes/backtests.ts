/** Policies tried on the past. */
import { z } from "zod";
import { backtestDto, backtestRequest } from "../backtests.ts";
import { id, list, none, route } from "./route.ts";

export const backtestRoutes = {
  backtest: route({
    method: "post",
    path: "/policies/{id}/backtest",
    summary: "Try a policy on the stored history: runs in the background, one at a time",
    action: "export",
    query: z.strictObject({ wait: z.enum(["0", "1"]).optional().meta({ description: "1: answer when it is over" }) }),
    body: backtestRequest,
    status: 202,
    response: backtestDto,
  }),
  backtests: route({
    method: "get",
    path: "/backtests",
    summary: "The newest back-tests",
    action: "export",
    query: z.strictObject({ policy: id.optional() }),
    body: null,
    status: 200,
    response: list(backtestDto),
  }),
  backtestRun: route({
    method: "get",
    path: "/backtests/{id}",
    summary: "How far a back-test is, and its result",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: backtestDto,
  }),
  cancelBacktest: route({
    method: "delete",
    path: "/backtests/{id}",
    summary: "Cancel a back-test",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: backtestDto,
  }),
} as const;
