/**
 * What an attentive office would have to find, from what the simulator's record says was broken and was told. Written from the office's
 * rules, not from the server's code.
 */
import type { Device } from "../server/core/device.ts";
import type { Site } from "../server/core/space.ts";
import type { LocalClock } from "./local-time.ts";
import { createLocalClock } from "./local-time.ts";
import type { Truth } from "./record.ts";
import { brokenRules } from "./verdicts/broken.ts";
import type { Hearing } from "./verdicts/hearing.ts";
import { createHearing } from "./verdicts/hearing.ts";
import { leakVerdicts } from "./verdicts/leaks.ts";
import type { Verdict } from "./verdicts/verdict.ts";
import { sunPosition } from "./weather.ts";

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Told of once, from which kinds of entry. */
const JOBS: Readonly<Record<string, string>> = {
  "print:big": "copier-approval",
  "print:night": "copier-after-hours",
  "print:nameless": "copier-after-hours",
  "print:wasteful": "copier-duplex",
};
/** Pages a day at the glass that need no account. */
const FREE_COPIES = 20;
/** A sensor of light that repeats itself for so long by day is stuck; the sun then stands so high (degrees). */
const STUCK_MS = 2 * HOUR;
const DAYLIGHT = 10;
/** After what cannot be, a meter must be right for so long. */
const SETTLE_MS = 15 * MINUTE;

export function verdictsOf(record: readonly Truth[], site: Site, from: number, end: number): readonly Verdict[] {
  const clock = createLocalClock(site.timezone);
  const devices = new Map<string, Device>(site.devices.map((d) => [d.id, d]));
  const spaces = new Map(site.spaces.map((s) => [s.id, s]));
  const hearing = createHearing(record, site, end);
  const flows = Map.groupBy(
    record.filter((t) => t.kind === "night-flow"),
    (t) => t.device,
  );
  const exempt = (policy: string, device: Device): boolean =>
    site.exemptions.some(
      (e) =>
        (e.policy === null || e.policy === policy) &&
        (e.device !== null
          ? e.device === device.id
          : e.space !== null
            ? e.space === device.space
            : e.spaceClass !== null && device.space !== null && spaces.get(device.space)?.class === e.spaceClass),
    );

  const verdicts = brokenRules(record, devices, hearing, from, end);
  for (const t of record) {
    const device = t.device === null ? undefined : devices.get(t.device);
    if (device === undefined || (t.until ?? end) < from) continue;
    if (t.kind === "night-flow") verdicts.push(...leakVerdicts(t, device, flows.get(device.id) ?? [], clock, hearing, from, end));
    else if (t.kind === "told:silent") verdicts.push(silence(t, device, from, end));
    else if (t.kind === "fault:stuck") verdicts.push(...stuck(t, device, site, hearing, from, end));
    else if (JOBS[t.kind] !== undefined) verdicts.push(...printed(t, device, site, clock, hearing, from, end));
  }
  verdicts.push(...copied(record, devices, clock, hearing, from, end), ...nonsense(record, devices, from, end));
  const jobs = new Set<string>();
  return verdicts.filter((v) => {
    if (exempt(v.policy, devices.get(v.device)!)) return false;
    // A job that nobody owned and that came at night is one finding.
    const key = `${v.policy} ${v.job ?? ""}`;
    if (v.job === null || !jobs.has(key)) return (jobs.add(key), true);
    return false;
  });
}

function silence(t: Truth, { id }: Device, from: number, end: number): Verdict {
  const [at, until] = [Math.max(t.at, from), Math.min(t.until ?? end, end)];
  return { policy: "device-silent", device: id, job: null, at, until, sure: until - at > SECOND, unknowable: null, lie: null };
}

/** What cannot be is told of once until the meter has been right for a while. */
function nonsense(record: readonly Truth[], devices: ReadonlyMap<string, Device>, from: number, end: number): Verdict[] {
  const verdicts: Verdict[] = [];
  const open = new Map<string, Verdict>();
  for (const t of record) {
    if (t.kind !== "told:nonsense" || t.device === null || t.at < from || t.at > end || !devices.has(t.device)) continue;
    const known = open.get(t.device);
    const until = Math.min(t.at + SETTLE_MS, end);
    if (known !== undefined && t.at <= known.until) {
      open.set(t.device, { ...known, until });
      continue;
    }
    if (known !== undefined) verdicts.push(known);
    open.set(t.device, { policy: "meter-implausible", device: t.device, job: null, at: t.at, until, sure: t.at < end - SECOND, unknowable: null, lie: null });
  }
  return [...verdicts, ...open.values()];
}

function stuck(t: Truth, device: Device, site: Site, hearing: Hearing, from: number, end: number): Verdict[] {
  if (device.kind !== "lux" && device.kind !== "outdoor") return [];
  const [at, until] = [Math.max(t.at, from), Math.min(t.until ?? end, end)];
  let light = 0;
  for (let now = at; now < until; now += 5 * MINUTE) if (sunPosition(now, site.latitude, site.longitude).elevation >= DAYLIGHT) light += 5 * MINUTE;
  if (light < STUCK_MS - 20 * MINUTE) return [];
  const sure = light > STUCK_MS + 20 * MINUTE;
  return [{ policy: "device-stuck", device: device.id, job: null, at, until, sure, unknowable: hearing.away(device, at, until), lie: null }];
}

function printed(t: Truth, device: Device, site: Site, clock: LocalClock, hearing: Hearing, from: number, end: number): Verdict[] {
  if (t.at < from || t.at > end) return [];
  const minute = clock.minute(t.at);
  const [first, last] = [Math.min(...site.calendar.working.map(([a]) => a)), Math.max(...site.calendar.working.map(([, b]) => b))];
  // Half an hour before and after work people print for the office; a job takes its minutes.
  const edge = t.kind === "print:night" && (Math.abs(minute - (first - 30)) < 10 || Math.abs(minute - (last + 30)) < 10);
  return [
    {
      policy: JOBS[t.kind]!,
      device: device.id,
      job: t.note?.split(" ")[0] ?? null,
      at: t.at,
      until: end,
      sure: !edge && t.at < end - 10 * MINUTE,
      unknowable: hearing.away(device, t.at, t.at + 10 * MINUTE),
      lie: null,
    },
  ];
}

function copied(record: readonly Truth[], devices: ReadonlyMap<string, Device>, clock: LocalClock, hearing: Hearing, from: number, end: number): Verdict[] {
  const copies = new Map<string, { device: Device; at: number; sides: number }>();
  for (const t of record) {
    const device = devices.get(t.device ?? "");
    if (device === undefined || t.kind !== "story:copies" || t.at < from) continue;
    const key = `${device.id} ${String(clock.day(t.at))}`;
    const known = copies.get(key);
    copies.set(key, { device, at: known?.at ?? t.at, sides: (known?.sides ?? 0) + Number.parseInt(t.note ?? "0", 10) });
  }
  return [...copies.values()]
    .filter(({ sides }) => sides > FREE_COPIES)
    .map(({ device, at }) => ({
      policy: "copier-unattributed",
      device: device.id,
      job: null,
      at,
      until: Math.min(clock.midnight(clock.day(at) + 1), end),
      sure: end - at > HOUR,
      unknowable: hearing.away(device, at, at + HOUR),
      lie: null,
    }));
}
