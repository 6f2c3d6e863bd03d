/** Messages by Web Push (RFC 8030). */
import { z } from "zod";
import { pushDto, subscribeRequest, unsubscribeRequest } from "../push-desk.ts";
import { none, route } from "./route.ts";

export const pushRoutes = {
  push: route({
    method: "get",
    path: "/push",
    summary: "The key for Web Push, and one's own devices",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: pushDto,
  }),
  pushSubscribe: route({
    method: "post",
    path: "/push/subscriptions",
    summary: "Have this browser told of what one answers for",
    action: "view",
    query: none,
    body: subscribeRequest,
    status: 201,
    response: pushDto,
  }),
  pushUnsubscribe: route({
    method: "delete",
    path: "/push/subscriptions",
    summary: "Have a browser told no more",
    action: "view",
    query: none,
    body: unsubscribeRequest,
    status: 200,
    response: pushDto,
  }),
  pushTest: route({
    method: "post",
    path: "/push/test",
    summary: "Send a test message to one's own devices",
    action: "view",
    query: none,
    body: null,
    status: 202,
    response: z.object({ notice: z.string() }),
  }),
} as const;
