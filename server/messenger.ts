/** From a notice to its message, and to its channel. */
import { actorFor } from "./auth/actor.ts";
import { composeMessage } from "./contract/compose.ts";
import type { Delivered, Notice } from "./core/alerts/notice.ts";
import type { Alert } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { Millis } from "./core/reading.ts";
import type { Actor } from "./core/roles.ts";
import type { Log } from "./log.ts";
import type { Channel, Messenger } from "./ports/channels.ts";
import type { Records } from "./ports/records.ts";

export interface MessengerParts {
  readonly house: House;
  readonly channels: readonly Channel[];
  readonly records: Pick<Records, "alert">;
  /** The house's time. */
  readonly now: () => Millis;
  /** ms as ISO 8601 with the site's offset. */
  readonly iso: (at: Millis) => string;
  /** The address people use, "" where none is public: then no message has a link that acts. */
  readonly url: () => string;
  /** The token with which this person may acknowledge this alert, once. */
  readonly token: (to: { readonly alert: string; readonly person: string; readonly notice: string }) => string;
  readonly log: Log;
}

/** Who reads a group's chat may be anybody. */
const ANYBODY: Actor = { id: "", role: "viewer", departments: [] };
/** Alerts that are over are read back only as far as a message can name them. */
const READ_BACK = 20;

export function createMessenger(parts: MessengerParts): Messenger {
  const { house, records, now, iso, token, log } = parts;
  const channels = new Map(parts.channels.map((c) => [c.id, c]));

  async function alertsOf(notice: Notice): Promise<Alert[]> {
    const found: Alert[] = [];
    let read = 0;
    for (const id of notice.alerts) {
      const alert = house.alerts.get(id) ?? (read++ < READ_BACK ? await records.alert(id) : null);
      if (alert !== null) found.push(alert);
    }
    return found;
  }

  async function deliver(notice: Notice): Promise<Delivered> {
    const channel = channels.get(notice.channel);
    if (channel === undefined) return { ok: false, retry: false, error: `there is no channel '${notice.channel}' in the settings (any more)` };
    const person = notice.person === null ? null : (house.site.people.find((p) => p.id === notice.person) ?? null);
    if (notice.person !== null && person === null) return { ok: false, retry: false, error: `there is no person '${notice.person}' on this site (any more)` };
    const baseUrl = parts.url().replace(/\/+$/, "");
    const message = composeMessage(notice, {
      house,
      alerts: await alertsOf(notice),
      person,
      actor: person === null ? ANYBODY : actorFor(person, house.site.departments),
      now: now(),
      iso,
      baseUrl,
      link: (alert) => (person === null || baseUrl === "" ? null : `${baseUrl}/act/${token({ alert: alert.id, person: person.id, notice: notice.id })}`),
    });
    return channel.send(message);
  }

  return {
    async send(notice) {
      try {
        return await deliver(notice);
      } catch (error) {
        // The records may be busy, or a channel broke its promise: the notice is not lost by it.
        log.error({ err: error, notice: notice.id, channel: notice.channel }, "a message could not be handed over");
        return { ok: false, retry: true, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
