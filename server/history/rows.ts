/** Stored rows back into readings and reports; the same for every engine. */
import type { DeviceId, Millis, PointReading, PointValue, Quality, Report } from "../core/reading.ts";
import { QUALITIES, TYPE } from "./columns.ts";

/** The value that a row's columns stand for. */
export function valueOf(type: number, value: number, text: string | null): PointValue {
  if (type === TYPE.text) return text ?? "";
  return type === TYPE.boolean ? value !== 0 : value;
}

export function qualityOf(code: number): Quality {
  return QUALITIES[code] ?? "bad";
}

/** A time range's bound as a whole number of ms. Throws a RangeError for what is no time. */
export function bound(name: string, ms: Millis): number {
  const whole = Math.ceil(ms);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`${name} must be a time in milliseconds, not ${ms}`);
  return whole;
}

/** A window's length or a number of rows. Throws a RangeError for anything below `least`. */
export function whole(name: string, n: number, least: number): number {
  if (!Number.isSafeInteger(n) || n < least) throw new RangeError(`${name} must be a whole number of at least ${least}, not ${n}`);
  return n;
}

/** Where the window begins that holds `at`. */
export function windowStart(at: Millis, every: Millis, origin: Millis): Millis {
  const offset = (at - origin) % every;
  return at - (offset < 0 ? offset + every : offset);
}

/**
 * Puts rows that come in the order of their arrival together into reports again: neighbours with the same device, times
 * and no point twice were one message. `late` is judged anew: older than something of the same device that came before it.
 */
export function createRegrouper(each: (report: Report) => void): {
  row(device: DeviceId, at: Millis, received: Millis, reading: PointReading): void;
  end(): void;
} {
  const newest = new Map<DeviceId, Millis>();
  let device: DeviceId | null = null;
  let at = 0;
  let received = 0;
  let readings: PointReading[] = [];
  const names = new Set<string>();

  function end(): void {
    if (device === null) return;
    const before = newest.get(device);
    const late = before !== undefined && at < before;
    if (!late) newest.set(device, at);
    const report: Report = { device, at, received, late, readings };
    device = null;
    readings = [];
    names.clear();
    each(report);
  }

  return {
    row(nextDevice, nextAt, nextReceived, reading) {
      if (nextDevice !== device || nextAt !== at || nextReceived !== received || names.has(reading.name)) {
        end();
        device = nextDevice;
        at = nextAt;
        received = nextReceived;
      }
      readings.push(reading);
      names.add(reading.name);
    },
    end,
  };
}
