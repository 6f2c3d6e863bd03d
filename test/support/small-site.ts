/** A site small enough to hold in the head: one building, four spaces, one of most kinds of device. */
import type { Account, Quantity, TariffRow } from "../../server/core/account/tables.ts";
import { EMPTY_ACCOUNT, SITE_REGION, UNITS } from "../../server/core/account/tables.ts";
import { DEFAULT_ALERTING } from "../../server/core/alerts/alerting.ts";
import type { Device, DeviceKind } from "../../server/core/device.ts";
import type { Site, Space, SpaceClass } from "../../server/core/space.ts";

export function device(id: string, kind: DeviceKind, space: string | null, more: Partial<Device> = {}): Device {
  return {
    id: `hall/${id}`,
    building: "hall",
    name: id,
    kind,
    space: space === null ? null : `hall/${space}`,
    department: space === null ? null : "general",
    codec: "native",
    topic: `jieyue/hall/${id}/state`,
    tags: [],
    protection: null,
    interval: 300,
    standby: 5,
    adopted: true,
    ...more,
  };
}

export function space(id: string, spaceClass: SpaceClass, more: Partial<Space> = {}): Space {
  return { id: `hall/${id}`, building: "hall", floor: id[0]!, name: id, class: spaceClass, department: "general", area: 20, windows: 180, ...more };
}

/** One price that has always held. */
export function flatTariff(quantity: Quantity, price: number, more: Partial<TariffRow> = {}): TariffRow {
  return {
    id: `${SITE_REGION}-${quantity}`,
    quantity,
    region: SITE_REGION,
    validFrom: "0001-01-01",
    validUntil: null,
    year: null,
    source: { title: "test", number: null, clause: null, url: null },
    note: null,
    example: false,
    pricing: { kind: "flat", price },
    unit: `CNY/${UNITS[quantity]}`,
    ...more,
  };
}

export const SMALL_ACCOUNT: Account = { ...EMPTY_ACCOUNT, tariffs: [flatTariff("electricity", 0.8), flatTariff("water", 4)] };

export function smallSite(more: Partial<Site> = {}): Site {
  return {
    id: "small",
    name: "Small hall",
    timezone: "Asia/Shanghai",
    latitude: 36.6,
    longitude: 114.5,
    buildings: [{ id: "hall", name: "Hall", floors: ["1", "3"] }],
    spaces: [space("301", "office"), space("302", "meeting"), space("101", "server-room"), space("102", "restroom")],
    devices: [
      device("ac-301", "ac", "301"),
      device("light-301", "light", "301"),
      device("presence-301", "presence", "301"),
      device("contact-301", "contact", "301"),
      device("lux-301", "lux", "301"),
      device("plug-301", "plug", "301"),
      device("ac-302", "ac", "302"),
      device("ac-101", "ac", "101"),
      device("exit-301", "light", "301", { protection: "escape-route", tags: ["emergency"] }),
      device("water-102", "water", "102"),
      device("presence-102", "presence", "102"),
      device("copier-301", "copier", "301"),
      device("facade-1", "light", null, { tags: ["decorative", "A3"] }),
      device("outdoor-1", "outdoor", null),
    ],
    departments: [{ id: "general", name: "综合科", chief: "chief", deputy: "deputy" }],
    people: [
      { id: "director", name: "主任", role: "director", department: null, email: null },
      { id: "deputy", name: "副主任", role: "deputy", department: null, email: null },
      { id: "chief", name: "科长", role: "chief", department: "general", email: null },
      { id: "staff", name: "后勤", role: "staff", department: null, email: null },
      { id: "clerk", name: "科员", role: "viewer", department: "general", email: null },
    ],
    calendar: {
      working: [
        [510, 720],
        [840, 1050],
      ],
      hours: [],
      roster: [],
      feeds: [],
      events: [],
      bookings: [],
      summer: { from: "06-01", until: "09-30" },
      winter: { from: "11-15", until: "03-15" },
      heating: { from: "11-15", until: "03-15" },
    },
    exemptions: [],
    policies: {},
    custom: [],
    account: SMALL_ACCOUNT,
    alerting: DEFAULT_ALERTING,
    ...more,
  };
}
