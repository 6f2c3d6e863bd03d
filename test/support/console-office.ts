/** A console with as many alerts as a test likes: the built page, the API and the live channel over a fake office. */
import { tmpdir } from "node:os";
import { exportsOf } from "./exports.ts";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Alert } from "../../server/core/finding.ts";
import { ACTIONS, PERMISSIONS } from "../../server/core/roles.ts";
import { createApi } from "../../server/api/app.ts";
import { createSheets } from "../../server/sheets/sheets.ts";
import { createDocuments } from "../../server/reports/documents.ts";
import { createLive } from "../../server/live/live.ts";
import { createActLinks } from "../../server/auth/act-links.ts";
import { listen, memorySubscriptions, shippedForms } from "./api.ts";
import { FakeOffice, fakeGatekeeper, shanghai } from "./office.ts";

const webRoot = join(import.meta.dirname, "../../dist/web");

export async function startConsole() {
  if (!existsSync(join(webRoot, "index.html"))) throw new Error("The page is not built: npm run build.");
  const office = new FakeOffice();
  const gatekeeper = fakeGatekeeper(office, "open");
  gatekeeper.router.get("/auth/me", (request, response) => {
    const actor = gatekeeper.actorOf(request)!;
    const { id, name, role, department } = office.house.site.people.find((p) => p.id === actor.id)!;
    const may = Object.fromEntries(ACTIONS.map((action) => [action, PERMISSIONS[action][actor.role] ?? null]));
    response.json({ person: { id, name, role, department }, mode: "open", may, departments: actor.departments });
  });
  const faults: object[] = [];
  const log = { warn: (fields: object) => void faults.push(fields), error: (fields: object) => void faults.push(fields) };
  const subscriptions = memorySubscriptions();
  const { people, departments } = office.house.site;
  const links = createActLinks({ secret: "s".repeat(32), used: subscriptions, people: () => people, departments: () => departments, now: () => office.now });
  const push = { subscriptions, channel: null, reach: () => undefined };
  const api = createApi({
    office,
    gatekeeper,
    webRoot,
    url: "",
    version: "0.0.0",
    log,
    iso: shanghai,
    links,
    push,
    exports: exportsOf(office, join(tmpdir(), "jieyue-console")),
    sheets: createSheets(),
    reports: { documents: createDocuments(), forms: shippedForms() },
  });
  const server = createServer(api.app);
  const live = createLive({ server, office, gatekeeper, log, iso: shanghai });
  await live.open();
  const url = await listen(server);
  return {
    office,
    url,
    faults,
    live,
    /** Puts alerts as they are now into the house and tells everybody. */
    put(...alerts: readonly Alert[]): void {
      for (const alert of alerts) {
        if (alert.state === "normal") office.house.alerts.delete(alert.id);
        else office.house.alerts.set(alert.id, alert);
      }
      office.tell({ devices: new Map(), decisions: alerts.map((alert) => ({ kind: "alert", alert, why: "test" })), rejections: [] });
    },
    async close(): Promise<void> {
      await live.close();
      api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
