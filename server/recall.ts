/** What policies must remember for longer than the replay after a restart: a meter's nights, a copier's month. Read back from the history. */
import { addFlow, KEPT_MS, NO_FLOW, startFlow } from "./core/flow-trend.ts";
import type { DeviceState, House } from "./core/house.ts";
import { startPaper, takeCounter, takePrinted } from "./core/paper-tally.ts";
import type { Millis } from "./core/reading.ts";
import type { History } from "./ports/history.ts";
import type { Records } from "./ports/records.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JOBS_A_PAGE = 500;

/** Fills the trends of water meters and copiers up to `now`. Hours count as heard by the share of their expected messages. */
export async function recallTrends(house: House, history: History, records: Records, now: Millis): Promise<void> {
  for (const state of house.devices.values()) {
    if (!state.device.adopted || state.seenAt === null) continue;
    if (state.device.kind === "water") await recallFlow(history, state, now);
    if (state.device.kind === "copier") await recallPaper(house, history, records, state, now);
  }
}

async function recallFlow(history: History, state: DeviceState, now: Millis): Promise<void> {
  const point = `${state.device.id}/flow`;
  const from = Math.floor((now - KEPT_MS) / HOUR) * HOUR;
  const newest = state.points.get("flow");
  if (newest === undefined || typeof newest.value !== "number") return;
  const [means, least] = await Promise.all([history.windows(point, from, now, HOUR, "mean", 0), history.windows(point, from, now, HOUR, "min", 0)]);
  const first = means[0];
  if (first === undefined) return;
  const trend = startFlow(first.at, newest.value);
  trend.zeroAt = null;
  for (const { at, value, count } of means) {
    if (value !== null) addFlow(trend, at, value, Math.min(HOUR, count * state.device.interval * 1000));
  }
  for (const { at, value } of least) if (value !== null && value <= NO_FLOW) trend.zeroAt = Math.min(at + HOUR, newest.at);
  trend.at = newest.at;
  state.flow = trend;
}

async function recallPaper(house: House, history: History, records: Records, state: DeviceState, now: Millis): Promise<void> {
  const { calendar } = house;
  const date = (at: Millis) => calendar.day(at).date;
  const month = date(now).slice(0, 7);
  let begin = calendar.midnight(now);
  while (date(begin - DAY / 2).startsWith(month)) begin = calendar.midnight(begin - DAY / 2);
  const paper = startPaper();
  const point = `${state.device.id}/pages`;
  // The day before gives what the counter stood at when the month began.
  const days = await history.windows(point, begin - DAY, now, DAY, "max", calendar.midnight(now));
  const first = await history.windows(point, begin, now, DAY, "min", calendar.midnight(now));
  const start = days.find((d) => d.at < begin)?.value ?? first.find((d) => d.value !== null)?.value ?? null;
  if (start !== null) takeCounter(paper, begin, start, date(begin));
  for (const day of days) if (day.at >= begin && day.value !== null) takeCounter(paper, day.at, day.value, date(day.at + DAY / 2));
  let cursor: string | undefined;
  do {
    const page = await records.jobs(state.device.id, { limit: JOBS_A_PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { job } of page.items.toReversed()) if (job.state === "completed" && job.at >= begin) takePrinted(paper, job, date(job.at));
    cursor = page.next !== null && (page.items.at(-1)?.job.at ?? 0) >= begin ? page.next : undefined;
  } while (cursor !== undefined);
  if (paper.counter !== null) state.paper = paper;
}
