/**
 * `npm run bench`: how fast, in one run, as ratios where a peer is there. Publishers, server and peers are processes of their
 * own on this machine, so every figure is what this machine does with all of them at once.
 * Options: --quick (2 s a measurement), --only NAME.
 */
import { fork } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rowOf } from "../support/precision.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { kwhOf, playTwoSummers } from "../support/two-summers.ts";
import { benchAlertFlood, benchAlertLatency } from "./alerts.ts";
import { benchBacktest } from "./backtest.ts";
import { probe, quantile } from "./latency.ts";
import { KEPT_DAYS, benchGrowth } from "./growth.ts";
import { benchHistory } from "./history.ts";
import { benchInflux } from "./influx.ts";
import { connectAsync } from "mqtt";
import { descriptions } from "./dialects.ts";
import { publish } from "./load.ts";
import { benchMonth } from "./month.ts";
import { benchSavings } from "./savings.ts";
import { benchSavingsReport } from "./savings-report.ts";
import { startServer } from "./server.ts";

const HELP = `npm run bench -- [--quick] [--only latency|alerts|embedded|codecs|mosquitto|backtest|influx|history|month|savings-report|summer|savings] [--days N] [--seed N] [--seeds N]
Prints figures of this machine; compare only figures of one run. A summer takes half an hour, savings a minute and a half a seed: they are only played when named.
`;
const PARTS = ["latency", "alerts", "embedded", "codecs", "mosquitto", "backtest", "influx", "history", "month", "savings-report", "summer", "savings"];

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: "boolean" },
        only: { type: "string" },
        days: { type: "string" },
        seed: { type: "string" },
        seeds: { type: "string" },
        help: { type: "boolean" },
      },
    });
    if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error(`--only: is one of ${PARTS.join(", ")}.`);
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
    return process.exit(2);
  }
}

const args = readArguments();
const seconds = args.quick === true ? 4 : 10;
const line = (name: string, value: string) => process.stdout.write(`${name.padEnd(64)} ${value}\n`);
const rate = (n: number) => `${Math.round(n).toLocaleString("en")} msgs/s`;
const want = (name: string) => args.only === undefined || args.only === name;

/** Sustained intake on the embedded broker, and what a message costs with ten times the devices. */
async function embedded(): Promise<void> {
  const cost: Record<number, number> = {};
  for (const devices of [1000, 10_000]) {
    const server = await startServer(devices);
    const load = { port: server.mqtt, devices, processes: 2, connections: 8, window: 500, seconds };
    await publish({ ...load, processes: 1, rate: 3000 });
    line(`memory at 3,000 msgs/s, ${devices.toLocaleString("en")} devices`, `${Math.round(server.memoryMb())} MB`);
    const [cpu, messages] = [await server.cpuSeconds(), await server.metric("jieyue_intake_messages_total")];
    const acked = await publish({ ...load, rate: 0 });
    const handled = (await server.metric("jieyue_intake_messages_total")) - messages;
    cost[devices] = ((await server.cpuSeconds()) - cpu) / handled;
    line(`embedded broker, QoS 1, 4 points, ${devices.toLocaleString("en")} devices`, rate(acked));
    line(`  cost of a message, ${devices.toLocaleString("en")} devices`, `${(cost[devices]! * 1e6).toFixed(1)} µs of CPU (all threads)`);
    line(`  memory after that flood, ${devices.toLocaleString("en")} devices`, `${Math.round(server.memoryMb())} MB`);
    await server.stop();
  }
  line("  cost at 10,000 devices : at 1,000", (cost[10_000]! / cost[1000]!).toFixed(2));
}

/** A house in eight dialects against the same house in our own format, in turns. */
async function codecs(): Promise<void> {
  const devices = 1000;
  const rates: Record<"native" | "mixed", number[]> = { native: [], mixed: [] };
  const kept = { native: 1, mixed: 1 };
  for (let turn = 0; turn < (args.quick === true ? 2 : 4); turn++) {
    const mixed = turn % 2 === 1;
    const server = await startServer(devices, {}, {}, mixed);
    if (mixed) {
      const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`);
      for (const { topic, payload } of descriptions(devices)) await client.publishAsync(topic, payload, { qos: 1 });
      await client.endAsync();
    }
    const load = { port: server.mqtt, devices, processes: 2, connections: 8, window: 500, rate: 0, mixed };
    // Eight times the code takes longer until it is compiled; a server runs for months.
    await publish({ ...load, seconds: 12 });
    const [messages, readings] = [await server.metric("jieyue_intake_messages_total"), await server.metric("jieyue_intake_readings_total")];
    const kind = mixed ? "mixed" : "native";
    rates[kind].push(await publish({ ...load, seconds }));
    kept[kind] = ((await server.metric("jieyue_intake_readings_total")) - readings) / ((await server.metric("jieyue_intake_messages_total")) - messages);
    line(`  ${mixed ? "eight dialects" : "native"}: readings kept of a message`, kept[kind].toFixed(2));
    await server.stop();
  }
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  line("embedded broker, QoS 1, native", rate(mean(rates.native)));
  line("embedded broker, QoS 1, eight dialects in turn", rate(mean(rates.mixed)));
  const ratio = mean(rates.mixed) / mean(rates.native);
  line("  eight dialects : native, messages (wanted: at least 0.7)", ratio.toFixed(2));
  line("  eight dialects : native, readings", ((ratio * kept.mixed) / kept.native).toFixed(2));
}

async function bareSubscriber(port: number): Promise<number> {
  const child = fork(join(import.meta.dirname, "subscriber.ts"), [String(port), "jieyue/+/+/state"]);
  await new Promise((resolve) => child.once("message", resolve));
  const ask = () =>
    new Promise<number>((resolve) => {
      child.once("message", (m) => resolve((m as { count: number }).count));
      child.send("count");
    });
  const load = publish({ port, devices: 1000, processes: 2, connections: 8, window: 500, rate: 0, seconds });
  await new Promise((resolve) => setTimeout(resolve, seconds * 250));
  const [before, from] = [await ask(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 700));
  const seen = ((await ask()) - before) / ((performance.now() - from) / 1000);
  await load;
  child.send("stop");
  await new Promise((resolve) => child.once("exit", resolve));
  return seen;
}

/** The same load over mosquitto: our whole server beside a subscriber that only counts. */
async function mosquitto(): Promise<void> {
  const rounds: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < (args.quick === true ? 1 : 3); round++) {
    const first = await startMosquitto();
    rounds.push(await bareSubscriber(first.port));
    await first.stop();
    const second = await startMosquitto();
    const server = await startServer(1000, { JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${second.port}` });
    const load = publish({ port: second.port, devices: 1000, processes: 2, connections: 8, window: 500, rate: 0, seconds });
    await new Promise((resolve) => setTimeout(resolve, seconds * 250));
    const [before, from] = [await server.metric("jieyue_intake_messages_total"), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, seconds * 700));
    ours.push(((await server.metric("jieyue_intake_messages_total")) - before) / ((performance.now() - from) / 1000));
    await load;
    await server.stop();
    await second.stop();
  }
  const median = (values: number[]) => quantile(values, 0.5);
  line("mosquitto, bare counting subscriber, QoS 1", rate(median(rounds)));
  line("mosquitto, our server: decode, policies, durable store, live", rate(median(ours)));
  line("  ours : bare subscriber", (median(ours) / median(rounds)).toFixed(2));
}

/** Reading to command on the wire, and to the page, at 5,000 messages/s. */
async function latency(): Promise<void> {
  const devices = 1200;
  const server = await startServer(devices);
  await fetch(`http://127.0.0.1:${server.http}/api/v1/policies/cooling-floor`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ params: { hold: 0 } }),
  });
  const load = publish({ port: server.mqtt, devices: 1000, processes: 1, connections: 8, window: 500, rate: 5000, seconds: Math.max(6, seconds) });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { commandMs, pageMs } = await probe(server.mqtt, server.http, 1001, 200);
  const acked = await load;
  line("under load", rate(acked));
  line(
    `reading to command on the wire (n=${commandMs.length})`,
    `p50 ${quantile(commandMs, 0.5).toFixed(1)} ms, p99 ${quantile(commandMs, 0.99).toFixed(1)} ms`,
  );
  line(`reading to finding on an open page (n=${pageMs.length})`, `p50 ${quantile(pageMs, 0.5).toFixed(1)} ms, p99 ${quantile(pageMs, 0.99).toFixed(1)} ms`);
  await server.stop();
}

/** Alerts: on a hundred pages under load, ten thousand at once, and acknowledged for all to see. */
async function alerts(): Promise<void> {
  const quick = args.quick === true;
  const { acked, alertMs, ackMs, missing } = await benchAlertLatency(100, 5000, quick ? 15 : 40);
  const both = (ms: readonly number[]) => `p50 ${quantile(ms, 0.5).toFixed(0)} ms, p99 ${quantile(ms, 0.99).toFixed(0)} ms`;
  line("100 pages open, under load", rate(acked));
  line(`reading to alert on an open page (n=${alertMs.length})`, both(alertMs));
  line(`acknowledged on one page to shown on the others (n=${ackMs.length})`, both(ackMs));
  if (missing > 0) line("  pages that heard nothing within 20 s", String(missing));
  const flood = await benchAlertFlood(10_000, quick ? 60 : 180);
  line(`10,000 alerts raised in ${flood.raisedSeconds.toFixed(1)} s`, `${flood.kept.toLocaleString("en")} kept, ${flood.groups} group(s)`);
  line(`  messages to a robot within ${flood.seconds} s, most in any minute (20 allowed)`, `${flood.messages}, ${flood.mostInAMinute}`);
}

/** A month of a thousand devices, one policy after the other. */
async function backtest(): Promise<void> {
  const days = args.quick === true ? 5 : 30;
  const figures = await benchBacktest(days, (text) => process.stderr.write(`${text}\n`));
  line(`${days} days of 1,000 devices, a message a minute`, `${((days * 1440) / 1000).toFixed(1)} million messages, ${Math.round(figures.megabytes)} MB`);
  for (const { policy, told, run } of figures.policies) {
    const { findings, commands, hours, saved } = run.result!;
    const range = ({ value, low, high }: (typeof saved)["kwh"]) => `${Math.round(value)} (${Math.round(low)}–${Math.round(high)})`;
    line(`back-test ${policy}`, `${run.seconds.toFixed(1)} s, ${(run.readings / 1e6).toFixed(1)} million readings, progress told ${told} times`);
    line("", `${findings} findings, ${commands} commands, ${Math.round(hours)} h, ${range(saved.kwh)} kWh, ${range(saved.cny)} CNY`);
  }
  for (const [name, { commandMs, pageMs }] of [
    ["at rest", figures.atRest],
    ["while one runs and one waits", figures.meanwhile],
  ] as const) {
    const p = (values: readonly number[]) => `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms`;
    line(`reading to command, ${name} (n=${commandMs.length})`, p(commandMs));
    line(`reading to page, ${name} (n=${pageMs.length})`, p(pageMs));
  }
  line("a canceled one ends after", `${Math.round(figures.canceledAfterMs)} ms`);
  line("memory of the server: before, at most", `${Math.round(figures.memory.before)} MB, ${Math.round(figures.memory.most)} MB`);
}

/** Stored readings on to a database beside us, and the same readings in and out of both. */
async function influx(): Promise<void> {
  const count = args.quick === true ? 200_000 : 1_000_000;
  const { forwards, beside } = await benchInflux(count);
  const lines = (n: number) => `${Math.round(n).toLocaleString("en")} lines/s`;
  for (const { database, forwarded, posted } of forwards) {
    line(`${database}, ${count.toLocaleString("en")} prepared lines posted`, lines(posted));
    line(`${database}, forwarded from the history behind the cursor`, lines(forwarded));
    line("  forwarded : posted", (forwarded / posted).toFixed(2));
  }
  const { historyIn, victoriaIn, historyBytes, victoriaBytes, historyDay, victoriaDay } = beside;
  line(
    "readings in: the history (durable), victoria-metrics (taken)",
    `${Math.round(historyIn).toLocaleString("en")}, ${Math.round(victoriaIn).toLocaleString("en")} a second`,
  );
  line("bytes a reading on the disk: the history, victoria-metrics", `${historyBytes.toFixed(1)}, ${victoriaBytes.toFixed(1)}`);
  line("a point's day in five-minute means: the history, victoria-metrics", `${historyDay.toFixed(1)} ms, ${victoriaDay.toFixed(1)} ms`);
}

/** A thousand meters' month: drafted, closed, written. */
async function month(): Promise<void> {
  const days = args.quick === true ? 5 : 30;
  const { readings, draftSeconds, closeSeconds, docxSeconds, xlsxSeconds, heldMs } = await benchMonth(1000, days);
  const s = (seconds: number) => `${seconds.toFixed(1)} s`;
  line(`${days} days of 1,000 meters, a reading every 15 min`, `${(readings / 1e6).toFixed(1)} million readings`);
  line("a draft of the month; closing it", `${s(draftSeconds)}; ${s(closeSeconds)}`);
  line("its bulletin as .docx; as .xlsx", `${s(docxSeconds)}; ${s(xlsxSeconds)}`);
  line(
    "  longest that the loop was held: draft, close, documents",
    `${[heldMs.draft, heldMs.close, heldMs.documents].map((ms) => `${Math.round(ms)} ms`).join(", ")}`,
  );
}

/** What a month of a thousand devices' commands saved. */
async function savingsReport(): Promise<void> {
  const [watched, days] = args.quick === true ? [7, 5] : [14, 30];
  const { readings, commands, findings, reportSeconds, commandSeconds, kwh, heldMs } = await benchSavingsReport(1000, watched, days);
  line(
    `savings of 1,000 devices over ${days} days, held against ${watched} before`,
    `${(readings / 1e6).toFixed(1)} million readings, ${findings.toLocaleString("en")} findings`,
  );
  line(`the report (${commands.toLocaleString("en")} commands, ${Math.round(kwh).toLocaleString("en")} kWh)`, `${reportSeconds.toFixed(1)} s`);
  line("one command by itself", `${commandSeconds.toFixed(1)} s`);
  line("  longest that the loop was held: report, one command", `${Math.round(heldMs.report)} ms, ${Math.round(heldMs.command)} ms`);
}

/** A year of a thousand points, made at once, beside victoria-metrics. */
async function history(): Promise<void> {
  const quick = args.quick === true;
  const readings = quick ? 200_000 : 1_000_000;
  const figures = await benchHistory(readings, quick ? 14 : 365, 50, (text) => process.stderr.write(`${text}\n`));
  line(`readings in, durable (${readings.toLocaleString("en")} of 1,000 points)`, `${Math.round(figures.readingsPerSecond).toLocaleString("en")} a second`);
  line("bytes a reading on the disk, roll-ups included", figures.bytesPerReading.toFixed(1));
  line(
    `a year of 1,000 points: days and hours, ${figures.fiveDays} days of five minutes, 2 of readings`,
    `${Math.round(figures.megabytes)} MB, opened in ${Math.round(figures.openMs)} ms`,
  );
  line(
    "victoria-metrics: the year's hourly means, 2 days of readings",
    `${(figures.besideSamples / 1e6).toFixed(1)} million samples, ${Math.round(figures.besideMegabytes)} MB`,
  );
  for (const { what, rows, took, wanted, beside } of figures.asked) {
    const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
    const verdict = wanted === null ? "" : `, wanted < ${wanted} ms: ${p99 < wanted ? "yes" : p50 < wanted ? "p50 only" : "NO"}`;
    line(`${what} (${rows.toLocaleString("en")} windows, n=${took.length})`, `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${verdict}`);
    if (beside === null) continue;
    const [there50, there99] = [quantile(beside, 0.5), quantile(beside, 0.99)];
    line(
      "  victoria-metrics; ours : its",
      `p50 ${there50.toFixed(1)} ms, p99 ${there99.toFixed(1)} ms; ${(p50 / there50).toFixed(2)}, ${(p99 / there99).toFixed(2)}`,
    );
  }
}

/** How large the file stays once what is old goes. */
async function growth(): Promise<void> {
  const months = args.quick === true ? 9 : 16;
  const { megabytes, shares, readings } = await benchGrowth(months, args.quick === true ? 5 : 2, (text) => process.stderr.write(`${text}\n`));
  const { raw, five, hours } = KEPT_DAYS;
  line(
    `${months} months of ${(readings / months / 1000).toFixed(0)},000 readings, kept ${raw}, ${five}, ${hours} days: the file in the first full month`,
    `${megabytes.toFixed(0)} MB`,
  );
  line("  that month and each after it : that month", shares.map((s) => s.toFixed(2)).join(" "));
}

/** 2026-06-01T00:00+08:00, a Monday. */
const SUMMER = 1_780_243_200_000;

/** A summer of the city hall with every fault, enforced and merely observed, side by side. */
async function summer(): Promise<void> {
  const days = Number(args.days ?? (args.quick === true ? 5 : 92));
  const seed = Number(args.seed ?? 7);
  if (!Number.isInteger(days) || days < 1 || !Number.isInteger(seed)) throw new Error("--days and --seed are whole numbers, days at least 1.");
  const { enforced, observed } = await playTwoSummers({ start: SUMMER, days, seed, faults: 1 }, (text) => process.stderr.write(`${text}\n`));
  line("a summer of the city hall from 2026-06-01", `${days} days, seed ${seed}, every fault of the simulator`);
  for (const [name, summer] of [
    ["enforced", enforced],
    ["observed", observed],
  ] as const) {
    for (const p of summer.rows) line(`${name} ${p.policy}`, rowOf(p));
    for (const p of summer.rows) for (const v of p.missed) line(`${name} ${p.policy} missed`, JSON.stringify(v));
    for (const p of summer.rows)
      for (const { subject, since, evidence } of p.extra.slice(0, 10)) line(`${name} ${p.policy} extra`, JSON.stringify({ subject, since, evidence }));
    line(`${name} recall, precision`, `${summer.recall.toFixed(4)}, ${summer.precision.toFixed(4)}`);
    line(`${name} faults that befell somebody`, summer.faults.join(", "));
    line(`${name} commands sent, proven`, `${summer.commands.sent}, ${summer.commands.proven}`);
  }
  const less = (a: number, b: number) => `${((1 - a / b) * 100).toFixed(1)} % less`;
  for (const kind of ["ac", "light", "plug", "copier"] as const) {
    const [a, b] = [enforced.used.kwh[kind], observed.used.kwh[kind]];
    line(`kWh ${kind}: enforced, observed`, `${Math.round(a)}, ${Math.round(b)}: ${less(a, b)}`);
  }
  const [all, allObserved] = [kwhOf(enforced), kwhOf(observed)];
  line("kWh in all: enforced, observed", `${Math.round(all)}, ${Math.round(allObserved)}: ${less(all, allObserved)}`);
  line("m³ of water: enforced, observed", `${enforced.used.m3.toFixed(1)}, ${observed.used.m3.toFixed(1)}: ${less(enforced.used.m3, observed.used.m3)}`);
}

/** What commands are stated to have saved, against the same days without a server. */
async function savings(): Promise<void> {
  const days = Number(args.days ?? 7);
  const count = Number(args.seeds ?? (args.quick === true ? 2 : 20));
  const first = Number(args.seed ?? 101);
  if (![days, count, first].every(Number.isInteger) || days < 1 || count < 1)
    throw new Error("--days, --seeds and --seed are whole numbers, the first two at least 1.");
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  const rows = await benchSavings(seeds, days, ({ seed, truth, stated, covered, seconds: took }) =>
    process.stderr.write(
      `seed ${seed}: ${[truth, stated.value, stated.low, stated.high].map((x) => x.toFixed(1)).join(" | ")} | ${covered ? "yes" : "no"}, ${took.toFixed(0)} s\n`,
    ),
  );
  line("savings of a small house", `${2 * days} days watched, ${days} enforced, every fault of the simulator`);
  line("seed", "truth | stated | low | high | covered (kWh)");
  for (const { seed, truth, stated, covered } of rows)
    line(String(seed), `${[truth, stated.value, stated.low, stated.high].map((x) => x.toFixed(1)).join(" | ")} | ${covered ? "yes" : "no"}`);
  line("covered by the stated 95 %", `${rows.filter((r) => r.covered).length} of ${rows.length}`);
  const mean = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  line("mean of the truth, of what is stated", `${mean((r) => r.truth).toFixed(1)}, ${mean((r) => r.stated.value).toFixed(1)} kWh`);
}

if (args.help === true) {
  process.stdout.write(HELP);
} else {
  line("machine", `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.version}`);
  if (want("latency")) await latency();
  if (want("alerts")) await alerts();
  if (want("embedded")) await embedded();
  if (want("codecs")) await codecs();
  if (want("mosquitto")) await mosquitto();
  if (want("backtest")) await backtest();
  if (want("month")) await month();
  if (want("savings-report")) await savingsReport();
  if (want("influx")) await influx();
  if (want("history")) {
    await history();
    await growth();
  }
  if (args.only === "summer") await summer();
  if (args.only === "savings") await savings();
}
