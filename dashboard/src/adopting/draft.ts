/** What a discovered device is to be adopted as: its suggestion, with what somebody changed. */
import type { DiscoveredDto } from "../../../server/contract/adopting.ts";
import type { DeviceKind } from "../../../server/core/device.ts";

export interface Draft {
  readonly kind: DeviceKind | "";
  readonly space: string;
  readonly name: string;
  /** Seconds, as typed. */
  readonly interval: string;
}

export function draftOf({ suggestion }: DiscoveredDto, changed: Partial<Draft> = {}): Draft {
  const { kind, space, interval } = suggestion;
  return { kind: kind?.value ?? "", space: space?.value ?? "", name: "", interval: interval === null ? "" : String(interval.value), ...changed };
}

/** A draft as the server takes it; null while its kind is open. */
export function requestOf(id: string, { kind, space, name, interval }: Draft): object | null {
  if (kind === "") return null;
  const seconds = Number(interval);
  return {
    id,
    kind,
    space: space === "" ? null : space,
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    ...(interval === "" || !(seconds > 0) ? {} : { interval: seconds }),
  };
}

/** Which of a list are chosen after one of them was clicked; with `range`, all from the one clicked before. */
export function chosenAfter(
  ids: readonly string[],
  before: ReadonlySet<string>,
  { id, last, chosen, range }: { readonly id: string; readonly last: string | null; readonly chosen: boolean; readonly range: boolean },
): ReadonlySet<string> {
  const after = new Set(before);
  const at = ids.indexOf(id);
  const from = range && last !== null ? ids.indexOf(last) : at;
  if (at < 0) return after;
  const [first, end] = from < 0 ? [at, at] : [Math.min(at, from), Math.max(at, from)];
  for (const one of ids.slice(first, end + 1)) {
    if (chosen) after.add(one);
    else after.delete(one);
  }
  return after;
}
