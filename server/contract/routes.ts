/**
 * Every route under `/api/v1`: what it takes, gives and needs. The server's handlers and the OpenAPI document both come from this table,
 * whose parts stand in `routes/`, one file a subject.
 */
import { actRoutes } from "./routes/act.ts";
import { alertingRoutes } from "./routes/alerting.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { auditRoutes } from "./routes/audit.ts";
import { backtestRoutes } from "./routes/backtests.ts";
import { calendarRoutes } from "./routes/calendar.ts";
import { commandRoutes } from "./routes/commands.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { exceptionRoutes } from "./routes/exceptions.ts";
import { exportRoutes } from "./routes/exports.ts";
import { findingRoutes } from "./routes/findings.ts";
import { houseRoutes } from "./routes/house.ts";
import { mappingRoutes } from "./routes/mappings.ts";
import { meterRoutes } from "./routes/meters.ts";
import { monthRoutes } from "./routes/months.ts";
import { policyRoutes } from "./routes/policies.ts";
import { pushRoutes } from "./routes/push.ts";
import { readingRoutes } from "./routes/readings.ts";
import { savingsRoutes } from "./routes/savings.ts";

export const ROUTES = {
  ...pushRoutes,
  ...actRoutes,
  ...houseRoutes,
  ...calendarRoutes,
  ...deviceRoutes,
  ...mappingRoutes,
  ...readingRoutes,
  ...policyRoutes,
  ...backtestRoutes,
  ...exportRoutes,
  ...findingRoutes,
  ...commandRoutes,
  ...alertRoutes,
  ...alertingRoutes,
  ...exceptionRoutes,
  ...approvalRoutes,
  ...auditRoutes,
  ...meterRoutes,
  ...monthRoutes,
  ...savingsRoutes,
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
