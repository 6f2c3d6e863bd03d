/** Which topics a user of the embedded broker may speak and hear on. */

const SPOKEN = new Set(["state", "availability", "ack", "job"]);

export interface Rights {
  readonly all: boolean;
  readonly buildings: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
}

/** From the settings' list: `*`, `<building>/*` or `<building>/<device>`. */
export function rightsOf(devices: readonly string[]): Rights {
  return {
    all: devices.includes("*"),
    buildings: new Set(devices.filter((d) => d.endsWith("/*")).map((d) => d.slice(0, -2))),
    devices: new Set(devices),
  };
}

/** True for `jieyue/<building>/<device>/set`. */
export function isCommandTopic(topic: string): boolean {
  if (!topic.startsWith("jieyue/") || !topic.endsWith("/set")) return false;
  return topic.split("/").length === 4;
}

/** Nobody with rights publishes commands: those come from the house. */
export function mayPublish(rights: Rights, topic: string): boolean {
  if (isCommandTopic(topic)) return false;
  if (rights.all) return true;
  const [root, building, device, kind, more] = topic.split("/");
  if (root !== "jieyue" || more !== undefined || building === undefined || device === undefined || kind === undefined) return false;
  return SPOKEN.has(kind) && (rights.buildings.has(building) || rights.devices.has(`${building}/${device}`));
}

/** Only the commands of its own devices; `jieyue/<building>/+/set` for who has the whole building. Also asked of each message before it is handed out. */
export function mayHear(rights: Rights, filter: string): boolean {
  if (rights.all) return true;
  const [root, building, device, kind, more] = filter.split("/");
  if (root !== "jieyue" || kind !== "set" || more !== undefined || building === undefined || device === undefined) return false;
  if (building === "+" || building === "#" || device === "#") return false;
  return rights.buildings.has(building) || (device !== "+" && rights.devices.has(`${building}/${device}`));
}
