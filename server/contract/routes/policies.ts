/** Policies, built in and written as data. */
import { policyChange, policyDto } from "../policies.ts";
import { customPolicySchema } from "../custom-policy.ts";
import { list, none, route } from "./route.ts";

export const policyRoutes = {
  policies: route({
    method: "get",
    path: "/policies",
    summary: "Every policy with mode, scope and parameters",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: list(policyDto),
  }),
  policy: route({ method: "get", path: "/policies/{id}", summary: "One policy", action: "view", query: none, body: null, status: 200, response: policyDto }),
  writePolicy: route({
    method: "post",
    path: "/policies",
    summary: "Write a policy as data, or write one anew that was written so",
    action: "change-policy",
    query: none,
    body: customPolicySchema,
    status: 201,
    response: policyDto,
  }),
  removePolicy: route({
    method: "delete",
    path: "/policies/{id}",
    summary: "Take back a policy that was written as data",
    action: "change-policy",
    query: none,
    body: null,
    status: 200,
    response: policyDto,
  }),
  changePolicy: route({
    method: "put",
    path: "/policies/{id}",
    summary: "Change mode, parameters, scope or owner",
    action: "change-policy",
    query: none,
    body: policyChange,
    status: 200,
    response: policyDto,
  }),
} as const;
