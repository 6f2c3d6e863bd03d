/** Keeps of every device only what roll-ups keep: the mean of its load in every five minutes. Weeks of a house fit into the memory. */
import { loadSeries, STEP } from "../../server/core/savings/load.ts";
import type { LoadSeries } from "../../server/core/savings/load.ts";
import type { DeviceId, Millis, Report } from "../../server/core/reading.ts";

/** A value holds until the next one, at most so long (as the history's roll-ups have it). */
const HOLDS = 900_000;

export interface LoadRecorder {
  take(report: Report): void;
  /** W by device, as of `until`. */
  loads(until: Millis): Map<DeviceId, LoadSeries>;
  /** °C outside, as of `until`; null without a station. */
  outdoor(until: Millis): LoadSeries | null;
}

interface Track {
  at: Millis;
  value: number;
  readonly sum: Float64Array;
  readonly ms: Float64Array;
}

export function createLoadRecorder(from: Millis, to: Millis): LoadRecorder {
  const windows = Math.ceil((to - from) / STEP);
  const tracks = new Map<string, Track>();

  function spread(track: Track, until: Millis): void {
    const end = Math.min(until, track.at + HOLDS, to);
    for (let at = Math.max(track.at, from); at < end;) {
      const window = Math.floor((at - from) / STEP);
      const next = Math.min(end, from + (window + 1) * STEP);
      track.sum[window]! += track.value * (next - at);
      track.ms[window]! += next - at;
      at = next;
    }
    track.at = Math.max(track.at, until);
  }

  const seriesOf = (track: Track, until: Millis): LoadSeries => {
    spread(track, until);
    return loadSeries(
      from,
      track.sum.map((sum, i) => (track.ms[i]! > 0 ? sum / track.ms[i]! : Number.NaN)),
    );
  };

  return {
    take(report) {
      for (const { name, value, quality } of report.readings) {
        if ((name !== "power" && !(name === "temperature" && report.device.includes("/outdoor"))) || typeof value !== "number" || quality !== "good") continue;
        const key = `${report.device}/${name}`;
        let track = tracks.get(key);
        if (track === undefined) tracks.set(key, (track = { at: report.at, value, sum: new Float64Array(windows), ms: new Float64Array(windows) }));
        if (report.at < track.at) continue;
        spread(track, report.at);
        track.value = value;
      }
    },
    loads: (until) =>
      new Map([...tracks].filter(([key]) => key.endsWith("/power")).map(([key, track]) => [key.slice(0, -"/power".length), seriesOf(track, until)])),
    outdoor(until) {
      const found = [...tracks].find(([key]) => key.endsWith("/temperature"));
      return found === undefined ? null : seriesOf(found[1], until);
    },
  };
}
