import type { IncomingMessage as HttpRequest } from "node:http";
import type { RequestHandler, Router } from "express";
import type { Actor } from "../core/roles.ts";

/** Who stands at the door of the API and the live channel; made by `auth/`. Errors it passes on are `Problem`s. */
export interface Gatekeeper {
  readonly mode: "open" | "password";
  /** Reads the session of a request (express-session); also given to socket.io's engine, so that sockets are known like requests. */
  readonly session: RequestHandler;
  /** Sign-in, sign-out, set-up, `me`; mounted at `/api/v1`, before everything that needs an actor. */
  readonly router: Router;
  /** Who asks, after `session` has run; null = nobody signed in. In `open` mode always somebody. */
  actorOf(request: HttpRequest): Actor | null;
  /** False for a request that another site's page makes a browser send (by Origin or Sec-Fetch-Site); true for clients that are no browser. */
  sameOrigin(request: HttpRequest): boolean;
  /** False in `open` mode for a Host that is no loopback name (DNS rebinding). */
  knownHost(request: HttpRequest): boolean;
}
