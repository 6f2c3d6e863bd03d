import { priceNow } from "./account/price.ts";
import type { Due } from "./meters/due.ts";
import { dueOf } from "./meters/due.ts";
import { lastEntered } from "./meters/of-point.ts";
import type { Calendar } from "./calendar.ts";
import type { Device, DeviceKind } from "./device.ts";
import type { DeviceState, House, Lasting, Standing } from "./house.ts";
import { jobKey, lineSilentSince } from "./house.ts";
import type { FlowTrend } from "./flow-trend.ts";
import type { PaperTally } from "./paper-tally.ts";
import { sheetsOf } from "./paper-tally.ts";
import { powerMeter } from "./proof.ts";
import type { Heard, Params, PointState, PrintJob, View } from "./policy.ts";
import type { DeviceId, Millis } from "./reading.ts";
import type { Site, Space } from "./space.ts";
import { bookingsOf } from "./bookings.ts";

const NONE: readonly Device[] = [];

/** Whether a device was heard within three of its intervals and does not say that it is offline. */
export function isFresh(state: DeviceState, now: Millis): boolean {
  return state.seenAt !== null && state.available !== false && now - state.seenAt <= 3000 * state.device.interval;
}

function isDoubted(state: DeviceState, point: string): boolean {
  if (state.suspected === null) return false;
  for (const points of state.suspected.values()) if (points.includes(point)) return true;
  return false;
}

/** The frozen inputs of one judgement, read from the house and from nowhere else. */
export class HouseView implements View {
  readonly now: Millis;
  readonly site: Site;
  readonly device: Device;
  readonly space: Space | null;
  readonly params: Params;
  readonly calendar: Calendar;
  readonly job: PrintJob | null;
  private readonly house: House;
  private readonly state: DeviceState;

  private readonly lasting: Lasting;
  private readonly subject: Pick<Standing, "since" | "finding" | "last"> | null;

  /** `subject` is how the policy stands here; `lasting` what it remembers between judgements: who only asks gives a copy. */
  constructor(
    house: House,
    state: DeviceState,
    params: Params,
    job: PrintJob | null,
    now: Millis,
    subject: Pick<Standing, "since" | "finding" | "last"> | null = null,
    lasting: Lasting = new Map(),
  ) {
    this.subject = subject;
    this.lasting = lasting;
    this.house = house;
    this.state = state;
    this.now = now;
    this.site = house.site;
    this.device = state.device;
    this.space = state.device.space === null ? null : (house.spaces.get(state.device.space) ?? null);
    this.params = params;
    this.calendar = house.calendar.hours(state.device.building, state.device.department);
    this.job = job;
  }

  point(name: string, device?: DeviceId): PointState | undefined {
    const state = device === undefined ? this.state : this.house.devices.get(device);
    const point = state?.points.get(name);
    return point === undefined || point.quality !== "good" || isDoubted(state!, name) ? undefined : point;
  }

  raw(name: string): PointState | undefined {
    return this.state.points.get(name);
  }

  heard(): Heard {
    const { seenAt, available } = this.state;
    return { at: Math.max(seenAt ?? 0, this.house.pulse.listening), ever: seenAt !== null, available };
  }

  lineGap(): { readonly from: Millis; readonly until: Millis | null } | null {
    const from = lineSilentSince(this.house, this.now);
    return from === null ? this.house.pulse.gap : { from, until: null };
  }

  doubtedAt(): Millis | null {
    return this.state.doubtedAt;
  }

  flow(): FlowTrend | null {
    return this.state.flow;
  }

  readingDue(): (Due & { readonly lastAt: Millis | null }) | null {
    const { manual, id } = this.device;
    if (manual == null) return null;
    const lastAt = lastEntered(this.house, `${id}/${manual.point}`);
    return { ...dueOf(this.house.calendar, manual.every, lastAt, this.now), lastAt };
  }

  paper(): PaperTally | null {
    return this.state.paper;
  }

  departmentPaper(): { readonly sheets: number; readonly first: DeviceId } {
    const month = this.calendar.day(this.now).date.slice(0, 7);
    let sheets = 0;
    let first = this.device.id;
    for (const { device, paper } of this.house.devices.values()) {
      if (device.kind !== "copier" || !device.adopted || device.department !== this.device.department) continue;
      if (device.id < first) first = device.id;
      if (paper !== null && paper.month.key === month) sheets += sheetsOf(paper.month);
    }
    return { sheets, first };
  }

  since(key: string, holds: boolean | null): { readonly at: Millis; readonly sure: boolean } | null {
    const known = this.lasting.get(key);
    if (holds !== true) {
      if (holds === null) this.lasting.delete(key);
      else this.lasting.set(key, null);
      return null;
    }
    const since = known ?? { at: this.now, sure: known === null };
    this.lasting.set(key, since);
    return since;
  }

  measuredPower(): number | null {
    const meter = powerMeter(this.house, this.state);
    if (meter === undefined || !isFresh(meter, this.now)) return null;
    const value = this.point("power", meter.device.id)?.value;
    return typeof value === "number" ? value : null;
  }

  held(key: string): boolean | null {
    const known = this.lasting.get(key);
    return known === undefined ? null : known !== null;
  }

  standing(): string | null {
    if (this.subject === null) return null;
    const { since, finding, last } = this.subject;
    if (since !== null && last?.state === "breach") return last.reason;
    // After a restart, or while nobody knows, an open finding says what it was opened for.
    return finding === null ? null : (this.house.findings.get(finding)?.reason ?? null);
  }

  spared(policy: string): { readonly until: Millis; readonly value: number } | null {
    const spared = this.house.memories.get(this.device.id)?.spared ?? null;
    return spared !== null && spared.by === policy && spared.until > this.now ? spared : null;
  }

  commandFailed(): boolean {
    for (const a of this.house.alerts.values()) if (a.kind === "command" && a.device === this.device.id && a.clearedAt === null) return true;
    return false;
  }

  price(quantity: "electricity" | "water" | "paper"): number {
    return priceNow(this.house, quantity, this.now);
  }

  neighbours(kind: DeviceKind): readonly Device[] {
    const all = this.device.space === null ? undefined : this.house.devicesBySpace.get(this.device.space);
    return all === undefined ? NONE : all.filter((d) => d.kind === kind);
  }

  outdoor(): readonly Device[] {
    return this.house.outdoorByBuilding.get(this.device.building) ?? NONE;
  }

  fresh(device: DeviceId): boolean {
    const state = this.house.devices.get(device);
    return state !== undefined && isFresh(state, this.now);
  }

  occupancy(): { readonly occupied: boolean; readonly since: Millis } | null {
    let empty: Millis | null = null;
    let occupied: Millis | null = null;
    for (const sensor of this.neighbours("presence")) {
      if (!this.fresh(sensor.id)) continue;
      const point = this.point("occupied", sensor.id) ?? this.point("count", sensor.id);
      if (point === undefined) continue;
      if (point.value === true || (typeof point.value === "number" && point.value > 0)) occupied = Math.min(occupied ?? point.changed, point.changed);
      else empty = Math.max(empty ?? point.changed, point.changed);
    }
    if (occupied !== null) return { occupied: true, since: occupied };
    return empty === null ? null : { occupied: false, since: empty };
  }

  released(): boolean {
    return this.job !== null && this.house.memories.get(jobKey(this.device.id, this.job.job))?.released === true;
  }

  booking(at: Millis = this.now): { readonly note: string; readonly until: Millis } | null {
    for (const b of bookingsOf(this.house, this.device.space)) if (b.from <= at && at < b.until) return { note: b.note, until: b.until };
    return null;
  }
  nextBooking(): Millis {
    let next = Infinity;
    for (const b of bookingsOf(this.house, this.device.space)) if (b.from > this.now && b.from < next) next = b.from;
    return next;
  }
}
