import { lookup, word } from "../i18n.ts";
import type { IconName } from "../parts/icon.tsx";

const ICONS: Readonly<Record<string, IconName>> = {
  page: "screen",
  mail: "mail",
  webhook: "link",
  wecom: "chat",
  dingtalk: "chat",
  feishu: "chat",
  ntfy: "phone",
  push: "phone",
  sms: "chat",
};

/** `null`: a channel that nobody set up. */
export function channelIcon(kind: string | null): IconName {
  return kind === null ? "unknown" : (ICONS[kind] ?? "alerts");
}

/** The page's own name in words; the others have the names that their administrator gave them. */
export function channelName(id: string): string {
  return lookup(`channel.${id}`) ?? id;
}

export const kindName = (kind: string): string => word("channel-kind", kind);
