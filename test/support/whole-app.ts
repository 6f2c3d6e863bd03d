/** The whole server within this process, on free ports, its time in the test's hand. */
import { join } from "node:path";
import type { App } from "../../server/app.ts";
import { openApp } from "../../server/app.ts";
import type { FollowedClock } from "../../server/clock.ts";
import { settingsSchema } from "../../server/contract/settings.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { Millis } from "../../server/core/reading.ts";
import type { Site } from "../../server/core/space.ts";
import { createLog } from "../../server/log.ts";

/** Data lie in `folder`; time stands at `start` when it opens. `webRoot`: the folder of the built page, where the test looks at it. */
export function openWhole(parts: {
  readonly site: Site;
  readonly folder: string;
  readonly clock: FollowedClock;
  readonly start: Millis;
  readonly webRoot?: string;
}): Promise<App> {
  const { site, folder, clock, start } = parts;
  const settings = settingsSchema.parse({
    http: { port: 0 },
    mqtt: { port: 0 },
    data: { dir: join(folder, "data") },
    auth: { mode: "open" },
    log: { level: "silent" },
  });
  const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });
  return openApp(
    { settings, site, calendar, holidays: {}, forms: [], followed: clock, webRoot: parts.webRoot ?? folder, version: "0", log: createLog("silent") },
    () => clock.wind(start, 0),
  );
}
