/** Links in messages that act without signing in. */
import { actDto, actRequest } from "../act.ts";
import { none, route } from "./route.ts";

export const actRoutes = {
  act: route({
    method: "get",
    path: "/act/{token}",
    summary: "The one alert that a link in a message is for; nobody need be signed in, and nothing is used up",
    action: null,
    query: none,
    body: null,
    status: 200,
    response: actDto,
  }),
  actAck: route({
    method: "post",
    path: "/act/{token}/ack",
    summary: "Acknowledge it, once, as the person to whom the message was sent",
    action: null,
    query: none,
    body: actRequest,
    status: 200,
    response: actDto,
  }),
} as const;
