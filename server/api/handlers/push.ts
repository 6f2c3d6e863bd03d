/** Web Push: a person's browsers, which they add and remove themselves. */
import { isPushEndpoint } from "../../contract/push.ts";
import type { PushDto } from "../../contract/push-desk.ts";
import { problem } from "../../errors.ts";
import type { PushDesk } from "../../ports/push.ts";
import type { Handlers } from "../route.ts";
import { carryOut } from "./requests.ts";

const MOST_DEVICES = 10;

export function pushHandlers(desk: PushDesk): Handlers<"push" | "pushSubscribe" | "pushUnsubscribe" | "pushTest"> {
  const { subscriptions, channel } = desk;
  const set = () => {
    if (channel === null) throw problem("no-push", "No channel of kind push is in the settings; see channels in SETTINGS.md.");
    return channel;
  };
  async function own(person: string, iso: (at: number) => string): Promise<PushDto> {
    const found = await subscriptions.pushSubscriptions(person);
    return { key: channel?.publicKey ?? null, subscriptions: found.map(({ endpoint, at }) => ({ endpoint, at: iso(at) })) };
  }
  /** Who has no device left cannot be reached any more. */
  async function lost(person: string): Promise<void> {
    if ((await subscriptions.pushSubscriptions(person)).length === 0) desk.reach(person, false);
  }

  return {
    push: { run: ({ actor, eyes }) => own(actor.id, eyes.iso) },
    pushSubscribe: {
      async run({ actor, eyes, body: { endpoint, keys } }) {
        if (!isPushEndpoint(endpoint, set().services))
          throw problem("bad-endpoint", `The address is of no push service that the settings allow (${set().services.join(", ")}).`);
        const all = await subscriptions.pushSubscriptions();
        const before = all.find((s) => s.endpoint === endpoint);
        if (before?.person !== actor.id && all.filter((s) => s.person === actor.id).length >= MOST_DEVICES)
          throw problem("too-many-devices", `At most ${MOST_DEVICES} devices a person; remove one that you do not use any more.`);
        await subscriptions.savePushSubscription({ endpoint, person: actor.id, keys, at: eyes.now });
        desk.reach(actor.id, true);
        // A browser belongs to whoever used it last.
        if (before !== undefined && before.person !== actor.id) await lost(before.person);
        return own(actor.id, eyes.iso);
      },
    },
    pushUnsubscribe: {
      async run({ actor, eyes, body: { endpoint } }) {
        const found = (await subscriptions.pushSubscriptions(actor.id)).some((s) => s.endpoint === endpoint);
        if (!found) throw problem("not-found", "None of your devices has this address; see /api/v1/push.");
        await subscriptions.dropPushSubscription(endpoint);
        await lost(actor.id);
        return own(actor.id, eyes.iso);
      },
    },
    pushTest: {
      async run({ office, actor }) {
        return { notice: await carryOut(office, actor, { kind: "try-channel", channel: set().id, person: actor.id }) };
      },
    },
  };
}
