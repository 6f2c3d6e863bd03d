import { askMonth, dayOn } from "../days.ts";
import { format } from "../i18n.ts";
import { now } from "../store.ts";
import { dayText } from "./day.ts";

/** A time of the site. Its tooltip holds the full ISO text, what kind of day that was, and which fact makes it so. */
export function Time({ at, how = "time" }: { readonly at: string; readonly how?: "time" | "ago" | "full" }) {
  const shown = how === "ago" ? format.value.ago(at, now.value) : how === "full" ? format.value.dateTime(at) : format.value.time(at, now.peek());
  const date = format.value.dateTime(at).slice(0, 10);
  const day = dayOn(date);
  return (
    <time dateTime={at} title={day === undefined ? at : `${at} · ${dayText(day)}`} onPointerEnter={() => askMonth(date)}>
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
