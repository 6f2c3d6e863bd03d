import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Router } from "express";
import { describe, expect, it } from "vitest";
import { createRoutes } from "../../server/api/route.ts";
import { openApiDocument } from "../../server/contract/openapi.ts";
import { ROUTES } from "../../server/contract/routes.ts";
import { startApi } from "../support/api.ts";
import { FakeOffice, shanghai } from "../support/office.ts";

type Operation = {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { content: Record<string, { schema: object }> }>;
  requestBody?: object;
};
const document = openApiDocument("1.2.3") as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object within a JSON value. */
function* objectsIn(json: unknown): Iterable<Record<string, unknown>> {
  if (typeof json !== "object" || json === null) return;
  if (!Array.isArray(json)) yield json as Record<string, unknown>;
  for (const value of Object.values(json)) yield* objectsIn(value);
}

describe("the OpenAPI document", () => {
  it("leaves out no route of any subject, and none hides another of the same name", () => {
    const folder = join(import.meta.dirname, "../../server/contract/routes");
    const written = readdirSync(folder).flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/^ {2}(\w+): route\(/gm)].map((m) => m[1]!));
    expect(written.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  it("names every route that express has, and none else", () => {
    const handlers = Object.fromEntries(Object.keys(ROUTES).map((name) => [name, { run: () => ({}) }]));
    const router: Router = createRoutes(handlers as never, { office: new FakeOffice(), gatekeeper: { actorOf: () => null }, iso: shanghai });
    const express = router.stack.flatMap(({ route }) => {
      const { path, methods } = route as unknown as { path: string; methods: Record<string, boolean> };
      return Object.keys(methods)
        .filter((m) => m !== "_all")
        .map((m) => `${m} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    });
    expect(express.length).toBeGreaterThan(40);
    expect(express.toSorted()).toEqual(operations.map((o) => `${o.method} ${o.path}`).toSorted());
  });

  it("is OpenAPI 3.1 that a reader can resolve: unique operations, declared path parameters, answers and problems", () => {
    expect([document.openapi, document.info.version]).toEqual(["3.1.0", "1.2.3"]);
    expect(new Set(operations.map((o) => o.operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      expect(operation.parameters.filter((p) => p.in === "path" && p.required).map((p) => p.name)).toEqual(named);
      for (const parameter of operation.parameters) expect(parameter.schema).not.toEqual({});
      expect(operation.summary).not.toBe("");
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((s) => s.startsWith("2"))).toHaveLength(1);
      expect(operation.responses["default"]!.content).toHaveProperty(["application/problem+json"]);
    }
    for (const object of objectsIn(document)) {
      if (typeof object["$ref"] === "string") expect(document.components.schemas).toHaveProperty(object["$ref"].replace("#/components/schemas/", ""));
      expect(object).not.toHaveProperty("$schema");
    }
  });

  it("tells which parameters are needed, their ranges and defaults, and what a body holds", () => {
    const readings = document.paths["/readings"]!["get"]!;
    expect(readings.parameters.filter((p) => p.required).map((p) => p.name)).toEqual(["point"]);
    expect(readings.parameters.find((p) => p.name === "limit")?.schema).toMatchObject({ type: "integer", minimum: 1, maximum: 10_000, default: 1000 });
    expect(document.paths["/policies/{id}"]!["put"]!.requestBody).toMatchObject({
      required: true,
      content: {
        "application/json": {
          schema: { type: "object", additionalProperties: false, properties: { mode: { enum: ["observe", "shadow", "advise", "canary", "enforce"] } } },
        },
      },
    });
  });

  it("is served to anybody", async () => {
    const { get } = await startApi({ mode: "password" });
    expect((await get("/openapi.json")).body).toEqual(JSON.parse(JSON.stringify(openApiDocument("0.0.0"))));
  });
});
