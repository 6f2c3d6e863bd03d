/** Which topics a user of the embedded broker may speak and hear on. */

import { handsOffAsked, isServerTopic } from "../contract/offers.ts";

const SPOKEN = new Set(["state", "availability", "ack", "job"]);

export interface Rights {
  readonly all: boolean;
  readonly buildings: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
  /** Filters of other ecosystems, split into their levels. */
  readonly topics: readonly (readonly string[])[];
  /** What this server offers: heard, or asked for too. */
  readonly offers: Offers;
}

export type Offers = "none" | "hear" | "switch";

/** From the settings' lists: `*`, `<building>/*` or `<building>/<device>`, and topic filters of other ecosystems. */
export function rightsOf(devices: readonly string[], topics: readonly string[] = [], offers: Offers = "none"): Rights {
  return {
    offers,
    topics: topics.map((t) => t.split("/")).filter(([first]) => first !== "jieyue" && first?.startsWith("$") !== true),
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
  if (isServerTopic(topic)) return rights.offers === "switch" && handsOffAsked(topic) !== null;
  if (rights.all) return true;
  const [root, building, device, kind, more] = topic.split("/");
  if (root !== "jieyue") return covered(rights, topic);
  if (more !== undefined || building === undefined || device === undefined || kind === undefined) return false;
  return SPOKEN.has(kind) && (rights.buildings.has(building) || rights.devices.has(`${building}/${device}`));
}

/** Only the commands of its own devices; `jieyue/<building>/+/set` for who has the whole building. Also asked of each message before it is handed out. */
export function mayHear(rights: Rights, filter: string): boolean {
  if (rights.all) return true;
  const [root, building, device, kind, more] = filter.split("/");
  if (root !== "jieyue") return covered(rights, filter);
  if (rights.offers !== "none" && (isServerTopic(filter) || filter === "jieyue/server/#")) return true;
  if (kind !== "set" || more !== undefined || building === undefined || device === undefined) return false;
  if (building === "+" || building === "#" || device === "#") return false;
  return rights.buildings.has(building) || (device !== "+" && rights.devices.has(`${building}/${device}`));
}

/** Whether everything that a topic or filter means is within one of the filters of somebody's rights. Wildcards mean no topic of ours (nor `$…`). */
function covered({ topics }: Rights, asked: string): boolean {
  const levels = asked.split("/");
  if (levels[0]!.startsWith("$")) return false;
  return topics.some((granted) => {
    // What begins with a wildcard would hear our own topics too.
    if (levels[0] === "#" || levels[0] === "+") return false;
    for (const [i, level] of granted.entries()) {
      if (level === "#") return true;
      const wanted = levels[i];
      if (wanted === undefined || wanted === "#") return false;
      if (level !== "+" && level !== wanted) return false;
    }
    return granted.length === levels.length;
  });
}
