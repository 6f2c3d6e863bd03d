/** Whether an entity is there: up to some topics, of which all, any or the latest count. */
import { compileTemplate } from "./template.ts";
import type { Template } from "./template.ts";
import { isForeignTopic } from "./config.ts";

export interface Availability {
  readonly topics: readonly string[];
  /** What a topic says; the answer is whether the entity is there, null while that is not known. */
  hear(topic: string, text: string, variables: ReadonlyMap<string, unknown>): boolean | null;
  now(): boolean | null;
}

interface Place {
  readonly topic: string;
  readonly template: Template | null;
  readonly yes: string;
  readonly no: string;
}

/** A device with more of them is a mistake or a flood. */
const MAX_PLACES = 10;

const word = (value: unknown, usual: string): string =>
  (typeof value === "string" || typeof value === "boolean" || typeof value === "number" ? String(value) : usual).toLowerCase().slice(0, 200);

function placeOf(one: ReadonlyMap<string, unknown>, template: unknown, unread: string[]): Place | null {
  const topic = one.get("topic");
  if (!isForeignTopic(topic)) {
    unread.push("availability: its topic is no single topic that may be used here");
    return null;
  }
  const compiled = typeof template === "string" && template !== "" ? compileTemplate(template) : { template: null };
  if ("wrong" in compiled) {
    unread.push(`availability: ${compiled.wrong}`);
    return null;
  }
  return { topic, template: compiled.template, yes: word(one.get("payload_available"), "online"), no: word(one.get("payload_not_available"), "offline") };
}

/** Null where the config says nothing of it. */
export function availabilityOf(config: ReadonlyMap<string, unknown>, unread: string[]): Availability | null {
  const list = (config.get("availability") as readonly ReadonlyMap<string, unknown>[] | undefined) ?? [];
  const places = list.slice(0, MAX_PLACES).map((one) => placeOf(one, one.get("value_template"), unread));
  const single = config.get("availability_topic");
  if (places.length === 0 && single !== undefined && single !== null && single !== "")
    places.push(placeOf(new Map([...config, ["topic", single]]), config.get("availability_template"), unread));
  const heard = places.filter((p) => p !== null);
  if (heard.length === 0) return null;
  const mode = config.get("availability_mode");
  const states: (boolean | null)[] = heard.map(() => null);
  let latest: boolean | null = null;
  const now = (): boolean | null => {
    if (mode === "all") return states.includes(false) ? false : states.includes(null) ? null : true;
    if (mode === "any") return states.includes(true) ? true : states.includes(null) ? null : false;
    return latest;
  };
  return {
    topics: [...new Set(heard.map((p) => p.topic))],
    now,
    hear(topic, text, variables) {
      for (const [i, place] of heard.entries()) {
        if (place.topic !== topic) continue;
        const rendered = place.template === null ? { text } : place.template.render(variables);
        const said = "text" in rendered ? rendered.text.trim().toLowerCase() : "";
        if (said !== place.yes && said !== place.no) continue;
        latest = states[i] = said === place.yes;
      }
      return now();
    },
  };
}
