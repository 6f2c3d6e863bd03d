/** The office as people and stories see it: rooms, what stands in them, and a hand on a switch. */
import type { DeviceKind } from "../../server/core/device.ts";
import type { SpaceClass } from "../../server/core/space.ts";
import type { Agenda } from "../agenda.ts";
import type { Change, SimDevice } from "../devices/device.ts";
import type { JobOrder } from "../devices/copier.ts";
import type { LocalClock } from "../local-time.ts";
import type { Random } from "../random.ts";
import type { TruthRecord } from "../record.ts";
import type { Weather } from "../weather.ts";
import type { Room } from "./room.ts";

export interface Office {
  readonly agenda: Agenda;
  readonly clock: LocalClock;
  readonly record: TruthRecord;
  readonly rooms: ReadonlyMap<string, Room>;
  /** Devices of a kind: in a room, or in the whole site. */
  inRoom(room: Room, kind: DeviceKind): readonly SimDevice[];
  all(kind: DeviceKind): readonly SimDevice[];
  /** The weather of the last step. */
  weather(): Weather;
  /** Somebody sets something by hand; what is protected or already so is left alone. */
  hand(who: string, sim: SimDevice, change: Change, now: number): void;
  /** The head count or the water of a room changed: sensors see it now. */
  stirred(room: Room, now: number): void;
  print(who: string, copier: SimDevice, order: JobOrder, now: number): void;
  /** Makes a device behave badly for a while, by the name of a fault; false when there is no such fault. */
  misbehave(sim: SimDevice, fault: string, minutes: number, now: number): boolean;
}

/** Rooms of some classes, in the order of the site file. */
export function roomsOf(office: Office, ...classes: readonly SpaceClass[]): Room[] {
  return [...office.rooms.values()].filter((room) => classes.includes(room.space.class));
}

/** The local part of `<building>/<name>`. */
export function localName(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}

/** Whether the office works on a local day: a simple calendar of weekdays; a story may declare a holiday. */
export type WorkingDay = (day: number) => boolean;

const DOCUMENTS = ["关于召开调度会的通知", "会议材料", "预算执行情况表", "督查专报", "信息简报", "值班表", "请示", "公务接待清单", "学习资料"];

/** Drafts belong on both sides of the paper. */
export function isDraft(document: string): boolean {
  return /草稿|初稿|校对稿/.test(document);
}

/** A print order with the sizes that offices print: mostly short, now and then up to forty pages. */
export function someOrder(random: Random, user: string | null, pages?: number, document?: string): JobOrder {
  const size = pages ?? (random.chance(0.12) ? random.int(11, 40) : random.int(1, 8));
  const hex = (n: number): string => Array.from({ length: n }, () => random.int(0, 15).toString(16)).join("");
  return {
    job: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    user,
    document: document ?? (user === null ? null : random.pick(DOCUMENTS)),
    pages: size,
    copies: pages === undefined && random.chance(0.1) ? random.int(2, 4) : 1,
    duplex: pages === undefined && random.chance(0.45),
    color: random.chance(0.15),
  };
}

/** Windows exist where a contact says so; whether any stands open. */
export function anyOpen(room: Room): boolean {
  return room.windows > 0;
}
