/** A house with channels: who was told when, by what, as a timetable. */
import { DEFAULT_ALERTING } from "../../server/core/alerts/alerting.ts";
import type { Alerting } from "../../server/core/alerts/alerting.ts";
import type { ChannelDefinition, Delivered, Notice } from "../../server/core/alerts/notice.ts";
import type { Calendar } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { Decision, HouseEvent } from "../../server/core/event.ts";
import { PAGE_CHANNEL } from "../../server/core/house.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { Site } from "../../server/core/space.ts";
import { readSite, SHIPPED_HOLIDAYS } from "../../server/settings/load.ts";
import { PlayedHouse, rule } from "./played-house.ts";
import { restartInto } from "./restart.ts";
import { smallSite } from "./small-site.ts";

export const MAIL: ChannelDefinition = {
  id: "mail",
  kind: "mail",
  personal: true,
  perMinute: 60,
  reaches: ["chief", "deputy", "director", "staff", "admin", "second"],
};
export const SMS: ChannelDefinition = { id: "sms", kind: "sms", personal: true, perMinute: 10, reaches: ["chief", "deputy", "director"] };
export const ROBOT: ChannelDefinition = { id: "robot", kind: "wecom", personal: false, perMinute: 20, reaches: [] };
export { PAGE_CHANNEL };

/** Shanghai time of a date in 2026, e.g. at("07-01 14:00"). */
export const at = (when: string): number => Date.parse(`2026-${when.replace(" ", "T")}${when.length > 11 ? "" : ":00"}+08:00`);

const read = readSite("", SHIPPED_HOLIDAYS);
if (!read.ok) throw new Error(read.problems.join("\n"));
const { holidays } = read;

function officeCalendar(site: Site): Calendar {
  return createCalendar({ timezone: site.timezone, settings: site.calendar, holidays });
}

/** Every lamp that is on is a finding at once, and nothing is commanded. */
export const lampOn = (severity: PolicyDefinition["severity"] = "high", more: Partial<PolicyDefinition> = {}): PolicyDefinition =>
  rule({ id: "lamp", hold: 0, want: null, defaultMode: "advise", severity, ...more });

export interface Heard {
  /** Local time of day `HH:MM:SS`, with the date where it is not the first day's. */
  readonly at: string;
  readonly who: string;
  readonly by: string;
  readonly how: Notice["how"];
  readonly alerts: number;
}

export interface ToldOptions {
  readonly policies?: readonly PolicyDefinition[];
  readonly site?: Partial<Site>;
  readonly alerting?: Partial<Alerting>;
  readonly channels?: readonly ChannelDefinition[];
  readonly deliver?: (notice: Notice) => Delivered | null;
}

export class ToldHouse extends PlayedHouse {
  /** Messages in the order in which they were handed over. */
  readonly notices: { readonly at: number; readonly notice: Notice }[] = [];
  /** What a channel says; null: it says nothing (yet). */
  deliver: (notice: Notice) => Delivered | null;
  private readonly start: number;

  private readonly options: ToldOptions;

  constructor(when: string, options: ToldOptions = {}) {
    const site = smallSite({ alerting: { ...DEFAULT_ALERTING, ...options.alerting }, ...options.site });
    const calendar = officeCalendar(site);
    const policies = options.policies ?? [lampOn()];
    super(policies, site, calendar, options.channels ?? [PAGE_CHANNEL]);
    this.options = options;
    this.now = at(when);
    this.start = this.now;
    this.deliver = options.deliver ?? (() => ({ ok: true }));
  }

  override enter(event: HouseEvent): readonly Decision[] {
    const decisions = super.enter(event);
    const { answer } = this;
    const follow = (of: readonly Decision[]) => {
      for (const d of of) {
        if (d.kind !== "tell") continue;
        this.notices.push({ at: this.now, notice: d.notice });
        const delivered = this.deliver(d.notice);
        if (delivered !== null) follow(super.enter({ kind: "told", notice: d.notice.id, delivered }));
      }
    };
    follow(decisions);
    this.answer = answer;
    return decisions;
  }

  /** Lets time pass until an instant of 2026. */
  until(when: string): this {
    this.wait((at(when) - this.now) / 1000);
    return this;
  }

  /** The lamp goes on (an alert is raised) or off. */
  lamp(on = true, name = "light-301"): this {
    this.say(name, { on });
    return this;
  }

  ack(by = "chief"): this {
    for (const a of this.house.alerts.values()) this.ask(by, { kind: "alert", alert: a.id, action: { kind: "ack", note: null } });
    return this;
  }

  timetable(): Heard[] {
    // That nobody speaks to a test's house is no part of its story.
    const deaf = new Set(this.alerts().flatMap((a) => (a.title === "system.deaf" ? [a.id] : [])));
    return this.notices
      .filter(({ notice }) => notice.alerts.length === 0 || notice.alerts.some((id) => !deaf.has(id)))
      .map(({ at: when, notice }) => ({
        at: this.local(when),
        who: notice.person ?? "group",
        by: notice.channel,
        how: notice.how,
        alerts: notice.alerts.length,
      }));
  }

  /** The timetable in short: `14:00:30 chief`. */
  calls(): string[] {
    return this.timetable().map((h) => `${h.at} ${h.who}`);
  }

  private local(when: number): string {
    const iso = new Date(when + 28_800_000).toISOString();
    const first = new Date(this.start + 28_800_000).toISOString();
    return iso.slice(0, 10) === first.slice(0, 10) ? iso.slice(11, 19) : `${iso.slice(5, 10)} ${iso.slice(11, 19)}`;
  }

  /** Killed, and started again `downSeconds` later with what was recorded. */
  restart(downSeconds: number, deliver = this.deliver): ToldHouse {
    const next = new ToldHouse(`${new Date(this.start + 28_800_000).toISOString().slice(5, 16).replace("T", " ")}`, this.options);
    next.deliver = deliver;
    next.decisions.push(...this.decisions);
    return restartInto(next, this, downSeconds);
  }
}
