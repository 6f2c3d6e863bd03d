import { HttpError } from "@influxdata/influxdb-client";
import { describe, expect, it } from "vitest";
import { judge } from "../../server/influx/verdict.ts";

const NOW = Date.parse("2026-07-01T06:00:00Z");
const http = (status: number, body = "", headers: Record<string, string> = {}) =>
  judge(new HttpError(status, "said", body, headers["retry-after"] ?? null, "application/json", undefined, headers), NOW);

describe("what a failed write means", () => {
  it.each([
    [new Error("connect ECONNREFUSED 127.0.0.1:8086"), "connect ECONNREFUSED 127.0.0.1:8086"],
    [new AggregateError([new Error("connect ECONNREFUSED ::1:8086")], ""), "connect ECONNREFUSED ::1:8086"],
    [Object.assign(new Error(""), { code: "ECONNRESET" }), "ECONNRESET"],
    ["a text", "a text"],
  ])("the network: later (%s)", (error, reason) => {
    expect(judge(error, NOW)).toEqual({ kind: "later", reason, after: null });
  });

  it.each([
    [429, "30", 30_000],
    [503, "Wed, 01 Jul 2026 06:01:00 GMT", 60_000],
    [503, "Wed, 01 Jul 2026 05:00:00 GMT", 0],
    [503, "99999999", 900_000],
    [503, "-5", null],
    [503, "soon", null],
    [503, "1e9", null],
    [500, "", null],
    [408, "2", 2_000],
    [425, "0", 0],
  ])("%i with Retry-After '%s': later, after %s ms", (status, header, after) => {
    expect(http(status, "", header === "" ? {} : { "retry-after": header })).toMatchObject({ kind: "later", after });
  });

  it.each([
    [401, '{"code":"unauthorized","message":"unauthorized access"}', "HTTP 401: unauthorized access"],
    [403, "", "HTTP 403 said"],
    [404, '{"code":"not found","message":"bucket \\"readings\\" not found"}', 'HTTP 404: bucket "readings" not found'],
    [400, "Client sent an HTTP request to an HTTPS server.\n", "HTTP 400 said"],
    [422, "[]", "HTTP 422 said"],
    [400, '{"error":7}', "HTTP 400 said"],
    [400, "null", "HTTP 400 said"],
    [200, "<html>", "HTTP 200 said"],
    [301, "", "HTTP 301 said"],
    [405, "", "HTTP 405 said"],
  ])("%i %s: somebody has to mend it", (status, body, reason) => {
    expect(http(status, body)).toEqual({ kind: "refused", reason });
  });

  it.each([
    [400, '{"error":"partial write: points beyond retention policy dropped=3"}', 3, true],
    [422, '{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict dropped=1"}', 1, true],
    [400, '{"code":"invalid","message":"unable to parse \'x\': missing fields"}', null, true],
    [400, '{"error":"partial write of line protocol occurred","data":[{"error_message":"invalid column type","line_number":2}]}', null, true],
    [400, '{"error":"database is required"}', null, false],
    [201, "", null, true],
  ])("%i %s: lines are at fault", (status, body, dropped, explicit) => {
    expect(http(status, body)).toMatchObject({ kind: "lines", dropped, explicit });
  });

  it("tells what InfluxDB 3 says of a line", () => {
    expect(http(400, '{"error":"partial write","data":[{"error_message":"invalid column type"}]}')).toMatchObject({
      reason: "HTTP 400: partial write: invalid column type",
    });
  });

  it("413 is about size, in whatever words", () => {
    expect(http(413, "<html>")).toEqual({ kind: "size", reason: "HTTP 413 said" });
  });

  it("what InfluxDB Enterprise keeps for a node that is away is kept", () => {
    expect(http(500, '{"error":"write failed: hinted handoff queue not empty"}')).toEqual({ kind: "kept" });
  });

  it("quotes a hostile server in one bounded line", () => {
    const verdict = http(500, JSON.stringify({ error: `a\n\u001b[2J\ud800${"x".repeat(10_000)}` }));
    if (verdict.kind !== "later") throw new Error(verdict.kind);
    expect(verdict.reason.length).toBeLessThan(520);
    expect(verdict.reason).not.toMatch(/\p{Cc}/u);
    expect(verdict.reason.isWellFormed()).toBe(true);
  });
});
