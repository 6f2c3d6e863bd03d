import { mkdtempSync, rmSync, statSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import type { SessionData } from "express-session";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notFound, problemHandler } from "../../server/api/problems.ts";
import type { Auth } from "../../server/auth/auth.ts";
import { createAuth } from "../../server/auth/auth.ts";
import { hashPassword } from "../../server/auth/hash-password.ts";
import { RecordsSessionStore } from "../../server/auth/session-store.ts";
import type { Person } from "../../server/core/space.ts";
import type { Credentials } from "../../server/ports/credentials.ts";
import type { Records } from "../../server/ports/records.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";

const HOUR = 3_600_000;
const GOOD = "a quiet office at dusk";
const HASH = await hashPassword(GOOD);
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
  if (url !== "") app.set("trust proxy", "loopback");
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
const tokenOf = (link: string) => new URL(link, "http://x").searchParams.get("token");
const signIn = (id: string, password = GOOD, cookie = "") => send("/sign-in", { person: id, password }, cookie);

describe("signing in with a password", () => {
  beforeEach(async () => {
    await start("password");
    for (const id of ["admin", "chief", "clerk"]) await records.setPasswordHash(id, HASH);
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

  it("counts tries before it judges them, so that many at once are no way round, and one person by any of their names", async () => {
    const replies = await Promise.all(Array.from({ length: 15 }, (_, i) => signIn(i % 2 === 0 ? "chief" : "chief@example.gov.cn", `wrong number ${i}`)));
    expect(replies.map((r) => r.status).sort((a, b) => a - b)).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
    const resting = await signIn("chief");
    expect(resting.headers.get("retry-after")).toBe("900");
    expect(resting.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    for (let i = 0; i < 10; i++) await signIn("nobody", "wrong");
    expect((await signIn("NOBODY", "wrong")).status).toBe(429);
  });

  it("lets an address rest after fifty tries, whatever it tries", async () => {
    const guess = () => send("/set-up", { token: "guessed", person: "admin", password: GOOD });
    for (let i = 0; i < 50; i++) expect((await guess()).status).toBe(409);
    const blocked = await guess();
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await code(blocked)).toBe("too-many-requests");
    expect((await signIn("chief")).status).toBe(429);
    expect((await me("")).person).toBeNull();
  });

  it("takes JSON only: not what another page's form can send", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      const response = await fetch(`${base}/sign-in`, {
        method: "POST",
        headers: { "content-type": type },
        body: JSON.stringify({ person: "chief", password: GOOD }),
      });
      expect([response.status, await code(response)]).toEqual([415, "unsupported-media-type"]);
    }
    for (const body of [[], { person: "chief" }, { person: { $ne: null }, password: GOOD }, { person: "chief", password: GOOD, role: "administrator" }])
      expect(await code(await send("/sign-in", body))).toBe("invalid-body");
  });

  it("has a session live on over a restart, and nobody in one that cannot be read", async () => {
    const cookie = cookieOf(await signIn("chief"));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await start("password");
    expect((await me(cookie)).person!.id).toBe("chief");
    const id = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1))
      .slice(2)
      .split(".")[0]!;
    for (const data of ["", "{", "null", "{}", "[]"]) {
      await records.saveSession(id, "chief", data, now + HOUR);
      expect((await me(cookie)).person).toBeNull();
    }
  });

  it("ends a session for good, though a request with it is still under way", async () => {
    const store = new RecordsSessionStore(records, () => now, 12 * HOUR);
    const get = () =>
      new Promise<SessionData | null>((resolve, reject) => store.get("s1", (error, session) => (error ? reject(error as Error) : resolve(session ?? null))));
    const done = (run: (callback: (error?: unknown) => void) => void) =>
      new Promise<void>((resolve, reject) => run((error) => (error ? reject(error as Error) : resolve())));
    await records.saveSession("s1", "chief", JSON.stringify({ cookie: {}, person: "chief" }), now + HOUR);
    const underWay = (await get())!;
    await done((callback) => store.destroy("s1", callback));
    await done((callback) => store.touch("s1", underWay, callback));
    expect(await get()).toBeNull();
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
    const token = tokenOf(link);
    expect(await code(await send("/set-up", { token, person: "clerk", password: GOOD }))).toBe("unknown-person");
    expect((await send("/set-up", { token, person: "director", password: GOOD })).status).toBe(200);
    expect(await code(await send("/set-up", { token, person: "director", password: GOOD }))).toBe("bad-token");
    const slip = now;
    const other = (await (await send("/people/director/invite", {}, admin)).json()) as { link: string; expires: string };
    expect(Date.parse(other.expires)).toBe(slip + 24 * HOUR);
    const [otherToken, newest] = [tokenOf(other.link), tokenOf(((await (await send("/people/director/invite", {}, admin)).json()) as { link: string }).link)];
    expect(await code(await send("/set-up", { token: otherToken, person: "director", password: GOOD }))).toBe("bad-token");
    now += 23 * HOUR;
    expect(await code(await send("/set-up", { token: newest, person: "clerk", password: GOOD }))).toBe("unknown-person");
    now += HOUR;
    // Another's slip has not made the link live longer.
    expect(await code(await send("/set-up", { token: newest, person: "director", password: GOOD }))).toBe("bad-token");
    const late = (await (await send("/people/director/invite", {}, cookieOf(await signIn("admin")))).json()) as { link: string };
    now += 24 * HOUR;
    expect(await code(await send("/set-up", { token: tokenOf(late.link), person: "director", password: GOOD }))).toBe("bad-token");
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
    const token = tokenOf((await auth.setupLink())!);
    expect(await code(await send("/set-up", { token, person: "clerk", password: GOOD }))).toBe("unknown-person");
    expect(await code(await send("/set-up", { token, person: "admin", password: "admin" }))).toBe("weak-password");
    expect(await code(await send("/set-up", { token: "guessed", person: "admin", password: GOOD }))).toBe("bad-token");
    const done = await send("/set-up", { token, person: "admin", password: GOOD });
    expect((await me(cookieOf(done))).person!.id).toBe("admin");
    expect(await code(await send("/set-up", { token, person: "admin", password: "somebody else's words" }))).toBe("bad-token");
    expect(await auth.setupLink()).toBeNull();
  });

  it("has one link at a time, and none that outlives the first password", async () => {
    await start("password");
    const [printed, again] = [tokenOf((await auth.setupLink())!), tokenOf((await auth.setupLink())!)];
    expect(await code(await send("/set-up", { token: printed, person: "admin", password: GOOD }))).toBe("bad-token");
    await records.setPasswordHash("admin", HASH);
    expect(await code(await send("/set-up", { token: again, person: "admin", password: "somebody else's words" }))).toBe("bad-token");
    expect((await signIn("admin")).status).toBe(200);
  });

  it("tells nobody without a link who is on the site", async () => {
    await start("password");
    for (const id of ["chief", "nobody"]) {
      expect(await code(await send("/set-up", { token: "guessed", person: id, password: "short" }))).toBe("weak-password");
      expect(await code(await send("/set-up", { token: "guessed", person: id, password: GOOD }))).toBe("bad-token");
    }
  });
});

describe("behind TLS", () => {
  it("sets the cookie for TLS only", async () => {
    await start("password", "https://jieyue.example.gov.cn");
    await records.setPasswordHash("chief", HASH);
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
