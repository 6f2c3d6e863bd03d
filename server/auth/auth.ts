/** Who asks: people of the site file sign in with a password; in open mode (loopback only) a visitor chooses whom to be. */
import { createHash, randomBytes } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import express from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import session from "express-session";
import { z } from "zod";
import type { MeDto } from "../contract/house.ts";
import type { Actor, Action } from "../core/roles.ts";
import { ACTIONS, PERMISSIONS, may } from "../core/roles.ts";
import type { Department, Person } from "../core/space.ts";
import { problem } from "../errors.ts";
import type { Credentials } from "../ports/credentials.ts";
import type { Gatekeeper } from "../ports/gatekeeper.ts";
import { VISITOR, actorFor } from "./actor.ts";
import { hashPassword, passwordProblem, verifyPassword } from "./hash-password.ts";
import { isLoopbackHost, isSameOrigin } from "./origin.ts";
import { sessionSecret } from "./secret.ts";
import { RecordsSessionStore } from "./session-store.ts";
import { createTries } from "./tries.ts";

const HOUR = 3_600_000;
const SESSION_MS = 12 * HOUR;
const LINK_MS = 24 * HOUR;
/** Tries per account, and per address (a whole office may share one), within a quarter of an hour. */
const TRIES = 10;
const TRIES_PER_ADDRESS = 50;
const STRANGERS_KEPT = 10_000;
const TRIES_WINDOW_MS = 15 * 60_000;

export interface AuthOptions {
  readonly credentials: Credentials;
  readonly people: () => readonly Person[];
  readonly departments: () => readonly Department[];
  readonly mode: "open" | "password";
  /** The address people use, "" when it is the one listened on; https makes cookies Secure. */
  readonly url: string;
  /** Where the session secret is kept (0600). */
  readonly dataDir: string;
  readonly now: () => number;
}

export interface Auth extends Gatekeeper {
  /** The path of a one-time page where the first administrator sets a password; null where one has a password already, or in open mode. */
  setupLink(): Promise<string | null>;
}

interface SignedIn {
  person?: string;
}

const signInBody = z.strictObject({ person: z.string().min(1).max(200), password: z.string().min(1).max(500) });
const beBody = z.strictObject({ person: z.string().min(1).max(200) });
const setUpBody = z.strictObject({ token: z.string().min(1).max(200), person: z.string().min(1).max(200), password: z.string().max(500) });
const passwordBody = z.strictObject({ old: z.string().max(500), new: z.string().max(500) });

function bodyOf<T>(schema: z.ZodType<T>, request: Request): T {
  const read = schema.safeParse(request.body);
  if (read.success) return read.data;
  throw problem("invalid-body", read.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; "));
}

/** What a plain form of another page can send is refused: safety never rests on the browser's headers alone. */
const jsonOnly: RequestHandler = (request, _response, next) => {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  const sent = encoding !== undefined || (length !== undefined && length !== "0");
  if (sent && !request.is("application/json")) throw problem("unsupported-media-type", "Send the body as application/json.");
  next();
};

const tokenHash = (token: string) => createHash("sha256").update(token).digest("hex");

export async function createAuth(options: AuthOptions): Promise<Auth> {
  const { credentials, people, departments, mode, url, now } = options;
  const secure = url.startsWith("https:");
  const store = new RecordsSessionStore(credentials, now, SESSION_MS);
  const sessions = session({
    name: "jieyue.sid",
    secret: sessionSecret(options.dataDir),
    store,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    ...(secure ? { proxy: true } : {}),
    cookie: { httpOnly: true, sameSite: "lax", secure, maxAge: SESSION_MS },
  });
  await credentials.dropExpiredSessions(now());
  // An unknown person costs as much time as a wrong password.
  const decoy = await hashPassword(randomBytes(16).toString("hex"));
  // Names that nobody has rest like accounts do, but apart: whoever invents names makes no account's count be forgotten.
  const accounts = createTries(TRIES, TRIES_WINDOW_MS, Infinity, now);
  const strangers = createTries(TRIES, TRIES_WINDOW_MS, STRANGERS_KEPT, now);

  const personOf = (request: unknown): Person | null => {
    const id = ((request as { session?: SignedIn }).session ?? {}).person;
    const known = id === undefined ? undefined : people().find((p) => p.id === id);
    if (known !== undefined) return known;
    return mode === "open" ? (people().find((p) => p.role === "administrator") ?? people()[0] ?? VISITOR) : null;
  };
  const actorOf = (request: unknown): Actor | null => {
    const person = personOf(request);
    return person === null ? null : actorFor(person, departments());
  };
  const find = (name: string) => people().find((p) => p.id === name || (p.email !== null && p.email.toLowerCase() === name.toLowerCase()));

  /** A new session id at every change of who it is (no fixation). */
  const becomes = (request: Request, person: string) =>
    new Promise<void>((resolve, reject) =>
      request.session.regenerate((error: unknown) => {
        if (error !== undefined && error !== null) return reject(error as Error);
        (request.session as SignedIn).person = person;
        request.session.save((failed: unknown) => (failed === undefined || failed === null ? resolve() : reject(failed as Error)));
      }),
    );

  function present(request: Request): MeDto {
    const person = personOf(request);
    const actor = actorOf(request);
    const grants = Object.fromEntries(ACTIONS.map((a) => [a, actor === null ? null : (PERMISSIONS[a][actor.role] ?? null)])) as Record<
      Action,
      "all" | "own" | null
    >;
    return {
      person:
        person === null ? null : { id: person.id, name: person.name as string | Record<string, string>, role: person.role, department: person.department },
      mode,
      may: grants,
      departments: [...(actor?.departments ?? [])],
    };
  }

  async function setPassword(person: Person, password: string): Promise<void> {
    const wrong = passwordProblem(password, person);
    if (wrong !== null) throw problem("weak-password", wrong);
    await credentials.setPasswordHash(person.id, await hashPassword(password));
    await credentials.dropSessionsOf(person.id);
  }

  /** Counts a try with an account's password; a problem when the account rests. */
  function countTry(response: Response, person: Person | undefined, name: string): void {
    const rest = person === undefined ? strangers.take(name.toLowerCase()) : accounts.take(person.id);
    if (rest === null) return;
    response.set("Retry-After", String(Math.ceil(rest / 1000)));
    throw problem("too-many-requests", "Too many wrong passwords for this account; wait a quarter of an hour.");
  }

  /** `person`: the only one whom it is for. */
  async function newLink(purpose: string, person: string | null): Promise<string> {
    // Of the first start's link whoever the site file names as the administrator is written in already.
    const whom = person ?? people().find((p) => p.role === "administrator")?.id;
    const token = randomBytes(24).toString("base64url");
    await credentials.saveToken(tokenHash(token), purpose, person, now() + LINK_MS);
    return `/set-up?token=${token}${whom === undefined ? "" : `&person=${encodeURIComponent(whom)}`}`;
  }

  const router = express.Router();
  const addresses = rateLimit({
    windowMs: TRIES_WINDOW_MS,
    limit: TRIES_PER_ADDRESS,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: (request) => ipKeyGenerator(request.ip ?? ""),
    // The header of a proxy that was not declared is not believed, and no reason to complain on stderr.
    validate: { xForwardedForHeader: false },
    handler: () => {
      throw problem("too-many-requests", "Too many tries from this address; wait a quarter of an hour.");
    },
  });

  router.use("/auth", jsonOnly);
  router.get("/auth/me", (request, response) => void response.json(present(request)));
  router.post("/auth/sign-in", addresses, async (request: Request, response: Response) => {
    const { person: name, password } = bodyOf(signInBody, request);
    const person = find(name);
    countTry(response, person, name);
    const hash = person === undefined ? null : await credentials.passwordHash(person.id);
    const right = await verifyPassword(hash ?? decoy, password);
    if (person === undefined || hash === null || !right) throw problem("wrong-credentials", "This person and password do not belong together.");
    accounts.forgive(person.id);
    await credentials.dropExpiredSessions(now());
    await becomes(request, person.id);
    response.json(present(request));
  });
  router.post("/auth/sign-out", async (request: Request, response: Response) => {
    await new Promise<void>((resolve, reject) =>
      request.session.destroy((error: unknown) => (error === undefined || error === null ? resolve() : reject(error as Error))),
    );
    response.clearCookie("jieyue.sid");
    response.status(204).end();
  });
  router.post("/auth/be", async (request: Request, response: Response) => {
    if (mode !== "open") throw problem("forbidden", "Only on the machine itself, in open mode, may a visitor choose whom to be.");
    const person = people().find((p) => p.id === bodyOf(beBody, request).person);
    if (person === undefined) throw problem("unknown-person", "There is no such person on this site.");
    await becomes(request, person.id);
    response.json(present(request));
  });
  router.post("/auth/set-up", addresses, async (request: Request, response: Response) => {
    const { token, person: name, password } = bodyOf(setUpBody, request);
    const person = find(name);
    // Judged for strangers too: without a link nobody learns who is on the site.
    const wrong = passwordProblem(password, person ?? { id: name, email: null });
    if (wrong !== null) throw problem("weak-password", wrong);
    const hash = tokenHash(token);
    const used = (await credentials.takeToken(hash, "set-up", now())) ?? (await credentials.takeToken(hash, "invite", now()));
    // The first start's link is for the first password: once there is one, it is worth nothing.
    if (used === null || (used.person === null && (await credentials.anyPassword())))
      throw problem("bad-token", "This link was used already or is older than 24 hours; ask for a new one.");
    if (person === undefined || (used.person === null ? person.role !== "administrator" : used.person !== person.id)) {
      // A slip of the pen must not use the link up.
      await credentials.saveToken(hash, used.person === null ? "set-up" : "invite", used.person, used.expires);
      throw problem("unknown-person", used.person === null ? "The first password is an administrator's of the site file." : "The link is another person's.");
    }
    await setPassword(person, password);
    await becomes(request, person.id);
    response.json(present(request));
  });
  router.post("/auth/password", addresses, async (request: Request, response: Response) => {
    const person = personOf(request);
    if (person === null) throw problem("not-signed-in", "Sign in first.");
    const body = bodyOf(passwordBody, request);
    countTry(response, person, person.id);
    const hash = await credentials.passwordHash(person.id);
    if (hash === null || !(await verifyPassword(hash, body.old))) throw problem("wrong-credentials", "The old password is not right.");
    accounts.forgive(person.id);
    await setPassword(person, body.new);
    await becomes(request, person.id);
    response.json(present(request));
  });
  router.post("/auth/people/:id/invite", async (request: Request, response: Response) => {
    const actor = actorOf(request);
    if (actor === null || !may(actor, "manage-people", null)) throw problem("forbidden", "An administrator invites people.");
    const person = people().find((p) => p.id === request.params["id"]);
    if (person === undefined) throw problem("unknown-person", "There is no such person on this site.");
    response.status(201).json({ link: await newLink("invite", person.id), expires: new Date(now() + LINK_MS).toISOString() });
  });

  return {
    mode,
    session: sessions,
    router,
    actorOf: (request) => actorOf(request),
    sameOrigin: (request) => isSameOrigin(request, url, mode === "open"),
    knownHost: (request) => mode !== "open" || isLoopbackHost(request.headers.host),
    async setupLink() {
      return mode === "open" || (await credentials.anyPassword()) ? null : newLink("set-up", null);
    },
  };
}
