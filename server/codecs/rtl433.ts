/** rtl_433 (`rtl_433/<host>/events`, one JSON object a packet). */
import type { Codec } from "./codec.ts";
import { jsonOf, rejected } from "./codec.ts";
import { createRadioEvents } from "./radio-events.ts";

const EVENTS = /^rtl_433\/[^/]+\/events$/;
const MAX_EVENT_BYTES = 8 * 1024;

export function createRtl433(): Codec {
  const events = createRadioEvents();
  return {
    id: "rtl433",
    filters: ["rtl_433/+/events"],
    heads: ["rtl_433"],
    decode({ topic, payload, now }) {
      if (!topic.startsWith("rtl_433/")) return null;
      // The same values stand one by one under …/devices/…
      if (!EVENTS.test(topic)) return [];
      if (payload.length > MAX_EVENT_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; an event has at most ${MAX_EVENT_BYTES}.`);
      const parsed = jsonOf(payload);
      return "wrong" in parsed ? rejected("malformed", parsed.wrong) : events.hear(topic, parsed.value, now);
    },
    encode: () => ({ kind: "cannot", why: "rtl_433 only listens; what it hears takes no commands." }),
  };
}
