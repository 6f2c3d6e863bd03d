/** 庭院灯和楼体装饰灯(照明灯除外)除重大活动和节日外一律关闭: decorative lights (item A3) shine on holidays and declared events only. */
import type { PolicyDefinition } from "../policy.ts";
import { fine, numberOf, running, unknown } from "./inputs.ts";

const DAY = 86_400_000;

export const decorativeLightsOff: PolicyDefinition = {
  id: "decorative-lights-off",
  severity: "low",
  defaultMode: "enforce",
  priority: 45,
  kinds: ["light"],
  subject: "device",
  params: [{ name: "hold", unit: "s", default: 0, min: 0, max: 3600 }],
  watches: { own: ["on"] },
  judge(view) {
    const { tags } = view.device;
    if (!tags.includes("decorative") || tags.includes("illumination")) return fine("not-decorative");
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const day = view.calendar.day(view.now);
    const tomorrow = view.calendar.midnight(view.calendar.midnight(view.now) + DAY + DAY / 2);
    const evidence = { date: day.date, day: day.why, holiday: day.holiday, event: day.event, power: numberOf(view, "power") };
    if (day.event !== null) return fine("event", evidence, tomorrow);
    if (day.why === "holiday") return fine("holiday", evidence, tomorrow);
    const since = Math.max(state.since, view.calendar.midnight(view.now));
    return { state: "breach", reason: "ordinary-day", evidence, hold: view.params["hold"]!, since, want: { set: { on: false } }, recheckAt: tomorrow };
  },
};
