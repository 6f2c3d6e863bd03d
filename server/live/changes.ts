/**
 * What changed since when. Not the changes themselves are kept but their stamps: which set last touched a point or an object. So a
 * reader who missed a minute or an hour gets one merged set of what is newer than its cursor, and memory stays that of the house.
 */
import type { StoredBooking } from "../core/booking.ts";
import type { Decision } from "../core/event.ts";
import type { Alert, Approval, Command, Finding, HandsOff, Override } from "../core/finding.ts";
import type { DeviceId, PointId, Rejection } from "../core/reading.ts";
import type { Turn } from "../ports/office.ts";

/** Whole objects, newest state. A device's points; null = the device itself with all of them. */
export interface ChangeSet {
  readonly devices: ReadonlyMap<DeviceId, ReadonlySet<string> | null>;
  readonly findings: readonly Finding[];
  readonly commands: readonly Command[];
  readonly alerts: readonly Alert[];
  readonly overrides: readonly Override[];
  readonly handsOff: readonly HandsOff[];
  readonly bookings: readonly StoredBooking[];
  readonly approvals: readonly Approval[];
  readonly policies: ReadonlySet<string>;
  readonly meters: ReadonlySet<PointId>;
  readonly rejections: readonly Rejection[];
}

interface Stamps {
  whole: number;
  readonly points: Map<string, number>;
}

/** Objects in the order of their last change, the oldest forgotten beyond `most`. */
class Kept<T> {
  private readonly items = new Map<string, { readonly seq: number; readonly item: T }>();
  private readonly most: number;
  /** The set after which something was forgotten: who asks for less must start anew. */
  horizon = 0;

  constructor(most: number) {
    this.most = most;
  }

  put(id: string, item: T, seq: number): void {
    this.items.delete(id);
    this.items.set(id, { seq, item });
    if (this.items.size <= this.most) return;
    const [oldest, entry] = this.items.entries().next().value!;
    this.items.delete(oldest);
    this.horizon = Math.max(this.horizon, entry.seq);
  }

  get(id: string): T | undefined {
    return this.items.get(id)?.item;
  }

  /** Every kept one, oldest change first. */
  all(): T[] {
    return [...this.items.values()].map((e) => e.item);
  }

  after(seq: number): T[] {
    const newer: T[] = [];
    for (const e of this.items.values()) if (e.seq > seq) newer.push(e.item);
    return newer;
  }
}

const KEPT = 500;
/** A flood of alerts with what stands behind each of them, or a whole site switched at once, fits into the memory of changes. */
const KEPT_IN_FLOOD = 20_000;

export class ChangeLog {
  /** Number of the last sealed set. */
  seq = 0;
  readonly findings = new Kept<Finding>(KEPT_IN_FLOOD);
  readonly commands = new Kept<Command>(KEPT_IN_FLOOD);
  readonly alerts = new Kept<Alert>(KEPT_IN_FLOOD);
  private readonly overrides = new Kept<Override>(KEPT);
  private readonly handsOff = new Kept<HandsOff>(KEPT);
  private readonly bookings = new Kept<StoredBooking>(KEPT);
  private readonly approvals = new Kept<Approval>(KEPT);
  private readonly rejections = new Kept<Rejection>(KEPT);
  private readonly policies = new Map<string, number>();
  private readonly meters = new Map<PointId, number>();
  private readonly stamps = new Map<DeviceId, Stamps>();
  private readonly finding: (id: string) => Finding | undefined;
  /** Devices of the set that is still open. */
  private readonly touched = new Set<DeviceId>();
  private dirty = false;
  private rejected = 0;

  /** `finding` finds an open finding, so that it is shown again when its command or alert moves. */
  constructor(finding: (id: string) => Finding | undefined) {
    this.finding = finding;
  }

  /** What the records know from before this process: shown in snapshots, part of no set. Oldest first. */
  seed(findings: readonly Finding[], commands: readonly Command[], alerts: readonly Alert[]): void {
    for (const f of findings) if (this.findings.get(f.id) === undefined) this.findings.put(f.id, f, 0);
    for (const c of commands) if (this.commands.get(c.id) === undefined) this.commands.put(c.id, c, 0);
    for (const a of alerts) if (this.alerts.get(a.id) === undefined) this.alerts.put(a.id, a, 0);
  }

  /** Adds a turn to the open set. */
  take(turn: Turn): void {
    const seq = this.seq + 1;
    for (const [id, points] of turn.devices) {
      let stamps = this.stamps.get(id);
      if (stamps === undefined) this.stamps.set(id, (stamps = { whole: 0, points: new Map() }));
      if (points.size === 0 || points.has("")) stamps.whole = seq;
      for (const name of points) stamps.points.set(name, seq);
      this.touched.add(id);
      this.dirty = true;
    }
    for (const decision of turn.decisions) this.decided(decision, seq);
    for (const rejection of turn.rejections) {
      this.rejections.put(String(this.rejected++), rejection, seq);
      this.dirty = true;
    }
  }

  private decided(decision: Decision, seq: number): void {
    switch (decision.kind) {
      case "finding":
        this.findings.put(decision.finding.id, decision.finding, seq);
        this.policies.set(decision.finding.policy, seq);
        break;
      case "command":
        this.commands.put(decision.command.id, decision.command, seq);
        this.again(decision.command.finding, seq);
        break;
      case "alert":
        this.alerts.put(decision.alert.id, decision.alert, seq);
        this.again(decision.alert.finding, seq);
        break;
      case "override":
        this.overrides.put(decision.override.id, decision.override, seq);
        break;
      case "hands-off":
        this.handsOff.put(decision.handsOff.id, decision.handsOff, seq);
        break;
      case "booking":
        this.bookings.put(decision.booking.id, decision.booking, seq);
        break;
      case "approval":
        this.approvals.put(decision.approval.id, decision.approval, seq);
        break;
      case "custom-policy":
        this.policies.set(decision.id, seq);
        break;
      case "meter-entry":
        this.meters.set(decision.entry.point, seq);
        break;
      case "policy":
        this.policies.set(decision.policy, seq);
        break;
      case "device": {
        const stamps = this.stamps.get(decision.device.id) ?? { whole: 0, points: new Map<string, number>() };
        stamps.whole = seq;
        this.stamps.set(decision.device.id, stamps);
        this.touched.add(decision.device.id);
        break;
      }
      case "mapping":
      case "settlement":
      case "savings-entry":
      case "exemption":
      case "event":
      case "notice":
      case "tell":
      case "absence":
      case "silence":
      case "out-of-service":
      case "send":
      case "job":
      case "audit":
        return;
    }
    this.dirty = true;
  }

  private again(id: string | null, seq: number): void {
    const finding = id === null ? undefined : (this.finding(id) ?? this.findings.get(id));
    if (finding !== undefined) this.findings.put(finding.id, finding, seq);
  }

  /** Closes the open set and returns it; null when nothing happened. Where more happened than is kept, `complete` of the set before says so. */
  seal(): ChangeSet | null {
    if (!this.dirty) return null;
    const before = this.seq++;
    const set = this.collect(before, this.touched);
    this.touched.clear();
    this.dirty = false;
    return set;
  }

  /** Whether everything newer than a sealed set is still known; of rejections only the newest are of use, so they do not count. */
  complete(seq: number): boolean {
    const kept = [this.findings, this.commands, this.alerts, this.overrides, this.handsOff, this.bookings, this.approvals];
    return seq <= this.seq && kept.every((k) => k.horizon <= seq);
  }

  /** Everything newer than a sealed set, merged; null when part of it is forgotten (or was never given). */
  since(seq: number): ChangeSet | null {
    return this.complete(seq) ? this.collect(seq, this.stamps.keys()) : null;
  }

  private collect(seq: number, ids: Iterable<DeviceId>): ChangeSet {
    const devices = new Map<DeviceId, ReadonlySet<string> | null>();
    for (const id of ids) {
      const stamps = this.stamps.get(id)!;
      if (stamps.whole > seq) {
        devices.set(id, null);
        continue;
      }
      const points = new Set<string>();
      for (const [name, at] of stamps.points) if (at > seq) points.add(name);
      if (points.size > 0) devices.set(id, points);
    }
    const newer = (stamps: ReadonlyMap<string, number>) => new Set([...stamps].filter(([, at]) => at > seq).map(([id]) => id));
    return {
      devices,
      findings: this.findings.after(seq),
      commands: this.commands.after(seq),
      alerts: this.alerts.after(seq),
      overrides: this.overrides.after(seq),
      handsOff: this.handsOff.after(seq),
      bookings: this.bookings.after(seq),
      approvals: this.approvals.after(seq),
      policies: newer(this.policies),
      meters: newer(this.meters),
      rejections: this.rejections.after(seq),
    };
  }
}
