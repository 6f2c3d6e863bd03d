/** Who did what to what. */
import { z } from "zod";
import { auditDto, auditReportDto } from "../audit.ts";
import { id, iso, list, none, records, route } from "./route.ts";

export const auditRoutes = {
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
    gives: "application/x-ndjson",
    response: z.unknown(),
  }),
} as const;
