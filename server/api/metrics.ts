/** What Prometheus is told. Gauges are read from the house when somebody asks; only outcomes are counted as they happen. */
import type { RequestHandler } from "express";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { openByPolicy } from "../contract/present/policies.ts";
import { countAlerts } from "./alert-metrics.ts";
import { deviceStatus } from "../core/house.ts";
import type { Office } from "../ports/office.ts";

/** How the live channel does. */
export interface LiveStats {
  readonly clients: number;
  /** Readers closed because they could not keep up. */
  readonly closedSlow: number;
  readonly snapshots: number;
  readonly changes: number;
}

export interface Metrics {
  readonly registry: Registry;
  /** Times requests; the label `route` is set by `response.locals.route`, so that ids never become labels. */
  readonly time: RequestHandler;
  close(): void;
}

function tally<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export function createMetrics(office: Office, live: () => LiveStats): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const gauges = (name: string, help: string, label: string, read: () => ReadonlyMap<string, number>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [key, count] of read()) this.set({ [label]: key }, count);
      },
    });
  // A running total that is kept elsewhere.
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });

  total("jieyue_intake_messages_total", "Messages that arrived", () => office.counts().messages);
  total("jieyue_intake_readings_total", "Values taken from messages", () => office.counts().readings);
  new Counter({
    name: "jieyue_intake_fates_total",
    help: "What became of messages and values",
    labelNames: ["fate"],
    registers,
    collect() {
      this.reset();
      for (const [fate, count] of Object.entries(office.counts().fates)) this.inc({ fate }, count);
    },
  });
  gauge("jieyue_intake_backlog", "Reports that are not yet durable", () => office.counts().backlog);
  total("jieyue_decisions_total", "Decisions of the core", () => office.counts().decisions);
  total("jieyue_commands_sent_total", "Commands put on the wire", () => office.counts().commands);
  gauges("jieyue_commands_active", "Commands that have not ended, by state", "state", () => tally(office.house.commands.values(), (c) => c.state));
  gauges("jieyue_findings_open", "Open findings, by policy", "policy", () => openByPolicy(office.house));
  gauges("jieyue_alerts", "Alerts that are not normal, by state", "state", () => tally(office.house.alerts.values(), (a) => a.state));
  gauges("jieyue_devices", "Devices, by status", "status", () => {
    const now = office.clock.now();
    return tally(office.house.devices.values(), (d) => deviceStatus(d, now));
  });
  total("jieyue_history_commits_total", "Commits of readings", () => office.history.stats().commits);
  total("jieyue_history_rows_total", "Readings stored", () => office.history.stats().rows);
  gauge("jieyue_history_last_commit_ms", "How long the last commit of readings took, in ms", () => office.history.stats().lastCommitMs);
  if (office.forwarded() !== null) {
    const forwarded = () => office.forwarded()!;
    gauge("jieyue_influx_behind_readings", "Stored readings that InfluxDB does not have yet", () => forwarded().behind);
    gauge("jieyue_influx_behind_seconds", "Age of the oldest of them, in s", () => forwarded().behindSeconds);
    total("jieyue_influx_sent_total", "Readings that InfluxDB took since the start", () => forwarded().sent);
    total("jieyue_influx_rejected_total", "Readings that InfluxDB will not take, ever", () => forwarded().rejected);
    gauge("jieyue_influx_failing", "1 while nothing gets through to InfluxDB", () => (forwarded().failingSince === null ? 0 : 1));
    gauge(
      "jieyue_influx_last_success_timestamp_seconds",
      "When InfluxDB last took readings, Unix time; 0 = not since the start",
      () => (forwarded().lastSuccess ?? 0) / 1000,
    );
  }
  gauge("jieyue_live_clients", "Readers of the live channel", () => live().clients);
  total("jieyue_live_closed_slow_total", "Readers of the live channel closed because they could not keep up", () => live().closedSlow);
  total("jieyue_live_snapshots_total", "Snapshots sent", () => live().snapshots);
  total("jieyue_live_changes_total", "Sets of changes sent", () => live().changes);
  gauge("jieyue_ready", "1 when every part is open", () => (office.readiness().ready ? 1 : 0));

  const reached = new Counter({ name: "jieyue_commands_total", help: "Times that a command reached a state", labelNames: ["state"], registers });
  const standing = new Map<string, string>();
  const stop = office.onTurn((turn) => {
    for (const decision of turn.decisions) {
      if (decision.kind !== "command") continue;
      const { id, state, endedAt } = decision.command;
      // A command is recorded more often than it moves (attempts are).
      if (standing.get(id) !== state) reached.inc({ state });
      if (endedAt === null) standing.set(id, state);
      else standing.delete(id);
    }
  });

  const stopAlerts = countAlerts(office, registry);
  const durations = new Histogram({
    name: "jieyue_http_request_seconds",
    help: "Time to answer, in s",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
    registers,
  });
  return {
    registry,
    time(request, response, next) {
      const done = durations.startTimer();
      response.once("finish", () => {
        const route: unknown = response.locals["route"];
        done({ method: request.method, route: typeof route === "string" ? route : "other", status: String(response.statusCode) });
      });
      next();
    },
    close() {
      stop();
      stopAlerts();
    },
  };
}
