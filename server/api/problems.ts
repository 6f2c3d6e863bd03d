/** The one place where errors become answers. What is not a `Problem` is our own fault: it is logged, and the caller learns nothing of it. */
import type { ErrorRequestHandler, RequestHandler } from "express";
import { Problem, problem } from "../errors.ts";

export interface ErrorLog {
  error(fields: object, message: string): void;
}

/** An error of express or of its body parser, by its `type` or `status`. */
function fromFramework(error: unknown): Problem | null {
  if (typeof error !== "object" || error === null) return null;
  const { type, status, limit } = error as { type?: unknown; status?: unknown; limit?: unknown };
  if (type === "entity.parse.failed") return problem("malformed-json", "The body cannot be parsed as a JSON object.");
  if (type === "entity.too.large") return problem("body-too-large", `The body may hold at most ${Math.floor(Number(limit) / 1024)} kB.`);
  if (type === "encoding.unsupported" || type === "charset.unsupported") return problem("unsupported-media-type", "Send UTF-8 JSON.");
  if (error instanceof URIError || status === 400)
    return problem("invalid-path", "The request cannot be read; check the percent-encoding of its path and its length.");
  return null;
}

/** Answers every error as RFC 9457 problem details. */
export function problemHandler(log: ErrorLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const told = error instanceof Problem ? error : fromFramework(error);
    if (told === null)
      log.error(
        { err: error, method: request.method, path: (response.locals["route"] as string | undefined) ?? request.baseUrl + request.path },
        "a request failed",
      );
    const answer = told ?? problem("internal", "The request could not be carried out; the server's log says why.");
    response.status(answer.status).set("Cache-Control", "no-store").type("application/problem+json").send(JSON.stringify(answer.document()));
  };
}

/** What no route took. */
export const notFound: RequestHandler = (request) => {
  throw problem("not-found", `There is nothing at ${request.method} ${request.originalUrl.split("?")[0]!.slice(0, 200)}; see /api/v1/openapi.json.`);
};
