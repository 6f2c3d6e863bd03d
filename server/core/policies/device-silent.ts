/** A meter that nobody hears is a leak nobody sees: a device that does not speak for three of its intervals is told of. */
import { DEVICE_KINDS } from "../device.ts";
import type { PolicyDefinition } from "../policy.ts";
import { fine, unknown } from "./inputs.ts";

export const deviceSilent: PolicyDefinition = {
  id: "device-silent",
  fault: true,
  severity: "low",
  defaultMode: "advise",
  priority: 10,
  kinds: DEVICE_KINDS,
  subject: "device",
  tellsOnly: true,
  beganUnseen: true,
  params: [{ name: "intervals", unit: "", default: 3, min: 1, max: 100 }],
  watches: { own: [] },
  judge(view) {
    if (view.device.manual != null) return fine("no-wire");
    const { at, ever, available } = view.heard();
    const patience = view.params["intervals"]! * view.device.interval * 1000;
    // When everybody falls silent at once the line is dead, and the dead man says so, once; who stays silent when it is back is told of then.
    const gap = available === false ? null : view.lineGap();
    const struck = gap !== null && at + patience > gap.from && at < (gap.until ?? view.now);
    const due = struck ? (gap.until ?? view.now) + patience : at + patience;
    const evidence = { lastAt: ever ? at : null, interval: view.device.interval, available };
    // One that was described and never spoke is not installed yet: the list of devices shows it, and nobody is called.
    if (!ever) return unknown("never-heard", evidence);
    if (struck && gap.until === null) return unknown("line-silent", evidence, due);
    if (view.now <= due) return fine("heard", evidence, due + 1);
    const reason = available === false ? "offline" : "silent";
    return { state: "breach", reason, evidence, hold: 0, since: due, want: null, wasteShare: 0, recheckAt: view.now + patience };
  },
};
