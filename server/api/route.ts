/** One way through every route: who asks → schema → may they → do → present. */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, RequestHandler, Response } from "express";
import { Router } from "express";
import type { z } from "zod";
import type { Eyes } from "../contract/present/eyes.ts";
import type { RouteName } from "../contract/routes.ts";
import type { RouteSpec } from "../contract/routes/route.ts";
import { ROUTES, pathsOf } from "../contract/routes.ts";
import type { Action, Actor } from "../core/roles.ts";
import { may } from "../core/roles.ts";
import { problem } from "../errors.ts";
import type { Gatekeeper } from "../ports/gatekeeper.ts";
import type { Office } from "../ports/office.ts";

type Spec<N extends RouteName> = (typeof ROUTES)[N];

/** A request that has passed its schema. */
export interface Ask<N extends RouteName> {
  readonly office: Office;
  readonly actor: Actor;
  readonly eyes: Eyes;
  /** The path's id (or token), decoded; "" where the path has none. */
  readonly id: string;
  readonly query: z.output<Spec<N>["query"]>;
  readonly body: Spec<N>["body"] extends z.ZodType ? z.output<Spec<N>["body"]> : null;
}

type Answer<N extends RouteName> = z.input<Spec<N>["response"]>;

export interface Handler<N extends RouteName> {
  /** The department that the subject belongs to, for those who may act at their own departments only; absent = nobody's. Throws when there is no such subject. */
  readonly department?: (ask: Ask<N>) => string | null | Promise<string | null>;
  /** Whose it is may do it whatever their role: an alert's assignee answers for it. */
  readonly own?: (ask: Ask<N>) => boolean | Promise<boolean>;
  readonly run: (ask: Ask<N>) => Answer<N> | Promise<Answer<N>>;
}

export type Handlers<N extends RouteName = RouteName> = { readonly [K in N]: Handler<K> };

export interface RouteDeps {
  readonly office: Office;
  readonly gatekeeper: Pick<Gatekeeper, "actorOf">;
  /** ms as ISO 8601 with the site's offset. */
  readonly iso: (at: number) => string;
}

/** An answer that is no JSON document but lines of text, sent as they come. */
export class Lines {
  readonly type: string;
  readonly lines: AsyncIterable<string>;
  constructor(type: string, lines: AsyncIterable<string>) {
    this.type = type;
    this.lines = lines;
  }
}

/** An answer that is a file to be kept. */
export class Download {
  readonly type: string;
  /** ASCII letters, digits, dots and dashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
  constructor(type: string, name: string, bytes: Uint8Array) {
    this.type = type;
    this.name = name;
    this.bytes = bytes;
  }
}

/** An answer that lies in a file. */
export class StoredFile {
  readonly type: string;
  /** ASCII letters, digits, dots and dashes. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  constructor(type: string, name: string, path: string, bytes: number) {
    this.type = type;
    this.name = name;
    this.path = path;
    this.bytes = bytes;
  }
}

const NOBODY: Actor = { id: "", role: "viewer", departments: [] };

/** Throws what the asker is told where they may not do it. */
export function insistOn(actor: Actor, action: Action, department: string | null): void {
  if (may(actor, action, department)) return;
  const where = department === null ? "" : ` at department '${department}'`;
  throw problem("forbidden", `The role '${actor.role}' may not do '${action}'${where}.`, { action, department });
}

/** A failed check's mistakes, each with its place as `points.0.unit`. */
export function issuesOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message }));
}

function readQuery(spec: RouteSpec, given: Request["query"]): unknown {
  const allowed = Object.keys(spec.query.shape);
  const unknown = Object.keys(given).filter((key) => !allowed.includes(key));
  if (unknown.length > 0) {
    const names = allowed.length === 0 ? "This route takes none." : `Allowed: ${allowed.join(", ")}.`;
    throw problem("unknown-parameter", `Unknown: ${unknown.join(", ").slice(0, 200)}. ${names}`, { unknown: unknown.slice(0, 20), allowed });
  }
  const read = spec.query.safeParse(given);
  if (read.success) return read.data;
  const errors = issuesOf(read.error);
  throw problem("invalid-parameter", errors.map((e) => `${e.path}: ${e.message}`).join("; "), { errors });
}

function readBody(spec: RouteSpec, request: Request): unknown {
  if (spec.body === null) return null;
  const length = request.headers["content-length"];
  const sent = request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
  const accepts = [spec.accepts ?? "application/json"].flat();
  if (sent && request.is(accepts) === false) throw problem("unsupported-media-type", `Send the body as ${accepts.join(" or ")}.`);
  const read = spec.body.safeParse(request.body ?? {});
  if (read.success) return read.data;
  const errors = issuesOf(read.error);
  throw problem("invalid-body", errors.map((e) => (e.path === "" ? e.message : `${e.path}: ${e.message}`)).join("; "), { errors });
}

function idOf(params: Request["params"]): string {
  const { id, token, building, device } = params as Record<string, string | undefined>;
  return building !== undefined && device !== undefined ? `${building}/${device}` : (id ?? token ?? "");
}

/** A device's id has one slash: `/devices/hall/why` is the device `hall/why`, `/devices/hall%2Fac-301/why` the why of `hall/ac-301`. */
const wholeId: RequestHandler = (request, _response, next) => {
  const { id, building } = request.params as Record<string, string | undefined>;
  const torn =
    request.path.startsWith("/devices/") && (building?.includes("/") === true || (id?.includes("/") === false && request.path.split("/").length > 3));
  if (torn) next("route");
  else next();
};

function handle<N extends RouteName>(name: N, handler: Handler<N>, deps: RouteDeps): RequestHandler {
  const spec: RouteSpec = ROUTES[name];
  return async (request: Request, response: Response) => {
    response.locals["route"] = spec.path;
    const actor = deps.gatekeeper.actorOf(request);
    if (actor === null && spec.action !== null) throw problem("not-signed-in", "Nobody is signed in; sign in on the page first.");
    const query = readQuery(spec, request.query);
    const body = readBody(spec, request);
    const who = actor ?? NOBODY;
    const ask = {
      office: deps.office,
      actor: who,
      eyes: { actor: who, now: deps.office.clock.now(), iso: deps.iso },
      id: idOf(request.params),
      query,
      body,
    } as Ask<N>;
    if (spec.action !== null) {
      const department = handler.department === undefined ? null : await handler.department(ask);
      if (handler.own === undefined || !(await handler.own(ask))) insistOn(who, spec.action, department);
    }
    const answer = await handler.run(ask);
    if (answer instanceof Lines) {
      response.status(spec.status).type(answer.type);
      // A reader that goes away ends it; what breaks on our side cuts the connection, so that half an answer is not taken for a whole one.
      await pipeline(Readable.from(answer.lines), response).catch(() => response.destroy());
    } else if (answer instanceof StoredFile) {
      response
        .status(spec.status)
        .type(answer.type)
        .set("Content-Disposition", `attachment; filename="${answer.name}"`)
        .set("Content-Length", String(answer.bytes));
      await pipeline(createReadStream(answer.path), response).catch(() => response.destroy());
    } else if (answer instanceof Download) {
      response.status(spec.status).type(answer.type).set("Content-Disposition", `attachment; filename="${answer.name}"`).send(Buffer.from(answer.bytes));
    } else response.status(spec.status).json(answer);
  };
}

/** The router of everything in `ROUTES`; other methods on a known path are answered 405. */
export function createRoutes(handlers: Handlers, deps: RouteDeps): Router {
  const router = Router({ caseSensitive: true });
  const methods = new Map<string, string[]>();
  const register = <N extends RouteName>(name: N, handler: Handler<N>) => {
    const spec: RouteSpec = ROUTES[name];
    for (const { express } of pathsOf(spec.path)) {
      router[spec.method](express, wholeId, handle(name, handler, deps));
      methods.set(express, [...(methods.get(express) ?? []), spec.method.toUpperCase()]);
    }
  };
  for (const name of Object.keys(ROUTES) as RouteName[]) register(name, handlers[name] as Handler<typeof name>);
  for (const [path, allowed] of methods) {
    router.all(path, wholeId, (request, response) => {
      response.set("Allow", allowed.join(", "));
      throw problem("method-not-allowed", `${request.method} is not possible here; possible: ${allowed.join(", ")}.`, { allowed });
    });
  }
  return router;
}
