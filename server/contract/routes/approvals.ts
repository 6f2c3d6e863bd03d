/** What waits for somebody's word. */
import { z } from "zod";
import { approvalDto, approvalRequest, decisionRequest } from "../approvals.ts";
import { list, none, records, route } from "./route.ts";

export const approvalRoutes = {
  approvals: route({
    method: "get",
    path: "/approvals",
    summary: "What waits for, or got, somebody's word",
    action: "view",
    query: z.strictObject({
      state: z.enum(["pending", "granted", "refused", "withdrawn"]).optional(),
      mine: z.enum(["1"]).optional().meta({ description: "1: only what one asked for oneself and what still waits or holds" }),
      ...records,
    }),
    body: null,
    status: 200,
    response: list(approvalDto),
  }),
  requestApproval: route({
    method: "post",
    path: "/approvals",
    summary: "Ask for overtime in a space",
    action: "request-approval",
    query: none,
    body: approvalRequest,
    status: 201,
    response: approvalDto,
  }),
  withdraw: route({
    method: "delete",
    path: "/approvals/{id}",
    summary: "Take back what one has asked for oneself: what waits, or granted overtime",
    action: "request-approval",
    query: none,
    body: null,
    status: 200,
    response: approvalDto,
  }),
  grant: route({
    method: "post",
    path: "/approvals/{id}/grant",
    summary: "Grant",
    action: "grant-approval",
    query: none,
    body: decisionRequest,
    status: 200,
    response: approvalDto,
  }),
  refuse: route({
    method: "post",
    path: "/approvals/{id}/refuse",
    summary: "Refuse",
    action: "grant-approval",
    query: none,
    body: decisionRequest,
    status: 200,
    response: approvalDto,
  }),
} as const;
