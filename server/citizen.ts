/**
 * A good citizen at the broker: says that it lives, and offers what others may want of us (what a space draws, open findings, the switch "hands off") by
 * Home Assistant's discovery under our own origin. The switch acts in the name of one person whom the settings name, and through the same door.
 */
import { findingsTopic, HANDS_OFF_ASKED, handsOffAsked, handsOffTopic, offersTopic, powerTopic, statusTopic } from "./contract/offers.ts";
import type { SourcesSettings } from "./contract/sources.ts";
import { OUR_ORIGIN } from "./contract/sources.ts";
import { WORDS } from "./contract/words/all.ts";
import { pickText } from "./contract/words/languages.ts";
import type { PersonRequest } from "./core/event.ts";
import type { HandsOff } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { Millis } from "./core/reading.ts";
import { may } from "./core/roles.ts";
import type { Person, Site } from "./core/space.ts";
import { spacePower } from "./core/space-power.ts";
import type { Log } from "./log.ts";
import type { IncomingMessage, Transport } from "./ports/transport.ts";

export type Asked =
  | { readonly kind: "asked"; readonly by: string; readonly requests: readonly PersonRequest[] }
  | { readonly kind: "refused"; readonly why: string };

export interface Citizen {
  /** Topics on which somebody may ask something of us. */
  readonly filters: readonly string[];
  /** What a message on one of our own topics asks, or why it may not. */
  asked(message: Pick<IncomingMessage, "topic" | "payload" | "retained">): Asked;
  /** Says what changed since it last looked; all of it after a connection, or once this server leads the house. */
  look(): void;
  /** To be told of every connection: says that we live. */
  born(): void;
  close(): Promise<void>;
}

export interface CitizenParts {
  readonly house: House;
  readonly transport: Pick<Transport, "publish" | "connected">;
  readonly settings: Pick<SourcesSettings, "offer" | "offerAs" | "offerIn" | "homeassistant">;
  readonly clientId: string;
  readonly version: string;
  readonly now: () => Millis;
  readonly log: Pick<Log, "debug">;
}

/** The person in whose name the offered switch acts. Throws with the mend where the settings name none who may. */
function switchingPerson({ offer, offerAs }: CitizenParts["settings"], site: Site): Person | null {
  if (offer !== "switch") return null;
  const person = site.people.find((p) => p.id === offerAs);
  if (person === undefined)
    throw new Error(`sources.offerAs: there is no person "${offerAs}" in the site file; name who answers for the switch that sources.offer: switch offers`);
  if (!may({ id: person.id, role: person.role, departments: [] }, "hands-off", null))
    throw new Error(`sources.offerAs: a ${person.role} such as "${offerAs}" may not take the policies' hands off a whole building; name somebody who may`);
  return person;
}

export function createCitizen({ house, transport, settings, clientId, version, now, log }: CitizenParts): Citizen {
  const { site } = house;
  const person = switchingPerson(settings, site);
  const prefix = settings.homeassistant === "" ? "homeassistant" : settings.homeassistant;
  const status = statusTopic(clientId);
  const lang = settings.offerIn;
  /** What was last said on each topic. */
  const told = new Map<string, string>();

  function say(topic: string, payload: string): void {
    if (told.get(topic) === payload) return;
    told.set(topic, payload);
    transport.publish(topic, payload, { retain: true }).catch((err: unknown) => {
      // It is said again at the next look.
      if (told.get(topic) === payload) told.delete(topic);
      log.debug({ err, topic }, "what is offered could not be said");
    });
  }

  const plain = (id: string): string => id.replaceAll(/[^A-Za-z0-9_-]/g, "_");

  const nodeOf = (building: string): string => `jieyue_${plain(site.id)}_${plain(building)}`;
  const configTopic = (component: string, building: string, object: string): string => `${prefix}/${component}/${nodeOf(building)}/${object}/config`;

  /** One entity's config, of the building's own device or of a space's, which stands in it. */
  function offer(component: string, building: string, space: string | null, what: string, name: string, more: Readonly<Record<string, unknown>>): void {
    const node = nodeOf(building);
    const described = site.buildings.find((b) => b.id === building)!;
    const room = space === null ? null : (house.spaces.get(space) ?? null);
    const object = room === null ? what : `${plain(room.id.slice(building.length + 1))}_${what}`;
    say(
      configTopic(component, building, object),
      JSON.stringify({
        name,
        unique_id: `${node}_${object}`,
        object_id: `${node}_${object}`,
        availability: [{ topic: status }, { topic: offersTopic(clientId) }],
        availability_mode: "all",
        device:
          room === null
            ? { identifiers: [node], name: `${OUR_ORIGIN} ${pickText(described.name, lang)}`, manufacturer: OUR_ORIGIN, sw_version: version }
            : {
                identifiers: [`${node}_${plain(room.id.slice(building.length + 1))}`],
                name: pickText(room.name, lang),
                manufacturer: OUR_ORIGIN,
                suggested_area: pickText(room.name, lang),
                via_device: node,
              },
        origin: { name: OUR_ORIGIN, sw: version },
        ...more,
      }),
    );
  }

  /** Switches that stand at exactly a building, or at the whole site. */
  const standing = (building: string | null): HandsOff[] =>
    [...house.handsOff.values()].filter((off) => off.building === building && off.floor === null && off.space === null && off.device === null);

  function tellBuilding(building: string): void {
    const findings = [...house.findings.values()].filter((f) => house.devices.get(f.subject.device)?.device.building === building).length;
    const measured = { state_class: "measurement" };
    offer("sensor", building, null, "findings", WORDS[lang]["offer.findings"], {
      ...measured,
      state_topic: findingsTopic(building),
      icon: "mdi:clipboard-alert-outline",
    });
    say(findingsTopic(building), String(findings));
    if (person !== null) tellSwitch(building);
    // Where one was offered before it would still be there to be pressed.
    else say(configTopic("switch", building, "hands_off"), "");
    for (const space of house.spaces.values()) {
      if (space.building !== building) continue;
      const watts = spacePower(house, space.id, now());
      if (watts === undefined) continue;
      const topic = powerTopic(space.id);
      offer("sensor", building, space.id, "power", WORDS[lang]["point.power"], {
        ...measured,
        state_topic: topic,
        device_class: "power",
        unit_of_measurement: "W",
      });
      say(topic, watts === null ? "None" : String(Math.round(watts)));
    }
  }

  function tellSwitch(building: string): void {
    const asks = { command_topic: `${handsOffTopic(building)}/set`, state_topic: handsOffTopic(building), icon: "mdi:hand-back-left-off-outline" };
    offer("switch", building, null, "hands_off", WORDS[lang]["offer.hands-off"], asks);
    say(handsOffTopic(building), standing(building).length + standing(null).length > 0 ? "ON" : "OFF");
  }

  function want(building: string, on: boolean): Asked {
    const by = person!.id;
    const there = standing(building);
    const reason = "The switch that is offered to others over MQTT";
    if (on) {
      const request: PersonRequest = { kind: "hands-off", building, floor: null, space: null, device: null, reason, until: null };
      return { kind: "asked", by, requests: there.length > 0 ? [] : [request] };
    }
    if (standing(null).length > 0) return { kind: "refused", why: "The whole site's switch stands: only somebody on the page puts its hand on again." };
    return { kind: "asked", by, requests: there.map(({ id }) => ({ kind: "hands-on", handsOff: id, reason })) };
  }

  function look(): void {
    if (settings.offer === "nothing" || !transport.connected()) return;
    // Whoever stands by says nothing: the server that has the house speaks for it, and whoever takes over says all of it.
    if (house.pulse.leads) for (const { id } of site.buildings) tellBuilding(id);
    else told.clear();
  }

  return {
    filters: person === null ? [] : [HANDS_OFF_ASKED],
    asked({ topic, payload, retained }) {
      const building = handsOffAsked(topic);
      if (building === null) return { kind: "refused", why: "These topics are this server's own: nobody else speaks on them." };
      if (person === null)
        return { kind: "refused", why: "This server offers no switch: set sources.offer to switch and name who answers for it in sources.offerAs." };
      if (retained) return { kind: "refused", why: "A wish that the broker kept may be hours old: it is not obeyed. Publish it without retain." };
      if (!site.buildings.some((b) => b.id === building)) return { kind: "refused", why: `There is no building '${building.slice(0, 64)}'.` };
      const word = payload.length > 8 ? "" : Buffer.from(payload).toString("utf8").trim().toUpperCase();
      if (word !== "ON" && word !== "OFF") return { kind: "refused", why: "The switch is ON (no policy commands) or OFF." };
      return want(building, word === "ON");
    },
    look,
    born() {
      told.clear();
      say(status, "online");
      say(offersTopic(clientId), settings.offer === "nothing" ? "offline" : "online");
      look();
    },
    async close() {
      if (transport.connected()) await transport.publish(status, "offline", { retain: true }).catch(() => undefined);
    },
  };
}
