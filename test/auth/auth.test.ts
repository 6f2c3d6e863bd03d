import { mkdtempSync, rmSync, statSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notFound, problemHandler } from "../../server/api/problems.ts";
import type { Auth } from "../../server/auth/auth.ts";
import { createAuth } from "../../server/auth/auth.ts";
import { hashPassword, passwordProblem, verifyPassword } from "../../server/auth/hash-password.ts";
import { isLoopbackHost, isSameOrigin } from "../../server/auth/origin.ts";
import type { Person } from "../../server/core/space.ts";
import type { Credentials, Records } from "../../server/ports.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";

const HOUR = 3_600_000;
const GOOD = "a quiet office at dusk";
const person = (id: string, role: Person["role"], department: string | null = null): Person => ({
  id,
  name: id,
  role,
  department,
  email: `${id}@example.gov.cn`,
});
const people = [
  person("admin", "administrator"),
  person("director", "director"),
  person("deputy", "deputy"),
  person("chief", "chief", "general"),
  person("clerk", "viewer", "general"),
];
const departments = [
  { id: "general", name: "General", chief: "chief", deputy: "deputy" },
  { id: "finance", name: "Finance", chief: null, deputy: "deputy" },
];

let folder: string;
let records: Records & Credentials;
let server: Server;
let auth: Auth;
let now: number;
let base: string;

async function start(mode: "open" | "password", url = ""): Promise<void> {
  auth = await createAuth({ credentials: records, people: () => people, departments: () => departments, mode, url, dataDir: folder, now: () => now });
  const app = express();
  if (url !== "") app.set("trust proxy", true);
  app.use("/api/v1", express.json(), auth.session, auth.router, notFound);
  app.use(problemHandler({ error: () => undefined }));
  server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/auth`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jieyue-auth-"));
  now = Date.now();
  records = createSqliteRecords({ file: ":memory:" });
  await records.open();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await records.close();
  rmSync(folder, { recursive: true, force: true });
});

const cookieOf = (response: Response) => response.headers.get("set-cookie")?.split(";")[0] ?? "";
const send = (path: string, body?: unknown, cookie = "", headers: Record<string, string> = {}) =>
  fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(cookie === "" ? {} : { cookie }), ...headers },
    body: JSON.stringify(body ?? {}),
  });
const me = async (cookie: string) =>
  (await (await fetch(`${base}/me`, { headers: { cookie } })).json()) as {
    person: { id: string } | null;
    may: Record<string, string | null>;
    departments: string[];
  };
const code = async (response: Response) => ((await response.json()) as { code: string }).code;
const signIn = (id: string, password = GOOD, cookie = "") => send("/sign-in", { person: id, password }, cookie);

describe("signing in with a password", () => {
  beforeEach(async () => {
    await start("password");
    for (const id of ["admin", "chief", "clerk"]) await records.setPasswordHash(id, await hashPassword(GOOD));
  });

  it("knows nobody before, the person after by id or e-mail, and nobody after signing out", async () => {
    expect((await me("")).person).toBeNull();
    for (const name of ["chief", "CHIEF@example.gov.cn"]) {
      const response = await signIn(name);
      expect(response.status).toBe(200);
      const cookie = cookieOf(response);
      expect(await me(cookie)).toMatchObject({ person: { id: "chief" }, departments: ["general"], may: { acknowledge: "own", "change-policy": null } });
      await send("/sign-out", {}, cookie);
      expect((await me(cookie)).person).toBeNull();
    }
  });

  it("answers a wrong password and an unknown person alike", async () => {
    const [wrong, unknown, without] = [await signIn("chief", "not it at all"), await signIn("nobody"), await signIn("director")];
    for (const response of [wrong, unknown, without]) {
      expect(response.status).toBe(401);
      expect(await code(response)).toBe("wrong-credentials");
    }
  });

  it("lets an account rest after ten wrong passwords for a quarter of an hour, whoever comes", async () => {
    for (let i = 0; i < 10; i++) expect((await signIn("chief", `wrong number ${i}`)).status).toBe(401);
    const blocked = await signIn("chief");
    expect(blocked.status).toBe(429);
    expect(await code(blocked)).toBe("too-many-requests");
    expect((await signIn("clerk")).status).toBe(200);
    now += HOUR / 4;
    expect((await signIn("chief")).status).toBe(200);
  });

  it("gives a new session at every sign-in, so that none can be planted", async () => {
    const planted = cookieOf(await signIn("clerk"));
    const own = cookieOf(await signIn("chief", GOOD, planted));
    expect(own).not.toBe(planted);
    expect((await me(planted)).person).toBeNull();
    expect((await me(own)).person!.id).toBe("chief");
  });

  it("keeps the cookie from scripts and other sites, and forgets it twelve hours after the last use", async () => {
    const response = await signIn("chief");
    expect(response.headers.get("set-cookie")).toMatch(/^jieyue\.sid=.*; Path=\/; .*HttpOnly; SameSite=Lax$/);
    const cookie = cookieOf(response);
    now += 11 * HOUR;
    expect((await me(cookie)).person!.id).toBe("chief");
    now += 11 * HOUR;
    expect((await me(cookie)).person!.id).toBe("chief");
    now += 12 * HOUR;
    expect((await me(cookie)).person).toBeNull();
  });

  it("changes a password only with the old one, to a good one, and ends the person's other sessions", async () => {
    const [here, there] = [cookieOf(await signIn("chief")), cookieOf(await signIn("chief"))];
    expect(await code(await send("/password", { old: "wrong", new: "another quiet office" }, here))).toBe("wrong-credentials");
    expect(await code(await send("/password", { old: GOOD, new: "short" }, here))).toBe("weak-password");
    const changed = await send("/password", { old: GOOD, new: "another quiet office" }, here);
    expect(changed.status).toBe(200);
    expect((await me(there)).person).toBeNull();
    expect((await me(cookieOf(changed))).person!.id).toBe("chief");
    expect((await signIn("chief")).status).toBe(401);
    expect((await signIn("chief", "another quiet office")).status).toBe(200);
  });

  it("lets an administrator invite, and nobody else; the link is that person's, once, for a day", async () => {
    expect((await send("/people/director/invite", {}, cookieOf(await signIn("chief")))).status).toBe(403);
    const admin = cookieOf(await signIn("admin"));
    const { link } = (await (await send("/people/director/invite", {}, admin)).json()) as { link: string };
    const token = new URL(link, "http://x").searchParams.get("token");
    expect(await code(await send("/set-up", { token, person: "clerk", password: GOOD }))).toBe("unknown-person");
    expect((await send("/set-up", { token, person: "director", password: GOOD })).status).toBe(200);
    expect(await code(await send("/set-up", { token, person: "director", password: GOOD }))).toBe("bad-token");
    const late = (await (await send("/people/director/invite", {}, admin)).json()) as { link: string };
    now += 24 * HOUR;
    expect(await code(await send("/set-up", { token: new URL(late.link, "http://x").searchParams.get("token"), person: "director", password: GOOD }))).toBe(
      "bad-token",
    );
  });

  it("takes no choosing whom to be", async () => {
    expect((await send("/be", { person: "admin" })).status).toBe(403);
  });

  it("keeps its secret from other users of the machine", () => {
    expect(statSync(join(folder, "session-secret")).mode & 0o777).toBe(0o600);
  });
});

describe("the first start", () => {
  it("prints one link with which an administrator, and only one, sets the first password", async () => {
    await start("password");
    const token = new URL((await auth.setupLink())!, "http://x").searchParams.get("token");
    expect(await code(await send("/set-up", { token, person: "clerk", password: GOOD }))).toBe("unknown-person");
    expect(await code(await send("/set-up", { token, person: "admin", password: "admin" }))).toBe("weak-password");
    expect(await code(await send("/set-up", { token: "guessed", person: "admin", password: GOOD }))).toBe("bad-token");
    const done = await send("/set-up", { token, person: "admin", password: GOOD });
    expect((await me(cookieOf(done))).person!.id).toBe("admin");
    expect(await code(await send("/set-up", { token, person: "admin", password: "somebody else's words" }))).toBe("bad-token");
    expect(await auth.setupLink()).toBeNull();
  });
});

describe("behind TLS", () => {
  it("sets the cookie for TLS only", async () => {
    await start("password", "https://jieyue.example.gov.cn");
    await records.setPasswordHash("chief", await hashPassword(GOOD));
    const response = await send("/sign-in", { person: "chief", password: GOOD }, "", { "x-forwarded-proto": "https" });
    expect(response.headers.get("set-cookie")).toMatch(/Secure/);
  });
});

describe("open mode", () => {
  it("makes a visitor the administrator until they choose whom to be", async () => {
    await start("open");
    expect(await me("")).toMatchObject({ person: { id: "admin" }, may: { "manage-people": "all" } });
    const chosen = await send("/be", { person: "deputy" });
    expect(await me(cookieOf(chosen))).toMatchObject({ person: { id: "deputy" }, departments: ["general", "finance"] });
    expect(await code(await send("/be", { person: "stranger" }))).toBe("unknown-person");
    expect(await auth.setupLink()).toBeNull();
  });
});

describe("where a request comes from", () => {
  beforeEach(() => start("open"));
  const request = (headers: Record<string, string>) => ({ headers }) as never;

  it.each<[string, Record<string, string>, boolean]>([
    ["a program", { host: "127.0.0.1:8026" }, true],
    ["our own page", { host: "127.0.0.1:8026", origin: "http://127.0.0.1:8026", "sec-fetch-site": "same-origin" }, true],
    ["another site", { host: "127.0.0.1:8026", origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
    ["another port of this machine", { host: "127.0.0.1:8026", origin: "http://127.0.0.1:9000", "sec-fetch-site": "same-site" }, false],
    ["another site of an old browser", { host: "127.0.0.1:8026", origin: "https://evil.example" }, false],
    ["an origin that is none", { host: "127.0.0.1:8026", origin: "null" }, false],
    ["a foreign name that resolves here", { host: "evil.example:8026", origin: "http://evil.example:8026" }, false],
  ])("%s may change things: %s → %s", (_who, headers, allowed) => {
    expect(isSameOrigin(request(headers), "", true)).toBe(allowed);
  });

  it("takes the address people use for its own", () => {
    expect(isSameOrigin(request({ host: "127.0.0.1:8026", origin: "https://jieyue.example.gov.cn" }), "https://jieyue.example.gov.cn", false)).toBe(true);
    expect([isLoopbackHost("localhost:8026"), isLoopbackHost("[::1]:8026"), isLoopbackHost("evil.example"), isLoopbackHost(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("passwords", () => {
  beforeEach(() => start("open"));

  it("are kept as argon2id hashes, each with its own salt", async () => {
    const [one, two] = [await hashPassword(GOOD), await hashPassword(GOOD)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect([await verifyPassword(one, GOOD), await verifyPassword(one, `${GOOD} `), await verifyPassword("no hash", GOOD)]).toEqual([true, false, false]);
  });

  it.each([
    ["short", false],
    ["aaaaaaaaaaaaaa", false],
    ["password1234", false],
    ["chief-chief-chief1", false],
    ["Administrator1", false],
    [GOOD, true],
    ["人走灯灭节约每一度电和每一滴水", true],
    ["x1".repeat(101), false],
  ])("%s is good: %s", (password, good) => {
    expect(passwordProblem(password, { id: "chief", email: null }) === null).toBe(good);
  });
});
