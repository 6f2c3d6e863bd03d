/** Everything that happened to one alert, in one line of time. Pure. */
import type { AlertDto } from "../../../server/contract/alerts.ts";

export type Moment =
  | { readonly kind: "log"; readonly at: string; readonly entry: AlertDto["log"][number] }
  | { readonly kind: "told"; readonly at: string; readonly told: AlertDto["told"][number] };

/** The newest first; of one instant what was done comes before who was told of it, so it stands below. */
export function timelineOf(alert: Pick<AlertDto, "log" | "told">): readonly Moment[] {
  const moments: Moment[] = [
    ...alert.log.map((entry): Moment => ({ kind: "log", at: entry.at, entry })),
    ...alert.told.map((told): Moment => ({ kind: "told", at: told.at, told })),
  ];
  return moments
    .map((moment, i) => ({ moment, i, at: Date.parse(moment.at) }))
    .sort((a, b) => b.at - a.at || b.i - a.i)
    .map(({ moment }) => moment);
}
