/** The dashboard itself as a channel: whoever has it open hears it at once, with sound and the spoken sentence. */
import type { PageMessage } from "../contract/live.ts";
import type { Channel } from "../ports/channels.ts";

export interface PageChannelParts {
  /** Gives the message to every page that the person has open; returns to how many. */
  readonly deliver: (person: string, message: PageMessage) => number;
}

/** Nothing costs anything here but attention, and that is kept by the flood's rule. */
const PER_MINUTE = 600;

export function createPageChannel({ deliver }: PageChannelParts): Channel {
  return {
    id: "page",
    kind: "page",
    personal: true,
    perMinute: PER_MINUTE,
    reaches: null,
    async send({ id, how, person, severity, subject, spoken, language, alerts, count, link }) {
      // The page that is opened later shows the alert anyway: trying again would only repeat it.
      const open = person === null ? 0 : deliver(person.id, { id, how, severity, subject, spoken, language, alerts: alerts.map((a) => a.id), count, link });
      return open > 0 ? { ok: true } : { ok: false, retry: false, error: "no-page-open" };
    },
  };
}
