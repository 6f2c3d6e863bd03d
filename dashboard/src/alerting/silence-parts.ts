/** What a planned silence takes, as its form holds it: empty is any. Pure. */
import type { AlertDto, SilenceDto } from "../../../server/contract/alerts.ts";
import { alarmOf } from "../../../server/core/alerts/group.ts";

export const PARTS = ["building", "floor", "space", "device", "department", "alarm", "severity"] as const;
export type Parts = Readonly<Record<(typeof PARTS)[number], string>>;
export const ANY: Parts = { building: "", floor: "", space: "", device: "", department: "", alarm: "", severity: "" };

/** Where a space or a device is; what is not known is empty. */
export interface Where {
  readonly building: string;
  readonly floor: string;
  readonly space: string;
}

/** Where something is by its id; undefined where nobody knows it. */
export interface Plan {
  readonly space: (id: string) => Where | undefined;
  readonly device: (id: string) => Where | undefined;
}

/** How far around an alert a silence goes; always of that alert's alarm. */
export type Reach = "device" | "space" | "floor" | "everywhere";

/** Which of them an alert has. */
export function reachesOf({ device, space }: Pick<AlertDto, "device" | "space">): readonly Reach[] {
  return [...(device === null ? [] : ["device" as const]), ...(space === null ? [] : ["space" as const, "floor" as const]), "everywhere"];
}

/** `own`: who asks may do it in their own department only, so what is wider than a room is of the alert's department. */
export function partsAround(alert: Pick<AlertDto, "title" | "device" | "space" | "department">, reach: Reach, own: boolean, plan: Plan): Parts {
  const parts = { ...ANY, alarm: alarmOf(alert.title) };
  if (reach === "device") return changed(parts, { device: alert.device ?? "" }, plan);
  if (reach === "space") return changed(parts, { space: alert.space ?? "" }, plan);
  const wide = { ...parts, department: own ? (alert.department ?? "") : "" };
  if (reach === "everywhere") return wide;
  const { building = "", floor = "" } = plan.space(alert.space ?? "") ?? {};
  return { ...wide, building, floor };
}

/** A place that is chosen brings along where it is; one that is no longer where the rest says is given up. */
export function changed(parts: Parts, change: Partial<Parts>, plan: Plan): Parts {
  const next = { ...parts, ...change };
  if (change.device !== undefined && change.device !== "") return { ...next, ...plan.device(change.device) };
  if (change.space !== undefined && change.space !== "") Object.assign(next, plan.space(change.space));
  const holds = (where: Where | undefined) => where !== undefined && where.building === next.building && where.floor === next.floor;
  if (next.space !== "" && !holds(plan.space(next.space))) next.space = "";
  const at = plan.device(next.device);
  if (next.device !== "" && !(holds(at) && at!.space === next.space)) next.device = "";
  return next;
}

/** What is sent: the narrowest place says where it is by itself. */
export function bodyOf({ building, floor, space, device, ...rest }: Parts): Partial<Parts> {
  const place = device !== "" ? { device } : space !== "" ? { space } : { building, floor };
  return Object.fromEntries(Object.entries({ ...place, ...rest }).filter(([, value]) => value !== ""));
}

/** A silence as its form would hold it. */
export function partsOf(silence: SilenceDto): Parts {
  return Object.fromEntries(PARTS.map((part) => [part, silence[part] ?? ""])) as unknown as Parts;
}

/** What put an alert on the shelf, where that was a planned silence. */
export function silencedBy({ state, log }: Pick<AlertDto, "state" | "log">): AlertDto["log"][number] | null {
  const entry = log.findLast((l) => l.what === "shelved" || l.what === "silenced");
  return state === "shelved" && entry?.what === "silenced" ? entry : null;
}
