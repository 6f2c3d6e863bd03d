/** What Prometheus is told of alerts. Labels are severities, states, channels of the settings and people of the site, so their number stays small. */
import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { alarmRecord } from "../core/alerts/alarm-record.ts";
import { FLOOD } from "../core/alerts/benchmarks.ts";
import type { Alert } from "../core/finding.ts";
import type { Millis } from "../core/reading.ts";
import type { Office } from "../ports/office.ts";

/** People with a label of their own; a site has fewer. */
const MOST_PEOPLE = 200;
/** Half a minute to a working day: the steps of the chain. */
const ANSWER_SECONDS = [30, 60, 300, 900, 2700, 7200, 28_800, 86_400];

/** Registers the alerts' metrics; returns how to stop counting. */
export function countAlerts(office: Office, registry: Registry): () => void {
  const registers = [registry];
  const raised = new Counter({ name: "jieyue_alerts_raised_total", help: "Alerts that were raised", labelNames: ["severity"], registers });
  const notices = new Counter({
    name: "jieyue_notices_total",
    help: "Messages about alerts, by channel and what became of them (sent, failed, or waiting to be tried again)",
    labelNames: ["channel", "outcome"],
    registers,
  });
  const answers = new Histogram({
    name: "jieyue_alert_acknowledge_seconds",
    help: "Time from raising to acknowledging, in s",
    labelNames: ["severity"],
    buckets: ANSWER_SECONDS,
    registers,
  });
  new Gauge({
    name: "jieyue_alerts_unacknowledged",
    help: "Alerts that wait for somebody, by severity",
    labelNames: ["severity"],
    registers,
    collect() {
      this.reset();
      for (const severity of ["low", "medium", "high"] as const) this.set({ severity }, 0);
      for (const { state, severity } of office.house.alerts.values())
        if (state === "unacknowledged" || state === "returned-unacknowledged") this.inc({ severity });
    },
  });

  /** When each person heard of an alert within the last ten minutes. */
  const lately = new Map<string, Map<string, Millis>>();
  const forget = (): void => {
    const since = office.clock.now() - FLOOD.ms;
    for (const [person, heard] of lately) {
      for (const [alert, at] of heard) if (at <= since) heard.delete(alert);
      if (heard.size === 0) lately.delete(person);
    }
  };
  const hear = (alert: Alert): void => {
    const since = office.clock.now() - FLOOD.ms;
    for (const { person, at } of alarmRecord(alert).heard) {
      if (at <= since) continue;
      const heard = lately.get(person) ?? new Map<string, Millis>();
      if (!heard.has(alert.id)) heard.set(alert.id, at);
      lately.set(person, heard);
    }
  };
  new Gauge({
    name: "jieyue_alerts_last_ten_minutes",
    help: "Alerts that a person heard of within the last ten minutes; people without any are left out",
    labelNames: ["person"],
    registers,
    collect() {
      forget();
      this.reset();
      const known = new Set(office.house.site.people.map((p) => p.id));
      const most = [...lately].filter(([person]) => known.has(person)).sort(([, a], [, b]) => b.size - a.size);
      for (const [person, heard] of most.slice(0, MOST_PEOPLE)) this.set({ person }, heard.size);
    },
  });
  new Gauge({
    name: "jieyue_alerts_flood",
    help: "1 while somebody heard of more than ten alerts within ten minutes (ISA-18.2)",
    registers,
    collect() {
      forget();
      this.set([...lately.values()].some((heard) => heard.size > FLOOD.count) ? 1 : 0);
    },
  });

  return office.onTurn(({ decisions }) => {
    for (const d of decisions) {
      if (d.kind === "notice" && d.notice.state !== "sending" && d.notice.how !== "test") notices.inc({ channel: d.notice.channel, outcome: d.notice.state });
      if (d.kind !== "alert") continue;
      const { alert, why } = d;
      if (why === "raised") raised.inc({ severity: alert.severity });
      if (why === "acknowledged" && alert.acknowledgedAt !== null)
        answers.observe({ severity: alert.severity }, (alert.acknowledgedAt - alert.raisedAt) / 1000);
      if (why === "raised" || why === "told") hear(alert);
    }
    forget();
  });
}
