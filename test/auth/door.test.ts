/** The real door: sign-in in front of the real API and the real live connection. */
import { exportsOf } from "../support/exports.ts";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApi } from "../../server/api/app.ts";
import { createDocuments } from "../../server/reports/documents.ts";
import { createActLinks } from "../../server/auth/act-links.ts";
import { linkSecret } from "../../server/auth/secret.ts";
import { createAuth } from "../../server/auth/auth.ts";
import { hashPassword } from "../../server/auth/hash-password.ts";
import { createLive } from "../../server/live/live.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { listen } from "../support/api.ts";
import { FakeOffice, shanghai } from "../support/office.ts";

const GOOD = "a quiet office at dusk";
const HASH = await hashPassword(GOOD);

async function openDoor(mode: "open" | "password") {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-door-"));
  const records = createSqliteRecords({ file: ":memory:" });
  await records.open();
  const office = new FakeOffice();
  const { people, departments } = office.house.site;
  const auth = await createAuth({
    credentials: records,
    people: () => people,
    departments: () => departments,
    mode,
    url: "",
    dataDir: folder,
    now: () => Date.now(),
  });
  for (const { id } of people) await records.setPasswordHash(id, HASH);
  const server: Server = createServer();
  const log = { warn: () => undefined, error: () => undefined };
  const live = createLive({ server, office, gatekeeper: auth, log, iso: shanghai });
  const links = createActLinks({ secret: linkSecret(folder), used: records, people: () => people, departments: () => departments, now: () => Date.now() });
  const push = { subscriptions: records, channel: null, reach: () => undefined };
  const api = createApi({
    office,
    gatekeeper: auth,
    webRoot: folder,
    url: "",
    version: "0.0.0",
    log,
    iso: shanghai,
    links,
    push,
    exports: exportsOf(office, folder),
    sheets: { read: () => Promise.reject(new Error("nobody reads tables here")) },
    reports: { documents: createDocuments(), forms: [] },
  });
  server.on("request", api.app);
  await live.open();
  const origin = await listen(server);
  onTestFinished(async () => {
    await live.close();
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Like fetch, but with headers that a browser's fetch would set itself (Host, Sec-Fetch-Site). */
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; code: string | undefined }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = httpRequest(
        {
          host: "127.0.0.1",
          port,
          method,
          path: `/api/v1${path}`,
          headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
        },
        (response) => {
          let read = "";
          response.setEncoding("utf8").on("data", (chunk: string) => void (read += chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode!, headers: response.headers, code: read === "" ? undefined : (JSON.parse(read) as { code?: string }).code }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  const signIn = async (person: string) => {
    const reply = await send("POST", "/auth/sign-in", {}, { person, password: GOOD });
    expect(reply.status).toBe(200);
    return reply.headers["set-cookie"]![0]!.split(";")[0]!;
  };
  /** Resolves with how the connection was received. */
  const knock = (headers: Record<string, string>, transport: "websocket" | "polling" = "websocket") =>
    new Promise<string>((resolve) => {
      const socket = io(origin, { path: "/live", transports: [transport], forceNew: true, reconnection: false, extraHeaders: headers });
      onTestFinished(() => void socket.disconnect());
      socket.once("connect", () => resolve("connected"));
      socket.once("connect_error", () => resolve("refused"));
    });
  return { send, signIn, knock, origin };
}

describe("the door with passwords", () => {
  it("lets requests in with a session, and out again", async () => {
    const { send, signIn } = await openDoor("password");
    expect(await send("GET", "/devices")).toMatchObject({ status: 401, code: "not-signed-in" });
    const cookie = await signIn("clerk");
    expect((await send("GET", "/devices", { cookie })).status).toBe(200);
    expect(await send("PUT", "/policies/cooling-floor", { cookie }, { mode: "observe" })).toMatchObject({ status: 403, code: "forbidden" });
    expect((await send("PUT", "/policies/cooling-floor", { cookie: await signIn("admin") }, { mode: "observe" })).status).toBe(200);
    expect((await send("POST", "/auth/sign-out", { cookie })).status).toBe(204);
    expect((await send("GET", "/devices", { cookie })).status).toBe(401);
  });

  it("takes no session that it did not sign", async () => {
    const { send, signIn } = await openDoor("password");
    const cookie = await signIn("clerk");
    const id = decodeURIComponent(cookie.split("=")[1]!).slice(2).split(".")[0]!;
    for (const forged of [
      `jieyue.sid=${id}`,
      `jieyue.sid=s%3A${id}.${"A".repeat(43)}`,
      "jieyue.sid=",
      `jieyue.sid=${"%".repeat(500)}`,
      "jieyue.sid=s%3A__proto__.x",
    ])
      expect(await send("GET", "/devices", { cookie: forged })).toMatchObject({ status: 401, code: "not-signed-in" });
  });

  it("refuses what another site makes a browser send with the person's cookie, sign-in itself included", async () => {
    const { send, signIn, origin } = await openDoor("password");
    const cookie = await signIn("admin");
    const change = (headers: Record<string, string>) => send("PUT", "/policies/cooling-floor", { cookie, ...headers }, { mode: "observe" });
    const foreign = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site", origin }, { origin: "null" }];
    for (const headers of foreign) {
      expect(await change(headers)).toMatchObject({ status: 403, code: "foreign-origin" });
      expect(await send("POST", "/auth/sign-in", headers, { person: "clerk", password: GOOD })).toMatchObject({ status: 403, code: "foreign-origin" });
      expect(await send("POST", "/auth/sign-out", { cookie, ...headers })).toMatchObject({ status: 403, code: "foreign-origin" });
    }
    expect((await change({ origin, "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await change({})).status).toBe(200);
  });

  it("lets a live connection in with a session only, and from our own page only", async () => {
    const { send, signIn, knock, origin } = await openDoor("password");
    const cookie = await signIn("clerk");
    for (const transport of ["websocket", "polling"] as const) {
      expect(await knock({}, transport)).toBe("refused");
      expect(await knock({ cookie: "jieyue.sid=s%3Aguessed.guessed" }, transport)).toBe("refused");
      expect(await knock({ cookie, origin: "https://evil.example" }, transport)).toBe("refused");
      expect(await knock({ cookie, origin }, transport)).toBe("connected");
    }
    await send("POST", "/auth/sign-out", { cookie });
    expect(await knock({ cookie })).toBe("refused");
  });
});

describe("the door in open mode", () => {
  it("answers to this machine's own names only", async () => {
    const { send, knock } = await openDoor("open");
    for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1"]) {
      expect(await send("GET", "/devices", { host })).toMatchObject({ status: 421, code: "foreign-host" });
      expect(await knock({ host, origin: `http://${host}` })).toBe("refused");
    }
    for (const host of ["127.0.0.1:8026", "localhost", "LOCALHOST:1", "[::1]:8026"]) expect((await send("GET", "/devices", { host })).status).toBe(200);
    expect(await knock({})).toBe("connected");
  });

  it("lets a visitor choose whom to be, for requests and for the live connection, with no more than that person's rights", async () => {
    const { send, knock } = await openDoor("open");
    const chosen = await send("POST", "/auth/be", {}, { person: "clerk" });
    const cookie = chosen.headers["set-cookie"]![0]!.split(";")[0]!;
    expect(await send("PUT", "/policies/cooling-floor", { cookie }, { mode: "observe" })).toMatchObject({ status: 403, code: "forbidden" });
    expect(await knock({ cookie })).toBe("connected");
    expect(await send("POST", "/auth/be", { origin: "https://evil.example" }, { person: "admin" })).toMatchObject({ status: 403, code: "foreign-origin" });
  });
});
