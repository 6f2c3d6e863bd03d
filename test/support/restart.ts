/** A restart without a process: a second house takes over from the first one's records and readings. */
import { rejudgeAll, restorePoint, restoreRecords, restoreReport } from "../../server/core/restore.ts";
import type { PlayedHouse } from "./played-house.ts";

/** Fills `next` (an empty house like the first) from `h`'s records and readings, `downSeconds` later. */
export function restartInto<H extends PlayedHouse>(next: H, h: PlayedHouse, downSeconds: number): H {
  next.now = h.now + downSeconds * 1000;
  restoreRecords(
    next.house,
    {
      findings: h.findings().filter((f) => f.state === "open"),
      commands: h.commands().filter((c) => c.endedAt === null),
      alerts: h.alerts().filter((a) => a.state !== "normal"),
      overrides: [...h.house.overrides.values()],
      approvals: [...h.house.approvals.values()],
      handsOff: [...h.house.handsOff.values()],
      notices: [...h.house.notices.values()],
      absences: [...h.house.absences.values()],
      outOfService: [...h.house.outOfService.values()],
      custom: [],
      exemptions: [...h.house.exemptions.values()],
      bookings: [...h.house.bookings.values()],
      events: [...h.house.events.values()],
      policies: Object.fromEntries(h.decisions.filter((d) => d.kind === "policy").map((d) => [d.policy, d.change])),
      devices: h.decisions.filter((d) => d.kind === "device").map((d) => d.device),
    },
    next.now,
  );
  for (const state of h.house.devices.values()) {
    for (const [name, p] of state.points) {
      if (p.received < h.now - 7_200_000) restorePoint(next.house, `${state.device.id}/${name}`, p);
      else
        restoreReport(next.house, {
          device: state.device.id,
          at: p.changed,
          received: p.received,
          late: false,
          readings: [{ name, value: p.value, quality: p.quality }],
        });
    }
  }
  rejudgeAll(next.house, next.now);
  next.enter({ kind: "tick" });
  return next;
}
