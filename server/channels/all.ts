/** Every channel that the settings name. A new kind is a file beside this one and a line below; BLUEPRINT.md says how. */
import type { ChannelKind, ChannelSettings, SettingsOf } from "../contract/channels.ts";
import type { Channel } from "../ports/channels.ts";
import type { ChannelDeps, MakeChannel } from "./channel.ts";
import { createDingtalk } from "./dingtalk.ts";
import { createExchange } from "./exchange.ts";
import { createFeishu } from "./feishu.ts";
import { createMail } from "./mail.ts";
import { createNtfy } from "./ntfy.ts";
import { createPush } from "./push.ts";
import { createSms } from "./sms.ts";
import { createWebhook } from "./webhook.ts";
import { createWecom } from "./wecom.ts";

/** Ms for handing one message over, whatever the peer does. */
const WITHIN_MS = 30_000;

const KINDS: { readonly [K in ChannelKind]: MakeChannel<K> } = {
  mail: createMail,
  webhook: createWebhook,
  wecom: createWecom,
  dingtalk: createDingtalk,
  feishu: createFeishu,
  ntfy: createNtfy,
  push: createPush,
  sms: createSms,
};

export interface ChannelsOptions extends Omit<ChannelDeps, "exchange" | "withinMs"> {
  readonly fetch?: typeof fetch;
  readonly withinMs?: number;
}

export function createChannels(settings: Readonly<Record<string, ChannelSettings>>, options: ChannelsOptions): readonly Channel[] {
  const { fetch: ask = fetch, withinMs = WITHIN_MS, ...given } = options;
  const deps: ChannelDeps = { ...given, withinMs, exchange: createExchange({ fetch: ask, now: given.now, withinMs }) };
  return Object.entries(settings).map(([id, one]) => honest(make(one.kind, id, one, deps), deps));
}

function make<K extends ChannelKind>(kind: K, id: string, settings: ChannelSettings, deps: ChannelDeps): Channel {
  return KINDS[kind](id, settings as SettingsOf<K>, deps);
}

/** A channel's own mistake is an answer like any other: nobody's message is lost in a rejection. */
function honest(channel: Channel, { log }: ChannelDeps): Channel {
  return {
    ...channel,
    async send(message) {
      try {
        return await channel.send(message);
      } catch (error) {
        // Only the name: what went wrong may quote an address with its key.
        const name = error instanceof Error ? error.name : typeof error;
        log.error({ channel: channel.id, notice: message.id, error: name }, "a channel failed by its own mistake");
        return { ok: false, retry: false, error: `the channel failed by its own mistake (${name})` };
      }
    },
  };
}
