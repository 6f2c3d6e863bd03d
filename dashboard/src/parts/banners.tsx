/** What has to be known before anything else on the page: that time is played, or that the page hears nothing. */
import { signal } from "@preact/signals";
import { format, t } from "../i18n.ts";
import { connection, heardAt } from "../live.ts";
import { clockNow, now, overview } from "../store.ts";
import { dayText } from "./day.ts";
import { Icon } from "./icon.tsx";

const beat = signal(Date.now());
setInterval(() => (beat.value = Date.now()), 1000);

export function SimulatedBanner() {
  const clock = clockNow.value;
  if (clock === null || !clock.simulated) return null;
  const day = overview.value?.day;
  return (
    <p class="banner simulated" data-testid="simulated-banner">
      <Icon name="clock" size={18} />
      <span>
        {t("banner.simulated", { speed: clock.speed })} <b class="figures">{format.value.longTime(now.value)}</b>
        {day !== undefined && (
          <span class="banner-day">
            {" "}
            · {dayText(day)}
            {day.working ? ` · ${t(day.workingNow ? "day.in-hours" : "day.out-of-hours")}` : ""}
          </span>
        )}
      </span>
    </p>
  );
}

/** That nothing is commanded from here at all, and why. */
export function CommandBanner() {
  const known = overview.value;
  if (known === null || (known.leads && !known.deaf)) return null;
  return (
    <p class="banner hands-off" role="status" data-testid="command-banner">
      <Icon name="hand" size={18} />
      <span>{t(known.leads ? "banner.deaf" : "banner.follows")}</span>
    </p>
  );
}

export function ConnectionBanner() {
  if (connection.value === "connected" || (connection.value === "connecting" && heardAt.value === null)) return null;
  const age = heardAt.value === null ? null : format.value.duration(Math.max(0, beat.value - heardAt.value));
  return (
    <p class="banner lost" role="alert" data-testid="connection-banner">
      <Icon name="link" size={18} />
      <span>{age === null ? t("banner.never") : t("banner.lost", { age })}</span>
    </p>
  );
}
