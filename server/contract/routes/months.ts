/** The month's account, its bulletin and its forms. */
import { z } from "zod";
import { QUANTITIES } from "../../core/account/tables.ts";
import { correctionRequest, entryDto, formDto, monthDto, monthStateDto } from "../month.ts";
import { id, language, list, none, paging, route } from "./route.ts";

/** Media types of documents (Office Open XML). */
export const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export const monthRoutes = {
  months: route({
    method: "get",
    path: "/reports/months",
    summary: "The months from the first readings to the one that runs, the newest first",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: list(monthStateDto),
  }),
  month: route({
    method: "get",
    path: "/reports/months/{id}",
    summary: "A month's account: a draft by today's readings, or as it was closed with what corrected it since; each number with what it is made of",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: monthDto,
  }),
  monthEntries: route({
    method: "get",
    path: "/reports/months/{id}/entries",
    summary: "Every entry of a closed month",
    action: "view",
    query: z.strictObject({ quantity: z.enum(QUANTITIES).optional(), department: id.optional(), ...paging(1000, 10_000) }),
    body: null,
    status: 200,
    response: list(entryDto),
  }),
  closeMonth: route({
    method: "post",
    path: "/reports/months/{id}/close",
    summary: "Close a month for good; it is never opened again",
    action: "settle-month",
    query: none,
    body: null,
    status: 200,
    response: monthDto,
  }),
  correctMonth: route({
    method: "post",
    path: "/reports/months/{id}/corrections",
    summary: "Take an entry of a closed month back and write another amount in its place",
    action: "settle-month",
    query: none,
    body: correctionRequest,
    status: 201,
    response: monthDto,
  }),
  bulletinDocx: route({
    method: "get",
    path: "/reports/months/{id}/bulletin.docx",
    summary: "The month's bulletin as a text document",
    action: "export",
    query: z.strictObject({ lang: language }),
    body: null,
    status: 200,
    gives: DOCX,
    response: z.unknown(),
  }),
  bulletinXlsx: route({
    method: "get",
    path: "/reports/months/{id}/bulletin.xlsx",
    summary: "The month's bulletin as a workbook",
    action: "export",
    query: z.strictObject({ lang: language }),
    body: null,
    status: 200,
    gives: XLSX,
    response: z.unknown(),
  }),
  forms: route({
    method: "get",
    path: "/reports/forms",
    summary: "The prescribed forms that can be filled",
    action: "view",
    query: none,
    body: null,
    status: 200,
    response: list(formDto),
  }),
  monthForm: route({
    method: "get",
    path: "/reports/months/{id}/form.xlsx",
    summary: "A prescribed form of the month, or of the quarter that it lies in",
    action: "export",
    query: z.strictObject({ form: id.meta({ description: "Its id, of /reports/forms" }), lang: language }),
    body: null,
    status: 200,
    gives: XLSX,
    response: z.unknown(),
  }),
} as const;
