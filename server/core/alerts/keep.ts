import type { Alert } from "../finding.ts";
import type { Turn } from "../turn.ts";

/** Keeps an alert as it now stands, and tells of it; what is normal is put away. */
export function keepAlert(turn: Turn, alert: Alert, why: string): void {
  if (alert.state === "normal") turn.house.alerts.delete(alert.id);
  else turn.house.alerts.set(alert.id, alert);
  turn.decisions.push({ kind: "alert", alert, why });
}
