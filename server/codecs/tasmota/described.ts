/** A Tasmota box, or one of its relays, as the house is told of it. */
import type { DescribedPoint, Description, Lapse } from "../../core/description.ts";
import { guessKind } from "../../core/description.ts";
import type { DeviceKind } from "../../core/device.ts";
import type { PointValue } from "../../core/reading.ts";
import type { Heard } from "../codec.ts";
import type { Box, Relay } from "./discovery.ts";
import { readSensors } from "./telemetry.ts";
import { inputOf, ownName } from "./words.ts";
import { unitIn } from "./units.ts";

/** TelePeriod's default, s; what sleeps deeply speaks when it wakes. */
const TELE_SECONDS = 300;
const ASLEEP_SECONDS = 3600;

export interface Known {
  box: Box;
  /** Its sensors with values of an example. */
  sensors: Readonly<Record<string, unknown>>;
  /** Whether it has such an example. */
  exemplified: boolean;
  /** Which of several sensors is the office's. */
  readonly chosen: Map<string, string>;
  readonly infrared: Set<string>;
  /** What is told here of others behind it that nobody can read without being told how; each with why. */
  readonly behind: Map<string, string>;
  /** Something of its description has changed since it was told. */
  stale: boolean;
  /** It said something since it was described. */
  heard: boolean;
}

/** The box (with its one relay), then each relay of several. */
export function describe(known: Known): readonly Heard[] {
  const { box, sensors, chosen, behind } = known;
  known.stale = false;
  const told = readSensors(box, sensors, chosen);
  const several = box.relays.length > 1;
  const sole = several ? undefined : box.relays[0];
  const unread = Object.keys(sensors)
    .filter((key) => /^Switch\d+$/.test(key) && inputOf(box, Number(key.slice("Switch".length))) === null)
    .map((key) => `${key}: name it in Tasmota (SwitchText: door, window, motion …), so that it is known what it tells.`)
    .concat([...behind.values()]);
  const one = describedAs(box, null, sole, told.box, sensors, unread);
  const more = several ? box.relays.map((relay) => describedAs(box, relay, relay, told.relays.get(relay.index) ?? {}, sensors, [])) : [];
  return [one, ...more].map((d) => ({ kind: "described", description: d }));
}

/** `relay`: one of several, else null; `switched`: the relay that its `on` is. `values`: what it says, as an example, out of `sensors`. */
function describedAs(
  box: Box,
  relay: Relay | null,
  switched: Relay | undefined,
  values: Readonly<Record<string, PointValue>>,
  sensors: Readonly<Record<string, unknown>>,
  unread: readonly string[],
): Description {
  const address = relay === null ? box.mac : `${box.mac}/${relay.index}`;
  const own_ = new Set(Object.keys(values));
  const writes = new Set(own_.has("supply") ? ["on", "setpoint"] : []);
  if (switched !== undefined) {
    writes.add("on");
    if (switched.light && box.dims) writes.add("brightness");
  }
  const points = [...new Set([...writes, ...own_])].map((point): DescribedPoint => ({
    name: point,
    key: point,
    unit: unitIn(point, sensors),
    writable: writes.has(point),
  }));
  const lapses = relay === null ? box.pulses.flatMap((index) => lapsesOf(box, index)) : [];
  return {
    address,
    aliases: [relay === null ? box.topic : `${box.topic}/${relay.index}`],
    name: relay?.name ?? box.name,
    // By its own discovery before version 10 it was known by the end of its MAC alone; what it said then may lie on the broker still.
    hardware: [`mac:${address}`, ...(relay === null ? [`tasmota:${box.mac.slice(-6)}`] : [])],
    maker: null,
    model: box.module,
    area: null,
    kind: kindOf(box, switched, new Set(points.map((p) => p.name))),
    points,
    topic: `${box.tele}${relay === null && own_.size > 0 ? "SENSOR" : "STATE"}`,
    interval: box.sleeps ? ASLEEP_SECONDS : TELE_SECONDS,
    openLoop: false,
    ...(lapses.length === 0 ? {} : { lapses }),
    unread,
  };
}

/** What is pushed and never let go is over a second later. */
function lapsesOf(box: Box, index: number): readonly Lapse[] {
  const means = inputOf(box, index);
  const points = [ownName(box.switches[index - 1] ?? `Switch${index}`), ...(means === null ? [] : [means])];
  return points.map((point) => ({ point, seconds: 1, to: "false" }));
}

function kindOf({ name, module }: Box, switched: Relay | undefined, points: ReadonlySet<string>): DeviceKind | null {
  if (switched?.light === true) return "light";
  if (switched !== undefined && /\b(plug|socket|outlet)\b|插座/i.test(`${name} ${module ?? ""}`)) return "plug";
  return guessKind(points);
}
