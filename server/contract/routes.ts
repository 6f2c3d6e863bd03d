/** Every route under `/api/v1`: what it takes, gives and needs. The server's handlers and the OpenAPI document both come from this table. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { ALERT_STATES, COMMAND_STATES } from "../core/finding.ts";
import type { Action } from "../core/roles.ts";
import {
  ackRequest,
  adoptRequest,
  alertDto,
  approvalDto,
  approvalRequest,
  assignRequest,
  auditDto,
  auditReportDto,
  backtestDto,
  backtestRequest,
  calendarDto,
  caseDto,
  clockDto,
  commandDto,
  commandRequest,
  commentRequest,
  decisionRequest,
  deviceDto,
  findingDto,
  handsOffDto,
  handsOffRequest,
  jobDto,
  overrideDto,
  overrideRequest,
  overviewDto,
  pointListDto,
  policyChange,
  policyDto,
  readingDto,
  rejectionDto,
  shelveRequest,
  siteDto,
  spaceDto,
  summaryDto,
  whyDto,
} from "./api.ts";
import { customPolicySchema } from "./custom-policy.ts";

export interface RouteSpec {
  readonly method: "get" | "post" | "put" | "delete";
  /** `{id}` is one segment; `{device}` is a device's id, with its slash as it is or encoded. */
  readonly path: string;
  readonly summary: string;
  /** What the asker must be allowed to do; null = nobody need be signed in. Where a role may do it only at its own departments, the subject's counts. */
  readonly action: Action | null;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  readonly status: 200 | 201 | 202;
  readonly response: z.ZodType;
}

const none = z.strictObject({});
const iso = z.iso.datetime({ offset: true });
/** A time in a query. An unescaped `+` of an offset arrives as a space and is taken for what it was. */
const moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    const given = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(iso.safeParse(text.replace(/ (?=\d\d:\d\d$)/, "+")).data ?? "");
    if (given <= 8.64e15) return given;
    context.addIssue("must be ISO 8601 with an offset, such as 2026-07-01T14:00:00+08:00, or milliseconds since 1970");
    return z.NEVER;
  })
  .meta({ description: "ISO 8601 with offset, or milliseconds since 1970" });
const cursor = z.string().max(500).optional().meta({ description: "`next` of the page before" });
const paging = (standard: number, most: number) => ({
  cursor,
  limit: z.coerce.number().int().min(1).max(most).default(standard).meta({ description: "Items a page" }),
});
const records = paging(100, 1000);
const id = z.string().min(1).max(300);
const list = (item: z.ZodType) => z.object({ items: z.array(item), next: z.string().nullable() });
const WINDOW = /^[1-9]\d{0,3}[smhd]$/;

/** Keeps the exact types of a route, so that its handler is checked against them. */
function route<const R extends RouteSpec>(spec: R): R {
  return spec;
}

export const ROUTES = {
  openapi: route({
    method: "get",
    path: "/openapi.json",
    summary: "This document",
    action: null,
    query: none,
    body: null,
    status: 200,
    response: z.record(z.string(), z.unknown()),
  }),
  sites: route({
    method: "get",
    path: "/sites",
    summary: "The site: buildings, departments, people",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: list(siteDto),
  }),
  clock: route({ method: "get", path: "/clock", summary: "The house's time", action: "view", query: none, body: null, status: 200, response: clockDto }),
  overview: route({
    method: "get",
    path: "/overview",
    summary: "Figures of the whole house",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: overviewDto,
  }),
  calendar: route({
    method: "get",
    path: "/calendar",
    summary: "What kind of day it is, and why",
    action: "view",
    query: z.strictObject({ date: z.iso.date().optional().meta({ description: "YYYY-MM-DD; today if absent" }) }),
    body: null,
    status: 200,
    response: calendarDto,
  }),
  spaces: route({
    method: "get",
    path: "/spaces",
    summary: "Rooms and areas",
    action: "view",
    query: z.strictObject({ building: id.optional(), floor: id.optional(), department: id.optional(), ...paging(1000, 5000) }),
    body: null,
    status: 200,
    response: list(spaceDto),
  }),
  devices: route({
    method: "get",
    path: "/devices",
    summary: "Devices with their points",
    action: "view",
    query: z.strictObject({
      kind: z.enum(DEVICE_KINDS).optional(),
      building: id.optional(),
      space: id.optional(),
      status: z.enum(["online", "offline", "silent", "discovered"]).optional(),
      ...paging(1000, 5000),
    }),
    body: null,
    status: 200,
    response: list(deviceDto),
  }),
  device: route({ method: "get", path: "/devices/{device}", summary: "One device", action: "view", query: none, body: null, status: 200, response: deviceDto }),
  why: route({
    method: "get",
    path: "/devices/{device}/why",
    summary: "Why the device is as it is",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: whyDto,
  }),
  commandDevice: route({
    method: "post",
    path: "/devices/{device}/commands",
    summary: "Command a device by hand",
    action: "command",
    query: none,
    body: commandRequest,
    status: 202,
    response: commandDto,
  }),
  adopt: route({
    method: "post",
    path: "/devices/{device}/adopt",
    summary: "Give a discovered device its kind and place",
    action: "adopt-device",
    query: none,
    body: adoptRequest,
    status: 200,
    response: deviceDto,
  }),
  points: route({
    method: "get",
    path: "/points",
    summary: "Points with their units and newest values",
    action: "view",
    query: z.strictObject({ device: id.optional(), ...paging(1000, 5000) }),
    body: null,
    status: 200,
    response: list(pointListDto),
  }),
  readings: route({
    method: "get",
    path: "/readings",
    summary: "A point's history: raw, or in windows [t, t+every)",
    action: "view",
    query: z.strictObject({
      point: id.meta({ description: "<building>/<device>/<point>" }),
      from: moment.optional().meta({ description: "24 h before `to` if absent" }),
      to: moment.optional().meta({ description: "Now if absent" }),
      every: z
        .string()
        .regex(WINDOW, "must be a number and s, m, h or d, such as 5m, 1h or 1d")
        .optional()
        .meta({ description: "Window, e.g. 5m, 1h, 1d; absent = raw readings" }),
      fn: z.enum(["mean", "min", "max", "last", "sum"]).optional().meta({ description: "With `every`; mean if absent" }),
      ...paging(1000, 10_000),
    }),
    body: null,
    status: 200,
    response: list(readingDto),
  }),
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
  alerts: route({
    method: "get",
    path: "/alerts",
    summary: "Alerts, newest first",
    action: "view",
    query: z.strictObject({
      state: z
        .enum([...ALERT_STATES, "open", "active"])
        .optional()
        .meta({ description: "ISA-18.2 state; `open` = not normal; `active` = the cause stands" }),
      device: id.optional(),
      ...records,
    }),
    body: null,
    status: 200,
    response: list(alertDto),
  }),
  alert: route({
    method: "get",
    path: "/alerts/{id}",
    summary: "One alert with its log",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: alertDto,
  }),
  ack: route({
    method: "post",
    path: "/alerts/{id}/ack",
    summary: "Acknowledge",
    action: "acknowledge",
    query: none,
    body: ackRequest,
    status: 200,
    response: alertDto,
  }),
  shelve: route({
    method: "post",
    path: "/alerts/{id}/shelve",
    summary: "Put aside for a while, with a reason",
    action: "shelve",
    query: none,
    body: shelveRequest,
    status: 200,
    response: alertDto,
  }),
  comment: route({
    method: "post",
    path: "/alerts/{id}/comment",
    summary: "Comment",
    action: "comment",
    query: none,
    body: commentRequest,
    status: 200,
    response: alertDto,
  }),
  assign: route({
    method: "post",
    path: "/alerts/{id}/assign",
    summary: "Hand to a person",
    action: "assign",
    query: none,
    body: assignRequest,
    status: 200,
    response: alertDto,
  }),
  resolve: route({
    method: "post",
    path: "/alerts/{id}/resolve",
    summary: "Declare it over",
    action: "resolve",
    query: none,
    body: ackRequest,
    status: 200,
    response: alertDto,
  }),
  handsOff: route({
    method: "get",
    path: "/hands-off",
    summary: "Where policies command nothing, now and before",
    action: "view",
    query: z.strictObject({ ...records }),
    body: null,
    status: 200,
    response: list(handsOffDto),
  }),
  takeHandsOff: route({
    method: "post",
    path: "/hands-off",
    summary: "Take the hand off a device, a space, a floor, a building or the whole site: no policy commands anything there",
    action: "hands-off",
    query: none,
    body: handsOffRequest,
    status: 201,
    response: handsOffDto,
  }),
  endHandsOff: route({
    method: "delete",
    path: "/hands-off/{id}",
    summary: "Put the hand back on",
    action: "hands-off",
    query: none,
    body: null,
    status: 200,
    response: handsOffDto,
  }),
  overrides: route({
    method: "get",
    path: "/overrides",
    summary: "Temporary exceptions",
    action: "view",
    query: z.strictObject({ active: z.enum(["true", "false"]).optional(), ...records }),
    body: null,
    status: 200,
    response: list(overrideDto),
  }),
  override: route({
    method: "post",
    path: "/overrides",
    summary: "Make a temporary exception",
    action: "override",
    query: none,
    body: overrideRequest,
    status: 201,
    response: overrideDto,
  }),
  endOverride: route({
    method: "delete",
    path: "/overrides/{id}",
    summary: "End an exception",
    action: "override",
    query: none,
    body: null,
    status: 200,
    response: overrideDto,
  }),
  approvals: route({
    method: "get",
    path: "/approvals",
    summary: "What waits for, or got, somebody's word",
    action: "view",
    query: z.strictObject({ state: z.enum(["pending", "granted", "refused", "withdrawn"]).optional(), ...records }),
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
  rejections: route({
    method: "get",
    path: "/rejections",
    summary: "The newest messages that could not be taken in",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: list(rejectionDto),
  }),
  jobs: route({
    method: "get",
    path: "/jobs",
    summary: "Print jobs; user and document only for those who may see them",
    action: "view",
    query: z.strictObject({ device: id.optional(), ...records }),
    body: null,
    status: 200,
    response: list(jobDto),
  }),
  audit: route({
    method: "get",
    path: "/audit",
    summary: "Who did what to what, newest first",
    action: "view-audit",
    query: z.strictObject({ what: id.optional(), by: id.optional(), subject: id.optional(), ...records }),
    body: null,
    status: 200,
    response: list(auditDto),
  }),
  auditHead: route({
    method: "get",
    path: "/audit/head",
    summary: "The end of the audit's chain: note it elsewhere, and nobody can cut off what came before it",
    action: "view-audit",
    query: none,
    body: null,
    status: 200,
    response: z.object({ seq: z.number(), hash: z.string(), at: iso.nullable() }),
  }),
  verifyAudit: route({
    method: "get",
    path: "/audit/verify",
    summary: "Walk the audit's chain from its beginning",
    action: "view-audit",
    query: z.strictObject({
      head: z
        .string()
        .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits")
        .optional()
        .meta({ description: "A head that was noted earlier" }),
    }),
    body: null,
    status: 200,
    response: auditReportDto,
  }),
  exportAudit: route({
    method: "get",
    path: "/audit/export",
    summary: "The whole audit as it is stored, one JSON object a line (NDJSON), for `npm run verify-audit -- --export`",
    action: "view-audit",
    query: none,
    body: null,
    status: 200,
    response: z.unknown(),
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

export type RouteName = keyof typeof ROUTES;

/** The express paths of a route: a device's id is accepted with its slash encoded (one segment) and as it is (two). */
export function pathsOf(path: string): readonly { readonly express: string; readonly openapi: string; readonly params: readonly string[] }[] {
  if (path.includes("{device}")) {
    return [
      { express: path.replace("{device}", ":id"), openapi: path.replace("{device}", "{id}"), params: ["id"] },
      { express: path.replace("{device}", ":building/:device"), openapi: path.replace("{device}", "{building}/{device}"), params: ["building", "device"] },
    ];
  }
  return [{ express: path.replaceAll(/\{(\w+)\}/g, ":$1"), openapi: path, params: [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!) }];
}
