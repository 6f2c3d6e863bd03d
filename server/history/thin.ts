/** Readings thinned while they are read: changes, every reading where asked, and when each device was heard. The same for every engine. */
import type { Millis } from "../core/reading.ts";
import type { ScanSlice, ScanTake } from "../core/scan.ts";

/** Points and devices by their numbers in the question, not by those of any engine. */
export interface ThinQuestion {
  /** By point: what is wanted of it, and the number of its device. */
  readonly takes: readonly ScanTake[];
  readonly deviceOf: Int32Array;
  /** By device: ms without a word after which it is quiet. */
  readonly quietMs: Float64Array;
}

export interface Thinner {
  /** One reading, in the order of arrival. `text` is the number of a word where `type` says so. */
  take(point: number, at: Millis, received: Millis, type: number, value: number, quality: number): void;
  /** What was taken since the last cut; everything before `until` has been taken. */
  cut(until: Millis, texts: readonly (readonly [number, string])[]): ScanSlice;
}

const FIRST_ROWS = 4096;

export function createThinner({ takes, deviceOf, quietMs }: ThinQuestion): Thinner {
  const points = takes.length;
  const lastValue = new Float64Array(points).fill(Number.NaN);
  const lastKind = new Int16Array(points).fill(-1);
  const lastAt = new Float64Array(points).fill(Number.NEGATIVE_INFINITY);
  const code = Uint8Array.from(takes, (t) => (t === "heard" ? 0 : t === "changes" ? 1 : 2));
  const heardAt = new Float64Array(quietMs.length).fill(Number.NEGATIVE_INFINITY);
  const openStretch = new Int32Array(quietMs.length).fill(-1);

  let seen = 0;
  let count = 0;
  let room = FIRST_ROWS;
  let point = new Int32Array(room);
  let at = new Float64Array(room);
  let received = new Float64Array(room);
  let value = new Float64Array(room);
  let type = new Uint8Array(room);
  let quality = new Uint8Array(room);
  let stretches: { device: number; from: Millis; until: Millis }[] = [];

  function grow(): void {
    room *= 2;
    const larger = <T extends Int32Array | Float64Array | Uint8Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    point = larger(point, new Int32Array(room));
    at = larger(at, new Float64Array(room));
    received = larger(received, new Float64Array(room));
    value = larger(value, new Float64Array(room));
    type = larger(type, new Uint8Array(room));
    quality = larger(quality, new Uint8Array(room));
  }

  return {
    take(p, observed, arrived, t, v, q) {
      seen++;
      const device = deviceOf[p]!;
      if (heardAt[device]! < arrived) {
        const open = openStretch[device]!;
        if (open >= 0 && arrived - heardAt[device]! <= quietMs[device]!) stretches[open]!.until = arrived;
        else {
          openStretch[device] = stretches.length;
          stretches.push({ device, from: arrived, until: arrived });
        }
        heardAt[device] = arrived;
      }
      const wanted = code[p]!;
      // What is older than what was there before it changes nothing.
      if (wanted === 0 || observed < lastAt[p]!) return;
      lastAt[p] = observed;
      const kind = t * 4 + q;
      if (wanted === 1 && lastValue[p] === v && lastKind[p] === kind) return;
      lastValue[p] = v;
      lastKind[p] = kind;
      if (count === room) grow();
      point[count] = p;
      at[count] = observed;
      received[count] = arrived;
      value[count] = v;
      type[count] = t;
      quality[count] = q;
      count++;
    },
    cut(until, texts) {
      const slice: ScanSlice = {
        until,
        seen,
        texts,
        point: point.slice(0, count),
        at: at.slice(0, count),
        received: received.slice(0, count),
        value: value.slice(0, count),
        type: type.slice(0, count),
        quality: quality.slice(0, count),
        heard: {
          device: Int32Array.from(stretches, (s) => s.device),
          from: Float64Array.from(stretches, (s) => s.from),
          until: Float64Array.from(stretches, (s) => s.until),
        },
      };
      seen = 0;
      count = 0;
      stretches = [];
      openStretch.fill(-1);
      return slice;
    },
  };
}
