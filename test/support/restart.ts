/** A restart without a process: a second house takes over from the first one's records and readings. */
import { rejudgeAll, restorePoint, restoreRecords, restoreReport } from "../../server/core/restore.ts";
import type { PlayedHouse } from "./played-house.ts";

/** How far back the newest readings are replayed. */
const REPLAYED_MS = 7_200_000;

/** Fills `next` (an empty house like the first) from `h`'s records and readings, `downSeconds` later. */
export function restartInto<H extends PlayedHouse>(next: H, h: PlayedHouse, downSeconds: number): H {
  next.now = h.now + downSeconds * 1000;
  restoreRecords(
    next.house,
    {
      findings: h.findings().filter((f) => f.state === "open"),
      commands: h.commands().filter((c) => c.endedAt === null),
      ended: h.commands().filter((c) => c.endedAt !== null),
      alerts: h.alerts().filter((a) => a.state !== "normal"),
      overrides: [...h.house.overrides.values()],
      approvals: [...h.house.approvals.values()],
      handsOff: [...h.house.handsOff.values()],
      months: [...h.house.months.values()],
      mappings: [...h.house.mappings.values()],
      meters: [...h.house.meters.waiting.values(), ...[...h.house.meters.confirmed.values()].flat()],
      savings: h.decisions.flatMap((d) => (d.kind === "savings-entry" ? [d.entry] : [])),
      notices: [...new Map(h.decisions.flatMap((d) => (d.kind === "notice" ? [[d.notice.id, d.notice] as const] : []))).values()],
      absences: [...h.house.absences.values()],
      silences: [...h.house.silences.values()],
      outOfService: [...h.house.outOfService.values()],
      custom: [...h.house.policies.values()].flatMap((p) =>
        p.definition.custom === undefined || h.house.site.custom.includes(p.definition.custom) ? [] : [p.definition.custom],
      ),
      exemptions: [...h.house.exemptions.values()],
      bookings: [...h.house.bookings.values()],
      events: [...h.house.events.values()],
      policies: Object.fromEntries(h.decisions.filter((d) => d.kind === "policy").map((d) => [d.policy, d.change])),
      devices: h.decisions.filter((d) => d.kind === "device").map((d) => d.device),
    },
    next.now,
  );
  const from = h.now - REPLAYED_MS;
  for (const { device, points } of h.house.devices.values())
    for (const [name, p] of points) if (p.received < from) restorePoint(next.house, `${device.id}/${name}`, p);
  for (const report of h.reports) {
    // Why a reading is doubted is not in the history.
    const readings = report.readings.map(({ name, value, quality }) => ({ name, value, quality }));
    if (report.received >= from) restoreReport(next.house, { ...report, readings });
  }
  // As they are read back from the history.
  for (const { device, flow, paper } of h.house.devices.values()) {
    const state = next.house.devices.get(device.id);
    if (state !== undefined) Object.assign(state, structuredClone({ flow, paper }));
  }
  rejudgeAll(next.house, next.now);
  next.enter({ kind: "tick" });
  return next;
}
