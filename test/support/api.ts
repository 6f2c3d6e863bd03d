/** The API on a port of its own over a fake office; every answer is held against the schema that the contract gives its route. */
import { createSheets } from "../../server/sheets/sheets.ts";
import { createDocuments } from "../../server/reports/documents.ts";
import { readForms } from "../../server/settings/forms.ts";
import type { FormLayout } from "../../server/core/account/form.ts";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { RouteSpec } from "../../server/contract/routes/route.ts";
import { ROUTES, pathsOf } from "../../server/contract/routes.ts";
import { createApi } from "../../server/api/app.ts";
import { createActLinks } from "../../server/auth/act-links.ts";
import type { Gatekeeper } from "../../server/ports/gatekeeper.ts";
import type { PushDesk, PushSubscription, Subscriptions } from "../../server/ports/push.ts";
import { exportsOf } from "./exports.ts";
import { FakeOffice, fakeGatekeeper, shanghai } from "./office.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever came; the schema check is in `call`
  readonly body: any;
  readonly text: string;
}

interface Call {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const TABLE = (Object.values(ROUTES) as RouteSpec[]).flatMap((spec) =>
  pathsOf(spec.path).map(({ express }) => ({ spec, pattern: new RegExp(`^/api/v1${express.replaceAll(/:\w+/g, "[^/]+")}$`) })),
);

function holdAgainstSchema(method: string, path: string, reply: Reply): void {
  const route = TABLE.find((r) => r.spec.method === method.toLowerCase() && r.pattern.test(path.split("?")[0]!.replace("%2F", "/")));
  if (route === undefined || reply.status >= 400) return;
  expect(reply.status).toBe(route.spec.status);
  // Equal after parsing: nothing is missing, and nothing is told that the contract does not know.
  expect(route.spec.response.parse(reply.body)).toEqual(reply.body);
}

/** The forms that ship. */
export function shippedForms(): readonly FormLayout[] {
  const read = readForms();
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.forms;
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Subscriptions and used links, kept in memory. */
export function memorySubscriptions(): Subscriptions {
  const kept = new Map<string, PushSubscription>();
  const used = new Set<string>();
  return {
    pushSubscriptions: async (person) => [...kept.values()].filter((s) => (person ?? s.person) === s.person),
    savePushSubscription: async (s) => void kept.set(s.endpoint, s),
    dropPushSubscription: async (endpoint) => kept.delete(endpoint),
    useLink: async (id) => !used.has(id) && used.add(id).has(id),
    linkUsed: async (id) => used.has(id),
  };
}

export async function startApi({
  mode = "open",
  webRoot,
  url = "",
  gatekeeper,
  push,
}: { mode?: "open" | "password"; webRoot?: string; url?: string; gatekeeper?: Partial<Gatekeeper>; push?: Partial<PushDesk> } = {}) {
  const office = new FakeOffice();
  const subscriptions = memorySubscriptions();
  /** Real ms, for what does not go by the house's clock. */
  const wall = { now: 1_800_000_000_000 };
  const { people, departments } = office.house.site;
  const links = createActLinks({ secret: "s".repeat(32), used: subscriptions, people: () => people, departments: () => departments, now: () => wall.now });
  const errors: object[] = [];
  const empty = await mkdtemp(join(tmpdir(), "api-test-"));
  const api = createApi({
    office,
    gatekeeper: { ...fakeGatekeeper(office, mode), ...gatekeeper },
    webRoot: webRoot ?? empty,
    url,
    version: "0.0.0",
    log: { error: (fields) => void errors.push(fields) },
    iso: shanghai,
    links,
    exports: exportsOf(office, empty),
    sheets: createSheets(),
    reports: { documents: createDocuments(), forms: shippedForms() },
    push: { subscriptions, channel: null, reach: () => undefined, ...push },
    live: () => ({ clients: 2, closedSlow: 1, snapshots: 3, changes: 4 }),
  });
  const server = createServer(api.app);
  const origin = await listen(server);
  onTestFinished(async () => {
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(empty, { recursive: true, force: true });
  });

  async function call(method: string, path: string, { as, body, headers = {} }: Call = {}): Promise<Reply> {
    const response = await fetch(origin + path, {
      method,
      headers: { ...(as === undefined ? {} : { "x-person": as }), ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    const reply = { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : null };
    holdAgainstSchema(method, path, reply);
    return reply;
  }
  const get = (path: string, options?: Call) => call("GET", `/api/v1${path}`, options);
  const post = (path: string, body?: unknown, options: Call = {}) => call("POST", `/api/v1${path}`, { ...options, ...(body === undefined ? {} : { body }) });
  return { office, origin, call, get, post, errors, app: api.app, links, wall, subscriptions };
}

/** A problem document with this status and code. */
export function expectProblem(reply: Reply, status: number, code: string, detail: RegExp = /./): void {
  expect(reply.body).toMatchObject({ status, code, type: `urn:jieyue:problem:${code}`, title: expect.any(String), detail: expect.stringMatching(detail) });
  expect(reply.status).toBe(status);
  expect(reply.headers.get("content-type")).toMatch(/^application\/problem\+json/);
}
