/** The HTTP border: who asks → schema → may they → do → present, and the page. */
import express from "express";
import type { Express, RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { MOST_TABLE_BYTES, TABLE_TYPES } from "../contract/meters.ts";
import { problem } from "../errors.ts";
import type { ActLinks } from "../ports/act-links.ts";
import type { Exports } from "../ports/exports.ts";
import type { Gatekeeper } from "../ports/gatekeeper.ts";
import type { Office } from "../ports/office.ts";
import type { PushDesk } from "../ports/push.ts";
import type { ReportDesk } from "../ports/reports.ts";
import type { Sheets } from "../ports/sheets.ts";
import { actHandlers } from "./handlers/act.ts";
import { pushHandlers } from "./handlers/push.ts";
import { adoptingHandlers } from "./handlers/adopting.ts";
import { mappingHandlers } from "./handlers/mappings.ts";
import { siteTableHandlers } from "./handlers/site-table.ts";
import { alertHandlers } from "./handlers/alerts.ts";
import { absenceHandlers } from "./handlers/absences.ts";
import { alertingHandlers } from "./handlers/alerting.ts";
import { alarmHealthHandlers } from "./handlers/alarm-health.ts";
import { savingsHandlers } from "./handlers/savings.ts";
import { bulkHandlers } from "./handlers/bulk.ts";
import { houseHandlers } from "./handlers/house.ts";
import { meterHandlers } from "./handlers/meters.ts";
import { monthHandlers } from "./handlers/months.ts";
import { policyHandlers } from "./handlers/policies.ts";
import { readingHandlers } from "./handlers/readings.ts";
import { calendarHandlers } from "./handlers/calendar.ts";
import { caseHandlers } from "./handlers/case.ts";
import { exportHandlers } from "./handlers/exports.ts";
import { backtestHandlers } from "./handlers/backtests.ts";
import { exceptionHandlers } from "./handlers/exceptions.ts";
import { handsOffHandlers } from "./handlers/hands-off.ts";
import { silenceHandlers } from "./handlers/silences.ts";
import { requestHandlers } from "./handlers/requests.ts";
import { seriesHandlers } from "./handlers/series.ts";
import type { LiveStats } from "./metrics.ts";
import { createMetrics } from "./metrics.ts";
import { createPage } from "./page.ts";
import type { ErrorLog } from "./problems.ts";
import { notFound, problemHandler } from "./problems.ts";
import { createRoutes } from "./route.ts";

export interface ApiDeps {
  readonly office: Office;
  readonly gatekeeper: Gatekeeper;
  /** Folder of the built page. */
  readonly webRoot: string;
  /** The address people use, "" when it is the one listened on; https makes browsers insist on it. */
  readonly url: string;
  readonly version: string;
  readonly log: ErrorLog;
  /** ms as ISO 8601 with the site's offset. */
  readonly iso: (at: number) => string;
  readonly live: () => LiveStats;
  readonly links: ActLinks;
  readonly push: PushDesk;
  readonly reports: ReportDesk;
  readonly exports: Exports;
  readonly sheets: Sheets;
}

export interface Api {
  readonly app: Express;
  /** Lets go of the office. The server is closed by who opened it. */
  close(): void;
}

/** Links are opened by people, and by what scans their mail; whoever asks more often is guessing. */
const OPENED_PER_ADDRESS = 300;
const OPENED_WINDOW_MS = 15 * 60_000;

const NO_LIVE: LiveStats = { clients: 0, closedSlow: 0, snapshots: 0, changes: 0 };

/** A handler for the paths that begin so. */
function onlyUnder(start: string, handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (request.path.startsWith(start)) void handler(request, response, next);
    else next();
  };
}

/** Everything HTTP: `/api/v1`, `/healthz`, `/readyz`, `/metrics` and the page. */
export function createApi(deps: Omit<ApiDeps, "live"> & Partial<Pick<ApiDeps, "live">>): Api {
  const { office, gatekeeper, webRoot, url, version, log, iso } = deps;
  const metrics = createMetrics(office, deps.live ?? (() => NO_LIVE));
  const secure = url.startsWith("https:");
  const app = express();
  app.set("query parser", "simple");
  app.set("case sensitive routing", true);
  if (url !== "") app.set("trust proxy", "loopback, linklocal, uniquelocal");
  app.use(metrics.time);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", "data:"],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          workerSrc: ["'self'"],
        },
      },
      // Over plain HTTP in an office's own network these would only break the page or be ignored.
      strictTransportSecurity: secure,
      crossOriginOpenerPolicy: secure,
      originAgentCluster: secure,
      referrerPolicy: { policy: "same-origin" },
    }),
  );

  app.get("/healthz", (_request, response) => {
    response.locals["route"] = "/healthz";
    response.set("Cache-Control", "no-store").json({ alive: true });
  });
  app.get("/readyz", (_request, response) => {
    response.locals["route"] = "/readyz";
    const { ready, missing } = office.readiness();
    // That InfluxDB is away keeps nobody from taking in and commanding, so it is told and no reason to be restarted.
    const forwarded = office.forwarded();
    const influx = forwarded === null ? {} : { influx: { failing: forwarded.failingSince !== null, behind: forwarded.behind, rejected: forwarded.rejected } };
    response
      .status(ready ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ ready, missing, ...influx });
  });
  app.get("/metrics", async (_request, response) => {
    response.locals["route"] = "/metrics";
    response
      .set("Cache-Control", "no-store")
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics());
  });

  const handlers = {
    ...houseHandlers(version),
    ...actHandlers(deps.links),
    ...pushHandlers(deps.push),
    ...readingHandlers,
    ...seriesHandlers(),
    ...policyHandlers,
    ...alertHandlers,
    ...bulkHandlers,
    ...absenceHandlers,
    ...alertingHandlers,
    ...alarmHealthHandlers,
    ...savingsHandlers,
    ...monthHandlers(deps.reports),
    ...meterHandlers({ sheets: deps.sheets, documents: deps.reports.documents }),
    ...exportHandlers(deps.exports),
    ...adoptingHandlers,
    ...siteTableHandlers({ sheets: deps.sheets, documents: deps.reports.documents }),
    ...mappingHandlers,
    ...requestHandlers,
    ...handsOffHandlers,
    ...silenceHandlers,
    ...backtestHandlers,
    ...caseHandlers,
    ...calendarHandlers,
    ...exceptionHandlers,
  };
  app.use(
    "/api/v1",
    (request, response, next) => {
      response.set("Cache-Control", "no-store");
      if (!gatekeeper.knownHost(request)) throw problem("foreign-host", "Without sign-in this server answers to 127.0.0.1 and localhost only.");
      const safe = request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS";
      if (!safe && !gatekeeper.sameOrigin(request))
        throw problem("foreign-origin", "Changes are taken from our own page and from programs only, not from other sites' pages.");
      next();
    },
    express.text({ type: "text/calendar", limit: "1mb" }),
    ...["/meters/readings/import", "/devices/import"].map((path) => onlyUnder(path, express.raw({ type: [...TABLE_TYPES], limit: MOST_TABLE_BYTES }))),
    // A thousand devices in one request.
    onlyUnder("/devices/adopt", express.json({ limit: "1mb" })),
    express.json({ limit: "64kb" }),
    onlyUnder(
      "/act/",
      rateLimit({
        windowMs: OPENED_WINDOW_MS,
        limit: OPENED_PER_ADDRESS,
        standardHeaders: "draft-8",
        legacyHeaders: false,
        keyGenerator: (request) => ipKeyGenerator(request.ip ?? ""),
        // The header of a proxy that was not declared is not believed, and no reason to complain on stderr.
        validate: { xForwardedForHeader: false },
        handler: () => {
          throw problem("too-many-requests", "Too many links were opened from this address; wait a quarter of an hour.");
        },
      }),
    ),
    gatekeeper.session,
    gatekeeper.router,
    createRoutes(handlers, { office, gatekeeper, iso }),
    notFound,
  );
  app.use(createPage(webRoot));
  app.use(notFound);
  app.use(problemHandler(log));
  return { app, close: () => metrics.close() };
}
