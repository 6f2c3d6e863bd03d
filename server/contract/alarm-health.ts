/** `GET /reports/alarm-health`: how healthy the alarms are, beside what is said of good ones, and what would make bad rules better. */
import { z } from "zod";
import type { BenchmarkSource, FigureKey } from "../core/alerts/benchmarks.ts";
import { BENCHMARKS, CHATTER, FLEETING_MS, FLOOD, MIX, STALE_MS } from "../core/alerts/benchmarks.ts";
import type { AlarmHealth } from "../core/alerts/health.ts";
import type { Proposal } from "../core/alerts/proposals.ts";
import type { Millis } from "../core/reading.ts";
import { time, severity } from "./fields.ts";

const verdict = z.enum(["good", "manageable", "bad"]).nullable();
const source = z.enum(["isa", "own"]).meta({ description: "isa: ISA-18.2-2016 §16 and EEMUA 191; own: the office's stricter goal" });
const rate = z.object({ mean: z.number(), worst: z.number() });
const spread = z.object({ count: z.number(), median: z.number().nullable(), p90: z.number().nullable() });
const spreads = z.object({ all: spread, low: spread, medium: spread, high: spread }).meta({ description: "Seconds" });
const bySeverity = z.object({ low: z.number(), medium: z.number(), high: z.number() });

export const alarmHealthDto = z.object({
  from: time,
  to: time,
  person: z.string().nullable(),
  alarms: z.number().meta({ description: "Raised in the period and told to somebody" }),
  quiet: z.number().meta({ description: "Raised while they stood behind another alarm or were out of service" }),
  figures: z.array(
    z.object({
      key: z.enum(Object.keys(BENCHMARKS) as FigureKey[]),
      value: z.number(),
      unit: z.string(),
      verdict,
      good: z.number().nullable().meta({ description: "Good up to and including this" }),
      manageable: z.number().nullable().meta({ description: "Manageable up to and including this" }),
      source,
    }),
  ),
  people: z.array(
    z.object({
      person: z.string(),
      alarms: z.number(),
      tenMinutes: rate,
      hour: rate,
      day: rate,
      needHuman: rate.meta({ description: "A day: neither mended by the house nor a request" }),
      floods: z.array(z.object({ from: time, until: time, alarms: z.number() })),
      floodShare: z.number().meta({ description: "% of the period" }),
      byDay: z.array(z.object({ date: z.string(), alarms: z.number(), needHuman: z.number() })),
    }),
  ),
  byHour: z.array(z.object({ at: time, alarms: z.number(), worst: z.number().meta({ description: "The most that one person had within ten minutes" }) })),
  top: z.array(
    z.object({
      alarm: z.string(),
      device: z.string().nullable(),
      severity,
      count: z.number(),
      occurrences: z.number(),
      share: z.number().meta({ description: "% of all" }),
      fleeting: z.number(),
      chattering: z.boolean(),
    }),
  ),
  mix: z.object({ percent: bySeverity, count: bySeverity, ideal: bySeverity, verdict, source }),
  acknowledge: spreads,
  clear: spreads,
  proposals: z.array(
    z.object({
      policy: z.string(),
      device: z.string().nullable().meta({ description: "Where almost all of its alarms are one device's" }),
      faults: z.array(z.enum(["chattering", "fleeting", "flooding", "stale"])),
      count: z.number(),
      share: z.number(),
      fleeting: z.number(),
      stale: z.number(),
      chattering: z.number(),
      median: z.number().nullable().meta({ description: "Seconds that its alarms stood" }),
      changes: z
        .array(z.object({ param: z.string(), unit: z.string(), from: z.number(), to: z.number(), spared: z.number() }))
        .meta({ description: "The best first, each with how many of the period's alarms would not have been raised" }),
    }),
  ),
  bounds: z
    .object({
      flood: z.number(),
      floodSeconds: z.number(),
      chatter: z.number(),
      chatterSeconds: z.number(),
      fleetingSeconds: z.number(),
      staleSeconds: z.number(),
    })
    .meta({ description: "What counts as a flood (more than so many), chattering, fleeting and stale" }),
});
export type AlarmHealthDto = z.infer<typeof alarmHealthDto>;

export function presentHealth(
  health: AlarmHealth,
  proposals: readonly Proposal[],
  person: string | null,
  iso: (at: Millis) => string,
): z.input<typeof alarmHealthDto> {
  const { from, to, alarms, quiet, figures, people, byHour, top, mix, acknowledge, clear } = health;
  return {
    from: iso(from),
    to: iso(to),
    person,
    alarms,
    quiet,
    figures: figures.map((f) => {
      const { unit, good, manageable, source: given } = BENCHMARKS[f.key];
      return { ...f, unit, good, manageable, source: given satisfies BenchmarkSource };
    }),
    people: people.map((p) => ({
      ...p,
      floods: p.floods.map((f) => ({ from: iso(f.from), until: iso(f.until), alarms: f.alarms })),
      byDay: [...p.byDay],
    })),
    byHour: byHour.map((h) => ({ ...h, at: iso(h.at) })),
    top: [...top],
    mix: { ...mix, ideal: { ...MIX.ideal }, source: MIX.source },
    acknowledge,
    clear,
    proposals: proposals.map((p) => ({ ...p, faults: [...p.faults], changes: [...p.changes] })),
    bounds: {
      flood: FLOOD.count,
      floodSeconds: FLOOD.ms / 1000,
      chatter: CHATTER.count,
      chatterSeconds: CHATTER.ms / 1000,
      fleetingSeconds: FLEETING_MS / 1000,
      staleSeconds: STALE_MS / 1000,
    },
  };
}
