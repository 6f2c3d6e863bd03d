/** Alarms that are out of service (ISA-18.2-2016 §5.4): under repair or known to be wrong, and told to nobody until they return. */
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Millis } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import { alarmKey, alarmOf } from "./group.ts";
import type { OutOfService } from "./notice.ts";

/** The standing word that an alarm is out of service; null where it is in service. */
export function serviceOf(house: House, key: string): OutOfService | null {
  return house.outOfService.get(key) ?? null;
}

export function putOutOfService(turn: Turn, alert: Alert, by: string, until: Millis | null, reason: string): void {
  const alarm = alarmOf(alert.title);
  const { device } = alert;
  const service: OutOfService = { id: keyOf("service", alarm, device, turn.now), alarm, device, reason, by, from: turn.now, until, endedAt: null };
  turn.house.outOfService.set(alarmKey(alarm, device), service);
  turn.decisions.push({ kind: "out-of-service", service, why: "begun" });
  if (until !== null) schedule(turn, until, { kind: "service", service: service.id });
}

/** Ends it and returns it; null where it has ended already, or (rung by its timer, `by` null) where its time has not come. */
export function returnToService(turn: Turn, id: string, by: string | null): OutOfService | null {
  const { house, now } = turn;
  const known = [...house.outOfService].find(([, s]) => s.id === id);
  if (known === undefined) return null;
  const [key, service] = known;
  if (by === null && (service.until === null || service.until > now)) return null;
  house.outOfService.delete(key);
  const ended: OutOfService = { ...service, endedAt: now };
  turn.decisions.push({ kind: "out-of-service", service: ended, why: "ended" });
  return ended;
}

/** Takes a restored one up again. */
export function resumeService(house: House, service: OutOfService): void {
  house.outOfService.set(alarmKey(service.alarm, service.device), service);
  if (service.until !== null) house.timers.add(service.until, { kind: "service", service: service.id });
}
