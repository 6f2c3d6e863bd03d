/** The house as a whole. */
import { z } from "zod";
import { jobDto } from "../devices.ts";
import { clockDto, overviewDto, rejectionDto, siteDto, spaceDto } from "../house.ts";
import { id, list, none, paging, records, route } from "./route.ts";

export const houseRoutes = {
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
} as const;
