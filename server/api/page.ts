/** The built page: hashed assets for ever, everything else fresh; a deep link gets index.html. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import express, { Router } from "express";

const NOT_BUILT = "The page is not built yet. Run `npm run build` in the project's folder and reload; the API at /api/v1 works meanwhile.\n";

/** Serves the folder `webRoot` (Vite's output); what is neither a file nor asked for as a page goes on to the next handler. */
export function createPage(webRoot: string): Router {
  const router = Router();
  const index = join(webRoot, "index.html");
  router.use(
    express.static(webRoot, {
      index: false,
      redirect: false,
      dotfiles: "ignore",
      setHeaders(response, path) {
        const hashed = path.startsWith(join(webRoot, "assets") + sep);
        response.setHeader("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
      },
    }),
  );
  router.use((request, response, next) => {
    const page = (request.method === "GET" || request.method === "HEAD") && !request.path.startsWith("/api/") && request.accepts(["json", "html"]) === "html";
    if (!page) next();
    else if (!existsSync(index)) response.status(503).set("Cache-Control", "no-store").type("text/plain").send(NOT_BUILT);
    else if (request.path.startsWith("/act/")) {
      // The address itself is a key: it goes into no cache, no other site's log and no index.
      response.set({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex" }).sendFile(index);
    } else response.set("Cache-Control", "no-cache").sendFile(index);
  });
  return router;
}
