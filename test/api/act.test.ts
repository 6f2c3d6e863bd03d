import { describe, expect, it } from "vitest";
import type { RouteSpec } from "../../server/contract/routes/route.ts";
import { ROUTES, pathsOf } from "../../server/contract/routes.ts";
import { expectProblem, startApi } from "../support/api.ts";

async function withLink(person = "chief") {
  const api = await startApi({ mode: "password" });
  api.office.breach();
  const alert = [...api.office.house.alerts.values()].at(-1)!;
  return { ...api, alert, path: `/act/${api.links.token({ alert: alert.id, person, notice: "n1" })}` };
}

describe("a link in a message", () => {
  it("shows its alert to whoever has it, without signing in, and changes nothing by that", async () => {
    const { get, path, office, alert } = await withLink();
    const before = office.decisions.length;
    for (let scanned = 0; scanned < 3; scanned++) {
      const { status, body, headers } = await get(path);
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(body).toMatchObject({
        alert: { title: alert.title, state: "unacknowledged", assignee: "chief" },
        where: { space: "301", device: "ac-301", department: "综合科" },
        names: { chief: "科长" },
        policy: { id: "cooling-floor" },
        person: "chief",
        open: true,
        used: false,
      });
    }
    expect(office.decisions.length).toBe(before);
  });

  it("acknowledges it once, as the person to whom it was sent", async () => {
    const { get, post, path, office, alert } = await withLink();
    const done = await post(`${path}/ack`, { note: "on my way" });
    expect(done.body).toMatchObject({ alert: { state: "acknowledged", acknowledgedBy: "chief" }, open: false, used: true });
    expect(office.house.alerts.get(alert.id)!.log.at(-1)).toMatchObject({ by: "chief", what: "acknowledged", note: "by-message: on my way" });
    const again = await post(`${path}/ack`);
    expectProblem(again, 409, "link-used", /'chief' acknowledged the alert at 2026-/);
    expect(again.body).toMatchObject({ by: "科长", at: expect.stringMatching(/^2026-.*\+08:00$/) });
    expect((await get(path)).body).toMatchObject({ open: false, used: true });
  });

  it("of two clicks at once lets one act", async () => {
    const { post, path, office, alert } = await withLink();
    const both = await Promise.all([post(`${path}/ack`), post(`${path}/ack`)]);
    expect(both.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(office.house.alerts.get(alert.id)!.log.filter((l) => l.what === "acknowledged")).toHaveLength(1);
    expect(office.house.alerts.get(alert.id)!.log.at(-1)!.note).toBe("by-message");
  });

  it("shows somebody who may not acknowledge, and takes nothing from them", async () => {
    const { get, post, path, office, alert } = await withLink("clerk");
    const seen = await get(path);
    expect(seen.body).toMatchObject({ open: false, used: false });
    expectProblem(await post(`${path}/ack`), 403, "forbidden");
    expect(office.house.alerts.get(alert.id)!.state).toBe("unacknowledged");
  });

  it("shows nothing personal to who may not see it there", async () => {
    const api = await startApi({ mode: "password" });
    api.office.print();
    const alert = [...api.office.house.alerts.values()].at(-1)!;
    const as = async (person: string) => (await api.get(`/act/${api.links.token({ alert: alert.id, person, notice: "n" })}`)).text;
    expect(await as("director")).toContain("secret plan.docx");
    expect(await as("clerk")).not.toContain("secret plan.docx");
  });

  it("that is too old, forged or of nothing says so, and no more", async () => {
    const { get, post, path, links, wall } = await withLink();
    const forged = `${path.slice(0, -1)}${path.endsWith("A") ? "E" : "A"}`;
    for (const reply of [await get(forged), await post(`${forged}/ack`), await get(`/act/${links.token({ alert: "none", person: "chief", notice: "n" })}`)])
      expectProblem(reply, 404, "link-invalid");
    wall.now += 86_400_000;
    expectProblem(await get(path), 410, "link-expired");
    expectProblem(await post(`${path}/ack`), 410, "link-expired");
  });

  it("takes a note that is one, and no form of another site's page", async () => {
    const { post, call, path } = await withLink();
    expectProblem(await post(`${path}/ack`, { note: "x".repeat(501) }), 422, "invalid-body");
    expectProblem(await post(`${path}/ack`, { state: "normal" }), 422, "invalid-body");
    expectProblem(
      await call("POST", `/api/v1${path}/ack`, { body: "note=x", headers: { "content-type": "application/x-www-form-urlencoded" } }),
      415,
      "unsupported-media-type",
    );
    expectProblem(await post(`${path}/ack`, undefined, { headers: { origin: "https://elsewhere.example" } }), 403, "foreign-origin");
  });

  it("opens no other door", async () => {
    const { call, path, office, alert } = await withLink();
    const token = path.slice("/act/".length);
    const before = office.decisions.length;
    const guarded = (Object.values(ROUTES) as RouteSpec[]).filter((r) => r.action !== null);
    expect(guarded.length).toBeGreaterThan(50);
    for (const spec of guarded) {
      const at = pathsOf(spec.path)[0]!.express.replaceAll(/:\w+/g, encodeURIComponent(spec.path.includes("{device}") ? "hall/ac-301" : alert.id));
      for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `jieyue.sid=${token}` }] as Record<string, string>[])
        expectProblem(await call(spec.method.toUpperCase(), `/api/v1${at}`, { headers }), 401, "not-signed-in");
    }
    expect((await call("POST", `/api/v1${path}/shelve`)).status).toBe(404);
    expect((await call("POST", `/api/v1${path}/resolve`)).status).toBe(404);
    expect(office.decisions.length).toBe(before);
  });

  it("is not opened without end from one address", async () => {
    const { get } = await withLink();
    let last = await get("/act/x.y");
    for (let n = 0; n < 400 && last.status === 404; n++) last = await get("/act/x.y");
    expectProblem(last, 429, "too-many-requests");
    expect((await get("/openapi.json")).status).toBe(200);
  });
});

describe("the page of a link", () => {
  it("is kept by nobody and tells nobody where it was", async () => {
    const { mkdtempSync, writeFileSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const webRoot = mkdtempSync(join(tmpdir(), "act-page-"));
    writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>page</title>");
    const { call } = await startApi({ mode: "password", webRoot });
    const page = await call("GET", "/act/some.token", { headers: { accept: "text/html" } });
    expect(page.status).toBe(200);
    expect(Object.fromEntries(["cache-control", "referrer-policy", "x-robots-tag"].map((h) => [h, page.headers.get(h)]))).toEqual({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex",
    });
    const other = await call("GET", "/alerts", { headers: { accept: "text/html" } });
    expect(other.headers.get("referrer-policy")).toBe("same-origin");
  });
});
