import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpError } from "@influxdata/influxdb-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Connection } from "../../server/influx/connection.ts";
import { createConnection, MAX_LINES } from "../../server/influx/connection.ts";
import { judge } from "../../server/influx/verdict.ts";
import { makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/server-process.ts";
import type { Answer, FaultInflux } from "../support/fault-influx.ts";
import { startFaultInflux } from "../support/fault-influx.ts";

const line = (n: number) => `reading,building=hall,device=m,point=n value=${n},suspect=f ${1_782_864_000_000 + n}`;
let server: FaultInflux;
let connection: Connection;
beforeEach(async () => {
  server = await startFaultInflux();
  connection = createConnection({ url: server.url, token: "t0ken", org: "the office", bucket: "readings", withinMs: 300 });
});
afterEach(async () => {
  connection.close();
  await server.close();
});

const write = (...lines: string[]) =>
  connection.write(lines).then(
    () => "written",
    (error: unknown) => judge(error, 0),
  );

describe("the official client, as it is used here", () => {
  it("sends lines with the token, in ms, to the organisation and the bucket", async () => {
    expect(await write(line(1), line(2))).toBe("written");
    expect(server.requests).toEqual([[line(1), line(2)]]);
    expect([...server.authorizations]).toEqual(["Token t0ken"]);
    expect([...server.paths]).toEqual(["/api/v2/write?org=the%20office&bucket=readings&precision=ms"]);
  });

  it("sends as many lines as are allowed in one request, and says so when it fails", async () => {
    const lines = Array.from({ length: MAX_LINES }, (_, n) => line(n));
    server.answer = () => ({ status: 503 });
    expect(await write(...lines)).toMatchObject({ kind: "later" });
    expect(server.requests).toEqual([lines]);
    server.answer = () => undefined;
    expect(await write(line(7))).toBe("written");
    expect(server.requests.slice(1)).toEqual([[line(7)]]);
    await expect(connection.write([...lines, line(0)])).rejects.toThrow(RangeError);
  });

  it.each(["hang", "hang-in-body"] as const)("breaks a request off whose answer does not come (%s)", async (fault) => {
    server.answer = () => fault;
    expect(await write(line(1))).toEqual({ kind: "later", reason: "no answer within 0.3 s", after: null });
    await eventually(
      () => server.connections(),
      (n) => n === 0,
    );
  });

  it.each(["reset", "reset-in-body", "endless"] as const)("survives an answer that is torn or does not end (%s)", async (fault) => {
    server.answer = () => fault;
    expect(await write(line(1))).toMatchObject({ kind: "later" });
    server.answer = () => undefined;
    expect(await write(line(1))).toBe("written");
  });

  it("does not take 201 for a success", async () => {
    server.answer = () => ({
      status: 201,
      body: '{"error":"partial write","data":[{"error_message":"bad type"}]}',
      headers: { "content-type": "application/json" },
    });
    expect(await write(line(1))).toMatchObject({ kind: "lines", reason: "HTTP 201: partial write: bad type" });
  });

  it("waits for a server that is slow", async () => {
    server.answer = () => ({ afterMs: 150 });
    expect(await write(line(1))).toBe("written");
    expect(server.requests.length).toBe(1);
  });

  it("speaks TLS, and trusts nobody's certificate but of the authority that it is told of", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jieyue-influx-tls-"));
    const ca = readFileSync(makeCertificates(folder), "utf8");
    const secure = await startFaultInflux({ key: readFileSync(join(folder, "server.key"), "utf8"), cert: readFileSync(join(folder, "server.pem"), "utf8") });
    const tells: string[] = [];
    for (const trusted of [undefined, ca]) {
      const own = createConnection({ url: secure.url, token: "t", org: "o", bucket: "b", ca: trusted, withinMs: 5_000 });
      await own.write([line(1)]).then(
        () => tells.push("written"),
        (error: Error) => tells.push(error.message),
      );
      own.close();
    }
    await secure.close();
    rmSync(folder, { recursive: true });
    expect(tells).toEqual([expect.stringMatching(/certificate/), "written"]);
  });

  it("passes on what the server said, with its headers", async () => {
    server.answer = () => ({ status: 429, headers: { "retry-after": "7" } });
    await expect(connection.write([line(1)])).rejects.toSatisfy((e: unknown) => e instanceof HttpError && e.headers?.["retry-after"] === "7");
  });

  it("breaks off at once what is under way when it is closed", async () => {
    server.answer = () => "hang";
    const slow = createConnection({ url: server.url, token: "", org: "o", bucket: "b", withinMs: 3_600_000 });
    const ended = slow.write([line(1)]).catch((error: unknown) => judge(error, 0));
    const asked = slow.query("SHOW MEASUREMENTS").catch((error: unknown) => judge(error, 0));
    await eventually(
      async () => server.requests.length,
      (n) => n === 2,
    );
    slow.close();
    expect(await ended).toMatchObject({ kind: "later" });
    expect(await asked).toMatchObject({ kind: "later" });
  });

  it("writes nothing to the console", async () => {
    const said = (["error", "warn", "log"] as const).map((name) => vi.spyOn(console, name));
    for (const answer of [{ status: 500 }, { status: 400 }, "reset"] as Answer[]) {
      server.answer = () => answer;
      await write(line(1));
    }
    expect(said.flatMap((s) => s.mock.calls)).toEqual([]);
  });
});
