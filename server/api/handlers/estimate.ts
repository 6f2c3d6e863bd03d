/** What an exception would cost, with what the history knows of the devices. */
import type { CostEstimate, EstimateQuestion } from "../../core/estimate.ts";
import { estimateCost, estimatedDevices } from "../../core/estimate.ts";
import type { Cost } from "../../core/finding.ts";
import type { DeviceId, Millis } from "../../core/reading.ts";
import type { Office } from "../../ports/office.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

export async function estimate({ house, history }: Office, question: EstimateQuestion, now: Millis): Promise<CostEstimate> {
  const means = new Map<DeviceId, number>();
  await Promise.all(
    estimatedDevices(house, question).map(async ({ device, points }) => {
      if (!points.has("power")) return;
      const windows = await history.windows(`${device.id}/power`, now - WEEK, now, HOUR, "mean", 0);
      const running = windows.flatMap((w) => (w.value !== null && w.value > device.standby ? [w.value] : []));
      if (running.length > 0) means.set(device.id, running.reduce((a, b) => a + b, 0) / running.length);
    }),
  );
  return estimateCost(house, question, means, now);
}

/** The middle of it, as it is kept with what was asked for. */
export async function roughCost(office: Office, question: EstimateQuestion, now: Millis): Promise<Cost> {
  const { kwh, cny } = await estimate(office, question, now);
  return { kwh: kwh.value, cny: cny.value };
}
