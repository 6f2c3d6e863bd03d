/** A sensor that repeats itself while the world moves lies: it is told of, and nobody acts on what it says. */
import type { PolicyDefinition, View } from "../policy.ts";
import type { Millis } from "../reading.ts";
import { sunElevation } from "../sun.ts";
import { fine, numberOf, unknown } from "./inputs.ts";

/** Looked at so often; what moved lately is not stuck. */
const AGAIN_MS = 60_000;
const LATELY_MS = 600_000;
/** Degrees above the horizon from which daylight moves a sensor. */
const DAYLIGHT = 10;
/** A counter must move when so much runs through it: W, L/min. */
const COUNTED_POWER = 100;
const COUNTED_FLOW = 1;

/** The points of the subject that must move now, and the parameter that says for how long they may not. */
function mustMove(view: View): { readonly point: string; readonly hold: "hold" | "long-hold"; readonly since: Millis }[] {
  const { kind } = view.device;
  const always = view.raw("on")?.changed ?? 0;
  if (kind === "lux" || kind === "outdoor") {
    const day = { hold: "hold" as const, since: sunUpSince(view) };
    const light = view.now > day.since && sunElevation(view.now, view.site.latitude, view.site.longitude) >= DAYLIGHT ? [{ point: "illuminance", ...day }] : [];
    return kind === "lux" ? light : [{ point: "temperature", hold: "long-hold", since: 0 }, ...light];
  }
  if (kind === "presence") return view.raw("occupied")?.value === true ? [{ point: "occupied", hold: "long-hold", since: 0 }] : [];
  if (kind === "water") return (numberOf(view, "flow") ?? 0) >= COUNTED_FLOW ? [{ point: "volume", hold: "hold", since: view.raw("flow")?.changed ?? 0 }] : [];
  if (kind === "boiler") return view.raw("on")?.value === true ? [{ point: "supply", hold: "long-hold", since: always }] : [];
  return (numberOf(view, "power") ?? 0) >= COUNTED_POWER ? [{ point: "energy", hold: "hold", since: always }] : [];
}

/** Since when today's sun moves a sensor, to a quarter of an hour. */
function sunUpSince(view: View): Millis {
  let since = view.now;
  const { latitude, longitude } = view.site;
  for (let i = 0; i < 64 && sunElevation(since - 900_000, latitude, longitude) >= DAYLIGHT; i++) since -= 900_000;
  return since;
}

export const deviceStuck: PolicyDefinition = {
  id: "device-stuck",
  fault: true,
  severity: "low",
  defaultMode: "advise",
  priority: 10,
  kinds: ["ac", "light", "water", "copier", "meter", "plug", "presence", "lux", "boiler", "outdoor"],
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [
    { name: "hold", unit: "s", default: 7200, min: 1800, max: 86_400 },
    { name: "long-hold", unit: "s", default: 64_800, min: 3600, max: 604_800 },
  ],
  watches: { own: [] },
  judge(view) {
    if (!view.fresh(view.device.id)) return unknown("not-heard", {}, view.now + AGAIN_MS);
    const recheckAt = view.now + AGAIN_MS;
    for (const { point, hold, since } of mustMove(view)) {
      const state = view.raw(point);
      if (state === undefined || view.now - state.changed < LATELY_MS) continue;
      const evidence = { point, value: state.value, changedAt: state.changed };
      const begun = Math.max(state.changed, since);
      return { state: "breach", reason: "stuck", evidence, hold: view.params[hold]!, since: begun, want: null, wasteShare: 0, suspects: [point], recheckAt };
    }
    return fine("moves", {}, recheckAt);
  },
};
