/** The OpenAPI 3.1 document, made from the same schemas that check requests. */
import { z } from "zod";
import { problemDto } from "./problem.ts";
import type { RouteSpec } from "./routes/route.ts";
import { ROUTES, pathsOf } from "./routes.ts";

type Json = Record<string, unknown>;

function schemaOf(type: z.ZodType, io: "input" | "output"): Json {
  // Moments are transformed to milliseconds on the way in; what a caller writes is the input side.
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;
  return schema;
}

function queryParameters(query: z.ZodObject): Json[] {
  return Object.entries(query.shape).map(([name, type]) => {
    const { description, ...schema } = schemaOf(type as z.ZodType, "input");
    const required = !(type as z.ZodType).safeParse(undefined).success;
    return { name, in: "query", required, ...(description === undefined ? {} : { description }), schema };
  });
}

function bodyOf(body: z.ZodType, accepts: string | readonly string[]): Json {
  return Object.fromEntries([accepts].flat().map((type) => [type, { schema: schemaOf(body, "input") }]));
}

function problems(route: RouteSpec): Json {
  const statuses: Record<string, string> = { "400": "A parameter is wrong", default: "Any other problem" };
  if (route.action !== null) Object.assign(statuses, { "401": "Nobody is signed in", "403": "Not allowed" });
  if (route.path.includes("{")) statuses["404"] = "No such thing";
  if (route.body !== null)
    Object.assign(statuses, { "409": "It cannot be done now", "413": "The body is too large", "415": "The body must be JSON", "422": "The body does not fit" });
  return Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => [
      status,
      { description, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
    ]),
  );
}

function operation(name: string, route: RouteSpec, params: readonly string[]): Json {
  return {
    operationId: params.includes("building") ? `${name}ByPath` : name,
    summary: route.summary,
    ...(route.action === null ? {} : { description: `Needs the right to \`${route.action}\`.` }),
    parameters: [...params.map((p) => ({ name: p, in: "path", required: true, schema: { type: "string" } })), ...queryParameters(route.query)],
    ...(route.body === null ? {} : { requestBody: { required: true, content: bodyOf(route.body, route.accepts ?? "application/json") } }),
    responses: {
      [String(route.status)]: { description: "Done", content: { [route.gives ?? "application/json"]: { schema: schemaOf(route.response, "output") } } },
      ...problems(route),
    },
    security: route.action === null ? [] : [{ session: [] }],
  };
}

/** The document of every route in `ROUTES`; `version` is the product's. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, RouteSpec][]) {
    for (const { openapi, params } of pathsOf(route.path)) paths[openapi] = { ...paths[openapi], [route.method]: operation(name, route, params) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Jieyue 节约",
      version,
      description:
        "Lists are {items, next}, continued by ?cursor=. Every time is ISO 8601 with offset; every quantity's unit is in its point. Errors are RFC 9457 problem details with a stable code.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemDto, "output") },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "session",
          description: "The session cookie of a sign-in. In open mode (loopback only) none is needed.",
        },
      },
    },
  };
}
