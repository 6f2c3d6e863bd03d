/** A console with as many alerts as a test likes: the built page, the API and the live channel over a fake office. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Alert } from "../../server/core/finding.ts";
import { ACTIONS, PERMISSIONS } from "../../server/core/roles.ts";
import { createApi } from "../../server/api/app.ts";
import { createLive } from "../../server/live/live.ts";
import { listen } from "./api.ts";
import { FakeOffice, fakeGatekeeper, shanghai } from "./office.ts";
import { T0 } from "./played-house.ts";

const webRoot = join(import.meta.dirname, "../../dist/web");

/** An alert that waits for the chief of `general`; `over` replaces what matters. */
export function standing(id: string, over: Partial<Alert> = {}): Alert {
  return {
    id,
    kind: "finding",
    severity: "medium",
    state: "unacknowledged",
    title: "policy.cooling-floor.is-on",
    evidence: { on: true },
    device: "hall/ac-301",
    space: "hall/301",
    department: "general",
    finding: null,
    command: null,
    assignee: "chief",
    raisedAt: T0,
    acknowledgedAt: null,
    acknowledgedBy: null,
    clearedAt: null,
    shelvedUntil: null,
    group: "",
    cause: null,
    climbed: 0,
    climbsAt: T0 + 900_000,
    clearsAt: null,
    occurrences: 1,
    chattering: false,
    told: [],
    log: [{ at: T0, by: null, what: "raised", note: null }],
    ...over,
  };
}

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
  const api = createApi({ office, gatekeeper, webRoot, url: "", version: "0.0.0", log, iso: shanghai });
  const server = createServer(api.app);
  const live = createLive({ server, office, gatekeeper, log, iso: shanghai });
  await live.open();
  const url = await listen(server);
  return {
    office,
    url,
    faults,
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
