/** Readings written into files. */
import { z } from "zod";
import { exportDto, exportRequest } from "../exports.ts";
import { list, none, route } from "./route.ts";

export const exportRoutes = {
  askExport: route({
    method: "post",
    path: "/exports",
    summary: "Write readings or roll-ups into a file: runs in the background, one at a time",
    action: "export",
    query: z.strictObject({ wait: z.enum(["0", "1"]).optional().meta({ description: "1: answer when it is over" }) }),
    body: exportRequest,
    status: 202,
    response: exportDto,
  }),
  exports: route({
    method: "get",
    path: "/exports",
    summary: "The newest exports",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: list(exportDto),
  }),
  export: route({
    method: "get",
    path: "/exports/{id}",
    summary: "How far an export is",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: exportDto,
  }),
  exportFile: route({
    method: "get",
    path: "/exports/{id}/file",
    summary: "The file of an export that is done",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: z.unknown(),
  }),
  cancelExport: route({
    method: "delete",
    path: "/exports/{id}",
    summary: "Cancel an export",
    action: "export",
    query: none,
    body: null,
    status: 200,
    response: exportDto,
  }),
} as const;
