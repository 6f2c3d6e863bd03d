import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { PROBLEMS, problem, refusal } from "../../server/errors.ts";
import type { RouteSpec } from "../../server/contract/routes/route.ts";
import { ROUTES, pathsOf } from "../../server/contract/routes.ts";
import { expectProblem, startApi } from "../support/api.ts";

describe("the border", () => {
  it("lets nobody in who is not signed in, on any route that needs somebody", async () => {
    const { call } = await startApi({ mode: "password" });
    for (const spec of Object.values(ROUTES) as RouteSpec[]) {
      for (const { openapi } of pathsOf(spec.path)) {
        const reply = await call(spec.method.toUpperCase(), `/api/v1${openapi.replaceAll(/\{\w+\}/g, "x%2Fy")}`.replace("x%2Fy/x%2Fy", "x/y"));
        // What is open to everybody answers for itself: a link that nobody signed leads nowhere.
        if (spec.action === null) expect(reply.status).toBe(spec.path.includes("{token}") ? 404 : 200);
        else expectProblem(reply, 401, "not-signed-in");
      }
    }
    expect((await call("GET", "/api/v1/devices", { as: "clerk" })).status).toBe(200);
    expect((await call("GET", "/api/v1/me")).body).toEqual({ person: null });
  });

  it("takes changes from our own page and from programs, not from other sites", async () => {
    const { call, origin, post } = await startApi();
    const body = { mode: "observe" };
    expectProblem(await call("PUT", "/api/v1/policies/cooling-floor", { body, headers: { origin: "http://evil.example" } }), 403, "foreign-origin");
    expect((await call("PUT", "/api/v1/policies/cooling-floor", { body, headers: { origin } })).status).toBe(200);
    expect((await call("GET", "/api/v1/policies", { headers: { origin: "http://evil.example" } })).headers.get("access-control-allow-origin")).toBeNull();
    expectProblem(
      await post("/overrides", JSON.stringify({}), { headers: { "content-type": "text/plain" } }),
      415,
      "unsupported-media-type",
      /application\/json/,
    );
  });

  it("says what is wrong with a body or a path", async () => {
    const { call, get, post } = await startApi();
    expectProblem(await post("/overrides", "{"), 400, "malformed-json");
    expectProblem(await post("/overrides", "[]"), 422, "invalid-body");
    expectProblem(await post("/overrides", { reason: "x".repeat(70_000) }), 413, "body-too-large", /64 kB/);
    expectProblem(await get("/devices/%E0%A4%A"), 400, "invalid-path");
    expectProblem(await get("/nothing"), 404, "not-found", /openapi/);
    expectProblem(await post("/policies/cooling-floor/nothing", {}), 404, "not-found");
    const wrong = await call("DELETE", "/api/v1/devices");
    expectProblem(wrong, 405, "method-not-allowed", /GET/);
    expect(wrong.headers.get("allow")).toBe("GET");
    expectProblem(await get("/sites?limit=3"), 400, "unknown-parameter", /takes none/);
    expect((await get("/devices")).headers.get("cache-control")).toBe("no-store");
  });

  it("keeps its own faults to itself and its log", async () => {
    const { get, office, errors } = await startApi();
    office.overview = () => {
      throw new Error("secret place /srv/x");
    };
    const reply = await get("/overview");
    expectProblem(reply, 500, "internal");
    expect(reply.text).not.toMatch(/secret|\bat /);
    expect(errors).toMatchObject([{ err: { message: "secret place /srv/x" }, path: "/overview" }]);
  });

  it("sends a policy that fits the page and lets nothing else in", async () => {
    const { call } = await startApi();
    const { headers } = await call("GET", "/api/v1/sites");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'self';script-src 'self';style-src 'self'.*connect-src 'self'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|upgrade-insecure/);
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
    const behindTls = await startApi({ url: "https://jieyue.example" });
    expect((await behindTls.call("GET", "/healthz")).headers.get("strict-transport-security")).toMatch(/max-age/);
  });
});

describe("problems", () => {
  it("have a stable shape; extras never replace the standard members", () => {
    expect(problem("forbidden", "no", { status: 200, code: "fine", where: "here" }).document()).toEqual({
      type: "urn:jieyue:problem:forbidden",
      title: PROBLEMS.forbidden.title,
      status: 403,
      code: "forbidden",
      detail: "no",
      where: "here",
    });
  });

  it("take the core's refusals, known or not", () => {
    expect(refusal("not-pending", "over")).toMatchObject({ status: 409, code: "not-pending" });
    expect(refusal("brand-new", "no").document()).toMatchObject({ status: 422, code: "brand-new", title: PROBLEMS.refused.title });
    expect(refusal("toString", "no").document()).toMatchObject({ status: 422, title: PROBLEMS.refused.title });
  });
});

describe("health and metrics", () => {
  it("are alive always and ready when every part is", async () => {
    const { call, office } = await startApi({ mode: "password" });
    expect(await call("GET", "/healthz")).toMatchObject({ status: 200, body: { alive: true } });
    expect(await call("GET", "/readyz")).toMatchObject({ status: 200, body: { ready: true, missing: [] } });
    office.missing.push("mqtt");
    expect(await call("GET", "/readyz")).toMatchObject({ status: 503, body: { ready: false, missing: ["mqtt"] } });
    expect((await call("GET", "/healthz")).status).toBe(200);
  });

  it("tell Prometheus how the house does, every sample under a type and a help line", async () => {
    const { call, get, office } = await startApi();
    office.breach();
    await get("/devices/hall/ac-301");
    const { text, headers } = await call("GET", "/metrics");
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      "jieyue_intake_messages_total 9",
      "jieyue_intake_readings_total 21",
      'jieyue_intake_fates_total{fate="malformed"} 2',
      "jieyue_intake_backlog 3",
      'jieyue_commands_active{state="planned"} 1',
      'jieyue_commands_total{state="planned"} 1',
      'jieyue_findings_open{policy="cooling-floor"} 1',
      'jieyue_alerts{state="unacknowledged"} 1',
      'jieyue_devices{status="online"} 1',
      "jieyue_history_commits_total 4",
      "jieyue_history_rows_total 40",
      "jieyue_history_last_commit_ms 2.5",
      "jieyue_live_clients 2",
      "jieyue_live_closed_slow_total 1",
      "jieyue_ready 1",
      'jieyue_http_request_seconds_count{method="GET",route="/devices/{device}",status="200"} 1',
    ])
      expect(text.split("\n")).toContain(line);
    const typed = new Set([...text.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram|summary)$/gm)].map((m) => m[1]));
    for (const line of text.split("\n").filter((l) => l !== "" && !l.startsWith("#"))) {
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(?:\{(?:\w+="[^"]*",?)*\})? (?:[-+]?[\d.]+(?:e[-+]?\d+)?|Na[nN]|[+-]?Inf)$/);
      const name = /^[\w:]+/.exec(line)![0];
      expect(typed.has(name) || typed.has(name.replace(/_(?:bucket|sum|count)$/, ""))).toBe(true);
    }
    expect((await call("GET", "/metrics")).text).toContain("jieyue_intake_messages_total 9\n");
  });
});

describe("the page", () => {
  it("is served with its hashed assets for ever and a fallback for deep links", async () => {
    const webRoot = await mkdtemp(join(tmpdir(), "page-test-"));
    onTestFinished(() => rm(webRoot, { recursive: true, force: true }));
    await mkdir(join(webRoot, "assets"));
    await writeFile(join(webRoot, "index.html"), "<!doctype html><title>page</title>");
    await writeFile(join(webRoot, "assets", "index-abc123.js"), "1");
    await writeFile(join(webRoot, ".hidden"), "no");
    const { call } = await startApi({ webRoot });
    const html = { accept: "text/html,*/*;q=0.8" };
    for (const path of ["/", "/devices/hall/ac-301"]) {
      const page = await call("GET", path, { headers: html });
      expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-cache"]);
      expect(page.text).toContain("<title>page</title>");
    }
    expect((await call("GET", "/assets/index-abc123.js")).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expectProblem(await call("GET", "/assets/gone.js"), 404, "not-found");
    expectProblem(await call("GET", "/.hidden"), 404, "not-found");
    expectProblem(await call("GET", "/api/v1/nothing", { headers: html }), 404, "not-found");
    expectProblem(await call("POST", "/", { headers: html }), 404, "not-found");
  });

  it("says what to run when it is not built", async () => {
    const { call } = await startApi();
    const reply = await call("GET", "/", { headers: { accept: "text/html" } });
    expect([reply.status, reply.text]).toEqual([503, expect.stringContaining("npm run build")]);
  });
});
