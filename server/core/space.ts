import type { Account } from "./account/tables.ts";
import type { Alerting } from "./alerts/alerting.ts";
import type { Mapping } from "./mapping.ts";
import type { CustomPolicy } from "./custom/document.ts";
import type { Device, Text } from "./device.ts";
import type { Role } from "./roles.ts";
import type { PolicyOverrides } from "./policy.ts";
import type { CalendarSettings } from "./calendar-settings.ts";

export const SPACE_CLASSES = [
  "office",
  "meeting",
  "corridor",
  "restroom",
  "server-room",
  "archive",
  "canteen",
  "courtyard",
  "facade",
  "garage",
  "clinic",
  "lobby",
  "plant-room",
] as const;
export type SpaceClass = (typeof SPACE_CLASSES)[number];

/** Classes that are never commanded, whatever a policy says (safety outranks thrift). */
export const PROTECTED_CLASSES: ReadonlySet<SpaceClass> = new Set(["server-room", "archive", "clinic"]);

export interface Space {
  /** `<building>/<space>` */
  readonly id: string;
  readonly building: string;
  readonly floor: string;
  readonly name: Text;
  readonly class: SpaceClass;
  readonly department: string | null;
  /** Floor area in m². */
  readonly area: number;
  /** Compass bearing of its windows in degrees, null where it has none. */
  readonly windows: number | null;
}

export interface Department {
  readonly id: string;
  readonly name: Text;
  /** Person ids: section chief, and the deputy director in charge of the section. */
  readonly chief: string | null;
  readonly deputy: string | null;
}

export interface Person {
  readonly id: string;
  readonly name: Text;
  readonly role: Role;
  readonly department: string | null;
  readonly email: string | null;
  /** Mobile number, for text messages, calls and being named in a group's chat. */
  readonly phone?: string | null | undefined;
  /** The person's own topic at an ntfy server. */
  readonly ntfy?: string | null | undefined;
  /** The language of messages to them; absent: Chinese. */
  readonly language?: "zh-CN" | "zh-TW" | "en" | undefined;
}

export interface Building {
  readonly id: string;
  readonly name: Text;
  readonly floors: readonly string[];
}

/** A standing exception: policy (null = all) at a device, a space or a class of spaces, with its reason. */
export interface Exemption {
  readonly policy: string | null;
  readonly device: string | null;
  readonly space: string | null;
  readonly spaceClass: SpaceClass | null;
  readonly reason: string;
}

export interface Site {
  readonly id: string;
  readonly name: Text;
  /** IANA zone. */
  readonly timezone: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly buildings: readonly Building[];
  readonly spaces: readonly Space[];
  readonly devices: readonly Device[];
  readonly departments: readonly Department[];
  readonly people: readonly Person[];
  readonly calendar: CalendarSettings;
  readonly exemptions: readonly Exemption[];
  readonly policies: Readonly<Record<string, PolicyOverrides>>;
  /** Policies that the site file writes as data. */
  readonly custom: readonly CustomPolicy[];
  /** Devices that no codec knows, as the site file describes their messages. */
  readonly mappings?: readonly Mapping[];
  /** Factors, tariffs, quotas, heads and main meters: what the month is reckoned by, and what a finding costs. */
  readonly account: Account;
  readonly alerting: Alerting;
}
