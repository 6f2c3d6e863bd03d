/** A house, a hand-wound clock and a device's voice: enough to tell a story to `step` without any wire. */
import type { ChannelDefinition } from "../../server/core/alerts/notice.ts";
import type { Calendar } from "../../server/core/calendar.ts";
import type { Decision, HouseEvent, PersonRequest } from "../../server/core/event.ts";
import type { Alert, Command, Finding } from "../../server/core/finding.ts";
import type { House } from "../../server/core/house.ts";
import { createHouse } from "../../server/core/house.ts";
import type { Answer } from "../../server/core/answer.ts";
import type { Judgement, PolicyDefinition, View } from "../../server/core/policy.ts";
import type { PointValue, Quality, Report } from "../../server/core/reading.ts";
import type { Site } from "../../server/core/space.ts";
import { step } from "../../server/core/step.ts";
import { smallSite } from "./small-site.ts";

export const T0 = 1_782_864_000_000; // 2026-07-01T08:00:00+08:00, a Wednesday

/** A calendar that always works, for tests that are not about time. */
export const alwaysWorking: Calendar = {
  day: () => ({ date: "2026-07-01", working: true, why: "weekday", holiday: null, event: null }),
  working: () => true,
  offSince: (at) => at,
  nextChange: (at) => at + 86_400_000,
  season: () => "summer",
  heating: () => false,
  midnight: (at) => at - (at % 86_400_000),
  minuteOfDay: () => 600,
  missingYear: () => null,
  hours: () => alwaysWorking,
  instant: (date, minutes) => Date.parse(`${date}T00:00:00+08:00`) + minutes * 60_000,
  periods: () => [],
  declare: () => undefined,
};

/** A policy for tests: breach while `point` is `bad`, wanting `want`. */
export function rule(
  more: Partial<PolicyDefinition> & { judge?: (view: View) => Judgement; hold?: number; want?: Record<string, PointValue> | null; warn?: number } = {},
): PolicyDefinition {
  const { hold = 60, want = { on: false }, warn = 0, ...rest } = more;
  return {
    id: "rule",
    severity: "medium",
    defaultMode: "enforce",
    priority: 50,
    kinds: ["ac", "light"],
    subject: "device",
    params: [{ name: "limit", unit: "°C", default: 26, min: 16, max: 30 }],
    watches: { own: ["on"] },
    judge: (view) => {
      const on = view.point("on");
      if (on === undefined) return { state: "unknown", reason: "no-state", evidence: {} };
      if (on.value === false) return { state: "fine", reason: "off", evidence: { on: false } };
      return { state: "breach", reason: "is-on", evidence: { on: true }, hold, want: want === null ? null : { set: want }, warn };
    },
    ...rest,
  };
}

export class PlayedHouse {
  readonly house: House;
  now = T0;
  readonly decisions: Decision[] = [];

  constructor(policies: readonly PolicyDefinition[], site: Site = smallSite(), calendar: Calendar = alwaysWorking, channels?: readonly ChannelDefinition[]) {
    this.house = createHouse(site, calendar, policies, channels);
  }

  /** What a history would keep. */
  readonly reports: Report[] = [];

  enter(event: HouseEvent): readonly Decision[] {
    if (event.kind === "report") this.reports.push(event.report);
    const outcome = step(this.house, event, this.now);
    this.decisions.push(...outcome.decisions);
    this.answer = outcome.answer;
    return outcome.decisions;
  }

  answer: Answer | null = null;

  say(device: string, values: Record<string, PointValue>, quality: Quality = "good"): readonly Decision[] {
    const readings = Object.entries(values).map(([name, value]) => ({ name, value, quality }));
    return this.enter({
      kind: "report",
      topic: `jieyue/hall/${device}/state`,
      codec: "native",
      report: { device: `hall/${device}`, at: this.now, received: this.now, late: false, readings },
    });
  }

  ask(by: string, request: PersonRequest): Answer {
    this.enter({ kind: "person", by, request });
    return this.answer!;
  }

  /** Lets time pass second by second, ringing what is due. */
  wait(seconds: number): readonly Decision[] {
    const from = this.decisions.length;
    for (let i = 0; i < seconds; i++) {
      this.now += 1000;
      if ((this.house.timers.next ?? Infinity) <= this.now) this.enter({ kind: "tick" });
    }
    return this.decisions.slice(from);
  }

  /** Every command on the wire so far, and marks it as sent. */
  sent(): Command[] {
    return this.decisions.filter((d) => d.kind === "send").map((d) => d.command);
  }

  confirmSent(): void {
    for (const c of this.house.commands.values()) if (c.state === "planned") this.enter({ kind: "sent", command: c.id, ok: true, error: null });
  }

  findings(): Finding[] {
    const last = new Map<string, Finding>();
    for (const d of this.decisions) if (d.kind === "finding") last.set(d.finding.id, d.finding);
    return [...last.values()];
  }

  commands(): Command[] {
    const last = new Map<string, Command>();
    for (const d of this.decisions) if (d.kind === "command") last.set(d.command.id, d.command);
    return [...last.values()];
  }

  alerts(): Alert[] {
    const last = new Map<string, Alert>();
    for (const d of this.decisions) if (d.kind === "alert") last.set(d.alert.id, d.alert);
    return [...last.values()];
  }
}
