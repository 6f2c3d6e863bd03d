/**
 * Topics on which this server speaks of itself: `jieyue/server/<client id>` says that it lives (birth and will, retained), what stands under
 * `jieyue/server/offer/` is what it offers to others. None has the four levels of a device's topic, so no building of any name is meant by them.
 */

const OWN = "jieyue/server/";
const OFFER = `${OWN}offer/`;

/** Wildcards and levels have no place in a name of ours. */
const level = (text: string): string => text.replaceAll(/[+#/\0]/g, "-");

/** `online` while a server lives, else `offline`. */
export const statusTopic = (clientId: string): string => `${OWN}${level(clientId)}`;
/** `online` while a server offers something, `offline` once it does not any more: what it offered before may lie retained. */
export const offersTopic = (clientId: string): string => `${OFFER}by/${level(clientId)}/offers`;
/** W, or `None` while nothing there tells. `space` is `<building>/<space>`. */
export const powerTopic = (space: string): string => `${OFFER}${space}/power`;
export const findingsTopic = (building: string): string => `${OFFER}${level(building)}/findings`;
/** `ON` while no policy commands anything in a building. */
export const handsOffTopic = (building: string): string => `${OFFER}${level(building)}/hands-off`;
export const HANDS_OFF_ASKED = `${OFFER}+/hands-off/set`;

export function isServerTopic(topic: string): boolean {
  return topic.startsWith(OWN) && topic.split("/").length !== 4;
}

/** The building whose switch a message asks for; null for every other topic. */
export function handsOffAsked(topic: string): string | null {
  if (!topic.startsWith(OFFER) || !topic.endsWith("/hands-off/set")) return null;
  const building = topic.slice(OFFER.length, -"/hands-off/set".length);
  return building === "" || building.includes("/") ? null : building;
}
