import { format } from "../i18n.ts";
import { now } from "../store.ts";

/** A time of the site; the full ISO text is in its tooltip. */
export function Time({ at, how = "time" }: { readonly at: string; readonly how?: "time" | "ago" | "full" }) {
  const shown = how === "ago" ? format.value.ago(at, now.value) : how === "full" ? format.value.dateTime(at) : format.value.time(at, now.peek());
  return (
    <time dateTime={at} title={at}>
      {shown}
    </time>
  );
}

/** How long something lasts already. */
export function Since({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at}>
      {format.value.duration(now.value - Date.parse(at))}
    </time>
  );
}
